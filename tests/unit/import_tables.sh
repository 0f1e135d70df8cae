#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# gotthard-sigtool import of tables: NSRL's reference data sets and MalwareBazaar's exports. Prints TAP.

# shellcheck source=tests/unit/work.bash
. "$(dirname "$0")/work.bash" gotthard-sigtool python3 sqlite3
# shellcheck source=tests/unit/import.bash
. "$top/tests/unit/import.bash"
eicar=275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f
abc=ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad
sha1=3395856ce81f2b7382dee72602f798b642f14140
md5=44d88612fea8a8f36de82e1278abb02f

### NSRL, text
head='"SHA-256","SHA-1","MD5","FileName","FileSize","PackageID"'
{
	printf '%s\r\n' "$head" "\"${eicar^^}\",\"${sha1^^}\",\"${md5^^}\",\"eicar, \"\"the\"\" test.com\",68,1"
	printf '%s\r\n' "\"\",\"${sha1^^}\",\"${md5^^}\",\"no\",68,1" "\"${eicar:1}\",\"\",\"\",\"cut\",68,1"
	printf '%s\r\n' "\"$eicar\",\"a" "\"$abc\"x,1,2,3" "$abc,$sha1" "$abc,a\"b,c,d,1,2" "$abc , 1,2,plain,3,4"
	printf '%s\r\n' "$abc,1,2,plain,3,4"
} >NSRLFile.txt
ok takes_nsrl_text exits 0 import nsrl NSRLFile.txt -o out.list --json
ok takes_quoted_and_plain is "$(<out.list)" "$eicar  eicar, \"the\" test.com
$abc  plain"
ok counts_records_without_sha256 reason 'without a SHA-256' 1 NSRLFile.txt 3
ok counts_wrong_digests reason 'not 64 hexadecimal' 2 NSRLFile.txt 4
ok counts_open_quotes reason 'does not end' 1 NSRLFile.txt 5
ok counts_text_behind_quotes reason 'text behind' 1 NSRLFile.txt 6
ok counts_short_records reason 'fewer fields' 1 NSRLFile.txt 7
ok counts_stray_quotes reason 'not quoted' 1 NSRLFile.txt 8
ok sums_up is "$(field '["records"]') $(counted)" '9 7'
printf '%s\n' '"FileName","MD5","sha256"' "\"x\",\"$md5\",\"$eicar\"" >in
ok columns_are_told_by_the_head taken_is nsrl in "$eicar  x"
printf '%s\n' '"SHA-1","MD5","CRC32","FileName"' "\"$sha1\",\"$md5\",\"1\",\"x\"" >in
ok a_set_without_sha256_is_refused exits 1 import nsrl in -o out2.list
ok and_says_why says 'sets before RDSv3 have SHA-1'
ok any_text_is_refused exits 1 import nsrl /etc/passwd -o out2.list
ok nothing_is_not_of_the_format exits 1 import nsrl /dev/null -o out2.list
ok strict_refuses_nsrl eval 'exits 1 import --strict nsrl NSRLFile.txt -o out2.list && says "NSRLFile.txt:3: a record without"'
ok refused_ones_write_nothing test ! -e out2.list
{ echo "$head"; printf '"%s"' "$(seq -s '","' 65)"; echo; } >in
ok counts_too_many_fields eval 'exits 1 import nsrl in -o out2.list && says "more than 64 fields"'

### NSRL, SQLite
sqlite3 minimal.db "CREATE TABLE FILE (sha256 TEXT, sha1 TEXT, md5 TEXT, crc32 TEXT, file_name TEXT, file_size INTEGER, package_id INTEGER);
	INSERT INTO FILE VALUES ('${eicar^^}', '$sha1', '$md5', '', 'eicar.com', 68, 1), (NULL, '$sha1', '', '', 'none', 1, 1),
		('', '', '', '', 'empty', 1, 1), ('12', '', '', '', 'short', 1, 1), (x'00', '', '', '', 'blob', 1, 1), ('$abc', '', '', '', NULL, 3, 2);"
ok takes_minimal_set exits 0 import nsrl minimal.db -o out.list --json
ok takes_what_has_sha256 is "$(<out.list)" "$eicar  eicar.com
$abc"
ok counts_rows_without_sha256 reason 'without a SHA-256' 2 minimal.db 2
ok counts_wrong_rows reason 'not 64 hexadecimal' 2 minimal.db 4
sqlite3 full.db "CREATE TABLE METADATA (object_id INTEGER, sha256 TEXT, sha1 TEXT, md5 TEXT, file_name TEXT, extension TEXT, bytes INTEGER);
	CREATE TABLE PKG (package_id INTEGER);
	CREATE VIEW FILE AS SELECT m.sha256, m.file_name FROM METADATA m, PKG;
	INSERT INTO PKG VALUES (1), (2); INSERT INTO METADATA VALUES (1, '$eicar', '', '', 'eicar', 'com', 68);"
ok takes_full_set_once taken_is nsrl full.db "$eicar  eicar"
sqlite3 view.db "CREATE TABLE M (hash TEXT); INSERT INTO M VALUES ('$abc');
	CREATE VIEW FILE AS SELECT UPPER(hash) AS sha256, 'x' || hash AS file_name FROM M;"
ok takes_a_view_with_functions taken_is nsrl view.db "$abc  x$abc"
sqlite3 endless.db "CREATE VIEW FILE AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS sha256 FROM n;"
ok refuses_an_endless_view exits 1 import nsrl endless.db -o out2.list
sqlite3 large.db "CREATE VIEW FILE AS SELECT hex(zeroblob(1000000000)) AS sha256;"
ok refuses_a_value_of_1_gb eval 'exits 1 import nsrl large.db -o out2.list && says "cannot be read as an RDSv3 database"'
sqlite3 other.db 'CREATE TABLE x (sha1 TEXT);'
ok refuses_another_database eval 'exits 1 import nsrl other.db -o out2.list && says "neither METADATA nor FILE"'
sqlite3 large.db "CREATE TABLE METADATA (sha256 TEXT); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 2000)
	INSERT INTO METADATA SELECT printf('%064d', i) FROM n;"
dd if=/dev/urandom of=large.db bs=4096 seek=4 count=3 conv=notrunc status=none
ok refuses_a_damaged_database exits 1 import nsrl large.db -o out2.list
head -c 3000 minimal.db >torn.db
ok refuses_a_torn_database exits 1 import nsrl torn.db -o out2.list
ok refused_databases_write_nothing test ! -e out2.list
ok same_set_gives_same_bytes same_twice nsrl minimal.db NSRLFile.txt

### MalwareBazaar
{
	cat <<'END'
################################################################
# MalwareBazaar recent malware samples (CSV)                   #
# Last updated: 2026-11-29 10:00:00 UTC                        #
################################################################
#
# "first_seen_utc","sha256_hash","md5_hash","sha1_hash","reporter","file_name","file_type_guess","mime_type","signature"
END
	echo "\"2026-11-29 09:59:59\", \"$eicar\", \"$md5\", \"$sha1\", \"anonymous\", \"a, b.exe\", \"exe\", \"application/x-dosexec\", \"Emotet\""
	echo "\"2026-11-29 09:59:58\", \"$abc\", \"$md5\", \"$sha1\", \"anonymous\", \"two"
	echo "lines\", \"exe\", \"application/x-dosexec\", \"n/a\""
	echo "\"2026-11-29 09:59:57\", \"n/a\", \"$md5\", \"$sha1\", \"anonymous\", \"x\", \"exe\", \"y\", \"n/a\""
	echo "\"2026-11-29 09:59:56\", \"$abc\""
	echo "# Number of entries: 4"
	echo "\"2026-11-29 09:59:55\", \"$abc\", \"never ends"
} >recent.csv
ok takes_malwarebazaar exits 0 import malwarebazaar recent.csv -o out.list --json
ok names_signature_or_file is "$(<out.list)" "$eicar  Emotet
\\$abc  two\\nlines"
ok counts_samples_without_sha256 reason 'not 64 hexadecimal' 1 recent.csv 10
ok counts_short_samples reason 'fewer fields' 1 recent.csv 11
ok counts_what_never_ends reason 'a quoted field that does not end' 1 recent.csv 13
printf '%s\n' 'sha256_hash' "$abc" >in
ok takes_columns_without_comment taken_is malwarebazaar in "$abc"
grep -v first_seen recent.csv >in
ok refuses_samples_without_columns eval 'exits 1 import malwarebazaar in -o out2.list && says "names the column sha256_hash"'
{ head -n 7 recent.csv; printf '"x", "y'; printf "$abc\n%.0s" {1..1100}; echo '"'; tail -n 8 recent.csv | head -n 1; } >in
ok a_quote_is_given_up_after_65536_bytes exits 0 import malwarebazaar in -o out.list --json
ok and_counted reason 'within 65536 bytes' 1 in 8

plan
