#!/usr/bin/env bash
# Fuzzes the reader of sweep files with libFuzzer and the address sanitizer. Not part of the default build.
#   tests/fuzz/fuzz.sh [SECONDS]     60 where not given; the corpus grows in build/fuzz/corpus
# Needs Debian's clang-19 and libclang-rt-19-dev. Ends with status 1 and the offending file's name on a finding.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-60}
compiler=${CXX:-clang++-19}
if ! command -v "$compiler" >/dev/null; then
  echo "fuzz: $compiler is not installed (apt-get install clang-19 libclang-rt-19-dev)" >&2
  exit 2
fi
generated=$(ls -d build/*/generated 2>/dev/null | head -n 1)
[ -n "$generated" ] || { echo "fuzz: configure a build first (cmake --preset release)" >&2; exit 2; }

mkdir -p build/fuzz/corpus build/fuzz/objects
flags="-std=c++20 -O1 -g1 -I. -I$generated -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined"
sources="tests/fuzz/spec_fuzz.cpp common/assert.cpp common/hash.cpp common/ids.cpp common/text.cpp common/utf8.cpp
  $(ls common/yaml/*.cpp common/spec/*.cpp tasks/catalog/*.cpp tasks/catalog/models/*.cpp tasks/catalog/tasks/*.cpp)
  $(find build -path '*tasks/catalog*' -name 'paper_tables_csv.cpp' | head -n 1)"
objects=
for source in $sources; do
  case $source in common/spec/plan*|common/spec/schema.cpp) continue ;; esac
  object=build/fuzz/objects/$(echo "$source" | tr '/' '_').o
  if [ "$source" -nt "$object" ]; then
    echo "fuzz: compiling $source"
    $compiler $flags -c "$source" -o "$object"
  fi
  objects="$objects $object"
done
$compiler -fsanitize=fuzzer,address,undefined $objects -lfmt -lsodium -lyaml-cpp -lmuparser -o build/fuzz/spec_fuzz
build/fuzz/spec_fuzz -max_total_time="$seconds" -max_len=4096 -timeout=10 -rss_limit_mb=2048 \
  -dict=tests/fuzz/spec.dict -artifact_prefix=build/fuzz/ build/fuzz/corpus tests/fuzz/seeds
