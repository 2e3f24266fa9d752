// helper.js - a thread of a network's (threads.h): of its module, in its memory, with a stack of its own.
import { imports } from './network.js';

onmessage = async ({ data: { module, memory, stack } }) => {
	const { exports } = await WebAssembly.instantiate(module, imports(memory));
	exports.__stack_pointer.value = stack;
	exports.help();
};
