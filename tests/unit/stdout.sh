#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Every command that prints says so and fails when what it prints cannot be written; and what is printed to a closed
# descriptor never goes into a file that was opened later. Prints TAP.

# shellcheck source=tests/unit/work.bash
. "$(dirname "$0")/work.bash" gotthardctl gotthard-sigtool gotthard-region gotthardd sqlite3 python3
store=
at_end() { [[ -z $store ]] || kill "$store" 2>/dev/null; }
journal=$top/build/tests/unit/programs/journal
build_unit programs/journal
# shellcheck source=tests/unit/preload/module.bash
. "$top/tests/unit/preload/module.bash"
is() { [[ $1 == "$2" ]] || { echo "got '$1', wanted '$2'" && false; }; }

### what the commands need
digest=275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f
echo $digest >list
gotthard-sigtool build -o db malicious:list >/dev/null
"$journal" make journal 3 >/dev/null
gotthard-region init region --region ch-1 --country CH --url https://localhost:8443 --serves CH || exit 1
mkdir state
printf '[endpoint]\nstate = %s\n' "$work/state" >conf
sqlite3 state/store.db "
	CREATE TABLE submission (digest BLOB PRIMARY KEY, id TEXT, state INT, class INT, size INT, type TEXT, path BLOB,
		cipher_size INT, offset INT, reason INT, waits INT, detail TEXT, finding INT, created INT, changed INT);
	INSERT INTO submission VALUES (x'$digest', 'an-id', 0, 1, 2, 'text/plain', '/tmp/x', 0, 0, 0, 0, '', 0, 1, 1);
	CREATE TABLE verdict (digest BLOB PRIMARY KEY, note TEXT, finding INT, name TEXT, engine TEXT, issued INT, expires INT);
	INSERT INTO verdict VALUES (x'$digest', '', 1, 'Eicar', 'clamd', 1, 2);
	CREATE TABLE proof (id TEXT, kind INT, note TEXT);"
python3 - control <<'END' &
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
s.bind(sys.argv[1])
s.listen(16)
while True:
    c, _ = s.accept()
    c.recv(256)
    c.send(b'{"ok": true, "body": "{}", "journal": "ok", "database": "ok"}')
    c.close()
END
store=$!
until [[ -S control ]]; do sleep 0.05; done
export GTH_CONTROL=$work/control

### the commands
# fails STATUS COMMAND...: ended with it, and says what is wrong in one line more than it says else
fails() {
	local wanted=$1 status=$2
	is "$status" "$wanted" && grep -q 'standard output: .' err && is "$(grep -c . err)" $(($(grep -c . before) + 1))
}
# fails_full STATUS COMMAND...
fails_full() {
	local status=0
	with_module "${@:2}" >/dev/full 2>err || status=$?
	fails "$1" $status
}
fails_closed() {
	local status=0
	with_module "${@:2}" >&- 2>err || status=$?
	fails "$1" $status
}
own=0 # the exit status of a command that prints
succeeds() {
	local status=0
	with_module "$@" >out 2>before || status=$?
	is $status $own && [[ -s out ]]
}
# prints STATUS NAME COMMAND...: succeeds, and prints something; STATUS is its own if that cannot be written
prints() {
	local status=$1 name=$2
	shift 2
	tap_logs=(out before err)
	ok "$name" succeeds "$@"
	ok "${name}_to_a_full_disk_fails" fails_full "$status" "$@"
	ok "${name}_to_a_closed_descriptor_fails" fails_closed "$status" "$@"
}

for program in gotthardctl gotthard-sigtool gotthard-region gotthardd; do
	status=1
	[[ $program != gotthard-sigtool ]] || status=3
	prints $status ${program}_help $program --help
	prints $status ${program}_version $program --version
done
prints 1 gotthardd_usage gotthardd --usage
for command in status policy table explain verdict submissions statistics stats egress; do
	prints 1 ctl_${command}_help gotthardctl $command --help
done
for command in build info sign verify lookup diff apply generate; do
	prints 3 sigtool_${command}_help gotthard-sigtool $command --help
done
for command in init enrol remove serve report backup restore clock statement; do
	prints 1 region_${command}_help gotthard-region $command --help
done

# There are no hooks here.
own=1
prints 1 ctl_status gotthardctl status
prints 1 ctl_status_json gotthardctl status --json
own=0
while read -r command; do
	for json in '' ' --json'; do
		# shellcheck disable=SC2086 # words
		prints 1 "ctl_${command// /_}$json" gotthardctl $command$json
	done
done <<END
policy show
policy get mode
table info
table load db
table drop
explain list
verdict list --config=conf
submissions list --config=conf
submissions show an-id --config=conf
statistics preview
stats
egress list --directory=journal
egress show 1 --directory=journal
egress verify --directory=journal
END
prints 1 ctl_verdict_set gotthardctl verdict set --json malicious $digest
prints 1 ctl_verdict_forget gotthardctl verdict forget --json $digest
prints 1 ctl_submissions_retry gotthardctl submissions retry --json all
prints 1 ctl_submissions_drop gotthardctl submissions drop --json an-id
prints 3 sigtool_sign gotthard-sigtool sign db --key "$top/packaging/development-key/key.pem" \
	--cert "$top/packaging/development-key/certificate.pem"
for json in '' --json; do
	prints 3 sigtool_build$json gotthard-sigtool build $json -o db malicious:list
	prints 3 sigtool_info$json gotthard-sigtool info $json db
	prints 3 sigtool_verify$json gotthard-sigtool verify $json db
	prints 3 sigtool_lookup$json gotthard-sigtool lookup $json db $digest
	prints 3 sigtool_diff$json gotthard-sigtool diff $json db db
	prints 3 sigtool_apply$json gotthard-sigtool apply $json -o made "$top/tests/vectors/small" "$top/tests/vectors/delta"
	prints 1 region_report$json gotthard-region report $json region
done
prints 1 region_clock gotthard-region clock region
export_to_nowhere() {
	local status=0
	rm -rf copy
	gotthardctl egress export --directory=journal copy "$2" >"$1" 2>err || status=$?
	is $status 1 && grep -q 'standard output: .' err
}
ok ctl_egress_export_to_a_full_disk_fails export_to_nowhere /dev/full --progress
ok ctl_egress_export_in_json_to_a_full_disk_fails export_to_nowhere /dev/full --json
generate() {
	local status=0
	gotthard-sigtool generate -o - --count "$1" 2>err || status=$?
	is $status 3 && is "$(grep -c . err)" 1
}
ok sigtool_generate_to_a_full_disk_fails eval 'generate 100000 >/dev/full'
ok sigtool_generate_to_a_closed_descriptor_fails eval 'generate 10 >&-'

# A failure that is known already keeps its exit status.
keeps() { # STATUS COMMAND...
	local status=0
	with_module "${@:2}" >/dev/full 2>err || status=$?
	is $status "$1"
}
ok wrong_usage_stays_wrong_usage keeps 64 gotthardctl table frobnicate
ok bad_input_stays_bad_input keeps 1 gotthard-sigtool verify --json "$top/tests/vectors/bad/class"

### nothing printed, nothing lost
silent() { # COMMAND...
	with_module "$@" >/dev/full 2>err && with_module "$@" >&- 2>err && is "$(grep -c . err)" 0
}
ok nothing_printed_to_a_full_disk_is_no_failure silent gotthardctl policy set mode monitor
ok init_prints_nothing silent gotthard-sigtool generate -o numbers --count 1

### descriptors 0 to 2 closed at the start
# stays_free CLOSED COMMAND...: of all that the command opens only what stands in for them is one of these
stays_free() {
	local closed=$1
	shift
	rm -f "$fake/opened"
	with_module bash -c "exec \"\$@\" $closed" bash "$@" 2>err
	# libcap-ng reads a file, and closes it, before main() begins
	[[ -s $fake/opened ]] && ! grep -E '^[012] ' "$fake/opened" | grep -vE ' /dev/null$| /proc/sys/kernel/cap_last_cap$'
}
for program in 'gotthardctl table info' 'gotthardctl policy set mode monitor' 'gotthard-sigtool verify db' \
	'gotthard-region report region' 'gotthardd --check' 'gotthardd --unload' \
	'gotthardd --role=store --config=conf --device=' 'gotthardd --role=courier --config=conf --device=' \
	'gotthardd --role=dialer --config=conf --device='; do
	name=${program//[ -]/_}
	for closed in '<&-' '>&-' '2>&-' '<&- >&- 2>&-'; do
		# shellcheck disable=SC2086 # words
		ok "$name does not open what is closed: $closed" stays_free "$closed" $program
	done
done
writes_no_device() {
	: >"$fake/device"
	with_module gotthardctl table info >&- 2>err
	with_module gotthardctl table info --json <&- >&- 2>&-
	[[ ! -s $fake/device ]]
}
ok table_info_is_not_written_to_the_device writes_no_device
ok closed_input_is_not_the_list_that_was_opened eval '! gotthard-sigtool build -o other malicious:- <&- >/dev/null 2>err'
ok closed_input_is_named grep -q '(stdin): .*Bad file descriptor' err

plan
