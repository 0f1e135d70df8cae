#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# tests/vectors/log: what we write is that, byte for byte; golang.org/x/mod and a verifier of cosignatures of a few lines
# take the log and its proof, and none of the bad ones. Prints TAP.

# shellcheck source=tests/unit/work.bash
. "$(dirname "$0")/work.bash"
vectors=$top/tests/vectors/log
build_unit programs/log_vectors

made() { mkdir made && (cd "$top" && build/tests/unit/programs/log_vectors "$vectors" "$work/made"); }
ok they_are_made made
ok they_are_what_we_write diff -r --exclude='*.key' "$vectors" made
ok none_is_missing test "$(find "$vectors" -type f | wc -l)" = "$(find "$vectors"/*.key made -type f | wc -l)"

if [[ -d /usr/share/gocode/src/golang.org/x/mod/sumdb/tlog ]] && command -v go >/dev/null; then
	export GO111MODULE=off GOFLAGS='' GOPATH=/usr/share/gocode GOCACHE=$top/build/tests/go-cache
	ok verifier_of_proofs_builds go build -o "$work/proof" "$top/tests/unit/proof_check/main.go"
	ok verifier_of_logs_builds go build -o "$work/log" "$top/tests/unit/tlog_check/main.go"
	proof() {
		"$work/proof" proof "$vectors/log.pub" 2 "$top/tests/vectors/next/manifest" "$1" "$vectors"/{one,two,three}.pub >out 2>err
	}
	ok go_verifies_the_proof proof "$vectors/proof"
	cp "$vectors/log.pub" made/key
	ok go_verifies_the_log "$work/log" made
	refused() { ! proof "$1" && [[ -s err ]]; }
	for bad in "$vectors"/bad/*; do ok "go_refuses_$(basename "$bad")" refused "$bad"; done
else
	echo "# golang-golang-x-mod-dev is not installed: the vectors are not verified by others"
fi

plan
