#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Tests the verdicts that gotthardctl writes, and its list of root's beside the region's. Prints TAP.

# shellcheck source=tests/unit/work.bash
. "$(dirname "$0")/work.bash" gotthardctl sqlite3 python3
# shellcheck source=tests/unit/preload/module.bash
. "$top/tests/unit/preload/module.bash"

a=$(printf 'aa%.0s' {1..32}) b=$(printf 'bb%.0s' {1..32}) c=$(printf 'cc%.0s' {1..32})
mkdir state
printf '[endpoint]\nstate = %s\n' "$work/state" >conf
sqlite3 state/store.db "
	CREATE TABLE verdict (digest BLOB PRIMARY KEY, note TEXT, finding INT, name TEXT, engine TEXT, issued INT, expires INT);
	CREATE TABLE submission (digest BLOB PRIMARY KEY);
	INSERT INTO verdict VALUES (x'$b', '', 3, 'Test.Evil', 'an engine', 1, 2000000000);
	INSERT INTO verdict VALUES (x'$c', '', 1, 'none', 'an engine', 1, 2000000000);"

# record DIGEST CLASS SOURCE EXPIRES: as the module has it
record() {
	python3 -c 'import struct, sys; h, c, s, e = sys.argv[1:]
sys.stdout.buffer.write(bytes.fromhex(h) + struct.pack("<BBB5xQ", 1, int(c), int(s), int(e)))' "$@"
}
ctl() { with_module gotthardctl "$@" >out 2>err; }
# written SOURCE: of the last write, which is at byte 34 of its first record
written() { [[ $(od -An -tu1 -j34 -N1 "$fake/device" | tr -d ' ') == "$1" ]]; }
lists() {
	ctl verdict list --config=conf && grep -qxE -- "$1" out
}
ctl_lists_whole() { ctl verdict list --no-trunc --config=conf && grep -qx "malicious   root    $a  never" out; }
json_is() { # EXPRESSION WANTED
	ctl verdict list --json --config=conf
	python3 -c 'import json, sys; v = json.load(open("out")); got = eval(sys.argv[1]); sys.exit(0 if str(got) == sys.argv[2] else repr(got))' "$@"
}

sets() { ctl verdict set malicious "$a" && written 3; }
ok what_is_set_is_roots sets
forgets() { ctl verdict forget --source="$1" "$a" && written "$2"; }
ok of_root_alone_is_forgotten forgets root 3
ok of_the_region_alone_is_forgotten forgets region 1
refuses() { local status=0; ctl verdict "$@" || status=$?; [[ $status == 64 ]]; }
ok set_takes_no_source refuses set --source=region malicious "$a"
ok the_table_is_no_source_of_verdicts refuses forget --source=table "$a"

{ record "$a" 3 3 0 && record "$b" 1 3 0 && record "$b" 3 1 2000000000; } >"$fake/device"
ok has_a_header lists "CLASS       SOURCE  SHA-256       EXPIRES               NAME"
ok root_alone lists "malicious   root    ${a:0:12}  never"
ok whole_when_asked ctl_lists_whole
ok root_beside_the_region lists "trusted     root    ${b:0:12}  never"
ok region_overridden lists "malicious   region  ${b:0:12}  2033-05-18T03:33:20Z  Test\.Evil \(root's counts\)"
ok region_not_held lists "trusted     region  ${c:0:12}  2033-05-18T03:33:20Z  none \(not in the module\)"
ok four_are_listed json_is 'len(v)' 4
ok sources_in_json json_is '[x["source"] for x in v]' "['root', 'root', 'region', 'region']"
ok classes_in_json json_is '[x["class"] for x in v]' "['malicious', 'trusted', 'malicious', 'trusted']"
ok expiry_in_json json_is '[x["expires"] for x in v]' '[None, None, 2000000000, 2000000000]'
ok what_is_held_in_json json_is '[x["held"] for x in v]' '[True, True, True, False]'
ok what_is_overridden_in_json json_is '[x["overridden"] for x in v]' '[False, False, True, False]'
ok what_the_region_found_in_json json_is '[x.get("name") for x in v]' "[None, None, 'Test.Evil', 'none']"

# By their first digits: of what the module holds, or the database. The class that the device got is at byte 1 of its
# first record.
forgets_by() { # DIGITS DIGEST
	ctl verdict forget --source=root "$1" --config=conf && [[ $(od -v -An -tx1 -N32 "$fake/device" | tr -d ' \n') == "$2" ]]
}
no_prefix() { # DIGITS WORDS
	local status=0
	cp "$fake/device" before
	ctl verdict forget "$1" --config=conf || status=$?
	[[ $status == 1 ]] && grep -qF -- "$2" err && cmp before "$fake/device"
}
ambiguous() { no_prefix aaaaaaaa 'more than one' && grep -q "  $a" err && grep -q "  $alike" err; }
alike=$(printf 'aa%.0s' {1..31})ab
{ record "$a" 3 3 0 && record "$alike" 1 3 0; } >"$fake/device"
ok what_two_begin_with_is_refused_and_both_are_listed ambiguous
ok seven_digits_are_no_digest no_prefix aaaaaaa 'neither a SHA-256'
ok digits_of_none_are_no_digest no_prefix 12345678 'neither a SHA-256'
record "$a" 3 3 0 >"$fake/device"
ok eight_digits_name_what_the_database_knows forgets_by cccccccc "$c"
record "$a" 3 3 0 >"$fake/device"
ok eight_digits_name_what_the_module_holds forgets_by AAAAAAAA "$a"
: >"$fake/device"
ok empty_overlay_and_the_database json_is '[x["held"] for x in v]' '[False, False]'
rm state/store.db
ok without_a_database json_is 'len(v)' 0

# Verdicts for the next start
kept=$fake/etc/verdicts
sets_kept() {
	ctl verdict set trusted --keep --why "our own build" "$a" && written 3 && [[ $(stat -c %a "$kept") == 600 ]] &&
		grep -qxE "trusted sha256:$a never $(id -u) [0-9]+ our own build" "$kept"
}
ok a_kept_verdict_is_written_with_who_when_and_why sets_kept
sets_until() {
	ctl verdict set malicious --keep --ttl=100 "$b" "$b" && [[ $(grep -cE "^malicious sha256:$b [0-9]+ $(id -u) [0-9]+\$" "$kept") == 1 ]]
}
ok one_that_expires_is_written_with_its_end_once sets_until
{ record "$a" 1 3 0 && record "$c" 3 3 0; } >"$fake/device"
ok kept_is_marked_with_its_reason lists "trusted     root    ${a:0:12}  never                 \\(kept by uid $(id -u) at 20[0-9TZ:-]+: our own build\\)"
ok kept_and_not_in_force_is_listed lists "malicious   root    ${b:0:12}  20[0-9TZ:-]+  \\(not in the module\\) \\(kept by uid $(id -u) at 20[0-9TZ:-]+\\)"
ok kept_in_json json_is '[x["kept"] for x in v]' '[True, True, False]'
ok why_in_json json_is '[x.get("why") for x in v]' "['our own build', None, None]"
ok who_in_json json_is 'v[0]["set_by"]' "$(id -u)"
{ record "$a" 3 3 0; } >"$fake/device"
ok what_is_kept_otherwise_is_said lists "malicious   root    ${a:0:12}  never                 \\(kept as trusted by uid .*"
warns() { ctl verdict forget --source=root "$a" && grep -q 'kept differently' err && grep -q "$a" "$kept"; }
ok forgotten_without_keep_comes_back_and_that_is_said warns
forgets_kept() { ctl verdict forget --keep "$a" && [[ ! -s err ]] && ! grep -q "$a" "$kept" && grep -q "$b" "$kept"; }
ok forgotten_with_keep_it_does_not forgets_kept
echo nonsense >>"$kept"
wrong_line() { local status=0; ctl verdict list --config=conf || status=$?; [[ $status == 1 ]] && grep -q 'verdicts:[0-9]*: not CLASS' err && grep -q "${b:0:12}" out; }
ok a_wrong_line_is_said_and_the_others_are_listed wrong_line
chmod 666 "$kept"
not_kept() { local status=0; ctl verdict set trusted --keep "$a" || status=$?; [[ $status == 1 ]] && written 3 && grep -q 'in force, but not for the next start: .*others than root may write it' err; }
ok what_cannot_be_kept_is_said not_kept
ok a_reason_that_is_not_kept_is_refused refuses set trusted --why=x "$a"
ok a_reason_of_two_lines_is_refused refuses set trusted --keep --why=$'x\ny' "$a"
ok what_the_region_says_is_not_kept refuses forget --keep --source=region "$a"

plan
