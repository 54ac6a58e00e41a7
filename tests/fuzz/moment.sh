#!/bin/sh
# moment.sh FUZZER CORPUS FOUND: lets a libFuzzer target run for a moment. It always starts from the seeds of CORPUS, with
# one random seed, so that the outcome repeats. What it finds goes to the folder FOUND, which is made anew.
set -eu
rm -rf "$3"
mkdir -p "$3"
exec "$1" -seed=1 -runs=20000 -max_total_time=15 -artifact_prefix="$3-" "$3" "$2"
