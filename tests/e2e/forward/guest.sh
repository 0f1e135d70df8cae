#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs in the guest: unknown files go to the region and their verdicts come back. Prints TAP.
#
# /share has samples/ (tests/e2e/run says of what kind), bin/, endpoint/ (the enrolment), key/ (the development key), `port`
# and magic.mgc. All of the guest's own programs are trusted by a table, as they would be on a machine; so only samples are
# unknown.
# The daemon's own files lie on the protected file system.
set -eu

policy=/sys/kernel/gotthard/policy
stats=/sys/kernel/gotthard/stats
config=/etc/gotthard/gotthardd.conf
state=/mnt/state
log=/share/gotthardd.log
port=$(cat /share/port)
n=0
daemon=''

# A step that fails would make what comes after it a test of something else.
trap 'code=$?; [ $code = 0 ] || echo "Bail out! a step after test $n ended with status $code"' EXIT

# ok NAME COMMAND...: passed if the command is true
ok() {
	n=$((n + 1))
	name=$1
	shift
	if "$@"; then
		echo "ok $n $name"
	else
		echo "not ok $n $name"
		echo "# was: $*"
		[ ! -s /tmp/out ] || head -n 20 /tmp/out | sed 's/^/# /'
	fi
	: >/tmp/out
}

# quiet COMMAND...: what it says shows only if the test fails
quiet() { "$@" >/tmp/out 2>&1; }

# give_up: what comes next would say nothing
give_up() {
	sed 's/^/# gotthardd: /' $log
	exit 1
}

# until_true SECONDS COMMAND...: the guest's seconds; a machine may take longer than it seems
until_true() {
	left=$(($1 * 5))
	shift
	until "$@"; do
		[ $left -gt 0 ] || return 1
		left=$((left - 1))
		sleep 0.2
	done
}

not() { ! "$@"; }
# ends STATUS COMMAND...
ends() {
	want=$1 code=0
	shift
	"$@" >/tmp/out 2>&1 || code=$?
	[ $code -eq "$want" ]
}
set_knob() { echo "$2" >"$policy/$1"; }
stat_of() { cat "$stats/$1"; }
# role_pid ROLE: the process of the daemon that has this role. One may end while it is looked at.
role_pid() {
	for dir in /proc/[0-9]*; do
		[ "$(cat "$dir/comm" 2>/dev/null)" != "gth-$1" ] || { echo "${dir#/proc/}" && return; }
	done
	return 1
}
replaced() { pid=$(role_pid "$1") && [ "$pid" != "$2" ]; }
serving() { [ "$(cat /sys/kernel/gotthard/health/daemon)" = serving ]; }
line() { [ "$(echo "$*" | nc 10.0.2.100 $((port + 1)))" = ok ]; }
# Noted before anything is denied.
digest_of() { sed -n "s, .*/$1\$,,p" /tmp/samples; }

# configure LINE...: each `SECTION NAME VALUE`, besides where things are
configure() {
	{
		printf '[endpoint]\ncountry = %s\nregion = /etc/gotthard/region\nstate = %s\n' "${country:-DE}" "$state"
		for section in send exclude spool verdict; do
			echo "[$section]"
			for entry; do
				case $entry in "$section "*) echo "${entry#* }" ;; esac
			done
		done
	} >$config
	[ -n "$daemon" ] || return 0
	kill -HUP "$daemon"
	# The reload is done when the store says so; what is in force shows in its status.
	sleep 2
}

start_daemon() {
	rm -f /run/gotthard.ready
	gotthardd --config $config --events /var/log/gotthard/events.jsonl --ready-file /run/gotthard.ready 2>>$log &
	daemon=$!
	until_true 300 serving
}

stop_daemon() {
	kill -TERM $daemon && wait $daemon
	daemon=''
}

# start_held FILE: executes it in the background; what came of it goes to /tmp/held
start_held() {
	rm -f /tmp/held
	(
		code=0
		"$1" >/tmp/held.out 2>&1 || code=$?
		echo $code >/tmp/held.new
		mv /tmp/held.new /tmp/held
	) &
	held=$!
}
held_ended() { until_true "${2:-60}" test -e /tmp/held && [ "$(cat /tmp/held)" = "$1" ]; }
more_held() { [ "$(stat_of held)" -gt "$1" ]; }

# sample NAME: a fresh copy on /mnt, so that each test has an inode of its own
sample() {
	cp "/share/samples/$1" "/mnt/$1" && chmod 755 "/mnt/$1" && echo "/mnt/$1"
}
# submissions: each on a line
submissions() { gotthardctl submissions list --config $config --json | tr -d ' \n' | sed 's/},{/}\n{/g'; }
# submission NAME WORD: the submission of a sample has that finding
submission() { submissions >/tmp/out 2>&1 && grep "$(digest_of "$1")" /tmp/out | grep -q "\"verdict\":\"$2\""; }
egress() { gotthardctl egress list --config $config --json >/tmp/out 2>&1 && grep -e "$1" /tmp/out; }
# all_well: nothing is wrong but the key that signed the table, which everybody has
all_well() {
	ends 1 gotthardctl status && grep -q '^wrong: the table is signed by the development key' /tmp/out &&
		not grep -q '^      ' /tmp/out
}
count_egress() { egress "$1" | wc -l; }

mkdir -p /etc/gotthard /var/log/gotthard /run/gotthard $state
cp -r /share/endpoint /etc/gotthard/region
chown gotthard:gotthard $state
chmod 700 $state
mkdir -p /usr/share/misc && cp /share/magic.mgc /usr/share/misc/
cp -r /share/bin /mnt/
sha256sum /share/samples/* >/tmp/samples
find /usr /mnt/bin -xdev -type f ! -name '*.ko' -exec sha256sum {} + >/tmp/system.sha256
gotthard-sigtool build -o /tmp/table --name system trusted:/tmp/system.sha256 >/tmp/out 2>&1
ok "table of what is installed is built" test -e /tmp/table/manifest
refused_unsigned() { ends 1 gotthardctl table load /tmp/table && grep -q 'gotthard-sigtool sign' /tmp/out; }
ok "unsigned it is refused, and the error says how to sign" refused_unsigned
gotthard-sigtool sign --key /share/key/key.pem --cert /share/key/certificate.pem /tmp/table >/tmp/out 2>&1
ok "signed, it is loaded" quiet gotthardctl table load /tmp/table
ok "and again, for it is in force" quiet gotthardctl table load /tmp/table
damage_body() {
	cp -r /tmp/table /tmp/damaged && printf '\377' | dd of=/tmp/damaged/body bs=1 seek=0 conv=notrunc 2>/dev/null &&
		! cmp -s /tmp/table/body /tmp/damaged/body
}
ok "its body is damaged" damage_body
refused_damaged() { ends 1 gotthardctl table load --keep /tmp/damaged && grep -q 'body is damaged' /tmp/out; }
ok "that is refused, although the release is in force" refused_damaged
ok "and not kept" test ! -e /etc/gotthard/tables.d/system
ok "and its key is named" grep -q '^Gotthard development key' /sys/kernel/gotthard/table/signer

set_knob exec_unknown hold
set_knob hold_timeout_ms 30000
set_knob hold_expired deny
set_knob no_daemon allow
set_knob mode enforce

country=US
configure
start_daemon
f=$(sample country)
start_held "$f"
ok "endpoint of a country that is not served: not held, by hold_expired" held_ended 126
ok "and nothing is sent, with the reason" quiet egress withheld
ok "which is the country" quiet egress '"country"'
ok "not even a question" test "$(count_egress '"contact"')" -eq 0
stop_daemon
# Another endpoint from here on: also the head of the journal, which the daemon keeps beside, goes.
rm -rf "${state:?}"/* "${state:?}-root" /mnt/country

country=DE
configure
ok "daemon serves" start_daemon
serving || give_up
ok "status says so, and that all is well" until_true 60 all_well

f=$(sample benign)
held_before=$(stat_of held)
start_held "$f"
ok "benign program runs after it was asked for" held_ended 7
ok "it was held" more_held "$held_before"
ok "its submission tells" submission "${f#/mnt/}" benign
requests=$(stat_of requests)
ok "it runs at once the second time" ends 7 "$f"
ok "without a question" test "$(stat_of requests)" -eq "$requests"

f=$(sample malicious)
start_held "$f"
ok "malicious program is denied" held_ended 126
ok "its submission tells" submission malicious malicious
requests=$(stat_of requests)
ok "it is denied at once the second time" ends 126 "$f"
ok "without a question" test "$(stat_of requests)" -eq "$requests"
explained=0
gotthardctl explain --op exec "$f" >/tmp/out || explained=$?
ok "explain names the verdict" grep -q malicious /tmp/out
ok "and that it would be denied" test $explained -eq 1

f=$(sample suspicious)
start_held "$f"
ok "suspicious program runs by policy" held_ended 7
gotthardctl explain --op exec "$f" >/tmp/out
ok "explain tells that it is" grep -q suspicious /tmp/out

f=$(sample unknown)
start_held "$f"
ok "what the region cannot tell is denied by hold_expired" held_ended 126 120
ok "its submission tells" submission unknown unknown

# Data that is opened. D4 is off.
f=/mnt/data
cp /share/samples/data $f
set_knob open_unknown hold
ok "data file is not sent" not cat $f
ok "with the reason" quiet egress '"class-off"'
set_knob open_unknown allow

configure 'send files = on' 'send metadata = on'
f=/mnt/data2
cp /share/samples/data2 $f
set_knob open_unknown hold
ok "data file is sent where the owner says so, and opens" quiet cat $f
ok "its submission tells" submission "${f#/mnt/}" benign
set_knob open_unknown allow

configure 'send max_size = 4096'
f=$(sample oversize)
start_held "$f"
ok "larger than the owner allows: not sent" held_ended 126
ok "with the reason" quiet egress '"size"'

configure 'exclude path = /mnt/private/*'
mkdir -p /mnt/private
f=/mnt/private/excluded
cp /share/samples/excluded $f
chmod 755 $f
start_held $f
ok "excluded: not sent" held_ended 126
ok "with the reason" quiet egress '"path"'

configure 'send lookup = off' 'send programs = off'
f=$(sample nolookup)
contacts=$(count_egress '"lookup"')
start_held "$f"
ok "nothing on: not even asked" held_ended 126
ok "with the reason" quiet egress '"lookup-off"'
ok "nothing left" test "$(count_egress '"lookup"')" -eq "$contacts"

configure 'send programs = off'
f=$(sample noprograms)
start_held "$f"
ok "programs off: asked, not sent" held_ended 126
ok "its digest left" test "$(count_egress '"lookup"')" -gt "$contacts"
configure

# Many who wait
f=/mnt/many
cp /share/samples/many $f && chmod 755 $f
requests=$(stat_of requests)
set_knob open_unknown hold
/mnt/bin/openers 1000 $f >/tmp/out 2>&1
set_knob open_unknown allow
ok "thousand who open go on" grep -q '^1000 opened, 0 denied, 0 failed' /tmp/out
ok "by one question" test "$(stat_of requests)" -eq $((requests + 1))
ok "and one upload" test "$(submissions | grep -c "$(digest_of many)")" -eq 1

# A line that is cut
line cut 300000
f=$(sample large)
start_held "$f"
ok "program whose upload was cut runs" held_ended 7 200
ok "in two parts" test "$(egress "$(digest_of large)" | grep -c '"upload"')" -ge 2

# Forgotten
f=/mnt/benign
requests=$(stat_of requests)
ok "verdict can be forgotten" quiet gotthardctl verdict forget --config $config "$(digest_of benign)"
start_held $f
ok "it is judged anew, and runs" held_ended 7
ok "after a question" test "$(stat_of requests)" -gt "$requests"

# The region is away
line down
f=$(sample later)
set_knob hold_timeout_ms 2000
start_held "$f"
ok "region away: policy decides when the time is over" held_ended 126
ok "it waits in the spool" not submission later benign
stop_daemon
start_daemon
line up
ok "it is delivered afterwards, over a restart" until_true 200 submission "${f#/mnt/}" benign
set_knob hold_timeout_ms 30000
start_held "$f"
ok "and runs" held_ended 7

# The waiting task is killed, or the daemon is
line down
f=$(sample killed)
before=$(stat_of held)
start_held "$f"
ok "held while the region is away" until_true 30 more_held "$before"
kill -KILL "$held"
f=$(sample stopped)
before=$(stat_of held)
start_held "$f"
until_true 30 more_held "$before"
kill -KILL $daemon
ok "daemon dies: no_daemon lets it go on" held_ended 7
code=0
wait $daemon || code=$?
ok "by the signal" test $code -eq 137
daemon=''
line up
ok "daemon comes back" start_daemon
set_knob hold_timeout_ms 2000
kill -STOP "$daemon"
f=$(sample frozen)
start_held "$f"
ok "daemon is stopped: hold_expired decides" held_ended 126
kill -CONT "$daemon"
set_knob hold_timeout_ms 30000
requests=$(stat_of requests)
start_held /mnt/benign
ok "what was known before the restart runs" held_ended 7
ok "and nobody asks for it" test "$(stat_of requests)" -eq "$requests"

for role in store courier dialer; do
	pid=$(role_pid $role)
	kill -KILL "$pid"
	until_true 300 replaced $role "$pid"
	until_true 300 serving
	f=$(sample "after-$role")
	start_held "$f"
	ok "$role killed: another one takes over" held_ended 7 120
done

# Stopped, each is named, ended and replaced: after a minute those of the network, after two the store
says() { # STATUS TEXT: gotthardctl status ends so, and says it
	ends "$1" gotthardctl status && grep -Eq "$2" /tmp/out
}
ok "a while after the last failure all is well" until_true 300 all_well
store=$(role_pid store)
for role in store courier dialer; do
	pid=$(role_pid $role)
	kill -STOP "$pid"
	case $role in
	courier) courier=$pid ;;
	dialer) dialer=$pid ;;
	esac
done
for role in dialer courier store; do
	ok "$role stopped: status names it" until_true 300 says 2 "the $role (has|failed: it had) made no progress for"
done
ok "the others are replaced" until_true 300 replaced courier "$courier"
ok "and the dialer" until_true 300 replaced dialer "$dialer"
ok "status says how the store failed" until_true 400 says 2 "the store failed: it had made no progress for"
ok "the store is replaced" until_true 300 replaced store "$store"
until_true 300 serving
f=$(sample after-stop)
# The new store has asked for the statement first; where that takes long, the time of a hold is over.
runs_again() { start_held "$f" && held_ended 7 60; }
ok "files are answered again" until_true 2 runs_again
ok "and all is well again" until_true 300 all_well

ok "journal holds" quiet gotthardctl egress verify --config $config
ok "and can be given to others" quiet gotthardctl egress export --config $config /share/journal
ok "daemon ends" stop_daemon
cp /var/log/gotthard/events.jsonl /share/
echo "1..$n"
