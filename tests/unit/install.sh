#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# systemd accepts the files of `make install`, and `make uninstall` removes them again. Prints TAP.

# shellcheck source=tests/unit/work.bash
. "$(dirname "$0")/work.bash" systemd-sysusers systemd-tmpfiles systemd-analyze

root=$work/root
# An outer make's flags and job slots are not for this one; two builds at once would be in each other's way.
make_() {
	mkdir -p "$top/build/vm"
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL flock "$top/build/vm/make.lock" \
		make -s -C "$top" DESTDIR="$root" KVER="$(cat "$top/build/kernels/6.12/release")" "$@"
}

ok install_exits_0 make_ install
find root -type f | sort >installed

users() {
	systemd-sysusers --root="$root" gotthard.conf &&
		grep -q '^gotthard:.*:/var/lib/gotthard:/usr/sbin/nologin$' root/etc/passwd &&
		grep -q '^gotthard-net:.*:/:/usr/sbin/nologin$' root/etc/passwd
}
ok sysusers_makes_users users
# Owners are set only where this machine's root does it.
directories() {
	systemd-tmpfiles --root="$root" --create gotthard.conf &&
		[[ $(stat -c '%a %u' root/var/lib/gotthard) == "700 $(id_of gotthard)" ]] &&
		[[ $(stat -c '%a %u' root/var/lib/gotthard-root) == '700 0' ]] &&
		[[ $(stat -c '%a %u' root/run/gotthard) == '700 0' ]]
}
id_of() { sed -n "s/^$1:x:\([0-9]*\):.*/\1/p" root/etc/passwd; }
if ((EUID == 0)); then
	ok tmpfiles_makes_directories directories
fi
# systemd reports lines that it does not understand, and takes the rest.
verify() {
	mkdir -p units
	sed "s,^ExecStart=/usr/,ExecStart=$root/usr/," "$root/usr/lib/systemd/system/gotthardd.service" >units/gotthardd.service
	systemd-analyze verify --man=no --recursive-errors=one units/gotthardd.service >said 2>&1 || { cat said && return 1; }
	cat said
	[[ ! -s said ]]
}
ok systemd_takes_unit verify

# Another kernel's module goes, too; configuration stays.
mkdir -p root/lib/modules/6.66/updates root/etc/modules-load.d
: >root/lib/modules/6.66/updates/gotthard.ko
echo gotthard >root/etc/modules-load.d/gotthard.conf
ok uninstall_exits_0 make_ uninstall
left() {
	find root -type f -not -path 'root/etc/passwd' -not -path 'root/etc/*group' -not -path 'root/etc/*shadow' \
		-not -path 'root/etc/*-' -not -path 'root/etc/.pwd.lock' >left
	cat left
	[[ $(<left) == root/etc/gotthard/gotthardd.conf && ! -d root/lib/modules/6.66/updates ]]
}
ok uninstall_leaves_the_configuration left

# The steps on a running system: all are tried, each that failed is named.
mkdir fake
for tool in depmod systemd-sysusers systemd-tmpfiles systemctl; do
	printf '#!/bin/sh\necho %s "$@" >>%s\n' $tool "$work/called" >fake/$tool
	chmod +x fake/$tool
done
printf 'exit 1\n' >>fake/systemd-sysusers
half_way() {
	local status=0
	PATH=$work/fake:$PATH "$top/scripts/activate" install 6.66 >out 2>err || status=$?
	[[ $status == 1 ]] && grep -q '^depmod 6.66$' called && grep -q '^systemd-tmpfiles --create gotthard.conf$' called &&
		grep -q 'FAILED: users of the daemon (systemd-sysusers gotthard.conf)$' err
}
ok a_step_that_fails_does_not_end_the_others half_way

plan
