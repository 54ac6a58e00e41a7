#!/bin/bash
# minimal_root.sh FOLDER: makes a minimal Debian 12 with systemd, rsyslog and the programs that send log lines in the tests
# in FOLDER (about 290 MB), unless it is there. FOLDER.packages says what it was made of. Needs root.
set -euo pipefail
root=$1
packages=dbus,netcat-openbsd,python3,rsyslog,systemd-sysv
[ ! -e "$root" ] || [ "$(cat "$root.packages" 2>/dev/null)" != "$packages" ] || exit 0
# shellcheck disable=SC2016
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Codename: bookworm' | head -n 1)
rm -rf --one-file-system "$root" "$root.partial"
mkdir -p "$root.partial"
debootstrap --variant=minbase --include="$packages" bookworm "$root.partial" "$mirror" >"$root.log" 2>&1 ||
  { tail -n 20 "$root.log" >&2; exit 1; }
echo "$packages" >"$root.packages"
mv "$root.partial" "$root"
