#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Debian's clamd with a small database of our own, for a region on this machine: nothing is downloaded.
set -euo pipefail

usage() {
	cat <<'EOF'
usage: tests/region/clamd.sh start DIR [LINE...]
       tests/region/clamd.sh stop DIR

start: makes DIR and returns when clamd answers at DIR/clamd.sock. Started by root, clamd runs as clamav where that user
can reach DIR, else as root.
It knows EICAR's test file by its hash, and two texts by YARA rules: GOTTHARD-TEST-MALICIOUS, and
GOTTHARD-TEST-SUSPICIOUS, whose name begins with YARA.gotthard_suspicious. Streams of more than 8 MB are refused, and more than 32 MB of one
file are not scanned. Each LINE ("Name value") is put into clamd.conf instead of what this program would have there.
EOF
}

die() {
	printf 'tests/region/clamd.sh: %s\n' "$*" >&2
	exit 1
}

start() {
	local dir db clamd pid i line
	clamd=$(PATH=$PATH:/usr/sbin command -v clamd) || die "clamd is missing; install clamav-daemon"
	[[ ! -S $1/clamd.sock ]] || ! ask "$1" PING | grep -q PONG || die "$1: clamd runs already"
	mkdir -p "$1/db"
	dir=$(cd "$1" && pwd)
	shift
	db=$dir/db
	rm -f "$dir/clamd.sock"
	# Split, so that no scanner takes this script for the test file itself.
	# shellcheck disable=SC2016 # nothing is to be expanded
	printf '%s%s' 'X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-' 'ANTIVIRUS-TEST-FILE!$H+H*' |
		sha256sum | sed 's/ .*/:68:Eicar-Test-Signature:73/' >"$db/gotthard.hsb"
	cat >"$db/gotthard.yar" <<'EOF'
rule gotthard_malicious {
	strings:
		$text = "GOTTHARD-TEST-MALICIOUS"
	condition:
		$text
}
rule gotthard_suspicious {
	strings:
		$text = "GOTTHARD-TEST-SUSPICIOUS"
	condition:
		$text
}
EOF
	cat >"$dir/clamd.conf" <<EOF
Foreground yes
LocalSocket $dir/clamd.sock
LocalSocketMode 666
FixStaleSocket yes
DatabaseDirectory $db
LogTime yes
StreamMaxLength 8M
AlertExceedsMax yes
AlertEncrypted yes
AlertBrokenExecutables yes
MaxThreads 2
MaxScanSize 32M
MaxFileSize 64M
MaxQueue 100
SelfCheck 0
ConcurrentDatabaseReload no
EOF
	for line; do
		sed -i "/^${line%% *} /d" "$dir/clamd.conf"
		echo "$line" >>"$dir/clamd.conf"
	done
	# clamd gives up root if it can: not below a directory that other users may not enter, such as /root.
	if ((EUID == 0)) && runuser -u clamav -- test -x "$dir" 2>/dev/null; then
		echo "User clamav" >>"$dir/clamd.conf"
		chown -R clamav "$dir"
	fi
	setsid "$clamd" --config-file="$dir/clamd.conf" >"$dir/clamd.log" 2>&1 </dev/null &
	pid=$!
	echo "$pid" >"$dir/clamd.pid"
	for ((i = 0; i < 600; i++)); do
		if [[ -S $dir/clamd.sock ]] && ask "$dir" PING | grep -q PONG; then
			return 0
		fi
		kill -0 "$pid" 2>/dev/null || break
		sleep 0.1
	done
	tail -n 20 "$dir/clamd.log" >&2
	die "clamd does not answer"
}

# ask DIR COMMAND
ask() {
	python3 - "$1/clamd.sock" "$2" <<'EOF' 2>/dev/null || true # no answer: the caller asks again
import socket, sys
with socket.socket(socket.AF_UNIX) as s:
    s.settimeout(10)
    s.connect(sys.argv[1])
    s.sendall(b"n" + sys.argv[2].encode() + b"\n")
    print(s.recv(1024).decode(), end="")
EOF
}

stop() {
	local pid i
	pid=$(cat "$1/clamd.pid" 2>/dev/null) || return 0
	kill "$pid" 2>/dev/null || true # it may have ended
	for ((i = 0; i < 100; i++)); do
		kill -0 "$pid" 2>/dev/null || break
		sleep 0.1
	done
	kill -KILL "$pid" 2>/dev/null || true # it may have ended
	rm -f "$1/clamd.pid" "$1/clamd.sock"
}

case ${1-}:$# in
start:[2-9]) start "${@:2}" ;;
stop:2) stop "$2" ;;
-h:1 | --help:1) usage ;;
*) usage >&2 && exit 64 ;;
esac
