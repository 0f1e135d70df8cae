#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Tests gotthardctl explain on files that the scope leaves out. Prints TAP.

# shellcheck source=tests/unit/work.bash
. "$(dirname "$0")/work.bash" gotthardctl
# shellcheck source=tests/unit/preload/module.bash
. "$top/tests/unit/preload/module.bash"

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
table() { # SIGNER VERSION: of the table in force
	echo "$1" >"$fake/table/signer"
	echo "$2" >"$fake/table/version"
}
# shown TEXT [OPTION...]: the line, or the member, is there
shown() {
	with_module gotthardctl explain "${@:2}" file >out 2>err && grep -qE -- "^ *$1,?$" out
}
echo fake >"$fake/table/source"
table 'Tables of example.org: 00ff' 7
ok key_of_the_table_is_named shown 'table     fake version 7, signed by Tables of example.org: 00ff'
ok json_has_the_key shown '"table_signer": "Tables of example.org: 00ff"' --json
ok json_has_that_it_is_signed shown '"table_signed": true' --json
table none 7
ok table_that_is_not_signed_is_shown shown 'table     fake version 7, NOT SIGNED'
ok json_has_that_it_is_not_signed shown '"table_signed": false' --json
ok json_has_no_key_then shown '"table_signer": null' --json
table 'Tables of example.org: 00ff' 8
ok key_of_another_table_is_not_shown shown 'table     fake version 7'
ok json_has_nothing_of_another_table eval 'with_module gotthardctl explain --json file >out && ! grep table_sign out'
ok exec_has_no_scope says 0 'exec allowed' --op=exec

plan
