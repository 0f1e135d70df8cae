#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Tests what gotthardctl status prints of a machine, and its exit status: 0 healthy, 1 warning, 2 failed, 3 unknown.
# Prints TAP.

# shellcheck source=tests/unit/work.bash
. "$(dirname "$0")/work.bash" gotthardctl python3
# shellcheck source=tests/unit/preload/module.bash
. "$top/tests/unit/preload/module.bash"
cp "$top/build/gotthardctl" .
export GTH_CONTROL=$work/none
# A user may look too.
chmod -R a+rX "$work"

run() { # STATUS COMMAND...: keeps what it prints
	local status=0
	with_module "${@:2}" >out 2>err || status=$?
	[[ $status == "$1" ]] || { echo "exit status $status, not $1" && false; }
}
# is STATUS WORD [TEXT]: status ends with it, its last line is the word, and a line has the text
is() {
	run "$1" ./gotthardctl status && [[ $(tail -n 1 out) == "$2" ]] && grep -qF -- "${3-}" out && in_json "$1" "$2"
}
in_json() {
	run "$1" ./gotthardctl status --json && python3 - "$2" <<'END'
import json, sys
v = json.load(open('out'))
healthy = {'healthy': True, 'unknown': None}.get(sys.argv[1], False)
sys.exit(0 if v['state'] == sys.argv[1] and v['healthy'] is healthy and bool(v['problems']) != (healthy is True) else repr(v))
END
}

echo "quiet root=/dev/vda1" >"$fake/cmdline"
echo 8 >"$fake/health/hooks"
echo present >"$fake/health/daemon"
echo sha256-ni >"$fake/health/hash_driver"
echo ok >"$fake/health/table"
echo 3 >"$fake/stats/checks_open"
# The counter does not move: nothing is healthy here, which kselftests see.
ok hooks_that_do_not_see_an_open_have_failed is 2 failed 'an open did not reach them'
echo 0 >"$fake/health/hooks"
ok no_hooks_is_a_warning is 1 warning 'the hooks are not attached: start gotthardd'
echo off >"$fake/policy/mode"
ok mode_off_is_a_warning is 1 warning 'policy/mode is off'
echo monitor >"$fake/policy/mode"
echo absent >"$fake/health/daemon"
ok no_daemon_has_failed is 2 failed 'gotthardd is not running'
echo present >"$fake/health/daemon"
echo "-5 sha256" >"$fake/health/last_error"
error_is_text() { run 1 ./gotthardctl status && grep -qx 'last error  Input/output error sha256' out; }
ok last_error_is_text error_is_text

table() { # SIGNER: the table's
	echo 7 >"$fake/table/version"
	echo "$1" >"$fake/table/signer"
	run 1 ./gotthardctl status
}
key='Tables of example.org: 00ff'
echo "$key" >"$fake/health/signing_keys"
table none
ok a_table_that_is_not_signed_is_shown grep -qx 'signed by   none (NOT SIGNED)' out
ok and_is_a_fault grep -q 'the table is not signed, so anybody may have made it' out
table "$key"
ok its_key_is_named grep -qx "signed by   $key" out
ok so_are_the_keys grep -qF "; $key" out
ok a_key_of_its_own_is_no_fault eval '! grep -q "development key\|table is not signed" out'
development='Gotthard development key, for tests only: 46bf'
printf '%s\n%s\n' "$key" "$development" >"$fake/health/signing_keys"
table "$key"
ok a_key_beside_it_is_no_fault eval '! grep -q "signed by the development key" out'
table "$development"
ok the_development_key_is_a_fault grep -q 'signed by the development key' out

chmod 0 "$fake/health/last_error"
if [[ $(id -u) == 0 ]] && command -v setpriv >/dev/null; then
	as_user() {
		run 3 setpriv --reuid 65534 --regid 65534 --clear-groups ./gotthardctl status &&
			[[ $(tail -n 1 out) == unknown ]] && grep -q 'unknown (needs root)' out
	}
	ok a_user_is_told_that_it_needs_root as_user
fi
chmod 600 "$fake/health/last_error"

mv "$fake/policy" policy
ok no_module_is_a_warning is 1 warning 'the module is not loaded: modprobe gotthard'
echo "quiet gotthard=off root=/dev/vda1" >"$fake/cmdline"
ok off_on_the_command_line_is_said_without_the_module is 1 warning 'gotthard=off on the kernel command line would switch it off'
mkdir "$fake/module"
ok off_on_the_command_line_is_said is 1 warning 'switched off by gotthard=off on the kernel command line'
echo "quiet gotthard=offline" >"$fake/cmdline"
ok off_by_the_parameter_is_said is 1 warning "switched off by the module's parameter off=1"

plan
