#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The part of the demo that shows forwarding: the region runs on the host, this is the endpoint. /share has unknown/
# (unknown programs), endpoint/ (the enrolment), port and magic.mgc.

# shellcheck source=tests/e2e/demo/steps.sh
. /share/steps.sh
config=/etc/gotthard/gotthardd.conf
port=$(cat /share/port)

line() { echo "$*" | nc 10.0.2.100 $((port + 1)) >/dev/null; }
serving() { [ "$(cat /sys/kernel/gotthard/health/daemon)" = serving ]; }
start() {
	# shellcheck disable=SC2046 # one pid
	kill -TERM $(pidof gotthardd) 2>/dev/null
	until_true sh -c '! pidof gotthardd >/dev/null'
	gotthardd --events /var/log/gotthard/events.jsonl 2>>/share/gotthardd.log &
	until_true serving || {
		echo "  !!! the daemon does not serve; its log:"
		cat /share/gotthardd.log
		exit 1
	}
}

title "Consent: the owner says where this machine is, and what may leave it"
mkdir -p /etc/gotthard /run/gotthard /var/lib/gotthard /usr/share/misc
cp -r /share/endpoint /etc/gotthard/region
cp /share/magic.mgc /usr/share/misc/
chown gotthard:gotthard /var/lib/gotthard
chmod 700 /var/lib/gotthard
printf '[endpoint]\ncountry = DE\n[send]\nmetadata = on\n' >$config
run "cat $config /etc/gotthard/region/trust"

title "What is installed is trusted; what nobody knows waits at exec until the region has judged it"
cp -r /share/unknown /mnt/
find /usr -xdev -type f ! -name '*.ko' -exec gotthardctl verdict set trusted {} + || wrong=$((wrong + 1))
start
echo enforce >$policy/mode
echo hold >$policy/exec_unknown
echo 30000 >$policy/hold_timeout_ms
echo deny >$policy/hold_expired
until_true sh -c 'gotthardctl status | grep -q "^statement *ok"'
run 'gotthardctl status'

title "An unknown program: held at exec, forwarded over TLS, judged by clamd, released"
expect works 'time -f "%e s, of which most are the wait" /mnt/unknown/tool'
run 'gotthardctl submissions list'

title "An unknown bad one: held, and denied; the second time denied from the kernel's table at once"
expect denied '/mnt/unknown/bad'
requests=$(cat $stats/requests)
expect denied 'time -f "%e s" /mnt/unknown/bad'
echo "  asked again: $(($(cat $stats/requests) - requests)) times"
run 'gotthardctl explain --op exec /mnt/unknown/bad'

title "The region is away: policy decides when the time is over, and the spool keeps the file"
line down
echo 2000 >$policy/hold_timeout_ms
expect denied '/mnt/unknown/later'
run 'gotthardctl submissions list'
line up
# shellcheck disable=SC2016 # expanded by the shell that runs it
expect works 'i=0; until gotthardctl submissions list | grep -q "benign.*later"; do
	i=$((i + 1)); [ $i -lt 300 ] || exit 1; sleep 0.5; done'
echo "  the region is back: delivered"
expect works '/mnt/unknown/later'

title "What left this machine, and the proof"
run 'gotthardctl egress list'
expect works 'gotthardctl egress verify'
expect works 'gotthardctl egress export /share/journal'

echo
if [ $wrong -ne 0 ]; then
	echo "$wrong things did not go as they should"
	exit 1
fi
echo "All as it should be."
