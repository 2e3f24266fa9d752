/*
** The target table: one row per instruction set that code is made for, from the least to the best: native is the last
** one that this machine runs. Its readers are the command line, the emitter, the cost model, fuzz, the manual page and
** what shells complete.
**
** A row NAME-vnni or NAME-dot has another's words for floats and multiplies bytes in one instruction: native is one for
** networks of bytes alone.
**
** To add a target: one row here, a header of vector words in runtime/; and a row of MACHINE where another processor
** than this one runs its code: compilers, their flags, what runs the program. Every verb but those that measure uses
** it. One of PRODUCTS where bytes are multiplied in a way of its own.
**
** words: they are in runtime/rc_simd_WORDS.h. macro: by which compilers know the architecture, nothing: any. threads:
** most that a layer is divided among where each needs memory of its own, which the workspace has. stack: what a call
** takes at most, which tests hold. lean: memory is dear, Winograd's larger weights and scratch come only where a model
** or --winograd asks for them. bare: no system that maps files and starts threads. processor: what else it must have,
** nothing (ANY), X86(features of rc_x86), NEON_DOT, for rc_neon_dot(), RVV(bits), so long a vector of RISC-V's; emitted
** code and resnetc ask the same. A cache counts for three quarters of its size. Sources of the numbers: measurements on
** Zen 3 and Zen 4, Arm's optimisation guide for Neoverse N1; RISC-V's were not measured.
**
** rvv: clang 19 and later; groups of two registers. What waits for one takes as much stack as the processor's registers
** are long: the bytes are those for up to 1024 bits, the longest that were tried.
*/

/*                                            floats of a vector                                                      */
/*                                            |   vector registers                                                    */
/*                                            |   |   channels of a block                                             */
/*                                            |   |   |   threads                                                     */
/*                                            |   |   |   |    bytes of stack                                         */
/*                                            |   |   |   |    |  lean                                                */
/*                                            |   |   |   |    |  |  bare                                             */
/*     id      name      words   macro        v   v   v   v    v  v  v                                                */
/*     a cycle: multiply-adds, loads, instructions; cycles of a multiply-add; caches: bytes, bytes a cycle from the   */
/*     next two and from memory; processor                                                                            */
TARGET(scalar, "scalar", scalar, ,            1, 16,  4, 16, 2048, 1, 0,
       2, 2, 4, 4, 24e3, 384e3, 16, 10, 5, ANY)
TARGET(avx2,   "avx2",   avx2,   __x86_64__,  8, 16, 16, 16, 2560, 0, 0,
       2, 2, 6, 4, 24e3, 384e3, 16, 10, 5, X86(RC_AVX2 | RC_FMA | RC_F16C))
TARGET(avx_vnni, "avx-vnni", avx_vnni, __x86_64__, 8, 16, 16, 16, 2560, 0, 0,
       2, 2, 6, 4, 24e3, 384e3, 16, 10, 5, X86(RC_AVX2 | RC_FMA | RC_F16C | RC_AVX_VNNI))
TARGET(avx512, "avx512", avx512, __x86_64__, 16, 32, 16, 16, 3072, 0, 0,
       1, 1, 6, 4, 24e3, 768e3, 24, 14, 5, X86(RC_AVX512F | RC_AVX512BW | RC_FMA))
TARGET(avx512_vnni, "avx512-vnni", avx512_vnni, __x86_64__, 16, 32, 16, 16, 3072, 0, 0,
       1, 1, 6, 4, 24e3, 768e3, 24, 14, 5, X86(RC_AVX512F | RC_AVX512BW | RC_FMA | RC_AVX512_VNNI))
TARGET(neon,   "neon",   neon,   __aarch64__, 4, 32,  8, 16, 2048, 0, 0,
       2, 2, 4, 4, 48e3, 384e3, 16, 10, 5, ANY)
TARGET(neon_dot, "neon-dot", neon_dot, __aarch64__, 4, 32, 8, 16, 2048, 0, 0,
       2, 2, 4, 4, 48e3, 384e3, 16, 10, 5, NEON_DOT)
TARGET(rvv,    "rvv",    rvv,    __riscv,     8, 16, 16, 16, 24576, 0, 0,
       1, 1, 2, 4, 24e3, 384e3, 8, 4, 4, RVV(128))
TARGET(rvv256, "rvv256", rvv256, __riscv,    16, 16, 16, 16, 24576, 0, 0,
       1, 1, 2, 4, 24e3, 384e3, 8, 4, 4, RVV(256))
TARGET(wasm,   "wasm",   wasm,   __wasm__,    4, 12,  8, 16, 2048, 0, 1,
       2, 2, 4, 4, 24e3, 384e3, 16, 10, 5, ANY)
TARGET(wasm_relaxed, "wasm-relaxed", wasm_relaxed, __wasm__, 4, 12, 8, 16, 2048, 0, 1,
       2, 2, 4, 4, 24e3, 384e3, 16, 10, 5, ANY)
TARGET(cortex_m4, "cortex-m4", cortex, __ARM_ARCH_7EM__, 1, 32, 4, 1, 1024, 1, 1,
       0.5, 0.5, 1, 1, 1e9, 1e9, 4, 4, 4, ANY)
TARGET(cortex_m7, "cortex-m7", cortex, __ARM_ARCH_7EM__, 1, 32, 4, 1, 1024, 1, 1,
       0.5, 1, 2, 3, 1e9, 1e9, 4, 4, 4, ANY)
TARGET(cortex_m33, "cortex-m33", cortex, __ARM_ARCH_8M_MAIN__, 1, 32, 4, 1, 1024, 1, 1,
       0.5, 0.5, 1, 1, 1e9, 1e9, 4, 4, 4, ANY)
TARGET(cortex_m55, "cortex-m55", mve, __ARM_FEATURE_MVE, 4, 8, 4, 1, 2560, 1, 1,
       0.5, 0.5, 1, 1, 1e9, 1e9, 4, 4, 4, ANY)

/*
** How bytes are multiplied where that is not as floats are, a vector of sums of four products at a time.
** sums: of one word. bytes: of a product of each. registers for sums and what is multiplied.
** instructions: of a product; of a load of x, of w. block: channels of a block of bytes. less: its word takes that from
** the bytes of x. singles: multiply-adds of floats take one factor from a register of single numbers. each: products of
** a load of x, which are words of their own, dot_0 and so on. Two bytes are multiplied as numbers of 16 bits.
*/
/*                   sums bytes registers  instructions  block less singles each */
PRODUCTS(neon_dot,   4,   4,    32,        0, 0, 0,      16,   128, 0,      4)
PRODUCTS(rvv,        8,   4,    16,        0, 0, 0,      16,   0,   1,      1)
PRODUCTS(rvv256,     16,  4,    16,        0, 0, 0,      16,   0,   1,      1)
PRODUCTS(wasm,       4,   2,    15,        0, 0, 0,      8,    0,   0,      1)
PRODUCTS(wasm_relaxed, 4, 2,    15,        0, 0, 0,      8,    0,   0,      1)
PRODUCTS(cortex_m4,  1,   4,    10,        2, 3, 3,      16,   0,   0,      1)
PRODUCTS(cortex_m7,  1,   4,    10,        2, 3, 3,      16,   0,   0,      1)
PRODUCTS(cortex_m33, 1,   4,    10,        2, 3, 3,      16,   0,   0,      1)
PRODUCTS(cortex_m55, 1,   16,   4,         1, 2, 1,      16,   128, 1,      1)

/* id, compilers, their flags, what runs the program; @: the folder */
MACHINE(neon, "aarch64-linux-gnu-gcc", "-static -DFOLDER=\"@\"", "qemu-aarch64 @/program")
MACHINE(neon_dot, "aarch64-linux-gnu-gcc", "-static -DFOLDER=\"@\"", "qemu-aarch64 -cpu max @/program")
MACHINE(rvv, "clang-19", "--target=riscv64-linux-gnu -static -DFOLDER=\"@\"", RISCV("128"))
MACHINE(rvv256, "clang-19", "--target=riscv64-linux-gnu -static -DFOLDER=\"@\"", RISCV("256"))
MACHINE(wasm, "clang-19 clang", "--target=wasm32-wasi --sysroot=/usr -DFOLDER=\"\"",
        "node --no-warnings @/node.mjs @ program")
MACHINE(wasm_relaxed, "clang-19", "--target=wasm32-wasi --sysroot=/usr -DFOLDER=\"\"",
        "node --experimental-wasm-relaxed-simd --no-warnings @/node.mjs @ program")
MACHINE(cortex_m4, "arm-none-eabi-gcc", CORTEX("cortex-m4", "fpv4-sp-d16", "0x0", "0x21000000"), BOARD("mps2-an386"))
MACHINE(cortex_m7, "arm-none-eabi-gcc", CORTEX("cortex-m7", "fpv5-sp-d16", "0x0", "0x60000000"), BOARD("mps2-an500"))
MACHINE(cortex_m33, "arm-none-eabi-gcc", CORTEX("cortex-m33", "fpv5-sp-d16", "0x10000000", "0x80000000"),
        BOARD("mps2-an505"))
MACHINE(cortex_m55, "arm-none-eabi-gcc", CORTEX("cortex-m55", "auto", "0x0", "0x60000000"), BOARD("mps3-an547"))
