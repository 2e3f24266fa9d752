"""One peer in a process of its own: loads the model, runs once, then answers commands as app.c does.

    peer.py PEER DIR NAME THREADS
"""
import os
import pathlib
import subprocess
import sys
import time

answers = os.fdopen(os.dup(1), "w")             # what a library prints on standard output is no answer: it goes with the errors
os.dup2(2, 1)

import numpy as np

peer, folder, name, threads = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
x = np.load(folder / "x.npy")
onnx = str(folder / f"{name}.onnx")


def onnx_session(file):
    import onnxruntime as ort
    so = ort.SessionOptions()
    so.intra_op_num_threads = threads
    s = ort.InferenceSession(file, so, providers=["CPUExecutionProvider"])
    feed = {s.get_inputs()[0].name: x}
    return lambda: s.run(None, feed)[0]


def onnxruntime():
    return onnx_session(onnx)


def openvino_of(model):
    import openvino as ov
    request = ov.Core().compile_model(model, "CPU", {"INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY",
                                                     "INFERENCE_PRECISION_HINT": "f32"}).create_infer_request()
    request.set_input_tensor(ov.Tensor(x))

    def run():
        request.infer()
        return request.get_output_tensor().data
    return run


def openvino():
    import openvino as ov
    return openvino_of(ov.Core().read_model(onnx))


def torch_frozen():
    import torch
    torch.set_num_threads(threads)
    model = torch.jit.optimize_for_inference(torch.jit.freeze(torch.jit.load(str(folder / f"{name}.pt")).eval()))
    t = torch.from_numpy(x)

    def run():
        with torch.inference_mode():
            return model(t).numpy()
    for _ in range(3):
        run()
    return run


def module():
    """The network as a PyTorch module with its weights, without torchvision (whose version may be another PyTorch's)."""
    import json
    import types
    import torch
    sys.modules["torchvision"] = types.ModuleType("torchvision")
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "parity"))
    from networks import ImageNet, Net, networks
    same = {"resnet18": ((2, 2, 2, 2), 1), "resnet34": ((3, 4, 6, 3), 1), "resnet50": ((3, 4, 6, 3), 4), "resnet101": ((3, 4, 23, 3), 4)}
    model = Net("imagenet", ImageNet, *same[name], "B", 1000) if name in same else networks[name][0]()
    head = (folder / f"{name}.safetensors").read_bytes()
    n = int.from_bytes(head[:8], "little")
    state = {k: torch.from_numpy(np.frombuffer(head[8 + n:][v["data_offsets"][0]:v["data_offsets"][1]], np.float32).reshape(v["shape"]).copy())
             for k, v in json.loads(head[8:8 + n]).items()}
    model.load_state_dict(state, strict=False)
    return model.eval()


def torch_inductor():
    import torch
    torch.set_num_threads(threads)
    model = module()
    torch._inductor.config.freezing = True
    model, t = torch.compile(model), torch.from_numpy(x)

    def run():
        with torch.inference_mode():
            return model(t).numpy()
    return run


def ncnn():
    import ncnn as n
    param, weights = folder / f"{name}.ncnn.param", folder / f"{name}.ncnn.bin"
    if not param.exists():
        subprocess.run([pathlib.Path(sys.executable).parent / "pnnx", f"{name}.pt", f"inputshape=[{','.join(map(str, x.shape))}]", "fp16=0"], cwd=folder, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    net = n.Net()
    net.opt.num_threads = threads
    net.opt.use_fp16_storage = net.opt.use_fp16_arithmetic = net.opt.use_bf16_storage = False
    net.load_param(str(param))
    net.load_model(str(weights))

    def run():
        out = []
        for image in x:
            e = net.create_extractor()
            e.set_light_mode(True)
            e.input("in0", n.Mat(image))
            out.append(np.array(e.extract("out0")[1]))
        return np.stack(out)
    return run


def iree():
    import iree.compiler as compiler
    import iree.runtime as runtime
    mlir, module = folder / f"{name}.mlir", folder / f"{name}.vmfb"
    if not module.exists():
        subprocess.run([sys.executable, "-m", "iree.compiler.tools.import_onnx", onnx, "-o", str(mlir), "--opset-version", "17"], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        compiler.compile_file(str(mlir), target_backends=["llvm-cpu"], output_file=str(module),
                              extra_args=["--iree-llvmcpu-target-cpu=host", "--iree-opt-level=O3"])
    runtime.flags.parse_flags(f"--task_topology_group_count={threads}")
    config = runtime.Config("local-task" if threads > 1 else "local-sync")
    ctx = runtime.SystemContext(config=config)
    ctx.add_vm_module(runtime.VmModule.mmap(ctx.instance, str(module)))
    f = ctx.modules.module[[n for n in ctx.modules.module.vm_module.function_names if not n.startswith("__") and not n.endswith("$async")][0]]
    return lambda: np.asarray(f(x).to_host())


def tvm():
    import onnx as o
    import tvm as t
    from tvm import relax
    from tvm.relax.frontend.onnx import from_onnx
    mod = from_onnx(o.load(onnx), keep_params_in_input=False)
    target = t.target.Target({"kind": "llvm", "mcpu": "native", "num-cores": threads})
    ex = relax.build(relax.get_pipeline("zero")(mod), target)
    vm = relax.VirtualMachine(ex, t.cpu())
    a = t.runtime.tensor(x)
    return lambda: vm["main"](a).numpy()


def mnnconvert(file):
    """Its converter would install a client for its makers' log, and with that other versions of what peers here need."""
    subprocess.run([pathlib.Path(sys.executable).parent / "mnnconvert", "-f", "ONNX", "--modelFile", onnx, "--MNNModel", file, "--bizCode", "x"],
                   env=dict(os.environ, PIP_NO_INDEX="1"), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def mnn():
    import onnx as o
    converted, graph = folder / f"{name}.mnn", o.load(onnx, load_external_data=False).graph
    if not converted.exists():
        mnnconvert(converted)
    return mnn_of(converted, graph, "high")


def mnn_of(file, graph, precision):
    import MNN
    runtime = MNN.nn.create_runtime_manager(({"backend": "CPU", "numThread": threads, "precision": precision},))
    net = MNN.nn.load_module_from_file(str(file), [graph.input[0].name], [graph.output[0].name], runtime_manager=runtime)
    v = MNN.expr.placeholder(list(x.shape), MNN.expr.NCHW)

    def run():
        v.write(x)
        return np.array(net.onForward([v])[0].read())
    return run


def tract():
    if threads > 1:
        raise RuntimeError("one thread only")
    import tract as t
    r = t.onnx().load(onnx).into_model().into_runnable()
    return lambda: r.run([x])[0].to_numpy()


def executorch():
    """On XNNPACK; its threads are as many as the processors that the process may use."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
    import torch
    from executorch.backends.xnnpack.partition.xnnpack_partitioner import XnnpackPartitioner
    from executorch.exir import to_edge_transform_and_lower
    from executorch.runtime import Runtime
    program, t = folder / f"{name}.pte", torch.from_numpy(x)
    if not program.exists():
        exported = torch.export.export(module(), (t,))
        program.write_bytes(to_edge_transform_and_lower(exported, partitioner=[XnnpackPartitioner()]).to_executorch().buffer)
    method = Runtime.get().load_program(str(program)).load_method("forward")
    return lambda: method.execute([t])[0].numpy()


def onnx_of(kind):
    return str(folder / f"{name}.{kind}.onnx")


def ort_u8s8():
    return onnx_session(onnx_of("u8s8"))


def ort_s8s8():
    return onnx_session(onnx_of("s8s8"))


def openvino_u8s8():
    import openvino as ov
    return openvino_of(ov.Core().read_model(onnx_of("u8s8")))


def openvino_nncf():
    """Quantised by NNCF, as OpenVINO's own guide does it."""
    import nncf
    import openvino as ov
    return openvino_of(nncf.quantize(ov.Core().read_model(onnx), nncf.Dataset(list(np.load(folder / "calibrate.npy")[:, None])), subset_size=16))


def torch_int8():
    """Through PyTorch 2's export and Inductor, as its guide for x86 does it."""
    import torch
    import torchao.quantization.pt2e as pt2e
    import torchao.quantization.pt2e.quantizer.x86_inductor_quantizer as x86
    from torchao.quantization.pt2e.quantize_pt2e import convert_pt2e, prepare_pt2e
    torch.set_num_threads(threads)
    torch._inductor.config.freezing = True
    t, quantizer = torch.from_numpy(x), x86.X86InductorQuantizer()
    quantizer.set_global(x86.get_default_x86_inductor_quantization_config())
    model = prepare_pt2e(torch.export.export(module(), (t,)).module(), quantizer)
    with torch.inference_mode():
        for c in np.load(folder / "calibrate.npy"):
            model(torch.from_numpy(c[None]))
    model = convert_pt2e(model)
    pt2e.move_exported_model_to_eval(model)
    model = torch.compile(model)

    def run():
        with torch.inference_mode():
            return model(t).numpy()
    for _ in range(3):
        run()
    return run


def mnn_int8():
    """Quantised by MNN's own tool, over the same pictures."""
    import json
    import onnx as o
    graph, plain, pictures = o.load(onnx, load_external_data=False).graph, folder / f"{name}.float.mnn", folder / "mnn_pictures"
    tools = pathlib.Path(sys.executable).parent
    if not (folder / f"{name}.int8.mnn").exists():
        mnnconvert(plain)
        for i, c in enumerate(np.load(folder / "calibrate.npy")):
            (pictures / str(i)).mkdir(parents=True, exist_ok=True)
            np.savetxt(pictures / str(i) / f"{graph.input[0].name}.txt", c.ravel(), "%.7g")
            (pictures / str(i) / "input.json").write_text(json.dumps({"inputs": [{"name": graph.input[0].name, "shape": [1, *c.shape]}], "outputs": [graph.output[0].name]}))
        (folder / "mnn.json").write_text(json.dumps({"input_type": "sequence", "path": f"{pictures}/", "used_sample_num": 16, "feature_quantize_method": "KL",
                                                     "weight_quantize_method": "MAX_ABS", "batch_size": 1, "quant_bits": 8}))
        subprocess.run([tools / "mnnquant", plain, folder / f"{name}.int8.mnn", folder / "mnn.json"], check=True, stdout=subprocess.DEVNULL)
    return mnn_of(folder / f"{name}.int8.mnn", graph, "low")


start = time.perf_counter()
run = globals()[peer]()
y = np.asarray(run())
load = time.perf_counter() - start
np.save(folder / f"{peer}.{threads}.npy", y)
print("ready", load * 1e3, file=answers, flush=True)
for line in sys.stdin:
    words = line.split()
    if words[0] != "run":
        break
    times = []
    for _ in range(int(words[1])):
        start = time.perf_counter()
        run()
        times.append((time.perf_counter() - start) * 1e3)
    print(*times, file=answers, flush=True)
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")), file=answers, flush=True)
