# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# client.bash - an endpoint in shell, for tests of gotthard-region; to be sourced after tap.bash, in a directory of the
# test's own, with $top and $region set. The region's statement is expected in ./statement, what it logs is in serve.log.

: "${top:?}" "${region:?}"
server='' who=e1 dir='' port='' status=''
# shellcheck disable=SC2034 # of tap.bash
tap_logs=(head out serve.log)
is() { [[ $1 == "$2" ]] || { echo "got '$1', wanted '$2'" && false; }; }

gcc -std=gnu11 -Wall -Wextra -Werror -g -O1 -D_GNU_SOURCE -I"$top" -I"$top/userd" -I"$top/include/uapi" \
	"$top/tests/region/submitter.c" "$top/build/userd/libgth.a" -lcrypto -luuid -o submitter || {
	echo "Bail out! tests/region/submitter.c does not build"
	exit 1
}

# serve DIR [OPTION...]: starts the server; it is there when this returns
serve() {
	dir=$1
	rm -f ready
	"$region" serve "$dir" --listen 127.0.0.1:0 --ready-file ready "${@:2}" >>serve.log 2>&1 &
	server=$!
	while [[ ! -e ready ]]; do
		kill -0 "$server" 2>/dev/null || { echo "Bail out! it does not serve: $(tail -n 3 serve.log)" && exit 1; }
		sleep 0.05
	done
	port=$(sed 's/.*://' ready)
}
# halt [SIGNAL]: it must end as it was told
halt() {
	local rc=0
	kill "-${1:-TERM}" "$server"
	wait "$server" 2>wait.log || rc=$?
	server=''
	[[ ${1-} != KILL || $rc != 137 ]] || rc=0
	return "$rc"
}
# ask PATH [ARGUMENT...]: curl as $who; the status goes to $status, the header to head, the body to out
ask() {
	local path=$1
	shift
	: >out
	status=$(curl -sS --noproxy '*' --max-time 60 --cacert e1/ca.pem --cert "$who/client.pem" --key "$who/client.key" \
		-D head -o out -w '%{http_code}' "$@" "https://localhost:$port$path" 2>curl.log) || status=000
}
field() { sed -n "s/^$1: *\\(.*\\)\\r\$/\\1/Ip" head; }
make_one() { ./submitter make "$who" statement "$2" "$1" "${@:3}"; }
# put OUT [ID]: its note, under its own or another id
put() { ask "/v1/submissions/${2:-$(cat "$1/id")}" -X PUT -H 'Content-Type: text/plain' --data-binary "@$1/note"; }
# patch OUT OFFSET COMPLETE FILE
patch() {
	ask "/v1/submissions/$(cat "$1/id")" -X PATCH -H 'Content-Type: application/partial-upload' -H 'Expect:' \
		-H "Upload-Offset: $2" -H "Upload-Complete: ?$3" -H "$(cat "$1/repr")" --data-binary "@$4" "${@:5}"
}
# puts STATUS OUT [ID]; patches STATUS OUT OFFSET COMPLETE FILE: it is answered so
puts() { put "${@:2}" && is "$status" "$1"; }
patches() { patch "${@:2}" && is "$status" "$1"; }
# send OUT FILE: all of it; the region has it when this returns
send() { make_one "$1" "$2" && puts 201 "$1" && patches 200 "$1" 0 1 "$1/cipher"; }
status_of() { ask "/v1/submissions/$(cat "$1/id")${2-}" && jq -r .status out; }
# submit OUT FILE: and until it was judged
submit() { send "$1" "$2" && await "$1"; }
await() {
	local _
	for _ in {1..8}; do
		[[ $(status_of "$1" '?wait=30') =~ ^(queued|in-progress|awaiting-upload)$ ]] || return 0
	done
	return 1
}
# found OUT: "FINDING NAME" of its verdict, which must hold
found() {
	await "$1" && jq -rj .verdict out | ./submitter check "$who" statement "$1" verdict | sed 's/ [0-9]*$//'
}
