#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# scripts/debug-kernel builds anew when configuration or source have another content, and only then. The tools that it
# calls are played by this test: nothing is compiled. Prints TAP.
set -uo pipefail
export LC_ALL=C

top=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
# shellcheck source=tests/unit/tap.bash
. "$top/tests/unit/tap.bash"

# tool NAME: one that does what stdin says
mkdir bin
tool() { { echo '#!/bin/sh' && cat; } >"bin/$1" && chmod +x "bin/$1"; }
for name in flex bison bc pahole xz gcc depmod; do echo 'exit 0' | tool "$name"; done
tool make <<'END'
case $* in
*bzImage*)
	echo build >>"$BUILDS"
	mkdir -p arch/x86/boot
	for file in arch/x86/boot/bzImage vmlinux .config; do echo built >$file; done
	;;
*kernelrelease*) echo 6.12.99-gotthard-debug ;;
esac
exit "${MAKE_STATUS:-0}"
END

# clone DIR: a tree with the script and its configuration
clone() {
	mkdir -p "$1/scripts" "$1/tests/vm"
	cp "$top/scripts/debug-kernel" "$1/scripts/"
	cp "$top"/tests/vm/*-kernel.config "$1/tests/vm/"
}

# source DIR: the kernel's, as it was unpacked
source_tree() {
	mkdir -p "$1/build/kernels/debug/source/scripts/kconfig"
	echo 'VERSION = 6' >"$1/build/kernels/debug/source/Makefile"
	printf '#!/bin/sh\n' >"$1/build/kernels/debug/source/scripts/kconfig/merge_config.sh"
	chmod +x "$1/build/kernels/debug/source/scripts/kconfig/merge_config.sh"
}

# builds DIR: how many builds a run makes; what it prints must be the release
builds() {
	: >builds.log
	printf '6.12.99-gotthard-debug\n' >wanted
	PATH=$work/bin:$PATH BUILDS=$work/builds.log "$1/scripts/debug-kernel" >release.log 2>said.log || return 1
	cmp -s wanted release.log || return 1
	wc -l <builds.log
}
makes() { [[ $(builds "$2") == "$1" ]]; }

clone one
source_tree one
ok the_first_run_builds makes 1 one
ok the_second_run_builds_nothing makes 0 one
touch one/tests/vm/*.config one/build/kernels/debug/source/Makefile
ok new_times_build_nothing makes 0 one

clone copied
mkdir copied/build
cp -r one/build/kernels copied/build/
touch -d '1 hour' copied/tests/vm/*.config
ok a_copy_in_another_clone_builds_nothing makes 0 copied
clone linked
mkdir linked/build
ln -s "$work/one/build/kernels" linked/build/kernels
ok a_link_in_another_clone_builds_nothing makes 0 linked
ok and_leaves_nothing_for_the_first_clone_to_build makes 0 one

echo '# CONFIG_OF_ANOTHER_KERNEL is not set' >>one/tests/vm/debug-kernel.config
touch -d '1 hour ago' one/tests/vm/debug-kernel.config
ok another_configuration_builds_though_it_is_older makes 1 one
ok and_once_only makes 0 one
echo 'SUBLEVEL = 100' >>one/build/kernels/debug/source/Makefile
ok another_source_builds makes 1 one

echo '# once more' >>one/tests/vm/debug-kernel.config
MAKE_STATUS=2 ok a_build_that_fails_is_an_error eval '! builds one'
ok and_is_tried_again makes 1 one
rm one/build/kernels/debug/made-of
ok a_kernel_of_which_nothing_is_known_is_built makes 1 one
plan
