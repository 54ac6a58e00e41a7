#!/bin/bash
# test.sh [CTEST-ARGUMENT...]: installs the missing packages that the tests need, then
#   1. builds the preset asan-ubsan (clang), runs its unit, golden, corpus and fuzz-corpus tests, and lets each libFuzzer
#      target run for a moment,
#   2. builds the rooms that have threads with the preset tsan, and runs their unit and stress tests,
#   3. builds the preset dev (warnings are errors) and runs every test, so the last lines are ctest's summary.
# Arguments go to ctest, and select step 3 alone: ./test.sh -R unit.tcp
# The live and system tests make network namespaces and boot a container, so they need root or sudo. Nothing is skipped.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"
exec </dev/null

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "test.sh: the live and system tests need root or sudo" >&2; exit 1; }
  as_root=(sudo)
  echo "running ctest by sudo: the live and system tests make network namespaces" >&2
fi

packaging/install-packages.sh build test
tests/live/senders/prepare.sh build/senders
jobs=$(nproc)

if [ $# -eq 0 ]; then
  packaging/build.sh asan-ubsan
  "${as_root[@]}" ctest --preset asan-ubsan -L '^(unit|golden|fuzz|corpus)$' -j "$jobs" --no-tests=error

  fuzzers=(tests/fuzz/*.cmake)
  fuzzers=("${fuzzers[@]##*/}")
  fuzzers=("${fuzzers[@]%.cmake}")
  # A smoke test with a repeatable outcome: it always starts from the seeds of the repository, with one random seed.
  # What libFuzzer finds goes to the first folder. One target runs on each processor.
  fuzz_a_moment() {
    local name=$1 out=build/asan-ubsan/fuzz
    rm -rf "$out/found/$name"
    mkdir -p "$out/found/$name"
    echo "fuzz_$name"
    "build/asan-ubsan/tests/fuzz/fuzz_$name" -seed=1 -runs=20000 -max_total_time=15 -artifact_prefix="$out/" \
      "$out/found/$name" "tests/fuzz/corpus/$name" >"$out/$name.log" 2>&1 || { cat "$out/$name.log"; return 1; }
  }
  export -f fuzz_a_moment
  printf '%s\0' "${fuzzers[@]}" | xargs -0 -n 1 -P "$jobs" bash -c 'fuzz_a_moment "$1"' fuzz

  threaded=(queue pipeline sink app)
  packaging/build.sh tsan "${threaded[@]/#/unit_}"
  for room in "${threaded[@]}"; do
    TSAN_OPTIONS=halt_on_error=1 "build/tsan/tests/unit/$room/unit_$room" --gtest_brief=1
  done
fi

packaging/build.sh dev
"${as_root[@]}" ctest --preset dev -j "$jobs" --no-tests=error "$@"
