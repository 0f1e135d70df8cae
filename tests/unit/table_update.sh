#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# gotthardctl table update: the newest release of a copy of a log is loaded and kept, or the log has a state of its own
# for what is wrong with it; pins. tests/unit/follow.c has logs of every size. Prints TAP.

# shellcheck source=tests/unit/work.bash
. "$(dirname "$0")/work.bash" gotthardctl gotthard-region gotthard-sigtool jq
# shellcheck source=tests/unit/preload/module.bash
. "$top/tests/unit/preload/module.bash"
policy=$fake/etc/tables.policy state=$fake/state/table-update

# exits STATUS TEXT ARGUMENT...: gotthardctl table, with a module; it says the text
exits() {
	local status=0
	rm -f "$fake/loaded"
	with_module gotthardctl table "${@:3}" >out 2>err || status=$?
	[[ $status == "$1" ]] && cat out err | grep -qF -- "$2"
}
loads() { exits 0 "$@" && [[ -e $fake/loaded ]]; }
stays() { exits 0 "$@" && [[ ! -e $fake/loaded ]]; }
# The log is in this state, nothing is loaded, and that is remembered.
is() { # STATE TEXT ARGUMENT...
	exits 4 "$2" "${@:3}" && grep -qF ": $1: " err && [[ ! -e $fake/loaded ]] && grep -qx "state: $1" "$state"
}
publish() { # LOG VERSION [PREV]
	printf 'release %s of %s\n' "$2" "$1" | sha256sum >list
	rm -rf release
	gotthard-sigtool build -o release --version "$2" --name main --class malicious ${3:+--prev "$3"} list >/dev/null &&
		gotthard-region publish "$1" release --key key --unsigned >/dev/null
}
cosign() { # LOG STATE
	gotthard-region witness --log "$1" --log-key key.pub --state "$2" --key w1 -o cosignature "${@:3}" &&
		gotthard-region cosign "$1" cosignature --policy policy >/dev/null
}
info() { with_module gotthardctl table info --json | jq -e "$1" >/dev/null; }

mkdir -p "$fake/etc"
gotthard-region log-key example.org/releases key >/dev/null
gotthard-region log-key --witness w1.example w1 >/dev/null
gotthard-region publish log --init --key key >/dev/null
printf 'log %s\nwitness one %s\nquorum one\n' "$(cat key.pub)" "$(cat w1.pub)" >policy
publish log 1

ok without_a_policy_no_log_is_believed exits 4 'tables.policy is missing' update log main
cp policy "$policy"
ok before_a_quorum_has_cosigned is refused 'too few witnesses' update log main
ok it_is_cosigned cosign log witness --first
ok the_first_release_is_loaded loads 'loaded main version 1' update log main
ok the_first_checkpoint_is_told grep -qF 'this one is the first that is believed' err
ok it_is_kept cmp "$fake/etc/tables.d/main/body" log/releases/main/1/body
ok with_a_proof test -s "$fake/etc/tables.d/main/proof"
ok and_recorded info '.loading.act == "update" and .proof.log == "example.org/releases" and .proof.witnesses == "one"'
ok the_same_again_loads_nothing stays 'main version 1 is the newest of example.org/releases (1 entries, seen by' update log
ok nothing_new_is_told test ! -s err
ok the_state_is_current grep -qx 'state: current' "$state"
ok the_kept_proof_is_enough exits 0 'proved by' load "$fake/etc/tables.d/main"

cp -r log old
publish log 2 log/releases/main/1/manifest
ok what_is_not_cosigned_does_not_count stays 'main version 1 is the newest' update log
ok the_second_is_cosigned cosign log witness
ok in_json_the_state_is_a_word eval 'exits 0 "" update --json old && jq -e ".state == \"current\" and .size == 1" out >/dev/null'
ok the_second_is_loaded loads 'loaded main version 2' update log --why 'it is Monday'
ok with_the_reason info '.version == 2 and .loading.why == "it is Monday"'
ok an_old_copy_is_rolled_back is rolled-back 'is older than what was seen before' update old
since=$(sed -n 's/^since: //p' "$state")
sleep 1.1
ok the_state_goes_on is rolled-back '' update old
ok since_then grep -qx "since: $since" "$state"
ok also_later test "$(sed -n 's/^time: //p' "$state")" -gt "$since"

cp -r old fork
publish fork 3 fork/releases/main/1/manifest
publish fork 4 fork/releases/main/3/manifest
ok another_witness_state_cosigns_the_fork cosign fork witness-of-fork --first
ok a_fork_is_found is forked 'shows different lists' update fork
ok a_log_that_is_not_there exits 1 'nowhere: No such file' update nowhere
mkdir empty
ok an_empty_directory_is_out_of_reach exits 1 'unreachable: the log cannot be reached' update empty
ok the_log_is_remembered_all_the_same grep -qx 'log: example.org/releases' "$state"

publish log 3 log/releases/main/2/manifest
ok the_third_is_cosigned cosign log witness
cp -r log copy && rm copy/releases/main/3/body
ok a_release_without_its_body_is_withheld is withheld 'whose files are not there' update copy
cp -r log damaged && printf X | dd of=damaged/tile/0/000.p/3 bs=1 seek=70 conv=notrunc status=none
ok so_is_one_whose_tiles_are_not_those is withheld 'not those that it lists' update damaged
ok a_log_that_no_witness_saw_lately_is_frozen eval 'loads "loaded main version 3" update log && sleep 2.1 &&
	is frozen "no quorum of witnesses has seen the log lately" update log --freshness 1'
ok a_name_that_the_log_does_not_have is absent 'no release of this name' update log other
status() { with_module gotthardctl status "$@" >out 2>&1 || [[ $? -le 3 ]]; }
ok status_reports_the_state eval 'status && grep -qF "updates of the table: absent since 20" out && grep -qx "updates     other, absent at 20.*" out'
ok in_json_too eval 'status --json && jq -e ".update.state == \"absent\" and .update.size == 3" out >/dev/null'
late() {
	cp -r log late && cp -r witness late-witness && printf 'late\n' | sha256sum >list && rm -rf release &&
		gotthard-sigtool build -o release --version 4 --name main --created 1000000000 --expires 1000000001 --class malicious \
			--prev late/releases/main/3/manifest list >/dev/null &&
		gotthard-region publish late release --key key --unsigned >/dev/null 2>&1 && cosign late late-witness
}
ok a_log_whose_newest_has_expired late
cp -r "$fake/state" before
ok is_told is expired 'its publisher has to publish another one' update late
ok and_nothing_is_loaded info '.version == 3'
echo 'expired warn' >>"$policy"
ok unless_the_policy_allows_it loads 'warning: main version 4 has expired at 2001-09-09T01:46:41Z' update late
ok then_it_is_the_newest stays 'main version 4 is the newest' update late
sed -i '$d' "$policy"
ok it_stays_the_newest stays 'main version 4 is the newest' update late
rm -rf "$fake/state" && cp -r before "$fake/state"
ok back_to_the_third exits 0 'loaded main version 3' load log/releases/main/3 --why 'the fourth is late' --without-proof
echo torn >"$fake/state/logs/$(printf %s example.org/releases | sha256sum | cut -d ' ' -f 1)"
ok a_torn_memory_is_not_none exits 4 'is damaged' update log
rm -r "$fake/state/logs"

ok a_pin_below_what_is_in_force_is_not_one exits 1 'version 3 is in force' pin 2 --why x
ok a_pin exits 0 'main is pinned to version 3' pin 3 --why 'wait for the audit'
publish log 4 log/releases/main/3/manifest
ok the_fourth_is_cosigned cosign log witness
ok holds_updates_back stays 'main is pinned to version 3: wait for the audit' update log
ok the_newest_is_told_all_the_same eval 'exits 0 "" update --json log && jq -e ".state == \"newer\" and .version == 4 and .pinned" out >/dev/null'
ok status_shows_the_pin eval 'status && grep -qx "pinned      main to version 3: wait for the audit" out && ! grep -q "updates of the table" out'
ok a_pin_to_it_lets_it_pass eval 'exits 0 "" pin 4 --why audited && loads "loaded main version 4" update log'
printf X >>"$fake/state/table-pin"
ok a_damaged_pin_holds_back_all exits 1 'table-pin: is damaged, and nothing is updated' update log
ok unpin exits 0 unpinned unpin --why 'done with that'
ok once exits 0 'nothing is pinned' unpin
ok updates_go_on stays 'version 4 is the newest' update log
ok all_is_in_the_history eval 'with_module gotthardctl table history --json | jq -r ".[] | \"\(.act) \(.version) \(.why)\"" >acts && diff - acts' <<'END'
update 1 null
load 1 null
update 2 it is Monday
update 3 null
load 3 the fourth is late
pin 3 wait for the audit
pin 4 audited
update 4 null
unpin 0 done with that
END

plan
