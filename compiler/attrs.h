/*
** The attribute table: one row per attribute an op can carry. Read by the language (parsing and
** range checks), the dump (printing) and `resnetc doc`.
**
**   ATTR(name, kind, field of Attr, lowest, highest, default as shown by doc, meaning)
**
** kinds: INT n · PAIR n or {h, w} · SIDES n, {h, w}, {t, l, b, r}, "same" or named sides · BOOL ·
** REAL · PAIR0 {a, b} · RANGE {from, to, step} · WORD one of a list · NAME a string · SHAPE {c, h, w}
*/
ATTR(out,               INT,   out,               1, 65536, "required", "output channels; may stand first without its name")
ATTR(kernel,            PAIR,  kernel,            1, 1024,  "required", "window height and width")
ATTR(stride,            PAIR,  stride,            1, 1024,  "conv2d: 1; pools: the kernel", "step between windows")
ATTR(padding,           SIDES, padding,           0, 4096,  "conv2d: dilation*(kernel - 1)/2; else 0",
     "zeros around the image; \"same\": output = ceil(input / stride), the odd one after (ONNX SAME_UPPER)")
ATTR(dilation,          PAIR,  dilation,          1, 1024,  "1", "distance between taps")
ATTR(groups,            INT,   groups,            1, 65536, "1", "channel groups; both channel counts divisible by it")
ATTR(bias,              BOOL,  bias,              0, 1,     "false; linear: true", "adds a bias parameter")
ATTR(eps,               REAL,  eps,               0, 1,     "1e-5", "added to the variance")
ATTR(affine,            BOOL,  affine,            0, 1,     "true", "has weight and bias parameters")
ATTR(ceil_mode,         BOOL,  ceil_mode,         0, 1,     "false", "round the output size up")
ATTR(count_include_pad, BOOL,  count_include_pad, 0, 1,     "true", "divide by the whole window, zeros included")
ATTR(size,              PAIR,  size,              1, 4096,  "1", "output height and width")
ATTR(channels,          PAIR0, channels,          0, 65536, "all; pad: {0, 0}", "slice: {from, to}; pad: {before, after}")
ATTR(rows,              RANGE, rows,              0, 65536, "all", "{from, to, step}")
ATTR(cols,              RANGE, cols,              0, 65536, "all", "{from, to, step}")
ATTR(shape,             SHAPE, shape,             1, 65536, "required", "channels, height, width")
ATTR(act,               WORD,  act,               0, 0,     "\"none\"", "activation of the epilogue, by the name of its op")
ATTR(slope,             REAL,  slope,      -1e6, 1e6,   "leaky_relu: 0.01; hard_sigmoid, hard_swish: 1/6", "leaky_relu: factor below 0; hard_*: factor of x")
ATTR(offset,            REAL,  offset,     -1e6, 1e6,   "0.5", "hard_*: added to slope*x")
ATTR(lo,                REAL,  lo, -3.5e38, 3.5e38,     "none", "clip: least value")
ATTR(hi,                REAL,  hi, -3.5e38, 3.5e38,     "none", "clip: largest value")
ATTR(coords,            WORD,  coords,            0, 0, "nearest: asymmetric; bilinear: half_pixel",
     "where output pixels lie in the input (ONNX Resize): half_pixel, align_corners, asymmetric, ...")
ATTR(rounding,          WORD,  rounding,          0, 0, "floor", "nearest: floor, ceil, round_prefer_floor or round_prefer_ceil")
ATTR(scale_h,           REAL,  scale_h,           0, 65536, "size / input", "rows of the result per row of the input")
ATTR(scale_w,           REAL,  scale_w,           0, 65536, "size / input", "columns of the result per column of the input")
ATTR(bn,                NAME,  bn,                0, 0,     "none", "batch norm folded into the weights: its name")
ATTR(bn_eps,            REAL,  bn_eps,            0, 1,     "1e-5", "eps of the folded batch norm")
ATTR(bn_affine,         BOOL,  bn_affine,         0, 1,     "true", "affine of the folded batch norm")
ATTR(winograd,          PAIR0, winograd,          0, 4,     "chosen", "output tile of a Winograd convolution, 2 or 4 a side; {0, 0}: direct")
ATTR(tile,              PAIR0, tile,              0, 64,    "chosen", "register tile: vectors of output channels, pixels")
