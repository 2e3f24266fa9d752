#!/bin/sh
# Seeds for one harness: the fixtures of its format. Usage: corpus.sh NAME FOLDER
set -e
mkdir -p "$2"
cd "$(dirname "$0")/../.."
case "$1" in
model)        cp examples/*.lua tests/pairs/*.lua tests/fuzz/*.lua tests/hostile/models/*.lua "$2" ;;
safetensors)  ./resnetc import tests/import/basic_bn.onnx -q -o "$2" && rm -f "$2"/*.lua ;;
torch)        cp tests/checkpoints/zip.pth tests/checkpoints/strided.pt tests/checkpoints/checkpoint.pth tests/checkpoints/*/*.pth "$2"
              rm "$2"/*_legacy.pth ;;
torch_legacy) cp tests/checkpoints/legacy.pth tests/checkpoints/strided_legacy.pt tests/checkpoints/*/*legacy*.pth \
              tests/checkpoints/beside/*.pkl "$2" ;;
npz)          cp tests/checkpoints/*.npz "$2" ;;
npy)          cp tests/import/*.npy "$2" ;;
onnx)         cp tests/import/*.onnx "$2" ;;
image)        cp examples/images/*.png "$2" ;;
blob)         ./resnetc tests/pairs/depthwise.lua -w random -q -o "$2" && cd "$2" && rm -f *.c *.h ;;
esac
