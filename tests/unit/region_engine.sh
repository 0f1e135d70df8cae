#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# gotthard-region with an engine that is not as it should be, and with clients that only take room: no wrong verdict,
# nothing is lost, and others are served. REGION names the program. Prints TAP.

# shellcheck source=tests/unit/region.bash
. "$(dirname "$0")/region.bash" sqlite3 python3
other=''
at_end() { [[ -z $other ]] || kill -KILL "$other"; }

start() { serve r --clamd "$work/engine.sock" "$@"; }
# sends OUT: a new file of a few bytes
sends() { echo "$1 $RANDOM$RANDOM" >plain && send "$1" plain; }
# ends STATUS OUT
ends() { await "$2" && is "$(status_of "$2")" "$1"; }
until_state() { until [[ $(status_of "$2") == "$1" ]]; do sleep 0.05; done; }
finding() { jq -rj .verdict out | ./submitter check e1 statement "$1" verdict; }
attempts() { sqlite3 r/state.db "SELECT attempts FROM submission WHERE id = '$(cat "$1/id")'"; }
# An attempt was made, and failed; also when it was the last.
tried() { until [[ $(attempts "$1") -ge 1 || $(status_of "$1") == failed ]]; do sleep 0.1; done; }

make_region r 1
start_engine hang-up
start

# found OUT FINDING REPLY: what the engine says, and what is signed
found() {
	printf '%s\n' "$3" >deed
	sends "$1" && ends completed "$1" && [[ $(finding "$1") == "$2 "* ]]
}
# not_now OUT DEED: nothing comes of it, and no verdict, until the engine is itself again
not_now() {
	printf '%s\n' "$2" >deed
	sends "$1" && tried "$1" && [[ $(status_of "$1") =~ ^(queued|in-progress)$ ]] && is "$(jq -r .verdict out)" null || return 1
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
	sends c && ends failed c && jq -e '.verdict == null and .deletion != null and (.detail | test("attempts"))' out &&
		[[ ! -e r/incoming/$(cat c/id) ]]
}
ok "after some attempts it is given up, and deleted" gives_up

# The database does not take what came of an analysis: it is locked for longer than anybody waits.
locked() {
	echo "wait $work/go" >deed
	sends d && until_state in-progress d || return 1
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
start --max-connections 40 --max-per-address 20
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
    context = ssl.create_default_context(cafile="e1/ca.pem")
    context.load_cert_chain("e1/client.pem", "e1/client.key")
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
