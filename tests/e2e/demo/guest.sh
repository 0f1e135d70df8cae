#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The part of the demo that runs in the guest: /share holds samples, programs and the table.

# shellcheck source=tests/e2e/demo/steps.sh
. /share/steps.sh
events=/var/log/gotthard/events.jsonl

counters() {
	for c in checks_open checks_exec checks_mmap checks_kernel_read hashes denied events events_lost; do
		printf '  %-20s %s\n' $c "$(cat $stats/$c)"
	done
}

# The event of a refusal, which the daemon writes a moment later
enforced() { grep '"enforced":true' $events | grep -m 1 -e "$1"; }
has_event() { enforced "$1" >/dev/null; }
# shellcheck disable=SC2317 # called by until_true
unserved() { [ "$(cat /sys/kernel/gotthard/health/daemon)" = absent ]; }

title "Linux $(uname -r), ext4 on /mnt, the module loaded by modprobe, the hooks attached"
cp -r /share/samples /share/bin /mnt/
cd /mnt || exit 1
run 'gotthardctl status | head -n 3'

title "The table: EICAR, Debian's clamav-testfiles and three samples of our own among a million other digests"
mkdir -p /etc/gotthard
cp /share/tables.policy /etc/gotthard/
run 'cat /etc/gotthard/tables.policy'
run 'gotthard-sigtool info /share/log/releases/demo/2 | head -n 4'
expect refused 'gotthardctl table load /share/tampered'
echo "  it has another byte in its body"
expect works 'time -f "%e s" gotthardctl table update /share/log demo'
run 'gotthardctl table info | sed -n "3,7p"'
expect refused 'gotthardctl table load /share/tampered'
echo "  the release before:"
expect refused 'gotthardctl table load /share/log/releases/demo/1'
expect works 'gotthardctl table info | grep "^version *2$"'

title "Monitor, the default: a listed file opens, and an event says that it would have been denied"
expect works 'cat samples/eicar.com; echo'
counters >/tmp/before

title "Enforce: one write to sysfs, in force at once"
# Opened before: what is refused below is the mapping and the load themselves.
exec 8<samples/rootkit.ko 9<samples/plugin.so
run "echo enforce > $policy/mode; cat $policy/mode"
expect denied 'cat samples/eicar.com'
expect denied 'cat samples/clam/clam.exe'
expect denied 'samples/dropper'
expect denied 'bin/mapcode <&9'
expect denied 'bin/loadmod <&8'
listed=$(find samples/clam -type f | wc -l)
refused=0
for f in samples/clam/*; do cat "$f" >/dev/null 2>&1 || refused=$((refused + 1)); done
echo "$refused of $listed files of clamav-testfiles refused"
[ "$refused" -eq "$listed" ] || wrong=$((wrong + 1))
exec 8<&- 9<&-

title "Everything else works"
expect works 'bin/hello'
expect works 'bin/mapcode < bin/plugin-clean.so'
expect works 'bin/loadmod < bin/dummy-clean.ko && rmmod dummy'
expect works 'ls /proc/self/fd | wc -l; grep -c processor /proc/cpuinfo'

title "Why? The answer is the hook's own"
expect denied 'gotthardctl explain --op exec samples/dropper'
expect works 'gotthardctl table history'
mkdir -p /share/denied
cp /etc/gotthard/tables.d/demo/manifest /etc/gotthard/tables.d/demo/proof /share/denied/ || {
	echo "  !!! they were not kept"
	wrong=$((wrong + 1))
}
echo "  its release and the proof are verified on the host, at the end"

title "The events: one line of JSON each (the five above; the other samples left out)"
for want in '"op":"open".*eicar.com' '"op":"open".*clam/clam.exe"' '"op":"exec".*dropper' '"op":"mmap".*plugin' \
	'"op":"kernel_read".*rootkit'; do
	until_true has_event "$want" || {
		echo "  !!! no event like $want"
		wrong=$((wrong + 1))
	}
	enforced "$want" | sed 's/^/  /'
done

title "Counters before and after"
counters >/tmp/after
printf '  %-20s %10s %10s\n' '' before after
while read -r name value; do
	printf '  %-20s %10s %10s\n' "$name" "$value" "$(sed -n "s/^ *$name  *//p" /tmp/after)"
done </tmp/before

title "What a second open costs against a first (a fresh program of 8 MiB; emulated processor)"
head -c 8388608 /dev/urandom >/mnt/bin/big && chmod 755 /mnt/bin/big && sync
hashes=$(cat $stats/hashes)
expect works '/mnt/bin/opencost /mnt/bin/big'
echo "  hashed $(($(cat $stats/hashes) - hashes)) times (opencost itself and the file), with $(cat /sys/kernel/gotthard/health/hash_driver)"

title "The daemon is killed: protection stays"
# shellcheck disable=SC2016 # expanded by the shell that expect starts
expect works 'kill -9 $(pidof gotthardd)'
want=absent
until_true unserved || unexpected
run 'cat /sys/kernel/gotthard/health/daemon'
expect denied 'cat samples/eicar.com'

echo
if [ $wrong -ne 0 ]; then
	echo "$wrong things did not go as they should"
	exit 1
fi
echo "All as it should be."
