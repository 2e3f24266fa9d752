// serve.js - a folder over HTTP, to this machine alone: node serve.js FOLDER [PORT]. Any web server will do; this one
// also isolates the page from all others, which gives it threads and a fine clock.
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const Types = { '.html': 'text/html', '.css': 'text/css', '.js': 'text/javascript', '.json': 'application/json',
	'.wasm': 'application/wasm', '.png': 'image/png', '.jpg': 'image/jpeg', '.jpeg': 'image/jpeg' };
const Isolated = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };

// port 0: a free one
export function serve(folder, port = 0, headers = Isolated) {
	const server = createServer((request, answer) => {
		const path = normalize(decodeURIComponent(new URL(request.url, 'http://x').pathname));
		const file = join(folder, path.endsWith('/') ? `${path}index.html` : path);
		if (!existsSync(file) || !statSync(file).isFile())
			return answer.writeHead(404).end();
		answer.writeHead(200, { 'content-type': Types[extname(file)] ?? 'application/octet-stream', ...headers });
		createReadStream(file).pipe(answer);
	});
	return new Promise(done => server.listen(port, '127.0.0.1', () =>
		done({ url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() })));
}

if (process.argv[1] === fileURLToPath(import.meta.url))
	console.log((await serve(process.argv[2] ?? '.', Number(process.argv[3] ?? 8000))).url);
