#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# gotthard-region publish: releases in a log of releases; what it refuses; what is there for readers. The log is read
# by golang.org/x/mod's logs too, where those are installed. Prints TAP.

# shellcheck source=tests/unit/work.bash
. "$(dirname "$0")/work.bash" gotthard-region gotthard-sigtool
region=$top/build/gotthard-region sigtool=$top/build/gotthard-sigtool

# says TEXT COMMAND...: it fails, and names the reason
says() {
	local text=$1 status=0
	shift
	"$@" >out 2>err || status=$?
	if ((status != 1)) || ! grep -qF -- "$text" err; then
		echo "status $status" && cat err
		return 1
	fi
}
prints() {
	local text=$1
	shift
	"$@" >out 2>err && grep -qF -- "$text" out
}
# release DIR VERSION PREV [NAME]: a small release without a signature
release() {
	printf 'MALICIOUS %s\n' "$1" | sha256sum | sed "s/-/$1/" >list
	"$sigtool" build -o "$1" --name "${4:-main}" --version "$2" --class malicious ${3:+--prev "$3"} list >/dev/null &&
		echo "signature of $1" >"$1/manifest.p7s"
}
publish() { "$region" publish log "$1" --key key "${@:2}"; }

ok a_key_is_made "$region" log-key example.org/releases key
ok it_is_not_made_twice says 'File exists' "$region" log-key example.org/releases key
ok the_private_key_is_private test "$(stat -c %a key)" = 600
no_key() {
	local status=0
	"$region" log-key 'a b' key2 2>err || status=$?
	[[ $status == 64 && ! -e key2 ]]
}
ok a_name_with_a_space_is_refused no_key

release 1 1 ''
mkdir empty
ok an_empty_directory_is_not_a_log says 'is not a log' "$region" publish empty 1 --key key
ok and_stays_empty test -z "$(ls -A empty)"
ok a_log_is_made prints 'is the empty log example.org/releases' "$region" publish log --init --key key
ok it_is_not_made_twice_either says 'is a log already' "$region" publish log --init --key key
ok its_key_is_there cmp log/key key.pub
ok a_release_is_published prints 'published main version 1: entry 0 of example.org/releases' publish 1
ok again_it_is_published_already prints 'version 1 is published already: entry 0' publish 1
proof_is() { "$region" prove log "$1" "$2" -o made && cmp made "log/releases/$1/$2/proof"; }
ok its_proof_is_there proof_is main 1
latest_is() { cmp <(echo "$2") "log/releases/$1/latest"; }
ok it_is_the_latest latest_is main 1
for file in manifest body manifest.p7s; do ok "its_${file}_is_there" cmp 1/$file log/releases/main/1/$file; done
ok every_user_may_read_it test -z "$(find log ! -perm -004 -o -type d ! -perm -005)"

release 2 2 1/manifest
release fork 2 1/manifest
release lower 1 ''
release late 3 1/manifest
release without 3 ''
release other 1 '' other
"$region" log-key example.org/releases key3 >/dev/null
ok other_key_is_refused says 'is not the key of this log' "$region" publish log 2 --key key3
rm 2/manifest.p7s
ok unsigned_is_refused says 'is not signed' publish 2
ok unless_it_is_meant prints 'version 2: entry 1' publish 2 --unsigned
ok no_file_of_another_kind_is_there test "$(ls log/releases/main/2)" = $'body\nmanifest\nproof'
ok the_next_one_is_the_latest latest_is main 2
ok the_one_before_is_published_still prints 'published already' publish 1
ok and_does_not_become_the_latest latest_is main 2
ok a_fork_is_refused says 'is entry 1, with another manifest' publish fork
ok a_lower_version_is_refused says 'is entry 0, with another manifest' publish lower
ok a_prev_that_is_not_the_last_is_refused says 'build it with --prev log/releases/main/2/manifest' publish late
ok no_prev_is_refused says 'prev is not' publish without
ok another_name_begins_by_itself prints 'other version 1: entry 2' publish other
release 5 5 log/releases/main/2/manifest
printf X | dd of=5/body bs=1 seek=7 conv=notrunc status=none
ok a_damaged_body_is_refused says 'is not the body of this manifest' publish 5
ok and_leaves_nothing test ! -e log/releases/main/5 -a ! -e log/releases/.staging
release 5 5 log/releases/main/2/manifest
truncate -s -1 5/body
ok a_short_body_is_refused says 'is not the body' publish 5
release 5 5 log/releases/main/2/manifest
echo >>5/body
ok a_long_body_is_refused says 'is not the body' publish 5
release 5 5 log/releases/main/2/manifest
rm -f 5/body && mkfifo 5/body
ok a_body_that_is_a_pipe_is_refused says body publish 5
rm -r 5 && release 5 5 log/releases/main/2/manifest
sed -i 's/^name/NAME/' 5/manifest
ok a_damaged_manifest_is_refused says 'gotthard-sigtool verify' publish 5
release 5 5 log/releases/main/2/manifest
echo delta >5/delta-from-2 && echo x >5/notes
ok version_5_is_published prints 'main version 5: entry 3' publish 5
ok with_its_delta cmp 5/delta-from-2 log/releases/main/5/delta-from-2
ok what_does_not_belong_there_is_named grep -q 'notes: is not published' err
ok and_left_out test ! -e log/releases/main/5/notes
release 4 4 log/releases/main/2/manifest
ok a_version_between_two_is_refused says 'version 4 is not higher than 5, the last one of main' publish 4
ok the_first_is_still_published prints 'published already: entry 0' publish 1
rm -r log/releases/main/5
ok files_that_were_lost_are_put_back prints 'entry 3, back into their place' publish 5
ok as_they_were cmp 5/body log/releases/main/5/body
ok with_a_new_proof proof_is main 5
rm log/releases/main/5/proof log/releases/main/latest
ok a_lost_proof_is_made_again prints 'published already: entry 3' publish 5
ok as_it_was proof_is main 5
ok and_the_latest_is_said_again latest_is main 5
ok of_each_name latest_is other 1
mkdir log/releases/main/latest.d && mv log/releases/main/latest log/releases/main/latest.d && mkdir log/releases/main/latest
ok if_readers_cannot_be_told_it_says_so says 'readers are not told: give the command again' publish 5
rm -r log/releases/main/latest log/releases/main/latest.d
ok then_it_is_done prints 'published already' publish 5
ok the_latest_is_there latest_is main 5

# Another writer; a log that lost something.
exec 9<log && flock 9
ok one_writer_at_a_time says 'another process writes' publish 5
exec 9<&-
cp -r log lost && rm lost/checkpoint
ok a_lost_checkpoint_is_not_made_anew says 'checkpoint: is missing' "$region" publish lost 5 --key key
rm lost/key
ok nor_by_init says 'has parts of a log' "$region" publish lost --init --key key
cp -r log torn && printf X | dd of=torn/tile/0/000.p/4 bs=1 seek=7 conv=notrunc status=none
ok a_damaged_log_is_not_written_to says 'is damaged' "$region" publish torn 5 --key key

# More than one tile of entries: the last release of a name is found behind hundreds of another.
many() {
	local prev=log/releases/other/1/manifest n
	for ((n = 2; n <= 257; n++)); do
		release m $n "$prev" other && publish m >/dev/null && cp m/manifest before || return
		prev=before
	done
}
ok hundreds_are_published many
release 6 6 log/releases/main/2/manifest
ok the_last_of_a_name_is_found_far_back says 'build it with --prev log/releases/main/5/manifest' publish 6
release 6 6 log/releases/main/5/manifest
ok and_followed prints 'main version 6: entry 260' publish 6
ok the_first_is_found_at_the_beginning prints 'published already: entry 0' publish 1

if [[ -d /usr/share/gocode/src/golang.org/x/mod/sumdb/tlog ]] && command -v go >/dev/null; then
	check=$work/check
	ok verifier_builds env GO111MODULE=off GOFLAGS= GOPATH=/usr/share/gocode GOCACHE="$work/cache" go build -o "$check" \
		"$top/tests/unit/tlog_check/main.go"
	ok others_verify_the_log prints '261 entries, root ' "$check" log
else
	echo "# golang-golang-x-mod-dev is not installed: the log is not verified by others"
fi

plan
