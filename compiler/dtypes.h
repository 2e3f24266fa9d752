/*
** The dtype table: one row a kind of number that a value can be made of.
**
**   DTYPE(name, bytes, C type, in words)
*/
DTYPE(f32, 4, float,         "floats")
DTYPE(i32, 4, int32_t,       "integers")
DTYPE(u8,  1, unsigned char, "bytes")
