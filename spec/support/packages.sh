#!/bin/sh
# Installs those of the named Debian packages that are missing, without starting any service they bring.
set -eu

missing=
for package; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null; then
  echo "These Debian packages, or what your system calls them, are missing:$missing" >&2
  exit 1
fi
as_root=
[ "$(id -u)" = 0 ] || as_root=sudo

# A policy-rc.d that says no keeps new services from starting; one that is there already is left alone.
policy=/usr/sbin/policy-rc.d
made=
cleanup() { [ -z "$made" ] || $as_root rm -f "$policy"; }
trap cleanup EXIT INT TERM
if [ ! -e "$policy" ]; then
  made=1
  printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null
  $as_root chmod 755 "$policy"
fi

echo "Installing Debian packages:$missing"
$as_root apt-get update -qq
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
