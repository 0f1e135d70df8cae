#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# gotthard-sigtool proof: the vectors of a log, each wrong part by its exit status and its words, and what a region made.
# Prints TAP.

# shellcheck source=tests/unit/work.bash
. "$(dirname "$0")/work.bash" gotthard-sigtool gotthard-region jq
sigtool=$top/build/gotthard-sigtool region=$top/build/gotthard-region
vectors=$top/tests/vectors/log release=$top/tests/vectors/next

# exits STATUS TEXT ARGUMENT...: and says the text
exits() {
	local status=0
	"$sigtool" proof "${@:3}" >out 2>err || status=$?
	if [[ $status != "$1" ]] || ! cat out err | grep -qF -- "$2"; then
		echo "status $status" && cat out err
		return 1
	fi
}
by() { exits "$1" "$2" "$release" --policy "$vectors/policy" --proof "$3" "${@:4}"; }
field() { jq -e "$1" out >/dev/null || { cat out && return 1; }; }

ok a_proof_holds by 0 'main version 1700086400: entry 1 of example.org/vectors, which has 3' "$vectors/proof"
ok the_quorum_is_named grep -qxF 'cosigned by 2 of 3 witnesses, by the quorum at 2023-11-16T02:00:00Z' out
ok so_it_does_for_the_manifest exits 0 'entry 1' "$release/manifest" --policy "$vectors/policy" --proof "$vectors/proof"
ok as_json by 0 '"ok"' "$vectors/proof" --json
ok its_fields_are_right field '.ok and .name == "main" and .version == 1700086400 and .index == 1 and .entries == 3 and
	.log == "example.org/vectors" and .quorum_time == 1700100000 and .quorum_time_utc == "2023-11-16T02:00:00Z" and
	(.witnesses | map(.name)) == ["one", "three"] and .witnesses[1].time == 1700100120 and .problem == null'
root_is() { [[ $(jq -r .root out) == "$(sed -n 3p "$vectors/checkpoint" | base64 -d | od -An -v -tx1 | tr -d ' \n')" ]]; }
ok and_its_root root_is

# Every vector that must be refused, and as what.
while read -r status bad text; do
	ok "${bad//-/_}_is_refused" by "$status" "$text" "$vectors/bad/$bad"
	echo "$bad" >>tried
done <<'BAD'
1 title is not a proof (C2SP tlog-proof): get it from the log again
1 leading-zero is not a proof
1 no-checkpoint the checkpoint in the proof is damaged: get the proof again
1 no-line-feed the checkpoint in the proof is damaged
1 another-origin the checkpoint in the proof is damaged
4 another-log the checkpoint is not signed by a log of the policy: get the proof from that log
5 log-signature is invalid: do not use the release; get the proof from elsewhere
5 root is invalid: do not use the release
5 cosignature is invalid: do not use the release
5 cosignature-time is invalid: do not use the release
6 no-cosignature cosigned by 0 of 3 witnesses, and the quorum is not met: get the proof again later
6 one-cosignature cosigned by 1 of 3 witnesses
6 one-witness-twice cosigned by 1 of 3 witnesses
6 stranger cosigned by 1 of 3 witnesses
7 another-entry does not prove that this manifest is in the log
7 another-index does not prove that this manifest is in the log
7 hash does not prove that this manifest is in the log
7 one-hash-less does not prove that this manifest is in the log
7 one-hash-more does not prove that this manifest is in the log
BAD
ok all_of_them_were_tried diff <(sort tried) <(ls "$vectors/bad")
ok a_refusal_as_json by 6 '"ok"' "$vectors/bad/one-cosignature" --json
ok says_which field '.ok == false and .problem.check == "quorum" and .log == "example.org/vectors" and .quorum_time == null'
ok of_a_log_that_is_unknown by 4 '"ok"' "$vectors/bad/another-log" --json
ok nothing_is_believed field '.ok == false and .problem.check == "log" and .log == null and .index == null and .root == null'

# Another manifest, another policy, files that are not there.
ok another_release_is_not_proven exits 7 'another release' "$top/tests/vectors/small" --policy "$vectors/policy" --proof "$vectors/proof"
sed 's/^trusted: .*/trusted: 9/' "$release/manifest" >changed
ok a_changed_manifest_is_refused exits 1 'changed:' changed --policy "$vectors/policy" --proof "$vectors/proof"
sed 's/^version: 1700086400/version: 1700086401/' "$release/manifest" >changed
ok one_with_another_version_is_not_proven exits 7 'one of the two was changed' changed --policy "$vectors/policy" --proof "$vectors/proof"
sed 's/^group most 2/group most 3/' "$vectors/policy" >three
ok a_higher_quorum_is_not_met exits 6 'cosigned by 2 of 3' "$release" --policy three --proof "$vectors/proof"
echo "log $(cat "$vectors/log.pub")" >alone && echo 'quorum none' >>alone
ok no_witness_may_be_needed exits 0 'the policy needs no witness' "$release" --policy alone --proof "$vectors/bad/no-cosignature"
ok that_is_said_in_json exits 0 '"quorum_time": null' "$release" --policy alone --proof "$vectors/proof" --json
sed 's/^quorum.*/quorum nobody/' "$vectors/policy" >bad
ok a_bad_policy_names_its_line exits 1 'bad:6: the quorum is not named on a line before' "$release" --policy bad --proof "$vectors/proof"
ok a_missing_policy_is_an_error exits 3 'none: No such file' "$release" --policy none --proof "$vectors/proof"
ok a_missing_proof_is_one exits 3 'next/proof: No such file' "$release" --policy "$vectors/policy"
ok so_is_a_missing_release exits 3 'none: No such file' none --policy "$vectors/policy"
head -c 100000 /dev/zero >large
ok a_large_proof_is_refused by 1 'large: is too large' large
ok a_directory_is_not_a_proof by 3 'Is a directory' .
ok a_policy_is_needed exits 64 '--policy is missing' "$release"
full() { ! "$sigtool" proof "$release" --policy "$vectors/policy" --proof "$vectors/proof" >/dev/full 2>err; }
ok output_that_is_lost_is_an_error full

# A proof that a region publishes is found beside the manifest.
make_log() {
	"$region" log-key example.org/releases key && "$region" log-key --witness one.example one &&
		"$region" publish log --init --key key && sha256sum err >list &&
		"$sigtool" build -o 1 --version 1 --class malicious list && "$region" publish log 1 --key key --unsigned &&
		printf 'log %s\nwitness one %s\nquorum one\n' "$(cat key.pub)" "$(cat one.pub)" >policy
} >/dev/null
cosign() {
	"$region" witness --log log --log-key key.pub --state state --key one --first -o co &&
		"$region" cosign log co --policy policy
}
ok a_log_is_made make_log
ok its_release_waits_for_witnesses exits 6 'cosigned by 0 of 1' log/releases/main/1 --policy policy
ok they_cosign cosign
ok then_it_is_proven exits 0 'main version 1: entry 0 of example.org/releases, which has 1' log/releases/main/1 --policy policy

plan
