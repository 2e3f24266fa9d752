# Settings. O: a folder for all that is made, where the sources must stay as they are (make O=/tmp/resnetc); the tests want none.
CC     = cc
CFLAGS = -O2 -g
PREFIX = /usr/local
O      =
V      = @

# From any folder: make -f PATH/Makefile works in PATH, with O as it is there.
ifeq ($(wildcard compiler/base.h),)
HERE := $(shell dirname "$(strip $(MAKEFILE_LIST))")
$(or $(MAKECMDGOALS),all): there
	@:
there:
	@$(MAKE) -C "$(HERE)" $(MAKECMDGOALS)
.PHONY: there
else

P = $(if $(O),$(O:/=)/)
R = $(if $(O),$(P),./)resnetc

# No need to change anything below.
LIBS   = lua5.4 json-c libpng libjpeg nettle libzip zlib libprotobuf-c
FLAGS  = -std=c11 -ffp-contract=off -pedantic -Wall -Wextra -Wshadow -Wmissing-prototypes -Wdouble-promotion $(CFLAGS) \
         $(shell pkg-config --cflags $(LIBS)) -D_POSIX_C_SOURCE=200809L -I$(P)obj -DOBJ='"$(P)obj"'
LDLIBS = $(shell pkg-config --libs $(LIBS)) -lm -ldl -lpthread

SRC = $(filter-out compiler/main.c compiler/host/% compiler/static/%, $(wildcard compiler/*.c compiler/*/*.c dsl/*.c)) \
      runtime/rc.c runtime/rc_image.c runtime/rc_threads.c
HDR = $(wildcard compiler/*.h compiler/*/*.h dsl/*.h runtime/*.h)
OBJ = $(SRC:%.c=$(P)obj/%.o) $(P)obj/onnx.pb-c.o

all: $(P)resnetc

$(P)resnetc: $(OBJ) $(P)obj/compiler/main.o
	@echo "ld $@"
	$(V)$(CC) $(CFLAGS) -o $@ $^ $(LDLIBS)

# what an object was made of the compiler writes beside it
$(P)obj/%.o: %.c Makefile | $(P)obj/onnx.pb-c.h
	@mkdir -p $(@D)
	@echo "cc $<"
	$(V)$(CC) $(FLAGS) -MMD -MP -c -o $@ $<

# the reader of ONNX files, from its schema
$(P)obj/onnx.pb-c.h: compiler/import/onnx.proto
	@mkdir -p $(P)obj
	@echo "protoc-c $<"
	$(V)protoc-c --proto_path=compiler/import --c_out=$(P)obj $<
$(P)obj/onnx.pb-c.o: $(P)obj/onnx.pb-c.h
	$(V)$(CC) -O2 $(shell pkg-config --cflags libprotobuf-c) -c -o $@ $(P)obj/onnx.pb-c.c

# carried inside the binary
$(P)obj/compiler/emit/runtime.o: $(P)obj/runtime.txt
$(P)obj/compiler/host.o: compiler/host/peak.c
$(P)obj/compiler/machine.o: $(wildcard compiler/host/*)
$(P)obj/compiler/measured.o: $(wildcard compiler/measured/*)
$(P)obj/compiler/verbs/init.o: $(P)obj/models.txt
$(P)obj/compiler/verbs/types.o: dsl/types.lua
$(P)obj/compiler/verbs/report.o: $(wildcard compiler/report/*)
$(P)obj/dsl/library.o: $(wildcard dsl/library/*.lua)
$(P)obj/compiler/image/image.o: examples/picture.h
$(P)obj/models.txt: $(wildcard examples/*.lua)
$(P)obj/runtime.txt: $(wildcard runtime/*.[ch])
$(P)obj/%.txt:
	@mkdir -p $(@D)
	$(V)for f in $^; do echo "=== $$(basename $$f .lua)"; cat $$f; done > $@

# one program that runs on any Linux, without a shared library: by musl (Debian's musl-tools), with the same libraries' .a;
# Debian has no libzip.a, so minizip reads archives. It compiles and starts what it runs instead of loading it, so it neither
# trains nor measures times
MUSL    = musl-gcc -idirafter /usr/include -idirafter /usr/include/$(shell $(CC) -print-multiarch)
ARCHIVE = $(patsubst -l%,$(shell pkg-config --variable=libdir zlib)/lib%.a,$(filter-out -lm -ldl,$(shell pkg-config --libs-only-l minizip $(filter-out libzip,$(LIBS)))))

STATIC  = $(filter-out compiler/weights/zip.c,$(SRC)) compiler/main.c $(wildcard compiler/static/*.c)

static: $(P)resnetc-static

$(P)resnetc-static: $(STATIC:%.c=$(P)obj/static/%.o) $(P)obj/onnx.pb-c.o
	@echo "ld $@"
	$(V)$(MUSL) $(CFLAGS) -static -o $@ $^ $(ARCHIVE)

$(P)obj/static/%.o: %.c $(HDR) Makefile | $(P)obj/onnx.pb-c.h $(P)obj/models.txt $(P)obj/runtime.txt
	@mkdir -p $(@D)
	@echo "cc $< (static)"
	$(V)$(MUSL) $(FLAGS) -c -o $@ $<

# --- the example app: ten photographs through the trained network ---

$(P)build/classify: $(P)resnetc examples/classify.c examples/picture.h examples/cifar_resnet20.lua examples/weights/cifar_resnet20.safetensors
	$(R) examples/cifar_resnet20.lua -w examples/weights/cifar_resnet20.safetensors -o $(P)build/net
	clang -O2 -I$(P)build/net $(P)build/net/*.c examples/classify.c -lpng -ljpeg -lm -lpthread -o $@

demo: $(P)build/classify
	$(P)build/classify $(P)build/net/cifar_resnet20.weights examples/images

# a page with a network in it, for any web server: make web MODEL=model.lua WEIGHTS=model.safetensors
web: $(P)resnetc
	$(MAKE) -f examples/web/Makefile RESNETC=$(R) BUILD=$(P)build/web

# --- installing ---

VERSION = $(shell sed -n 's/^.define VERSION "\(.*\)"/\1/p' compiler/base.h)
# the shell's words of paths with blanks and quotes in them
quoted  = '$(subst ','\'',$(1))'
BIN     = $(call quoted,$(DESTDIR)$(PREFIX)/bin)
SHARE   = $(call quoted,$(DESTDIR)$(PREFIX)/share)
FILL    = awk -v version=$(VERSION) '{ while (at = index($$0, "@PREFIX@")) $$0 = substr($$0, 1, at - 1) ENVIRON["ESCAPED"] substr($$0, at + 8); \
          gsub("@VERSION@", version); print }'

install: $(P)resnetc
	mkdir -p $(BIN) $(SHARE)/cmake/resnetc $(SHARE)/pkgconfig $(SHARE)/man/man1 \
		$(SHARE)/bash-completion/completions $(SHARE)/zsh/site-functions $(SHARE)/fish/vendor_completions.d $(SHARE)/resnetc/lua
	install -m 755 $(P)resnetc $(BIN)
	install -m 644 runtime/package/resnetc-config.cmake $(SHARE)/cmake/resnetc
	$(FILL) runtime/package/resnetc-config-version.cmake.in > $(SHARE)/cmake/resnetc/resnetc-config-version.cmake
	ESCAPED="$$(printf %s $(call quoted,$(PREFIX)) | sed 's/[^A-Za-z0-9_./+-]/\\&/g')" $(FILL) runtime/package/resnetc.pc.in > $(SHARE)/pkgconfig/resnetc.pc
	$(R) doc man  > $(SHARE)/man/man1/resnetc.1
	$(R) doc bash > $(SHARE)/bash-completion/completions/resnetc
	$(R) doc zsh  > $(SHARE)/zsh/site-functions/_resnetc
	$(R) doc fish > $(SHARE)/fish/vendor_completions.d/resnetc.fish
	$(R) doc lua  > $(SHARE)/resnetc/lua/resnet.lua

uninstall:
	rm -rf $(BIN)/resnetc $(SHARE)/cmake/resnetc $(SHARE)/pkgconfig/resnetc.pc \
		$(SHARE)/man/man1/resnetc.1 $(SHARE)/bash-completion/completions/resnetc $(SHARE)/zsh/site-functions/_resnetc \
		$(SHARE)/fish/vendor_completions.d/resnetc.fish $(SHARE)/resnetc

# a package for Debian from what make install installs; wants dpkg-dev, and lintian to look at it
deb: $(P)resnetc
	+$(V)sh runtime/package/deb.sh $(VERSION)

# the committed sample of what comes out
generated: $(P)resnetc
	$(R) examples/cifar_resnet20.lua -w examples/weights/cifar_resnet20.safetensors --target avx2 -o generated/cifar_resnet20
	$(R) examples/train/small.lua -w random --train --target avx2 -q -o $(P)obj/small
	$(V)cp $(P)obj/small/small_train.[ch] generated/small_train
	$(R) doc markdown > dsl/README.md

# lines of the compiler over 120 columns
80:
	@awk 'length > 120 { print FILENAME ":" FNR ": " length }' $(SRC) $(HDR)

# --- tests ---

TEST_OBJ = $(patsubst %.c,$(P)obj/%.o,$(wildcard tests/*.c))

$(P)obj/tests/%.o: FLAGS += -O0 -Wno-pedantic -Wno-shadow -Wno-double-promotion
$(P)obj/tests/%.o: tests/tests.h
-include $(OBJ:.o=.d) $(TEST_OBJ:.o=.d) $(P)obj/compiler/main.d

$(P)obj/check: $(TEST_OBJ) $(OBJ)
	@echo "ld $@"
	$(V)$(CC) $(CFLAGS) -o $@ $^ $(LDLIBS) $(shell pkg-config --libs check)

# suites side by side, a job a core or as JOBS says
check: $(P)resnetc $(P)obj/check
	$(P)obj/check $(JOBS:%=-j%)

# everything, the big networks included
check-long: $(P)resnetc $(P)obj/check
	CHECK_LONG=1 $(P)obj/check $(JOBS:%=-j%)

# rewrite the golden texts; review with git diff
bless: $(P)resnetc $(P)obj/check
	BLESS=1 $(P)obj/check pairs

# compare every network with PyTorch (Debian's python3-torch and python3-torchvision)
parity: $(P)resnetc
	/usr/bin/python3 tests/parity/parity.py $(R) --targets native,scalar

# beside other runtimes (those that install), in a virtual environment; measures, never fails on time
bench: $(P)resnetc
	test -d .venv || python3 -m venv .venv
	for p in numpy onnx onnxruntime openvino torch==2.13.0 ncnn pnnx MNN executorch tract nncf torchao iree-base-compiler iree-base-runtime apache-tvm jax; do \
		.venv/bin/pip install -q $$p || echo "$$p: does not install here"; done
	.venv/bin/python tests/bench/bench.py $(R)
	.venv/bin/python tests/bench/train.py $(R)
	.venv/bin/python tests/bench/bench.py $(R) --int8 --models resnet18,resnet50,cifar_resnet20,mlperf_tiny_resnet8

# the same in WebAssembly, beside onnxruntime-web and TensorFlow.js
WEB = $(P)build/bench-web
WEB_NETWORKS = resnet18 cifar_resnet20
bench-web: $(P)resnetc
	npm install --silent --no-audit --no-fund --prefix $(WEB) onnxruntime-web @tensorflow/tfjs-core @tensorflow/tfjs-backend-wasm
	for n in $(WEB_NETWORKS); do d=$(WEB)/$$n; mkdir -p $$d; \
		/usr/bin/python3 tests/bench/export.py $$n 1 $$d && \
		$(MAKE) -s -f examples/web/Makefile RESNETC=$(R) MODEL=examples/$$n.lua WEIGHTS=$$d/$$n.safetensors PICTURES= \
			CALIBRATE=examples/images BUILD=$$d/page || exit 1; done
	node --experimental-wasm-relaxed-simd tests/bench/web.mjs $(WEB)/node_modules 5 $(WEB_NETWORKS:%=$(WEB)/%)

# the compiler's own code under the address and undefined-behaviour sanitizers
asan:
	$(MAKE) clean
	ASAN_OPTIONS=detect_leaks=0 $(MAKE) CFLAGS="-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined" check
	$(MAKE) clean

# lines that the tests run, and error messages that none of them produced
coverage:
	rm -rf $(P)build/coverage && mkdir -p $(P)build/coverage && cp -r $(filter-out build obj resnetc,$(wildcard *)) $(P)build/coverage
	-$(MAKE) -C $(P)build/coverage CFLAGS="-O1 -g --coverage" check    # faults injected into gcov itself fail
	tests/coverage.sh $(P)build/coverage

# libFuzzer (clang-19 with its runtime) on one reader of untrusted bytes: make fuzz-onnx SECONDS=1800
HARNESSES = model safetensors torch torch_legacy npz npy onnx image blob
SECONDS   = 60
FUZZ_model = -timeout=3 -ignore_timeouts=1          # before the sandbox ends the process itself, after 4 s
SANITIZED = -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined

$(P)obj/fuzz/%.o: %.c $(HDR) $(P)obj/onnx.pb-c.h $(P)obj/models.txt $(P)obj/runtime.txt
	@mkdir -p $(@D)
	$(V)clang-19 $(FLAGS) $(SANITIZED) -w -c -o $@ $<

$(P)obj/fuzz-%: tests/hostile/harness.c $(SRC:%.c=$(P)obj/fuzz/%.o) $(P)obj/onnx.pb-c.o
	@echo "ld $@"
	$(V)clang-19 $(FLAGS) $(SANITIZED) -fsanitize=fuzzer -DFUZZ=$* -o $@ $^ $(LDLIBS)

fuzz-%: $(P)obj/fuzz-% $(P)resnetc
	$(V)sh tests/hostile/corpus.sh $* $(P)build/corpus-$*
	ASAN_OPTIONS=detect_leaks=0 $(P)obj/fuzz-$* -max_total_time=$(SECONDS) -timeout=10 $(FUZZ_$*) -rss_limit_mb=3000 -fork=1 -ignore_ooms=0 \
		-artifact_prefix=$(P)build/finding-$*- $(P)build/corpus-$*

.PRECIOUS: $(P)obj/fuzz/%.o $(P)obj/fuzz-%

clean:
	rm -rf $(P)obj $(P)build $(P)resnetc $(P)resnetc-static

.PHONY: all static demo web install uninstall deb generated 80 check check-long bless parity bench bench-web asan coverage clean

endif
