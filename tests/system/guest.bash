# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# guest.bash - one Debian machine in QEMU, its disk a snapshot of the image; to be sourced. Commands go over ssh, to a port
# on the loopback that QEMU found free.
#
#   images   build/system: disk.img, kernels, the key (tests/system/image)
#   work     a directory of this guest's own, where disk.qcow2, console.log and the socket of ssh lie

: "${images:?} ${work:?}"
guest_pid='' guest_port=''
# Emulated, on processors that others use too: an ordinary boot takes a minute.
boot_seconds=${GTH_SYSTEM_BOOT_SECONDS:-600}

guest_disk() { qemu-img create -q -f qcow2 -b "$images/disk.img" -F raw "$work/disk.qcow2"; }

guest_ssh() {
	ssh -q -i "$images/key" -p "$guest_port" -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
		-o ConnectTimeout=20 -o ServerAliveInterval=30 -o ServerAliveCountMax=10 \
		-o ControlMaster=auto -o ControlPath="$work/ssh" -o ControlPersist=yes root@127.0.0.1 "$@"
}

# in_guest COMMANDS: by bash -e in the guest, with its output and status
in_guest() { guest_ssh bash -euo pipefail -s <<<"$1"; }

guest_runs() { [[ -n $guest_pid ]] && kill -0 "$guest_pid" 2>/dev/null; }

# guest_start RELEASE [WORD...]: boots; words go on the kernel's command line
guest_start() {
	local release=$1 try
	shift
	for try in {1..20}; do
		guest_port=$((20000 + RANDOM % 12000))
		# The processor as it is: with features taken away QEMU 7.2 makes one on which systemd does not see what it mounted.
		# One thread for all processors, see tests/vm/run. Data that was not flushed is lost at a power cut: it
		# never left the guest.
		qemu-system-x86_64 -M q35 -cpu max -accel tcg,thread=single -smp 1 -m 1536 -nodefaults -no-user-config \
			-display none -no-reboot -kernel "$images/vmlinuz-$release" -initrd "$images/initrd.img-$release" \
			-append "root=/dev/vda ro console=ttyS0,115200 no_timer_check net.ifnames=0 panic=-1 oops=panic $*" \
			-drive "if=none,id=disk,format=qcow2,cache=unsafe,file=$work/disk.qcow2" -device virtio-blk-pci,drive=disk \
			-device virtio-rng-pci -nic "user,model=virtio-net-pci,restrict=on,hostfwd=tcp:127.0.0.1:$guest_port-:22" \
			-serial "file:$work/console.new" </dev/null >"$work/qemu.log" 2>&1 &
		guest_pid=$!
		sleep 1
		if guest_runs || ! grep -q 'host forwarding' "$work/qemu.log"; then
			break
		fi
		wait "$guest_pid" || echo "# port $guest_port is taken (try $try)"
	done
}

# guest_up: waits until the guest answers and its boot has ended, however
guest_up() {
	local until=$((SECONDS + boot_seconds)) state=''
	until guest_ssh true 2>/dev/null; do
		guest_runs || { echo "QEMU ended: $(tail -n 3 "$work/qemu.log")" && return 1; }
		((SECONDS < until)) || { echo "no ssh within $boot_seconds s" && return 1; }
		sleep 2
	done
	while ((SECONDS < until)); do
		# Its status says how the boot went, which is not asked here.
		state=$(guest_ssh systemctl is-system-running) || true
		case $state in
		initializing | starting) sleep 2 ;;
		running | degraded) return 0 ;;
		*) echo "the guest is '$state'" && return 1 ;;
		esac
	done
	echo "still '$state' after $boot_seconds s"
	return 1
}

guest_boot() { guest_start "$@" && guest_up; }

guest_forget() {
	rm -f "$work/ssh"
	cat "$work/console.new" >>"$work/console.log"
	guest_pid=''
}

# guest_off: an orderly end
guest_off() {
	local until=$((SECONDS + boot_seconds))
	# The connection may end before the answer comes.
	guest_ssh systemctl poweroff || true
	while guest_runs; do
		((SECONDS < until)) || { echo "does not power off" && return 1; }
		sleep 1
	done
	wait "$guest_pid" || { echo "QEMU's status is $?" && return 1; }
	guest_forget
}

# guest_cut: the power fails
guest_cut() {
	local status=0
	kill -KILL "$guest_pid"
	wait "$guest_pid" 2>/dev/null || status=$?
	((status == 137)) || { echo "QEMU had ended with $status before" && return 1; }
	guest_forget
}

# For a trap: whatever runs
guest_end() {
	if guest_runs; then
		guest_cut
	fi
}
