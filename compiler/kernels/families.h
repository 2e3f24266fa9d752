/*
** The table of families that are alternatives to an op's own, which stands in the op's row, in the order they are asked
** whether they fit; to add one: its file and a row here. Below them the families of ops on bytes, one each: those that
** take A_BYTES in ops.h.
*/
FAMILY(grouped)
FAMILY(winograd)
FAMILY(winograd_strided)
FAMILY(winograd_stem)
FAMILY(strassen)
FAMILY(winograd_dw)
FAMILY(grouped_dw)
FAMILY(winograd_int8)
FAMILY(augment)

#if defined(BYTES)
BYTES(input,             input_int8)
BYTES(conv2d,            conv_int8)
BYTES(linear,            conv_int8)
BYTES(add,               add_int8)
BYTES(mul,               mul_int8)
BYTES(max_pool,          pool_int8)
BYTES(avg_pool,          pool_int8)
BYTES(adaptive_max_pool, adaptive_int8)
BYTES(adaptive_avg_pool, adaptive_int8)
BYTES(concat,            copy_int8)
BYTES(slice,             copy_int8)
BYTES(pad,               copy_int8)
BYTES(flatten,           copy_int8)
BYTES(upsample_nearest,  copy_int8)
BYTES(quantize,          quantize)
BYTES(dequantize,        dequantize)
#endif
