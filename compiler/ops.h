/*
** The op table: one row per op. Included several times, with OP defined as needed; its readers are the enum, the
** language, the shape rules, the verifier, the dump, the interpreter, the emitter, the documentation and the test
** matrix.
**
** A_BYTES: it has a form on bytes (interp_int8.c), which it takes where its inputs are bytes.
**
** To add an op: one row here, a shape_x (often an old one) in shape.c, an interp_x in interp.c, a family in kernels/,
** one row of shapes in tests/matrix.c. The activations have a table of their own, acts.h; they are ops like others
** here unless ACT is defined too.
*/
#if !defined(ACT)
#define ACT(name, attrs, word, steepest, rounding, doc)  OP(name, 1, 1, same, act, 0,1,1,0, attrs, doc)
#define PACT(name, attrs, word, steepest, rounding, doc) OP(name, 1, 1, same, act, 0,1,1,1, attrs, doc)
#endif

/*                                                 takes an activation in its epilogue         */
/*                                                 | result has its input's shape              */
/*                                                 | | result may overwrite input 0            */
/*                                                 | | | has parameters of its own             */
/* op                  inputs  shape     family    v v v v  attributes                         */
OP(input,               0,  0, input,    copy,     0,0,0,0, A_shape|A_pixels,
   "the network's input image, float CHW")
OP(conv2d,              1,  2, conv2d,   conv,     1,0,0,1,
   A_out|A_kernel|A_stride|A_padding|A_dilation|A_groups|A_bias|A_standardize|A_EPILOGUE|A_FOLDED|A_tile|A_winograd|
   A_on_the_fly|A_strassen|A_BYTES|A_pair_safe,
   "2-D cross-correlation (torch.nn.Conv2d); input 1, where present, is a skip added before act")
OP(conv_transpose2d,    1,  1, conv_transpose2d, transposed, 1,0,0,1,
   A_out|A_kernel|A_stride|A_padding|A_dilation|A_output_padding|A_groups|A_bias|A_EPILOGUE|A_FOLDED,
   "2-D convolution with its input and output exchanged (torch.nn.ConvTranspose2d): makes images larger")
OP(linear,              1,  2, linear,   conv,     1,0,0,1,
   A_out|A_bias|A_EPILOGUE|A_FOLDED|A_tile|A_BYTES|A_pair_safe,
   "y = x W^T + b over a flat input (torch.nn.Linear); bias is on by default")
OP(bn,                  1,  1, same,     bn,       1,1,1,1, A_eps|A_affine|A_EPILOGUE,
   "batch normalisation with running statistics (torch.nn.BatchNorm2d in eval mode)")
OP(group_norm,          1,  1, group_norm, group_norm, 0,1,1,1, A_groups|A_eps|A_affine,
   "normalised by mean and variance of each group of channels (torch.nn.GroupNorm; groups = C: InstanceNorm2d)")
OP(layer_norm,          1,  1, same,     layer_norm, 0,1,1,1, A_eps|A_affine,
   "normalised by mean and variance over the channels of each pixel (LayerNorm2d of torchvision and timm)")
OP(layer_scale,         1,  1, same,     layer_scale, 0,1,1,1, 0,
   "x times the learned factor of its channel (ConvNeXt's gamma), which is kept under the layer's own name")
#include "acts.h"
/* two inputs: C x H x W each, or one value a channel (C x 1 x 1), a pixel (1 x H x W), an image (1 x 1 x 1) */
OP(add,                 2,  2, binary,   binary,   1,0,1,0, A_EPILOGUE|A_BYTES|A_requant,
   "x + y, element by element; x + y in Lua writes the same node")
OP(sub,                 2,  2, binary,   binary,   1,0,1,0, A_EPILOGUE,
   "x - y, element by element; x - y in Lua writes the same node")
OP(mul,                 2,  2, binary,   binary,   1,0,1,0, A_EPILOGUE|A_BYTES|A_requant,
   "x*y, element by element; x*y in Lua writes the same node")
OP(div,                 2,  2, binary,   binary,   1,0,1,0, A_EPILOGUE,
   "x/y, element by element; x/y in Lua writes the same node")
OP(maximum,             2,  2, binary,   binary,   1,0,1,0, A_EPILOGUE,
   "the larger of x and y, element by element; NaN wins (torch.maximum)")
OP(minimum,             2,  2, binary,   binary,   1,0,1,0, A_EPILOGUE,
   "the smaller of x and y, element by element; NaN wins (torch.minimum)")
OP(reciprocal,          1,  1, same,     binary,   1,1,1,0, A_value|A_EPILOGUE,
   "value/x; 1/x in Lua writes the same node")
OP(max_pool,            1,  1, pool,     pool,     0,0,0,0, A_kernel|A_stride|A_padding|A_dilation|A_ceil_mode|A_BYTES,
   "maximum over windows (torch.nn.MaxPool2d); padding counts as -inf, NaN wins")
OP(avg_pool,            1,  1, pool,     pool,     0,0,0,0,
   A_kernel|A_stride|A_padding|A_ceil_mode|A_count_include_pad|A_BYTES|A_requant,
   "mean over windows (torch.nn.AvgPool2d)")
OP(adaptive_avg_pool,   1,  1, adaptive, adaptive, 0,0,0,0, A_size|A_BYTES|A_requant,
   "mean over size h x w windows that cover the image (torch.nn.AdaptiveAvgPool2d)")
OP(adaptive_max_pool,   1,  1, adaptive, adaptive, 0,0,0,0, A_size|A_BYTES,
   "maximum over size h x w windows that cover the image (torch.nn.AdaptiveMaxPool2d)")
OP(concat,              1, 64, concat,   copy,     0,0,0,0, A_BYTES,
   "inputs one after the other along the channels")
OP(slice,               1,  1, slice,    copy,     0,0,0,0, A_channels|A_rows|A_cols|A_BYTES,
   "x[:, c0:c1, r0:r1:step, q0:q1:step], ends exclusive, counted from 0")
OP(pad,                 1,  1, pad,      pad,      0,0,0,0, A_padding|A_channels|A_mode|A_value|A_BYTES,
   "a value around the image (padding) and before/after the channels (channels), or the image mirrored or its edge "
   "repeated (torch.nn.functional.pad)")
OP(flatten,             1,  1, flatten,  copy,     0,0,0,0, A_BYTES,
   "C x H x W to (C*H*W) x 1 x 1, in NCHW order")
OP(reshape,             1,  1, reshape,  move,     0,0,0,0, A_shape,
   "the same numbers, in NCHW order, as another C x H x W")
OP(permute,             1,  1, permute,  move,     0,0,0,0, A_order,
   "channels, rows and columns in another order (torch.permute of C x H x W)")
OP(pixel_shuffle,       1,  1, pixel_shuffle, move, 0,0,0,0, A_factor|A_depth_first,
   "factor*factor channels become a square of pixels of one (torch.nn.PixelShuffle, ONNX DepthToSpace)")
OP(pixel_unshuffle,     1,  1, pixel_unshuffle, move, 0,0,0,0, A_factor|A_depth_first,
   "a square of pixels becomes factor*factor channels (torch.nn.PixelUnshuffle, ONNX SpaceToDepth)")
OP(channel_shuffle,     1,  1, channel_shuffle, move, 0,0,0,0, A_groups,
   "the first channel of each group, the second of each ... (torch.nn.ChannelShuffle)")
OP(softmax,             1,  1, softmax,  softmax,  0,1,1,0, A_axis|A_groups,
   "exp(x - max)/sum over the channels of each pixel, each group of them by itself, or along another axis")
OP(reduce,              1,  1, reduce,   reduce,   0,0,0,0, A_reduction|A_axis|A_groups,
   "one number of the channels of each pixel, each group of them, or of those along another axis (torch.mean, ...)")
OP(matmul,              2,  2, matmul,   matmul,   1,0,0,0, A_heads|A_transpose_a|A_transpose_b|A_scale|A_EPILOGUE,
   "scale*a b of two matrices of channels x pixels; the result's channels are the rows, and its pixels are b's")
OP(upsample_nearest,    1,  1, upsample, upsample, 0,0,0,0, A_size|A_coords|A_rounding|A_scale_h|A_scale_w|A_BYTES,
   "each result pixel is the nearest input pixel (torch.nn.Upsample, ONNX Resize)")
OP(upsample_bilinear,   1,  1, upsample, upsample, 0,0,0,0, A_size|A_coords|A_scale_h|A_scale_w,
   "each result pixel is a mean of up to four input pixels (torch.nn.Upsample, ONNX Resize)")
OP(upsample_bicubic,    1,  1, upsample, upsample, 0,0,0,0,
   A_size|A_coords|A_sharpness|A_exclude_outside|A_scale_h|A_scale_w,
   "each result pixel is a cubic convolution of sixteen input pixels (torch.nn.Upsample, ONNX Resize)")
OP(quantize,            1,  1, same,     quantize, 0,1,0,0, A_BYTES|A_requant,
   "floats to bytes: round(x/step) + zero, at least 0 and at most 255")
OP(dequantize,          1,  1, same,     dequantize, 0,1,0,0, 0,
   "bytes to the floats they stand for: step*(x - zero)")
OP(top_k,               1,  1, top_k,    top_k,    0,0,0,0, A_out,
   "two results: the out largest of a flat input, largest first, and their positions; of equals the first; NaN is "
   "largest (torch.topk)")
#undef ACT
