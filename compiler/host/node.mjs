// node.mjs - runs a WebAssembly program for the emulated system WASI in Node: node node.mjs FOLDER PROGRAM
import { readFileSync } from 'node:fs';
import { WASI } from 'node:wasi';

const [folder, program] = process.argv.slice(2);
const wasi = new WASI({ version: 'preview1', args: ['program'], preopens: { '/': folder }, returnOnExit: true });
const module = await WebAssembly.compile(readFileSync(`${folder}/${program}`));
const instance = await WebAssembly.instantiate(module, { wasi_snapshot_preview1: wasi.wasiImport });
process.exitCode = wasi.start(instance);
