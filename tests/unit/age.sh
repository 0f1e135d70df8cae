#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Files and keys to Debian's age and age-keygen and back. GTH_AGE names the unit test, which is our side. Prints TAP.

ours=$(realpath "${GTH_AGE:-$(dirname "$0")/../../build/tests/unit/age}")
# shellcheck source=tests/unit/work.bash
. "$(dirname "$0")/work.bash"
[[ -x $ours ]] || {
	echo "Bail out! $ours is not there: tests/unit/run age builds it"
	exit 1
}
for tool in age age-keygen; do
	command -v $tool >/dev/null || {
		echo "Bail out! $tool is not installed"
		exit 1
	}
done

fails_with() {
	local want=$1 rc=0
	shift
	"$@" || rc=$?
	((rc == want)) || { echo "exit $rc, wanted $want" && return 1; }
}

max=$((1 << 40))
their_decrypt() { age -d -i "$1" <"$2" | cmp - "$3"; }
our_decrypt() { "$ours" decrypt "$1" $max <"$2" | cmp - "$3"; }
our_refusal() { fails_with 74 "$ours" decrypt "$1" $max <"$2"; } # 74 is EBADMSG
their_refusal() { ! age -d -i "$1" <"$2" >/dev/null; }

# Keys, made by either side.
"$ours" keygen >our.identity
age-keygen -o their.identity 2>/dev/null
our_identity=$(cat our.identity)
their_identity=$(grep ^AGE- their.identity)
our_recipient=$("$ours" recipient "$our_identity")
their_recipient=$(age-keygen -y their.identity)
ok age_keygen_knows_our_recipient test "$(age-keygen -y our.identity)" = "$our_recipient"
ok we_know_their_recipient test "$("$ours" recipient "$their_identity")" = "$their_recipient"
agreed=0
for n in {1..8}; do
	age-keygen 2>/dev/null | tee k | grep ^AGE- >k.identity
	[[ $("$ours" recipient "$(cat k.identity)") == $(age-keygen -y k) ]] || break
	"$ours" keygen >k.identity
	[[ $("$ours" recipient "$(cat k.identity)") == $(age-keygen -y k.identity) ]] || break
	agreed=$n
done
ok eight_more_of_each_agree test "$agreed" = 8

for size in 0 1 47 65535 65536 65537 131072 200000 5242880; do
	head -c $size /dev/urandom >plain
	"$ours" encrypt "$our_recipient" "$their_recipient" <plain >sealed
	ok "age_opens_our_${size}_bytes_as_first_recipient" their_decrypt our.identity sealed plain
	ok "age_opens_our_${size}_bytes_as_second_recipient" their_decrypt their.identity sealed plain
	rm -f sealed
	age -r "$our_recipient" -r "$their_recipient" -o sealed plain
	ok "we_open_their_${size}_bytes_as_first_recipient" our_decrypt "$our_identity" sealed plain
	ok "we_open_their_${size}_bytes_as_second_recipient" our_decrypt "$their_identity" sealed plain
	"$ours" encrypt "$their_recipient" <plain >mine
	age -r "$their_recipient" -o theirs plain
	ok "both_write_${size}_bytes_to_one_size" test "$(stat -c %s mine)" = "$(stat -c %s theirs)"
	rm -f mine theirs
done

# Through pipes, which give what they have.
slowly() { head -c 70000 "$1" && sleep 0.1 && tail -c +70001 "$1"; }
encrypt_slowly() { slowly plain | "$ours" encrypt "$our_recipient" | age -d -i our.identity | cmp - plain; }
decrypt_slowly() { slowly sealed | "$ours" decrypt "$our_identity" "$(stat -c %s plain)" | cmp - plain; }
ok we_encrypt_from_a_slow_pipe encrypt_slowly
ok we_decrypt_from_a_slow_pipe decrypt_slowly

# A file that one side refuses, the other refuses too.
head -c 100000 plain >part
"$ours" encrypt "$our_recipient" <part >sealed
{ cat sealed && printf x; } >longer
head -c -1 sealed >shorter
sed '1s/v1/v2/' sealed >version
sed '1s/$/\r/' sealed >cr
for damage in longer shorter version cr; do
	ok "we_refuse_$damage" our_refusal "$our_identity" $damage
	ok "age_refuses_$damage" their_refusal our.identity $damage
done
age -a -r "$our_recipient" -o armored part
ok armor_is_refused our_refusal "$our_identity" armored
printf 'AGE-SECRET-KEY-1\n' >bad.identity
ok a_bad_identity_is_einval fails_with 22 "$ours" recipient "$(cat bad.identity)"
for_another() { fails_with 126 "$ours" decrypt "$their_identity" $max <sealed >got && [[ ! -s got ]]; }
too_large() { fails_with 27 "$ours" decrypt "$our_identity" 99999 <sealed >got && cmp got <(head -c 65536 part); }
ok a_file_for_another_is_enokey for_another
ok too_large_is_efbig too_large

# An SSH key's stanza is of a type that we pass over.
if command -v ssh-keygen >/dev/null; then
	ssh-keygen -q -t ed25519 -N '' -f ssh
	age -R ssh.pub -r "$our_recipient" -o sealed part
	ok we_open_a_file_that_is_also_for_an_ssh_key our_decrypt "$our_identity" sealed part
fi

plan
