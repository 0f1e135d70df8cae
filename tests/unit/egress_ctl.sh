#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Tests gotthardctl egress from outside. Prints TAP.

# shellcheck source=tests/unit/work.bash
. "$(dirname "$0")/work.bash" gotthardctl sqlite3
ctl=$top/build/gotthardctl journal=$top/build/tests/unit/programs/journal
build_unit programs/journal
# exits CODE ARGUMENT...: runs the command, keeps what it prints in out and err
exits() {
	local wanted=$1 rc=0
	shift
	"$ctl" egress "$@" >out 2>err || rc=$?
	[[ $rc == "$wanted" ]]
}
says() { exits "$1" "${@:3}" && grep -qF -- "$2" err && [[ $(wc -l <err) == 1 ]]; }
prints() { exits 0 "${@:2}" && grep -qF -- "$1" out; }
lines() { exits 0 "${@:2}" && [[ $(wc -l <out) == "$1" ]]; }
# listed NUMBER ARGUMENT...: so many entries below the header, and no blanks at the ends of lines
listed() {
	exits 0 list "${@:2}" && [[ $(wc -l <out) == $(($1 + 1)) && $(head -n 1 out) == *' N  TIME '*' PATH' ]] && ! grep -q ' $' out
}
first_and_last() { exits 0 list -d j && [[ $(awk 'NR == 2 { a = $1 } END { print a, $1 }' out) == "$1" ]]; }
json_lines() {
	exits 0 list --json -d j && python3 -c '
import json
all = [json.loads(line) for line in open("out")]
assert [e["index"] for e in all] == list(range(300))
assert all[2]["kind"] == "withheld" and all[2]["reason"] == "path" and all[2]["digest"] == "02" * 32
assert all[1]["kind"] == "lookup" and all[1]["reason"] is None and all[1]["id"] is None
assert all[2]["path"] is None
assert all[0]["digest"] is None and all[0]["region"] == "ch-1" and all[0]["time"] == 1795600000
'
}
json_path() { exits 0 list --json "${@:2}" && python3 -c 'import json, sys
got = str([json.loads(line) for line in open("out")][2]["path"])
assert got == sys.argv[1].replace("\\n", "\n"), got' "$1"; }
json_is() { exits "$1" "${@:3}" && python3 -c 'import json, sys; v = json.load(open("out")); assert eval(sys.argv[1])' "$2"; }
whole_entry() { exits 0 show 299 -d j && [[ $(head -n 1 out) == 'gotthard-egress 1' && $(tail -n 1 out) == 'reason: path' ]]; }
# tampered FILE OFFSET MESSAGE: a copy with one byte changed is refused with this message
tampered() {
	rm -rf bad && cp -r j bad
	printf '\x7f' | dd of="bad/$1" bs=1 seek="$2" conv=notrunc status=none
	says 1 "$3" verify -d bad
}
nothing_new() { [[ ! -e $1 && -z $(find . -maxdepth 1 -name '*.tmp-*') ]]; }
not_exported() { says 1 "$1" export -d bad copy && nothing_new copy; }
same_tree() { diff -r "$1" "$2" && [[ -z $(find "$2" -name '.*' -type f) ]]; }
# Whenever the signal comes, there is all or nothing; tried until it has come in between.
interrupted() {
	local pid try
	for ((try = 0; try < 100; try++)); do
		rm -rf late
		"$ctl" egress export -d j late >out 2>err &
		pid=$!
		until compgen -G 'late*' >/dev/null || ! kill -0 "$pid" 2>/dev/null; do :; done
		kill -TERM "$pid" 2>/dev/null
		if wait "$pid"; then
			same_tree j late || return 1
		else
			grep -qF 'interrupted: nothing was exported' err && nothing_new late
			return
		fi
	done
}
full_disk() (
	ulimit -f 16 # KiB: a tile of entries is larger
	says 1 'nothing was exported' export -d j limited && nothing_new limited
)

"$journal" make j 300 && "$journal" make empty 0 || exit 1

ok help_is_there prints 'export DIR' --help
ok nothing_to_do_is_usage says 64 'say one of' -d j
ok unknown_verb_is_usage says 64 'say one of' lsit -d j
ok show_without_number_is_usage says 64 'say one of' show -d j
ok show_of_no_number_is_usage says 64 "'-' is not a number" show -d j -
ok list_with_argument_is_usage says 64 'say one of' list 3 -d j
ok third_argument_is_usage exits 64 show 1 2 -d j
ok unknown_kind_is_usage exits 64 list --kind mail -d j
ok since_what_is_no_number_is_usage exits 64 list --since yesterday -d j
ok unknown_option_is_usage exits 64 list --frob -d j

ok list_has_every_entry listed 300 -d j
ok newest_entry_is_last first_and_last '0 299'
ok list_since_begins_there listed 5 --since 295 -d j
ok list_since_the_end_is_empty listed 0 --since 300 -d j
ok list_of_a_kind_has_only_these listed 100 --kind withheld -d j
ok list_of_a_kind_that_is_not_there_is_empty listed 0 --kind receipt -d j
ok reason_is_shown prints '  withheld             2  020202020202  path' list -d j
ok digests_are_whole_when_asked prints "  $(printf '02%.0s' {1..32})  path" list --no-trunc -d j
ok json_is_an_object_a_line json_lines
ok show_prints_the_whole_entry whole_entry
ok show_in_json_has_the_text json_is 0 'v["index"] == 2 and v["text"].endswith("reason: path\n")' show 2 --json -d j
ok show_behind_the_end_says_how_many says 1 'has 300' show 300 -d j

ok verify_says_what_it_saw prints '300 entries, root ' verify -d j
ok verify_says_who_signed prints ', signed by test-endpoint' verify -d j
ok verify_in_json json_is 0 'v["ok"] and v["entries"] == 300 and v["problem"] is None' verify --json -d j
ok changed_entry_is_named tampered tile/entries/000 60 'entry 0: is not what was signed'
ok changed_last_entry_is_named tampered tile/entries/001.p/44 60 'entry 256: is not what was signed'
ok changed_tile_is_named tampered tile/0/000 8191 'tile/0/000: is not what was signed'
ok changed_edge_is_named tampered tile/1/000.p/1 0 'tile/1/000.p/1: is not what was signed'
ok changed_size_is_named tampered checkpoint 15 'checkpoint: the signature is not valid'
ok problem_is_in_json json_is 1 'not v["ok"] and "checkpoint" in v["problem"]' verify --json -d bad
ok bad_checkpoint_is_not_listed says 1 'the signature is not valid' list -d bad
ok bad_checkpoint_is_not_exported not_exported 'the signature is not valid'
rm -rf bad && cp -r j bad && rm bad/tile/0/000
ok missing_tile_is_named says 1 'tile/0/000: is not what was signed' verify -d bad
ok missing_tile_is_not_exported not_exported 'tile/0/000'
rm -rf bad && cp -r j bad && cp empty/key bad/key
ok key_of_another_is_refused says 1 'checkpoint: not signed by test-endpoint' verify -d bad
echo nonsense >bad/key
ok broken_key_is_named says 1 'bad/key: is not a key' verify -d bad
rm bad/key
ok missing_key_is_named says 1 'bad/key: No such file' verify -d bad
ok missing_directory_is_named says 1 'nowhere: No such file' verify -d nowhere

ok empty_journal_lists_nothing listed 0 -d empty
ok empty_journal_verifies prints '0 entries, root 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' verify -d empty
ok empty_journal_has_no_entry_0 says 1 'has 0' show 0 -d empty
ok empty_journal_is_exported prints '0 entries to' export -d empty empty-copy
ok empty_copy_verifies prints '0 entries' verify -d empty-copy

ok export_says_how_many prints '300 entries to copy' export -d j copy/
ok export_is_the_journal same_tree j copy
ok export_verifies prints '300 entries' verify -d copy
ok export_over_something_is_refused says 1 'is there already' export -d j copy
ok refused_export_changes_nothing same_tree j copy
ok export_into_no_directory_is_refused says 1 'No such file' export -d j none/copy
ok export_of_interrupted_command_is_not_there interrupted
ok export_that_has_no_room_is_not_there full_disk

printf '[endpoint]\nstate = %s\n' "$work/state" >conf
mkdir state && cp -r j state/egress
ok configuration_says_where prints '300 entries' verify --config conf
ok without_a_database_there_are_no_paths listed 300 --config conf
two=$(printf '02%.0s' {1..32})
sqlite3 state/store.db "CREATE TABLE submission (digest BLOB PRIMARY KEY, path BLOB);
	INSERT INTO submission VALUES (x'$two', CAST('/opt/a b' || char(10) || 'c' AS BLOB));"
ok a_path_is_shown_without_what_steers_a_terminal prints '/opt/a%20b%0Ac' list --config conf
ok in_json_it_is_whole json_path '/opt/a b\nc' --config conf
ok a_journal_of_elsewhere_has_no_paths_of_here json_path None -d state/egress
echo nonsense >state/store.db
ok a_database_that_cannot_be_read_is_named says 1 store.db list --config conf
rm state/store.db
root=state-root
ok without_a_kept_head_verify_says_so prints 'not compared with the head that the daemon keeps: the daemon keeps no head yet' \
	verify --config conf
ok nothing_is_accepted_where_none_is_kept says 1 'nothing to accept' accept-new --config conf
"$journal" head j "$root" 250 || exit 1
ok kept_head_is_compared prints 'the daemon keeps the head of 250 of them, and it is theirs' verify --config conf
ok and_told_in_json json_is 0 'v["ok"] and v["kept"]["entries"] == 250 and v["kept"]["accepted"] == 0' verify --json --config conf
ok a_copy_is_not_compared prints 'a journal named by its directory may be a copy' verify -d j
ok copy_has_no_kept_head_in_json json_is 0 'v["ok"] and v["kept"] is None' verify --json -d j
ok nothing_is_accepted_of_what_is_kept says 1 'nothing to accept' accept-new --config conf
ok accepting_a_copy_is_usage says 64 'without --directory' accept-new -d j
"$journal" head j "$root" 300 || exit 1
ok whole_head_is_compared prints 'the head of 300 of them' verify --config conf
replace() { rm -rf state/egress && { [[ -z ${1-} ]] || cp -r "$1" state/egress; }; }
cp j.secret short.secret && mkdir short && cp j/key short && "$journal" make short 200 || exit 1
cp j.secret anew.secret && mkdir anew && cp j/key anew && "$journal" make anew 310 ch-2 || exit 1
replace
ok deleted_journal_does_not_verify says 1 'a head of 300 entries: it was deleted' verify --config conf
ok and_json_says_why json_is 1 'not v["ok"] and "was deleted" in v["problem"] and v["kept"]["entries"] == 300' verify --json --config conf
replace short
ok rolled_back_journal_does_not_verify says 1 'it has 200 entries, and the daemon keeps a head of 300: it was deleted or rolled back' \
	verify --config conf
ok but_as_a_journal_it_holds prints '200 entries' verify -d state/egress
replace anew
ok journal_written_anew_does_not_verify says 1 'its first 300 entries are not those whose head the daemon keeps' verify --config conf
replace empty
ok journal_of_another_key_does_not_verify says 1 'it is signed by another key' verify --config conf
ok nor_is_it_accepted says 1 'another key' accept-new --config conf
as_nobody() { # only root may look, and that is said
	setpriv --reuid 65534 --regid 65534 --clear-groups "$ctl" egress verify --config conf >out 2>err &&
		grep -qF 'not compared with the head that the daemon keeps: that needs root' out
}
replace j && chmod -R a+rX "$work" && chmod 700 "$root"
if [[ $(id -u) == 0 ]]; then
	ok another_user_is_told_what_was_not_compared as_nobody
else
	ok 'another_user_is_told_what_was_not_compared # SKIP needs root' true
fi
# No daemon runs: what is accepted waits for it.
export GTH_CONTROL=$work/none
replace short
accepted() {
	exits 0 accept-new --config conf && grep -qF 'a journal of 200 entries is accepted by uid' out &&
		grep -qF 'in place of one of 300: gotthardd takes it when it runs' out &&
		grep -qx 'size: 200' "$root/journal-accepted" && grep -qx 'replaced-size: 300' "$root/journal-accepted"
}
ok journal_is_accepted_as_it_is accepted
mv "$root/journal-accepted" "$root/journal-head"
ok accepted_journal_verifies prints 'the daemon keeps the head of 200 of them' verify --config conf
ok and_who_accepted_it_is_told prints 'in place of another, of 300 entries' verify --config conf
replace
ok deleted_journal_is_accepted prints 'a journal of 0 entries is accepted by uid' accept-new --config conf
rm -f "$root/journal-accepted"
tampered_is_not_accepted() {
	replace j && printf '\x7f' | dd of=state/egress/tile/entries/000 bs=1 seek=60 conv=notrunc status=none
	says 1 'is not what was signed' accept-new --config conf && [[ ! -e $root/journal-accepted ]]
}
ok damaged_journal_is_not_accepted tampered_is_not_accepted
replace j
echo nonsense >"$root/journal-head"
ok damaged_head_is_told says 1 'journal-head: is damaged' verify --config conf
ok and_a_journal_is_accepted_in_its_place prints 'a journal of 300 entries is accepted by uid' accept-new --config conf
chmod 777 "$root"
ok head_that_others_can_write_is_told says 1 'others than root can write there' verify --config conf
ok nor_is_anything_accepted_there says 1 'others than root can write there' accept-new --config conf
ok missing_configuration_is_named says 1 'none.conf' verify --config none.conf
printf '[endpoint]\nsate = /x\n' >conf
ok bad_configuration_is_named_with_its_line says 1 'conf:2: ' verify --config conf

plan
