#!/bin/sh
# install-packages.sh STEP...: installs the missing Debian packages of those that cmake/packages.txt names for these
# steps. A package is missing if neither it nor the command that stands for it is there. If none is missing, the script
# touches neither apt nor the network. It is silent on standard output, and needs root or sudo.
set -eu
list=$(dirname "$0")/../cmake/packages.txt

wanted=
for step in "$@"; do
  wanted="$wanted $(awk -v step="$step" '$1 == step && NF == 2 { print $2 }' "$list")"
  for pair in $(awk -v step="$step" '$1 == step && NF == 3 { print $2 "=" $3 }' "$list"); do
    command -v "${pair#*=}" >/dev/null || wanted="$wanted ${pair%%=*}"
  done
done

# dpkg-query fails for names that it does not know; what it does not call installed is missing.
# shellcheck disable=SC2086
installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' $wanted 2>/dev/null | awk '$2 == "installed" { print $1 }' || true)
missing=
for package in $wanted; do
  case "
$installed
" in
    *"
$package
"*) ;;
    *) missing="$missing $package" ;;
  esac
done
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "packages are missing, and neither root nor sudo is available; run as root: apt-get install$missing" >&2
    exit 1
  fi
  as_root="sudo DEBIAN_FRONTEND=noninteractive"
fi

echo "installing${as_root:+ (sudo apt-get)}:$missing" >&2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
# A broken package source of another project must not stop the installation: only the second command decides.
# shellcheck disable=SC2086
if ! { $as_root apt-get update; $as_root apt-get install -y --no-install-recommends $missing; } </dev/null >"$log" 2>&1; then
  cat "$log" >&2
  echo "apt-get failed (see its output above); fix that, or install by hand:$missing" >&2
  exit 1
fi
