/*
** The verb table: one row per verb. Its readers are the command line, --help, the manual page and what shells complete.
**
**   VERB(name, fewest and most files or names it takes, usage, what it does)
**
** To add a verb: one row here, and int verb_NAME(Options *) in a file of its own.
*/
VERB(compile, 1, 1, "[compile] MODEL.lua -w WEIGHTS [-o DIR]", "emit NAME.c NAME.h NAME.weights and the runtime")
VERB(pack,    1, 1, "pack MODEL.lua -w WEIGHTS [-o FILE]",
     "other weights for code compiled before with the same options")
VERB(run,     1, 1, "run MODEL.lua -w WEIGHTS -i IN... [-o OUT.npz]", "compile, load, run; prints the top classes")
VERB(bench,   1, 1, "bench MODEL.lua [-w WEIGHTS] [--threads N]", "time every layer against this machine's peak")
VERB(quantize, 1, 1, "quantize MODEL.lua -w WEIGHTS --calibrate FOLDER|x.npy [-o FILE]",
     "weights of bytes, with what the bytes of every layer stand for")
VERB(tune,    1, 1, "tune MODEL.lua [-w WEIGHTS] [--threads N] [-o FILE]",
     "time algorithms and tiles; compile --tuned FILE uses them")
VERB(verify,  1, 1, "verify MODEL.lua [-w W] [-i IN] [--expect OUT.npy]",
     "emitted code against double precision, by layer")
VERB(train,   1, 1, "train MODEL.lua --data cifar10:DIR|images:DIR|x.npy,y.npy [-w START] [-o W.safetensors]",
     "learn from pictures, as nn.train says; a checkpoint an epoch")
VERB(landscape, 1, 1, "landscape MODEL.lua -w W --data D [--grid 25] [--range 1] [--images N] -o F.csv|F.svg|F.html",
     "the loss around the weights, along two random directions, as contours and a surface")
VERB(fuzz,    0, 1, "fuzz [CASE.lua] [--train] [--count N] [--seed N] [--time SECONDS] [--target NAME]",
     "random networks against double precision")
VERB(explain, 1, 2, "explain MODEL.lua [LAYER] [--run]",
     "what was fused, which algorithm and tile, why, how long it takes")
VERB(report,  1, 1, "report MODEL.lua [-w WEIGHTS] [-o FILE.html]",
     "one page: the graph, memory, roofline, times, weights, C beside Lua")
VERB(dot,     1, 1, "dot MODEL.lua [--stop-after=PASS]", "the graph for Graphviz")
VERB(diff,    2, 2, "diff A.lua B.lua [--run]", "two models: parameters, MACs, memory, time, layer by layer")
VERB(import,  1, 1, "import FILE.onnx [-o DIR]", "an ONNX model as NAME.lua and NAME.safetensors")
VERB(weights, 1, 1, "weights FILE[:KEY]", "what a weight file holds: names, shapes, ranges, NaNs")
VERB(init,    0, 1, "init NAME", "print a ready model: resnet50, cifar_resnet20, ...")
VERB(doc,     0, 1, "doc [WORD|text|markdown|lua|man|bash|zsh|fish]",
     "the model language and this command, printed from their tables")
VERB(version, 0, 0, "version", "the version")
