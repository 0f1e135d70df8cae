#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# docs/transparency.md: its commands, as they are on the page, against a log and a region made here; and each of them
# against damage that it must find. Prints TAP.

# shellcheck source=tests/unit/region.bash
. "$(dirname "$0")/region.bash" gotthard-sigtool openssl age python3
sigtool=$top/build/gotthard-sigtool page=$top/docs/transparency.md
web=''
at_end() { [[ -z $web ]] || { kill -KILL "$web" && wait "$web"; } 2>/dev/null; }

# The blocks of the page, in files named after their headings.
mkdir steps
awk '/^## / { name = tolower(substr($0, 4)); gsub(/[^a-z]/, "-", name) }
	/^```$/ { file = ""; next }
	/^```/ { file = "steps/" name "." substr($0, 4); next }
	file { print > file }' "$page"
ok the_page_has_its_steps diff <(ls steps) <(printf '%s\n' body.sh checkpoint.sh consistency.go consistency.sh functions.sh \
	get-a-release.sh inclusion.sh receipt.sh settings.sh signature.sh witness.sh)

# A log of three releases, the last one a name of its own, with a witness; on the web.
pem=$top/packaging/development-key
publish_next() { # LOGDIR VERSION [PREV [NAME]]
	echo "$1 $2" >seed && sha256sum seed >list && rm -rf made &&
		"$sigtool" build -o made --name "${4:-main}" --version "$2" --class malicious --key "$pem/key.pem" \
			--cert "$pem/certificate.pem" ${3:+--prev "$3"} list && "$region" publish "$1" made --key key
} >/dev/null
cosign() {
	"$region" witness --log log --log-key key.pub --state state --key one "$@" -o line && "$region" cosign log line --policy policy
} >/dev/null
make_log() {
	"$region" log-key example.org/releases key && "$region" log-key --witness witness.example.net one &&
		"$region" publish log --init --key key && publish_next log 1 && publish_next log 2 log/releases/main/1/manifest &&
		printf 'log %s\nwitness one %s\nquorum one\n' "$(cat key.pub)" "$(cat one.pub)" >policy && cosign --first
} >/dev/null
ok a_log_is_made make_log
serve_web() {
	python3 -c '
import functools, http.server, sys
class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass
s = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=sys.argv[1]))
open("web.new", "w").write(str(s.server_port))
import os
os.rename("web.new", "web")
s.serve_forever()' "$work" &
	web=$!
	until [[ -s web ]]; do kill -0 "$web" && sleep 0.05 || return; done
}
ok it_is_on_the_web serve_web
export LOG NAME=main CERT=$pem/certificate.pem KEY WITNESS ID='' no_proxy='*'
LOG=http://127.0.0.1:$(cat web)/log KEY=$(cat key.pub) WITNESS=$(cat one.pub)
ok the_settings_are_those_of_the_page diff <(sed 's/=.*//' steps/settings.sh) <(printf '%s\n' LOG NAME CERT KEY WITNESS)

mkdir reader
# step NAME [DIR]: the block of the page, by a reader in a directory
step() { (cd "${2:-reader}" && cat "$work/steps/functions.sh" "$work/steps/$1.sh" | bash) >out 2>err; }
# damage FILE AT: another byte there
damage() {
	local byte=X
	[[ $(dd if="$1" bs=1 skip="$2" count=1 status=none | tr '\0' 0) != X ]] || byte=Y
	printf %s $byte | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}
# finds NAME FILE [AT]: the step fails if a byte, in the middle or there, is another one
finds() {
	rm -rf damaged && cp -r reader damaged && damage "damaged/$2" $((${3:-$(stat -c %s "reader/$2") / 2})) && ! step "$1" damaged
}
for name in get-a-release signature body checkpoint inclusion witness; do ok "${name//-/_}_as_on_the_page" step $name; done
ok the_witness_says_when grep -q '^cosigned at ' out
step inclusion
ok the_entry_is_named grep -qx 'entry 1 of 2' out

ok a_changed_signature_is_found finds signature manifest.p7s
ok a_changed_manifest_is_found finds signature manifest
ok a_changed_body_is_found finds body body
ok a_changed_checkpoint_is_found finds checkpoint proof "$(($(grep -abo 'example.org/releases' reader/proof | sed -n '1s/:.*//p') + 25))"
ok a_changed_leaf_is_found finds inclusion manifest
ok a_changed_hash_is_found finds inclusion proof 45
cp -r reader other && cp log/releases/main/1/proof other/
ok the_proof_of_another_release_is_found eval 'step checkpoint other && ! step inclusion other'
other_key() { "$region" log-key "$1" "${@:3}" "$2" | tail -n 1; }
KEY=$(other_key example.org/releases key2)
ok another_logs_key_is_found eval '! step checkpoint'
KEY=$(cat key.pub) WITNESS=$(other_key witness.example.net two --witness)
ok another_witnesss_key_is_found eval '! step witness'
WITNESS=$(cat one.pub)
cp log/checkpoint.cosigned cosigned && sed -i 's/^2$/3/' log/checkpoint.cosigned
ok a_changed_cosigned_checkpoint_is_found eval '! step witness'
cp cosigned log/checkpoint.cosigned
expire() { sed 's/^expires: .*/expires: 1700000001/' reader/manifest >damaged/manifest; }
rm -rf damaged && cp -r reader damaged && expire
ok an_expired_release_is_found eval '! step body damaged'

# The inclusion of each entry of logs of several sizes, by the loop of the page.
more() {
	local n
	for n in 3 4 5 6 7; do publish_next log $n "log/releases/main/$((n - 1))/manifest" || return; done
}
ok more_releases_follow more
every_entry() {
	local n
	for ((n = 1; n <= 7; n++)); do
		rm -rf other && mkdir other && cp "log/releases/main/$n/manifest" other/ && "$region" prove log main $n -o other/proof &&
			step checkpoint other && step inclusion other && grep -qx "entry $((n - 1)) of 7" out || return
	done
}
ok every_entry_is_included every_entry

if [[ -d /usr/share/gocode/src/golang.org/x/mod/sumdb/tlog ]] && command -v go >/dev/null; then
	export GO111MODULE=off GOFLAGS='' GOPATH=/usr/share/gocode GOCACHE=$top/build/tests/go-cache
	cp steps/consistency.go reader/
	ok the_program_is_formatted test -z "$(gofmt -l reader/consistency.go)"
	ok consistency_as_on_the_page step consistency
	ok the_entries_are_counted grep -qx '7 entries continue 2' out
	mv log continued
	another() { # VERSION...: a log by the same key with other releases
		local prev='' n
		rm -rf log && "$region" publish log --init --key key >/dev/null || return
		for n in "$@"; do
			publish_next log "$n" "$prev" && prev=log/releases/main/$n/manifest || return
		done
	}
	ok a_fork_is_made another 11 12 13
	ok it_is_found eval '! step consistency'
	ok and_said grep -q 'the log is not continued' err
	ok one_that_went_back_is_made another 1
	ok it_is_found_too eval '! step consistency'
	rm -rf log && mv continued log
	ok the_right_log_is_continued step consistency
	damage log/tile/0/000.p/7 70
	ok a_damaged_tile_is_found eval '! step consistency'
else
	echo "# golang-golang-x-mod-dev is not installed: the program in Go is not run"
fi

# A region, a file that it got, and its receipt.
make_region r 1
serve r --clamd "$work/none.sock"
head -c 10000 /dev/urandom >file
ok a_file_is_sent send upload file
mkdir receiver
ID=$(cat upload/id)
cp e1/ca.pem e1/client.pem e1/client.key receiver/ && cp upload/note receiver/submission && cp upload/cipher receiver/ && cp r/keys/age.key receiver/
sed "s|^url: .*|url: https://localhost:$port|" e1/trust >receiver/trust
ok receipt_as_on_the_page step receipt receiver
rm -rf reader && mv receiver reader
for file in cipher submission; do ok "a_changed_${file}_is_found" finds receipt $file; done
sed -i '$d' steps/receipt.sh # by the receipt, and not by what is inside
for file in cipher submission; do ok "a_changed_${file}_is_found_by_the_receipt" finds receipt $file; done
rm -rf damaged && cp -r reader damaged && sed -i "s|^statement-key: .*|statement-key: $(other_key ch-1/statement key4)|" damaged/trust
ok another_statement_key_is_found eval '! step receipt damaged'
ok none_of_this_was_for_another_reason step receipt
ok the_region_ends halt TERM

plan
