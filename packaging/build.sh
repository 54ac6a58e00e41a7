#!/bin/sh
# build.sh PRESET [TARGET...]: configures build/PRESET once (ninja repeats that when a CMake file changed) and builds
# the targets. It is silent when there is nothing to do, and shows the whole log when something fails.
set -eu
cd "$(dirname "$0")/.."
preset=$1
shift
mkdir -p "build/$preset"
log=build/$preset/build.log

# Two callers at the same time take turns; the lock ends with this shell.
exec 9>"build/$preset/.lock"
flock 9

# A tree that was moved or copied cannot keep its cache, because CMake refuses it. Neither can a tree whose preset
# changed, because ninja would not look at the preset again.
configured() {
  [ -f "build/$preset/build.ninja" ] && grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$PWD" "build/$preset/CMakeCache.txt" &&
    cmp -s CMakePresets.json "build/$preset/presets.json"
}

if ! configured; then
  rm -f "build/$preset/CMakeCache.txt"
  if command -v ccache >/dev/null; then
    export CMAKE_CXX_COMPILER_LAUNCHER=ccache
  fi
  echo "building build/$preset; the first time takes some minutes"
  cmake --preset "$preset" >"$log" 2>&1 || { cat "$log"; exit 1; }
  cp CMakePresets.json "build/$preset/presets.json"
fi
ninja -C "build/$preset" -j "$(nproc)" "$@" >"$log" 2>&1 9>&- || { cat "$log"; exit 1; }
