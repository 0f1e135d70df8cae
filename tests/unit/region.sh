#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# gotthard-region over real TLS, with a real clamd, as curl sees it: what endpoints do, and what they should not.
# REGION names the program. Prints TAP.

# shellcheck source=tests/unit/region.bash
. "$(dirname "$0")/region.bash" sqlite3 python3 clamd
chmod 711 "$work"
cursor='' at=0
at_end() { "$top/tests/region/clamd.sh" stop "$work/clam"; }

# start [OPTION...]: the server of $dir
start() {
	serve "$dir" --clamd "$work/clam/clamd.sock" "$@"
	url=https://localhost:$port
}
not() { ! "$@"; }
# answers STATUS PATH [ARGUMENT...]
answers() {
	local wanted=$1
	shift
	ask "$@"
	is "$status" "$wanted"
}
# refuses STATUS TYPE PATH [ARGUMENT...]: as problem+json
refuses() {
	local wanted=$1 type=$2
	shift 2
	ask "$@"
	[[ $type == about:blank ]] || type=urn:gotthard:$type
	is "$status" "$wanted" && grep -qi '^content-type: application/problem+json' head &&
		is "$(jq -r .type out)" "$type" && is "$(jq -r .status out)" "$wanted" &&
		jq -e '.title and .detail' out
}
later() { [[ $(field Retry-After) -ge 1 ]]; }

problem() { is "$(jq -r .type out)" "urn:gotthard:$1"; }
wait_for() { ask "/v1/submissions/$(cat "$1/id")?wait=30"; }
# ends STATUS OUT: waits, some times if need be
ends() {
	local _
	for _ in 1 2 3 4; do
		wait_for "$2"
		[[ $(jq -r .status out) =~ ^(queued|in-progress|awaiting-upload)$ ]] || break
	done
	is "$(jq -r .status out)" "$1"
}
checks() { jq -rj ".$2" out | ./submitter check "$who" statement "$1" "$2"; }
# judged FINDING OUT FILE: submits, waits, and checks all that was signed
judged() {
	make_one "$2" "$3" && puts 201 "$2" && patches 200 "$2" 0 1 "$2/cipher" || return 1
	cp out receipt.direct
	./submitter check "$who" statement "$2" receipt <out || return 1
	ends completed "$2" && checks "$2" receipt && checks "$2" deletion && is "$(jq -rj .receipt out)" "$(cat receipt.direct)" &&
		[[ ! -e $dir/incoming/$(cat "$2/id") ]] && [[ $(checks "$2" verdict) == "$1 "* ]]
}
failing() { # DETAIL OUT FILE [OPTION...]: it fails, its file is deleted, there is no verdict
	local detail=$1 sub=$2 file=$3
	shift 3
	make_one "$sub" "$file" "$@" && puts 201 "$sub" && patches 200 "$sub" 0 1 "$sub/cipher" && ends failed "$sub" &&
		[[ $(jq -r .detail out) == *"$detail"* ]] && checks "$sub" deletion && is "$(jq -r .verdict out)" null &&
		[[ ! -e $dir/incoming/$(cat "$sub/id") ]]
}

# The command line
dir=$work/r
init() { "$region" init "$1" --region ch-1 --country CH --url https://localhost:8443 --serves "AT BE CH" "${@:2}"; }
exits() {
	local wanted=$1 rc=0
	shift
	"$@" || rc=$?
	is "$rc" "$wanted"
}
ok "init makes a region" init "$dir" --max-size 12000000 --name 127.0.0.1
ok "init refuses a directory that is there" exits 1 init "$dir"
ok "init refuses a country that is none" exits 64 "$region" init x --region ch-1 --country Schweiz --url https://a:1 --serves AT
ok "init refuses a URL that is none" exits 64 "$region" init x --region ch-1 --country CH --url http://a:1 --serves AT
ok "init refuses the region that means none" eval "exits 64 '$region' init x --region none --country CH --url https://a:1 --serves AT 2>err; grep -q -- --region err"
ok "init leaves nothing when it fails" not compgen -G 'x*'
ok "keys are for their owner alone" is "$(find "$dir" \( -type f ! -perm 600 -o -type d ! -perm 700 \))" ""
ok "enrol makes what an endpoint needs" "$region" enrol "$dir" host-1 e1
ok "it has all of it" is "$(cd e1 && printf '%s ' *)" "ca.pem client.key client.pem endpoint.key endpoint.pub trust "
ok "an endpoint is enrolled once" exits 1 "$region" enrol "$dir" host-1 again
ok "enrol refuses a name that is none" exits 64 "$region" enrol "$dir" ../host again
ok "enrol refuses the endpoint that means none" exits 64 "$region" enrol "$dir" none again
ok "enrol leaves nothing when it fails" not compgen -G 'again*'
"$region" enrol "$dir" host-2 e2 && "$region" enrol "$dir" host-3 e3
sqlite3 "$dir/state.db" "DELETE FROM endpoint WHERE name = 'host-3'"
"$region" init other --region ch-1 --country CH --url https://localhost:8443 --serves AT && "$region" enrol other host-1 e4
cp -r e1 e5 && cp "$dir/keys/server.pem" e5/client.pem && cp "$dir/keys/server.key" e5/client.key
ok "no command, and one that there is not, are usage errors" eval "exits 64 '$region' && exits 64 '$region' nothing && '$region' --help"
ok "serve refuses a directory that is none" exits 1 "$region" serve nowhere

"$top/tests/region/clamd.sh" start "$work/clam" || {
	echo "Bail out! clamd does not start"
	exit 1
}
start
ok "one process serves a region" exits 1 "$region" serve "$dir" --listen 127.0.0.1:0

# Certificates and access
ok "TLS 1.2 is refused" not curl -sS --cacert e1/ca.pem --cert e1/client.pem --key e1/client.key --tls-max 1.2 "$url/v1/region"
ok "TLS 1.3 is spoken" eval "answers 200 /v1/region --tlsv1.3"
cp out statement
bare() {
	local rc=0
	curl -sS --cacert e1/ca.pem -o out -w '%{http_code}' "$url/v1/region" >code || rc=$?
	((rc)) && is "$(cat code)" 000
}
ok "no client certificate: no handshake" bare
who=e4 && ok "nor with a certificate of another CA" answers 000 /v1/region
who=e3 && ok "an endpoint that is not enrolled: 403" refuses 403 about:blank /v1/region
who=e5 && ok "the server's own certificate is no client's" answers 000 /v1/region
who=e1

# Requests
ok "the statement holds for the endpoint" eval "echo hello >hello && make_one s0 hello"
ok "nothing of this name: 404" refuses 404 about:blank /v1/nothing
ok "a method that is not for it: 405" refuses 405 about:blank /v1/region -X DELETE
ok "a digest that is none: 400" refuses 400 about:blank /v1/files/sha256:ABC
ok "a query that is not known: 400" refuses 400 about:blank "/v1/verdicts?from=1"
ok "an identifier that is none: 400" refuses 400 about:blank /v1/submissions/../../etc/passwd --path-as-is
ok "a file that nobody knows: 404, and an upload is welcome" eval \
	"refuses 404 unknown-file /v1/files/sha256:$(printf '%064d' 1) && jq -e '.upload == true' out"
ok "a submission that is not there: 404" refuses 404 about:blank /v1/submissions/00000000-0000-4000-8000-000000000000
ok "a header of 64 KB is refused" eval "printf 'X-A: %065536d' 1 >big; ask /v1/region -H @big; [[ \$status == 431 || \$status == 413 || \$status == 400 || \$status == 000 ]]"
ok "and others are served as before" answers 200 /v1/region

# Submissions
sub0=/v1/submissions/$(cat s0/id)
ok "a submission is made" puts 201 s0
ok "and made once more, it is the same" puts 200 s0
ok "HEAD tells where its upload is" eval "ask $sub0 -I && is \$status 204 && is \"\$(field Upload-Offset)\" 0 && is \"\$(field Upload-Complete)\" '?0' &&
	is \"\$(field Upload-Limit)\" max-size=$(stat -c %s s0/cipher)"
make_one s1 hello --id "$(cat s0/id)"
ok "another submission of this identifier: 409" eval "puts 409 s1 && problem other-submission"
who=e2
make_one s2 hello --id "$(cat s0/id)"
ok "another endpoint's identifier: 403" eval "puts 403 s2 && problem not-yours"
ok "another endpoint sees nothing of it" eval "refuses 403 not-yours $sub0 && refuses 403 not-yours $sub0?wait=1 && ask $sub0 -I; is \$status 403"
ok "and cannot upload to it" eval "patches 403 s0 0 1 s0/cipher && problem not-yours"
make_one s2 hello --endpoint host-1
ok "a submission in another endpoint's name: 403" eval "puts 403 s2 && problem not-yours"
who=e1
make_one s2 hello --region ch-9
ok "for another region: 422" eval "puts 422 s2 && problem bad-submission"
make_one s2 hello
ok "with another identifier than the request's: 422" eval "puts 422 s2 00000000-0000-4000-8000-000000000000 && problem bad-submission"
cp -r s2 s3 && sed -i '/^$/,$d' s3/note
ok "unsigned: 422" eval "puts 422 s3 && problem bad-submission"
cp -r s2/note s3/note && sed -i 's/^size: .*/size: 7/' s3/note
ok "changed after it was signed: 422" eval "puts 422 s3 && problem bad-submission"
who=e2 && make_one s3 hello && who=e1
ok "signed by another endpoint: 422" eval "puts 422 s3 && problem bad-submission"
make_one s3 hello --size 13000000 --cipher-size 13003376
ok "larger than the region takes: 413" eval "puts 413 s3 && problem too-large"
make_one s3 hello --cipher-size 5000000
ok "sizes that do not fit together: 422" eval "puts 422 s3 && problem bad-submission"
head -c 100000 /dev/zero >zeros
ok "a note of 100 KB: 413" eval "cp zeros s3/note; puts 413 s3 && problem too-large"
ok "no body at all: 422" eval ": >s3/note; puts 422 s3 && problem bad-submission"
ok "a type that is none: 415" refuses 415 about:blank "/v1/submissions/$(cat s2/id)" -X PUT -H 'Content-Type: text/html' --data-binary @s2/note

# Uploads
size=$(stat -c %s s0/cipher)
: >empty
ok "an upload before its submission: 404" eval "patches 404 s2 0 1 s2/cipher"
ok "a wrong offset: 409 with the right one" eval "patches 409 s0 5 1 empty && problem mismatching-upload-offset && is \"\$(field Upload-Offset)\" 0"
ok "without Upload-Offset: 400" refuses 400 about:blank "$sub0" -X PATCH -H 'Content-Type: application/partial-upload' -H 'Upload-Complete: ?1' -H "$(cat s0/repr)" --data-binary @empty
ok "without Repr-Digest: 400" refuses 400 about:blank "$sub0" -X PATCH -H 'Content-Type: application/partial-upload' -H 'Upload-Complete: ?1' -H 'Upload-Offset: 0' --data-binary @empty
ok "of another type: 415" refuses 415 about:blank "$sub0" -X PATCH -H 'Content-Type: application/octet-stream' -H 'Upload-Complete: ?1' -H 'Upload-Offset: 0' -H "$(cat s0/repr)" --data-binary @empty
ok "another Repr-Digest than the submission's: 400" eval "cp -r s0 s4; cp s2/repr s4/repr; patches 400 s4 0 1 s0/cipher"
ok "more than announced: 413" eval "cat s0/cipher s0/cipher >twice; patches 413 s0 0 1 twice && problem too-large"
ok "more than announced, of no known length: 413" eval "patches 413 s0 0 1 twice -H 'Transfer-Encoding: chunked' && problem too-large"
ok "and nothing of them counts" eval "ask $sub0 -I; is \"\$(field Upload-Offset)\" 0"
head -c 100 s0/cipher >part1 && tail -c +101 s0/cipher >part2
ok "a first part: 204 and how far it came" eval "patches 204 s0 0 0 part1 && is \"\$(field Upload-Offset)\" 100"
ok "the same part again: 409" eval "patches 409 s0 0 0 part1 && is \"\$(field Upload-Offset)\" 100"
ok "the parts survive kill -9" eval "halt KILL; start; ask $sub0 -I; is \"\$(field Upload-Offset)\" 100"
ok "the last part before all is there: 422, from the beginning" eval "patches 422 s0 100 1 empty && problem mismatching-digest && ask $sub0 -I && is \"\$(field Upload-Offset)\" 0"
tr '\0-\377' '\1-\377\0' <s0/cipher >wrong
ok "wrong bytes: 422, from the beginning" eval "patches 422 s0 0 1 wrong && problem mismatching-digest && ask $sub0 -I && is \"\$(field Upload-Offset)\" 0"
patch s0 0 0 part1
ok "the last part: 200 and a receipt that holds" eval "patches 200 s0 100 1 part2 && ./submitter check e1 statement s0 receipt <out && cp out receipt0"
ok "asked again, the same receipt" eval "patches 200 s0 $size 1 empty && cmp out receipt0"
ok "the upload is complete" eval "ask $sub0 -I; is \"\$(field Upload-Complete)\" '?1' && is \"\$(field Upload-Offset)\" $size"
ok "from the beginning again: 409" eval "patches 409 s0 0 1 s0/cipher && is \"\$(field Upload-Offset)\" $size"

head -c 4000000 /dev/urandom >random && make_one s5 random && put s5
slow() { # a PATCH that does not end, of which at least one byte has arrived
	curl -sS --cacert e1/ca.pem --cert e1/client.pem --key e1/client.key --limit-rate 100k -o /dev/null -X PATCH -H 'Expect:' \
		-H 'Content-Type: application/partial-upload' -H 'Upload-Offset: 0' -H 'Upload-Complete: ?1' -H "$(cat s5/repr)" \
		--data-binary @s5/cipher "$url/v1/submissions/$(cat s5/id)" 2>/dev/null &
	slow=$!
	while [[ ! -s $dir/incoming/$(cat s5/id) ]]; do sleep 0.05; done
}
slow
kill -KILL "$slow"
reap "$slow"
ok "a part that was cut off counts as far as it came" eval \
	"ask /v1/submissions/$(cat s5/id) -I; at=\$(field Upload-Offset); [[ \$at -gt 0 && \$at -lt 4000000 ]]"
tail -c "+$((at + 1))" s5/cipher >rest
ok "and is resumed there" eval "patches 200 s5 $at 1 rest && ./submitter check e1 statement s5 receipt <out"
ok "the resumed file is judged" eval "ends completed s5 && [[ \$(checks s5 verdict) == 'benign none 604800' ]]"
make_one s5 random && put s5
slow
ask "/v1/submissions/$(cat s5/id)" -I
at=$(field Upload-Offset)
tail -c "+$((at + 1))" s5/cipher >rest
ok "who comes back takes over from a connection that hangs" eval "patches 200 s5 $at 1 rest && kill -0 $slow && ends completed s5"
kill "$slow"
reap "$slow"

# Verdicts
# shellcheck disable=SC2016 # nothing is to be expanded
printf '%s%s' 'X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-' 'ANTIVIRUS-TEST-FILE!$H+H*' >eicar
echo "a GOTTHARD-TEST-MALICIOUS text" >bad
echo "a GOTTHARD-TEST-SUSPICIOUS text" >odd
echo "nothing at all" >good
head -c 9000000 /dev/zero >large
ok "a clean file is benign" judged benign v1 good
ok "EICAR is malicious" judged malicious v2 eicar
ok "and its verdict holds for 90 days" eval "checks v2 verdict | grep -q ' 7776000$'"
ok "so is what a rule finds" judged malicious v3 bad
ok "what is merely odd is suspicious" judged suspicious v4 odd
ok "what is too large for the engine is unknown" judged unknown v5 large
ok "an empty file is judged" eval ": >nothing && judged benign v6 nothing"
ok "a verdict is found by its digest" eval "answers 200 /v1/files/sha256:$(cat v2/digest) && ./submitter check e1 statement v2 verdict <out | grep ^malicious"
who=e2 && ok "by every endpoint" answers 200 "/v1/files/sha256:$(cat v2/digest)"
who=e1
ok "verdicts are listed" eval "answers 200 /v1/verdicts && jq -e '.verdicts | length >= 6' out && cursor=\$(jq -r .cursor out)"
ok "after the cursor there are none" eval "answers 200 '/v1/verdicts?cursor=$cursor' && jq -e '.verdicts == []' out && is \"\$(jq -r .cursor out)\" '$cursor'"
ok "a file judged again is listed again" eval "judged benign v1 good && answers 200 '/v1/verdicts?cursor=$cursor' && jq -e '.verdicts | length == 1' out && jq -r '.verdicts[0]' out | grep $(cat v1/digest)"
ok "a cursor of another region: from the beginning" eval "answers 200 '/v1/verdicts?cursor=0000000000000000.5' && jq -e '.verdicts | length >= 6' out"
ok "a cursor that is none: 400" refuses 400 about:blank '/v1/verdicts?cursor=abc'

# Files that cannot be opened
ok "garbage fails, and is deleted" failing damaged f1 good --garbage
ok "what is encrypted to somebody else fails" failing "not encrypted to this region" f2 good \
	--recipient "$(age-keygen 2>/dev/null | sed -n 's/^# public key: //p')"
ok "a file that is not the one it claims to be fails" failing "not the one" f3 good --other-digest
ok "a file that is longer than it claims fails" failing "larger than" f4 good --size 3
ok "no verdict is about the digest that was claimed" refuses 404 unknown-file "/v1/files/sha256:$(printf '07%.0s' {1..32})"

# The process that decrypts
sandbox() {
	local pid
	mkfifo cipher.fifo key.fifo
	bash -c 'exec -a "gotthard-region: decrypt" "$0" 1000 <cipher.fifo 3<key.fifo >plain' "$region" &
	pid=$!
	exec 8>cipher.fifo 9>key.fifo
	tr -d '\n' <"$dir/keys/age.key" >&9
	for _ in {1..200}; do
		grep -q '^Seccomp:.*2' "/proc/$pid/status" && break
		sleep 0.05
	done
	cp "/proc/$pid/status" sandbox.status
	exec 8>&- 9>&-
	code=0
	wait "$pid" || code=$?
}
sandbox
ok "it tells that nothing is no age file" is "$code" 10
ok "it has a filter, and gets no new privileges" eval "grep -q '^Seccomp:.*2' sandbox.status && grep -q '^NoNewPrivs:.*1' sandbox.status"
if ((EUID == 0)); then
	ok "it is nobody, without capabilities" eval "grep -qP '^Uid:\t65534\t65534\t65534\t65534' sandbox.status && grep -q '^CapEff:.0*$' sandbox.status"
fi

# Statistics
stat_() { answers "$1" /v1/statistics -X POST -H "Content-Type: ${3-application/json}" --data-binary "$2"; }
ok "statistics are taken" stat_ 204 '{"product":"gotthard","version":"1","lookups":3,"findings":{"benign":2}}'
ok "and added up, without their sender" eval "stat_ 204 '{\"lookups\":4}' && is \"\$(sqlite3 '$dir/state.db' \"SELECT group_concat(name || '=' || value) FROM statistic\")\" 'findings.benign=2,lookups=7'"
ok "what is no JSON: 422" stat_ 422 '{"lookups":'
ok "a name twice: 422" stat_ 422 '{"a":1,"a":2}'
ok "what are no counts: 422" stat_ 422 '{"a":-1}'
ok "too many names: 422" stat_ 422 "{$(printf '"n%d":1,' {1..80})\"z\":1}"
ok "too long: 413" eval "head -c 20000 /dev/zero >zeros; stat_ 413 @zeros"
ok "another type: 415" stat_ 415 '{}' text/plain

# Without an engine, and after a crash
"$top/tests/region/clamd.sh" stop "$work/clam"
make_one w1 bad && put w1 && patch w1 0 1 w1/cipher
ok "without clamd a file stays queued" eval "ask /v1/submissions/$(cat w1/id)?wait=2; is \"\$(jq -r .status out)\" queued"
ok "also after kill -9" eval "halt KILL; start; is \"\$(status_of w1)\" queued"
"$top/tests/region/clamd.sh" start "$work/clam"
ok "and is judged when clamd is back" eval "ends completed w1 && [[ \$(checks w1 verdict) == malicious* ]]"
ok "SIGTERM ends it, with status 0" halt TERM
start_engine "wait $work/never"
start --clamd "$work/engine.sock"
make_one w2 odd && put w2 && patch w2 0 1 w2/cipher
in_progress() { until [[ $(status_of w2) == in-progress ]]; do sleep 0.05; done; }
ok "with a clamd that hangs, a file is in progress" in_progress
ok "a wait ends at its time" eval "ask /v1/submissions/$(cat w2/id)?wait=1; is \"\$(jq -r .status out)\" in-progress"
ok "the plaintext has no name" is "$(ls -A "$dir/work")" ""
halt KILL
ok "kill -9 leaves it in progress" is "$("$region" report "$dir" --json | jq '.submissions["in-progress"]')" 1
start
ok "and the next process judges it" eval "ends completed w2 && [[ \$(checks w2 verdict) == suspicious* ]]"
halt TERM
stop_engine

# Limits
start --max-submissions 2 --max-total 1000000 --max-per-endpoint 1 --clamd "$work/none.sock" --retry-after 7
make_one l1 good && put l1 && patch l1 0 1 l1/cipher
make_one l2 good && put l2
make_one l3 good
ok "too many submissions of an endpoint: 429, and when to come back" eval "puts 429 l3 && is \"\$(field Retry-After)\" 7"
who=e2 && make_one l4 random && ok "more than the region keeps: 503, and when to come back" eval "puts 503 l4 && later"
make_one l4 good && ok "another endpoint has its own count" puts 201 l4
who=e1
# The request that asks whether it is crowded may have taken the place: the waiting one tries again.
waiter() {
	until [[ -e enough ]]; do
		curl -sS --cacert e1/ca.pem --cert e1/client.pem --key e1/client.key -o wait1 \
			"$url/v1/submissions/$(cat l1/id)?wait=30" 2>/dev/null
	done
}
waiter &
waiting=$!
crowded() { until ask /v1/region && [[ $status == 429 ]]; do sleep 0.05; done; }
ok "too many requests at a time: 429, and when to come back" eval "crowded && later"
touch enough
ok "SIGTERM ends requests that wait" halt TERM
wait "$waiting"
ok "and answers them" jq -e '.status == "queued"' wait1
start --lookups-only
ok "a region that takes no files says so" eval "refuses 404 unknown-file /v1/files/sha256:$(printf '%064d' 1) && jq -e '.upload == false' out && puts 503 l3 && later"
halt TERM

# Statement and report
ok "a statement is issued anew" eval "'$region' statement '$dir' --expires 3600 && [[ \$((\$(sed -n 's/^expires: //p' '$dir/statement') - \$(sed -n 's/^issued: //p' '$dir/statement'))) == 3600 ]]"
start --keep-statement
ok "and served as it is, if so wished" eval "answers 200 /v1/region && cmp out '$dir/statement' && grep -q '^expires' out"
halt TERM
mv "$dir/keys/statement.key" .
ok "without its key no statement is issued" eval "exits 1 '$region' statement '$dir' && exits 1 '$region' serve '$dir' --listen 127.0.0.1:0"
start --keep-statement
ok "but served" answers 200 /v1/region
halt TERM
mv statement.key "$dir/keys/"
start --statement-valid 4
first=$(sed -n 's/^expires: //p' "$dir/statement")
renewed() { until [[ $(sed -n 's/^expires: //p' "$dir/statement") -gt $first ]]; do sleep 0.1; done; }
ok "it is renewed before it expires" renewed
ok "report counts" eval "'$region' report '$dir' --json >out && jq -e '.endpoints == 2 and .submissions.completed > 6 and .verdicts.malicious == 2 and .kept.files >= 1' out && '$region' report '$dir' | grep -q completed"
halt TERM

# Retention
dir=$work/brief
init "$dir" --retention 2 && "$region" enrol "$dir" host-1 e9
cp e9/ca.pem e1/ca.pem
who=e9
start --clamd "$work/none.sock" --records 3
ask /v1/region && cp out statement
make_one t1 good && put t1 && patch t1 0 0 part1
make_one t2 good && put t2 && patch t2 0 1 t2/cipher
expires() { until [[ $(status_of "$1") == expired ]]; do sleep 0.1; done; }
ok "an upload that does not end expires, and its deletion is signed" eval "expires t1 && checks t1 deletion"
ok "so does what nobody analysed" eval "expires t2 && checks t2 deletion && checks t2 receipt"
ok "their files are gone" is "$(ls -A "$dir/incoming")" ""
ok "an upload to it is refused: 410" eval "patches 410 t1 100 1 part2"
halt TERM
echo junk >"$dir/incoming/stray"
start
ok "a file without a submission goes at start" is "$(ls -A "$dir/incoming")" ""
halt TERM
printf 'garbage' | dd of="$dir/state.db" bs=1 conv=notrunc status=none
ok "a damaged database is reported, not replaced" eval "exits 1 '$region' serve '$dir' --listen 127.0.0.1:0 2>err; grep -q damaged err && head -c 7 '$dir/state.db' | grep -q garbage"

plan
