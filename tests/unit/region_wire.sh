#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# gotthard-region and clients that speak HTTP and TLS as they should not: slowly, in two ways at once, from many
# addresses, with notes that are larger than they need to be. Prints TAP.

# shellcheck source=tests/unit/region.bash
. "$(dirname "$0")/region.bash" sqlite3 python3

start() { serve r --clamd "$work/none.sock" "$@"; }
make_region r 1
cat >wire.py <<'END'
"""wire.py PORT DEED [ARGUMENT...]: exit status 0 if the server did as it should"""
import socket, ssl, sys, time

port, deed, rest = int(sys.argv[1]), sys.argv[2], sys.argv[3:]

def plain(address="127.0.0.1"):
    return socket.create_connection(("127.0.0.1", port), source_address=(address, 0))

def tls():
    context = ssl.create_default_context(cafile="e1/ca.pem")
    context.load_cert_chain("e1/client.pem", "e1/client.key")
    return context.wrap_socket(plain(), server_hostname="localhost")

def closed(s, seconds):
    s.settimeout(seconds)
    try:
        return s.recv(1) == b""
    except TimeoutError:
        return False
    except OSError:
        return True

def dribble(s, data):
    """A byte at a time until it is cut off; False if all of it was taken."""
    for byte in data:
        try:
            s.sendall(bytes([byte]))
        except OSError:
            return True
        if closed(s, 0.2):
            return True
    return False

if deed == "ambiguous":
    fields = rest[0].encode().decode("unicode_escape").encode()
    second = b"GET /v1/region HTTP/1.1\r\nHost: x\r\n\r\n"
    with tls() as s:
        s.settimeout(30)
        s.sendall(b"POST /v1/statistics HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" + fields + b"\r\n" + second)
        data = b""
        try:
            while more := s.recv(65536):
                data += more
        except OSError:
            pass
    print(data)
    # One answer, and the connection is closed: nothing of what came behind is a request.
    sys.exit(0 if data.startswith(b"HTTP/1.1 400 ") and data.count(b"HTTP/1.1 ") == 1 else 1)
if deed == "silent":
    sys.exit(0 if closed(plain(), 30) else 1)
if deed == "hello":
    sys.exit(0 if dribble(plain(), b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"x" * 200) else 1)
if deed == "header":
    sys.exit(0 if dribble(tls(), b"GET /v1/region HTTP/1.1\r\nX-A: " + b"x" * 400) else 1)
if deed == "body":
    s = tls()
    s.sendall(b"POST /v1/statistics HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 10000\r\n\r\n")
    sys.exit(0 if dribble(s, b" " * 400) else 1)
if deed == "crowd":
    crowd = [plain(f"127.0.0.{i // 2 + 2}") for i in range(12)]
    in_, out = crowd[:4], crowd[4:]
    if not all(closed(s, 20) for s in out) or any(closed(s, 0.1) for s in in_):
        sys.exit(1)
    print("in", flush=True)
    sys.stdin.read()
END
wire() { python3 wire.py "$port" "$@"; }

start --handshake 2 --header 2 --progress 2
# A length in two ways
two() { ok "$1: 400, and nothing behind it is a request" wire ambiguous "$2"; }
two "two lengths" 'Content-Length: 0\r\nContent-Length: 36\r\n'
two "two lengths that are the same" 'Content-Length: 0\r\nContent-Length: 0\r\n'
two "a length, and chunks" 'Content-Length: 36\r\nTransfer-Encoding: chunked\r\n'
two "chunks, and a length" 'Transfer-Encoding: chunked\r\nContent-Length: 36\r\n'
two "chunks twice" 'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n'
ok "a length said once is well" eval "ask /v1/statistics -X POST -H 'Content-Type: application/json' -d '{}' && is \$status 204"
ok "and so are chunks" eval "ask /v1/statistics -X POST -H 'Content-Type: application/json' -H 'Transfer-Encoding: chunked' -d '{}' && is \$status 204"

# Slowly
ok "who says nothing is closed" wire silent
ok "so is a handshake a byte at a time" wire hello
ok "so is a header" wire header
ok "and a body" wire body
head -c 60000 /dev/urandom >file && make_one s file && put s
ok "one that comes at 15 KB a second is taken" patches 200 s 0 1 s/cipher --limit-rate 15k
ok "the connection is kept between requests" eval "ask /v1/region --next -sS --cacert e1/ca.pem --cert e1/client.pem --key e1/client.key -o out -w '%{num_connects}' https://localhost:$port/v1/region && is \$status 10"
halt TERM

# Many of them
start --max-connections 8 --max-per-address 8 --handshake 300
ok "an endpoint comes" eval "ask /v1/region && is \$status 200"
mkfifo hold
python3 wire.py "$port" crowd >crowd.log <hold &
crowd=$!
exec 9>hold
crowded() { until [[ -s crowd.log ]]; do kill -0 "$crowd" && sleep 0.1; done; }
ok "strangers get half of the places, and a quarter of those of an address" crowded
ok "a stranger more gets none" eval "ask /v1/region --interface 127.0.0.99; is \$status 000"
ok "the endpoint comes in all the same" eval "ask /v1/region && is \$status 200"
exec 9>&-
wait "$crowd"
halt TERM

# Notes
start --max-bytes 65000
echo file >file
make_one n1 file && cp -r n1 n2 && cp -r n1 n3
printf '\xe2\x80\x94 somebody %s\n' "$(head -c 68 /dev/zero | base64 -w0)" >>n2/note
ok "a second signature: 422" eval "puts 422 n2 && is \"\$(jq -r .type out)\" urn:gotthard:bad-submission"
for i in {1..15}; do printf '\xe2\x80\x94 somebody-%0100d %s\n' "$i" "$(head -c 2000 /dev/zero | base64 -w0)"; done >>n3/note
ok "a note of 40 KB: 413" puts 413 n3
ok "neither is kept" is "$(sqlite3 r/state.db 'SELECT count(*) FROM submission')" 1
last=0
for i in {1..12}; do
	make_one "q$i" file && put "q$i"
	[[ $status == 201 ]] || break
	last=$i
done
ok "notes are counted: 429" eval "is $status 429 && [[ \$(field Retry-After) -ge 1 ]]"
bytes() { sqlite3 r/state.db "SELECT total(length(CAST(note AS BLOB)) + cipher_size) <= 65000, total(length(CAST(note AS BLOB)) + cipher_size) > 63000 FROM submission"; }
ok "up to the limit" is "$(bytes)" "1|1"
sums="SELECT total(deletion IS NULL), total(iif(deletion IS NULL, cipher_size, 0)), total(iif(status = 0, cipher_size, 0)), count(*), total(length(CAST(note AS BLOB))) FROM submission"
kept() { is "$(sqlite3 r/state.db "SELECT open + 0.0, bytes + 0.0, awaiting + 0.0, records, notes + 0.0 FROM usage WHERE endpoint = '$1'")" "$(sqlite3 r/state.db "$sums")"; }
ok "what is kept is what is there" eval "kept host-1 && kept ''"
patch q1 0 1 q1/cipher
ok "also after an upload" eval "is \$status 200 && kept host-1"
ok "it ends with status 0" halt TERM
sqlite3 r/state.db "DELETE FROM submission WHERE id = '$(cat q1/id)'"
ok "and after a record is gone" eval "[[ $last -ge 2 ]] && is \"\$(sqlite3 r/state.db \"SELECT records FROM usage WHERE endpoint = ''\")\" $last"

# Certificates
start
ok "an endpoint is removed while the region serves" "$region" remove r host-1
ok "and shut out" eval "ask /v1/region && is \$status 403"
ok "it is removed once" eval "'$region' remove r host-1; is \$? 1"
mv e1 old
"$region" enrol r host-1 e1
ok "enrolled again, it comes with its new certificate" eval "ask /v1/region && is \$status 200"
who=old
ok "the old one stays shut out" eval "ask /v1/region && is \$status 403 && jq -r .detail out | grep -q again"
who=e1
serial=$(openssl x509 -in e1/client.pem -noout -serial | sed 's/.*=//' | tr A-F a-f)
ok "its serial number is kept" is "$(sqlite3 r/state.db "SELECT serial FROM endpoint")" "$serial"
sqlite3 r/state.db "PRAGMA busy_timeout = 5000; UPDATE endpoint SET serial = NULL" >busy.log
ok "without one, the next certificate is bound" eval "ask /v1/region && is \$status 200 && is \"\$(sqlite3 r/state.db 'SELECT serial FROM endpoint')\" $serial"
halt TERM

plan
