#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Tests gotthard-sigtool from outside. SIGTOOL names the program. Prints TAP.

sigtool=$(realpath "${SIGTOOL:-$(dirname "$0")/../../build/gotthard-sigtool}")
# shellcheck source=tests/unit/work.bash
. "$(dirname "$0")/work.bash"
vectors=$top/tests/vectors
[[ -x $sigtool ]] || {
	echo "Bail out! $sigtool is not there: build it, or set SIGTOOL"
	exit 1
}
eicar=275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f
other=ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad
md5=44d88612fea8a8f36de82e1278abb02f
sha1=3395856ce81f2b7382dee72602f798b642f14140

skip() {
	count=$((count + 1))
	echo "ok $count - $1 # SKIP $2"
}

# exits CODE ARGUMENT...: runs the tool, keeps what it prints in out and err
exits() {
	local wanted=$1 rc=0
	shift
	"$sigtool" "$@" >out 2>err || rc=$?
	[[ $rc == "$wanted" ]]
}

build() { exits 0 build -o db "$@"; }
is() { [[ $1 == "$2" ]]; }
says() { grep -qF -- "$1" err; }
prints() { grep -qF -- "$1" out; }
field() { python3 -c 'import json,sys; v = json.load(open("out")); exec("print(v" + sys.argv[1] + ")")' "$1"; }
# looks ARGUMENT...: the lines of lookup, without the header
looks() { "$sigtool" lookup "$@" | tail -n +2; }
class_of() { looks db "$1" | cut -d' ' -f1; }
clean() { rm -rf db; }
# each record as a line of hexadecimal digits
records() { od -An -v -tx1 -w34 "$1" | tr -d ' '; }
names() { find "$1" -mindepth 1 -printf '%P\n' | sort | tr '\n' ' '; }
pair_only() { is "$(names db)" 'body manifest '; }
# refuses INPUT-TEXT MESSAGE: exit 1, the message with file and line, nothing written
refuses() {
	clean
	printf '%b' "$1" >bad.list
	exits 1 build -o db malicious:bad.list && says "$2" && ! [[ -e db ]]
}

### build: the format
clean
ok builds_vector_from_lists build --created 1700000000 \
	"malicious:$vectors/small/malicious.sha256" "suspicious:$vectors/small/suspicious.sha256" \
	"trusted:$vectors/small/trusted.sha256"
ok body_is_byte_exact cmp db/body "$vectors/small/body"
ok manifest_is_byte_exact cmp db/manifest "$vectors/small/manifest"
ok leaves_only_body_and_manifest pair_only

### build: what inputs are understood
takes() { # TEXT FILE-NAME: one SHA-256, the EICAR test file's
	clean
	printf '%b' "$1" >"$2"
	build "malicious:$2" && is "$(class_of $eicar)" malicious && is "$(stat -c %s db/body)" 34
}
ok takes_gnu_line takes "$eicar  eicar.com\n" in.list
ok takes_gnu_binary_line takes "$eicar *eicar.com\n" in.list
ok takes_gnu_escaped_line takes "\\\\$eicar  a\\\\nb\n" in.list
ok takes_bsd_line takes "SHA256 (eicar.com) = $eicar\n" in.list
ok takes_bare_digest takes "$eicar\n" in.list
ok takes_last_line_without_line_feed takes "$eicar" in.list
ok takes_cr_lf takes "# list\r\n\r\n$eicar  eicar.com\r\n" in.list
ok takes_byte_order_mark takes "\xef\xbb\xbf$eicar  eicar.com\n" in.list
ok takes_hsb_by_ending takes "$eicar:68:Eicar\n" in.hsb
ok takes_hsb_by_content takes "# c\n$eicar:*:Eicar:73\n" in.list
ok takes_duplicate_lines_once takes "$eicar\n$eicar  x\nSHA256 (y) = $eicar\n" in.list

clean
printf '%s:68:Eicar\n%s:69:Other\n' $md5 "${md5/4/5}" >in.hdb
printf '%s:68:Eicar\n%s:68:Eicar\n%s:*:E:73\n' $sha1 $eicar $md5 >in.hsb
ok builds_from_hdb_and_hsb build --class malicious --json in.hdb in.hsb
ok counts_md5_of_hdb_as_unsupported is "$(field '["inputs"][0]["unsupported"]["md5"]')" 2
ok counts_sha1_of_hsb_as_unsupported is "$(field '["inputs"][1]["unsupported"]["sha1"]')" 1
ok counts_md5_of_hsb_as_unsupported is "$(field '["inputs"][1]["unsupported"]["md5"]')" 1
ok names_the_file_of_unsupported is "$(field '["inputs"][1]["file"]')" in.hsb
ok takes_sha256_of_hsb is "$(field '["malicious"]')" 1
ok refuses_lists_without_sha256 exits 1 build -o empty malicious:in.hdb
ok leaves_no_directory_without_records test ! -e empty
ok allows_empty_when_told exits 0 build -o empty --allow-empty malicious:in.hdb
ok verifies_empty_database exits 0 verify empty

clean
printf '%s:0:x\n' $eicar >in.sfp
ok takes_sfp_as_trusted_by_itself build --class malicious in.sfp
ok sfp_is_trusted is "$(class_of $eicar)" trusted

clean
ok takes_stdin build malicious:- <<<"$eicar"
clean
ok takes_stdin_with_class build --class suspicious - <<<"$eicar"
ok class_option_is_for_inputs_that_do_not_say is "$(class_of $eicar)" suspicious
clean
ok takes_pipe build malicious:<(printf '%s\n' $eicar)
clean
ok format_can_be_forced exits 1 build -o db --format hsb --class trusted - <<<"$eicar  x"

### build: classes that disagree
clean
ok builds_with_conflicts build --json malicious:<(echo $eicar) trusted:<(echo $eicar; echo $eicar) \
	suspicious:<(echo $eicar; echo $other) trusted:<(echo $other)
ok malicious_wins is "$(class_of $eicar)" malicious
ok suspicious_wins_over_trusted is "$(class_of $other)" suspicious
ok counts_conflicts is "$(field '["conflicts"]')" 3
ok counts_duplicates is "$(field '["duplicates"]')" 1
ok names_conflicts is "$(field '["conflict_samples"][0]["digest"]')" $eicar
ok counts_winners_only is "$(field '["malicious"]')$(field '["suspicious"]')$(field '["trusted"]')" 110

### build: malformed input
short=${eicar:1}
ok refuses_63_digits refuses "$eicar\n\n$short  x\n" 'bad.list:3: expected a SHA-256'
ok refuses_md5sum_list refuses "$md5  x\n" 'bad.list:1: expected a SHA-256'
ok refuses_one_space refuses "$eicar x\n" 'bad.list:1: expected two spaces'
ok refuses_nul_byte refuses "$eicar  a\x00b\n" 'bad.list:1: expected text'
ok refuses_html refuses "<html>\n" 'bad.list:1: expected a SHA-256'
ok refuses_hsb_without_name refuses "$eicar:68\n" 'bad.list:1: expected a name'
ok refuses_lines_that_end_with_cr refuses "$eicar  a\r$other  b\r" 'bad.list:1: expected lines that end with LF or CR LF'
ok refuses_bare_digests_that_end_with_cr refuses "$eicar\r$other\r" 'bad.list:1: expected lines'
ok refuses_comment_that_ends_with_cr refuses "# list\r$eicar\r$other\r" 'bad.list:1: expected lines'
ok refuses_cr_in_a_later_line refuses "$eicar\r\n$other  b\r$eicar  c\r\n" 'bad.list:2: expected lines'
ok refuses_hsb_lines_that_end_with_cr refuses "$eicar:68:Eicar\r$other:3:Other\r" 'bad.list:1: expected lines'
many_cr() { # more than a line may have
	clean
	yes $eicar | head -n 2000 | tr '\n' '\r' >bad.list
	exits 1 build -o db malicious:bad.list && says 'bad.list:1: expected lines that end'
}
ok refuses_many_lines_that_end_with_cr many_cr
ok refuses_binary_file exits 1 build -o db malicious:"$sigtool"
{ echo $eicar; printf "$eicar  %01048576d\n" 0; echo $other; } >long.list
clean
ok refuses_line_of_1_mib exits 1 build -o db malicious:long.list
ok names_the_line_of_1_mib says 'long.list:2: expected a line of at most 65536 bytes'
ok skips_malformed_when_told build --skip-malformed --json malicious:long.list
ok counts_what_was_skipped is "$(field '["inputs"][0]["malformed"]')" 1
ok goes_on_behind_long_line is "$(class_of $other)" malicious
clean
printf "$eicar  %065470d\n" 0 >limit.list
ok takes_line_of_65536_bytes build malicious:limit.list
printf "$eicar  %065471d\n" 0 >limit.list
ok refuses_line_of_65537_bytes exits 1 build -o db2 malicious:limit.list

### build: the digest of the empty file
empty=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
text='the digest of the empty file is listed as'
for class in malicious suspicious; do
	refuses_empty() { # TEXT NAME LINE
		clean
		printf '%b' "$1" >"$2"
		exits 1 build -o db --skip-malformed "$class:$2" && says "$2:$3: $text $class" && says --allow-empty && ! [[ -e db ]]
	}
	ok "refuses_empty_file_as_$class" refuses_empty "$eicar\n\n$empty  nothing\n" in.list 3
	ok "refuses_bare_digest_of_the_empty_file_as_$class" refuses_empty "$empty" in.list 1
	ok "refuses_empty_file_in_capitals_as_$class" refuses_empty "${empty^^}\n" in.list 1
	ok "refuses_empty_file_in_bsd_line_as_$class" refuses_empty "# x\nSHA256 (nothing) = $empty\n" in.list 2
	ok "refuses_empty_file_in_hsb_as_$class" refuses_empty "$eicar:68:E\n$empty:0:Nothing\n" in.hsb 2
	ok "refuses_empty_file_in_sfp_as_$class" refuses_empty "$empty:0:Nothing\n" in.sfp 1
	clean
	ok "takes_empty_file_as_${class}_when_told" build --allow-empty "$class:in.list"
	ok "warns_of_empty_file_as_$class" says "in.list:2: warning: $text $class"
	ok "empty_file_is_then_$class" is "$(class_of $empty)" $class
	ok "verifies_with_empty_file_as_$class" exits 0 verify db
	ok "verify_warns_of_empty_file_as_$class" says "db/body: warning: $text $class"
	exits 0 verify --json db
	ok "verify_in_json_tells_of_empty_file_as_$class" is "$(field '["empty_file"]')" $class
	ok "info_shows_manifest_with_empty_file_as_$class" exits 0 info db
	ok "info_warns_of_empty_file_as_$class" says "db/body: warning: $text $class"
	exits 0 info --json db
	ok "info_in_json_tells_of_empty_file_as_$class" is "$(field '["empty_file"]')" $class
done
clean
ok refuses_empty_file_from_stdin exits 1 build -o db malicious:- <<<$empty
ok names_stdin_and_line_of_empty_file says "(stdin):1: $text"
ok refuses_empty_file_that_another_list_trusts exits 1 build -o db trusted:<(echo $empty) malicious:<(echo $empty)
silent() { exits 0 "$@" && [[ ! -s err ]]; }
ok takes_trusted_empty_file_without_a_word silent build -o db trusted:<(echo $empty)
ok verifies_trusted_empty_file_without_a_word silent verify db
ok info_of_trusted_empty_file_has_no_word silent info db
exits 0 info --json db
ok info_in_json_tells_nothing_of_trusted_empty_file is "$(field '["empty_file"]')" None
cp db/manifest alone
ok info_needs_no_body silent info alone
ok verifies_fsverity_digest_like_the_empty_files silent verify "$vectors/domains"

### build: arguments
one=one.list
echo $eicar >$one
clean
ok needs_output exits 64 build malicious:$one
ok needs_input exits 64 build -o db
ok needs_class exits 64 build -o db $one
ok says_how_to_give_class says "malicious:$one"
ok refuses_unknown_class_option exits 64 build -o db --class evil $one
ok refuses_expires_and_valid_days exits 64 build -o db --expires 9 --valid-days 1 malicious:$one
ok takes_iso_times exits 0 build -o iso --version 1 --created 2026-11-24T03:44:00Z --expires 2026-12-24 malicious:$one
exits 0 info iso
ok prints_iso_times grep -qx 'created      2026-11-24T03:44:00Z' out
ok a_date_is_its_begin grep -q '^expires      2026-12-24T00:00:00Z, ' out
ok refuses_a_time_without_zone exits 64 build -o iso --created 2026-11-24T03:44:00 malicious:$one
ok refuses_expiry_before_creation exits 64 build -o db --created 9 --expires 9 malicious:$one
ok refuses_name_in_upper_case exits 64 build -o db --name Main malicious:$one
ok refuses_name_of_32 exits 64 build -o db --name abcdefghijklmnopqrstuvwxyz012345 malicious:$one
ok refuses_version_0 exits 64 build -o db --version 0 malicious:$one
ok refuses_memory_below_8 exits 64 build -o db --memory 7 malicious:$one
ok refuses_unknown_option exits 64 build --nonsense
ok wrong_usage_writes_nothing test ! -e db
ok missing_input_is_an_io_error exits 3 build -o db malicious:nowhere
ok directory_as_input_is_an_io_error exits 3 build -o db malicious:.
ok missing_parent_is_an_io_error exits 3 build -o nowhere/db malicious:$one
ok bad_input_leaves_no_directory test ! -e db
build --version 5 --created 1000 --valid-days 2 malicious:$one
ok writes_version grep -qx 'version: 5' db/manifest
ok valid_days_count_from_creation grep -qx 'expires: 173800' db/manifest
for help in '' build info verify lookup generate; do
	ok "help_of_${help:-program}" exits 0 $help --help
done
ok prints_version exits 0 --version
ok refuses_unknown_command exits 64 frobnicate
ok refuses_no_command exits 64

### build: the release before
ok builds_on_prev exits 0 build -o next --version 6 --created 2000 --prev db/manifest malicious:$one
ok prev_is_the_digest_of_the_manifest grep -qx "prev: $(sha256sum <db/manifest | cut -d' ' -f1)" next/manifest
ok refuses_version_not_above_prev exits 1 build -o n2 --version 5 --prev db malicious:$one
ok refuses_prev_of_other_name exits 1 build -o n2 --name more --prev db malicious:$one
ok refuses_prev_that_is_no_manifest exits 1 build -o n2 --prev $one malicious:$one
ok can_replace_prev_in_its_place exits 0 build -o db --version 6 --prev db malicious:$one
ok replaced_release_verifies exits 0 verify db/manifest

### build: sorting
"$sigtool" generate -o g.list --count 600000 --seed 7
"$sigtool" generate -o - --count 1000 --seed 7 >>g.list
ok builds_in_memory exits 0 build -o m1 --created 1700000000 --json malicious:g.list
ok counts_duplicates_in_memory is "$(field '["duplicates"]')" 1000
ok builds_beyond_memory exits 0 build -o m2 --created 1700000000 --json --memory 8 malicious:g.list
ok counts_duplicates_beyond_memory is "$(field '["duplicates"]')" 1000
ok both_bodies_are_the_same cmp m1/body m2/body
ok both_manifests_are_the_same cmp m1/manifest m2/manifest
ok body_is_sorted is "$(records m1/body | sort -c 2>&1)" ""
ok body_holds_every_digest is "$(records m1/body | cut -c 3-66 | sha256sum)" "$(sort -u g.list | sha256sum)"
ok leaves_no_scratch_file is "$(names m2)" 'body manifest '

### build: interrupted
clean
build --version 1 malicious:$one
cp -r db before
same_as_before() { cmp db/body before/body && cmp db/manifest before/manifest && pair_only; }
limited() { # BLOCKS: a limit on the size of files of so many KiB
	(ulimit -f "$1" && exec "$sigtool" build -o db --memory 8 malicious:g.list) >out 2>err
	is $? 3
}
ok full_disk_at_body_is_an_io_error limited 1024
ok full_disk_at_body_changes_nothing same_as_before
ok full_disk_at_scratch_is_an_io_error limited 4096
ok full_disk_at_scratch_changes_nothing same_as_before

interrupt() { # SIGNAL: in the middle of an input that never ends
	mkfifo -m 600 fifo
	# a shell's background job ignores SIGINT, and the tool would leave that as it is
	env --default-signal=INT "$sigtool" build -o db malicious:fifo >out 2>err &
	local pid=$!
	exec 5>fifo
	head -n 1000 g.list >&5
	sleep 0.2
	kill "-$1" $pid
	wait $pid
	local rc=$?
	exec 5>&-
	rm fifo
	is $rc $((128 + $(kill -l "$1")))
}
for signal in INT TERM KILL; do
	ok "ends_by_$signal" interrupt $signal
	ok "${signal}_changes_nothing" same_as_before
done
# cut while the body is written, at many moments; a killed one may leave .body.tmp-*
for signal in TERM KILL; do
	torn=0 cut=0
	for delay in 0.02 0.04 0.06 0.08 0.1 0.12 0.15 0.2 0.25 0.3; do
		"$sigtool" build -o db --version 2 malicious:g.list >out 2>err &
		pid=$!
		sleep $delay
		kill -$signal $pid 2>/dev/null || true # it may have ended
		wait $pid 2>/dev/null || cut=$((cut + 1))
		"$sigtool" verify db >out 2>err || torn=$((torn + 1))
		[[ $signal == KILL ]] || pair_only || torn=$((torn + 1))
	done
	echo "# $signal cut $cut builds of 10"
	ok "${signal}_while_writing_leaves_a_whole_pair" is $torn 0
done
touch db/.body.tmp-abcdef db/.manifest.tmp-abcdef db/.body.backup
build malicious:$one
ok sweeps_what_a_killed_build_left test ! -e db/.body.tmp-abcdef -a ! -e db/.manifest.tmp-abcdef
ok sweeps_nothing_else test -e db/.body.backup
flock db sleep 3 &
locker=$!
sleep 0.2
ok refuses_second_builder_in_one_directory exits 3 build -o db malicious:$one
ok says_that_another_one_builds says 'another gotthard-sigtool is building'
kill $locker
reap $locker
rm -rf db && mkdir -p db/manifest
ok refuses_directory_in_the_place_of_manifest exits 3 build -o db malicious:$one
ok writes_no_body_then test ! -e db/body
ok full_stdout_is_an_io_error is "$("$sigtool" info "$vectors/small" 2>/dev/null >/dev/full; echo $?)" 3

### info
ok shows_manifest exits 0 info "$vectors/small"
ok shows_dates prints 'created      2023-11-14T22:13:20Z'
ok shows_that_it_expired prints ', expired'
ok shows_manifest_as_json exits 0 info --json "$vectors/domains/manifest"
ok json_has_version is "$(field '["version"]')" 2
ok json_has_expired is "$(field '["expired"]')" False
ok survives_time_beyond_the_calendar exits 0 info "$vectors/domains"
ok info_refuses_malformed_manifest exits 1 info "$vectors/bad/leading-zero"
ok info_names_the_line says 'manifest:3: expected'
ok info_of_nothing_is_an_io_error exits 3 info nowhere
ok info_refuses_body_as_manifest exits 1 info m1/body

### verify
for vector in small domains empty; do
	ok "verifies_$vector" exits 0 verify "$vectors/$vector"
done
exits 0 verify "$vectors/small"
ok warns_of_expiry says 'warning: expired at 2023-12-14T22:13:20Z'
ok strict_refuses_expired exits 1 verify --strict "$vectors/small"
ok strict_takes_what_is_not_expired exits 0 verify --strict "$vectors/domains"
while read -r vector place text; do
	ok "refuses_$vector" exits 1 verify "$vectors/bad/$vector"
	ok "tells_where_$vector" says "$place $text"
done <<'END'
order body: byte 34 (record 1): the record is smaller
duplicate body: byte 34 (record 1): the record is a duplicate
domain body: byte 136 (record 4): there is no domain 3
class body: byte 169 (record 4): there is no class 4
short body: byte 169: ends here
long body: byte 170: longer
digest body: its SHA-256 is not the manifest's
counts body: 2 malicious records; the manifest says 1
leading-zero manifest:3: expected `version: '
crlf manifest:1: expected
trailing manifest:12: expected the end
expiry manifest:5: expected `expires: '
size manifest:7: expected `body-size: '
END
ok takes_manifest_and_body_apart exits 0 verify "$vectors/small/manifest" "$vectors/small/body"
ok refuses_body_of_another_release exits 1 verify "$vectors/small/manifest" "$vectors/domains/body"
ok verify_without_body_is_an_io_error exits 3 verify "$vectors/small/manifest" nowhere
exits 1 verify --json "$vectors/bad/class"
ok json_tells_check_and_place is "$(field '["problem"]["check"]') $(field '["problem"]["record"]') $(field '["problem"]["offset"]') $(field '["ok"]')" 'class 4 169 False'
exits 0 verify --json "$vectors/domains"
ok json_tells_that_all_is_good is "$(field '["ok"]')$(field '["problem"]')" TrueNone
flip() { # every byte of the body of small, one at a time, must be noticed
	local i size
	size=$(stat -c %s "$vectors/small/body")
	for ((i = 0; i < size; i += 7)); do
		cp "$vectors/small/body" flipped
		printf '\xa5' | dd of=flipped bs=1 seek=$i conv=notrunc status=none
		cmp -s flipped "$vectors/small/body" && continue
		exits 1 verify "$vectors/small/manifest" flipped || return 1
	done
}
ok notices_changed_bytes flip

### sign
development=$top/packaging/development-key
cert=$development/certificate.pem
by_development=(--key "$development/key.pem" --cert "$cert")
signed() { exits 0 sign "$@"; }
clean
cp -r "$vectors/small" db
rm db/manifest.p7s
ok signs_a_directory signed db "${by_development[@]}"
ok signature_is_byte_exact cmp db/manifest.p7s "$vectors/small/manifest.p7s"
ok signs_a_manifest_into_a_file signed db/manifest "${by_development[@]}" -o alone.p7s
ok and_gives_the_same_bytes cmp alone.p7s "$vectors/small/manifest.p7s"
foreign() { # P7S: what OpenSSL says of it
	openssl cms -verify -binary -inform DER -in "$1" -content "$vectors/small/manifest" -CAfile "$cert" -purpose any -out foreign.out
}
ok openssl_verifies_it foreign db/manifest.p7s
ok and_what_it_verified_is_the_manifest cmp foreign.out "$vectors/small/manifest"
ok openssl_verifies_the_largest foreign "$vectors/signatures/largest.p7s"
ok verifies_it exits 0 verify --require-signed --cert "$cert" db
ok says_by_which_key prints 'signed by Gotthard development key, for tests only: 46bfe6a3447cb79aac23d5db45df9eb42fb3c5dd'
# shellcheck disable=SC2016 # for eval
ok verifies_the_largest eval 'cp "$vectors/signatures/largest.p7s" db/manifest.p7s && exits 0 verify --cert "$cert" db'
while read -r name text; do
	cp "$vectors/signatures/$name.p7s" db/manifest.p7s
	ok "refuses_$name" exits 1 verify --cert "$cert" db
	ok "says_why_$name" says "manifest.p7s: $text"
	# OpenSSL takes content that is there twice, and does not compare times.
	[[ $name == expired-key || $name == with-content ]] || ok "openssl_refuses_$name" eval '! foreign db/manifest.p7s'
done <<'END'
wrong-key by another key than that of the certificate
expired-key from a time at which the certificate of its key was not valid
other-manifest not over this manifest, or damaged
damaged not over this manifest, or damaged
truncated not a detached PKCS#7 signature
with-content not a detached PKCS#7 signature
END
cp "$vectors/signatures/wrong-key.p7s" db/manifest.p7s
ok any_key_will_do_without_a_certificate exits 0 verify db
ok and_it_is_named prints 'signed by Another key: '
ok info_names_it_too eval 'exits 0 info db && prints "signer       Another key: "'
: >db/manifest.p7s
ok refuses_an_empty_signature exits 1 verify db
cat "$vectors/small/manifest.p7s" - <<<'' >db/manifest.p7s
ok refuses_a_byte_behind_it exits 1 verify db
{ cat "$vectors/signatures/largest.p7s" && echo; } >db/manifest.p7s
ok refuses_a_longer_one exits 1 verify db
ok says_that_it_is_longer says 'longer than the 16384 bytes'
cut_short() { # at each 64th byte
	local n
	for ((n = 0; n < 1748; n += 64)); do
		head -c $n "$vectors/small/manifest.p7s" >db/manifest.p7s
		exits 1 verify db || return 1
	done
}
ok refuses_it_cut_short_anywhere cut_short
exits 1 verify --json db
ok json_tells_that_the_signature_is_wrong is "$(field '["problem"]["check"]')$(field '["signer"]')" signatureNone
rm db/manifest.p7s
ok takes_one_that_is_not_signed exits 0 verify db
ok says_that_it_is_not prints 'not signed'
ok refuses_it_if_it_has_to_be exits 1 verify --require-signed db
openssl req -x509 -newkey rsa:2048 -nodes -keyout short.key -out short.pem -subj /CN=short -days 2 2>/dev/null
ok refuses_a_short_key exits 1 sign db --key short.key --cert short.pem
ok says_how_long_it_has_to_be says '2048 bits'
ok refuses_a_certificate_of_another_key exits 1 sign db --key "$development/key.pem" --cert short.pem
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ec.key -out ec.pem -subj /CN=ec -days 2 2>/dev/null
ok refuses_a_key_that_kernels_cannot_use exits 1 sign db --key ec.key --cert ec.pem
ok says_which_they_can says 'not an RSA key'
ok refuses_a_key_that_is_not_there exits 1 sign db --key nowhere --cert "$cert"
ok refuses_a_key_that_is_none exits 1 sign db --key db/body --cert "$cert"
ok refuses_a_certificate_that_is_none exits 1 sign db --key "$development/key.pem" --cert db/body
ok refuses_to_sign_what_is_malformed exits 1 sign "$vectors/bad/leading-zero" "${by_development[@]}" -o no.p7s
ok and_names_the_line says 'manifest:3: expected'
openssl rsa -in "$development/key.pem" -aes128 -passout pass:secret -out locked.key 2>/dev/null
ok asks_on_a_terminal_only exits 1 sign db --key locked.key --cert "$cert"
ok wrote_none_of_all_these test ! -e db/manifest.p7s -a ! -e no.p7s
ok refuses_full_disk exits 3 sign db "${by_development[@]}" -o /dev/full/x
build --created 2019-12-31 malicious:$one
ok refuses_a_time_before_the_certificate exits 1 sign db "${by_development[@]}"
ok build_refuses_it_too exits 1 build -o early --created 2019-12-31 "${by_development[@]}" malicious:$one
ok and_leaves_nothing test ! -e early
clean
ok build_signs build "${by_development[@]}" --created 2026-01-01 malicious:$one
ok what_it_signed_is_right exits 0 verify --require-signed --cert "$cert" db
ok build_writes_three_files is "$(names db)" 'body manifest manifest.p7s '
build malicious:$one
ok another_build_removes_the_signature_of_the_one_before pair_only

### lookup
clean
cp -r "$vectors/small" db
printf abc >abc
ok lookup_has_a_header is "$("$sigtool" lookup db $eicar | head -n 1)" 'CLASS       DIGEST        INPUT'
ok finds_digest is "$(looks db $eicar)" "malicious   ${eicar:0:12}  $eicar"
ok shows_digest_whole is "$(looks --no-trunc db $eicar)" "malicious   $eicar  $eicar"
ok finds_by_first_digits is "$(looks --no-trunc db ${eicar:0:8})" "malicious   $eicar  ${eicar:0:8}"
ok finds_by_capitals is "$(class_of "sha256:$(tr a-f A-F <<<${eicar:0:9})")" malicious
ok seven_digits_are_no_digest exits 3 lookup db ${eicar:0:7}
ok other_digits_are_no_digest exits 3 lookup db 12345678
alike1=${eicar:0:63}0 alike2=${eicar:0:62}10
printf '%s\n' "$alike1" "$alike2" >alike
build -o alike.db malicious:alike
ok what_begins_two_is_refused exits 1 lookup alike.db ${eicar:0:20}
ok both_that_begin_so_are_named says "$alike1 sha256 malicious"
ok and_one_more_digit_tells_them_apart is "$(looks --no-trunc alike.db "${alike2:0:63}" | cut -d' ' -f4)" "$alike2"
ok finds_digest_in_upper_case is "$(class_of ${eicar^^})" malicious
ok finds_file is "$(looks db abc)" "trusted     ${other:0:12}  abc"
ok finds_by_manifest is "$(looks db/manifest abc | cut -d' ' -f1)" trusted
ok says_unknown is "$(class_of ${eicar/2/3})" unknown
printf suspicious >$eicar
ok file_named_like_a_digest_needs_a_path is "$(class_of ./$eicar)" suspicious
ok lookup_of_nothing_is_an_io_error exits 3 lookup db nowhere
ok goes_on_after_a_missing_file exits 3 lookup db nowhere abc
ok and_prints_the_rest prints trusted
ok lookup_prints_json exits 0 lookup --json db abc ${eicar/2/3}
ok json_has_class is "$(field '[0]["class"]') $(field '[1]["class"]')" 'trusted unknown'
ok finds_fsverity_digest exits 0 lookup --json "$vectors/domains" e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
ok json_tells_the_domain is "$(field '[0]["domain"]')" fsverity
ok content_is_not_looked_up_as_fsverity is "$(: >nil; looks "$vectors/domains" nil | cut -d' ' -f1)" unknown
ok lookup_refuses_truncated_body exits 1 lookup "$vectors/bad/short" abc
ok lookup_names_verify says 'gotthard-sigtool verify'
all_found() { # every digest of a list, and the first and last record of all
	{ head -n 2000 g.list; sort g.list | sed -n '1p;$p'; } |
		xargs "$sigtool" lookup m1 | grep -v '^CLASS ' | cut -d' ' -f1 | sort -u >classes
	is "$(cat classes)" malicious
}
ok finds_all_of_a_large_body all_found

### generate
"$sigtool" generate -o g1 --count 1000 --seed 1
"$sigtool" generate -o g2 --count 1000 --seed 1
"$sigtool" generate -o g3 --count 1000 --seed 2
ok generate_is_reproducible cmp g1 g2
ok seeds_differ is "$(cat g1 g3 | sort -u | wc -l)" 2000
ok generates_bare_digests is "$(grep -cxE '[0-9a-f]{64}' g1)" 1000
ok generates_to_stdout cmp g1 <("$sigtool" generate -o - --count 1000 --seed 1)
ok count_0_is_an_empty_list exits 0 generate -o g0 --count 0
ok generate_needs_count exits 64 generate -o g4
ok generate_to_full_disk_is_an_io_error exits 3 generate -o /dev/full --count 100000
too_large() { (ulimit -f 64; exits 3 generate -o part --count 100000); }
ok generate_beyond_the_limit_of_a_file_is_an_io_error too_large
ok generate_leaves_no_part is "$(names . | grep -c part)" 0

### lists of real files
if [[ -r /usr/share/clamav-testfiles/clam.exe ]]; then
	clean
	sha256sum /usr/share/clamav-testfiles/* >clam.list
	sha256sum --tag /usr/share/clamav-testfiles/* >clam.bsd
	ok builds_from_clamav_testfiles build --json malicious:clam.list malicious:clam.bsd
	ok takes_each_once is "$(field '["malicious"]')" "$(cut -c 1-64 clam.list | sort -u | wc -l)"
	ok finds_each_file is "$(looks db /usr/share/clamav-testfiles/* | cut -d' ' -f1 | sort -u)" malicious
else
	skip builds_from_clamav_testfiles 'clamav-testfiles is not installed'
fi

plan
