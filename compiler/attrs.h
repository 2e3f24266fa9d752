/*
** The attribute table: one row per attribute an op can carry. Read by the language (parsing, ranges, defaults), the
** dump (printing), the documentation and editors.
**
**   ATTR(name, kind, field of Attr, lowest, highest, meaning, defaults...)
**
** kinds: INT n · PAIR n or {h, w} · SIDES n, {h, w}, {t, l, b, r}, "same" or named sides · BOOL · REAL
** · PAIR0 {a, b} · RANGE {from, to, step} · WORD one of a list · NAME a string · SHAPE {c, h, w}
**
** defaults: ANY(value) for all ops, then FOR(op, value) for those where it is another; ANY_SHOWN and FOR_SHOWN where
** the value only stands for what the words behind it say. A pair is value by value, of sides only the first is set.
*/
ATTR(out,               INT,   out,               1, 65536,   "output channels; may stand first without its name",
     REQUIRED)
ATTR(kernel,            PAIR,  kernel,            1, 1024,    "window height and width", REQUIRED)
ATTR(stride,            PAIR,  stride,            1, 1024,    "step between windows",
     ANY(1), FOR_SHOWN(max_pool, 0, "the kernel"), FOR_SHOWN(avg_pool, 0, "the kernel"))
ATTR(padding,           SIDES, padding,           0, 4096,
     "zeros around the image; \"same\": output = ceil(input / stride), the odd one after (ONNX SAME_UPPER)",
     ANY(0), FOR_SHOWN(conv2d, DefaultPadding, "dilation*(kernel - 1)/2"))
ATTR(output_padding,    PAIR,  output_padding,    0, 1023,    "rows and columns of the result beyond its last window",
     ANY(0))
ATTR(mode,              WORD,  mode,              0, 0,
     "what is put around the image: constant, reflect (the edge once) or replicate", ANY(Fill_constant))
ATTR(value,             REAL,  value, -HUGE_VAL, HUGE_VAL,    "pad: of mode constant; reciprocal: what is divided by x",
     ANY(0), FOR(reciprocal, 1))
ATTR(dilation,          PAIR,  dilation,          1, 1024,    "distance between taps", ANY(1))
ATTR(groups,            INT,   groups,            1, 65536,   "channel groups; both channel counts divisible by it",
     ANY(1))
ATTR(bias,              BOOL,  bias,              0, 1,       "adds a bias parameter", ANY(false), FOR(linear, true))
ATTR(standardize,       REAL,  standardize,       0, 1,
     "weights of each output channel less their mean, over the root of their variance and this (weight "
     "standardization, Qiao et al. 2019; timm's StdConv2d)", ANY_SHOWN(0, "as they are"))
ATTR(eps,               REAL,  eps,               0, 1,       "added to the variance",
     ANY(1e-5), FOR(layer_norm, 1e-6))
ATTR(affine,            BOOL,  affine,            0, 1,       "has weight and bias parameters", ANY(true))
ATTR(ceil_mode,         BOOL,  ceil_mode,         0, 1,       "round the output size up", ANY(false))
ATTR(count_include_pad, BOOL,  count_include_pad, 0, 1,       "divide by the whole window, zeros included", ANY(true))
ATTR(size,              PAIR,  size,              1, 4096,    "output height and width", ANY(1))
ATTR(channels,          PAIR0, channels,          0, 65536,   "slice: {from, to}; pad: {before, after}",
     ANY(0), FOR_SHOWN(slice, -1, "all"))
ATTR(rows,              RANGE, rows,              0, 65536,   "{from, to, step}", ANY_SHOWN(0, "all"))
ATTR(cols,              RANGE, cols,              0, 65536,   "{from, to, step}", ANY_SHOWN(0, "all"))
ATTR(shape,             SHAPE, shape,             1, 65536,
     "channels, height, width; reshape: one may be -1, what is left", REQUIRED)
ATTR(order,             WORD,  order,             0, 0,
     "the input's axes that become channels, rows and columns; \"hwc\": the rows become channels", ANY(Order_chw))
ATTR(factor,            INT,   factor,            1, 64,      "pixels along each side of a square", REQUIRED)
ATTR(depth_first,       BOOL,  depth_first,       0, 1,
     "a channel's number counts pixel of the square, then channel (ONNX's DCR); false: channel, then pixel (PyTorch)",
     ANY(false))
ATTR(act,               WORD,  act,               0, 0,       "activation of the epilogue, by the name of its op",
     ANY(Act_none))
ATTR(slope,             REAL,  slope,      -1e6, 1e6,         "leaky_relu: factor below 0; hard_*: factor of x",
     ANY(0.01), FOR(hard_sigmoid, 1/6.0), FOR(hard_swish, 1/6.0))
ATTR(offset,            REAL,  offset,     -1e6, 1e6,         "hard_*: added to slope*x; affine: to gain*x", ANY(0.5),
     FOR(affine, 0))
ATTR(gain,              REAL,  gain,  -3.4e38, 3.4e38,        "affine: factor of x",
     ANY(1))
ATTR(shared,            BOOL,  shared,            0, 1,       "prelu: one slope for all channels", ANY(false))
ATTR(slopes,            NAME,  slopes,            0, 0,       "prelu: the layer whose weight its slopes are",
     ANY_SHOWN(0, "the prelu's name"))
ATTR(lo,                REAL,  lo, -HUGE_VAL, HUGE_VAL,       "clip: least value", ANY_SHOWN(-HUGE_VAL, "none"))
ATTR(hi,                REAL,  hi, -HUGE_VAL, HUGE_VAL,       "clip: largest value", ANY_SHOWN(HUGE_VAL, "none"))
ATTR(alpha,             REAL,  alpha,      -1e6, 1e6,         "elu: factor of exp(x) - 1", ANY(1))
ATTR(beta,              REAL,  beta,       1e-6, 1e6,         "softplus: factor of x, divided by at the end", ANY(1))
ATTR(axis,              WORD,  axis,              0, 0,
     "numbers that belong together: the channels of a pixel, a channel's column (height), row (width) or image",
     ANY(Along_channels))
ATTR(reduction,         WORD,  reduction,         0, 0,
     "sum, mean, max, min, or l2: the root of the sum of squares", ANY(Reduce_mean))
ATTR(heads,             INT,   heads,             1, 65536,
     "parts of the channels that are matrices of their own; both channel counts divisible by it", ANY(1))
ATTR(transpose_a,       BOOL,  transpose_a,       0, 1,       "a's pixels are its rows", ANY(false))
ATTR(transpose_b,       BOOL,  transpose_b,       0, 1,
     "b's pixels are its rows; the result is then of one row of pixels", ANY(false))
ATTR(scale,             REAL,  scale,      -1e6, 1e6,         "factor of the product", ANY(1))
ATTR(coords,            WORD,  coords,            0, 0,
     "where output pixels lie in the input (ONNX Resize): half_pixel, align_corners, asymmetric, ...",
     ANY(Coords_half_pixel), FOR(upsample_nearest, Coords_asymmetric))
ATTR(rounding,          WORD,  rounding,          0, 0,
     "nearest: floor, ceil, round_prefer_floor or round_prefer_ceil", ANY(Rounding_floor))
ATTR(sharpness,         REAL,  sharpness,         -4, 4,
     "cubic convolution's a: PyTorch and ONNX -0.75, TensorFlow and Pillow -0.5", ANY(-0.75))
ATTR(exclude_outside,   BOOL,  exclude_outside,   0, 1,
     "bicubic: what lies outside of the image counts for nothing, instead of the edge once more", ANY(false))
ATTR(scale_h,           REAL,  scale_h,           0, 65536,   "rows of the result per row of the input",
     ANY_SHOWN(0, "size / input"))
ATTR(scale_w,           REAL,  scale_w,           0, 65536,   "columns of the result per column of the input",
     ANY_SHOWN(0, "size / input"))
ATTR(step,              REAL,  step,       0, 3.4e38,
     "the result is bytes: between the numbers of two neighbours",
     ANY_SHOWN(0, "floats"))
ATTR(zero,              INT,   zero,       0, 255,            "of bytes: the one that stands for 0", ANY(0))
ATTR(requant,           WORD,  requant,    0, 0,
     "how a result becomes bytes: exact, or as ONNX Runtime does it for unsigned or signed bytes: onnx_u8, onnx_s8; "
     "add, mul: onnx_float, as it does on floats between bytes",
     ANY(Requant_exact))
ATTR(pixels,            BOOL,  pixels,     0, 1,              "the result is bytes: the picture's own", ANY(false))
ATTR(pair_safe,         BOOL,  pair_safe,  0, 1,
     "weights for bytes: no two neighbours of which, times any bytes, leave 16 bits", ANY(false))
ATTR(bn,                NAME,  bn,                0, 0,       "batch norm folded into the weights: its name",
     ANY_SHOWN(0, "none"))
ATTR(bn_eps,            REAL,  bn_eps,            0, 1,       "eps of the folded batch norm", ANY(1e-5))
ATTR(bn_affine,         BOOL,  bn_affine,         0, 1,       "affine of the folded batch norm", ANY(true))
ATTR(gamma,             NAME,  gamma,             0, 0,       "layer scale folded into the weights: its name",
     ANY_SHOWN(0, "none"))
ATTR(in_gain,           REAL,  in_gain, -3.4e38, 3.4e38,      "factor of the input, folded into the weights", ANY(1))
ATTR(out_gain,          REAL,  out_gain, -3.4e38, 3.4e38,     "factor of the result, folded into weights and bias",
     ANY(1))
ATTR(out_offset,        REAL,  out_offset, -3.4e38, 3.4e38,   "added after out_gain, folded into the bias", ANY(0))
ATTR(winograd,          PAIR0, winograd,          0, 4,
     "output tile of a Winograd convolution: 3x3 of stride 1 or 2, 2 or 4 a side; 7x7 of stride 2 over at most 4 "
     "channels, 2; {0, 0}: chosen", ANY_SHOWN(0, "chosen"))
ATTR(on_the_fly,        BOOL,  on_the_fly,        0, 1,
     "of winograd: weights are stored as they are and transformed where they are used, less memory for more work",
     ANY_SHOWN(false, "chosen with winograd"))
ATTR(strassen,          BOOL,  strassen,          0, 1,
     "a 1x1 convolution by a step of Strassen's products: seven of halves for eight, weights 1.75 times as large",
     ANY_SHOWN(false, "false, or as tune measured"))
ATTR(tile,              PAIR0, tile,              0, 64,
     "register tile: vectors of output channels, pixels", ANY_SHOWN(0, "chosen"))
