#!/usr/bin/env bash
# Feeds hostile bytes to every decoder for SECONDS (60): tests/fuzz/fuzz_bytes.sh [SECONDS]
# Needs clang-19 and libclang-rt-19-dev. Not part of the default build. New inputs are kept in build/fuzz/corpus_bytes.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-60}
compiler=$(command -v clang++-19 || true)
[ -n "$compiler" ] || { echo "fuzz_bytes: install clang-19 and libclang-rt-19-dev"; exit 1; }
mkdir -p build/fuzz/corpus_bytes
# shellcheck disable=SC2046
"$compiler" -std=c++20 -O1 -g1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined -I. \
  -DFMT_HEADER_ONLY tests/fuzz/bytes_fuzz.cpp common/protocol/{cbor_reader,cbor_writer,codec,header,texts}.cpp \
  common/trainer_lines/{fields,lines}.cpp common/{assert,hash,ids,records,utf8}.cpp \
  worker/agent/outbox_format.cpp -lsodium -o build/fuzz/bytes_fuzz
build/fuzz/bytes_fuzz -max_total_time="$seconds" -max_len=4096 -print_final_stats=1 build/fuzz/corpus_bytes
