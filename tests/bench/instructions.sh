#!/bin/sh
# instructions.sh MODEL...: million instructions of one inference on RISC-V and AArch64, counted by qemu-user: a second run less a first one.
# From the root of the tree, with ./resnetc made; clang-19, cross compilers and qemu-user as in .ci/packages-tests.
set -e
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cc -O2 -shared -fPIC tests/bench/instructions.c -o "$dir/count.so"

# run TIMES QEMU... - in a network's folder: the instructions of so many runs
run() {
	times=$1
	shift
	(cd "$dir/net" && "$@" -plugin "$dir/count.so" ./app "$times" 2>&1)
}

# count MODEL TARGET OPTION...
count() {
	model=$1 target=$2
	shift 2
	case $target in
	neon*)  cc=aarch64-linux-gnu-gcc qemu="qemu-aarch64 -cpu max" ;;
	rvv256) cc="clang-19 --target=riscv64-linux-gnu" qemu="qemu-riscv64 -cpu rv64,v=true,vlen=256,vext_spec=v1.0" ;;
	*)      cc="clang-19 --target=riscv64-linux-gnu" qemu="qemu-riscv64 -cpu rv64,v=true,vlen=128,vext_spec=v1.0" ;;
	esac
	rm -rf "$dir/net"
	./resnetc "$model" --name net -w random -q -o "$dir/net" --target "$target" "$@"
	# shellcheck disable=SC2086
	$cc -static -O2 "-I$dir/net" "$dir/net/net.c" "$dir/net/rc.c" "$dir/net/rc_file.c" tests/bench/instructions_app.c -o "$dir/net/app"
	# shellcheck disable=SC2086
	echo "$(run 1 $qemu) $(run 2 $qemu) $model, $target: $*" | awk '{ $1 = sprintf("%.2f", ($2 - $1)/1e6); $2 = ""; print }'
}

for model; do
	for how in "scalar" "scalar --winograd" "rvv --exact" "rvv" "rvv256 --exact" "rvv256" "rvv --int8 --calibrate random" \
		"rvv256 --int8 --calibrate random" "neon" "neon --int8 --calibrate random" "neon-dot --int8 --calibrate random"; do
		# shellcheck disable=SC2086
		count "$model" $how
	done
done
