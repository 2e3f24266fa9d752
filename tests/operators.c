/*
** operators.c - ONNX operators one by one, in files made here: the shape and values that an accepted graph has, and the
** message of every refusal (the language is in graphs.c); and graphs with the values that ONNX Runtime gives for noise
** (tests/import/graphs.txt, written by graphs.py).
*/
#include "graphs.h"

#define TRAINING ":1: BatchNormalization 'y': want inference over whole channels, got training or spatial = 0"
static const struct { const char *graph, *want; } rows[] = {
	/* shapes computed by nodes, as exporters write x.view(x.size(0), -1) */
	{ "n=Shape x;z=s 0;b=Gather n z | axis=0;u=Unsqueeze b | axes:0;m=i -1;s=Concat u m | axis=0;y=Reshape x s", "60x1x1: 0 0 0" },
	{ "n=Shape x | start=1 end=-1;a=i 0;h=Gather n a;y=GlobalAveragePool x;s=i 1 3;y=Reshape y s", "3x1x1: 0 0 0" },
	{ "s=i 1 3 4 5;y=Reshape x s", "3x4x5: 0 0 0" },
	{ "s=i 0 -1;y=Reshape x s", "60x1x1: 0 0 0" },
	{ "n=i 3 1 1;c=ConstantOfShape n | value@v,2.5;y=Add x c", "3x4x5: 2.5 2.5 2.5" },
	{ "n=i 3 1 1;c=ConstantOfShape n;y=Add x c", "3x4x5: 0 0 0" },
	{ "k=v 1 2 3;c=Unsqueeze k | axes:1,2;y=Add x c", "3x4x5: 1 2 3" },
	{ "k=v 1 2 3;c=Unsqueeze k | axes:1,2;y=Sub x c", "3x4x5: -1 -2 -3" },
	{ "k=v 1 2 3;c=Unsqueeze k | axes:1,2;y=Sub c x", "3x4x5: 1 2 3" },
	{ "k=v 1 2 4;c=Unsqueeze k | axes:1,2;a=Add x c;y=Mul a c", "3x4x5: 1 4 16" },
	{ "k=v 1 2 4;c=Unsqueeze k | axes:1,2;a=Add x c;t=s 2;y=Div a t", "3x4x5: 0.5 1 2" },
	{ "k=v 1 2 3 4;f=i 3;t=i 0;a=i 0;d=i -1;r=Slice k f t a d;c=Unsqueeze r | axes:1,2;y=Add x c", "3x4x5: 4 3 2" },
	{ "k=v 1 2 3 4;f=i 1;t=i 9;r=Slice k f t;c=Unsqueeze r | axes:1,2;y=Add x c", "3x4x5: 2 3 4" },
	{ "k=f 1 3;t=Transpose k;c=Unsqueeze t | axes:2;y=Add x c", "3x4x5: 0 0.25 0.5" },
	{ "k=f 3 1;t=Squeeze k;c=Unsqueeze t | axes:1,2;y=Add x c", "3x4x5: 0 0.25 0.5" },
	{ "a=i 7;b=i 2;c=Div a b;d=Cast c | to=1;y=Add x d", "3x4x5: 3 3 3" },
	{ "a=s 7;b=s 2;c=Div a b;y=Add x c", "3x4x5: 3.5 3.5 3.5" },
	{ "a=v 7 1 2;b=s 2;c=Mul a b;d=Sub c b;e=Unsqueeze d | axes:1,2;y=Add x e", "3x4x5: 12 0 2" },
	{ "c=Constant | value@v,1.5;y=Add x c", "3x4x5: 1.5 1.5 1.5" },
	{ "c=Constant | value_float~1.5;y=Add x c", "3x4x5: 1.5 1.5 1.5" },
	{ "c=Constant | value_int=2;y=Add x c", "3x4x5: 2 2 2" },
	{ "s=Constant | value_ints:1,-1;y=Reshape x s", "60x1x1: 0 0 0" },
	{ "k=Constant | value_floats^1,2,3;c=Unsqueeze k | axes:1,2;y=Add x c", "3x4x5: 1 2 3" },
	{ "p=GlobalAveragePool x;s=Squeeze p | axes:2,3;a=i 2 3;y=Unsqueeze s a", "3x1x1: 0 0 0" },
	{ "y=Flatten x | axis=-3", "60x1x1: 0 0 0" },
	{ "y=Cast x | to=1", "3x4x5: 0 0 0" },
	{ "y=Dropout x", "3x4x5: 0 0 0" },
	/* windows, regions */
	{ "w=f 2 3 3 3;y=Conv x w | auto_pad'SAME_LOWER strides:2,2", "2x2x3: 0 0" },
	{ "w=f 2 3 3 3;b=v 1 2;y=Conv x w b | auto_pad'VALID", "2x2x3: 1 2" },
	{ "w=f 3 1 1 1;y=Conv x w | group=3", "3x4x5: 0 0 0" },
	{ "y=AveragePool x | kernel_shape:4,5", "3x1x1: 0 0 0" },
	{ "y=MaxPool x | kernel_shape:2,2 strides:2,2 ceil_mode=1", "3x2x3: 0 0 0" },
	{ "y=ReduceMean x | axes:-1,-2 keepdims=0", "3x1x1: 0 0 0" },
	{ "a=i 2 3;y=ReduceMax x a", "3x1x1: 0 0 0" },
	{ "p=i 0 1 0 -1 0 0 1 2;y=Pad x p", "4x5x6: 0 0 0" },
	{ "p=i 1 2;v=s 0;a=i -1;y=Pad x p v a", "3x4x8: 0 0 0" },
	{ "f=i 1 -3;t=i 3 9;a=i 1 -1;y=Slice x f t a", "2x4x3: 0 0" },
	{ "f=i 0;t=i 9;a=i 2;d=i 2;y=Slice x f t a d", "3x2x5: 0 0 0" },
	{ "y=Concat x x | axis=-3", "6x4x5: 0 0 0" },
	{ "e=v;k=v 1 1 2 2;y=Resize x e k | mode'linear", "3x8x10: 0 0 0" },
	{ "k=i 8 8;y=Resize x _ _ k | axes:2,3 mode'nearest", "3x8x8: 0 0 0" },
	{ "y=Upsample x | scales^1,1,2,2", "3x8x10: 0 0 0" },
	{ "k=v 1 1 2 2;y=Upsample x k", "3x8x10: 0 0 0" },
	/* channels */
	{ "y=Clip x | min~1 max~0.5", "3x4x5: 0.5 0.5 0.5" },
	{ "l=s 1;y=Clip x l", "3x4x5: 1 1 1" },
	{ "l=s 0;h=s 6;y=Clip x l h", "3x4x5: 0 0 0" },
	{ "y=Clip x", "3x4x5: 0 0 0" },
	{ "y=HardSigmoid x", "3x4x5: 0.5 0.5 0.5" },
	{ "y=HardSwish x", "3x4x5: 0 0 0" },
	{ "g=Sigmoid x;y=Mul g x", "3x4x5: 0 0 0" },
	{ "p=GlobalAveragePool x;g=Sigmoid p;y=Mul g x", "3x4x5: 0 0 0" },
	{ "y=Sum x", "3x4x5: 0 0 0" },
	{ "y=Sum x x", "3x4x5: 0 0 0" },
	{ "f=Flatten x;y=Softmax f", "60x1x1: 0.0166667 0.0166667 0.0166667" },
	{ "f=Flatten x;w=f 60 2;c=v 1;y=Gemm f w c | beta~2", "2x1x1: 2 2" },
	{ "f=Flatten x;w=f 2 60;y=Gemm f w | transB=1", "2x1x1: 0 0" },
	{ "f=Flatten x;w=f 60 2;y=MatMul f w", "2x1x1: 0 0" },
	/* attributes that are zero: their type without a value, or nothing but their name */
	{ "k=s -1;a=Add x k;y=LeakyRelu a | alpha~", "3x4x5: 0 0 0" },
	{ "k=s -1;a=Add x k;y=LeakyRelu a | alpha?", "3x4x5: 0 0 0" },
	{ "k=s -1;a=Add x k;y=LeakyRelu a | alpha~0", "3x4x5: 0 0 0" },
	{ "k=s -1;a=Add x k;y=LeakyRelu a", "3x4x5: -0.01 -0.01 -0.01" },
	{ "k=s -1;a=Add x k;y=Clip a | min~ max~6", "3x4x5: 0 0 0" },
	{ "k=s 1;a=Add x k;y=Clip a | min~-2 max~", "3x4x5: 0 0 0" },
	{ "k=s 1;a=Add x k;y=HardSigmoid a | alpha~", "3x4x5: 0.5 0.5 0.5" },
	{ "k=s 1;a=Add x k;y=HardSigmoid a | beta~", "3x4x5: 0.2 0.2 0.2" },
	{ "s=v 2 4 8;v=v 0.25 1 4;m=v -1 -1 -1;z=v 0 0 0;y=BatchNormalization x s z m v | epsilon~", "3x4x5: 4 4 4" },
	{ "s=v 1 1 1;y=BatchNormalization x s s s s | epsilon~3", "3x4x5: 0.5 0.5 0.5" },
	{ "f=Flatten x;w=f 60 2;c=v 3;y=Gemm f w c | beta~", "2x1x1: 0 0" },
	{ "k=s 1;a=Add x k;f=Flatten a;w=f 60 2;c=v 3;y=Gemm f w c | alpha~", "2x1x1: 3 3" },
	{ "f=Flatten x;w=f 60 2;c=v 3;y=Gemm f w c | transB=", "2x1x1: 3 3" },
	{ "y=ReduceMean x | axes:2,3 keepdims=;z=Squeeze y | axes:1", ":2: Squeeze 'z': want a dimension of 1 to squeeze, got 3 of 1x3" },
	{ "f=Flatten x;y=Softmax f | axis=", ":2: Softmax 'y': want a softmax of each image, got axis 0 of 1x60" },
	{ "y=Flatten x | axis=", "60x1x1: 0 0 0" },
	{ "y=Concat x x | axis=", ":1: Concat 'y': want images joined along channels, rows or columns, got the batch" },
	{ "w=f 3 3 1 1;y=Conv x w | group=", ":1: Conv 'y': want 3 input channels as group and kernel have them, got 0" },
	{ "w=f 2 3 3 3;y=Conv x w | auto_pad' strides: pads: dilations: kernel_shape:", "2x2x3: 0 0" },
	{ "y=MaxPool x | kernel_shape:", ":1: MaxPool 'y': want kernel_shape, got none" },
	{ "c=Constant | value_float~;k=s 1;d=Sub k c;y=Add x d", "3x4x5: 1 1 1" },
	{ "c=Constant | value_int=;k=i 1;d=Sub k c;y=Add x d", "3x4x5: 1 1 1" },
	{ "c=Constant | value_ints:;n=Shape c;y=Add x n", "3x4x5: 0 0 0" },
	{ "c=Constant | value_floats^;n=Shape c;y=Add x n", "3x4x5: 0 0 0" },
	{ "c=Constant | value@;y=Add x c", ":1: Constant 'c': want a value of numbers, got another kind" },
	{ "n=Shape x | start= end=;m=Shape n;y=Add x m", "3x4x5: 0 0 0" },
	{ "e=v;k=v 1 1 2 2;y=Resize x e k | mode'", ":1: Resize 'y': want mode nearest, linear or cubic, got ''" },
	{ "y=Upsample x | scales^", ":1: Upsample 'y': want a scale or size for each of 4 axes, got 0" },
	{ "y=LeakyRelu x | alpha=1", ":1: LeakyRelu 'y': want attribute alpha as a number, got another type (2)" },
	{ "y=Flatten x | axis~1", ":1: Flatten 'y': want attribute axis as a whole number, got another type (1)" },
	{ "y=Flatten x | axis:1", ":1: Flatten 'y': want attribute axis as a whole number, got another type (7)" },
	{ "w=f 2 3 3 3;y=Conv x w | auto_pad=1", ":1: Conv 'y': want attribute auto_pad as text, got another type (2)" },
	{ "w=f 2 3 3 3;y=Conv x w | pads=1", ":1: Conv 'y': want attribute pads as whole numbers, got another type (2)" },
	{ "y=Upsample x | scales:1,1,2,2", ":1: Upsample 'y': want attribute scales as numbers, got another type (7)" },
	{ "y=Cast x | to?", ":1: Cast 'y': want tensors of floats, got a cast to data type 0" },
	/* what is quantised badly */
	{ "a=s 0;y=QuantizeLinear x a", ":1: QuantizeLinear 'y': want scales that are normal floats above 0, got 0 in 'a'" },
	{ "a=s 1e-40;y=QuantizeLinear x a", ":1: QuantizeLinear 'y': want scales that are normal floats above 0, got 9.99995e-41 in 'a'" },
	{ "a=s -0.1;y=QuantizeLinear x a", ":1: QuantizeLinear 'y': want scales that are normal floats above 0, got -0.1 in 'a'" },
	{ "a=s inf;y=QuantizeLinear x a", ":1: QuantizeLinear 'y': want scales that are normal floats above 0, got inf in 'a'" },
	{ "a=s nan;q=QuantizeLinear x b;b=s 1;y=DequantizeLinear q a", ":2: DequantizeLinear 'y': want scales that are normal floats above 0, got nan in 'a'" },
	{ "a=d 1;b=Squeeze a;y=QuantizeLinear x b", ":2: QuantizeLinear 'y': want the scale 'b' as floats, got doubles" },
	{ "y=QuantizeLinear x", ":1: QuantizeLinear 'y': want an input 1, got none" },
	{ "a=v 0.1 0.2 0.3;y=QuantizeLinear x a", ":1: QuantizeLinear 'y': want one scale for all of a tensor, got 3" },
	{ "a=s 0.1;z=L 3;y=QuantizeLinear x a z", ":1: QuantizeLinear 'y': want 8 bits, got integers" },
	{ "a=s 0.1;z=U 3 4;y=QuantizeLinear x a z", ":1: QuantizeLinear 'y': want a zero point for each scale, got 2 for 1" },
	{ "a=s 0.1;z=U 3;q=QuantizeLinear x a z;w=C 3;y=DequantizeLinear q a w", ":2: DequantizeLinear 'y': want the zero point 'w' as bytes, as what it is of, got signed bytes" },
	{ "a=s 0.1;z=U 3;q=QuantizeLinear x a z;b=s 0.2;y=DequantizeLinear q b z", ":2: DequantizeLinear 'y': want the scale and zero point that its bytes were made with, 0.1 and 3, got 0.2 and 3" },
	{ "a=s 0.1;z=C 3;q=QuantizeLinear x a z;w=C 4;y=DequantizeLinear q a w", ":2: DequantizeLinear 'y': want the scale and zero point that its bytes were made with, 0.1 and 3, got 0.1 and 4" },
	{ "a=s 0.1;q=QuantizeLinear x a;y=QuantizeLinear q a", ":2: QuantizeLinear 'y': want floats, got the bytes 'q'" },
	{ "a=s 0.1;y=DequantizeLinear x a", ":1: DequantizeLinear 'y': want bytes that a QuantizeLinear made, or an input of bytes, got floats" },
	{ "a=s 0.1;q=QuantizeLinear x a;y=Relu q", ":2: relu 'relu': want floats, got bytes ('quantize')" },
	{ "a=s 0.1;q=QuantizeLinear x a;e=v;k=v 1 1 2 2;y=Resize q e k | mode'linear", ":2: Resize 'y': want mode nearest for bytes, or floats (DequantizeLinear before it, QuantizeLinear behind), got mode linear" },
	{ "w=c 3 3 1 1;s=s -1;u=DequantizeLinear w s;y=Conv x u", ":1: DequantizeLinear 'u': want scales that are normal floats above 0, got -1 in 's'" },
	{ "w=c 3 3 1 1;s=v 0.1 0.2;u=DequantizeLinear w s | axis=0;y=Conv x u", ":1: DequantizeLinear 'u': want one scale and zero point, or one each along an axis, got 2 for 3x3x1x1" },
	{ "w=c 3 3 1 1;s=s 0.1;z=U 0;u=DequantizeLinear w s z;y=Conv x u", ":1: DequantizeLinear 'u': want the zero point 'z' as signed bytes, as what it is of, got bytes" },
	{ "a=s 0.1;z=U 0;q=QuantizeLinear x a z;w=c 3 3 1 1;n=C 0;y=QLinearConv q a z w _ n a z", ":2: QLinearConv 'y': want an input 4, got none" },
	{ "a=s 0.1;z=U 0;q=QuantizeLinear x a z;w=c 3 3 1 1;n=C 0;b=v 1 2 3;y=QLinearConv q a z w a n a z b", ":2: QLinearConv 'y': want a bias of integers of 32 bits, got floats" },
	{ "a=s 0.1;z=U 0;q=QuantizeLinear x a z;w=c 3 3 1 1;n=U 0;y=QLinearConv q a z w a n a z", ":2: QLinearConv 'y': want the zero point 'n' as signed bytes, as what it is of, got bytes" },
	{ "a=s 0.1;z=U 0;q=QuantizeLinear x a z;w=c 3 3 1 1;n=C 0;v=s 0;y=QLinearConv q a z w a n v z", ":2: QLinearConv 'y': want scales that are normal floats above 0, got 0 in 'v'" },
	{ "a=s 0.1;z=U 0;q=QuantizeLinear x a z;y=QLinearGlobalAveragePool q a z a z | channels_last=1", ":2: QLinearGlobalAveragePool 'y': want channels_last = 0, got 1" },
	{ "a=s 0.1;z=U 0;q=QuantizeLinear x a z;y=QLinearConcat a z q a", ":2: QLinearConcat 'y': want a scale, a zero point and up to 8 tensors with theirs, got 4 inputs" },
	{ "a=s 0.1;z=U 0;q=QuantizeLinear x a z;y=QLinearReduceMean q a z a z", ":2: QLinearReduceMean 'y': want an operator of ONNX itself, got domain 'com.microsoft'" },
	{ "a=s 0.1;z=U 0;q=QuantizeLinear x a z;w=c 3 3 1 1;y=ConvInteger q w z", ":2: ConvInteger 'y': want sums that a scale known beforehand "
	  "makes bytes (QLinearConv, QLinearMatMul), got bare ones" },
	{ "q,s,z=DynamicQuantizeLinear x;y=DequantizeLinear q s z", ":1: DynamicQuantizeLinear 'q': want scales that are known beforehand (static quantisation), got those of each picture" },
	/* refused */
	{ "y=Flatten q", ":1: Flatten 'y': want an input 'q' that an earlier node makes, got none" },
	{ "k=i 1;y=Flatten k | axis=2", ":1: Flatten 'y': want an axis from -1 to 0, got 2" },
	{ "y=Reshape x", ":1: Reshape 'y': want a constant shape, got none" },
	{ "y=Reshape x x", ":1: Reshape 'y': want a constant shape, got the result 'x'" },
	{ "s=i 1 -1 -1;y=Reshape x s", ":1: Reshape 'y': want a shape of whole numbers with at most one -1, got -1" },
	{ "s=i 1 61;y=Reshape x s", ":1: Reshape 'y': want 60 elements in the new shape, got 61" },
	{ "t=Transpose x | perm:0,2,3,1;s=i 1 6 10;y=Reshape t s", "60x1x1: 0 0 0" },
	{ "y=Squeeze x | axes:2,3", ":1: Squeeze 'y': want a dimension of 1 to squeeze, got 4 of 1x3x4x5" },
	{ "y=Squeeze x | axes:4", ":1: Squeeze 'y': want an axis from -4 to 3, got 4" },
	{ "y=Unsqueeze x | axes:5", ":1: Unsqueeze 'y': want an axis from -5 to 4, got 5" },
	{ "y=Unsqueeze x | axes:1,1", ":1: Unsqueeze 'y': want each axis once, got 1 again" },
	{ "k=v 1;y=Unsqueeze k | axes:0,1,2,3,4,5,6,7", ":1: Unsqueeze 'y': want at most 8 dimensions, got 9" },
	{ "y=Constant", ":1: Constant 'y': want a value of numbers, got another kind" },
	{ "k=t 1;y=Add x k", ": tensor 'k': want floats, integers or booleans, got data type 8" },
	{ "k=v 1 2;a=i 2;c=Gather k a", ":1: Gather 'c': want an index below 2, got 2" },
	{ "a=i 0 3;y=Gather x a | axis=1", ":1: Gather 'y': want an index below 3, got 3" },
	{ "a=i 0 0;y=Gather x a", ":1: Gather 'y': want elements of each image, got images picked of a batch" },
	{ "a=i;y=Gather x a", ":1: Gather 'y': want 1 to 65536 indices, got 0" },
	{ "a=i 1 2 1;y=Tile x a", ":1: Tile 'y': want repeats for each of 4 dimensions, got 3" },
	{ "a=i 1 2 0 1;y=Tile x a", ":1: Tile 'y': want 1 to 65536 elements along axis 2, got 0 times 4" },
	{ "a=i 2 1 1 1;y=Tile x a", ":1: Tile 'y': want each image by itself and at most 65536 copies, got 1x3x4x5 made 2 times as large" },
	{ "a=i 3;y=Gather x a | axis=1", ":1: Gather 'y': want an index below 3, got 3" },
	{ "n=i 1 1 1 1 1 1 1 1 1;c=ConstantOfShape n", ":1: ConstantOfShape 'c': want at most 8 dimensions, got 9" },
	{ "n=i 65536 65536;c=ConstantOfShape n", ":1: ConstantOfShape 'c': want a constant of at most 67108864 elements, got more" },
	{ "k=v 1;n=i 65536 65536;c=Expand k n", ":1: Expand 'c': want a constant of at most 67108864 elements, got more" },
	{ "a=z 0;b=z 99999999;d=z 1;c=Range a b d", ":1: Range 'c': want a range of at most 67108864 numbers, got another" },
	{ "y=Cast x | to=7", ":1: Cast 'y': want tensors of floats, got a cast to data type 7" },
	{ "y=Transpose x | perm:0,1,3,2", "3x5x4: 0 0 0" },
	{ "t=Transpose x | perm:0,1,3,2;y=MaxPool t | kernel_shape:2,2", "3x4x3: 0 0 0" },
	{ "y=Transpose x | perm:0,1,1,2", ":1: Transpose 'y': want each axis once in perm, got 1 again" },
	{ "k=f 2 3;c=Transpose k | perm:0,2", ":1: Transpose 'c': want perm from 0 to 1, got 2" },
	{ "t=s 1;y=Dropout x _ t", ":1: Dropout 'y': want inference, got training_mode" },
	{ "k=f 2 2;l=f 2;c=Concat k l | axis=1", ":1: Concat 'c': want constants that fit together, got 2x2 and 2" },
	{ "p=GlobalMaxPool x;y=Concat x p | axis=2", ":2: Concat 'y': want images that fit together, got 3x4x5 and 3x1x1" },
	{ "k=i 1;y=Concat x k | axis=1", ":1: Concat 'y': want a constant image beside an image, got 1 beside 1x3x4x5" },
	/* a GELU whose root of 2 is a float16, and another number */
	{ "r=s 1.4140625;d=Div x r;e=Erf d;o=s 1;p=Add e o;q=Mul x p;h=s 0.5;y=Mul q h", "3x4x5: 0 0 0" },
	{ "r=s 0.70703125;d=Mul x r;e=Erf d;o=s 1;p=Add e o;q=Mul x p;h=s 0.5;y=Mul q h", "3x4x5: 0 0 0" },
	{ "r=s 1.415;d=Div x r;e=Erf d;o=s 1;p=Add e o;q=Mul x p;h=s 0.5;y=Mul q h", "3x4x5: 0 0 0" },
	{ "f=Flatten x;y=Concat x f | axis=1", ":2: Concat 'y': want tensors of one rank, got 1x3x4x5 and 1x60" },
	{ "y=Concat x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x | axis=1",
	  ":1: Concat 'y': want at most 64 inputs, got 65" },
	{ "k=i 2 2;a,b=Split x k | axis=1;y=Add a b", ":1: Split 'a': want 2 parts that make 3, got 2 that make 4" },
	{ "p=i 0 0 4 1 0 0 1 1;y=Pad x p | mode'reflect", ":1: Pad 'y': want less around the image than it has, got 4, 1, 1 and 1 of 4x5" },
	{ "p=i 0 1 1 1 0 0 1 1;y=Pad x p | mode'edge", "4x6x7: 0 0 0" },
	{ "p=i 0 0 1 1 0 0 1 1;y=Pad x p | mode'mirror", ":1: Pad 'y': want mode constant, reflect, edge or wrap, got 'mirror'" },
	{ "p=i 0 0 5 1 0 0 1 1;y=Pad x p | mode'wrap", ":1: Pad 'y': want at most as much around a dimension as it has, got 5 and 1 of 4" },
	{ "p=i 0 0 1 1 0 0 1 1;v=s 2;y=Pad x p v", "3x6x7: 2 2 2" },
	{ "a=s 0.1;z=U 3;q=QuantizeLinear x a z;p=i 0 0 1 1 0 0 1 1;k=Pad q p z;y=DequantizeLinear k a z", "3x6x7: 0 0 0" },
	{ "a=s 0.1;z=U 3;q=QuantizeLinear x a z;p=i 0 0 1 1 0 0 1 1;v=U 23;k=Pad q p v;y=DequantizeLinear k a z", "3x6x7: 2 2 2" },
	{ "a=s 0.1;z=C -3;q=QuantizeLinear x a z;p=i 0 0 1 1 0 0 1 1;v=C 17;k=Pad q p v;y=DequantizeLinear k a z", "3x6x7: 2 2 2" },
	{ "a=s 0.1;z=U 3;q=QuantizeLinear x a z;p=i 0 0 1 1 0 0 1 1;k=Pad q p | mode'edge;y=DequantizeLinear k a z", "3x6x7: 0 0 0" },
	{ "p=i 0 0 1 1 0 0 1 1;v=s -3.5e38;a=Pad x p v;y=Relu a", ":2: Relu 'y': want a max pool behind a padding with -infinity, got this" },
	{ "p=i 0 0 1 1 0 0 1 1;v=s -3.5e38;y=Pad x p v", ": output 'y': want images x channels x rows x columns, got another order of them" },
	{ "p=i 0 0 1 1 0 0 1 1;v=s -3.5e38;a=Pad x p v;y=MaxPool a | kernel_shape:2,2 ceil_mode=1",
	  ":2: MaxPool 'y': want neither ceil_mode nor auto_pad behind a padding with -infinity, got one" },
	{ "p=i 0 0 1;y=Pad x p", ":1: Pad 'y': want 8 pads, got 3" },
	{ "p=i 1 1;a=i 4;y=Pad x p _ a", ":1: Pad 'y': want an axis from -4 to 3, got 4" },
	{ "p=i 1 0 0 0 0 0 0 0;y=Pad x p", ":1: Pad 'y': want no padding of the batch, got 1 and 0" },
	{ "p=i 0 0 5000 0 0 0 0 0;y=Pad x p", ":1: Pad 'y': want pads from -4096 to 4096, got 5000" },
	{ "p=i 0 0 1 1 0 0 1 1 1;y=Pad x p", ":1: Pad 'y': want at most 8 pads, got 9" },
	{ "y=Pad x | pads:0,0,1,1,0,0,1,1,1", ":1: Pad 'y': want at most 8 pads, got 9" },
	{ "f=i 0;t=i 1 1;y=Slice x f t", ":1: Slice 'y': want as many starts as ends, axes and steps, got 1, 2, -1 and -1" },
	{ "k=i 1 2;f=i 0;t=i 1;a=i 1;c=Slice k f t a", ":1: Slice 'c': want an axis from -1 to 0, got 1" },
	{ "k=i 1 2;f=i 0;t=i 1;a=i 0;d=i 0;c=Slice k f t a d", ":1: Slice 'c': want steps other than 0, from -65536 to 65536, got 0" },
	{ "s=i 1 3 20;r=Reshape x s;f=i 0;t=i 3;a=i 2;y=Slice r f t a", "3x3x1: 0 0 0" },
	{ "f=i 0;t=i 1;a=i 4;y=Slice x f t a", ":1: Slice 'y': want an axis from -4 to 3, got 4" },
	{ "f=i 3;t=i 0;a=i 2;d=i -1;y=Slice x f t a d", "3x3x5: 0 0 0" },
	{ "f=i 3;t=i 3;a=i 2;d=i -1;y=Slice x f t a d", ":1: Slice 'y': want a slice with elements, got none along axis 2" },
	{ "f=i 0;t=i 4;a=i 2;d=i 1025;y=Slice x f t a d", ":1: Slice 'y': want steps up to 1024, got 1025" },
	{ "f=i 3;t=i 3;a=i 2;y=Slice x f t a", ":1: Slice 'y': want a slice with elements, got none along axis 2" },
	{ "x=I 2 3 4 5;f=i 0;t=i 1;a=i 0;y=Slice x f t a", ":1: Slice 'y': want the whole batch, got a slice of it" },
	{ "w=f 2 3 3 3;y=Conv x w | kernel_shape:5,5", ":1: Conv 'y': want kernel_shape 3x3 as the weights have it, got 5x5" },
	{ "w=f 2 3 3 3;y=Conv x w | strides:1,1,1", ":1: Conv 'y': want strides as 2 numbers (2-D images), got 3" },
	{ "w=f 2 3 3 3;y=Conv x w | strides:0,1", ":1: Conv 'y': want strides from 1 to 1024, got 0" },
	{ "w=f 2 3 3 3;y=Conv x w | auto_pad'SAME", ":1: Conv 'y': want auto_pad NOTSET, VALID, SAME_UPPER or SAME_LOWER, got 'SAME'" },
	{ "w=f 2 3 3;y=Conv x w", ":1: Conv 'y': want a 4-D kernel, got a 3-D one" },
	{ "w=f 0 3 3 3;y=Conv x w", ":1: Conv 'y': want a kernel of 1 to 65536 channels and 1 to 1024 taps a side, got 0x3x3x3" },
	{ "w=f 2 2 3 3;y=Conv x w", ":1: Conv 'y': want 3 input channels as group and kernel have them, got 2" },
	{ "w=f 2 3 3 3;b=v 1;y=Conv x w b", ":1: Conv 'y': want 2 values of bias, got 1" },
	{ "y=Conv x x", ":1: Conv 'y': want a constant kernel, got the result 'x'" },
	{ "y=Conv x", ":1: Conv 'y': want an input 1, got none" },
	{ "k=f 1 3 4 5;w=f 2 3 3 3;y=Conv k w", ":1: Conv 'y': want a tensor as input 0, got the constant 'k'" },
	{ "s=i 1 3 20;r=Reshape x s;w=f 2 2 3;y=Conv r w", ":2: Conv 'y': want a kernel for 3 channels, got 2x2x3 in 1 groups" },
	{ "s=i 1 3 20;r=Reshape x s;w=f 2 3 0;y=Conv r w", ":2: Conv 'y': want 1 to 1024 taps a side, got 2x3x0" },
	{ "s=i 1 3 20;r=Reshape x s;w=f 2 3 3;b=v 1;y=Conv r w b", ":2: Conv 'y': want 2 values of bias, got 1" },
	{ "s=i 1 3 20;r=Reshape x s;w=f 2 3 3;y=Conv r w | auto_pad'SAME_UPPER", ":2: Conv 'y': want pads of numbers, got auto_pad 'SAME_UPPER'" },
	{ "s=i 1 3 2 2 5;r=Reshape x s;w=f 2 3 1 1 3;y=Conv r w", "2x4x3: 0 0" },
	{ "s=i 1 3 2 2 5;r=Reshape x s;w=f 2 3 2 2 3;y=Conv r w", ":2: Conv 'y': want a kernel of one tap along some dimension, got 2x3x2x2x3" },
	{ "s=i 1 3 2 2 5;r=Reshape x s;y=MaxPool r | kernel_shape:2,2,3", ":2: MaxPool 'y': want windows along two dimensions at most, got more" },
	{ "s=i 1 3 20;r=Reshape x s;w=f 2 3 3 3;y=Conv r w", ":2: Conv 'y': want a 4-D tensor as input 0, got a 3-D one" },
	{ "p=GlobalMaxPool x;s=i 1 1 3;r=Reshape p s;w=f 2 1 3;y=Conv r w",
	  "2x1x1: 0 0" },
	{ "l=Flatten x;y=MaxPool l | kernel_shape:2,2", ":2: MaxPool 'y': want a 4-D tensor as input 0, got a 2-D one" },
	{ "y=MaxPool x", ":1: MaxPool 'y': want kernel_shape, got none" },
	{ "y=MaxPool x | kernel_shape:2000,2000", ":1: MaxPool 'y': want kernel_shape and strides from 1 to 1024, got 2000 and 1" },
	{ "y=AveragePool x | kernel_shape:2,2 dilations:2,2", ":1: AveragePool 'y': want no dilation of a mean, got 2x2" },
	{ "y=ReduceMax x | axes:1", "1x4x5: 0" },
	{ "x=I 2 3 4 5;y=ReduceMean x", ":1: ReduceMean 'y': want each image by itself, got a reduction over the batch" },
	{ "s=i 1 3 2 2 5;r=Reshape x s;y=ReduceMean r | axes:2", "30x1x1: 0 0 0" },
	{ "y=ReduceMean x | axes:4", ":1: ReduceMean 'y': want an axis from -4 to 3, got 4" },
	{ "k=v 1 1 2 2;y=Resize x _ k | mode'cubic", "3x8x10: 0 0 0" },
	{ "k=v 1 1 2 2;y=Resize x _ k | mode'linear exclude_outside=1", ":1: Resize 'y': want exclude_outside = 0 but for mode cubic, got 1" },
	{ "k=v 1 1 2 2;y=Resize x _ k | mode'area", ":1: Resize 'y': want mode nearest, linear or cubic, got 'area'" },
	{ "k=v 1 1 2 2;y=Resize x _ k | antialias=1", ":1: Resize 'y': want no antialias and keep_aspect_ratio_policy stretch, got others" },
	{ "k=v 1 1 2;y=Resize x _ k", ":1: Resize 'y': want a scale or size for each of 4 axes, got 3" },
	{ "opset=10;k=v 1 1 0.6 1.3;y=Resize x k", ":1: Resize 'y': want an image made smaller or larger, got both at once" },
	{ "k=v 2 2;y=Resize x _ k | axes:2,4", ":1: Resize 'y': want axes from 0 to 3, got 4" },
	{ "k=v 1 2 2 2;y=Resize x _ k", ":1: Resize 'y': want batch and channels as they are, got them resized" },
	{ "k=v 1 1 0.1 2;y=Resize x _ k", ":1: Resize 'y': want images of 1 to 4096 pixels a side, got 0" },
	{ "k=v 1 1 2 2;y=Resize x _ k | coordinate_transformation_mode'tf_crop_and_resize",
	  ":1: Resize 'y': want another coordinate_transformation_mode, got 'tf_crop_and_resize'" },
	{ "k=v 1 1 2 2;y=Resize x _ k;z=Relu y;shape=y 1 3 8 10", "3x8x10: 0 0 0" },
	{ "k=v 1 1 2 2;y=Resize x _ k;z=Relu y;shape=y 0 3 0 10", "3x8x10: 0 0 0" },
	{ "k=v 1 1 2 2;y=Resize x _ k;z=Relu y;shape=y 1 3 8 9", ":1: Resize 'y': want the shape 1x3x8x9 that the file declares, got 1x3x8x10" },
	{ "k=v 1 1 2 2;y=Resize x _ k;z=Relu y;shape=y 0 3 9 10", ":1: Resize 'y': want the shape ?x3x9x10 that the file declares, got 1x3x8x10" },
	{ "y=Flatten x;z=Relu y;shape=y 1 3 20", ":1: Flatten 'y': want the shape 1x3x20 that the file declares, got 1x60" },
	{ "s=v 1 1 1;y=BatchNormalization x s s s", ":1: BatchNormalization 'y': want an input 4, got none" },
	{ "s=v 1 1 1;y=BatchNormalization s s s s s", ":1: BatchNormalization 'y': want channels, got 3" },
	{ "s=v 1 1 1;t=Transpose x | perm:0,2,3,1;y=BatchNormalization t s s s s", ":2: BatchNormalization 'y': want 4 values in 's', got 3" },
	{ "s=v 1;p=GlobalAveragePool x;f=Flatten p;q=i -1;r=Reshape f q;y=BatchNormalization r s s s s", ":4: BatchNormalization 'y': want a tensor with channels, got 3" },
	{ "s=v 1 1 1;y=BatchNormalization x s s s s | training_mode=1", TRAINING },
	{ "opset=9;s=v 1 1 1;y,m,v,sm,sv=BatchNormalization x s s s s;z=Relu y", TRAINING },
	{ "opset=13;s=v 1 1 1;y,m,v=BatchNormalization x s s s s;z=Relu y", TRAINING },
	{ "opset=13;s=v 1 1 1;y,_,_,_,sv=BatchNormalization x s s s s;z=Relu y", TRAINING },
	{ "opset=14;s=v 1 1 1;y,m,v=BatchNormalization x s s s s | training_mode=1;z=Relu y", TRAINING },
	{ "opset=7;s=v 1 1 1;y=BatchNormalization x s s s s | spatial=", TRAINING },
	{ "opset=9;s=v 1 1 1;y,_,_=BatchNormalization x s s s s | epsilon~;z=Relu y", "3x4x5: 0 0 0" },
	{ "s=v 1 1;y=BatchNormalization x s s s s", ":1: BatchNormalization 'y': want 3 values in 's', got 2" },
	{ "k=s 1;y=Relu k", ": output 'y': want a result of the graph, got a constant" },
	{ "k=s 1;y=HardSwish k", ":1: HardSwish 'y': want a tensor as input 0, got the constant 'k'" },
	{ "k=v 1 2;y=Clip x k", ":1: Clip 'y': want min as a single value, got 2" },
	{ "y=LeakyRelu x | alpha~1e7", ":1: LeakyRelu 'y': want slope from -1e+06 to 1e+06, got 1e+07" },
	{ "y=Softmax x", "3x4x5: 0.2 0.2 0.2" },
	{ "opset=12;y=Softmax x | axis=2", ":1: Softmax 'y': want a softmax over all of an image (before opset 13: all from the axis on), got axis 2 of 1x3x4x5" },
	{ "k=s 0;y=Pow x k", ":1: Pow 'y': want an exponent that is not 0, got 0" },
	{ "k=v 2 3 2 3 2;y=Pow x k", ":1: Pow 'y': want a result and a single constant, got the other one 5" },
	{ "y=Pow x x", ":1: Pow 'y': want a result and a single constant, got the other one a result of 1x3x4x5" },
	{ "k=s -2;y=Pow k x", ":1: Pow 'y': want a base above 0, got -2" },
	{ "y=Celu x | alpha~0", ":1: Celu 'y': want alpha other than 0, got 0" },
	{ "y=LpNormalization x | p=3", ":1: LpNormalization 'y': want p = 1 or 2, got 3" },
	{ "y=Floor x", ":1: Floor 'y': want constants, got the result 'x'" },
	{ "k=v 1 2 3 4;y=Min x k", ":1: Min 'y': want shapes that go together, got 1x3x4x5 and 4" },
	{ "k=v 1 2 3 4 inf;y=Min x k", ":1: Min 'y': want bounds that are finite, got inf" },
	{ "y=Einsum x | equation'nccw->n", ":1: Einsum 'y': want each letter once in a term, got 'c' again" },
	{ "y=Einsum x | equation'ncw->n", ":1: Einsum 'y': want letters for 4 dimensions, got 'ncw'" },
	{ "y=Einsum x | equation'nchw->nd", ":1: Einsum 'y': want letters of the terms in the result, got 'd'" },
	{ "y=Einsum x | equation'nchw+", ":1: Einsum 'y': want letters, got 'nchw+'" },
	{ "y=Einsum x x x | equation'nchw,nchw,nchw", ":1: Einsum 'y': want one or two terms, got 3 of 'nchw,nchw,nchw'" },
	{ "a=f 2 3;b=f 3 2;c=Einsum a b | equation'ij,jk", ":1: Einsum 'c': want a tensor among the terms, got constants" },
	{ "s=i 1 3 1 1 1 4 5;r=Reshape x s;t=i 1 1 3 1 1 4 5 1;q=Reshape x t;y=Einsum r q | equation'abcdefg,hijklmno", ":3: Einsum 'y': want a result of at most 8 dimensions, got more" },
	{ "k=v 1 2;y=Einsum x k | equation'nchw,c", ":1: Einsum 'y': want one size for 'c', got 3 and 2" },
	{ "k=f 2 3;y=Einsum x k | equation'nchw,dc->nchw", ":1: Einsum 'y': want sums over the other term's dimensions, got one over 'd' of a constant" },
	{ "y=ArgMax x | select_last_index=1", ":1: ArgMax 'y': want the first of several, got select_last_index" },
	{ "y=LRN x", ":1: LRN 'y': want size of 1 or more, got 0" },
	{ "k=i 3;y=GatherND x k", ":1: GatherND 'y': want an index below 1, got 3" },
	{ "k=i 0 1 2 3 4;y=GatherND x k", ":1: GatherND 'y': want indices of 1 to 4 dimensions, and none of the batch, got 5" },
	{ "a=v 1 2;b=v 1 2 3;c=Add a b", ":1: Add 'c': want constants whose shapes go together, got 2 and 3" },
	{ "a=i 7;b=i 0;c=Div a b", ":1: Div 'c': want no division by zero, got one" },
	{ "a=f 2 3;b=f 2 3;c=MatMul a b", ":1: MatMul 'c': want constant matrices that fit, got 2x3 and 2x3" },
	{ "a=v 1 2 3;y=Add x a", ":1: Add 'y': want shapes that go together, got 1x3x4x5 and 3" },
	{ "a=v 1 2 3 4 5;y=Add x a", "3x4x5: 1 1 1" },
	{ "a=v 1 2 3 4 5;y=PRelu x a", ":1: PRelu 'y': want a slope for all, or one a channel, got 'a' of 5" },
	{ "w=f 3 2 3 3;y=ConvTranspose x w | output_shape:99999,5", ":1: ConvTranspose 'y': want an output_shape that the windows make, got 99999" },
	{ "w=f 2 3 5 2;y=MatMul x w", ":1: MatMul 'y': want a constant matrix for each of the tensor's, got 1x3x4x5 and 2x3x5x2" },
	{ "w=f 1 2 5 2;y=MatMul x w", ":1: MatMul 'y': want a constant matrix for each of the tensor's, got 1x3x4x5 and 1x2x5x2" },
	{ "a=v;y=Add x a", ":1: Add 'y': want shapes that go together, got 1x3x4x5 and 0" },
	{ "f=Flatten x;y=Add f x", ":2: Add 'y': want tensors whose shapes go together, got 1x60 and 1x3x4x5" },
	{ "p=MaxPool x | kernel_shape:2,2;y=Add x p", ":2: Add 'y': want tensors whose shapes go together, got 1x3x4x5 and 1x3x3x4" },
	{ "x=I 1 4 4 4;t=Transpose x | perm:0,2,1,3;y=Add x t", "4x4x4: 0 0 0" },
	{ "y=Sum", ":1: Sum 'y': want an input, got none" },
	{ "w=f 60 2;y=Gemm x w", ":1: Gemm 'y': want a 2-D tensor, got a 4-D one" },
	{ "w=f 5 2;y=MatMul x w", "3x4x2: 0 0 0" },
	{ "s=i 12 5;r=Reshape x s;w=f 5 2;y=MatMul r w", "1x12x2: 0" },
	{ "x=I 2 3 4 5;s=i 24 5;r=Reshape x s;w=f 5 2;y=MatMul r w", ":2: MatMul 'y': want a matrix by a dimension of each image, got it by the last one of 24x5" },
	{ "f=Flatten x;w=f 61 2;y=Gemm f w", ":2: Gemm 'y': want weights of 60 inputs, got 61x2" },
	{ "f=Flatten x;w=f 60 3;b=v 1 2;y=Gemm f w b", ":2: Gemm 'y': want 1 or 3 values of bias, got 2" },
	{ "f=Flatten x;w=f 60 2;y=Gemm f w | transA=1", ":2: Gemm 'y': want weights of 1 inputs, got 60x2" },
	{ "y,i=MaxPool x | kernel_shape:2,2;z=Relu i", ":2: Relu 'z': want first results of nodes, got 'i', a second one" },
	{ "y=MaxPool x | kernel_shape:2,2;z=Relu y2", ":2: Relu 'z': want an input 'y2' that an earlier node makes, got none" },
	/* converters forget the order of nodes */
	{ "y=Relu b;b=Add a a;a=Sigmoid x;out=y", "3x4x5: 1 1 1" },
	{ "y=Add a b;b=Relu a;a=Sigmoid x;c=Relu y;out=c", "3x4x5: 1 1 1" },
	{ "a=Sigmoid a;out=a", ":1: Sigmoid 'a': want an input 'a' that an earlier node makes, got none" },
	{ "a=Sigmoid b;b=Relu a;out=b", ":1: Sigmoid 'a': want an input 'b' that an earlier node makes, got none" },
	{ "y=Relu a;a=Sigmoid y;b=Relu x;out=b", "3x4x5: 0 0 0" },
	{ "w=f 3 3 1 1;y=ms.FusedConv x w | activation'Elu", ":1: FusedConv 'y': want an activation Relu, Sigmoid, Tanh, "
	  "LeakyRelu, HardSigmoid or Clip with its numbers, got 'Elu' with 0" },
	{ "w=f 3 3 1 1;y=ms.FusedConv x w | activation'LeakyRelu", ":1: FusedConv 'y': want an activation Relu, Sigmoid, Tanh, "
	  "LeakyRelu, HardSigmoid or Clip with its numbers, got 'LeakyRelu' with 0" },
	{ "w=f 5 2;y=ms.FusedMatMul x w | transBatchB=1", ":1: FusedMatMul 'y': want transBatchA and transBatchB = 0, got 1" },
	{ "w=r 3 5 2;y=ms.FusedMatMul x w | alpha~2", ":1: FusedMatMul 'y': want alpha = 1 of several constant matrices, got 2" },
	{ "a=Relu x;w=f 16 3 1 1;y=nchwc.Conv a w", ":2: Conv 'y': want a graph optimised for any processor (ORT_ENABLE_EXTENDED), "
	  "got one of ORT_ENABLE_ALL, whose weights are packed for one" },
	{ "k=f 1 2 4 6;y=Concat x k | axis=1", ":1: Concat 'y': want a constant image beside an image, got 1x2x4x6 beside 1x3x4x5" },
	{ "k=f 1 5000 4 5;y=Concat x k | axis=1", ":1: Concat 'y': want a constant of at most 4096 along axis 1, got 5000" },
	{ "x=I 2 3 4 5;k=f 2 1 4 5;y=Concat x k | axis=1", ":1: Concat 'y': want the same constant beside each image, got others" },
	{ "y=Rely x", ":1: Rely 'y': want an operator of residual networks, got this" },
	{ "k=i 1 2", ": output 'k': want a result of the graph, got a constant" },
	/* all that is refused, by kind; what nobody reads is not */
	{ "a=Det x;b=Det a;c=Hardmax b;y=Relu c", "KINDS:1: Det 'a': want an operator of residual networks, got this (and 1 more like it)\n"
	  "KINDS:3: Hardmax 'c': want an operator of residual networks, got this\nKINDS: want nodes that can be translated, got 3 of 2 kinds that cannot" },
	{ "a=Det x;y=Relu x", "3x4x5: 0 0 0" },
	{ "k=t 1;a=Constant | value@t,1;b=Add a k;c=Det b;y=Relu x", "3x4x5: 0 0 0" },
	/* a lost result of a declared shape is looked behind */
	{ "a=Det x;y=Pow a a;shape=a 1 3 4 5", "KINDS:1: Det 'a': want an operator of residual networks, got this\n"
	  "KINDS:2: Pow 'y': want a result and a single constant, got the other one a result of 1x3x4x5\nKINDS: want nodes that can be translated, got 2 of 2 kinds that cannot" },
};
enum { NRows = sizeof rows/sizeof *rows };

static const char *summary;

/* import - leaves the output's shape and its first value in every channel, for an image of zeros */
static void
import(void *user)
{
	static const OnnxOptions none;
	Graph *g = onnx_import(in_dir("g.onnx"), &none);
	Shape s = g->outputs[0]->shape;
	double *x = calloc(count_of(g->nodes[0]->out->shape), sizeof *x), **v = interp(g, x);

	(void)user;
	check(g, "import");
	summary = arena_text("%dx%dx%d:", s.c, s.h, s.w);
	for (int c = 0; c < s.c && c < 3; c++)
		summary = arena_text("%s %g", summary, v[g->outputs[0]->node->id][(size_t)c*(size_t)(s.h*s.w)] + 0);
	interp_free(g, v);
	free(x);
}

static void
want(const Built *b, const char *text)
{
	const char *message;

	put_model("g.onnx", &b->m);
	message = attempt(import, NULL);
	if (message) {
		const char *said = "";
		for (const char *s = text, *next; *s; s = next) {    /* KINDS and nothing before ":" stand for the file */
			next = strstr(s + 1, "KINDS");
			next = next ? next : s + strlen(s);
			if (!strncmp(s, "KINDS", 5))
				s += 5;
			said = arena_text("%s%s%.*s", said, in_dir("g.onnx"), (int)(next - s), s);
		}
		ck_assert_msg(!strcmp(message, said), "got %s\nwant %s", message, said);
	}
	else
		ck_assert_str_eq(summary, text);
}

START_TEST(operator)
{
	want(built(rows[_i].graph), rows[_i].want);
}
END_TEST

/* --- what is there several times --- */

/* six nodes from x to y */
#define RESIDUAL(x, w, y, slope) "a" y "=Conv " x " " w " | pads:1,1,1,1;b" y "=LeakyRelu a" y " | alpha~" slope ";" \
	"c" y "=Conv b" y " " w " | pads:1,1,1,1;e" y "=Sigmoid c" y ";d" y "=Add e" y " " x ";" y "=Relu d" y ";"
static const struct { const char *graph; int functions, calls; } repeats[] = {
	{ RESIDUAL("x", "w", "p", "0.25") RESIDUAL("p", "w", "q", "0.25") RESIDUAL("q", "w", "y", "0.25") "w=r 3 3 3 3;out=y", 1, 3 },
	{ RESIDUAL("x", "w", "p", "0.25") RESIDUAL("p", "w", "q", "0.5") RESIDUAL("q", "w", "y", "0.25") "w=r 3 3 3 3;out=y", 1, 2 },
	{ RESIDUAL("x", "w", "p", "0.25") RESIDUAL("p", "w", "y", "0.5") "w=r 3 3 3 3;out=y", 0, 0 },
	{ RESIDUAL("x", "w", "p", "0.25") RESIDUAL("p", "w", "y", "0.25") "w=r 3 3 3 3;out=bp y", 0, 0 },
	{ RESIDUAL("x", "w", "p", "0.25") "v=r 2 3 1 1;h=Conv p v;u=r 2 2 3 3;" RESIDUAL("h", "u", "y", "0.25") "w=r 3 3 3 3;out=y", 1, 2 },
};
enum { NRepeats = sizeof repeats/sizeof *repeats };

static int
count_in(const char *text, const char *word)
{
	int count = 0;

	for (; text && (text = strstr(text, word)); text += strlen(word))
		count++;
	return count;
}

static void
repeat(void *user)
{
	static const OnnxOptions none;
	Graph *g = onnx_import(in_dir("g.onnx"), &none);
	const char *text;

	g->name = "g";
	text = functions_text(g);
	ck_assert_int_eq(count_in(text, "local function"), repeats[*(int *)user].functions);
	ck_assert_int_eq(count_in(text, " = block"), repeats[*(int *)user].calls);
}

START_TEST(repeated)
{
	const char *message;

	put_model("g.onnx", &built(repeats[_i].graph)->m);
	message = attempt(repeat, &_i);
	ck_assert_msg(!message, "%s", message);
}
END_TEST

/* what no statement can say */
START_TEST(files)
{
	Built *b = built("y=Relu x");

	b->g.input[0] = value_info("x", "3 4 5", 1);
	want(b, ": input 'x': want a 4-D tensor (images, channels, height, width), got a 3-D one");
	b->g.input[0] = value_info("x", "1 3 4 5", 11);
	want(b, ": input 'x': want float32, float16 or uint8, got data type 11");
	b->g.input[0] = value_info("x", "1 3 0 5", 1);
	want(b, ": input 'x': want a height and a width (--input HxW), got an open size");
	b->g.input[0] = value_info("x", "1 3 70000 5", 1);
	want(b, ": input 'x': want dimensions from 1 to 65536, got 70000");
	b->g.input[0] = value_info("x", "1 3 4 5", 1);
	b->g.input[b->g.n_input++] = value_info("z", "1 3 4 5", 1);
	want(b, "3x4x5: 0 0 0");                     /* nobody reads it */
	b->g.node[0]->input[b->g.node[0]->n_input++] = (char *)(size_t)"z";
	b->g.node[0]->op_type = (char *)(size_t)"Add";
	want(b, "3x4x5: 0 0 0");
	b->g.input[1] = value_info("z", "1 3 4 6", 1);
	want(b, ": input 'z': want several inputs as floats of one height and width, got 3x4x6 beside 3x4x5");
	b->g.input[1] = value_info("z", "1 3 4 5", 2);
	want(b, ": input 'z': want several inputs as floats of one height and width, got 3x4x5 beside 3x4x5, bytes");
	b = built("t=Transpose x | perm:0,3,1,2;u=Transpose z | perm:0,3,1,2;y=Concat t u | axis=1");
	b->g.input[0] = value_info("x", "1 4 5 3", 1);
	b->g.input[b->g.n_input++] = value_info("z", "1 4 5 2", 1);
	want(b, "5x4x5: 0 0 0");
	b = built("s=i 1 1 4 5;t=Reshape x s;u=Transpose z | perm:0,3,1,2;y=Concat t u | axis=1");
	b->g.input[0] = value_info("x", "1 4 5 1", 1);
	b->g.input[b->g.n_input++] = value_info("z", "1 4 5 2", 1);
	want(b, "3x4x5: 0 0 0");
	b = built("y=Relu x");
	b->g.input[0] = value_info("x", "1 3 4 5", 1);
	b->g.n_input = 0;
	want(b, ": want an input, got none");
	b->g.n_input = 1;
	b->g.output[b->g.n_output++] = value_info("y", "", 1);
	want(b, ": output 'y': want each result once, got 'relu' again");
	b->g.output[1] = value_info("z", "", 1);
	want(b, ": output 'z': want a result of the graph, got none");
	b->g.n_output = 0;
	want(b, ": want an output, got none");
	b->g.n_output = 1;
	b->g.node[0]->domain = (char *)(size_t)"com.microsoft";
	want(b, ":1: Relu 'y': want an operator of ONNX itself, got domain 'com.microsoft'");
	b->g.node[0]->domain = NULL;
	b->opset.version = 6;
	want(b, ":1: Relu 'y': want opset 7 or later, got 6");
	b->opset.version = 17;
	b->g.node[0]->n_output = 0;
	want(b, ": output 'y': want a result of the graph, got none");
}
END_TEST

static Onnx__AttributeProto *
attribute(const char *name, Onnx__GraphProto *g)
{
	Onnx__AttributeProto *a = NEW(Onnx__AttributeProto);

	onnx__attribute_proto__init(a);
	a->name = (char *)(size_t)name;
	a->g = g;
	return a;
}

/* functions of the file's own, of which one calls another; attributes are the call's, the function's, or nobody's */
START_TEST(functions)
{
	Built *b = built("k=s -2;a=bend x k;y=bend a k"), *bend = built("c=Add i k;o=slope c"), *slope = built("o=LeakyRelu i | alpha~9");
	Onnx__FunctionProto f[2] = { ONNX__FUNCTION_PROTO__INIT, ONNX__FUNCTION_PROTO__INIT }, *all[] = { &f[0], &f[1] };
	char *in[] = { (char *)(size_t)"i", (char *)(size_t)"k" }, *out[] = { (char *)(size_t)"o" };
	Onnx__AttributeProto *half = attribute("by", NULL), *quarter = attribute("by", NULL), *by = attribute("by", NULL);

	half->has_f = quarter->has_f = true;
	half->f = 0.5f;
	quarter->f = 0.25f;
	by->ref_attr_name = slope->g.node[0]->attribute[0]->ref_attr_name = (char *)(size_t)"by";
	for (int i = 0; i < 2; i++) {
		f[i].domain = b->g.node[i]->domain = (char *)(size_t)"own";
		f[i].input = in;
		f[i].output = out;
		f[i].n_output = 1;
		f[i].n_input = (size_t)(2 - i);
		f[i].node = (i ? slope : bend)->g.node;
		f[i].n_node = (i ? slope : bend)->g.n_node;
		f[i].name = (char *)(size_t)(i ? "slope" : "bend");
	}
	f[0].attribute_proto = &half;
	f[0].n_attribute_proto = 1;
	bend->g.node[1]->domain = f[0].domain;
	bend->g.node[1]->attribute = &by;
	bend->g.node[1]->n_attribute = 1;
	b->g.node[1]->attribute = &quarter;
	b->g.node[1]->n_attribute = 1;
	b->m.functions = all;
	b->m.n_functions = 2;
	want(b, "3x4x5: -0.75 -0.75 -0.75");
	slope->g.node[0]->op_type = (char *)(size_t)"slope";
	slope->g.node[0]->domain = f[0].domain;
	want(b, ": function 'slope': want at most 16 calls in each other, got more");
}
END_TEST

/* one of two graphs, by a constant that is computed; they read what stands before them, whatever the file's order */
START_TEST(choices)
{
	for (int i = 0; i < 2; i++) {
		Built *b = built(i ? "y=If q;n=Shape x;d=z 1;c=Gather n d;three=z 3;q=Equal c three;k=s 2;a=Add x k;out=y" :
		                 "n=Shape x;d=z 1;c=Gather n d;three=z 4;q=Equal c three;k=s 2;a=Add x k;y=If q");
		Onnx__AttributeProto *branches[] = { attribute("then_branch", &built("h=s 3;m=Mul a h;t=Neg m")->g),
		                                     attribute("else_branch", &built("e=Relu a")->g) };
		Onnx__NodeProto *choice = b->g.node[i ? 0 : b->g.n_node - 1];
		choice->attribute = branches;
		choice->n_attribute = 2;
		want(b, i ? "3x4x5: -6 -6 -6" : "3x4x5: 2 2 2");
		choice->n_attribute = i ? 0 : 1;
		want(b, i ? ":1: If 'y': want a graph then_branch, got none" : ":5: If 'y': want a graph else_branch, got none");
		choice->input[0] = (char *)(size_t)"x";
		want(b, i ? ":1: If 'y': want a constant condition, got the result 'x'" : ":5: If 'y': want a constant condition, got the result 'x'");
	}
}
END_TEST

/* graphs in attributes of nodes, whether they are read or not: no deeper than the stack is */
START_TEST(graphs_in_graphs)
{
	Built *b = built("y=Relu x"), *inner = b;
	Ran r;
	char *deep;
	size_t len = 0;

	for (int i = 0; i < 20; i++) {
		Built *outer = built("y=Relu x");
		Onnx__AttributeProto **a = arena_new(sizeof *a);
		*a = attribute("branch", &inner->g);
		outer->g.node[0]->attribute = a;
		outer->g.node[0]->n_attribute = 1;
		inner = outer;
		if (i == 10)
			want(inner, "3x4x5: 0 0 0");
	}
	want(inner, ": want at most 16 graphs in each other, got more");
	/* a megabyte of them: each level is a node, an attribute and a graph, of lengths in four bytes */
	deep = malloc(15*70000);
	for (size_t left = 15*70000 - 5; len + 15 <= 15*70000; ) {
		static const unsigned char tags[] = { 7 << 3 | 2, 1 << 3 | 2, 5 << 3 | 2 }, again[] = { 6 << 3 | 2, 1 << 3 | 2, 5 << 3 | 2 };
		for (int k = 0; k < 3; k++, left -= 5) {
			deep[len] = (char)(len ? again[k] : tags[k]);
			len++;
			for (int c = 0; c < 4; c++)
				deep[len++] = (char)((left >> 7*c & 127) | (c < 3 ? 128 : 0));
		}
	}
	put_file("deep.onnx", deep, len);
	free(deep);
	r = resnetc("import %s -o %s", in_dir("deep.onnx"), in_dir("deep"));
	ck_assert_int_eq(r.status, ExitInput);
	ck_assert_msg(strstr(r.err, "want at most 16 graphs in each other") != NULL, "%s", r.err);
}
END_TEST

/* outputs are called what they are in the file, where there are several and the language has such names */
START_TEST(outputs_keep_their_names)
{
	static const OnnxOptions none;
	static const struct { const char *graph, *names[4]; } files[] = {
		{ "a=Relu x;b=Neg x;out=a b", { "a", "b" } }, { "a=Relu x;out=a", { "" } },
		{ "onnx::Neg_7=Relu x;b=Neg x;out=onnx::Neg_7 b", { "", "b" } },
		{ "o.1=Relu x;o_1=Neg x;7=Abs x;O_1=Exp x;out=o.1 o_1 7 O_1", { "o_1", "", "", "O_1" } },
	};

	for (size_t i = 0; i < sizeof files/sizeof *files; i++) {
		put_model("g.onnx", &built(files[i].graph)->m);
		Graph *g = onnx_import(in_dir("g.onnx"), &none);
		for (int k = 0; k < g->noutputs; k++)
			ck_assert_str_eq(g->output_names[k], files[i].names[k]);
	}
}
END_TEST
/* ShuffleNet's halves: one node, of which both are slices */
START_TEST(channels_are_shuffled_once)
{
	static const OnnxOptions none;
	int shuffles = 0, others = 0;
	Graph *g;

	put_model("g.onnx", &built("x=I 1 12 4 5;s=i 0 3 4 4 5;r=Reshape x s;t=Transpose r | perm:0,2,1,3,4;q=i 0 12 4 5;u=Reshape t q;"
	                           "k=i 6 6;a,b=Split u k | axis=1;c=Relu b;y=Concat a c | axis=1")->m);
	g = onnx_import(in_dir("g.onnx"), &none);
	for (int i = 0; i < g->count; i++) {
		shuffles += g->nodes[i]->op == O_channel_shuffle && g->nodes[i]->a.groups == 3;
		others += g->nodes[i]->op == O_reshape || g->nodes[i]->op == O_permute;
	}
	ck_assert_int_eq(shuffles, 1);
	ck_assert_int_eq(others, 0);
}
END_TEST

START_TEST(tensors_in_files)
{
	Built *b = built("k=v 1 2 3;c=Unsqueeze k | axes:1,2;y=Add x c");
	Onnx__TensorProto *t = b->g.initializer[0];

	t->data_type = 8;
	want(b, ": tensor 'k': want floats, integers or booleans, got data type 8");
	t->data_type = 11;
	want(b, ": tensor 'k': want 3 values of F64 for its shape 3, got other data");
	t->data_type = 1;
	t->dims[0] = -1;
	want(b, ": tensor 'k': want dimensions from 0 to 2^40, got -1");
	t->dims[0] = t->dims[1] = INT64_C(1) << 40;
	t->n_dims = 2;
	want(b, ": tensor 'k': want less than 2^45 elements, got 1099511627776x1099511627776");
	t->n_dims = 9;
	want(b, ": tensor 'k': want at most 8 dimensions, got 9");
	t->n_dims = 1;
	t->dims[0] = 3;
	/* the same numbers as doubles, halves, bytes */
	t->n_float_data = 0;
	t->data_type = 11;
	t->n_double_data = 3;
	t->double_data = (double[]){ 1, 2, 3 };
	want(b, "3x4x5: 1 2 3");
	t->n_double_data = 0;
	t->data_type = 10;
	t->n_int32_data = 3;
	t->int32_data = (int32_t[]){ 0x3c00, 0x4000, 0x4200 };
	want(b, "3x4x5: 1 2 3");
	t->n_int32_data = 0;
	t->data_type = 12;
	t->n_uint64_data = 3;
	t->uint64_data = (uint64_t[]){ 1, 2, 3 };
	want(b, ": tensor 'k': want 3 values of U32 for its shape 3, got other data");
	t->data_type = 13;
	want(b, "3x4x5: 1 2 3");
	t->n_uint64_data = 0;
	t->data_type = 1;
	t->has_raw_data = true;
	t->raw_data.data = (uint8_t *)(float[]){ 1, 2, 3 };
	t->raw_data.len = 11;
	want(b, ": tensor 'k': want 3 values of F32 for its shape 3, got other data");
	t->raw_data.len = 12;
	want(b, "3x4x5: 1 2 3");
}
END_TEST

START_TEST(tensors_beside_files)
{
	Built *b = built("k=v 1 2 3;c=Unsqueeze k | axes:1,2;y=Add x c");
	Onnx__Entry place = ONNX__ENTRY__INIT, offset = ONNX__ENTRY__INIT, *external[] = { &place, &offset };
	Onnx__TensorProto *t = b->g.initializer[0];

	t->n_float_data = 0;
	t->has_data_location = true;
	t->data_location = 1;
	want(b, ": tensor 'k': want external data in a file beside the model, got 'none'");
	t->n_external_data = 2;
	t->external_data = external;
	place.key = (char *)(size_t)"location";
	place.value = (char *)(size_t)"../k.bin";
	want(b, ": tensor 'k': want external data in a file beside the model, got '../k.bin'");
	place.value = (char *)(size_t)"k.bin";
	put_file("k.bin", (float[]){ 9, 1, 2, 3 }, 16);
	offset.key = (char *)(size_t)"offset";
	offset.value = (char *)(size_t)"8";
	want(b, ": tensor 'k': want 12 bytes within the 16 of 'k.bin', got offset 8 and length 12");
	offset.value = (char *)(size_t)"4";
	want(b, "3x4x5: 1 2 3");
}
END_TEST

START_TEST(files_that_are_none)
{
	put_file("g.onnx", "\x08\x08", 2);
	ck_assert_str_eq(attempt(import, NULL), arena_text("%s: want an ONNX model with a graph, got none", in_dir("g.onnx")));
	put_file("g.onnx", "\x3a\x7f", 2);
	ck_assert_str_eq(attempt(import, NULL), arena_text("%s: want an ONNX model, got something protobuf cannot read (truncated?)", in_dir("g.onnx")));
}
END_TEST

/* --- graphs and what ONNX Runtime gives for them --- */

static const char **lines;
static int nlines;

static void
read_lines(void)
{
	size_t len;
	const char *text = file_map("tests/import/graphs.txt", &len), *end = text + len;

	for (const char *next; text < end; text = next + 1) {
		next = memchr(text, '\n', (size_t)(end - text));
		next = next ? next : end;
		if (*text != '#' && next > text)
			PUSH(lines, nlines, arena_text("%.*s", (int)(next - text), text));
	}
}

/* compare - a result with "SHAPE: values; largest sum" */
static void
compare(const char *line, const double *v, Shape s, const char *told)
{
	size_t count = count_of(s), want = 1, some = count < 8 ? count : 8;
	double largest = 0, sum = 0, most, w;
	const char *at = told;
	char *end;

	do {
		want *= strtoul(at, &end, 10);
		at = end + 1;
	} while (*end == 'x');
	ck_assert_msg(count == want, "%s\ngot %dx%dx%dx%d", line, s.n, s.c, s.h, s.w);
	most = strtod(strchr(told, ';') + 1, &end);
	for (size_t i = 0; i < some; i++) {
		size_t k = count > 8 ? i*(count - 1)/7 : i;
		w = strtod(at, (char **)&at);
		ck_assert_msg(fabs(v[k] - w) <= 1e-5*most + 1e-6 || (isnan(w) && isnan(v[k])), "%s\nvalue %zu is %.7g", line, k, v[k]);
	}
	for (size_t i = 0; i < count; i++) {
		largest = fmax(largest, fabs(v[i]));
		sum += noise(i)*v[i];
	}
	ck_assert_msg(fabs(largest - most) <= 1e-5*most + 1e-6, "%s\nthe largest is %.7g", line, largest);
	w = strtod(end, NULL);
	ck_assert_msg(fabs(sum - w) <= 1e-5*most*sqrt((double)count) + 1e-5*fabs(w) + 1e-6, "%s\nthe sum is %.7g", line, sum);
}

START_TEST(graph)
{
	const char *line = lines[_i], *told = strstr(line, " => ");
	static const OnnxOptions none;
	Graph *g;
	double *x, **v;
	size_t count;

	ck_assert_ptr_nonnull(told);
	put_model("line.onnx", &built(arena_text("%.*s", (int)(told - line), line))->m);
	g = onnx_import(in_dir("line.onnx"), &none);
	free((void *)safetensors_file(g, arena_text("line.safetensors")).data);     /* every parameter has its own name */
	count = count_of(g->nodes[0]->out->shape);
	x = malloc(count*sizeof *x);
	for (size_t i = 0; i < count; i++)
		x[i] = g->image.u8 ? noise(i)*128 + 128 : noise(i);
	v = interp(g, x);
	for (int i = 0; i < g->noutputs; i++) {
		compare(line, v[g->outputs[i]->node->id], g->outputs[i]->shape, told + (i ? 3 : 4));
		told = strstr(told + 1, " | ");
	}
	ck_assert_msg(!told, "%s\nmore outputs than %d", line, g->noutputs);
	interp_free(g, v);
	free(x);
}
END_TEST

SUITE(operators)
{
	TCase *t = part("operators");

	tcase_add_loop_test(t, operator, 0, NRows);
	tcase_add_loop_test(t, repeated, 0, NRepeats);
	tcase_add_test(t, files);
	tcase_add_test(t, functions);
	tcase_add_test(t, choices);
	tcase_add_test(t, graphs_in_graphs);
	tcase_add_test(t, outputs_keep_their_names);
	tcase_add_test(t, channels_are_shuffled_once);
	tcase_add_test(t, tensors_in_files);
	tcase_add_test(t, tensors_beside_files);
	tcase_add_test(t, files_that_are_none);
	read_lines();
	tcase_add_loop_test(t, graph, 0, nlines);
}
