#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# gotthardctl table load, where this machine has a policy: a release is loaded with its proof, or with a reason; the
# history of tables. Prints TAP.

# shellcheck source=tests/unit/work.bash
. "$(dirname "$0")/work.bash" gotthardctl gotthard-region gotthard-sigtool jq
# shellcheck source=tests/unit/preload/module.bash
. "$top/tests/unit/preload/module.bash"
policy=$fake/etc/tables.policy history=$fake/state/table-history
memory=$fake/state/logs/$(printf %s example.org/releases | sha256sum | cut -d ' ' -f 1)

# exits STATUS TEXT ARGUMENT...: gotthardctl table, with a module; it says the text
exits() {
	local status=0
	rm -f "$fake/loaded"
	with_module gotthardctl table "${@:3}" >out 2>err || status=$?
	[[ $status == "$1" ]] && cat out err | grep -qF -- "$2"
}
loaded() { exits 0 "$@" && [[ -e $fake/loaded ]]; }
refused() { exits 4 "$@" && [[ ! -e $fake/loaded ]]; }
publish() { # VERSION [PREV]
	printf 'release %s\n' "$1" | sha256sum >list
	gotthard-sigtool build -o "r$1" --version "$1" --name main --class malicious ${2:+--prev "$2"} list >/dev/null &&
		gotthard-region publish log "r$1" --key key --unsigned >/dev/null
}
# One witness alone does not meet the quorum, which is status 2.
cosign() { # WITNESS [OPTION]
	local status=0
	gotthard-region witness --log log --log-key key.pub --state "state$1" --key "$1" -o "co$1" "${@:2}" || return 1
	gotthard-region cosign log "co$1" --policy policy >cosigned || status=$?
	[[ $status == 0 || $status == 2 ]]
}
info() { with_module gotthardctl table info --json | jq -e "$1" >/dev/null; }
acts() { with_module gotthardctl table history --json | jq -r '.[] | "\(.act) \(.version) \(.log) \(.why)"'; }

mkdir -p "$fake/etc"
gotthard-region log-key example.org/releases key >/dev/null
for w in w1 w2; do gotthard-region log-key --witness "$w.example" $w >/dev/null; done
gotthard-region publish log --init --key key >/dev/null
printf 'log %s\nwitness one %s\nwitness two %s\ngroup both all one two\nquorum both\n' "$(cat key.pub)" "$(cat w1.pub)" "$(cat w2.pub)" >policy
ok a_release_is_published publish 1
ok one_witness cosign w1 --first
gotthard-region prove log main 1 -o early
ok two_witnesses cosign w2 --first
ok a_proof_is_made gotthard-region prove log main 1 -o r1/proof

mv r1/proof proof1
ok without_a_policy_none_is_needed loaded 'NOT SIGNED' load r1
ok nothing_proves_it info '.proof == null and .loading.act == "load" and .loading.why == null'
cp policy "$policy"
ok with_a_policy_it_is refused 'there is no proof' load r1
ok the_way_out_is_named grep -qF -- '--without-proof --why TEXT' err
ok a_proof_beside_the_release cp proof1 r1/proof
ok is_enough loaded 'proved by example.org/releases' load r1
ok the_first_checkpoint_is_told grep -qF 'no checkpoint of example.org/releases is remembered: this one is the first' err
ok and_remembered cmp "$memory" log/checkpoint
ok info_has_log_and_witnesses info '.proof.log == "example.org/releases" and .proof.index == 0 and .proof.size == 1 and
	.proof.witnesses == "one two" and .proof.witnessed > 1000000000'
root=$(sed -n 3p log/checkpoint)
ok and_the_checkpoint info ".proof.root == \"$root\""
for text in 'log         example.org/releases, entry 0' "checkpoint  1 entries, root $root" 'witnesses   one two, 20' 'loaded      20'; do
	ok "info_says: ${text%% *}" exits 0 "$text" info
done
ok in_json_too loaded '"witnesses": "one two"' load --json r1
ok another_file_is_named loaded 'proved by' load r1/manifest r1/body --proof proof1
ok which_must_be_there exits 1 'nowhere: No such file' load r1 --proof nowhere
ok without_its_name_there_is_none refused 'there is no proof' load r1/manifest r1/body

ok too_few_witnesses refused 'too few witnesses' load r1 --proof early
head -c -20 proof1 >torn
ok a_torn_proof refused 'not a C2SP tlog-proof' load r1 --proof torn
head -c 100000 /dev/zero >zeros
ok a_long_proof refused 'not a C2SP tlog-proof' load r1 --proof zeros
ok a_directory exits 1 'Is a directory' load r1 --proof log
ok a_second_release publish 2 log/releases/main/1/manifest
ok a_proof_of_another_release refused 'do they belong together' load r2 --proof proof1
ok the_table_in_force_stays info '.version == 1'
gotthard-region log-key example.org/other other >/dev/null
sed "s|^log.*|log $(cat other.pub)|" policy >"$policy"
ok another_log refused 'not signed by a log that the policy names' load r1
printf 'quorum nobody\n' >"$policy"
ok a_wrong_policy_loads_nothing refused 'tables.policy:1: the quorum is not named' load r1
rm "$policy" && mkfifo "$policy"
ok nor_does_a_fifo refused 'is not a regular file' load r1
rm "$policy" && ln -s nowhere "$policy"
ok nor_a_link_to_nothing refused 'is a link to nothing' load r1
rm "$policy" && cp policy "$policy" && chmod 666 "$policy"
ok nor_a_policy_that_others_write refused 'others than root can write it' load r1
chmod 600 "$policy"

ok root_insists_with_a_reason loaded 'NOT SIGNED' load r2 --without-proof --why 'the witness is ill'
ok which_info_shows exits 0 'log         none (NOT PROVED)' info
ok with_the_reason grep -q 'by uid [0-9]*: the witness is ill' out
ok not_without_one exits 64 'needs a reason' load r2 --without-proof
ok nor_with_a_proof exits 64 'excludes --proof' load r2 --without-proof --why x --proof proof1
ok nor_with_two_lines exits 64 'on one line' load r2 --why $'a\nb'
ok info_needs_no_reason exits 64 '--why is for' info --why x
ok what_is_expired_is_refused eval 'gotthard-sigtool build -o r3 --version 3 --name main --created 1000000000 --expires 1000000001 \
	--prev log/releases/main/2/manifest --class malicious list >/dev/null && gotthard-region publish log r3 --key key --unsigned >/dev/null 2>&1 &&
	cosign w1 && cosign w2 && gotthard-region prove log main 3 -o r3/proof && refused "it has expired: get a newer release" load r3'
ok the_words_of_the_policy_are_named grep -qF 'allow expired ones by the line `expired warn' err
echo 'expired warn' >>"$policy"
ok which_allow_it_with_a_warning loaded 'warning: r3/manifest has expired at 2001-09-09T01:46:41Z: get a newer release' load r3
ok the_table_says_so_too grep -qF 'it has EXPIRED' out
ok another_fault_stays_one refused 'do they belong together' load r3 --proof proof1
echo 'expired warn' >>"$policy"
ok said_twice_nothing_is_loaded refused "tables.policy:7: a second \`expired'" load r3
sed -i 's/^expired.*/expired refuse/; $d' "$policy"
ok which_can_be_said_too refused 'it has expired' load r3
ok root_may_insist_here_too loaded EXPIRED load r3 --without-proof --why 'no other one'
sed -i '$d' "$policy"

ok the_larger_checkpoint_is_remembered cmp "$memory" log/checkpoint
ok a_smaller_one_is_refused refused 'fewer entries than one that was seen before' load r1
ok the_files_of_the_log_show_that_it_is_older loaded 'proved by' load r1 --log log
ok the_larger_one_stays cmp "$memory" log/checkpoint
ok they_must_be_there exits 1 'nowhere: No such file' load r1 --log nowhere
mkdir empty
ok empty_ones_show_nothing refused 'fewer entries' load r1 --log empty
cp -r log fork
cp "$memory" seen
for n in 4 5; do
	ok "a_log_of_$n" publish $n log/releases/main/$((n - 1))/manifest
	printf 'fork %s\n' $n | sha256sum >list
	gotthard-sigtool build -o f$n --version $n --name main --class malicious --prev fork/releases/main/$((n - 1))/manifest list >/dev/null
	gotthard-region publish fork f$n --key key --unsigned >/dev/null
done
ok the_log_is_cosigned eval 'cosign w1 && cosign w2'
gotthard-region prove log main 5 -o r5/proof
ok witnesses_vouch_for_the_next_one loaded 'proved by' load r5
for w in w1 w2; do
	gotthard-region witness --log fork --log-key key.pub --state "fork$w" --key "$w" -o "fork-$w" --first
done
ok a_fork_that_other_witnesses_cosigned gotthard-region cosign fork fork-w1 fork-w2 --policy policy
gotthard-region prove fork main 5 -o f5/proof
ok is_found_where_this_one_was_seen refused 'does not continue the one that was seen before' load f5
cp seen "$memory"
ok with_the_files_of_the_log_too loaded 'proved by' load r5 --log log
truncate -s -9 "$memory"
ok a_torn_memory_is_not_none refused 'that is remembered is damaged' load r5
ok it_stays_as_evidence test -s "$memory"
rm "$memory"
ok without_it_the_next_is_the_first loaded 'this one is the first that is believed' load r5

ok a_release_is_kept_with_its_proof loaded 'proved by' load --keep --log log r1
ok beside_its_body cmp "$fake/etc/tables.d/main/proof" proof1
ok as_it_was_judged cmp "$fake/etc/tables.d/main/manifest" r1/manifest
gotthard-region prove log main 2 -o r2/proof
ok the_next_one loaded 'proved by' load --keep r2
ok rollback_of_another_version exits 1 'main.previous is version 1, and no other one was kept' rollback 7
ok not_a_version exits 64 "'x' is not a version" rollback x
ok rollback_checks_the_proof loaded 'proved by' rollback 1 --why 'too many alarms'
ok and_is_recorded info '.loading.act == "rollback" and .loading.why == "too many alarms" and .proof.index == 0'
rm "$fake/etc/tables.d/main.previous/proof"
ok an_unproved_one_is_refused refused 'there is no proof' rollback
ok unless_root_insists loaded '' rollback 2 --without-proof --why back
ok drop_has_a_reason exits 0 dropped drop --why 'a test'

cat >wanted <<'END'
load 1 null null
load 1 example.org/releases null
load 1 example.org/releases null
load 1 example.org/releases null
load 2 null the witness is ill
load 3 example.org/releases null
load 3 null no other one
load 1 example.org/releases null
load 5 example.org/releases null
load 5 example.org/releases null
load 5 example.org/releases null
load 1 example.org/releases null
load 2 example.org/releases null
rollback 1 example.org/releases too many alarms
rollback 2 null back
drop 2 null a test
END
ok all_is_in_the_history eval 'acts >acts && diff wanted acts'
ok for_people_too exits 0 'too many alarms' history
ok with_a_line_for_each test "$(wc -l <out)" = 17
echo 'not a line' >>"$history"
ok a_damaged_line_is_named exits 1 "table-history:18: not the words of an act" history
ok and_hides_no_other test "$(wc -l <out)" = 17
ok it_does_not_keep_a_table_from_loading loaded 'proved by' load r5
ok nor_its_evidence_from_being_shown info '.proof.index == 4'
chmod 777 "$fake/state"
ok a_state_of_others_is_not_believed refused 'others than root can write there' load r5
ok nor_written loaded 'warning: this was not recorded' load r5 --without-proof --why x
ok nor_shown exits 1 'others than root can write there' history

plan
