#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What gotthardctl explain says of files that the scope leaves out. Prints TAP.
set -uo pipefail
export LC_ALL=C

top=$(cd "$(dirname "$0")/../.." && pwd)
PATH=$top/build:$PATH
[[ -x $top/build/gotthardctl ]] || {
	echo "Bail out! gotthardctl is not there: build it"
	exit 1
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

# shellcheck source=tests/unit/tap.bash
. "$top/tests/unit/tap.bash"
# shellcheck source=tests/unit/preload/module.bash
. "$top/tests/unit/preload/module.bash"
tap_logs=(out err)

# says CLASS TEXT [OPTION...]: of a file that the scope leaves out
says() {
	FAKE_SCOPE=$1 with_module gotthardctl explain "${@:3}" file >out 2>err || return
	grep -qF -- "$2" out
}
: >file
ok listed_file_outside_the_scope says 3 'open allowed, because it is listed as malicious; policy/open_scope leaves it out'
ok its_class_is_shown says 3 'class     malicious, from the table'
ok its_digest_is_shown says 3 'digest    ab00000000'
ok suspicious_file_outside_the_scope says 2 'it is listed as suspicious; policy/open_scope leaves it out'
ok trusted_file_outside_the_scope says 1 'it is listed as trusted; policy/open_scope leaves it out'
ok unknown_file_outside_the_scope says 0 'open allowed, because policy/open_scope leaves this file out'
ok json_has_the_reason says 3 '"reason": "scope"' --json
ok json_has_the_class says 3 '"class": "malicious"' --json
ok json_has_the_source says 3 '"source": "table"' --json
ok exec_has_no_scope says 0 'exec allowed' --op=exec

plan
