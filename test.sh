#!/bin/bash
# test.sh [CTEST-ARGUMENT...]: installs the missing packages that the tests need, then
#   1. builds the preset asan-ubsan (clang), runs clang-tidy, then its unit, golden, corpus and fuzz-corpus tests, and lets
#      each libFuzzer target run for a moment,
#   2. builds the rooms that have threads with the preset tsan, and runs their unit and stress tests,
#   3. builds the preset dev (warnings are errors) and runs every test, so the last lines are ctest's summary.
# A test that passed before, and depends on nothing that changed since, does not run again (tests/changed.py), except with
# LOGSNIFFD_TEST_ALL=1. Arguments go to ctest, and select step 3 alone: ./test.sh -R unit.tcp
# The live and system tests make network namespaces and boot a container, so they need root or sudo. Nothing is skipped.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"
exec </dev/null

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "test.sh: the live and system tests need root or sudo" >&2; exit 1; }
  as_root=(sudo --preserve-env=CI,LOGSNIFFD_TEST_ALL)
  echo "running ctest by sudo: the live and system tests make network namespaces" >&2
fi

packaging/install-packages.sh build package test
tests/live/senders/prepare.sh build/senders
jobs=$((2 * $(nproc)))  # a test that computes counts as two: tests/CMakeLists.txt

if [ $# -gt 0 ]; then
  packaging/build.sh dev
  exec "${as_root[@]}" ctest --preset dev -j "$jobs" --no-tests=error "$@"
fi

packaging/build.sh asan-ubsan
tests/structure/tidy.py build/asan-ubsan
"${as_root[@]}" tests/changed.py asan-ubsan -L '^(unit|golden|fuzz|corpus)$' -j "$jobs" --no-tests=error
packaging/build.sh tsan unit_threaded
"${as_root[@]}" tests/changed.py tsan -L '^threads$' -j "$jobs" --no-tests=error
packaging/build.sh dev
"${as_root[@]}" tests/changed.py dev -j "$jobs" --no-tests=error
