#!/bin/sh
# The loss around the weights of ResNet-56 and plain-56 (Li et al. 2018): landscapes.sh CIFAR10 [OUT], after degradation.sh
#
# 25 x 25 points of 1024 pictures each; stopped, the same command goes on. GRID, IMAGES, THREADS, RESNETC may be set.
set -e
data=$1 out=${2:-degradation} here=$(dirname "$0")
[ -d "$data" ] || { echo "landscapes.sh: want the folder of CIFAR-10's binary version, got '$data'"; exit 2; }
for net in resnet56 plain56; do
	skip=yes
	[ $net != plain56 ] || skip=no
	"${RESNETC:-./resnetc}" landscape "$here/degradation.lua" -D depth=56 -D skip=$skip -w "$out/$net.safetensors" --data "cifar10:$data" \
		--grid "${GRID:-25}" --images "${IMAGES:-1024}" --threads "${THREADS:-2}" -o "$out/landscape_$net.svg"
done
