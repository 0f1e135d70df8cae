#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Publishes the releases of the demo: tests/e2e/demo/releases.sh WORK SHARE
#
# Release 1 has a million digests, release 2 also SHARE/samples. Both are signed by the development key and published in
# a log of their own (WORK), whose checkpoint a witness cosigns. SHARE gets log/, tables.policy, and tampered/, which is
# release 2 with another byte in its body.
set -euo pipefail

work=$1 share=$2
top=$(cd "$(dirname "$0")/../../.." && pwd)
sigtool=$top/build/gotthard-sigtool region=$top/build/gotthard-region
key=$top/packaging/development-key

# release VERSION LIST [BUILD-OPTION...]
release() {
	local version=$1 list=$2
	shift 2
	"$sigtool" build -o "$work/release-$version" --name demo --version "$version" --class malicious --key "$key/key.pem" \
		--cert "$key/certificate.pem" "$@" "$list"
	"$region" publish "$work/log" "$work/release-$version" --key "$work/log.key"
}

rm -rf "$work"
mkdir -p "$work"
"$region" log-key demo.example.org/releases "$work/log.key"
"$region" log-key --witness witness.example.net "$work/witness.key"
printf 'log %s\nwitness one %s\nquorum one\n' "$(<"$work/log.key.pub")" "$(<"$work/witness.key.pub")" >"$share/tables.policy"

"$region" publish "$work/log" --init --key "$work/log.key"
"$sigtool" generate -o "$work/list" --count 1000000 --seed 1
release 1 "$work/list"
(cd "$share" && find samples -type f -exec sha256sum {} +) >>"$work/list"
release 2 "$work/list" --prev "$work/log/releases/demo/1/manifest"
"$region" witness --log "$work/log" --log-key "$work/log.key.pub" --state "$work/witness" --key "$work/witness.key" --first \
	-o "$work/cosignature"
"$region" cosign "$work/log" "$work/cosignature" --policy "$share/tables.policy"

cp -r "$work/log" "$share/log"
cp -r "$work/log/releases/demo/2" "$share/tampered"
at=$(($(stat -c %s "$share/tampered/body") / 2))
byte=$(od -An -tu1 -j $at -N 1 "$share/tampered/body")
# shellcheck disable=SC2059 # the format is the byte
printf "\\x$(printf %x $((byte ^ 1)))" | dd of="$share/tampered/body" bs=1 seek=$at conv=notrunc status=none
