# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2016 # what is in single quotes is for the guest
# steps.bash - what is done with the machine, boot by boot, and what must be seen of it; sourced by tests/system/machine.

: "${top:?} ${line:?} ${release:?} ${other:?} ${images:?}"

commands() { "$top/tests/system/readme" "$1"; }
# The steps that need the network were done when the image was made; so was the key, with which the product in it was
# built.
all=$(commands 'On a real machine' | grep -v '^apt-get ' | sed '/^openssl req /d; /^install .*signing-keys/d')
install=$(sed '/^make && make install$/q' <<<"$all")
use=$(sed '0,/^make && make install$/d' <<<"$all")

# Every name on the disk but those that change by themselves or by these tests.
names='find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /run -o -path /tmp -o -path /root -o -path /srv \
	-o -path /var/log -o -path /var/cache -o -path /var/tmp -o -path /var/lib/systemd \) -prune -o -print | sort'

# Two programs that differ from every other by a byte behind their end, and a unit that tries the listed one as soon as
# sysinit.target is reached.
samples='cd /root/gotthard
mkdir -p known-bad /opt/samples
cp /bin/true known-bad/program && echo listed >>known-bad/program
cp /bin/true FILE && echo unlisted >>FILE
cp known-bad/program FILE /opt/samples/ && : >/opt/samples/early
cat >/etc/systemd/system/early.service <<"END"
[Unit]
DefaultDependencies=no
After=sysinit.target
Before=basic.target
[Service]
Type=oneshot
ExecStart=/bin/sh -c "{ cat /proc/sys/kernel/random/boot_id; /opt/samples/program; echo program $$?; /opt/samples/FILE; echo FILE $$?; } >/opt/samples/early"
[Install]
WantedBy=basic.target
END
systemctl -q enable early.service'

# tries: what becomes of the two programs
tries='for f in program FILE; do s=0; /opt/samples/$f 2>/dev/null || s=$?; echo $f $s; done'
refused=$'program 126\nFILE 0' allowed=$'program 0\nFILE 0'
# The log of that unit in this boot.
early='diff /proc/sys/kernel/random/boot_id <(head -n 1 /opt/samples/early) && sed 1d /opt/samples/early'
# Its status says more than this line.
attached() { says 'gotthardctl status || true' '^hooks +attached, seen at work$'; }
healthy() { says 'gotthardctl status' '^healthy$'; }
state() { prints 'systemctl is-system-running || true # its status is what is printed' "$1"; }

# --- a new machine
other_kernels() { diff "$images/kernels.$line.before" "$images/kernels.$line.after"; }
ok packages_bring_no_other_kernel other_kernels

boots machine_boots "$release"
ok machine_is_well_before state running
in_guest "$samples"
in_guest "$names" >names.before

ok install_exits_0 in_guest "cd /root/gotthard; $install"
ok install_makes_users says 'getent passwd gotthard gotthard-net' '^gotthard:.*:/var/lib/gotthard:' '^gotthard-net:'
ok install_makes_directories prints 'stat -c "%U %a %n" /var/lib/gotthard' 'gotthard 700 /var/lib/gotthard'
ok install_starts_nothing prints 'ls -d /sys/module/gotthard 2>/dev/null || true # it is not there' ''

by_udev='modprobe gotthard
for ((i = 0; i < 60; i++)); do ! systemctl -q is-active gotthardd || exit 0; sleep 2; done
systemctl status gotthardd; exit 1'
ok modprobe_starts_daemon in_guest "$by_udev"
ok hooks_are_attached_then attached
ok commands_of_readme_exit_0 in_guest "cd /root/gotthard; $use"
ok listed_program_is_refused prints "$tries" "$refused"
ok machine_is_protected healthy
ok machine_is_well state running

journal="journalctl -b -o json MESSAGE_ID=$(sed -n 's/^| `decision`, denied |.*| `\([0-9a-f]*\)` |$/\1/p' "$top/docs/events.md")"
denial_is_warning_with_fields() {
	in_guest "$journal" >out || return 1
	jq -es 'any(.[]; .PRIORITY == "4" and .GOTTHARD_PATH == "/opt/samples/program" and .GOTTHARD_OP == "exec" and
		.GOTTHARD_UID == "0" and .SYSLOG_IDENTIFIER == "gotthardd" and (.MESSAGE | length > 0))' out || { cat out && return 1; }
}
ok denial_is_warning_with_fields denial_is_warning_with_fields

# --- an upgrade while it runs
# A line for each try, so that it shows that there were some; refused is 126.
upgrade="cd /root/gotthard
before=\$(systemctl show -p MainPID --value gotthardd)
while :; do s=0; /opt/samples/program 2>/dev/null || s=\$?; echo \$s; done >/root/during & prober=\$!
tries() { wc -l </root/during; }
another() { n=\$(tries); until ((\$(tries) > n + 1)); do kill -0 \$prober; sleep 0.1; done; }
another
first=\$(tries) status=0
{ $(commands Upgrading | head -n 1); } >/root/upgrade.log 2>&1 || status=\$?
last=\$(tries)
another
kill \$prober
after=\$(systemctl show -p MainPID --value gotthardd)
[[ \$before != \"\$after\" ]] || { echo the daemon is the one before; exit 1; }
echo \$((last - first)) tries during the upgrade
((last > first)) || { echo nobody tried; exit 1; }
! grep -vx 126 /root/during || { echo a try was not refused; exit 1; }
cat /root/upgrade.log
exit \$status"
ok upgrade_exits_0_and_leaves_no_gap in_guest "$upgrade"
ok machine_is_protected_after_upgrade healthy
ok machine_goes_off guest_off

# --- the next boot
boots machine_boots_again "$release"
ok machine_is_well_after_boot state running
ok machine_is_protected_after_boot healthy
ok listed_program_is_refused_to_an_early_unit prints "$early" "$refused"
ok listed_program_is_refused_after_boot prints "$tries" "$refused"
ok hooks_come_before_early_units in_guest 'test "$(systemctl show -p ActiveEnterTimestampMonotonic --value gotthardd)" -lt \
	"$(systemctl show -p ActiveEnterTimestampMonotonic --value sysinit.target)"'
# An old release in the place of the kept one, as one who controls the copies of releases would have it: it is signed too.
# Another module knows nothing of the versions before.
old_table='cd /root/gotthard
gotthard-sigtool build -o /root/old --version 1700000000 --key /root/tables.key --cert /root/tables.pem malicious:bad.sha256
set -- /etc/gotthard/tables.d/*; mv "$1" /root/kept; cp -r /root/old "$1"
systemctl stop gotthardd; gotthardd --unload; modprobe -r gotthard; modprobe gotthard
for ((i = 0; i < 60; i++)); do ! systemctl -q is-active gotthardd || break; sleep 2; done
gotthardctl table info; rm -r "$1"; mv /root/kept "$1"; systemctl restart gotthardd'
ok old_table_is_not_loaded_in_place_of_the_kept_one says "$old_table" '^no table is loaded'
ok old_table_was_refused says 'journalctl -b -u gotthardd -o cat' 'tables.d/.* is not loaded: its version is not higher'
unsigned_table='cd /root/gotthard; gotthard-sigtool build -o /root/unsigned malicious:bad.sha256
! gotthardctl table load /root/unsigned 2>&1'
ok unsigned_table_is_refused says "$unsigned_table" 'it is not signed'
ok kept_table_is_signed_by_the_own_key says 'gotthardctl table info' '^signed by +Tables of example.org: '
ok kept_table_is_loaded_again prints "$tries" "$refused"
ok power_is_cut guest_cut

# --- switched off
boots machine_boots_with_gotthard_off "$release" gotthard=off
ok off_is_no_failure state running
ok off_starts_no_daemon prints 'systemctl is-active gotthardd || true # its status is what is printed' inactive
ok off_is_said says 'journalctl -b -u gotthardd -o cat' 'gotthard=off'
ok off_refuses_nothing prints "$tries" "$allowed"
ok off_refused_nothing_to_an_early_unit prints "$early" "$allowed"
ok off_machine_goes_off guest_off

# --- another kernel, for which the module was not built
boots machine_boots_without_module "$other"
ok without_module_is_degraded state degraded
ok without_module_daemon_failed prints 'systemctl is-failed gotthardd' failed
ok without_module_daemon_says_why says 'systemctl status gotthardd || true # it failed' 'module is not loaded'
ok without_module_nothing_else_failed prints \
	'systemctl list-units --state=failed --plain --no-legend | cut -d " " -f 1' gotthardd.service
ok install_for_that_kernel_exits_0 in_guest "cd /root/gotthard; $install"
ok machine_without_module_goes_off guest_off

# --- after all that, and away with it
boots machine_boots_after_power_cut "$release"
ok machine_is_protected_after_power_cut healthy
ok listed_program_is_refused_early_after_power_cut prints "$early" "$refused"
ok upgrade_of_module_exits_0 in_guest "$(commands Upgrading | tail -n +2)"
ok machine_is_protected_by_new_module healthy
ok listed_program_is_refused_by_new_module prints "$tries" "$refused"
ok uninstall_refuses_while_loaded in_guest 'cd /root/gotthard; ! make uninstall; test -x /usr/sbin/gotthardd'
# As after `dkms add .`, without a copy of everything.
by_dkms='mkdir /usr/src/gotthard-0.1.0 && cp /root/gotthard/dkms.conf /usr/src/gotthard-0.1.0/
dkms add gotthard/0.1.0
dkms status gotthard'
ok dkms_knows_module says "$by_dkms" 'gotthard/0.1.0: added'
ok uninstall_exits_0 in_guest "cd /root/gotthard; $(commands 'Taking it off')"
leaves_only_what_readme_names() {
	in_guest "$names" >names.after || return 1
	comm -13 names.before names.after |
		sed -E '/^\/(etc\/gotthard|var\/lib\/gotthard(-root|-table)?)(\/|$)/d' >left
	cat left
	[[ ! -s left ]]
}
removes_nothing_else() {
	comm -23 names.before names.after >gone
	cat gone
	[[ ! -s gone ]]
}
ok uninstall_leaves_only_what_readme_names leaves_only_what_readme_names
ok uninstall_removes_nothing_else removes_nothing_else
ok listed_program_runs_again prints "$tries" "$allowed"
ok machine_goes_off_at_last guest_off
ok kernel_complained_of_nothing "$top/tests/vm/log-scan.sh" console.log
