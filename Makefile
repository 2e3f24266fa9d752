# Settings.
CC     = cc
CFLAGS = -O2 -g
PREFIX = /usr/local
V      = @

# No need to change anything below.
LIBS   = lua5.4 json-c libpng libjpeg libmd
FLAGS  = -std=c11 -pedantic -Wall -Wextra -Wshadow -Wmissing-prototypes -Wdouble-promotion $(CFLAGS) \
         $(shell pkg-config --cflags $(LIBS)) -D_POSIX_C_SOURCE=200809L
LDLIBS = $(shell pkg-config --libs $(LIBS)) -lm -ldl -lpthread

SRC = compiler/error.c compiler/memory.c compiler/files.c compiler/options.c compiler/graph.c compiler/shape.c \
      compiler/check.c compiler/dump.c compiler/interp.c compiler/target.c compiler/pass.c compiler/host.c \
      dsl/sandbox.c dsl/attr.c dsl/dsl.c \
      compiler/passes/fold_bn.c compiler/passes/fuse.c compiler/passes/dce.c compiler/passes/choose.c \
      compiler/passes/layout.c compiler/passes/tile.c compiler/passes/plan.c \
      compiler/kernels/kernel.c compiler/kernels/conv.c compiler/kernels/depthwise.c compiler/kernels/map.c \
      compiler/kernels/pool.c compiler/kernels/copy.c compiler/kernels/softmax.c \
      compiler/emit/out.c compiler/emit/model.c compiler/emit/source.c compiler/emit/header.c compiler/emit/blob.c \
      compiler/emit/runtime.c \
      compiler/weights/tensor.c compiler/weights/safetensors.c compiler/weights/bind.c compiler/weights/random.c \
      compiler/weights/fold.c compiler/image/image.c compiler/image/npy.c \
      compiler/verbs/build.c compiler/verbs/inputs.c compiler/verbs/session.c compiler/verbs/compile.c \
      compiler/verbs/run.c compiler/verbs/bench.c compiler/verbs/verify.c compiler/verbs/explain.c compiler/verbs/doc.c \
      runtime/rc.c runtime/rc_threads.c
OBJ = $(SRC:%.c=obj/%.o)
HDR = compiler/resnetc.h compiler/ops.h compiler/attrs.h compiler/verbs/session.h dsl/dsl.h $(wildcard runtime/*.h)

all: resnetc

resnetc: $(OBJ) obj/compiler/main.o
	@echo "ld $@"
	$(V)$(CC) $(CFLAGS) -o $@ $^ $(LDLIBS)

obj/%.o: %.c $(HDR)
	@mkdir -p $(@D)
	@echo "cc $<"
	$(V)$(CC) $(FLAGS) -c -o $@ $<

# carried inside the binary
obj/compiler/emit/runtime.o: $(wildcard runtime/*)
obj/dsl/dsl.o: dsl/resnet.lua dsl/strict.lua
obj/compiler/verbs/doc.o: dsl/resnet.lua obj/models.txt
obj/models.txt: $(wildcard examples/*.lua)
	@mkdir -p $(@D)
	$(V)for f in $^; do echo "=== $$(basename $$f .lua)"; cat $$f; done > $@

clean:
	rm -rf obj resnetc

.PHONY: all clean
