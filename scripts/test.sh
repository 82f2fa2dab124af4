#!/usr/bin/env bash
# Installs what is missing, builds, and runs the tests.
#   scripts/test.sh           the ci tier: quick and ci tests of a release build, and of the sanitized core (20 minutes)
#   scripts/test.sh --quick   the quick tests of a release build (2 minutes)
#   scripts/test.sh --long    everything: soak, chaos, many seeds
set -euo pipefail
cd "$(dirname "$0")/.."
tier=ci
case ${1:-} in
  '') ;;
  --quick) tier=quick ;;
  --long) tier=long ;;
  -h|--help) sed -n '2,5s/^# \{0,1\}//p' "$0"; exit 0 ;;
  *) echo "test: unknown argument '$1'; see scripts/test.sh --help" >&2; exit 2 ;;
esac
say() { printf 'test: %s\n' "$*"; }

bash scripts/setup.sh --test
jobs=${SCANYARD_JOBS:-2}

say "building (release)"
cmake --preset release >build-release.log 2>&1 || { tail -n 20 build-release.log; exit 1; }
rm -f build-release.log
cmake --build build/release -j"$jobs"
case $tier in
  quick) labels='^quick$' ;;
  ci) labels='^(quick|ci)$' ;;
  long) labels='^(quick|ci|long)$' ;;
esac
say "tests of the release build ($tier)"
ctest --test-dir build/release -L "$labels" --output-on-failure --no-tests=error

# What handles bytes from outside, threads and processes is tested a second time under sanitizers.
if [ "$tier" != quick ]; then
  sanitized=(test_common test_protocol test_net test_store test_coordinator_core test_coordinator_service
             test_simulation test_worker_core test_worker_agent)
  say "building (address and undefined-behaviour sanitizers: coordinator, network, agent with a fake trainer)"
  cmake --preset asan >/dev/null
  cmake --build build/asan -j"$jobs" --target "${sanitized[@]}"
  say "tests of the sanitized build"
  ctest --test-dir build/asan -L "$labels" -R "^($(IFS='|'; echo "${sanitized[*]}"))\." --output-on-failure \
    --no-tests=error
fi
