/*
** The activation table: one row each; every one is an op of its name and an act of an epilogue. Its readers are all of
** ops.h, the emitter, and the fuzzer, which must know how far from the reference a right result may be.
**
** To add an activation: one row here, its formula in interp.c (interp_activate), its word in runtime/rc_act.h.
**
** word: how it is called; $x is the value, $NAME the node's attribute NAME. steepest: its largest slope, rounding: the
** error of the word itself, in float32; both C of a (the attributes), y (the result), s (a bound of what x was added
** up from), U (half a unit in the last place of 1), var (x's variance); rounding also of slope (the column before).
*/

/* PACT: of parameters of its own; $slope is then a vector, the slopes of its channels */
#ifndef PACT
#define PACT ACT
#endif

/*  op            attributes        word
    steepest, rounding, meaning */
ACT(relu,         0,                "relu($x)",
    1, 0,
    "max(x, 0); NaN stays NaN")
ACT(relu6,        0,                "clamp($x, splat(0.0f), splat(6.0f))",
    1, 0,
    "min(max(x, 0), 6) (torch.nn.ReLU6)")
ACT(clip,         A_lo|A_hi,        "clamp($x, splat($lo), splat($hi))",
    1, U*y,
    "min(max(x, lo), hi) (torch.clamp)")
ACT(leaky_relu,   A_slope,          "leaky($x, splat($slope))",
    fmax(1, fabs(a->slope)), 2*U*y,
    "x, or slope*x where x < 0 (torch.nn.LeakyReLU)")
ACT(sigmoid,      0,                "sigmoid($x)",
    0.25, 16*U*y + 1.2e-38,
    "1/(1 + exp(-x))")
ACT(silu,         0,                "silu($x)",
    1.1, 16*U*y + 1.2e-38*(1 + s),
    "x*sigmoid(x) (torch.nn.SiLU, swish)")
ACT(hard_sigmoid, A_slope|A_offset, "hard_sigmoid($x, splat($slope), splat($offset))",
    fabs(a->slope), 4*U*(slope*s + fabs(a->offset) + 1),
    "min(max(slope*x + offset, 0), 1) (torch.nn.Hardsigmoid)")
ACT(hard_swish,   A_slope|A_offset, "hard_swish($x, splat($slope), splat($offset))",
    1 + fabs(a->offset) + 2*fabs(a->slope)*s, 4*U*slope*s,
    "x*hard_sigmoid(x) (torch.nn.Hardswish)")
ACT(elu,          A_alpha,          "elu($x, splat($alpha))",
    fmax(1, fabs(a->alpha)), 16*U*fabs(y),
    "x, or alpha*(exp(x) - 1) where x < 0 (torch.nn.ELU)")
ACT(softplus,     A_beta,           "softplus($x, splat($beta))",
    1, (16 + a->beta*s)*U*y + 1.7e-38/a->beta,
    "log(1 + exp(beta*x))/beta (torch.nn.Softplus)")
ACT(mish,         0,                "mish($x)",
    1.1, 16*U*fabs(y) + 1.7e-38*(1 + s),
    "x*tanh(log(1 + exp(x))) (torch.nn.Mish)")
ACT(gelu,         0,                "gelu($x)",
    1.2, 4*U*s,
    "x*(1 + erf(x/sqrt(2)))/2 (torch.nn.GELU); approximate = \"tanh\" is gelu_tanh")
ACT(gelu_tanh,    0,                "gelu_tanh($x)",
    1.2, 16*U*s + 1.7e-38*(1 + s),
    "x*(1 + tanh(sqrt(2/pi)*(x + 0.044715*x^3)))/2 (torch.nn.GELU of approximate = \"tanh\")")
ACT(tanh,         0,                "vtanh($x)",
    1, 8*U*fabs(y),
    "(exp(x) - exp(-x))/(exp(x) + exp(-x)) (torch.tanh)")
ACT(erf,          0,                "verf($x)",
    1.13, 8*U*fabs(y),
    "the error function (torch.erf)")
ACT(exp,          0,                "exponential($x)",
    var < 1e-3 ? 2*y : (double)INFINITY, 8*U*y + 1.7e-38,
    "e^x (torch.exp)")
ACT(log,          0,                "logarithm($x)",
    var < 1e-3*exp(2*y) ? 2*exp(-y) : (double)INFINITY, 8*U*fabs(y),
    "the natural logarithm; NaN where x < 0, -inf where it is 0 (torch.log)")
ACT(sqrt,         0,                "square_root($x)",
    var < 1e-3*y*y*y*y ? 1/y : (double)INFINITY, 6*U*y,
    "the square root; NaN where x < 0 (torch.sqrt)")
ACT(abs,          0,                "magnitude($x)",
    1, 0,
    "|x| (torch.abs)")
ACT(affine,       A_gain|A_offset, "fma_($x, splat($gain), splat($offset))",
    fabs(a->gain), 2*U*(fabs(a->gain)*s + fabs(a->offset)),
    "gain*x + offset; x + 1, 2*x, 1 - x, x/2 and -x in Lua write the same node")
PACT(prelu,       A_shared|A_slopes, "leaky($x, $slope)",
    1, 2*U*fabs(y),
    "x, or x times the slope of its channel, learned, where x < 0 (torch.nn.PReLU)")
#undef PACT
