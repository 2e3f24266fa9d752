/*
** matrix.c - op x shape x target against the interpreter. Every row is a small network; all rows are
** emitted for every target, compiled into one shared object a target, and run one test each. avx512
** and neon run through tests/emulate, the same vector words in plain C, so their code is tested on
** any machine; on a machine that has the instructions the real words are used.
*/
#include <dlfcn.h>

#include "../compiler/fuzz/fuzz.h"
#include "tests.h"

static const struct {
	Op op;
	int c, h, w, batch;
	const char *body;
} rows[] = {
	{ O_input, 3, 5, 7, 1, "return x" },
	{ O_input, 17, 1, 1, 3, "return x" },
	{ O_conv2d, 3, 8, 8, 1, "return nn.conv(x, { 16, kernel = 3 })" },
	{ O_conv2d, 1, 1, 1, 1, "return nn.conv(x, { 1, kernel = 1 })" },
	{ O_conv2d, 1, 1, 1, 1, "return nn.conv(x, { 3, kernel = 3, bias = true })" },
	{ O_conv2d, 17, 5, 9, 1, "return nn.conv(x, { 3, kernel = 3, bias = true })" },
	{ O_conv2d, 17, 9, 5, 2, "return nn.relu(nn.conv(nn.conv(x, { 17, kernel = 3 }), { 33, kernel = 3, stride = 2 }))" },
	{ O_conv2d, 3, 23, 19, 1, "return nn.conv(x, { 8, kernel = 7, stride = 2, padding = 3 })" },
	{ O_conv2d, 16, 6, 6, 1, "return nn.conv(nn.relu(x), { 48, kernel = 1 })" },
	{ O_conv2d, 64, 7, 7, 1, "return nn.conv(nn.relu(x), { 64, kernel = 1 }) + x" },
	{ O_conv2d, 40, 14, 14, 1, "return nn.conv(nn.relu(x), { 32, kernel = 1, stride = 2 })" },
	{ O_conv2d, 8, 11, 4, 1, "return nn.conv(nn.relu(x), { 8, kernel = 2, stride = 3 })" },
	{ O_conv2d, 8, 9, 9, 1, "return nn.conv(nn.relu(x), { 8, kernel = 1, stride = 4 })" },
	{ O_conv2d, 12, 9, 10, 1, "return nn.conv(nn.relu(x), { 20, kernel = 3, dilation = 2 })" },
	{ O_conv2d, 12, 9, 10, 1, "return nn.conv(nn.relu(x), { 20, kernel = { 3, 1 }, dilation = { 3, 1 }, stride = { 1, 2 } })" },
	{ O_conv2d, 5, 8, 8, 1, "return nn.conv(nn.relu(x), { 7, kernel = 3, stride = 2, padding = \"same\" })" },
	{ O_conv2d, 5, 8, 9, 1, "return nn.conv(nn.relu(x), { 7, kernel = 4, padding = { 0, 3, 2, 1 } })" },
	{ O_conv2d, 5, 8, 9, 1, "return nn.conv(x, { 7, kernel = 3, padding = { top = 2, right = 1 } })" },
	{ O_conv2d, 5, 4, 4, 1, "return nn.conv(nn.relu(x), { 7, kernel = 3, padding = 4 })" },
	{ O_conv2d, 32, 6, 6, 1, "return nn.conv(nn.relu(x), { 64, kernel = 3, groups = 2 })" },
	{ O_conv2d, 64, 6, 6, 2, "return nn.conv(nn.relu(x), { 64, kernel = 3, groups = 16 })" },
	{ O_conv2d, 51, 5, 6, 1, "return nn.conv(nn.relu(x), { 51, kernel = 3, groups = 3 })" },
	{ O_conv2d, 34, 5, 6, 1, "return nn.conv(nn.relu(x), { 17, kernel = 3, groups = 17 })" },
	{ O_conv2d, 6, 5, 6, 1, "return nn.conv(x, { 9, kernel = 3, groups = 3 })" },
	{ O_conv2d, 17, 9, 7, 2, "return nn.relu(nn.conv(nn.relu(x), { 17, kernel = 3, groups = 17, bias = true }) + x)" },
	{ O_conv2d, 20, 9, 7, 1, "return nn.conv(x, { 20, kernel = 3, groups = 20, stride = 2, dilation = 2, padding = 1 })" },
	{ O_conv2d, 20, 9, 7, 1, "return nn.conv(x, { 40, kernel = 3, groups = 20 })" },
	/* groups within a vector: of 2, 4, 8 channels, strides, dilations, skips in another halo, one vector, kernels wider than the registers */
	{ O_conv2d, 128, 9, 31, 1, "return nn.relu(nn.bn(nn.conv(nn.relu(x), { 128, kernel = 3, groups = 32 })))" },
	{ O_conv2d, 40, 7, 9, 2, "local a = nn.relu(x) return nn.conv(a, { 40, kernel = 3, groups = 5, bias = true }) + a" },
	{ O_conv2d, 36, 7, 33, 2, "return nn.silu(nn.conv(nn.relu(x), { 36, kernel = {1, 3}, stride = {1, 2}, groups = 9, bias = true }))" },
	{ O_conv2d, 10, 8, 17, 1, "return nn.conv(nn.relu(x), { 10, kernel = {3, 2}, dilation = {2, 3}, groups = 5 })" },
	{ O_conv2d, 16, 1, 9, 1, "return nn.conv(nn.relu(x), { 16, kernel = {1, 5}, stride = 3, groups = 2 })" },
	{ O_conv2d, 48, 3, 40, 1, "return nn.conv(nn.relu(x), { 48, kernel = {1, 19}, groups = 12, bias = true }) + nn.relu(x)" },
	{ O_conv2d, 64, 7, 7, 1, "return nn.conv(nn.relu(nn.conv(nn.relu(x), { 64, kernel = 3, groups = 8 })), { 64, kernel = 7, groups = 64 })" },
	{ O_conv2d, 256, 4, 4, 1, "return nn.relu(nn.bn(nn.conv(nn.relu(x), { 128, kernel = 3 })))" },
	/* several passes over channel blocks: bands, batches, skips, a last block that is not full, groups */
	{ O_conv2d, 200, 19, 5, 2, "local a = nn.relu(x) return nn.relu(nn.bn(nn.conv(a, { 200, kernel = 3 })) + a)" },
	{ O_conv2d, 200, 19, 5, 1, "return nn.conv(nn.relu(x), { 40, kernel = 3, stride = 2, groups = 2 })" },
	{ O_conv2d, 1030, 5, 5, 1, "return nn.relu(nn.conv(nn.relu(x), { 16, kernel = 1, bias = true }))" },
	/* Winograd: every tile, whole and hanging over, bands, batches, skips in place, odd channels, other padding */
	{ O_conv2d, 16, 8, 8, 1, "return nn.conv(nn.relu(x), { 16, kernel = 3, winograd = {4, 4} })" },
	{ O_conv2d, 17, 9, 7, 2, "local a = nn.relu(x) return nn.relu(nn.conv(a, { 17, kernel = 3, winograd = {4, 4}, bias = true }) + a)" },
	{ O_conv2d, 24, 7, 7, 1, "return nn.silu(nn.conv(nn.relu(x), { 40, kernel = 3, winograd = {2, 4} }))" },
	{ O_conv2d, 24, 5, 11, 3, "return nn.conv(nn.relu(x), { 20, kernel = 3, winograd = {4, 2}, bias = true })" },
	{ O_conv2d, 33, 6, 7, 1, "return nn.relu(nn.bn(nn.conv(nn.relu(x), { 33, kernel = 3, winograd = {2, 2} })) + x)" },
	{ O_conv2d, 9, 1, 1, 1, "return nn.conv(nn.relu(x), { 8, kernel = 3, winograd = {2, 2} })" },
	{ O_conv2d, 48, 6, 5, 1, "return nn.conv(nn.relu(x), { 48, kernel = 3, padding = 0, winograd = {4, 4} })" },
	{ O_conv2d, 16, 6, 5, 1, "return nn.conv(nn.relu(x), { 16, kernel = 3, padding = { 2, 0, 1, 3 }, winograd = {2, 4} })" },
	/* larger than a thread takes on alone: two phases, bands */
	{ O_conv2d, 128, 40, 40, 1, "return nn.conv(nn.relu(x), { 64, kernel = 3, winograd = {4, 4} })" },
	{ O_conv2d, 100, 9, 7, 2, "local a = nn.relu(x) return nn.relu(nn.conv(a, { 100, kernel = 3, winograd = {4, 4}, bias = true }) + a)" },
	{ O_conv2d, 160, 7, 5, 1, "return nn.conv(nn.relu(x), { 150, kernel = 3, padding = { 2, 0, 1, 3 }, winograd = {2, 4} })" },
	{ O_conv2d, 48, 56, 56, 1, "return nn.silu(nn.conv(nn.relu(x), { 40, kernel = 3, winograd = {4, 4} }))" },
	/* its weights transformed on the fly: every tile, one chunk of channels, several, a shorter last one, wide groups, many blocks of tiles */
	{ O_conv2d, 16, 8, 8, 1, "return nn.conv(nn.relu(x), { 16, kernel = 3, winograd = {4, 4}, on_the_fly = true })" },
	{ O_conv2d, 80, 7, 9, 2, "local a = nn.relu(x) return nn.relu(nn.conv(a, { 80, kernel = 3, winograd = {4, 4}, on_the_fly = true, bias = true }) + a)" },
	{ O_conv2d, 80, 7, 7, 1, "return nn.silu(nn.conv(nn.relu(x), { 64, kernel = 3, winograd = {2, 4}, on_the_fly = true, tile = {2, 4} }))" },
	{ O_conv2d, 65, 5, 11, 1, "return nn.conv(nn.relu(x), { 20, kernel = 3, winograd = {4, 2}, on_the_fly = true, bias = true })" },
	{ O_conv2d, 33, 6, 7, 3, "return nn.conv(nn.relu(x), { 33, kernel = 3, padding = { 2, 0, 1, 3 }, winograd = {2, 2}, on_the_fly = true, tile = {1, 3} })" },
	{ O_conv2d, 48, 56, 56, 1, "return nn.conv(nn.relu(x), { 24, kernel = 3, winograd = {4, 4}, on_the_fly = true })" },
	/* by Strassen's products: halves of pixels that share one, gaps before and behind, strides, bands, images */
	{ O_conv2d, 64, 14, 14, 1, "return nn.conv(nn.relu(x), { 96, kernel = 1, strassen = true })" },
	{ O_conv2d, 96, 7, 7, 2, "local a = nn.relu(x) return nn.relu(nn.conv(a, { 96, kernel = 1, strassen = true, bias = true }) + a)" },
	{ O_conv2d, 32, 9, 5, 3, "return nn.conv(nn.silu(nn.conv(nn.relu(x), { 64, kernel = 1, strassen = true, bias = true })), { 8, kernel = 3 })" },
	{ O_conv2d, 64, 6, 7, 1, "local a = nn.relu(x) return nn.relu(nn.conv(a, { 64, kernel = 1, strassen = true }) + nn.conv(a, { 64, kernel = 3 }))" },
	{ O_conv2d, 64, 13, 10, 2, "return nn.conv(nn.relu(x), { 32, kernel = 1, stride = 2, strassen = true, tile = {1, 5} })" },
	{ O_conv2d, 64, 72, 61, 1, "local a = nn.relu(x) return nn.conv(a, { 64, kernel = 1, strassen = true }) + nn.conv(a, { 64, kernel = 1, strassen = true, stride = 1, bias = true })" },
	{ O_conv2d, 64, 40, 30, 3, "return nn.conv(nn.relu(x), { 32, kernel = 1, strassen = true })" },
	/* transposed: phases of different widths and numbers of taps, none among them, groups in and over blocks, halos */
	{ O_conv_transpose2d, 17, 5, 7, 2, "return nn.conv_transpose2d(nn.relu(x), { 20, kernel = 3, stride = 2, padding = 1, output_padding = 1, bias = true })" },
	{ O_conv_transpose2d, 32, 4, 4, 1, "return nn.relu(nn.bn(nn.conv_transpose2d(nn.relu(x), { 48, kernel = 4, stride = 2, padding = 1 }), { name = 'b' }))" },
	{ O_conv_transpose2d, 5, 6, 9, 1, "return nn.conv(nn.conv_transpose2d(x, { 33, kernel = 2, stride = 2 }), { 4, kernel = 3 })" },
	{ O_conv_transpose2d, 16, 5, 3, 2, "return nn.conv_transpose2d(nn.conv(x, { 16, kernel = 5 }), { 7, kernel = {3, 2}, stride = {3, 4}, padding = {1, 0}, bias = true })" },
	{ O_conv_transpose2d, 9, 5, 6, 1, "return nn.conv_transpose2d(x, { 12, kernel = 3, dilation = 2, padding = 2, stride = {1, 3} })" },
	{ O_conv_transpose2d, 34, 5, 6, 1, "return nn.conv_transpose2d(x, { 34, kernel = 4, stride = 2, padding = 1, groups = 34 })" },
	{ O_conv_transpose2d, 64, 3, 4, 1, "return nn.silu(nn.conv_transpose2d(nn.relu(x), { 96, kernel = 3, stride = 2, groups = 4, padding = 1, bias = true }))" },
	{ O_conv_transpose2d, 40, 3, 4, 1, "return nn.prelu(nn.conv_transpose2d(nn.relu(x), { 36, kernel = 3, stride = 2 }))" },
	{ O_conv_transpose2d, 3, 1, 1, 1, "return nn.conv_transpose2d(x, { 40, kernel = 4 })" },
	{ O_linear, 19, 1, 1, 1, "return nn.linear(nn.flatten(x), { 10 })" },
	{ O_linear, 5, 3, 2, 2, "return nn.relu(nn.linear(nn.flatten(x), { 33, bias = false }))" },
	{ O_linear, 512, 1, 1, 1, "return nn.linear(nn.flatten(x), { 1000 })" },
	{ O_bn, 17, 3, 5, 2, "return nn.bn(x)" },
	{ O_bn, 3, 4, 4, 1, "return nn.relu(nn.bn(nn.relu(x), { affine = false, eps = 0.01 }))" },
	{ O_layer_scale, 17, 3, 5, 2, "return nn.layer_scale(nn.relu(x))" },
	{ O_layer_scale, 17, 3, 5, 2, "return nn.relu(2*nn.layer_scale(nn.bn(nn.conv(x, { 17, kernel = 3 }))) - 0.25 + x)" },
	{ O_layer_scale, 40, 3, 5, 1, "return nn.layer_scale(nn.conv(0.5*nn.relu(x), { 20, kernel = 3, bias = true })/3) + 1" },
	{ O_relu, 17, 3, 5, 2, "return nn.relu(x)" },
	{ O_add, 17, 3, 5, 2, "return nn.relu(nn.relu(x) + x)" },
	{ O_add, 8, 3, 5, 1, "return x + x" },
	{ O_max_pool, 17, 9, 7, 2, "return nn.max_pool(x, { kernel = 3, stride = 2, padding = 1 })" },
	{ O_max_pool, 3, 8, 7, 1, "return nn.max_pool(x, { kernel = { 2, 3 }, stride = { 3, 2 }, ceil_mode = true })" },
	{ O_max_pool, 3, 9, 9, 1, "return nn.max_pool(x, { kernel = 3, stride = 2, padding = 1, dilation = 2 })" },
	{ O_max_pool, 4, 1, 1, 1, "return nn.max_pool(x, { kernel = 3, stride = 1, padding = 1 })" },
	{ O_avg_pool, 17, 7, 9, 2, "return nn.avg_pool(x, { kernel = 2 })" },
	{ O_avg_pool, 5, 7, 9, 1, "return nn.avg_pool(x, { kernel = 3, stride = 2, padding = 1 })" },
	{ O_avg_pool, 5, 8, 10, 1, "return nn.avg_pool(x, { kernel = 3, stride = 2, padding = 1, ceil_mode = true })" },
	{ O_avg_pool, 5, 8, 7, 1, "return nn.avg_pool(x, { kernel = 3, stride = 2, padding = 1, ceil_mode = true, count_include_pad = false })" },
	{ O_avg_pool, 17, 1, 3, 2, "return nn.avg_pool(x, { kernel = 2, ceil_mode = true })" },
	{ O_avg_pool, 5, 2, 1, 1, "return nn.avg_pool(x, { kernel = { 4, 3 }, stride = 3, padding = { 0, 1, 0, 0 }, ceil_mode = true })" },
	{ O_max_pool, 5, 1, 2, 1, "return nn.max_pool(nn.relu(x), { kernel = 2, ceil_mode = true })" },
	{ O_adaptive_avg_pool, 17, 7, 9, 2, "return nn.adaptive_avg_pool(x, { size = 1 })" },
	{ O_adaptive_avg_pool, 5, 7, 9, 1, "return nn.adaptive_avg_pool(x, { size = { 3, 4 } })" },
	{ O_adaptive_avg_pool, 5, 2, 3, 1, "return nn.adaptive_avg_pool(x, { size = 5 })" },
	{ O_adaptive_max_pool, 5, 7, 9, 1, "return nn.adaptive_max_pool(x, { size = { 3, 4 } })" },
	{ O_adaptive_max_pool, 17, 4, 4, 1, "return nn.adaptive_max_pool(x, { size = 2 })" },
	{ O_concat, 5, 3, 4, 2, "return nn.concat(x, nn.relu(x), nn.conv(x, { 16, kernel = 1 }))" },
	{ O_concat, 16, 3, 4, 1, "local y = nn.relu(x) return nn.conv(nn.concat { x, y, y }, { 8, kernel = 3 })" },
	{ O_concat, 12, 5, 6, 2, "local y = nn.relu(x) return nn.conv(nn.concat(y, x, y), { 20, kernel = 1 })" },
	{ O_slice, 17, 6, 7, 2, "return nn.slice(x, { channels = { 2, 13 }, rows = { 1, 6, 2 }, cols = { 0, 7, 3 } })" },
	{ O_slice, 32, 6, 7, 1, "return nn.slice(nn.relu(x), { channels = { 16, 32 } })" },
	{ O_slice, 16, 8, 8, 1, "return nn.subsample(nn.relu(x), 2)" },
	{ O_pad, 16, 4, 4, 1, "return nn.pad(nn.relu(x), { channels = { 8, 8 } })" },
	{ O_pad, 5, 4, 3, 2, "return nn.pad(x, { channels = { 1, 0 }, padding = { 1, 0, 2, 3 } })" },
	{ O_pad, 16, 4, 3, 1, "return nn.conv(nn.pad(nn.relu(x), { padding = 1 }), { 16, kernel = 3 })" },
	{ O_pad, 17, 4, 3, 2, "return nn.pad(x, { padding = { 1, 2, 3, 0 }, mode = \"reflect\" }) + nn.pad(x, { padding = { 1, 2, 3, 0 }, mode = \"replicate\" })" },
	{ O_pad, 16, 4, 3, 1, "return nn.max_pool(nn.pad(nn.relu(x), { padding = 1, value = -math.huge }), { kernel = 3, stride = 2 })" },
	{ O_pad, 32, 4, 3, 2, "return nn.pad(x, { channels = { 16, 5 }, padding = { 0, 0, 1, 0 }, value = 1.5 })" },
	{ O_pad, 8, 6, 7, 1, "return nn.conv(x, { 8, kernel = 3, padding_mode = \"reflect\" }) + nn.conv(x, { 8, kernel = 5, padding = 2, padding_mode = \"replicate\" })" },
	{ O_flatten, 17, 3, 2, 2, "return nn.flatten(x)" },
	{ O_flatten, 16, 4, 4, 1, "return nn.flatten(nn.conv(x, { 16, kernel = 3 }))" },
	{ O_relu6, 17, 3, 5, 2, "return nn.relu6(nn.conv(x, { 17, kernel = 3 })) + nn.relu6(x)" },
	{ O_clip, 17, 3, 5, 2, "return nn.clip(x, { lo = -0.25, hi = 0.3 })" },
	{ O_clip, 9, 3, 5, 1, "return nn.clip(nn.conv(x, { 9, kernel = 3 }), { hi = 0.1 }) + nn.clip(x, { lo = 0.1 })" },
	{ O_leaky_relu, 17, 3, 5, 2, "return nn.leaky_relu(nn.conv(nn.leaky_relu(x), { 17, kernel = 3 }), { slope = 0.2 })" },
	{ O_leaky_relu, 260, 5, 5, 1, "return nn.leaky_relu(nn.conv(x, { 260, kernel = 3 }))" },
	{ O_sigmoid, 17, 3, 5, 2, "return nn.sigmoid(nn.bn(nn.sigmoid(x)))" },
	{ O_silu, 17, 3, 5, 2, "return nn.silu(nn.conv(nn.silu(x), { 17, kernel = 3 }) + x)" },
	{ O_hard_sigmoid, 17, 3, 5, 2, "return nn.hard_sigmoid(x, { slope = 0.5, offset = 0.4 })" },
	{ O_hard_sigmoid, 17, 3, 5, 1, "return nn.hard_sigmoid(nn.linear(nn.flatten(x), { 9 }))" },
	{ O_hard_swish, 17, 3, 5, 2, "return nn.hard_swish(nn.conv(nn.hard_swish(x), { 20, kernel = 3 }))" },
	{ O_elu, 17, 3, 5, 2, "return nn.elu(nn.conv(x, { 20, kernel = 3 }), { alpha = 0.7 })" },
	{ O_softplus, 17, 3, 5, 2, "return nn.softplus(nn.bn(x), { beta = 3 })" },
	{ O_clip, 17, 3, 5, 1, "return nn.clip(x, { lo = -0.25 }) + nn.hardtanh(x, { min_val = 0.5 })" },
	{ O_prelu, 17, 5, 7, 2, "return nn.prelu(nn.bn(nn.conv(nn.prelu(nn.bn(x)), { 20, kernel = 3, stride = 2 })), { shared = true })" },
	{ O_prelu, 200, 5, 5, 1, "return nn.prelu(nn.conv(nn.prelu(x), { 200, kernel = 3, bias = true }) + x)" },
	{ O_prelu, 32, 8, 8, 1, "return nn.prelu(nn.conv(nn.relu(x), { 32, kernel = 3, winograd = {4, 4} }) + x)" },
	{ O_prelu, 48, 7, 9, 2, "return nn.prelu(nn.conv(nn.prelu(nn.conv(nn.relu(x), { 48, kernel = 3, groups = 12 })), { 48, kernel = 3, groups = 48 }))" },
	{ O_prelu, 19, 1, 1, 2, "return nn.prelu(nn.linear(nn.flatten(nn.prelu(nn.relu(x) + x)), { 33 }))" },
	{ O_prelu, 9, 3, 4, 1, "return nn.add(nn.conv(x, { 9, kernel = 3, act = \"prelu\" }), x, { act = nn.prelu })" },
	{ O_prelu, 17, 3, 4, 1, "return nn.prelu(x*nn.sigmoid(x), { shared = true })" },
	{ O_gelu_tanh, 40, 5, 5, 1, "return nn.gelu(nn.conv(nn.gelu(x), { 40, kernel = 3, groups = 20 }), { approximate = \"tanh\" }) + x" },
	/* each of them, behind a convolution and alone */
#define ACT(name, attrs, word, steepest, rounding, doc) \
	{ O_##name, 17, 3, 5, 2, "return nn." #name "(nn.conv(nn." #name "(x), { 17, kernel = 3 }))" },
#include "../compiler/acts.h"
#undef ACT
	{ O_log, 17, 3, 5, 2, "return nn.log(nn.exp(x)*0.5 + 1e-3)" },
	{ O_exp, 17, 3, 5, 1, "return nn.exp(nn.conv(nn.exp(x), { 17, kernel = 3 }))" },
	{ O_sqrt, 17, 3, 5, 2, "return nn.sqrt(nn.conv(x, { 17, kernel = 3 })*nn.conv(x, { 17, kernel = 3 }) + 0.01)" },
	{ O_tanh, 17, 3, 5, 2, "return nn.tanh(3*nn.conv(x, { 17, kernel = 3 }) + x)" },
	{ O_abs, 17, 3, 5, 2, "return nn.abs(nn.conv(nn.abs(-x), { 17, kernel = 3 }) + x)" },
	{ O_affine, 17, 3, 5, 2, "return nn.relu(2*nn.conv(1 - x, { 17, kernel = 3 }) + 0.5)/4" },
	{ O_mul, 17, 3, 5, 2, "return nn.relu(x*nn.sigmoid(x))" },
	{ O_mul, 17, 3, 5, 2, "return x*nn.sigmoid(nn.global_avg_pool(x))" },
	{ O_mul, 32, 6, 6, 1, "return nn.relu(nn.squeeze_excite(nn.conv(x, { 32, kernel = 3 }), 8) + x)" },
	{ O_mul, 17, 3, 5, 2, "local g = nn.conv(x, { 1, kernel = 1 }) return nn.sigmoid(g)*x + x*g" },
	{ O_add, 40, 4, 3, 2, "local p = nn.global_avg_pool(x) return nn.relu(p + nn.conv(x, { 1, kernel = 3 })) + nn.conv(p, { 1, kernel = 1 })" },
	{ O_sub, 17, 3, 5, 2, "return nn.relu(nn.global_avg_pool(x) - x) - nn.conv(x, { 17, kernel = 3 })" },
	{ O_sub, 5, 3, 5, 1, "return (1 - x) - nn.slice(x, { channels = { 1, 2 } })" },
	{ O_div, 17, 6, 5, 2, "return nn.conv(x/(nn.silu(x) + 2), { 17, kernel = 3 })" },
	{ O_div, 33, 6, 5, 1, "return nn.conv(x/(x*x + 1), { 16, kernel = 3, winograd = {2, 2} }) + 1/(nn.slice(x, { channels = { 0, 16 } })*0.1 + 3)" },
	{ O_reciprocal, 17, 6, 5, 2, "return nn.relu(2/(nn.sigmoid(x) + 1) - 1)" },
	{ O_div, 20, 6, 5, 1, "return nn.conv(nn.sigmoid(x)/(x*x + 0.5), { 20, kernel = 3, groups = 5 })/3 - 2" },
	{ O_maximum, 17, 3, 5, 2, "return nn.maximum(x, nn.global_avg_pool(x)) + nn.maximum(x, 0.25)" },
	{ O_minimum, 17, 3, 5, 2, "return nn.relu(nn.minimum(nn.slice(x, { channels = { 3, 4 } }), x)) + nn.minimum(-x, 0.25)" },
	{ O_upsample_nearest, 17, 3, 5, 2, "return nn.upsample(x, { scale = 2 })" },
	{ O_upsample_nearest, 5, 7, 5, 1, "return nn.upsample_nearest(x, { size = {11, 3}, coords = \"half_pixel\", rounding = \"round_prefer_ceil\" })" },
	{ O_upsample_nearest, 5, 7, 5, 1, "return nn.upsample_nearest(x, { size = {5, 9}, coords = \"align_corners\", rounding = \"ceil\" })" },
	{ O_upsample_bilinear, 17, 3, 5, 2, "return nn.conv(nn.upsample(x, { scale = {2, 3}, mode = \"bilinear\" }), { 8, kernel = 3 })" },
	{ O_upsample_bilinear, 5, 7, 9, 1, "return nn.upsample(x, { size = {11, 4}, mode = \"bilinear\", align_corners = true })" },
	{ O_top_k, 19, 1, 1, 2, "return nn.top_k(nn.flatten(x), { 5 })" },
	{ O_top_k, 40, 1, 1, 1, "return nn.top_k(nn.flatten(x), { 40 })" },
	{ O_group_norm, 32, 5, 7, 2, "return nn.group_norm(nn.relu(x), { groups = 4 })" },
	{ O_group_norm, 51, 5, 6, 2, "return nn.group_norm(x, { groups = 17 }), nn.group_norm(x, { groups = 3 }), nn.group_norm(x, { groups = 1 })" },
	{ O_group_norm, 64, 6, 6, 1, "return nn.conv(nn.group_norm(nn.conv(x, { 64, kernel = 3 }), { groups = 32, eps = 1e-3 }), { 8, kernel = 3 })" },
	{ O_group_norm, 19, 9, 3, 2, "return nn.relu(nn.instance_norm(x)), nn.instance_norm(x, { affine = true })" },
	/* the mean a million times the deviation */
	{ O_group_norm, 40, 13, 9, 1, "return nn.group_norm(nn.clip(x, { lo = 0.5, hi = 0.5 + 2^-20 }), { groups = 5, eps = 0 })" },
	{ O_layer_norm, 17, 3, 5, 2, "return nn.layer_norm(nn.sigmoid(x))" },
	{ O_layer_norm, 96, 6, 7, 1, "return nn.conv(nn.layer_norm(nn.conv(x, { 40, kernel = 3 })), { 8, kernel = 3 })" },
	{ O_layer_norm, 3, 4, 5, 1, "return nn.layer_norm(x, { affine = false, eps = 1e-5 })" },
	{ O_layer_norm, 100, 3, 3, 1, "return nn.layer_norm(nn.clip(x, { lo = 0.5, hi = 0.5 + 2^-20 }), { eps = 0 })" },
	{ O_layer_norm, 2048, 1, 1, 2, "return nn.layer_norm(x)" },
	{ O_reshape, 6, 5, 4, 2, "return nn.reshape(x, { shape = { 10, 4, -1 } })" },
	{ O_reshape, 17, 3, 8, 2, "return nn.reshape(nn.relu(x), { shape = { 34, -1, 4 } })" },
	{ O_reshape, 20, 6, 4, 1, "return nn.relu(nn.reshape(nn.relu(x), { shape = { 20, 1, 24 } }))" },
	{ O_reshape, 20, 6, 4, 2, "return nn.conv(nn.reshape(nn.conv(x, { 20, kernel = 3 }), { shape = { 20, 8, 3 } }), { 9, kernel = 3 })" },
	{ O_reshape, 20, 6, 4, 1, "local y = nn.relu(x) return nn.reshape(y, { shape = { 20, 3, 8 } }), y" },
	{ O_reshape, 1, 40, 3, 1, "return nn.reshape(nn.relu(x), { shape = { 40, 1, -1 } })" },
	{ O_permute, 17, 3, 5, 2, "return nn.permute(x, { order = \"cwh\" })" },
	{ O_permute, 17, 3, 5, 2, "return nn.permute(nn.conv(nn.relu(x), { 18, kernel = 3 }), { order = \"hwc\" })" },
	{ O_permute, 7, 20, 3, 1, "return nn.conv(nn.permute(nn.relu(x), { order = \"hcw\" }), { 5, kernel = 3 })" },
	{ O_permute, 7, 20, 18, 2, "return nn.permute(x, { order = \"wch\" }), nn.permute(x, { order = \"whc\" })" },
	{ O_pixel_shuffle, 36, 3, 5, 2, "return nn.pixel_shuffle(x, { factor = 2 }), nn.pixel_shuffle(x, { factor = 3, depth_first = true })" },
	{ O_pixel_shuffle, 8, 4, 4, 1, "return nn.conv(nn.pixel_shuffle(nn.conv(x, { 64, kernel = 3 }), { factor = 2 }), { 3, kernel = 3 })" },
	{ O_pixel_unshuffle, 5, 6, 12, 2, "return nn.pixel_unshuffle(x, { factor = 2 }), nn.pixel_unshuffle(x, { factor = 3, depth_first = true })" },
	{ O_channel_shuffle, 36, 3, 5, 2, "return nn.channel_shuffle(x, { groups = 4 }), nn.channel_shuffle(x, { groups = 9 })" },
	{ O_channel_shuffle, 32, 4, 5, 1, "return nn.conv(nn.channel_shuffle(nn.relu(x), { groups = 2 }), { 8, kernel = 3 })" },
	{ O_softmax, 10, 1, 1, 2, "return nn.softmax(x)" },
	{ O_softmax, 19, 3, 2, 2, "return nn.softmax(x)" },
	{ O_softmax, 36, 3, 2, 2, "return nn.softmax(x, { groups = 3 }), nn.softmax(x, { groups = 18 })" },
	{ O_softmax, 19, 5, 4, 2, "return nn.softmax(x, { axis = \"width\" }), nn.softmax(x, { axis = \"height\" }), nn.softmax(x, { axis = \"image\" })" },
	{ O_softmax, 9, 5, 4, 1, "return nn.conv(nn.softmax(nn.conv(x, { 9, kernel = 3 }), { axis = \"image\" }), { 4, kernel = 3 })" },
	{ O_reduce, 37, 3, 5, 2, "return nn.reduce(x, { reduction = 'max' }) + nn.reduce(x) - nn.reduce(x, { reduction = 'min' })" },
	{ O_reduce, 32, 4, 4, 1, "local y = nn.sigmoid(x) return nn.conv(nn.concat(nn.reduce(y, { reduction = 'max' }), nn.reduce(y)), { 3, kernel = 3 })" },
	{ O_reduce, 3, 4, 3, 2, "return nn.reduce(x, { reduction = 'l2' }), nn.reduce(x, { reduction = 'sum' }), nn.reduce(x + 2, { reduction = 'min' })" },
	{ O_reduce, 36, 3, 4, 2, "return nn.reduce(x, { groups = 18, reduction = 'l2' }), nn.reduce(x - 2, { groups = 2, reduction = 'max' }), "
	  "nn.reduce(x + 2, { groups = 3, reduction = 'min' }), nn.reduce(x, { groups = 12 }), nn.reduce(x, { groups = 36, reduction = 'sum' })" },
	{ O_reduce, 19, 5, 4, 2, "return nn.reduce(x, { axis = 'width' }), nn.reduce(x, { axis = 'height', reduction = 'l2' }), nn.reduce(x - 3, { axis = 'image', "
	  "reduction = 'max' }), nn.reduce(nn.conv(x, { 4, kernel = 3 }), { axis = 'image', reduction = 'sum' })" },
	{ O_reduce, 9, 5, 4, 1, "return nn.conv(nn.l2_normalize(nn.conv(x, { 9, kernel = 3 })), { 4, kernel = 3 })" },
	{ O_upsample_bicubic, 17, 3, 5, 2, "return nn.conv(nn.upsample(x, { scale = {2, 3}, mode = 'bicubic' }), { 8, kernel = 3 })" },
	{ O_upsample_bicubic, 5, 7, 9, 1, "return nn.upsample(x, { size = {11, 4}, mode = 'bicubic', align_corners = true })" },
	/* whole and open blocks, heads that are vectors and that are not, halos, one column */
	{ O_matmul, 17, 3, 5, 2, "return nn.matmul(x, nn.relu(x), { transpose_b = true }), nn.matmul(x, nn.relu(x), { transpose_a = true, scale = 0.25 })" },
	{ O_matmul, 32, 4, 4, 1, "local y = nn.relu(x) return nn.relu(nn.matmul(y, nn.softmax(nn.matmul(y, y, { transpose_a = true })))) + x" },
	{ O_matmul, 32, 5, 3, 2, "return nn.conv(nn.matmul(nn.conv(x, { 15, kernel = 3 }), nn.conv(x, { 15, kernel = 3 })), { 4, kernel = 3 })" },
	{ O_matmul, 36, 3, 3, 2, "local y = nn.relu(x) return nn.matmul(y, nn.softmax(nn.matmul(y, y, { transpose_a = true, heads = 3 }), { groups = 3 }), "
	  "{ heads = 3 })" },
	{ O_matmul, 48, 4, 4, 1, "return nn.matmul(x, nn.relu(x), { transpose_b = true, heads = 3 }), nn.matmul(x, x, { transpose_b = true, heads = 6 })" },
	{ O_matmul, 24, 3, 5, 2, "return nn.matmul(x, x, { transpose_b = true, heads = 2 }), nn.matmul(x, x, { transpose_a = true, heads = 24 })" },
	{ O_matmul, 64, 7, 7, 1, "local m = nn.softmax(nn.conv(x, { 1, kernel = 1 }), { axis = \"image\" }) return nn.matmul(nn.relu(x), m, { transpose_b = true })" },
	{ O_matmul, 60, 10, 10, 1, "return nn.matmul(nn.relu(x), nn.reshape(x, { shape = { 100, 6, 10 } }), { scale = 2 })" },
	{ O_softmax, 1000, 1, 1, 1, "return nn.softmax(nn.bn(x))" },
	{ O_quantize, 17, 5, 7, 2, "return nn.dequantize(nn.quantize(x, { step = 0.01, zero = 100 }))" },
	{ O_dequantize, 32, 4, 4, 1, "return nn.dequantize(nn.quantize(nn.conv(x, { 32, kernel = 3 }), { step = 0.02, zero = 128 }))" },
	/* Winograd of stride 2, by phases: every tile, whole and hanging over, blocks of rows of both cuts, of several images, several chunks of channels, skips */
	{ O_conv2d, 16, 16, 16, 1, "return nn.conv(nn.relu(x), { 16, kernel = 3, stride = 2, winograd = {4, 4} })" },
	{ O_conv2d, 17, 9, 15, 2, "return nn.relu(nn.conv(nn.relu(x), { 17, kernel = 3, stride = 2, winograd = {4, 4}, bias = true }) + nn.avg_pool(x, { kernel = 1, stride = 2 }))" },
	{ O_conv2d, 24, 14, 14, 1, "return nn.silu(nn.conv(nn.relu(x), { 40, kernel = 3, stride = 2, winograd = {2, 4} }))" },
	{ O_conv2d, 24, 11, 22, 3, "return nn.conv(nn.relu(x), { 20, kernel = 3, stride = 2, winograd = {4, 2}, bias = true })" },
	{ O_conv2d, 33, 6, 7, 6, "return nn.relu(nn.bn(nn.conv(nn.relu(x), { 33, kernel = 3, stride = 2, winograd = {2, 2} })))" },
	{ O_conv2d, 9, 1, 1, 1, "return nn.conv(nn.relu(x), { 8, kernel = 3, stride = 2, winograd = {2, 2} })" },
	{ O_conv2d, 160, 13, 10, 1, "return nn.conv(nn.relu(x), { 150, kernel = 3, stride = 2, padding = { 2, 0, 1, 3 }, winograd = {4, 4} })" },
	{ O_conv2d, 100, 7, 9, 4, "return nn.conv(nn.relu(x), { 64, kernel = 3, stride = 2, padding = 0, winograd = {2, 4}, tile = {1, 3} })" },
	{ O_conv2d, 64, 58, 54, 1, "return nn.silu(nn.conv(nn.relu(x), { 40, kernel = 3, stride = 2, winograd = {4, 4} }))" },
	{ O_conv2d, 48, 57, 50, 2, "return nn.conv(nn.relu(x), { 24, kernel = 3, stride = 2, winograd = {2, 2}, bias = true })" },
	/* 7x7 of stride 2 over pictures: planar and in blocks, whole tiles and hanging over, runs of a row, images, other padding, a skip */
	{ O_conv2d, 3, 64, 64, 1, "return nn.relu(nn.bn(nn.conv(x, { 64, kernel = 7, stride = 2, winograd = {2, 2} })))" },
	{ O_conv2d, 1, 31, 75, 2, "return nn.conv(x, { 24, kernel = 7, stride = 2, winograd = {2, 2}, bias = true })" },
	{ O_conv2d, 4, 17, 98, 1, "return nn.conv(nn.relu(x), { 8, kernel = 7, stride = 2, winograd = {2, 2} })" },
	{ O_conv2d, 2, 9, 9, 3, "return nn.silu(nn.conv(x, { 33, kernel = 7, stride = 2, padding = { 0, 5, 2, 1 }, winograd = {2, 2}, bias = true }) + nn.conv(x, { 33, kernel = 7, stride = 2, padding = { 0, 5, 2, 1 } }))" },
	{ O_conv2d, 3, 3, 2, 1, "return nn.conv(x, { 16, kernel = 7, stride = 2, winograd = {2, 2} })" }
};
enum { NRows = sizeof rows/sizeof *rows };

static void *library;                /* of the target's rows; or what came of them elsewhere */
static JobResult *elsewhere;

static Model *
row_model(int row, const char *target)
{
	DslOptions o = { .name = arena_text("row%d", row), .batch = rows[row].batch };
	Graph *g = dsl_load(body_model(rows[row].c, rows[row].h, rows[row].w, rows[row].body), &o);

	bind_random(g, 1);
	return compiled(g, target, 0);
}

/*
** few - targets of which one row in so many is tried, but for CHECK_LONG: their words are another target's, or they take long in
** their emulators; where those are slow at vectors, code with fewer of them is worth a compiler's time
*/
static const struct { const char *target; int each; const char *flags; } few[] = {
	{ "neon-dot", 16, "-O0" }, { "rvv", 8, "-O1" }, { "rvv256", 24, "-O1" }, { "wasm", 2, "-O0" }, { "wasm-relaxed", 16, "-O0" }, { "cortex-m4", 8, "-O0" },
	{ "cortex-m7", 24, "-O0" }, { "cortex-m33", 24, "-O0" }, { "cortex-m55", 4, "-O0" },
};
enum { NFew = sizeof few/sizeof *few };

static int
few_of(const Target *t)
{
	int i = 0;

	while (i < NFew && strcmp(few[i].target, t->name))
		i++;
	return i;
}

static int
each(const Target *t)
{
	int i = few_of(t);

	return i < NFew && !getenv("CHECK_LONG") ? few[i].each : 1;
}

/* run_elsewhere - all rows compiled for a machine that is emulated here, and run */
static void
run_elsewhere(const Machine *machine, const char *dir, Model **m, int count)
{
	static Job jobs[NRows];
	const char *names[NRows];
	int which = few_of(m[0]->g->target);

	elsewhere = arena_new(NRows*sizeof *elsewhere);
	for (int r = 0; r < count; r++) {
		File *blob = NEW(File);
		*blob = emit_blob(m[r]);
		names[r] = m[r]->g->name;
		jobs[r] = (Job){ .network = r, .blob = blob, .in = numbers(count_of(m[r]->g->nodes[0]->out->shape), (unsigned)atoi(names[r] + 3)),
			.in_bytes = input_bytes(m[r]->g), .out_bytes = outputs_of(m[r]->g)*sizeof(float), .workspace = m[r]->g->arena };
	}
	machine_compile(machine, dir, "all.c rc.c", which < NFew ? few[which].flags : "-O0", names, count);
	machine_run(machine, dir, jobs, count, elsewhere);
}

/* build_rows - all for the target that the part is named after, once, before Check forks */
static void
build_rows(void)
{
	const Target *target = target_named(this_part());
	const Machine *machine = other_machine(target);
	const char *dir = in_dir("rows"), *cc = getenv("CC");
	Model *all[NRows];
	File files[24];
	int count = 0;
	FILE *f;

	write_files(dir, files, runtime_files(&target, 1, files));
	if (!machine)
		emulate(dir, target->name);
	f = fopen(in_dir("rows/all.c"), "w");
	for (int r = 0; r < NRows; r += each(target)) {
		File header = emit_header(all[count] = row_model(r, target->name));
		write_files(dir, &header, 1);
		write_source_beside_others(f, all[count++]);
	}
	ck_assert_int_eq(fclose(f), 0);
	if (machine) {
		run_elsewhere(machine, dir, all, count);
		return;
	}
	/* what optimization makes of emitted code is told apart by emitted:bits and fuzz */
	ck_assert_int_eq(system(arena_text("cd '%s' && %s -std=c11 %s -w%s -fPIC -shared all.c rc.c -o all.so -lm", dir, cc ? cc : "cc",
	                                   getenv("CHECK_LONG") ? "-O1" : "-O0", target_runs_here(target) ? "" : " -march=native -Wno-psabi")), 0);
	library = dlopen(arena_text("%s/all.so", dir), RTLD_NOW);
	ck_assert_msg(library != NULL, "%s", dlerror());
}

static bool
has_winograd(const Graph *g)
{
	for (int i = 0; i < g->count; i++)
		if (g->nodes[i]->family->tiled)
			return true;
	return false;
}

/* run_row - the outputs of a row, on input of its own */
static void
run_row(int r, const Model *m, const float *in, float *out)
{
	const Graph *g = m->g;
	size_t outputs = outputs_of(g);
	float *ws = aligned_alloc(64, g->arena);
	File blob = emit_blob(m);
	int (*run)(const void *, const float *, float *, void *, size_t);
	int (*ready)(const void *, size_t);

	if (elsewhere) {
		const JobResult *ran = &elsewhere[r/each(g->target)];
		ck_assert_int_eq(ran->check, RC_OK);
		ck_assert_int_eq(ran->status, RC_OK);
		ck_assert(ran->whole);
		memcpy(out, ran->out, outputs*sizeof *out);
		return;
	}
	*(void **)&run = dlsym(library, arena_text("row%d_run", r));
	*(void **)&ready = dlsym(library, arena_text("row%d_check", r));
	ck_assert_int_eq(ready(blob.data, blob.len), RC_OK);
	memset(ws, 0xff, g->arena);      /* NaN */
	out[outputs] = 12345;
	ck_assert_int_eq(run(blob.data, in, out, ws, g->arena), RC_OK);
	ck_assert_float_eq(out[outputs], 12345);
}

START_TEST(row_is_right)
{
	int r = _i*each(target_named(this_part()));
	Model *m = row_model(r, this_part());
	const Graph *g = m->g;
	DslOptions o = { .batch = rows[r].batch };
	Graph *before = dsl_load(body_model(rows[r].c, rows[r].h, rows[r].w, rows[r].body), &o);
	size_t inputs = count_of(g->nodes[0]->out->shape), outputs = outputs_of(g), done = 0;
	float *in = numbers(inputs, (unsigned)r), *out = malloc((outputs + 1)*sizeof *out);
	double *din = doubles(in, inputs), **values, e = 0;

	bind_random(before, 1);
	values = interp(before, din);
	run_row(r, m, in, out);
	for (int i = 0; i < before->noutputs; i++) {
		e = fmax(e, worst(out + done, value_in(values, before->outputs[i]), count_of(before->outputs[i]->shape)));
		done += count_of(before->outputs[i]->shape);
	}
	/* Winograd's transforms lose about twice what a direct sum loses */
	ck_assert_msg(e < (has_winograd(g) ? 1e-5 : 3e-6), "%s on %s: %dx%dx%dx%d %s: error %g", op_rows[rows[r].op].name, this_part(), rows[r].batch,
	              rows[r].c, rows[r].h, rows[r].w, rows[r].body, e);
}
END_TEST

START_TEST(every_op_has_a_row)
{
	for (int op = 0; op < NLanguageOps; op++) {
		bool found = false;
		for (int r = 0; r < NRows; r++)
			found |= rows[r].op == (Op)op;
		ck_assert_msg(found, "%s", op_rows[op].name);
	}
}
END_TEST

SUITE(matrix)
{
	TCase *t = part("rows");

	tcase_add_test(t, every_op_has_a_row);
	for (int i = 0; i < ntargets; i++) {
		if (strstr(targets[i].name, "-vnni"))
			continue;                /* another row's words for floats; int8.c has the bytes */
		t = part(targets[i].name);
		tcase_add_unchecked_fixture(t, build_rows, NULL);
		tcase_add_loop_test(t, row_is_right, 0, (NRows + each(&targets[i]) - 1)/each(&targets[i]));
	}
}
