#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# gotthard-sigtool import of lists of digests, as sha256sum and its like and as ClamAV write them. Prints TAP.

# shellcheck source=tests/unit/work.bash
. "$(dirname "$0")/work.bash" gotthard-sigtool python3
# shellcheck source=tests/unit/import.bash
. "$top/tests/unit/import.bash"

### sha256sum: what the tools that are here write
printf abc >abc
printf abc >$'line\nfeed\\back'
abc=$(sha256sum <abc | cut -c 1-64)
writes() { # NAME COMMAND...: its output is one record, of abc
	local name=$1
	shift
	"$@" >in 2>/dev/null
	ok "takes_$name" taken_is sha256sum in "$abc  abc"
}
writes sha256sum sha256sum abc
writes sha256sum_binary sha256sum -b abc
writes sha256sum_tag sha256sum --tag abc
writes openssl openssl dgst -sha256 abc
writes openssl_like_coreutils openssl dgst -sha256 -r abc
if command -v shasum >/dev/null; then writes shasum shasum -a 256 abc; fi
sha256sum $'line\nfeed\\back' >in
ok takes_escaped_name taken_is sha256sum in "$(<in)"
sha256sum --tag $'line\nfeed\\back' >in
ok takes_escaped_name_of_tag taken_is sha256sum in "\\$abc  line\\nfeed\\\\back"
sha256sum -z abc >in
ok refuses_lines_that_end_with_nul exits 1 import sha256sum in -o out.list
ok and_names_the_nul says 'the line holds a NUL byte'

### sha256sum: what other systems write
takes() { # NAME TEXT LINE: with printf's escapes
	printf '%b' "$2" >in
	ok "takes_$1" taken_is sha256sum in "$3"
}
ABC=${abc^^}
takes bare_digest "$abc\n" "$abc"
takes last_line_without_line_feed "$abc  abc" "$abc  abc"
takes upper_case "$ABC  abc\n" "$abc  abc"
takes cr_lf "# x\r\n\r\n$abc  abc\r\n" "$abc  abc"
takes mark_of_utf8 "\xef\xbb\xbf$abc  abc\n" "$abc  abc"
takes freebsd "SHA256 (abc) = $abc\n" "$abc  abc"
takes freebsd_reversed "$abc abc\n" "$abc  abc"
takes brackets_in_a_name "SHA256 (a) = (b) = $abc\n" "$abc  a) = (b"
takes openssl_1 "SHA256(abc)= $abc\n" "$abc  abc"
takes openssl_3 "SHA2-256(abc)= $abc\n" "$abc  abc"
takes certutil "SHA256 hash of C:\\\\x\\\\abc:\r\n$abc\r\nCertUtil: -hashfile command completed successfully.\r\n" \
	"\\$abc  C:\\\\x\\\\abc"
takes older_certutil "SHA256 hash of file abc:\r\n$(sed 's/../& /g; s/ $//' <<<"$abc")\r\nCertUtil: -hashfile\r\n" "$abc  abc"
takes certutil_in_german "SHA256-Hash von abc:\r\n$abc\r\n" "$abc"
table="\r\nAlgorithm       Hash                                        Path\r\n---------       ----                 ----\r\n"
table+="SHA256          $ABC       C:\\\\abc d\r\n\r\n"
takes get_filehash "$table" "\\$abc  C:\\\\abc d"
takes get_filehash_as_list "\r\nAlgorithm : SHA256\r\nHash      : $ABC\r\nPath      : C:\\\\a\r\n            bc\r\n" "$abc"
takes get_filehash_as_csv "#TYPE x\r\n\"Algorithm\",\"Hash\",\"Path\"\r\n\"SHA256\",\"$ABC\",\"abc\"\r\n" "$abc  abc"
for encoding in UTF-16LE UTF-16BE; do
	mark='\xff\xfe'
	[[ $encoding == UTF-16LE ]] || mark='\xfe\xff'
	{ printf '%b' "$mark"; printf '%b' "# €\r\n$abc  Grüße 😀\r\n" | iconv -f UTF-8 -t $encoding; } >in
	ok "takes_$encoding" taken_is sha256sum in "$abc  Grüße 😀"
done
{ printf '\xff\xfe'; printf '%s  ' "$abc" | iconv -t UTF-16LE; printf 'a\x00\x3d\xd8b\x00\x3d'; } >in
ok half_a_pair_is_replaced taken_is sha256sum in "$abc  a"$'\xef\xbf\xbd'b$'\xef\xbf\xbd'
printf '%s  abc\n' "$abc" | iconv -t UTF-16LE >in
ok utf16_without_a_mark_is_named eval 'exits 1 import sha256sum in -o out.list && says "UTF-16 needs a byte order mark"'

### sha256sum: what is not taken, counted by reason
{
	sha256sum abc
	md5sum abc
	sha1sum --tag abc
	sha512sum abc
	printf 'SHA512/256 (x) = %s\nSM3 (x) = %s\nMD5 hash of x:\n%s\n' "$abc" "$abc" "${abc:0:32}"
	printf '%s\n' "${abc:1}  x" "$abc,x" "<html>" $'a\rb' "SHA256          ${ABC:0:60}..." "SHA256 (x) = ${abc:1}" 'SHA256 ('
	printf '\\%s\n' "$abc  a\\tb" "$abc"
	sha256sum -b abc
} >mixed.list
ok reads_a_mixed_list exits 0 import sha256sum mixed.list -o out.list --json
ok takes_two is "$(field '["taken"]') $(wc -l <out.list)" '2 2'
ok counts_all is "$(field '["records"]')" 17
ok counts_other_algorithms reason 'another algorithm' 6 mixed.list 2
ok counts_digests_that_are_not_whole reason 'expected 64 hexadecimal digits, not fewer or more' 1 mixed.list 9
ok counts_what_follows_a_digest reason 'a blank and a name' 1 mixed.list 10
ok counts_what_has_no_digest reason 'expected a SHA-256' 1 mixed.list 11
ok counts_lone_cr reason 'CR without LF' 1 mixed.list 12
ok counts_cut_columns reason 'not cut' 1 mixed.list 13
ok counts_short_tags reason 'digits after `=' 1 mixed.list 14
ok counts_broken_tags reason 'ALGORITHM (NAME)' 1 mixed.list 15
ok counts_wrong_escapes reason 'only escapes' 2 mixed.list 16
ok sums_up is "$(counted)" 15
exits 0 import sha256sum mixed.list -o out.list
ok report_is_for_people prints 'sha256sum: 17 records, 2 taken, 15 not taken'
ok report_names_the_first prints 'cannot be looked up (first: mixed.list:2)'
ok stdout_has_the_list_alone is "$("$sigtool" import sha256sum mixed.list -o - 2>err)" "$(<out.list)"
ok report_is_then_on_stderr says '2 taken, 15 not taken'
ok reads_stdin is "$("$sigtool" import sha256sum - -o - <mixed.list 2>err)" "$(<out.list)"
ok names_stdin says '(first: (stdin):2)'

### status, --strict, and what is written
rm -f out.list
ok strict_refuses exits 1 import --strict sha256sum mixed.list -o out.list
ok strict_names_the_line says 'mixed.list:2: a digest of another algorithm'
ok strict_writes_nothing test ! -e out.list
sha256sum abc >good.list
ok strict_takes_what_is_good exits 0 import --strict sha256sum good.list -o out.list
ok a_file_of_another_format_is_an_error exits 1 import sha256sum good.list /etc/passwd -o out2.list
ok and_is_named says '/etc/passwd: none of its'
ok and_nothing_is_written test ! -e out2.list
ok md5_alone_is_of_the_format exits 0 import sha256sum <(md5sum abc) -o out2.list
ok an_empty_file_has_no_records exits 0 import sha256sum /dev/null -o out2.list
ok a_missing_file_is_an_io_error exits 3 import sha256sum nowhere -o out3.list
ok a_directory_is_an_io_error exits 3 import sha256sum . -o out3.list
ok a_missing_directory_is_an_io_error exits 3 import sha256sum good.list -o nowhere/list
ok a_full_disk_is_an_io_error exits 3 import sha256sum good.list -o /dev/full
ok and_names_the_list says '/dev/full: No space left'
ok needs_a_format exits 64 import -o out3.list
ok needs_a_list exits 64 import sha256sum good.list
ok needs_a_file exits 64 import sha256sum -o out3.list
ok knows_its_formats exits 64 import sha256sums good.list -o out3.list
ok and_guesses says "did you mean 'sha256sum'?"
ok root_is_for_packages exits 64 import --root / sha256sum good.list -o out3.list
ok errors_write_nothing test ! -e out3.list
ok build_takes_the_list exits 0 build -o db malicious:out.list
ok build_has_the_digest is "$("$sigtool" lookup db "$abc" | tail -n 1 | cut -d' ' -f1)" malicious

### bounds
long_name=$(printf '%04097d' 0)
printf '%s  %s\n' "$abc" "$long_name" >in
ok a_long_name_is_cut taken_is sha256sum in "$abc  ${long_name:1}"
printf '%s  %04095dä\n' "$abc" 0 >in
ok a_letter_is_not_cut_in_two taken_is sha256sum in "$abc  $(printf '%04095d' 0)"
{ echo "$abc"; head -c 1G /dev/zero | tr '\0' a; echo; echo "$abc"; } |
	(ulimit -v 200000 && exec "$sigtool" import sha256sum - -o out.list --json) >out 2>err
ok a_line_of_1_gib_is_counted reason 'more than 65536 bytes' 1 '(stdin)' 2
ok and_the_next_is_taken is "$(wc -l <out.list)" 2
"$sigtool" generate -o many --count 100000 --seed 3
ok same_input_gives_same_bytes same_twice sha256sum many mixed.list
ok a_bare_list_is_itself cmp <("$sigtool" import sha256sum many -o - 2>/dev/null) many

### clamav
md5=44d88612fea8a8f36de82e1278abb02f
sha1=3395856ce81f2b7382dee72602f798b642f14140
eicar=275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f
mkdir -p unpacked
printf '%s\n' "$eicar:68:Eicar-1" "$eicar:*:Eicar-2:73" "$sha1:68:Eicar-3" "# x" '' "${eicar:1}:1:x" "$eicar:x:y" \
	"$eicar:*:Eicar-4:73:255" >unpacked/b.hsb
printf '%s\n' "$md5:68:Eicar-5" "$md5:*:Eicar-6:73" >unpacked/a.hdb
printf '%s\n' "$abc:3:Not-malicious" >unpacked/c.sfp
printf '%s\n' "3:$abc:Section" >unpacked/d.msb
ok takes_hsb exits 0 import clamav unpacked/b.hsb -o out.list --json
ok keeps_names_of_signatures is "$(cut -c 67- out.list | tr '\n' ' ')" 'Eicar-1 Eicar-2 Eicar-4 '
ok counts_sha1 reason SHA-1 1 unpacked/b.hsb 3
ok counts_lines_without_digest reason 'then a colon' 1 unpacked/b.hsb 6
ok counts_lines_without_size reason 'expected a size' 1 unpacked/b.hsb 7
ok hdb_has_md5_only eval 'exits 0 import clamav unpacked/a.hdb -o out.list --json && reason MD5 2 unpacked/a.hdb 1'
ok takes_a_directory exits 0 import clamav unpacked -o out.list --json
ok of_digests_of_files_only is "$(field '["records"]') $(field '["taken"]')" '8 3'
ok in_the_order_of_names reason MD5 2 unpacked/a.hdb 1
mkdir -p nothing
ok a_directory_without_lists_is_an_error exits 3 import clamav nothing -o out2.list
pack() { # NAME SOURCE: with ClamAV's head
	{ printf '%-512s' 'ClamAV-VDB:01 Jan 2026 00-00 +0000:1:1:90:x:y:builder:1'; cat "$2"; } >"$1"
}
tar -C unpacked -cf t.tar b.hsb a.hdb c.sfp d.msb
gzip -nk t.tar
pack daily.cvd t.tar.gz
pack main.cld t.tar
for packed in daily.cvd main.cld; do
	ok "takes_$packed" exits 0 import clamav $packed -o out2.list --json
	ok "${packed}_has_the_same" cmp <(sort out.list) <(sort out2.list)
	ok "${packed}_names_the_member" reason SHA-1 1 "$packed(b.hsb)" 3
done
mkdir -p both && cp daily.cvd unpacked/a.hdb both/
ok takes_packed_in_a_directory eval 'exits 0 import clamav both -o out2.list --json && cmp <(sort out.list) <(sort out2.list)'
head -c 600 daily.cvd >torn.cvd
ok refuses_torn_cvd exits 1 import clamav torn.cvd -o out3.list
ok says_what_is_wrong says 'torn.cvd: cannot be unpacked: truncated gzip'
head -c 100 daily.cvd >torn.cvd
ok refuses_cvd_without_a_whole_head exits 1 import clamav torn.cvd -o out3.list
cp t.tar.gz other.cvd
ok refuses_what_is_no_cvd eval 'exits 1 import clamav other.cvd -o out3.list && says "not a ClamAV database"'
ok torn_ones_write_nothing test ! -e out3.list
# A member of more than 2 GiB of zeros, in two MiB: the parts of a gzip file may be packed by themselves.
truncate -s 3G bomb.hsb
head -c 512 <(tar -cf - bomb.hsb 2>/dev/null) | gzip >bomb.gz
head -c 16M /dev/zero | gzip >zeros.gz
for ((i = 0; i <= 128; i++)); do cat zeros.gz; done >>bomb.gz
pack bomb.cvd bomb.gz
ok a_bomb_is_refused exits 1 import clamav bomb.cvd -o out3.list
ok and_says_why says 'bomb.cvd: cannot be unpacked: it unpacks to more than 2 GiB'
mkdir -p members && (cd members && seq -f '%05g.hsb' 4100 | xargs touch && tar -cf ../members.tar .)
pack members.cld members.tar
ok too_many_members_are_refused eval 'exits 1 import clamav members.cld -o out3.list && says "more than 4096 members"'
ok same_directory_gives_same_bytes same_twice clamav unpacked both

plan
