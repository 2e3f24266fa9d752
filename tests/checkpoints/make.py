"""Small checkpoints as PyTorch and NumPy write them: what tests/weights.c reads. Run with python3 (torch, numpy).

Every file holds the same convolution and batch norm, the values k/8 for k = 0, 1, 2, ... in the order of NAMES.
"""
import argparse
import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import functools
import json
import os
import pathlib
import pickle
import re
import struct
import subprocess
import sys
import types
import uuid
import zlib

import numpy as np
import torch

here = pathlib.Path(__file__).resolve().parent
NAMES = {"conv1.weight": (2, 3, 1, 2), "bn1.weight": (2,), "bn1.bias": (2,), "bn1.running_mean": (2,), "bn1.running_var": (2,)}

state, at = collections.OrderedDict(), 0
for name, shape in NAMES.items():
    n = int(np.prod(shape))
    state[name] = (torch.arange(at, at + n, dtype=torch.float32) / 8).reshape(shape)
    at += n
state["bn1.num_batches_tracked"] = torch.tensor(3)

torch.save(state, here / "zip.pth")
torch.save(state, here / "legacy.pth", _use_new_zipfile_serialization=False)
half = {k: v.half() if v.is_floating_point() else v for k, v in state.items()}
torch.save({"epoch": 7, "best_prec1": 91.5, "best_acc": torch.tensor(0.5),
            "state_dict": {"module." + k: v for k, v in half.items()}}, here / "checkpoint.pth")
# a view of a transposed tensor, and parameters that share one storage
odd = dict(state)
odd["conv1.weight"] = state["conv1.weight"].permute(3, 2, 1, 0).contiguous().permute(3, 2, 1, 0)
flat = torch.cat([state[k].reshape(-1) for k in NAMES if k.startswith("bn1")])
for i, k in enumerate(k for k in NAMES if k.startswith("bn1")):
    odd[k] = flat[2 * i:2 * i + 2]
torch.save({"model": {k: v.bfloat16() if k == "bn1.bias" else v for k, v in odd.items()}}, here / "strided.pt")
torch.save({"net": {k: v.double() for k, v in odd.items() if v.is_floating_point()}}, here / "strided_legacy.pt",
           _use_new_zipfile_serialization=False)
arrays = {k: v.numpy() for k, v in state.items()}
np.savez_compressed(here / "arrays.npz", **arrays)
keras = {k: v for k, v in arrays.items()}
keras["conv1.weight"] = np.asfortranarray(arrays["conv1.weight"].transpose(2, 3, 1, 0))
np.savez(here / "keras.npz", **keras)

# --- beside/: what training programs keep beside the tensors, or around them; the same values in all of them ---

beside = here / "beside"
beside.mkdir(exist_ok=True)
model = torch.nn.Module()                               # the state dict above as modules
model.conv1, model.bn1 = torch.nn.Conv2d(3, 2, (1, 2), bias=False), torch.nn.BatchNorm2d(2)
model.load_state_dict(state)
optimizer = torch.optim.SGD(model.parameters(), 0.1, momentum=0.9)
model.conv1(torch.ones(1, 3, 2, 2)).sum().backward()
optimizer.step()                                        # so that it has tensors: one momentum
model.load_state_dict(state)
model.zero_grad(set_to_none=True)


def foreign(module, name, base=object, **members):
    """An instance's class that only the training program has."""
    parts = module.split(".")
    for i in range(1, len(parts) + 1):
        sys.modules.setdefault(".".join(parts[:i]), types.ModuleType(".".join(parts[:i])))
    c = type(name, base if isinstance(base, tuple) else (base,), {"__module__": module, **members})
    setattr(sys.modules[module], name, c)
    return c


def put(name, value, **how):
    torch.save(value, beside / name, **how)


Mode = enum.Enum("Mode", {"TRAIN": 1, "EVAL": "eval"}, module="train")
foreign("train", "Box")
sys.modules["train"].Mode = Mode
State = dataclasses.make_dataclass("State", [("step", int), ("rate", float)])
State.__module__, sys.modules["train"].State = "train", State
Point = collections.namedtuple("Point", "x y", module="train")
sys.modules["train"].Point = Point
Slots = foreign("train", "Slots", object, __slots__=("a", "b"))
slots = Slots()
slots.a, slots.b = 1, [2]
args = argparse.Namespace(lr=0.1, epochs=90, model="resnet18", betas=(0.9, 0.999), out=None)
cycle = {"self": None}
cycle["self"] = cycle
HARMLESS = {
    "namespace": args, "numpy_scalar": np.float64(93.1), "numpy_bool": np.bool_(True), "numpy_array": np.arange(5.0),
    "numpy_objects": np.array([{"a": 1}, None], dtype=object), "numpy_dtype": np.dtype("float32"), "numpy_rng": np.random.RandomState(0).get_state()[0:1],
    "datetime": datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc), "timedelta": datetime.timedelta(hours=1),
    "path": pathlib.PurePosixPath("/x/y"), "set": {"conv1", "bn1"}, "frozenset": frozenset({1, 2}), "bytes": b"\0\xff", "bytearray": bytearray(b"\0\xff"),
    "complex": 1 + 2j, "counter": collections.Counter("hello"), "defaultdict": collections.defaultdict(list, loss=[1.0]),
    "deque": collections.deque([1, 2], 5), "enum": [Mode.TRAIN, Mode.EVAL], "dataclass": State(3, 0.5), "namedtuple": Point(1, 2), "slots": slots,
    "dtype": [torch.float32, torch.bfloat16], "size": torch.Size([1, 3]), "device": torch.device("cuda", 0), "layout": torch.strided,
    "decimal": decimal.Decimal("0.1"), "fraction": fractions.Fraction(1, 3), "uuid": uuid.UUID(int=5), "regex": re.compile("a+"),
    "function": torch.nn.functional.cross_entropy, "class": torch.nn.Conv2d, "builtin": len, "partial": functools.partial(int, base=2),
    "range": range(3), "slice": slice(1, 2), "ellipsis": ..., "big": 10**40, "negative": -10**40, "infinity": float("inf"),
    "long_text": "x" * 300, "long_list": list(range(1001)), "deep": functools.reduce(lambda v, _: [v], range(60), 1), "cycle": cycle,
    "attribute_dict": foreign("pytorch_lightning.utilities.parsing", "AttributeDict", dict)(lr=0.1, opt=dict(name="sgd")),
    "list_config": foreign("omegaconf.listconfig", "ListConfig", list)([1, 2]),
    "complex_tensor": torch.zeros(4, dtype=torch.complex64), "uint16_tensor": torch.zeros(4, dtype=torch.uint16),
    "float8_tensor": torch.zeros(4).to(torch.float8_e4m3fn), "sparse_tensor": torch.eye(3).to_sparse(),
    "meta_tensor": torch.zeros(3, device="meta"), "quantized_tensor": torch.quantize_per_tensor(torch.ones(3), 0.1, 0, torch.qint8),
    "storage": torch.zeros(3).storage(), "rng": torch.get_rng_state()[:16].clone(), "generator": torch.Generator().get_state()[:8].clone(),
    "optimizer": optimizer.state_dict(), "scheduler": torch.optim.lr_scheduler.MultiStepLR(optimizer, [30, 60]).state_dict(),
}
for protocol in (2, 3, 4, 5):
    for ending, new in ((".pth", True), ("_legacy.pth", False)):
        put(f"protocol{protocol}{ending}", {"before": HARMLESS, "state_dict": state, **HARMLESS, "after": list(HARMLESS.values())},
            pickle_protocol=protocol, _use_new_zipfile_serialization=new)
put("legacy_optimizer.pth", {"optimizer": optimizer.state_dict(), "model": state, "args": args, "fft": torch.ones(3, dtype=torch.complex64)},
    _use_new_zipfile_serialization=False)

# tensors of a subclass, with attributes, parameters with attributes
tensors = {k: v.clone() for k, v in state.items()}
for v in tensors.values():
    v.note = "x"
put("tensor_attribute.pth", tensors)
Subclass = foreign("train", "Subclass", torch.Tensor)
put("tensor_subclass.pth", {k: v.as_subclass(Subclass) for k, v in state.items()})
for q in model.parameters():
    q.flag = True
put("parameter_attribute.pth", {**dict(model.named_parameters()), **dict(model.named_buffers())})
for q in model.parameters():
    del q.flag
put("parameters.pth", {**dict(model.named_parameters()), **dict(model.named_buffers())})
put("buffers.pth", {k: torch.nn.Buffer(v) for k, v in state.items()})
put("odict_subclass.pth", foreign("train", "Weights", collections.OrderedDict)(state))
put("dict_subclass.pth", {"state_dict": foreign("train", "Config", dict)(state)})
put("tuple.pth", (state, 3))
put("list.pth", [{"epoch": 3}, state])

# NumPy's arrays instead of tensors, in all protocols; detectron2 pickles its ResNets so
arrays_in = {"model": {k: np.asfortranarray(v) if k == "conv1.weight" else v for k, v in arrays.items()}, "__author__": "train", "matching_heuristics": True}
for protocol in (2, 3, 4, 5):
    put(f"arrays{protocol}.pth", arrays_in, pickle_protocol=protocol)
    (beside / f"arrays{protocol}.pkl").write_bytes(pickle.dumps(arrays_in, protocol))

# whole modules: their parameters and buffers
put("module.pth", model)
lines = torch.serialization.get_source_lines_and_file
torch.serialization.get_source_lines_and_file = lambda *a: (["class ...\n"], 0, "train.py")        # the whole source of PyTorch's layers else
put("module_legacy.pth", model, _use_new_zipfile_serialization=False)
torch.serialization.get_source_lines_and_file = lines
put("module_in_dict.pth", {"model": model, "epoch": 3})
foreign("train", "Learner")
learner = sys.modules["train"].Learner()
learner.model, learner.opt = model, None
put("learner.pth", learner)                              # as fastai's export
temporary = torch.nn.Module()
temporary.conv1, temporary.bn1 = model.conv1, model.bn1
temporary.register_buffer("positions", torch.arange(3.0), persistent=False)
put("temporary_buffer.pth", temporary)


class Forward(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.bn1 = model.conv1, model.bn1

    def forward(self, x):
        return self.bn1(self.conv1(x))


torch.jit.save(torch.jit.script(Forward().eval()), beside / "scripted.pt")
torch.jit.save(torch.jit.trace(Forward().eval(), torch.ones(1, 3, 2, 2)), beside / "traced.pt")

# the programs people train with
under = {"model." + k: v for k, v in state.items()}
put("torchvision_reference.pth", {"model": state, "optimizer": optimizer.state_dict(), "epoch": 3, "args": args,
                                  "lr_scheduler": torch.optim.lr_scheduler.StepLR(optimizer, 30).state_dict()})
put("lightning.ckpt", {"epoch": 1, "global_step": 2, "pytorch-lightning_version": "2.0", "state_dict": under,
                       "loops": {"fit_loop": {"state_dict": {}}}, "callbacks": {"ModelCheckpoint{'monitor': None}": {"best_model_score": torch.tensor(0.9)}},
                       "optimizer_states": [optimizer.state_dict()], "lr_schedulers": [], "hparams_name": "kwargs",
                       "hyper_parameters": sys.modules["pytorch_lightning.utilities.parsing"].AttributeDict(lr=0.1)})
HistoryBuffer = foreign("mmengine.logging.history_buffer", "HistoryBuffer")
history = HistoryBuffer()
history._log_history, history._count_history = np.arange(3.0), np.arange(3)
put("mmengine.pth", {"meta": {"epoch": 1, "cfg": "model = dict()\n" * 10}, "state_dict": state,
                     "message_hub": {"log_scalars": {"train/loss": history}, "resumed_keys": {}}, "optimizer": optimizer.state_dict()})
put("fastai_save.pth", {"model": state, "opt": {"state": [{"step": 4, "grad_avg": torch.zeros(2)}],
                                                "hypers": foreign("fastcore.foundation", "L", list)([{"lr": 1e-3}])}})
put("deepspeed.pth", {"module": state, "buffer_names": ["bn1.running_mean"], "ds_config": {"lr": 1}, "ds_version": "0.9"})
put("nested_backbone.pth", {"model": {"backbone": state}, "epoch": 2})
put("ema_module.pth", {"ema": {"module": state, "updates": 7}, "model": {k: v + 1 for k, v in state.items()}})
put("averaged_model.pth", {"n_averaged": torch.tensor(5), **{"module." + k: v for k, v in state.items()}})
put("compiled.pth", {"_orig_mod." + k: v for k, v in state.items()})
put("compiled_ddp.pth", {"model": {"_orig_mod.module." + k: v for k, v in state.items()}})
put("partly_compiled.pth", {k.replace("conv1.", "conv1._orig_mod."): v for k, v in state.items()})
put("sharded.pth", {"_fsdp_wrapped_module." + k.replace("bn1.", "_checkpoint_wrapped_module.bn1."): v for k, v in state.items()})
put("class_weights.ckpt", {"state_dict": {**under, "criterion.weight": torch.ones(5)}})
put("two_networks.pth", {"state_dict": {**{"module.encoder_q." + k: v for k, v in state.items()}, "module.queue": torch.ones(4),
                                        **{"module.encoder_k." + k: v + 1 for k, v in state.items()}}})
put("accuracy_tensor.pth", {"acc": torch.tensor(0.5), "net": state, "epoch": 3})
put("ema_decay.pth", {"ema": {"decay": torch.tensor(0.99)}, "net": state})

# --- a model in several files, as transformers saved it ---

half = list(state)[:3]
shards = here / "shards"
shards.mkdir(exist_ok=True)
torch.save({k: state[k] for k in half}, shards / "pytorch_model-00001-of-00002.bin")
torch.save({k: v for k, v in state.items() if k not in half}, shards / "pytorch_model-00002-of-00002.bin")
(shards / "pytorch_model.bin.index.json").write_text(json.dumps({"metadata": {"total_size": 84}, "weight_map": {
    k: f"pytorch_model-0000{1 if k in half else 2}-of-00002.bin" for k in state}}, indent=2))

# --- hostile/: what runs when Python loads it (the command makes a file), and modules without end ---

hostile = here / "hostile"
hostile.mkdir(exist_ok=True)
RUN = "touch EXECUTED"


class Call:
    def __init__(self, f, *args):
        self.call = f, args

    def __reduce__(self):
        return self.call


def trap(name, value, **how):
    torch.save({"state_dict": state, "trap": value}, hostile / name, **how)


sys.modules["train"].run = types.FunctionType((lambda command: None).__code__, {}, "run")
run = sys.modules["train"].run
run.__module__ = run.__qualname__ = "train"
run.__qualname__ = "run"
(here / "dumped.pkl").write_bytes(pickle.dumps(state))
trap("refused_system.pth", Call(os.system, RUN))
trap("refused_legacy.pth", Call(os.system, RUN), _use_new_zipfile_serialization=False)
trap("refused_protocol4.pth", [Call(subprocess.check_output, [RUN])], pickle_protocol=4)
trap("refused_exec.pth", {1: Call(exec, "import os; os.system('touch EXECUTED')")})
trap("refused_subclass.pth", Call(torch._tensor._rebuild_from_type_v2, os.system, torch.Tensor, (RUN,), {}))
trap("skipped_call.pth", Call(run, RUN))
trap("skipped_getattr.pth", Call(getattr, Call(run, RUN), "read"))
torch.save(Call(os.system, RUN), hostile / "refused_alone.pth")
endless = torch.nn.Module()
endless.again = endless
torch.save(endless, hostile / "refused_endless.pth")
shared = [1]
for _ in range(10):
    shared = [shared] * 10                               # 10^10 lists for who looks at all
torch.save({"state_dict": state, "shared": {"shared": shared}}, hostile / "skipped_shared.pth")
shared = torch.nn.Module()
for _ in range(12):
    outer = torch.nn.Module()
    for i in range(8):
        outer.add_module(str(i), shared)
    shared = outer
torch.save(shared, hostile / "refused_shared.pth")


# --- orders: the same tensors under the names of others, in the order of their modules ---


class Block(torch.nn.Module):
    def __init__(self, i, o, stride):
        super().__init__()
        self.conv1, self.bn1 = torch.nn.Conv2d(i, o, 3, stride, 1, bias=False), torch.nn.BatchNorm2d(o)
        self.conv2, self.bn2 = torch.nn.Conv2d(o, o, 3, 1, 1, bias=False), torch.nn.BatchNorm2d(o)
        self.downsample = torch.nn.Sequential(torch.nn.Conv2d(i, o, 1, stride, bias=False), torch.nn.BatchNorm2d(o)) if stride > 1 else None


torch.manual_seed(0)
net = torch.nn.Module()
net.conv1, net.bn1 = torch.nn.Conv2d(3, 2, 3, 1, 1, bias=False), torch.nn.BatchNorm2d(2)
net.layer1, net.layer2 = torch.nn.Sequential(Block(2, 2, 1)), torch.nn.Sequential(Block(2, 4, 2))
net.fc = torch.nn.Linear(4, 5)
for b in net.modules():
    if isinstance(b, torch.nn.BatchNorm2d):
        b.running_mean.normal_(0, 0.2), b.running_var.uniform_(0.5, 1.5)
orders = here / "orders"
orders.mkdir(exist_ok=True)
own = net.state_dict()
torch.save(own, orders / "own.pth")
torch.save({k.replace("layer", "encoder.stage").replace("conv1", "c1").replace("downsample", "skip"): v for k, v in own.items()}, orders / "renamed.pth")
torch.save({"net." + k.replace("layer", "res"): v for k, v in own.items()}, orders / "stages.pth")
torch.save({f"{i:03}": v for i, v in enumerate(own.values())}, orders / "numbers.pth")
first = sorted(own, key=lambda k: (k.split(".conv")[0].split(".bn")[0].split(".downsample")[0], "downsample" not in k) if k.startswith("layer") else ("", True))
first = [k for k in first if not k.startswith("fc")] + ["fc.weight", "fc.bias"]
torch.save({k.replace("layer", "block").replace("conv1.", "conv_a.").replace("fc.", "out."): own[k] for k in first}, orders / "shortcut_first.pth")

# --- names: of the real models, with their shapes; what transformers and timm compute from x is y ---

import timm
import transformers

names = here / "names"
names.mkdir(exist_ok=True)


def list_names(name, m):
    lines = [f"{k} {'x'.join(map(str, v.shape))}\n" for k, v in m.state_dict().items() if "num_batches" not in k]
    (names / name).write_text("".join(lines))


with torch.device("meta"):
    list_names("huggingface_resnet50.txt", transformers.ResNetForImageClassification(transformers.ResNetConfig()))
    list_names("huggingface_resnet18.txt", transformers.ResNetForImageClassification(transformers.ResNetConfig(
        hidden_sizes=[64, 128, 256, 512], depths=[2, 2, 2, 2], layer_type="basic", num_labels=1000)))
    list_names("senet_seresnet50.txt", timm.create_model("legacy_seresnet50"))
hub = transformers.ResNetForImageClassification(transformers.ResNetConfig(embedding_size=4, hidden_sizes=[8, 16], depths=[1, 2], num_labels=3)).eval()
for b in hub.modules():
    if isinstance(b, torch.nn.BatchNorm2d):
        b.running_mean.normal_(0, 0.2), b.running_var.uniform_(0.5, 1.5)
x = torch.from_numpy(np.random.RandomState(0).randint(-8, 9, (1, 3, 32, 32)).astype("float32") / 8)
np.save(names / "x.npy", x.numpy())
torch.save(hub.state_dict(), names / "huggingface.pth")
torch.save({k.replace("resnet.", ""): v for k, v in hub.state_dict().items() if k.startswith("resnet.")}, names / "huggingface_backbone.pth")
with torch.no_grad():
    np.save(names / "huggingface.npy", hub(x).logits.numpy())
    np.save(names / "huggingface_backbone.npy", hub.resnet(x).pooler_output.numpy().reshape(1, -1))

# --- an ONNX file whose initialisers are not all weights ---

import onnx
from onnx import TensorProto, helper, numpy_helper


def given(name, value):
    return numpy_helper.from_array(np.asarray(value), name)


nodes = [helper.make_node("Conv", ["x", "conv1.weight"], ["a"]), helper.make_node("BatchNormalization", ["a", *list(NAMES)[1:]], ["b"]),
         helper.make_node("Clip", ["b", "low", "high"], ["c"]), helper.make_node("Mul", ["c", "half"], ["d"]),
         helper.make_node("Resize", ["d", "", "scales"], ["e"]), helper.make_node("Reshape", ["e", "shape"], ["y"])]
initial = [given(k, v.numpy()) for k, v in state.items()] + [
    given("low", np.float32(0)), given("high", np.float32(6)), given("half", np.float32(0.5)), given("scales", np.float32([1, 1, 2, 2])),
    given("shape", np.int64([1, -1])), given("nobody", np.ones((2, 2), np.float32)), given("complex", np.ones(2, np.complex64)),
    helper.make_tensor("text", TensorProto.STRING, [2], [b"a", b"b"]), helper.make_tensor("f8", TensorProto.FLOAT8E4M3FN, [2], [1.0, 2.0]),
    helper.make_tensor("int4", TensorProto.INT4, [2], [1, -1])]
onnx.save(helper.make_model(helper.make_graph(nodes, "g", [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 2, 2])],
                                              [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)], initial),
                            opset_imports=[helper.make_opsetid("", 18)]), here / "constants.onnx")
np.savez(here / "odd.npz", **arrays, labels=np.array(["cat", "dog"]), objects=np.array([None, {}], dtype=object), wave=np.ones(2, np.complex64),
         big=np.ones(2, ">f4"))

# --- an array in an archive whose sizes and places have 64 bits, as those of more than 4 GB have ---

def zip64(file):
    name, shape = b"a.npy", "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}\n"
    data = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(shape)) + shape.encode() + struct.pack("<ff", 3, 4)
    crc, full, size = zlib.crc32(data), 0xffffffff, len(data)
    extra = struct.pack("<HHQQ", 1, 16, size, size)
    local = struct.pack("<IHHHHHIIIHH", 0x04034b50, 45, 0, 0, 0, 0, crc, full, full, len(name), len(extra)) + name + extra + data
    extra = struct.pack("<HHB", 0xcafe, 1, 0) + struct.pack("<HHQQQ", 1, 24, size, size, 0)
    entry = struct.pack("<IHHHHHHIIIHHHHHII", 0x02014b50, 45, 45, 0, 0, 0, 0, crc, full, full, len(name), len(extra), 0, 0, 0, 0, full)
    entry += name + extra
    end = len(local) + len(entry)
    with open(file, "wb") as f:
        f.write(local + entry + struct.pack("<IQHHIIQQQQ", 0x06064b50, 44, 45, 45, 0, 0, 1, 1, len(entry), len(local)) +
                struct.pack("<IIQI", 0x07064b50, 0, end, 1) + struct.pack("<IHHHHIIH", 0x06054b50, 0, 0, 0xffff, 0xffff, full, full, 0))


zip64(here / "zip64.npz")

# --- weights as what they are computed of: the layer's parts beside 'want', the weight that PyTorch computes ---

import safetensors.torch
from torch.nn.utils import parametrizations, prune, spectral_norm, weight_norm

torch.manual_seed(3)
forms = {"old": weight_norm, "one": lambda m: weight_norm(m, dim=1), "all": lambda m: weight_norm(m, dim=None),
         "new": parametrizations.weight_norm, "spectral": spectral_norm, "transposed": spectral_norm,
         "parametrized": parametrizations.spectral_norm, "pruned": lambda m: prune.l1_unstructured(m, "weight", amount=0.4)}
parts = {}
for layer, form in forms.items():
    m = torch.nn.ConvTranspose2d(2, 2, 3) if layer == "transposed" else torch.nn.Conv2d(3, 2, 3)
    form(m)
    for p in m.parameters():
        p.data += 0.05 * torch.randn_like(p)
    for _ in range(30):                                      # spectral norms take steps as they run
        m(torch.zeros(1, m.in_channels, 3, 3))
    m.eval()(torch.zeros(1, m.in_channels, 3, 3))
    parts |= {f"{layer}.{k}": v.contiguous() for k, v in m.state_dict().items() if k != "bias"}
    parts[f"{layer}.want"] = m.weight.detach().contiguous()
parts |= {"other.weight_g": torch.ones(2, 1, 1, 1), "other.weight_v": torch.ones(3, 1, 1, 1)}      # do not fit
safetensors.torch.save_file(parts, here / "reparametrized.safetensors")
