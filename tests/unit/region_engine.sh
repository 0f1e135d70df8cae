#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# gotthard-region with an engine that is not as it should be, and with clients that only take room: no wrong verdict,
# nothing is lost, and others are served. REGION names the program. Prints TAP.
set -uo pipefail
export LC_ALL=C

top=$(cd "$(dirname "$0")/../.." && pwd)
region=$(realpath "${REGION:-$top/build/gotthard-region}")
[[ -x $region ]] || {
	echo "Bail out! $region is not there: build it, or set REGION"
	exit 1
}
for tool in curl jq sqlite3 python3; do
	command -v "$tool" >/dev/null || { echo "1..0 # SKIP $tool is missing" && exit 0; }
done

work=$(mktemp -d)
cd "$work" || exit 1
server='' engine='' other=''
cleanup() {
	for pid in $server $engine $other; do kill -KILL "$pid" && wait "$pid"; done 2>/dev/null
	rm -rf "$work"
}
trap cleanup EXIT

# shellcheck source=tests/unit/tap.bash
. "$top/tests/unit/tap.bash"
tap_logs=(out serve.log)
is() { [[ $1 == "$2" ]] || { echo "got '$1', wanted '$2'" && false; }; }

gcc -std=gnu11 -Wall -Wextra -Werror -g -O1 -D_GNU_SOURCE -I"$top" -I"$top/userd" -I"$top/include/uapi" \
	"$top/tests/region/submitter.c" "$top/build/userd/libgth.a" -lcrypto -luuid -o submitter || {
	echo "Bail out! tests/region/submitter.c does not build"
	exit 1
}

# serve [OPTION...]: starts the server; it is there when this returns
serve() {
	rm -f ready
	"$region" serve r --listen 127.0.0.1:0 --clamd "$work/engine.sock" --ready-file ready "$@" >>serve.log 2>&1 &
	server=$!
	while [[ ! -e ready ]]; do
		kill -0 "$server" 2>/dev/null || { echo "Bail out! it does not serve: $(tail -n 3 serve.log)" && exit 1; }
		sleep 0.05
	done
	port=$(sed 's/.*://' ready)
}
halt() {
	local status=0
	kill "-${1:-TERM}" "$server" 2>/dev/null
	wait "$server" 2>/dev/null || status=$?
	server=''
	return "$status"
}
# ask PATH [ARGUMENT...]: the status goes to $status, the body to out
ask() {
	local path=$1
	shift
	: >out
	status=$(curl -sS --noproxy '*' --max-time 60 --cacert e/ca.pem --cert e/client.pem --key e/client.key \
		-o out -w '%{http_code}' "$@" "https://localhost:$port$path" 2>curl.log) || status=000
}
# submit OUT: a new file of a few bytes, sent
submit() {
	echo "$1 $RANDOM$RANDOM" >plain
	./submitter make e r/statement plain "$1" || return 1
	ask "/v1/submissions/$(cat "$1/id")" -X PUT -H 'Content-Type: text/plain' --data-binary "@$1/note"
	is "$status" 201 || return 1
	ask "/v1/submissions/$(cat "$1/id")" -X PATCH -H 'Content-Type: application/partial-upload' -H 'Expect:' \
		-H 'Upload-Offset: 0' -H 'Upload-Complete: ?1' -H "$(cat "$1/repr")" --data-binary "@$1/cipher"
	is "$status" 200
}
state_of() { ask "/v1/submissions/$(cat "$1/id")?wait=${2-0}" && jq -r .status out; }
# ends STATUS OUT
ends() {
	local _ state=''
	for _ in {1..8}; do
		state=$(state_of "$2" 30)
		[[ $state =~ ^(queued|in-progress|awaiting-upload)$ ]] || break
	done
	is "$state" "$1"
}
until_state() { until [[ $(state_of "$2") == "$1" ]]; do sleep 0.05; done; }
finding() { jq -rj .verdict out | ./submitter check e r/statement "$1" verdict; }
attempts() { sqlite3 r/state.db "SELECT attempts FROM submission WHERE id = '$(cat "$1/id")'"; }
# An attempt was made, and failed; also when it was the last.
tried() { until [[ $(attempts "$1") -ge 1 || $(state_of "$1") == failed ]]; do sleep 0.1; done; }

if ! "$region" init r --region ch-1 --country CH --url https://localhost:8443 --serves AT || ! "$region" enrol r e e; then
	echo "Bail out! no region"
	exit 1
fi
echo 'hang-up' >deed
python3 "$top/tests/region/engine.py" engine.sock deed &
engine=$!
while [[ ! -S engine.sock ]]; do sleep 0.05; done
serve

# found OUT FINDING REPLY: what the engine says, and what is signed
found() {
	printf '%s\n' "$3" >deed
	submit "$1" && ends completed "$1" && [[ $(finding "$1") == "$2 "* ]]
}
# not_now OUT DEED: nothing comes of it, and no verdict, until the engine is itself again
not_now() {
	printf '%s\n' "$2" >deed
	submit "$1" && tried "$1" && [[ $(state_of "$1") =~ ^(queued|in-progress)$ ]] && is "$(jq -r .verdict out)" null || return 1
	ask "/v1/files/sha256:$(cat "$1/digest")" && is "$status" 404 || return 1
	echo 'reply stream: OK' >deed
	ends completed "$1" && [[ $(finding "$1") == benign* ]]
}
ok "a clean file is benign" found a1 benign 'reply stream: OK'
ok "a finding is malicious" found a2 malicious 'reply stream: Some.Name FOUND'
ok "a name with blanks and FOUND in it is a name" found a3 malicious 'reply stream: OK FOUND FOUND'
ok "a name of 3000 letters is cut" found a4 malicious "reply stream: $(printf '%03000d' 0) FOUND"
ok "a file that the engine does not read to its end is unknown" found a5 unknown 'early INSTREAM size limit exceeded. ERROR'
ok "the engine hangs up: later" not_now b1 hang-up
ok "it has an error of its own: later" not_now b2 'reply stream: Can'\''t allocate memory ERROR'
ok "its answer is none: later, and not the file's fault" not_now b3 'reply nonsense'
ok "its answer is empty: later" not_now b4 'reply '
ok "its answer has bytes that are no text: later" not_now b5 'reply stream: N\xe4me FOUND'
ok "its answer does not end: later" not_now b6 endless
ok "OK with something behind it is not clean: later" not_now b7 'reply stream: OK OK'
gives_up() {
	echo hang-up >deed
	submit c && ends failed c && jq -e '.verdict == null and .deletion != null and (.detail | test("attempts"))' out &&
		[[ ! -e r/incoming/$(cat c/id) ]]
}
ok "after some attempts it is given up, and deleted" gives_up

# The database does not take what came of an analysis: it is locked for longer than anybody waits.
locked() {
	echo "wait $work/go" >deed
	submit d && until_state in-progress d || return 1
	python3 - r/state.db "$work" <<'END' &
import os, sqlite3, sys, time
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN IMMEDIATE")
open(os.path.join(sys.argv[2], "go"), "w").close()
while not os.path.exists(os.path.join(sys.argv[2], "enough")):
    time.sleep(0.05)
db.execute("ROLLBACK")
END
	other=$!
	# Longer than a writer waits.
	for _ in {1..600}; do
		! grep -q 'busy' serve.log || break
		sleep 0.1
	done
	touch enough
	wait "$other"
	other=''
	ends completed d && [[ $(finding d) == benign* ]]
}
ok "what cannot be stored now is analysed again" locked
ok "it ends with status 0" halt

# Clients that only take room
serve --max-connections 40 --max-per-address 20
cat >crowd.py <<'END'
import socket, ssl, sys

def closed(s):
    s.settimeout(20)
    try:
        return s.recv(1) == b""
    except TimeoutError:
        return False
    except OSError:
        return True

def plain(n):
    return [socket.create_connection(("127.0.0.1", port)) for _ in range(n)]

def tls():
    context = ssl.create_default_context(cafile="e/ca.pem")
    context.load_cert_chain("e/client.pem", "e/client.key")
    return context.wrap_socket(socket.create_connection(("127.0.0.1", port)), server_hostname="localhost")

port, deed = int(sys.argv[1]), sys.argv[2]
if deed == "many":
    crowd = plain(60)
    # Those beyond the limit are closed at once.
    sys.exit(0 if sum(closed(s) for s in crowd[25:]) == 35 else 1)
if deed == "begun":
    for text in (b"G", b"GET /v1/region HTTP/1.1\r\n", b"GET /v1/region HTTP/1.1\r\nHost: x\r\nX-", b"\x00" * 100,
                 b"PUT /v1/submissions/00000000-0000-4000-8000-000000000000 HTTP/1.1\r\nHost: x\r\nContent-Length: 50000\r\n\r\nx",
                 b"POST /v1/statistics HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
                 b"POST /v1/statistics HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"):
        for _ in range(5):
            with tls() as s:
                s.sendall(text)
if deed == "pipelined":
    with tls() as s:
        s.settimeout(60)
        s.sendall(b"GET /v1/region HTTP/1.1\r\nHost: x\r\n\r\n" * 49 + b"GET /v1/region HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        data = b""
        while more := s.recv(65536):
            data += more
        sys.exit(0 if data.count(b"HTTP/1.1 200 ") == 50 else 1)
END
served() { ask /v1/region && is "$status" 200; }
until_served() { until served; do sleep 0.1; done; }
ok "connections of one address are bounded" python3 crowd.py "$port" many
ok "and free again when they are closed" until_served
ok "requests that only begin leave nothing" python3 crowd.py "$port" begun
ok "many at once are answered in turn" python3 crowd.py "$port" pipelined
ok "it serves as before" until_served
ok "and ends with status 0, whatever it was asked" halt
ok "nothing is left behind" is "$(ls -A r/work r/incoming)" $'r/incoming:\n\nr/work:'

plan
