#!/usr/bin/env bash
# Installs what a build of Scanyard needs and that is not there yet; safe to run again and again.
#   scripts/setup.sh           build tools and libraries, LibTorch (CPU parts of the pinned wheel)
#   scripts/setup.sh --test    also what the tests need (Catch2, Chromium, Selenium)
#   scripts/setup.sh --cuda    also the CUDA compiler, where no toolkit is installed, and LibTorch's GPU parts
# Debian 12 and Ubuntu 24.04. Needs root or sudo only when a package is missing.
# Wheels are kept unpacked under ${SCANYARD_CACHE:-${XDG_CACHE_HOME:-~/.cache}/scanyard}.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
cache=${SCANYARD_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/scanyard}
groups=(build)
want_cuda=no
for argument in "$@"; do
  case $argument in
    --test) groups+=(test) ;;
    --cuda) want_cuda=yes ;;
    -h|--help) sed -n '2,7s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) echo "setup: unknown argument '$argument'; see scripts/setup.sh --help" >&2; exit 2 ;;
  esac
done

say() { printf 'setup: %s\n' "$*"; }
die() { printf 'setup: %s\n' "$*" >&2; exit 1; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else die "packages are missing and this is neither root nor has sudo; as root run: $*"
  fi
}

installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# The version of CMake or Catch2 that the release itself carries is too old on Debian 12.
recent_enough() {  # NAME -> is the installed or the available version new enough?
  local need version
  case $1 in
    cmake) need=3.28 ;;
    catch2) need=3.1 ;;
    *) return 0 ;;
  esac
  version=$(dpkg-query -W -f='${Version}' "$1" 2>/dev/null || true)
  [ -n "$version" ] && dpkg --compare-versions "$version" ge "$need"
}

# Prints the wanted packages that are missing, as 'NAME' or 'NAME/backports'.
missing_packages() {
  local group names name starred found
  while read -r group names; do
    case " ${groups[*]} " in *" $group "*) ;; *) continue ;; esac
    starred=''
    case $names in *\*) starred=/backports; names=${names%\*} ;; esac
    found=''
    for name in ${names//|/ }; do
      if installed "$name" && recent_enough "$name"; then found=yes; break; fi
    done
    [ -n "$found" ] && continue
    for name in ${names//|/ }; do
      if apt-cache show "$name" >/dev/null 2>&1; then found=$name; break; fi
    done
    echo "${found:-${names%%|*}}$starred"
  done < <(grep -v '^#' "$root/scripts/packages.txt")
}

codename() { . /etc/os-release && echo "${VERSION_CODENAME:-}"; }

# Debian 12 only: adds the backports suite of the same mirror that the system already uses.
add_backports() {
  local code mirror file=/etc/apt/sources.list.d/scanyard-backports.list
  code=$(codename)
  apt-cache policy | grep -q "$code-backports" && return 0
  mirror=$( (cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null || true) |
    awk -v code="$code" '$1 == "deb" {
      for (i = 2; i < NF; i++) if ($i ~ /^http/ && $(i+1) == code) { print $i; exit } }')
  if [ -z "$mirror" ]; then
    mirror=$(awk -v code="$code" '/^URIs:/ { uri = $2 }
      /^Suites:/ { for (i = 2; i <= NF; i++) if ($i == code) { print uri; exit } }' \
      /etc/apt/sources.list.d/*.sources 2>/dev/null || true)
  fi
  [ -n "$mirror" ] || die "found no Debian mirror in the apt sources; add $code-backports by hand, then start again"
  say "adding the suite $code-backports (CMake 3.31, Catch2 3) to the apt sources: $file"
  echo "deb $mirror $code-backports main" | as_root tee "$file" >/dev/null
}

install_packages() {
  local missing plain=() backports=() item
  mapfile -t missing < <(missing_packages)
  if [ ${#missing[@]} = 0 ]; then say "packages: all there"; return; fi
  say "packages: installing ${#missing[@]} (${missing[*]%/backports})"
  export DEBIAN_FRONTEND=noninteractive
  as_root apt-get update -q >/dev/null || die "apt-get update failed: check the network, then start again"
  if [ "$(codename)" = bookworm ] && printf '%s\n' "${missing[@]}" | grep -q /backports; then
    add_backports
    as_root apt-get update -q >/dev/null || die "apt-get update failed after adding backports"
  fi
  mapfile -t missing < <(missing_packages)
  for item in "${missing[@]}"; do
    case $item in */backports) backports+=("${item%/backports}") ;; *) plain+=("$item") ;; esac
  done
  apt_install "${plain[@]}"
  if [ ${#backports[@]} -gt 0 ]; then
    if [ "$(codename)" = bookworm ]; then apt_install -t bookworm-backports "${backports[@]}"
    else apt_install "${backports[@]}"; fi
  fi
}

apt_install() {
  [ $# -gt 0 ] || return 0
  local log
  log=$(mktemp)
  if ! as_root env DEBIAN_FRONTEND=noninteractive \
      apt-get install -y -q --no-install-recommends "$@" >"$log" 2>&1; then
    tail -n 15 "$log" >&2
    die "apt-get could not install: $* (whole log: $log). Mend that, then start again: what is there stays"
  fi
  rm -f "$log"
}

# Downloads one pinned wheel (verified by its hash) and unpacks it; a stamp marks a whole unpack.
fetch_wheel() {  # requirement-line destination pattern...
  local requirement=$1 destination=$2; shift 2
  local name=${requirement%% *} stamp scratch
  stamp="$destination/.have-${name//==/-}-$(printf '%s' "$*" | cksum | cut -d' ' -f1)"
  [ -e "$stamp" ] && return 0
  mkdir -p "$destination"
  scratch=$(mktemp -d "$cache/download.XXXXXX")
  say "downloading $name"
  printf '%s\n' "$requirement" >"$scratch/requirement.txt"
  if ! python3 -m pip download --disable-pip-version-check --require-hashes --no-deps \
      --only-binary=:all: --python-version 3.11 --implementation cp --abi cp311 --abi none \
      --platform manylinux_2_28_x86_64 --platform manylinux_2_27_x86_64 --platform manylinux_2_25_x86_64 \
      --platform manylinux_2_17_x86_64 --platform manylinux2014_x86_64 \
      --platform manylinux_2_12_x86_64 --platform manylinux2010_x86_64 \
      $([ -t 1 ] || echo --progress-bar=off) --no-cache-dir \
      -d "$scratch" -r "$scratch/requirement.txt"; then
    rm -rf "$scratch"
    die "could not download the wheel $name, or its hash did not match. Nothing was changed:
  check the network (or pip's own settings: pip config list), then start again"
  fi
  say "unpacking $name into $destination"
  if ! unzip -q -o "$scratch"/*.whl "$@" -d "$destination"; then
    rm -rf "$scratch"
    die "could not unpack $name into $destination: is the disk full? Mend that, then start again"
  fi
  rm -rf "$scratch"
  touch "$stamp"
}

fetch_libtorch() {
  local line group=''
  local torch="$cache/libtorch-2.11.0"
  while read -r line; do
    case $line in '# group: '*) group=${line#\# group: }; continue ;; '#'*|'') continue ;; esac
    [ "$group" = libtorch ] || continue
    case $line in
      torch==*)
        fetch_wheel "$line" "$torch" 'torch/include/*' 'torch/lib/libc10.so' 'torch/lib/libtorch.so' \
          'torch/lib/libtorch_cpu.so' 'torch/lib/libgomp*' 'torch/lib/libtorch_global_deps.so'
        if [ "$want_cuda" = yes ]; then
          fetch_wheel "$line" "$torch" 'torch/lib/libtorch_cuda.so' 'torch/lib/libc10_cuda.so'
        fi ;;
      *) fetch_wheel "$line" "$torch" ;;
    esac
  done <"$root/scripts/wheels.txt"
  say "LibTorch: $torch"
}

fetch_cuda() {
  if command -v nvcc >/dev/null || [ -x /usr/local/cuda/bin/nvcc ]; then
    say "CUDA compiler: already installed"
    return
  fi
  local line group=''
  while read -r line; do
    case $line in '# group: '*) group=${line#\# group: }; continue ;; '#'*|'') continue ;; esac
    case $line in
      nvidia-cublas==*)  # headers only: the library comes with the PyTorch of a machine with a GPU
        fetch_wheel "$line" "$cache/cuda-13.0" 'nvidia/cu13/include/*' ;;
      nvidia-cuda-runtime==*) fetch_wheel "$line" "$cache/cuda-13.0" ;;
      *) if [ "$group" = cuda ]; then fetch_wheel "$line" "$cache/cuda-13.0"; fi ;;
    esac
  done <"$root/scripts/wheels.txt"
  chmod +x "$cache"/cuda-13.0/nvidia/cu13/bin/* "$cache"/cuda-13.0/nvidia/cu13/nvvm/bin/* 2>/dev/null || true
  ln -sfn lib "$cache/cuda-13.0/nvidia/cu13/lib64"
  ln -sfn libcudart.so.13 "$cache/cuda-13.0/nvidia/cu13/lib/libcudart.so"  # what a linker looks for
  say "CUDA compiler: $cache/cuda-13.0/nvidia/cu13/bin/nvcc"
}

command -v dpkg-query >/dev/null ||
  die "this script knows Debian and Ubuntu only; scripts/packages.txt lists what is needed elsewhere"
[ "$(uname -m)" = x86_64 ] ||
  die "only x86_64 is supported (the pinned LibTorch wheel is built for it), this is $(uname -m)"
mkdir -p "$cache"
install_packages
fetch_libtorch
[ "$want_cuda" = yes ] && fetch_cuda
say "done"
