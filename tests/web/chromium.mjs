// chromium.mjs - a headless Chromium spoken to over two pipes in its DevTools protocol; it needs no package.
// open(profile) gives a page with: tell(method, parameters), evaluate(expression), until(expression), close().
import { spawn } from 'node:child_process';

const Flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
	'--disable-background-networking', '--disable-component-update', '--disable-sync',
	'--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', '--remote-debugging-pipe'];
const Patience = 60000;              // milliseconds

export async function open(profile, more = []) {
	const browser = spawn('chromium', [...Flags, ...more, `--user-data-dir=${profile}`, 'about:blank'],
		{ stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'], env: { ...process.env, HOME: profile } });
	const waiting = new Map(), events = [];
	let count = 0, rest = '';
	const ended = new Promise(done => browser.on('exit', done));
	browser.stdio[4].setEncoding('utf8').on('data', piece => {
		const parts = (rest + piece).split('\0');
		rest = parts.pop();
		for (const message of parts.map(p => JSON.parse(p))) {
			const { done, failed } = waiting.get(message.id) ?? {};
			if (!done)
				events.push(message);
			else if (message.error)
				failed(new Error(message.error.message));
			else
				done(message.result);
		}
	});
	let sessionId;
	const tell = (method, params = {}) => new Promise((done, failed) => {
		waiting.set(++count, { done, failed });
		browser.stdio[3].write(`${JSON.stringify({ id: count, method, params, sessionId })}\0`);
	});
	const { targetInfos } = await tell('Target.getTargets');
	const { targetId } = targetInfos.find(t => t.type === 'page');
	({ sessionId } = await tell('Target.attachToTarget', { targetId, flatten: true }));
	const evaluate = async expression => {
		const { result, exceptionDetails } = await tell('Runtime.evaluate',
			{ expression, awaitPromise: true, returnByValue: true, userGesture: true });
		if (exceptionDetails)
			throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
		return result.value;
	};
	const until = async expression => {
		for (const end = Date.now() + Patience; Date.now() < end; await new Promise(go => setTimeout(go, 30))) {
			const value = await evaluate(expression);
			if (value)
				return value;
		}
		throw new Error(`never came true: ${expression}`);
	};
	const close = async () => {
		sessionId = undefined;
		tell('Browser.close').catch(() => {});
		const late = setTimeout(() => browser.kill('SIGKILL'), 5000);
		await ended;
		clearTimeout(late);
	};
	return { tell, evaluate, until, close, events };
}
