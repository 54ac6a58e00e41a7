#!/bin/bash
# minimal_root.sh FOLDER: makes a minimal Debian 12 with systemd in FOLDER (about 250 MB), unless it is there. Needs root.
set -euo pipefail
root=$1
[ ! -e "$root" ] || exit 0
# shellcheck disable=SC2016
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Codename: bookworm' | head -n 1)
rm -rf --one-file-system "$root.partial"
mkdir -p "$root.partial"
debootstrap --variant=minbase --include=dbus,netcat-openbsd,systemd-sysv bookworm "$root.partial" "$mirror" >"$root.log" 2>&1 ||
  { tail -n 20 "$root.log" >&2; exit 1; }
mv "$root.partial" "$root"
