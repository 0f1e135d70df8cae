#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Verifies the output of `gotthardctl egress export` by golang.org/x/mod's notes and logs. Prints TAP.

# shellcheck source=tests/unit/work.bash
. "$(dirname "$0")/work.bash" gotthardctl
ctl=$top/build/gotthardctl journal=$top/build/tests/unit/programs/journal check=$top/build/tests/unit/tlog_check
build_unit programs/journal
if [[ ! -d /usr/share/gocode/src/golang.org/x/mod/sumdb/tlog ]] || ! command -v go >/dev/null; then
	echo "ok 1 - independent_verifier # SKIP golang-golang-x-mod-dev is not installed"
	echo 1..1
	exit 0
fi
fails() { ! "$@"; }
export_at() {
	"$journal" make "$work/journal" "$1" && "$ctl" egress export -d "$work/journal" "$work/$1"
}
says_same_root() {
	[[ $("$check" "$work/$1" | sed 's/.*root //') == $("$ctl" egress verify -d "$work/$1" | sed -n '1s/.*root \([^,]*\),.*/\1/p') ]]
}

ok verifier_builds env GO111MODULE=off GOFLAGS= GOPATH=/usr/share/gocode GOCACHE="$work/cache" go build -o "$check" \
	"$top/tests/unit/tlog_check/main.go"
for n in 1 2 255 256 257 600; do
	ok "journal_of_${n}_is_exported" export_at "$n"
	ok "journal_of_${n}_is_verified_by_others" "$check" "$work/$n"
	ok "journal_of_${n}_has_the_root_that_we_say" says_same_root "$n"
done
ok journal_of_257_continues_2 "$check" "$work/2" "$work/257"
ok journal_of_600_continues_255 "$check" "$work/255" "$work/600"
ok journal_of_600_continues_256 "$check" "$work/256" "$work/600"

"$journal" make "$work/other" 300 eu-9 && "$ctl" egress export -d "$work/other" "$work/foreign" >/dev/null
ok other_log_does_not_continue_it fails "$check" "$work/257" "$work/foreign"
cp -r "$work/600" "$work/bad"
printf X | dd of="$work/bad/tile/entries/001" bs=1 seek=100 conv=notrunc status=none
ok others_find_what_we_find fails "$check" "$work/bad"
ok we_find_what_others_find fails "$ctl" egress verify -d "$work/bad"

plan
