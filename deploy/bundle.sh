#!/usr/bin/env bash
# Makes a folder with what a worker node needs, for nodes that have none of our Debian packages:
#   deploy/bundle.sh FOLDER [BUILD]      BUILD: build/release unless given
# The bundle holds scanyard-worker, scanyard-train, scanyard-golden, the GPU plugin where it was built, and the shared
# libraries they need beyond glibc (found through $ORIGIN/lib). LibTorch is not in it: FOLDER/scanyard-train finds the
# one of the node's PyTorch 2.11 (python3 -c 'import torch'), or takes the folder named by SCANYARD_TORCH_LIB.
set -euo pipefail
die() { printf 'bundle: %s\n' "$*" >&2; exit 1; }

[ $# -ge 1 ] || { sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 2; }
folder=$1
build=${2:-$(dirname "$0")/../build/release}
[ -x "$build/bin/scanyard-worker" ] || die "$build/bin/scanyard-worker is missing: build first"
mkdir -p "$folder/lib"

# Libraries that every Linux has in its own version, or that come with LibTorch and the CUDA driver.
provided='^(linux-vdso|ld-linux|libc\.|libm\.|libdl\.|libpthread\.|librt\.|libtorch|libc10|libgomp|libcudart|libcupti|libcuda|libcu[a-z]*\.so|libcublas|libnccl|libnv)'
copy_libraries() {
  ldd "$1" | awk '/=> \// { print $1, $3 }' | while read -r name path; do
    [[ $name =~ $provided ]] || cp -Lu "$path" "$folder/lib/$name"
  done
}

for program in scanyard-worker scanyard-train scanyard-golden libscanyard_cuda.so; do
  [ -e "$build/bin/$program" ] || continue
  target=$folder/$program
  [ "$program" = scanyard-train ] && target=$folder/scanyard-train.real
  [ "$program" = scanyard-golden ] && target=$folder/scanyard-golden.real
  cp "$build/bin/$program" "$target"
  strip --strip-debug "$target"
  copy_libraries "$build/bin/$program"
done
for program in scanyard-train scanyard-golden; do
  cat >"$folder/$program" <<'WRAPPER'
#!/usr/bin/env bash
# Finds the LibTorch of this node's PyTorch and starts the program beside this file with it.
here=$(cd "$(dirname "$0")" && pwd)
torch=${SCANYARD_TORCH_LIB:-$(python3 -c 'import torch, os; print(os.path.join(torch.__path__[0], "lib"))' 2>/dev/null)}
[ -e "$torch/libtorch_cpu.so" ] || { echo "$0: no LibTorch found: set SCANYARD_TORCH_LIB to its lib folder" >&2; exit 1; }
cuda=$(echo "$torch"/../../nvidia/cu13/lib)
export LD_LIBRARY_PATH=$torch:$cuda:$here/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
exec "$here/$(basename "$0").real" "$@"
WRAPPER
  chmod +x "$folder/$program"
done
printf 'bundle: %s (%s)\n' "$folder" "$(du -sh "$folder" | cut -f1)"
