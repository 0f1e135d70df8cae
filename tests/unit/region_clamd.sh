#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What a real clamd did not scan is never benign: a clamd that says OK of it is not used, and one that is set up as
# docs/region.md has it says what it did not scan. REGION names the program. Prints TAP.
set -uo pipefail
export LC_ALL=C

top=$(cd "$(dirname "$0")/../.." && pwd)
region=$(realpath "${REGION:-$top/build/gotthard-region}")
for tool in curl jq python3 zip; do
	command -v "$tool" >/dev/null || { echo "1..0 # SKIP $tool is missing" && exit 0; }
done
PATH=$PATH:/usr/sbin command -v clamd >/dev/null || { echo "1..0 # SKIP clamd is missing" && exit 0; }

work=$(mktemp -d)
chmod 711 "$work"
cd "$work" || exit 1
server=''
cleanup() {
	# It may have ended.
	[[ -z $server ]] || kill -KILL "$server" 2>/dev/null || true
	"$top/tests/region/clamd.sh" stop "$work/clam"
	rm -rf "$work"
}
trap cleanup EXIT

# shellcheck source=tests/unit/tap.bash
. "$top/tests/unit/tap.bash"
# shellcheck source=tests/region/client.bash
. "$top/tests/region/client.bash"

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

"$region" init r --region ch-1 --country CH --url https://localhost:8443 --serves AT && "$region" enrol r host-1 e1
cp r/statement .
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
