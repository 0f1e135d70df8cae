#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Names and reasons from elsewhere reach a terminal only as text, and JSON as what they are. Prints TAP.
# shellcheck disable=SC1003 # backslashes before a quote are what is meant

# shellcheck source=tests/unit/work.bash
. "$(dirname "$0")/work.bash" gotthardctl gotthard-sigtool sqlite3 python3
store=
at_end() { [[ -z $store ]] || kill "$store" 2>/dev/null; }
# shellcheck source=tests/unit/preload/module.bash
. "$top/tests/unit/preload/module.bash"

# a name that clears a screen three ways, begins a line, and has a letter that stays
evil=$'a\e[2J\x9bH\xc2\x9bK\x7f\r\nmalicious\\\xc3\xa4'
shown='a\x1b[2J\x9bH\xc2\x9bK\x7f\r\nmalicious\\'$'\xc3\xa4'
# the same in the middle of a message, which doubles no backslash
said='a\x1b[2J\x9bH\xc2\x9bK\x7f\r\nmalicious\'$'\xc3\xa4'

# clean FILE: nothing in it steers a terminal
clean() {
	python3 - "$1" <<'END'
import sys, unicodedata
text = open(sys.argv[1], 'rb').read().decode()
bad = [c for c in text if unicodedata.category(c) == 'Cc' and c != '\n']
sys.exit(f'{bad} in {text!r}' if bad else 0)
END
}
# shows COMMAND...: on stdout, on a line of the other text; whatever its exit status
shows() {
	with_module "$@" >out 2>err
	clean out && clean err && grep -qF -- "$shown" out
}
says() {
	with_module "$@" >out 2>err
	clean err && grep -qF -- "$said" err
}
# json_has EXPRESSION WANTED COMMAND...
json_has() {
	with_module "${@:3}" --json >out 2>err
	python3 -c 'import json, sys; v = json.load(open("out")); got = eval(sys.argv[1]); sys.exit(0 if got == sys.argv[2] else repr(got))' \
		"$1" "$2"
}
# as JSON has it: both bytes of the C1 letter are valid, the lone 0x9b is not
json=$'a\e[2J\xef\xbf\xbdH\xc2\x9bK\x7f\r\nmalicious\\\xc3\xa4'

digest=275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f
echo $digest >list
: >"$evil"
gotthard-sigtool build -o db malicious:list >/dev/null

ok explain_shows_the_path shows gotthardctl explain "$evil"
ok explain_says_the_path says gotthardctl explain "$evil.not-there"
ok explain_in_json_has_the_path json_has 'v[0]["path"]' "$json" gotthardctl explain "$evil"
ok lookup_shows_the_path shows gotthard-sigtool lookup db "$evil"
ok lookup_says_the_path says gotthard-sigtool lookup db "$evil.not-there"
ok lookup_in_json_has_the_path json_has 'v[0]["input"]' "$json" gotthard-sigtool lookup db "$evil"
cp list "$evil.list"
ok build_shows_the_list shows gotthard-sigtool build -o db "malicious:$evil.list"
echo nonsense >"$evil.list"
ok build_says_the_list says gotthard-sigtool build -o db "malicious:$evil.list"
progress() {
	rm -f "$evil.list"
	mkfifo "$evil.list"
	# more lines than there are calls for which the clock is not asked, once its first half second is over
	{ sleep 2; head -c 40000 /dev/zero | tr '\0' '\n'; } >"$evil.list" &
	gotthard-sigtool build --progress --allow-empty -o db "malicious:$evil.list" >out 2>err
	clean err && clean out && grep -qF -- "$shown.list: " err
}
ok build_shows_the_list_in_its_progress progress
rm -f "$evil.list"
cp -r db "$evil.db"
ok verify_says_the_body says gotthard-sigtool verify --json "$top/tests/vectors/small" "$evil.db/body"
ok load_says_the_manifest says gotthardctl table load "$evil.none"
ok unknown_knob_is_said says gotthardctl policy get "$evil"
ok unknown_command_is_said says gotthardctl "$evil"

printf '%s\n' "$evil" >"$fake/health/last_error"
python3 - control <<'END' &
import json, os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
s.bind(sys.argv[1])
s.listen(16)
evil = 'a\x1b[2J\x9b\r\n'
while True:
    c, _ = s.accept()
    c.recv(256)
    c.send(json.dumps({'ok': False, 'error': evil, 'region': evil, 'statement': evil, 'last_error': evil, 'journal': evil,
                       'database': evil, 'submissions': {evil: 1}}).encode())
    c.close()
END
store=$!
until [[ -S control ]]; do sleep 0.05; done
export GTH_CONTROL=$work/control
ok status_shows_the_last_error shows gotthardctl status
what_the_daemon_says() { [[ $(grep -cF 'a\x1b[2J\xc2\x9b\r\n' out) -ge 6 ]]; }
ok status_shows_what_the_daemon_says what_the_daemon_says
ok status_in_json_has_the_last_error json_has 'v["last_error"]' "$json" gotthardctl status
said='a\x1b[2J\xc2\x9b\r\n' ok answer_of_the_daemon_is_said says gotthardctl submissions retry all

mkdir state
printf '[endpoint]\nstate = %s\n' "$work/state" >conf
blob() { printf '%s' "$evil" | od -An -v -tx1 | tr -d ' \n'; }
sqlite3 state/store.db "
	CREATE TABLE submission (digest BLOB PRIMARY KEY, id TEXT, state INT, class INT, size INT, type TEXT, path BLOB,
		cipher_size INT, offset INT, reason INT, waits INT, detail TEXT, finding INT, created INT, changed INT);
	INSERT INTO submission VALUES (x'$digest', 'an-id', 0, 1, 2, CAST(x'$(blob)' AS TEXT), x'$(blob)', 0, 0, 0, 0,
		CAST(x'$(blob)' AS TEXT), 0, 1, 1);
	CREATE TABLE verdict (digest BLOB PRIMARY KEY, note TEXT, finding INT, name TEXT, engine TEXT, issued INT, expires INT);
	INSERT INTO verdict VALUES (x'$digest', '', 1, CAST(x'$(blob)' AS TEXT), CAST(x'$(blob)' AS TEXT), 1, 2);
	CREATE TABLE proof (id TEXT, kind INT, note TEXT);
	INSERT INTO proof VALUES ('an-id', 0, CAST(x'$(blob)' AS TEXT));"
ok verdict_list_shows_the_name shows gotthardctl verdict list --config=conf
ok verdict_list_in_json_has_the_name json_has 'v[0]["name"]' "$json" gotthardctl verdict list --config=conf
ok verdict_list_in_json_has_the_engine json_has 'v[0]["engine"]' "$json" gotthardctl verdict list --config=conf
ok submissions_list_shows_the_remark shows gotthardctl submissions list --config=conf
ok submissions_list_in_json_has_the_path json_has 'v[0]["path"]' "$json" gotthardctl submissions list --config=conf
ok submissions_list_in_json_has_the_detail json_has 'v[0]["detail"]' "$json" gotthardctl submissions list --config=conf
show() { # the letter that is none is U+FFFD there, as in JSON
	shown='a\x1b[2J'$'\xef\xbf\xbd''H\xc2\x9bK\x7f\r\nmalicious\\'$'\xc3\xa4' shows gotthardctl submissions show --config=conf an-id
}
ok submissions_show_shows_the_path show
ok submissions_show_keeps_the_lines_of_notes grep -qaF $'malicious\\\xc3\xa4' out
ok submissions_show_in_json_has_the_note json_has 'v["submission"]' "$json" gotthardctl submissions show --config=conf an-id

plan
