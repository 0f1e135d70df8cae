#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A region on this machine for a guest: clamd, gotthard-region, and a line to it that can be cut.
set -euo pipefail

usage() {
	cat <<'EOF'
usage: tests/e2e/region.sh start DIR PORT
       tests/e2e/region.sh stop DIR

start: initialises a region in DIR/region and enrols an endpoint into DIR/endpoint; both are kept. In the guest it is
https://10.0.2.100:PORT, if PORT and PORT+1 are forwarded; PORT+1 is the line's control (tests/e2e/relay.py), and
PORT+2 the region itself. The engine's words: GOTTHARD-TEST-MALICIOUS and GOTTHARD-TEST-SUSPICIOUS in a file.
EOF
}

die() {
	printf 'tests/e2e/region.sh: %s\n' "$*" >&2
	exit 1
}

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)

# wait_for FILE PID WHAT LOG
wait_for() {
	local i
	for ((i = 0; i < 1200; i++)); do
		[[ ! -e $1 ]] || return 0
		kill -0 "$2" 2>/dev/null || break
		sleep 0.1
	done
	tail -n 20 "$4" >&2
	die "$3 did not come up; its log: $4"
}

# Each stays in the background, in DIR/NAME.pid.
background() {
	local dir=$1 name=$2
	shift 2
	setsid "$@" >"$dir/$name.log" 2>&1 </dev/null &
	echo $! >"$dir/$name.pid"
}

start() {
	local dir=$1 port=$2 region=$top/build/gotthard-region
	mkdir -p "$dir"
	dir=$(cd "$dir" && pwd)
	"$top/tests/region/clamd.sh" start "$dir/clamd" >"$dir/clamd.log" 2>&1 || {
		cat "$dir/clamd.log" >&2
		die "no clamd"
	}
	if [[ ! -d $dir/region ]]; then
		"$region" init "$dir/region" --region ch-test-1 --country CH --url "https://10.0.2.100:$port" \
			--serves "AT CH DE FR IT LI"
		"$region" enrol "$dir/region" endpoint-1 "$dir/endpoint"
	fi
	rm -f "$dir/region.ready"
	background "$dir" region "$region" serve "$dir/region" --listen "127.0.0.1:$((port + 2))" \
		--clamd "$dir/clamd/clamd.sock" --ready-file "$dir/region.ready"
	wait_for "$dir/region.ready" "$(<"$dir/region.pid")" "the region" "$dir/region.log"
	background "$dir" relay "$here/relay.py" "$port" "$((port + 2))" "$((port + 1))"
	for ((i = 0; i < 100; i++)); do
		! grep -q ready "$dir/relay.log" || return 0
		sleep 0.1
	done
	die "the relay did not come up; its log: $dir/relay.log"
}

stop() {
	local name pid
	for name in relay region; do
		pid=$(cat "$1/$name.pid" 2>/dev/null) || continue
		kill "$pid" 2>/dev/null || true # it may have ended
		for ((i = 0; i < 100; i++)); do
			kill -0 "$pid" 2>/dev/null || break
			sleep 0.1
		done
		kill -KILL "$pid" 2>/dev/null || true # it may have ended
		rm -f "$1/$name.pid"
	done
	"$top/tests/region/clamd.sh" stop "$1/clamd" || true # whatever state a test left it in
}

case ${1-}:$# in
start:3)
	[[ $3 =~ ^[0-9]+$ ]] || { usage >&2 && exit 64; }
	start "$2" "$3"
	;;
stop:2) stop "$2" ;;
-h:1 | --help:1) usage ;;
*) usage >&2 && exit 64 ;;
esac
