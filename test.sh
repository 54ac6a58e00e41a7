#!/bin/bash
# test.sh [CTEST-ARGUMENT...]: installs what the tests need and is missing, then
#   1. builds the preset asan-ubsan and runs its unit, golden, corpus and fuzz-corpus tests,
#   2. builds the libFuzzer targets with clang and lets each run for a moment,
#   3. builds the rooms that have threads with the preset tsan, and runs their unit and stress tests,
#   4. builds the preset dev (warnings are errors) and runs every test, so that the last lines are ctest's summary.
# Arguments go to ctest and ask for step 4 alone: ./test.sh -R unit.tcp
# The live and system tests make network namespaces and boot a container: they need root or sudo. Nothing is skipped.
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
  packaging/build.sh fuzz "${fuzzers[@]/#/fuzz_}"
  for name in "${fuzzers[@]}"; do
    # Always from the seeds of the repository and with one random seed: a smoke test, whose outcome repeats. What libFuzzer
    # finds goes to the first folder.
    rm -rf "build/fuzz/found/$name"
    mkdir -p "build/fuzz/found/$name"
    echo "fuzz_$name"
    "build/fuzz/tests/fuzz/fuzz_$name" -seed=1 -runs=20000 -max_total_time=15 -artifact_prefix=build/fuzz/ \
      "build/fuzz/found/$name" "tests/fuzz/corpus/$name" >"build/fuzz/$name.log" 2>&1 || { cat "build/fuzz/$name.log"; exit 1; }
  done

  threaded=(queue pipeline sink app)
  packaging/build.sh tsan "${threaded[@]/#/unit_}"
  for room in "${threaded[@]}"; do
    TSAN_OPTIONS=halt_on_error=1 "build/tsan/tests/unit/$room/unit_$room" --gtest_brief=1
  done
fi

packaging/build.sh dev
"${as_root[@]}" ctest --preset dev -j "$jobs" --no-tests=error "$@"
