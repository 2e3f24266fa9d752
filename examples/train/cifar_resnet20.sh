#!/bin/sh
# The network of ../weights as it was trained: cifar_resnet20.sh CIFAR10 [OUT]
#
# Stopped, the same command goes on. EPOCHS, THREADS, RESNETC may be set. accuracy.py compares with PyTorch, picture by picture.
set -e
data=$1 out=${2:-trained} here=$(dirname "$0") resume=
[ -d "$data" ] || { echo "cifar_resnet20.sh: want the folder of CIFAR-10's binary version, got '$data'"; exit 2; }
mkdir -p "$out"
[ ! -f "$out/cifar_resnet20.checkpoint" ] || resume="--resume $out/cifar_resnet20.checkpoint"
"${RESNETC:-./resnetc}" train "$here/cifar_resnet20.lua" --data "cifar10:$data" --epochs "${EPOCHS:-60}" --threads "${THREADS:-2}" \
	--log "$out/cifar_resnet20.csv" --plot "$out/cifar_resnet20.html" -o "$out/cifar_resnet20.safetensors" $resume
