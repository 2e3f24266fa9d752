/*
** The table of ops that only a network in training has: forward parts of layers that behave otherwise there, and
** backward ones. They come behind the language's in every table; no model file can name them.
**
** To add one: a row here, a shape_x in shape.c and an interp_x in a file of this folder, a family in kernels/.
*/

/*                                takes an activation in its epilogue                        */
/*                                | result may overwrite input 0                             */
/* op              inputs  family v v                                                        */
GRAD(bn_stats,      1, 1,  bn_stats, 0,0, "mean and variance of each channel over a batch")
GRAD(bn_norm,       3, 4,  bn_norm,  1,0, "(x - mean)/sqrt(variance + eps)*weight + bias, and input 3, a skip")
GRAD(bn_sums,       4, 4,  bn_sums,  0,0, "gradients of bias and weight of a batch norm")
GRAD(bn_dx,         6, 6,  bn_dx,    0,1, "gradient of a batch norm's input")
GRAD(act_dx,        2, 2,  act_dx,   0,1, "gradient through an activation, from its result or its input")
GRAD(conv2d_dw,     2, 2,  conv2d_dw, 0,0, "gradient of a convolution's weights, or of a linear layer's")
GRAD(channel_sums,  1, 1,  channel_sums, 0,0, "sums of each channel over a batch: gradient of a bias")
GRAD(sum_to,        1, 1,  sum_to,   0,0, "sums over what a value was repeated along: pixels, channels")
GRAD(max_pool_dx,   3, 3,  max_pool_dx, 0,0, "gradient of a maximum over windows: to the first of the largest")
GRAD(spatial_dx,    1, 1,  spatial_dx, 0,0,
     "gradient of what makes rows and columns sums of others: means, slices, padding, resampling")
GRAD(channel_param, 1, 1,  channel_param, 0,0, "a parameter of each channel, for each image of input 0")
GRAD(own_norm,      1, 1,  own_norm, 0,0,
     "(x - mean)/sqrt(variance + eps), of each pixel's channels or each group of channels")
GRAD(own_norm_dx,   3, 3,  own_norm_dx, 0,0, "gradient of that norm, from its result and its input")
GRAD(expand,        1, 1,  expand,   0,0,
     "gradient of a sum along an axis: each number for all that were added up in it")
GRAD(cross_entropy, 1, 1,  cross_entropy, 0,0,
     "gradient of the mean loss, loss of each image and whether its label is the largest")
