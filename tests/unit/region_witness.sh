#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# gotthard-region witness, cosign and prove: several witnesses, a quorum, and what a witness refuses: rollback, fork,
# another log, damage. Proofs and cosignatures are read by an independent program in Go. Prints TAP.

# shellcheck source=tests/unit/work.bash
. "$(dirname "$0")/work.bash" gotthard-region gotthard-sigtool
region=$top/build/gotthard-region sigtool=$top/build/gotthard-sigtool check=$work/check

# exits STATUS TEXT COMMAND...: it names what it found
exits() {
	local status=0
	"${@:3}" >out 2>err || status=$?
	if [[ $status != "$1" ]] || ! cat out err | grep -qF -- "$2"; then
		echo "status $status" && cat out err
		return 1
	fi
}
publish_next() { # LOGDIR VERSION PREV
	rm -rf release
	printf '%s %s\n' "$1" "$2" | sha256sum >list
	"$sigtool" build -o release --version "$2" --class malicious ${3:+--prev "$3"} list >/dev/null &&
		"$region" publish "$1" release --key key --unsigned >/dev/null
}
witness() { # N LOGDIR [OPTION...]
	"$region" witness --log "$2" --log-key key.pub --state "state$1" --key "w$1" -o "co$1" "${@:3}"
}

"$region" log-key example.org/releases key >/dev/null
for n in 1 2 3; do "$region" log-key --witness "w$n.example" "w$n" >/dev/null; done
"$region" publish log --init --key key >/dev/null
publish_next log 1 ''
cat >policy <<POLICY
# one log, two of three witnesses
log $(cat key.pub) https://example.org/log/
witness one $(cat w1.pub)
witness two $(cat w2.pub)
witness three $(cat w3.pub)
group most 2 one two three
quorum most
POLICY

ok nothing_was_cosigned_yet exits 1 'begin with --first' witness 1 log
ok the_first_checkpoint_is_cosigned witness 1 log --first
ok not_twice_for_the_first_time exits 1 'was cosigned already' witness 1 log --first
ok the_same_checkpoint_again witness 1 log
ok no_checkpoint_is_cosigned_enough test ! -e log/checkpoint.cosigned
ok one_is_too_few exits 2 'cosigned by 1 of 3 witnesses; the quorum is not met' "$region" cosign log co1 --policy policy
ok a_second_one witness 2 log --first
ok two_are_enough exits 0 'cosigned by 2 of 3 witnesses; the quorum is met' "$region" cosign log co2 --policy policy
ok then_readers_find_it cmp log/checkpoint log/checkpoint.cosigned
proof_is() { "$region" prove log main "$1" -o made && cmp made "log/releases/main/$1/proof"; }
ok and_a_proof_by_it proof_is 1
ok the_same_is_nothing_new exits 0 'nothing new' "$region" cosign log co2 co1 --policy policy
ok the_checkpoint_has_three_signatures test "$(grep -c '^— ' log/checkpoint)" = 3
ok a_key_of_a_log_is_not_a_witnesss exits 1 'is not the private key of a witness' \
	"$region" witness --log log --log-key key.pub --state s --key key
ok a_proof_is_made "$region" prove log main 1 -o proof1
ok of_what_is_there_only exits 1 'main version 2 is not in the log' "$region" prove log main 2

cp -r log old
publish_next log 2 log/releases/main/1/manifest
publish_next log 3 log/releases/main/2/manifest
ok a_new_checkpoint_has_no_cosignature test "$(grep -c '^— ' log/checkpoint)" = 1
cp log/checkpoint.cosigned before
ok an_old_cosignature_does_not_count exits 2 'cosigned by 0 of 3' "$region" cosign log co1 co2 --policy policy
ok readers_find_the_one_before cmp before log/checkpoint.cosigned
ok what_continues_is_cosigned witness 1 log
ok rollback_is_refused exits 3 'the log went back: 3 entries were cosigned, now it has 1' witness 1 old
cp -r old fork
publish_next fork 4 fork/releases/main/1/manifest
ok a_shorter_fork_goes_back exits 3 'went back' witness 1 fork
publish_next fork 5 fork/releases/main/4/manifest
ok a_fork_of_the_same_size_is_refused exits 4 'does not continue' witness 1 fork
publish_next fork 6 fork/releases/main/5/manifest
ok a_longer_fork_is_refused exits 4 'does not continue' witness 1 fork
ok a_witness_of_the_fork_alone_follows_it witness 2 fork
ok and_refuses_the_other_then exits 3 'went back' witness 2 log
"$region" log-key example.org/other other >/dev/null && cp -r log theirs
ok another_log_is_refused exits 5 "is not signed by the log's key" \
	"$region" witness --log theirs --log-key other.pub --state state9 --key w3 --first
sed 's/^3$/4/' log/checkpoint >changed && cp -r log bad && cp changed bad/checkpoint
ok a_changed_checkpoint_is_refused exits 5 'the signature is invalid' witness 1 bad
rm -r bad && cp -r log bad && rm bad/tile/0/000.p/3
ok a_missing_tile_is_damage exits 6 'tiles are not those' witness 1 bad
rm -r bad && cp -r log bad && printf X | dd of=bad/tile/0/000.p/3 bs=1 seek=70 conv=notrunc status=none
ok so_is_a_changed_one exits 6 'tiles are not those' witness 1 bad
echo >bad/checkpoint
ok and_no_checkpoint exits 6 'is not a checkpoint' witness 1 bad
rm -r bad && cp -r state1 bad && for f in bad/*; do truncate -s -9 "$f"; done
ok a_damaged_state_is_not_the_first_time exits 1 'the state of this log is damaged' \
	"$region" witness --log log --log-key key.pub --state bad --key w1 --first
exec 9<state1 && flock 9
ok one_witness_at_a_time exits 1 'another witness works' witness 1 log
exec 9<&-
ok the_state_is_as_it_was witness 1 log

witness 3 log --first
ok two_for_the_new_one exits 0 'the quorum is met' "$region" cosign log co1 co3 --policy policy
ok readers_find_the_new_one cmp log/checkpoint log/checkpoint.cosigned
ok the_new_releases_are_proven_by_it eval 'proof_is 2 && proof_is 3'
ok that_of_the_first_one_stays cmp proof1 log/releases/main/1/proof
cp -r log/releases/main/2 kept && rm -r log/releases/main/2 log/checkpoint.cosigned && sed '$d' proof1 >log/releases/main/3/proof
ok what_is_missing_is_made_again exits 0 'the quorum is met' "$region" cosign log co1 --policy policy
ok as_it_was eval 'proof_is 3 && cmp log/checkpoint log/checkpoint.cosigned && [[ ! -e log/releases/main/2 ]]'
mv kept log/releases/main/2
ok a_proof_of_each "$region" prove log main 1 -o proof1b
"$region" prove log main 3 -o proof3
sed 's/^quorum.*/quorum nobody/' policy >policy.bad
ok a_bad_policy_names_its_line exits 1 'policy.bad:7: the quorum is not named' "$region" cosign log co1 --policy policy.bad

if [[ -d /usr/share/gocode/src/golang.org/x/mod/sumdb/tlog ]] && command -v go >/dev/null; then
	build_unit programs/proofs
	ok verifier_builds env GO111MODULE=off GOFLAGS= GOPATH=/usr/share/gocode GOCACHE="$work/cache" go build -o "$check" \
		"$top/tests/unit/proof_check/main.go"
	ok our_proofs_hold eval "'$top/build/tests/unit/programs/proofs' >proofs"
	ok others_say_so_too eval "'$check' tree <proofs | grep -q '[0-9]* proofs'"
	ok others_verify_proof_and_cosignatures exits 0 'entry 0 of example.org/releases cosigned by 2' \
		"$check" proof key.pub 2 log/releases/main/1/manifest proof1 w1.pub w2.pub w3.pub
	ok after_more_releases exits 0 'entry 0 of example.org/releases cosigned by 2' \
		"$check" proof key.pub 2 log/releases/main/1/manifest proof1b w1.pub w2.pub w3.pub
	ok and_of_the_last_one exits 0 'entry 2 of' "$check" proof key.pub 2 log/releases/main/3/manifest proof3 w1.pub w3.pub
	ok another_manifest_is_not_proven exits 1 '' "$check" proof key.pub 2 log/releases/main/2/manifest proof3 w1.pub w3.pub
else
	echo "# golang-golang-x-mod-dev is not installed: proofs are not verified by others"
fi

plan
