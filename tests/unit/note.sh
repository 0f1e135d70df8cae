#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Keys and notes to Go's golang.org/x/mod/sumdb/note and back, and what either refuses the other does. GTH_SEED is
# the seed of the damage. Prints TAP.

# shellcheck source=tests/unit/work.bash
. "$(dirname "$0")/work.bash"
command -v go >/dev/null || {
	echo "ok 1 - notes_to_go_and_back # SKIP go is not installed"
	echo 1..1
	exit 0
}
[[ -d /usr/share/gocode/src/golang.org/x/mod/sumdb/note ]] || {
	echo "ok 1 - notes_to_go_and_back # SKIP golang-golang-x-mod-dev is not installed"
	echo 1..1
	exit 0
}
mkdir -p "$top/build/tests/go-cache"
(cd "$top/tests/unit" && GO111MODULE=off GOPATH=/usr/share/gocode GOFLAGS='' GOCACHE=$top/build/tests/go-cache \
	go build -o "$work/theirs" note.go) || {
	echo "Bail out! note.go does not build"
	exit 1
}
theirs=$work/theirs ours=$top/build/tests/unit/programs/note
build_unit programs/note

fails_with() {
	local want=$1 rc=0
	shift
	"$@" >/dev/null || rc=$?
	((rc == want)) || { echo "exit $rc, wanted $want" && return 1; }
}

# Keys, made by either side.
our_key=$("$ours" keygen test/ours) && our_vkey=$("$ours" vkey "$our_key")
{ read -r their_key && read -r their_vkey; } < <("$theirs" keygen test/theirs)
ok we_derive_their_public_key test "$("$ours" vkey "$their_key")" = "$their_vkey"
{ read -r utf8_key && read -r utf8_vkey; } < <("$theirs" keygen 'Zürich/🔑')
ok we_derive_the_public_key_of_a_name_beyond_ascii test "$("$ours" vkey "$utf8_key")" = "$utf8_vkey"

# sign_alike TEXT: Ed25519 is deterministic: both sides write the same bytes
sign_alike() { cmp <("$ours" sign "$our_key" <"$1") <("$theirs" sign "$our_key" <"$1"); }
# shellcheck disable=SC2094 # it is only read
they_open() { "$ours" sign "$our_key" <"$1" | "$theirs" open "$our_vkey" | cmp - <(cat "$1" && echo 1); }
# shellcheck disable=SC2094
we_open() { "$theirs" sign "$their_key" <"$1" | "$ours" open "$their_vkey" | cmp - "$1"; }

printf 'a line\n' >line
printf '\n' >empty-line
printf 'one\n\n\ntwo\n\n' >empty-lines
printf 'Zürich — €uro 🔑 \177\302\205\n' >utf8
"$theirs" sign "$their_key" <line >note
head -c 45000 /dev/urandom | base64 >long
for text in line empty-line empty-lines utf8 note long; do
	ok "both_write_the_same_note_of_$text" sign_alike $text
	ok "go_opens_our_note_of_$text" they_open $text
	ok "we_open_gos_note_of_$text" we_open $text
done

# More than one signature.
two_of_ours() { "$theirs" sign "$their_key" <line | "$ours" cosign "$our_key"; }
two_of_theirs() { "$ours" sign "$our_key" <line | "$theirs" cosign "$their_key" "$our_vkey"; }
go_sees_both() { two_of_ours | "$theirs" open "$our_vkey" "$their_vkey" | cmp - <(cat line && echo 2); }
go_sees_ours() { two_of_ours | "$theirs" open "$our_vkey" | cmp - <(cat line && echo 1); }
we_see_one() { two_of_theirs | "$ours" open "$1" | cmp - line; }
ok go_opens_what_we_cosigned go_sees_both
ok go_opens_our_cosignature_alone go_sees_ours
ok we_open_what_go_cosigned_by_our_key we_see_one "$our_vkey"
ok we_open_what_go_cosigned_by_its_key we_see_one "$their_vkey"
utf8_note() { "$theirs" sign "$utf8_key" <line | "$ours" cosign "$our_key"; }
opens_utf8() { utf8_note | "$ours" open "$1" | cmp - line; }
ok we_open_a_note_by_a_name_beyond_ascii opens_utf8 "$utf8_vkey"
ok we_pass_over_a_name_beyond_ascii opens_utf8 "$our_vkey"

for_another() { "$theirs" sign "$their_key" <line | fails_with 126 "$ours" open "$our_vkey"; } # ENOKEY
changed() { "$theirs" sign "$their_key" <line | sed 1s/a/b/ | fails_with 129 "$ours" open "$their_vkey"; } # EKEYREJECTED
ok a_note_by_another_is_enokey for_another
ok a_changed_note_of_gos_is_rejected changed

# The vectors are what Go signs with their keys, and what it opens.
vectors=$top/tests/vectors/notes
vector() {
	local key pub
	key=$(cat "$vectors/$2.key") && pub=$(cat "$vectors/$2.pub") || return
	"$theirs" open "$pub" <"$vectors/$1" | head -n -1 >text || return
	"$theirs" sign "$key" <text | cmp - "$vectors/$1"
}
for note in statement:statement submission:endpoint receipt:region deletion:region verdict:region; do
	ok "go_writes_the_vector_${note%:*}" vector "${note%:*}" "${note#*:}"
done

# Thousands of damaged notes: the same are taken.
seed=${GTH_SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
echo "# GTH_SEED=$seed"
printf 'a\n\nb — c\n' | "$ours" sign "$our_key" | "$theirs" cosign "$their_key" "$our_vkey" >note
mkdir damaged
n=4000
alike() {
	local key
	for key in "$our_vkey" "$their_vkey"; do
		"$theirs" damage "$((seed % (1 << 62)))" $n "$key" damaged <note >theirs.log || return
		"$ours" judge "$key" damaged $n >ours.log || return
		[[ $(wc -l <ours.log) == "$n" ]] || return
		diff ours.log theirs.log || { od -c "damaged/$(diff ours.log theirs.log | awk 'NR == 2 { print $2 }')" && return 1; }
		# Not all of one kind, or the test tests nothing.
		grep -q ok ours.log && grep -q refused ours.log || return
	done
}
ok "of_${n}_damaged_notes_both_take_the_same" alike

plan
