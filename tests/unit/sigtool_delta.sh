#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Tests gotthard-sigtool diff and apply from outside. Prints TAP.

# shellcheck source=tests/unit/work.bash
. "$(dirname "$0")/work.bash" gotthard-sigtool python3
vectors=$top/tests/vectors
small=$vectors/small next=$vectors/next delta=$vectors/delta

exits() { # STATUS ARGUMENT...
	local wanted=$1 rc=0
	shift
	gotthard-sigtool "$@" >out 2>err || rc=$?
	[[ $rc == "$wanted" ]] || { echo "exit status $rc, not $wanted" && false; }
}
is() { [[ $1 == "$2" ]] || { echo "got '$1', wanted '$2'" && false; }; }
says() { grep -qF -- "$1" err; }
prints() { grep -qxE -- "$1" out; }
field() { python3 -c 'import json,sys; v = json.load(open("out")); exec("print(v" + sys.argv[1] + ")")' "$1"; }
names() { find "$1" -mindepth 1 -printf '%P\n' | sort | tr '\n' ' '; }
same() { cmp "$1/body" "$2/body" && cmp "$1/manifest" "$2/manifest"; }
# release DIR VERSION LIST...
release() { gotthard-sigtool build -o "$1" --version "$2" --created "170000000$2" "${@:3}" >build.out; }

### the vector
ok verifies_the_new_release exits 0 verify "$next"
ok writes_delta exits 0 diff -o d "$small" "$next"
ok delta_is_byte_exact cmp d/delta "$delta/delta"
ok manifest_is_that_of_the_new_release cmp d/manifest "$next/manifest"
ok writes_nothing_else is "$(names d)" 'delta manifest '
ok applies_delta exits 0 apply "$small" "$delta" -o made
ok gives_the_new_release same made "$next"
ok makes_nothing_else is "$(names made)" 'body manifest '
ok says_what_was_made prints 'main version 1700086400 from version 1700000000: 6 records; 2 added, 1 removed, 1 changed'
ok applies_by_manifests exits 0 apply "$small/manifest" "$delta/manifest" -o made
ok applies_in_json exits 0 apply --json "$small" "$delta" -o made
ok json_has_the_release is "$(field '["version"]') $(field '["malicious"]')" '1700086400 4'
ok json_has_the_changes is "$(field '["delta"]["removed"]') $(field '["delta"]["changed"]') $(field '["delta"]["added"]')" '1 1 2'

### what differs
ok shows_what_differs exits 0 diff "$small" "$next"
ok shows_old_release prints 'old +main version 1700000000 of 2023-11-14T22:13:20Z: 5 records'
ok shows_new_release prints 'new +main version 1700086400 of 2023-11-15T22:13:20Z: 6 records'
ok counts_added prints 'added +2: malicious 1, suspicious 1'
ok counts_changed prints 'changed +1: suspicious to malicious 1'
ok counts_removed prints 'removed +1: trusted 1'
ok lists_added_in_the_other_domain prints 'added +- +malicious +fsverity +ba7816bf8f01'
ok lists_changed prints 'changed +suspicious +malicious +sha256 +80d8b1e97421'
ok lists_removed prints 'removed +trusted +- +sha256 +ba7816bf8f01'
ok lists_whole_digests exits 0 diff --no-trunc "$small" "$next"
ok digests_are_whole prints 'added .* 3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d'
ok goes_back_too exits 0 diff "$next" "$small"
ok changed_back_is_the_reverse prints 'changed +1: malicious to suspicious 1'
ok compares_with_itself exits 0 diff "$small" "$small"
ok nothing_differs is "$(tail -n +3 out | tr -s ' ' | tr '\n' ';')" 'added 0;changed 0;removed 0;'
ok shows_json exits 0 diff --json "$small" "$next"
ok json_has_both_versions is "$(field '["old"]["version"]') $(field '["new"]["version"]')" '1700000000 1700086400'
ok json_counts_by_class is "$(field '["changed"]["records"]') $(field '["changed"]["classes"][0]["was"]') $(field '["changed"]["classes"][0]["is"]')" \
	'1 suspicious malicious'
ok json_has_no_class_for_what_is_not_there is "$(field '["removed"]["classes"][0]["is"]')" None
ok json_has_each_change is "$(field '["changes"][3]["change"]') $(field '["changes"][3]["domain"]') $(field '["changes"][3]["was"]')" 'added fsverity None'
exits 0 diff --json "$small" "$small"
ok json_of_no_difference_is_whole is "$(field '["changes"]')" '[]'
ok refuses_other_name exits 1 diff "$small" "$vectors/domains"
ok says_both_names says 'is of the database main, and '
ok compares_other_name_when_told exits 0 diff --force "$small" "$vectors/domains"
ok warns_of_other_name says warning:
ok writes_no_delta_to_another_name exits 1 diff --force -o none "$small" "$vectors/domains"
ok writes_no_delta_to_an_earlier_release exits 1 diff -o none "$next" "$small"
ok writes_no_delta_to_the_same_release exits 1 diff -o none "$small" "$small"
ok says_what_a_delta_leads_to says 'a delta leads to a later release'
for fault in digest order short counts; do
	ok "refuses_old_release_of_bad_$fault" exits 1 diff -o none "$vectors/bad/$fault" "$next"
	ok "refuses_new_release_of_bad_$fault" exits 1 diff "$small" "$vectors/bad/$fault"
	ok "names_the_body_of_bad_$fault" says "bad/$fault/body: "
done
ok missing_release_is_an_io_error exits 3 diff "$small" nowhere
ok wrong_releases_leave_no_directory test ! -e none
ok needs_two_releases exits 64 diff "$small"
ok takes_no_three_releases exits 64 diff "$small" "$next" "$next"

### deltas that must be refused
while read -r fault text; do
	ok "refuses_$fault" exits 1 apply "$small" "$vectors/bad-delta/$fault" -o bad
	ok "says_why_$fault" says "bad-delta/$fault/delta$text"
	ok "makes_nothing_of_$fault" test ! -e bad
	cut -d: -f 3- err >>reasons
done <<'END'
crlf :1: expected `gotthard-delta 1'
leading-zero :3: expected `from-version: '
too-many : more records than two releases can differ in
pair : it does not belong to the manifest beside it
name : it is of the database other, its manifest of main
version : it leads from version 1700086400 to 1700086400, which is not higher
base : the delta is for main version 1700000000 (SHA-256 of its manifest ad625f5c
torn : byte 462: torn: it ends here; by its head it has 463 bytes
long : byte 463: longer than the 463 bytes
order : byte 358 (record 1): the record is smaller than the one before it
duplicate : byte 358 (record 1): the record is a duplicate of the one before it
domain : byte 428 (record 3): there is no domain 3
class : byte 428 (record 3): there is no class 4
same-class : byte 358 (record 1): class 2 becomes class 2
counts : 1 records are removed; the head says 2
digest : the SHA-256 of its records is not that of its head
removes-missing : byte 323 (record 0): it removes 2e7d2c03a950
changes-missing : byte 323 (record 0): it changes 2e7d2c03a950
adds-present : byte 428 (record 3): it adds e3b0c44298fc
other-class : byte 358 (record 1): it takes 80d8b1e97421
result-counts : the result has 4 malicious, 0 suspicious and 2 trusted records, its manifest says 4, 1 and 1
result : the SHA-256 of the result is not that of its manifest
END
ok each_fault_has_its_own_words is "$(sort reasons | uniq -d)" ''
ok every_bad_vector_was_tried is "$(wc -l <reasons)" "$(find "$vectors/bad-delta" -name delta | wc -l)"
ok refuses_the_wrong_base exits 1 apply "$next" "$delta" -o bad
ok names_the_base_that_it_needs says ac625f5c83ed83666018fcd264b6328f5061cdb4a0e7dafa5b68c7726e9e986e
ok names_the_base_that_there_is says e2fa302ee8c8f49d4607ab50f77bc6065ecbee478ca16822cbfa30b14eeb5b67
ok says_what_to_fetch says 'get that release, or version 1700086400 whole'
mkdir base
cp "$small/manifest" base
flipped() { # BYTE: of the base's body
	cp "$small/body" base
	printf '\xa5' | dd of=base/body bs=1 seek="$1" conv=notrunc status=none
	exits 1 apply base "$delta" -o bad && [[ ! -e bad ]]
}
for byte in 0 33 34 60 169; do
	ok "refuses_base_changed_at_byte_$byte" flipped "$byte"
done
head -c 168 "$small/body" >base/body
ok refuses_base_cut_short exits 1 apply base "$delta" -o bad
ok names_the_body_cut_short says 'base/body: byte 168: ends here'
mkdir cut
cp "$delta/manifest" cut
truncations() {
	local size i
	size=$(stat -c %s "$delta/delta")
	for ((i = 0; i < size; i++)); do
		head -c $i "$delta/delta" >cut/delta
		exits 1 apply "$small" cut -o bad || { echo "at byte $i" && return 1; }
		[[ ! -e bad ]] || { echo "at byte $i there is a release" && return 1; }
	done
}
ok refuses_delta_cut_at_every_byte truncations
ok missing_delta_is_an_io_error exits 3 apply "$small" "$next" -o bad
ok missing_base_is_an_io_error exits 3 apply nowhere "$delta" -o bad
cp "$small/manifest" alone
ok missing_body_is_an_io_error exits 3 apply alone "$delta" -o bad
ok apply_needs_output exits 64 apply "$small" "$delta"
ok apply_needs_delta exits 64 apply "$small" -o bad
ok nothing_was_made test ! -e bad

### a delta by itself
ok verifies_delta exits 0 verify "$delta"
ok says_that_it_is_a_delta prints 'main version 1700086400: a delta from version 1700000000, 4 changes, all good, expired'
ok strict_refuses_an_expired_delta exits 1 verify --strict "$delta"
ok verify_refuses_torn_delta exits 1 verify "$vectors/bad-delta/torn"
ok verify_names_the_delta says 'torn/delta: byte 462: torn'
ok verify_refuses_changed_delta exits 1 verify "$vectors/bad-delta/digest"
ok verifies_delta_in_json exits 0 verify --json "$delta"
ok json_names_the_delta is "$(field '["delta"]') $(field '["body"]')" "$delta/delta None"
ok shows_delta exits 0 info "$delta"
ok shows_its_base prints 'delta +from version 1700000000, whose manifest has the SHA-256 ac625f5c.*'
ok shows_its_counts is "$(tail -n 3 out | tr -s ' \n' ' ')" ' removed 1 changed 1 added 2 '
ok shows_delta_in_json exits 0 info --json "$delta"
ok json_has_its_base is "$(field '["delta"]["from_version"]')" 1700000000
exits 0 info --json "$small"
ok a_release_without_a_delta_has_none is "$(field '["delta"]')" None

### many records, and the place of the output
gotthard-sigtool generate -o many --count 100000 --seed 1
head -n 99900 many >"more"
gotthard-sigtool generate -o - --count 150 --seed 2 >>"more"
head -n 50 many >less
release one 1 malicious:many
release two 2 --prev one malicious:more
release three 3 --prev two "malicious:more" suspicious:many trusted:less
ok writes_large_delta exits 0 diff --json --list -o large one two
ok json_lists_all_changes is "$(field '["complete"]') $(python3 -c 'import json; print(len(json.load(open("out"))["changes"]))')" 'True 250'
ok applies_large_delta exits 0 apply one large -o two.made
ok gives_the_large_release same two.made two
ok diff_is_deterministic eval 'exits 0 diff -o large2 one two && cmp large/delta large2/delta'
ok skips_a_release exits 0 diff -o skip one three
ok applies_what_skips_a_release exits 0 apply one skip -o three.made
ok gives_the_release_after_next same three.made three
exits 0 diff one two
ok lists_the_first_ten_of_each is "$(grep -c '^added  *-' out) $(grep -c '^removed  *mal' out)" '10 10'
ok says_that_there_are_more prints '\.\.\. and more, 250 in all: see --list'
exits 0 diff --list one two
ok lists_all is "$(grep -c '^added  *-' out) $(grep -c '^removed  *mal' out) $(grep -c more out)" '150 100 0'
no_room() { TMPDIR=$work/nowhere exits 3 diff --list one two && says TMPDIR; }
ok list_without_a_place_is_an_io_error no_room
cp -r one place
ok applies_in_place exits 0 apply place large -o place
ok base_became_the_new_release same place two
ok writes_delta_beside_its_release exits 0 diff -o two one two
ok release_is_still_there exits 0 verify two
ok refuses_to_take_a_manifest_from_its_body exits 1 diff -o one one two
ok says_so says 'one holds another release'
ok one_is_as_it_was exits 0 verify one
by_development=(--key "$top/packaging/development-key/key.pem" --cert "$top/packaging/development-key/certificate.pem")
exits 0 sign two "${by_development[@]}"
ok delta_takes_the_signature_along exits 0 diff -o signed one two
ok signature_is_the_same cmp signed/manifest.p7s two/manifest.p7s
ok apply_takes_the_signature_along exits 0 apply one signed -o signed.made
ok signature_of_the_release_is_the_same cmp signed.made/manifest.p7s two/manifest.p7s
ok apply_says_by_which_key prints 'signed by Gotthard development key, for tests only: .*'
ok apply_does_not_warn_of_what_is_signed is "$(<err)" ''
exits 0 apply --json one signed -o signed.made
ok json_of_apply_has_the_key is "$(field '["signer"][:24]')" 'Gotthard development key'
ok apply_without_signature exits 0 apply one large -o signed.made
ok a_signature_over_another_manifest_is_not_left is "$(names signed.made)" 'body manifest '
ok apply_says_that_it_is_not_signed prints 'not signed'
ok base_that_is_not_signed_gives_no_warning is "$(<err)" ''
cp -r one one.signed
exits 0 sign one.signed "${by_development[@]}"
ok apply_to_a_signed_base exits 0 apply --json one.signed large -o one.signed
ok warns_that_the_signature_is_missing says 'warning: the base is signed, and there is no large/manifest.p7s'
ok json_of_apply_has_no_key is "$(field '["signer"]')" None
cp one/manifest other
exits 0 sign other "${by_development[@]}" -o signed/manifest.p7s
ok apply_refuses_a_signature_over_another_manifest exits 1 apply one signed -o forged
ok names_the_signature says 'signed/manifest.p7s: not over this manifest, or damaged'
cp signed/manifest.p7s two/
ok diff_refuses_a_signature_over_another_manifest exits 1 diff -o forged one two
head -c 20000 /dev/zero >two/manifest.p7s
ok refuses_what_is_too_large_for_a_signature exits 1 diff -o forged one two
ok leaves_no_directory_then test ! -e forged
rm two/manifest.p7s

### every pair of sizes, from nothing on
: >nothing
release none 1 --allow-empty malicious:nothing
release few 2 malicious:less
ok makes_delta_from_nothing exits 0 diff -o d1 none few
ok makes_release_from_nothing eval 'exits 0 apply none d1 -o m1 && same m1 few'
release none3 3 --allow-empty malicious:nothing
ok makes_delta_to_nothing exits 0 diff -o d2 few none3
ok makes_nothing_from_a_release eval 'exits 0 apply few d2 -o m2 && same m2 none3'
ok nothing_has_an_empty_body is "$(stat -c %s m2/body)" 0

### interrupted
before() { same held one && is "$(names held)" 'body manifest '; }
limited() { # BLOCKS COMMAND...: a limit on the size of files of so many KiB
	(ulimit -f "$1" && exec gotthard-sigtool "${@:2}") >out 2>err
	is $? 3
}
cp -r one held
ok full_disk_at_body_is_an_io_error limited 1024 apply one large -o held
ok full_disk_at_body_changes_nothing before
ok full_disk_at_delta_is_an_io_error limited 1 diff -o full one two
ok full_disk_at_delta_leaves_no_directory test ! -e full
mkdir slow
cp one/manifest slow
interrupt() { # SIGNAL: while the base is read, which never ends
	rm -f slow/body
	mkfifo -m 600 slow/body
	# a shell's background job ignores SIGINT, and the tool would leave that as it is
	env --default-signal=INT gotthard-sigtool apply slow large -o held >out 2>err &
	local pid=$! rc=0
	exec 5>slow/body
	head -c 1000000 one/body >&5
	kill "-$1" $pid
	wait $pid || rc=$?
	exec 5>&-
	is $rc $((128 + $(kill -l "$1")))
}
for signal in INT TERM KILL; do
	ok "apply_ends_by_$signal" interrupt $signal
	ok "${signal}_changes_nothing" same held one
	# a killed one leaves a temporary file, which the next one removes
	[[ $signal == KILL ]] || ok "${signal}_leaves_nothing_behind" before
done
ok applies_after_a_killed_one exits 0 apply one large -o held
ok sweeps_what_a_killed_one_left is "$(names held)" 'body manifest '
exec 7<held
flock 7
ok refuses_a_directory_that_is_written exits 3 apply one large -o held
ok says_that_it_is_written says 'another gotthard-sigtool is building'
exec 7<&-
rm -rf taken && mkdir -p taken/delta
ok refuses_directory_in_the_place_of_the_delta exits 3 diff -o taken one two
full_stdout() { is "$(gotthard-sigtool "$@" 2>err >/dev/full; echo $?)" 3; }
ok full_stdout_of_diff_is_an_io_error full_stdout diff --list one two
ok full_stdout_of_apply_is_an_io_error full_stdout apply one large -o held

plan
