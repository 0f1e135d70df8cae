#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Sizes in what commands print: in units, exact with --bytes, and always exact in JSON. Prints TAP.
set -uo pipefail
export LC_ALL=C

top=$(cd "$(dirname "$0")/../.." && pwd)
PATH=$top/build:$PATH
for program in gotthardctl gotthard-region; do
	[[ -x $top/build/$program ]] || {
		echo "Bail out! $program is not there: build it"
		exit 1
	}
done
for tool in jq sqlite3; do
	command -v "$tool" >/dev/null || { echo "1..0 # SKIP $tool is missing" && exit 0; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

# shellcheck source=tests/unit/tap.bash
. "$top/tests/unit/tap.bash"
# shellcheck source=tests/unit/preload/module.bash
. "$top/tests/unit/preload/module.bash"
tap_logs=(out)

# prints LINE COMMAND...: this whole line, among others
prints() {
	local line=$1
	shift
	"$@" >out && grep -qxF -- "$line" out
}
# counts FILTER NUMBER COMMAND...: in JSON
counts() {
	local filter=$1 number=$2
	shift 2
	"$@" >out && [[ $(jq "$filter" out) == "$number" ]]
}

table() { FAKE_BYTES=$bytes with_module gotthardctl table info "$@"; }
bytes=999
ok "a table of less than 1 KiB has no unit" prints "memory      999 bytes (999.00 bytes an entry)" table
bytes=1610612736
ok "a table has units" prints "memory      1.5 GiB (1610612736.00 bytes an entry)" table
ok "with --bytes it has none" prints "memory      1610612736 bytes (1610612736.00 bytes an entry)" table --bytes
ok "JSON has bytes" counts .bytes 1610612736 table --json
ok "with --bytes too" counts .bytes 1610612736 table --json --bytes

report() { gotthard-region report r "$@"; }
gotthard-region init r --region ch-1 --country CH --url https://localhost:8443 --serves AT >init.log
ok "a region that keeps nothing keeps 0 bytes" prints "kept         0 files, at most 0 bytes" report
# Two that are kept, and one that was deleted
sqlite3 r/state.db "INSERT INTO submission (id, endpoint, note, digest, size, cipher_size, cipher_digest, status, created,
	delete_by, deletion) VALUES ('a', 'host-1', '', x'00', 1, 1048576, x'00', 0, 0, 4000000000, NULL),
	('b', 'host-1', '', x'00', 1, 524289, x'00', 0, 0, 4000000000, NULL),
	('c', 'host-1', '', x'00', 1, 7777777, x'00', 3, 0, 4000000000, 'deleted');"
ok "a report has units" prints "kept         2 files, at most 1.5 MiB" report
ok "with --bytes it has none" prints "kept         2 files, at most 1572865 bytes" report --bytes
ok "JSON has bytes" counts .kept.bytes 1572865 report --json
plan
