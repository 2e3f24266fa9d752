"""A network from Python, without copies: NumPy arrays in and out through ctypes.

resnetc examples/cifar_resnet20.lua -w examples/weights/cifar_resnet20.safetensors -o net
cc -O2 -shared -fPIC net/[a-z]*.c -lpthread -o net/net.so
python3 examples/network.py net cifar_resnet20
"""
import ctypes, re, sys
import numpy as np

class Network:
    def __init__(self, folder, name):
        self.lib = ctypes.CDLL(f"{folder}/net.so")
        self.lib.rc_strerror.restype = ctypes.c_char_p
        macros = dict(re.findall(r"#define %s_(\w+) +(\d+)\n" % name.upper(), open(f"{folder}/{name}.h").read()))
        self.input = tuple(int(macros[m]) for m in ("BATCH", "INPUT_CHANNELS", "INPUT_HEIGHT", "INPUT_WIDTH"))
        self.outputs = int(macros["OUTPUT_FLOATS"])
        self.weights = np.memmap(f"{folder}/{name}.weights", mode="r")
        room = np.empty(int(macros["WORKSPACE_BYTES"]) + 64, np.uint8)
        self.workspace = room[-room.ctypes.data % 64:][:int(macros["WORKSPACE_BYTES"])]
        self.run = getattr(self.lib, name + "_run")
        self.want_ok(getattr(self.lib, name + "_check")(*self.bytes_of(self.weights)))
    def bytes_of(self, a):
        return ctypes.c_void_p(a.ctypes.data), ctypes.c_size_t(a.nbytes)
    def want_ok(self, status):
        if status: raise ValueError(self.lib.rc_strerror(status).decode())
    def __call__(self, x):
        x, y = np.ascontiguousarray(x, np.float32).reshape(self.input), np.empty((self.input[0], self.outputs//self.input[0]), np.float32)
        self.want_ok(self.run(*(self.bytes_of(a)[0] for a in (self.weights, x, y)), *self.bytes_of(self.workspace)))
        return y

net = Network(*sys.argv[1:3])
x = (np.arange(np.prod(net.input), dtype=np.float32)%23/11 - 1).astype(np.float32)
print(net(x).argmax(), f"{net(x).max():.4f}")
