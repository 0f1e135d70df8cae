#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A file that a real clamd did not scan is never benign: a clamd that says OK of it is not used, and one that is set up as
# docs/region.md has it says what it did not scan. Where clamd is silent, the region looks by itself. REGION names the
# program. Prints TAP.

# shellcheck source=tests/unit/region.bash
. "$(dirname "$0")/region.bash" python3 zip gcc clamd
chmod 711 "$work"
at_end() { "$top/tests/region/clamd.sh" stop "$work/clam"; }

clamd() {
	"$top/tests/region/clamd.sh" stop "$work/clam"
	"$top/tests/region/clamd.sh" start "$work/clam" "$@"
}
# refused TEXT: the region does not begin with this clamd, and says why
refused() {
	local rc=0
	"$region" serve "$work/r" --listen 127.0.0.1:0 --clamd "$work/clam/clamd.sock" 2>err || rc=$?
	is "$rc" 1 && grep -q "$1" err
}
unfit() {
	clamd "${@:2}" && refused "$1"
}

make_region r 1
ok "a clamd that skips what exceeds its limits is refused" unfit AlertExceedsMax 'AlertExceedsMax no'
ok "so is one that scans a part of a large member" unfit MaxFileSize 'MaxFileSize 16M'
ok "and one that calls encrypted archives clean" unfit AlertEncrypted 'AlertEncrypted no'
mkdir none && echo "$(printf '%064d' 0):5:Nothing:73" >none/none.hsb
ok "and one without signatures" unfit EICAR "DatabaseDirectory $work/none"
ok "one with higher limits is told from one without" unfit scan-limit 'MaxScanSize 500M' 'MaxFileSize 600M'

clamd
serve r --clamd "$work/clam/clamd.sock"
echo 'a GOTTHARD-TEST-MALICIOUS text' >bad
{ head -c 130000000 /dev/zero && cat bad; } >huge
zip -q huge.zip huge && rm huge
zip -q -P secret secret.zip bad && zip -q open.zip bad && echo good >good && zip -q nest0.zip good
for i in {1..20}; do zip -q "nest$i.zip" "nest$((i - 1)).zip"; done
judges() { submit "$2" "$3" && is "$(found "$2")" "$1"; }
ok "a marker at the end of a member of 130 MB: unknown" judges "unknown Heuristics.Limits.Exceeded.MaxScanSize" j1 huge.zip
ok "a marker in an encrypted archive: unknown" judges "unknown Heuristics.Encrypted.Zip" j2 secret.zip
ok "what is too deep in archives: unknown" judges "unknown Heuristics.Limits.Exceeded.MaxRecursion" j3 nest20.zip
ok "a marker in an archive that is scanned: malicious" judges "malicious YARA.gotthard_malicious.UNOFFICIAL" j4 open.zip
ok "a file without one: benign" judges "benign none" j5 good

# clamd is silent about archives that are cut off. A marker cannot be read without unpacking: at the end of a
# text, in parts of texts before it.
gcc -std=gnu11 -Wall -Wextra -Werror -O1 "$top/tests/region/pack.c" -larchive -o pack || {
	echo "Bail out! tests/region/pack.c does not build"
	exit 1
}
{
	seq 30000
	echo 'GOTTHARD-TE OTTHARD-TEST-MAL TEST-MALIC ST-MALICIO LICIOUS'
	echo 'a GOTTHARD-TEST-MALICIOUS text'
	seq 5000
} >evil
seq 30000 >clean
# cut FILE OUT: without its last third
cut_off() { head -c "$(($(stat -c %s "$1") * 2 / 3))" "$1" >"$2"; }
formats=(zip: 7zip: ustar:gzip ustar:xz ustar:bzip2 ustar: newc: xar: ar: raw:gzip raw:zstd)
n=0
whole_and_cut() {
	local name=w$((++n)) format=${1%:*} filter=${1#*:}
	./pack "$name" "$format" "$filter" "" clean && cut_off "$name" "$name.cut" &&
		judges "benign none" "$name.j" "$name" &&
		judges "unknown Gotthard.Unscanned.Damaged" "$name.cut.j" "$name.cut"
}
for format in "${formats[@]}"; do
	ok "${format/:/ }: benign as a whole, unknown when it is cut off" whole_and_cut "$format"
done
./pack inner zip "" "" clean && cut_off inner inner.cut && ./pack outer 7zip "" "" inner.cut clean
ok "one that is cut off in one that is whole: unknown" judges "unknown Gotthard.Unscanned.Damaged" k1 outer
head -c 40000 clean >short && cp inner last && ./pack stored zip "" compression=store inner short last
head -c "$(($(stat -c %s stored) - 150))" stored >ends-in-another
ok "a cut one that ends in the directory of a member: unknown" judges "unknown Gotthard.Unscanned.Damaged" k2 ends-in-another

# A method that clamd does not know and libarchive does: what is in it is scanned all the same.
python3 -c 'import zipfile
for name in "evil", "clean":
    with zipfile.ZipFile(name + ".lzma.zip", "w", zipfile.ZIP_LZMA) as z: z.write(name)'
for name in evil clean; do
	./pack "$name.7z" 7zip "" compression=bzip2 "$name" && ./pack "$name.zst" ustar zstd "" "$name"
	gzip -k -c "$name" >"$name.gz" && ./pack "$name.deb" ar "" "" "$name.gz"
done
marked="malicious YARA.gotthard_malicious.UNOFFICIAL"
for way in lzma.zip 7z zst deb; do
	ok "$way, which clamd does not unpack, with a marker: malicious" judges "$marked" "m.$way" "evil.$way"
	ok "$way without one: benign" judges "benign none" "b.$way" "clean.$way"
done
# A method that neither knows: imploded is 6, and 99 is not assigned.
python3 -c 'import sys
data = bytearray(open("nest0.zip", "rb").read())
for mark, at in (b"PK\3\4", 8), (b"PK\1\2", 10):
    where = data.index(mark) + at
    data[where:where + 2] = (99).to_bytes(2, "little")
open("method.zip", "wb").write(data)'
ok "a method that nobody knows: unknown" judges "unknown Gotthard.Unscanned.Method" k3 method.zip

# A file that is not an archive is not taken for one, and an archive behind a program is.
cat "$(type -P true)" inner >self-extracting
cat "$(type -P true)" evil.lzma.zip >self-extracting-evil
echo 0707010000000000000000000000000000 >digits
printf 'Rar!' >rar-text && printf '%s\n' 'begin 644 a' '#mtree' '!<arc' PK >text
head -c 100000 /dev/zero >zeros
: >empty && gzip -k empty
for file in self-extracting digits rar-text text zeros empty.gz "$(type -P gzip)" "$(ldconfig -p | awk '/libarchive.so/ {print $NF; exit}')"; do
	ok "$(basename "$file"): benign" judges "benign none" "n.$(basename "$file")" "$file"
done
ok "an archive behind a program, by a method unknown to clamd, with a marker: malicious" judges "$marked" k4 self-extracting-evil

# It is set up otherwise while the region serves.
"$top/tests/region/clamd.sh" stop "$work/clam"
echo another >other && send j6 other
clamd 'AlertExceedsMax no'
told() { until grep -q 'no file is judged until then' serve.log; do sleep 0.1; done; }
ok "one that gets worse is found out" told
unjudged() { is "$(status_of "$1")" queued && is "$(jq -r .verdict out)" null; }
finds() { is "$(found "$2")" "$1"; }
ok "and judges nothing" unjudged j6
clamd
ok "one that gets better does" finds "benign none" j6
ok "it ends with status 0" halt

plan
