#!/bin/sh
# Deeper plain networks train worse, residual ones don't (He et al. 2015, figure 6): degradation.sh CIFAR10 [OUT]
#
# CIFAR10 is the folder of the binary version. Four networks, the same seed, the same pictures in the same order. Plain-56 is first
# probed at two rates, and the better one is taken: a rate that merely diverges proves nothing. Stopped, the same command goes on.
# EPOCHS (20), PROBE (2), THREADS (2), RESNETC (./resnetc) may be set.
set -e
data=$1 out=${2:-degradation} here=$(dirname "$0") run="${RESNETC:-./resnetc} train" epochs=${EPOCHS:-20}
[ -d "$data" ] || { echo "degradation.sh: want the folder of CIFAR-10's binary version, got '$data'"; exit 2; }
mkdir -p "$out"

# learn NAME DEPTH SKIP PEAK EPOCHS
learn() {
	resume=
	[ ! -f "$out/$1.checkpoint" ] || resume="--resume $out/$1.checkpoint"
	$run "$here/degradation.lua" --data "cifar10:$data" -D depth="$2" -D skip="$3" -D peak="$4" --epochs "$5" --threads "${THREADS:-2}" \
		--log "$out/$1.csv" --plot "$out/$1.html" -o "$out/$1.safetensors" $resume
}

for peak in 0.1 0.02; do
	learn "probe_plain56_$peak" 56 no $peak "${PROBE:-2}" || echo "plain-56 at $peak: did not get to the end"
done
peak=$(for p in 0.1 0.02; do
	echo "$(tail -n 1 "$out/probe_plain56_$p.csv" | cut -d, -f3) $p"
done | sort -g | awk '$1 ~ /^[0-9]/ { print $2; exit }')
echo "plain-56 at ${peak:?both rates failed}"
learn plain56 56 no "$peak" "$epochs"
learn plain20 20 no 0.1 "$epochs"
learn resnet20 20 yes 0.1 "$epochs"
learn resnet56 56 yes 0.1 "$epochs"
python3 "$here/plot_logs.py" "$out/degradation.svg" plain-20="$out/plain20.csv" plain-56="$out/plain56.csv" \
	ResNet-20="$out/resnet20.csv" ResNet-56="$out/resnet56.csv"
