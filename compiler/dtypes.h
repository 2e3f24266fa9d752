/*
** The dtype table: one row per kind of number. Its readers are the values of a network and the formats of weights.
**
** kind: 'f' float, 'i' signed, 'u' unsigned, 'b' truth. vector: its type in the vector words of runtime/;
** load: the word that makes floats of them; NULL: there is none. What a format calls it is NULL (0 in ONNX) where the
** format has no such number. The first row is what a value is unless something says otherwise.
*/

/*    id   bytes C type         several of them     kind vector load  | safetensors NumPy  PyTorch's storage   ONNX   */
DTYPE(f32,   4, float,         "floats",            'f',  "V",  "ld",   "F32",       "<f4",  "FloatStorage",     1)
DTYPE(f64,   8, double,        "doubles",           'f',  NULL, NULL,   "F64",       "<f8",  "DoubleStorage",   11)
DTYPE(f16,   2, uint16_t,      "halves",            'f',  NULL, "ld16", "F16",       "<f2",  "HalfStorage",     10)
DTYPE(bf16,  2, uint16_t,      "bfloat16s",         'f',  NULL, "ldbf", "BF16",      NULL,   "BFloat16Storage", 16)
DTYPE(i64,   8, int64_t,       "64-bit integers",   'i',  NULL, NULL,   "I64",       "<i8",  "LongStorage",      7)
DTYPE(i32,   4, int32_t,       "integers",          'i',  NULL, NULL,   "I32",       "<i4",  "IntStorage",       6)
DTYPE(i16,   2, int16_t,       "16-bit integers",   'i',  NULL, NULL,   "I16",       "<i2",  "ShortStorage",     5)
DTYPE(i8,    1, signed char,   "signed bytes",      'i',  NULL, NULL,   "I8",        "|i1",  "CharStorage",      3)
DTYPE(u64,   8, uint64_t,      "64-bit unsigneds",  'u',  NULL, NULL,   "U64",       "<u8",  NULL,              13)
DTYPE(u32,   4, uint32_t,      "unsigneds",         'u',  NULL, NULL,   "U32",       "<u4",  NULL,              12)
DTYPE(u16,   2, uint16_t,      "16-bit unsigneds",  'u',  NULL, NULL,   "U16",       "<u2",  NULL,               4)
DTYPE(u8,    1, unsigned char, "bytes",             'u',  NULL, "ld8",  "U8",        "|u1",  "ByteStorage",      2)
DTYPE(bool,  1, unsigned char, "truths",            'b',  NULL, NULL,   "BOOL",      "|b1",  "BoolStorage",      9)
