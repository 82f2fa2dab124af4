#!/usr/bin/env bash
# From a fresh clone to a table: installs what is missing, builds, trains a small sweep on this machine, prints its
# table and leaves the page running until Ctrl-C. Safe to run again; a second start needs no network.
# Arguments go to `scanyard demo` (build/release/bin/scanyard demo --help lists them).
set -euo pipefail
cd "$(dirname "$0")/.."
say() { printf 'demo: %s\n' "$*"; }

bash scripts/setup.sh
log=$(mktemp)
trap 'rm -f "$log"' EXIT
say "configuring build/release"
cmake --preset release >"$log" 2>&1 || { tail -n 20 "$log"; exit 1; }
grep -E 'GPU plugin' "$log" || true
say "building scanyard, scanyard-worker and scanyard-train (the first time takes some 10 minutes on 2 cores)"
cmake --build build/release -j"${SCANYARD_JOBS:-2}" --target scanyard scanyard-worker scanyard-train
rm -f "$log"
say "starting: build/release/bin/scanyard demo $*"
exec build/release/bin/scanyard demo "$@"
