#!/bin/sh
# instructions.sh MODEL...: million instructions of one inference on RISC-V, counted by qemu-user: a second run less a first one.
# From the root of the tree, with ./resnetc made; clang-19, a cross libc and qemu-user as in .ci/packages-tests.
set -e
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cc -O2 -shared -fPIC tests/bench/instructions.c -o "$dir/count.so"

# run TIMES BITS - in a network's folder: the instructions of so many runs
run() {
	(cd "$dir/net" && qemu-riscv64 -cpu "rv64,v=true,vlen=$2,vext_spec=v1.0" -plugin "$dir/count.so" ./app "$1" 2>&1)
}

# count MODEL BITS OPTION...
count() {
	model=$1 bits=$2
	shift 2
	rm -rf "$dir/net"
	./resnetc "$model" --name net -w random -q -o "$dir/net" "$@"
	clang-19 --target=riscv64-linux-gnu -static -O2 "-I$dir/net" "$dir/net/net.c" "$dir/net/rc.c" "$dir/net/rc_file.c" \
		tests/bench/instructions_app.c -o "$dir/net/app"
	echo "$(run 1 "$bits") $(run 2 "$bits") $model, vectors of $bits bits: $*" | awk '{ $1 = sprintf("%.2f", ($2 - $1)/1e6); $2 = ""; print }'
}

for model; do
	for how in "128 --target scalar" "128 --target scalar --winograd" "128 --target rvv --exact" "128 --target rvv" \
		"256 --target rvv256 --exact" "256 --target rvv256" "128 --target rvv --int8 --calibrate random" \
		"256 --target rvv256 --int8 --calibrate random"; do
		# shellcheck disable=SC2086
		count "$model" $how
	done
done
