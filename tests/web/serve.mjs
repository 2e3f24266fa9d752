// serve.mjs - a folder over HTTP on a free port of this machine: serve(folder) gives { url, asked, close }.
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const Types = { '.html': 'text/html', '.css': 'text/css', '.js': 'text/javascript', '.json': 'application/json',
	'.wasm': 'application/wasm', '.png': 'image/png', '.jpg': 'image/jpeg' };

export function serve(folder, headers = {}) {
	const asked = [];
	const server = createServer((request, answer) => {
		const path = normalize(decodeURIComponent(new URL(request.url, 'http://x').pathname));
		const file = join(folder, path.endsWith('/') ? `${path}index.html` : path);
		asked.push(path);
		if (!existsSync(file) || !statSync(file).isFile())
			return answer.writeHead(404).end();
		answer.writeHead(200, { 'content-type': Types[extname(file)] ?? 'application/octet-stream', ...headers });
		createReadStream(file).pipe(answer);
	});
	return new Promise(done => server.listen(0, '127.0.0.1', () =>
		done({ url: `http://127.0.0.1:${server.address().port}/`, asked, close: () => server.close() })));
}
