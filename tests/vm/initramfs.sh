#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Makes the guest's root: a cached base of a kernel line, and the small part that is one run's own.
#
#   initramfs.sh base LINE                      prints the directory of the base: root/ and base.cpio
#   initramfs.sh run BASE STAGE SHARE VM OUT    the product of STAGE, the libraries it and SHARE (may be empty)
#                                               need, and VM as /vm; appended to the base in OUT
# The kernel unpacks concatenated archives in order, and a later file replaces an earlier one.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)

pack() { (cd "$1" && find . -mindepth 1 -print0 | sort -z | cpio -0 -o -H newc -R 0:0 --quiet); }

# Debian's merged /usr, in the guest too: an archive entry `lib` would replace the link by a directory.
merged() {
	case $1 in
	/bin/* | /sbin/* | /lib/* | /lib64/*) printf '/usr%s\n' "$1" ;;
	*) printf '%s\n' "$1" ;;
	esac
}

# add_libs ROOT SKIP PATH...: the libraries of the programs below PATH, but for those that SKIP, another root, or
# PATH itself has.
add_libs() {
	local root=$1 skip=$2 lib to path
	shift 2
	while IFS= read -r lib; do
		for path; do
			[[ $lib != "$path"/* ]] || continue 2
		done
		to=$(merged "$lib")
		[[ -n $skip && -e $skip$to ]] && continue
		mkdir -p "$root${to%/*}"
		cp -L -- "$lib" "$root$to"
	done < <("$here/elf-libs.sh" "$@")
}

# A module's path ends in .ko, .ko.xz, .ko.zst or .ko.gz; unpacking here is many times faster than in the guest.
add_modules() {
	local root=$1 kernel=$2 release=$3 name how path file
	local from=$kernel/modules/lib/modules/$release to=$root/usr/lib/modules/$release
	mkdir -p "$to"
	cp -- "$from"/modules.{builtin,builtin.modinfo,order} "$to/"
	sed 's/#.*//' "$here/modules" | tr -s ' \t' '\n' | while IFS= read -r name; do
		[[ -n $name ]] || continue
		# Not there, or built in: nothing to take.
		modprobe -d "$kernel/modules" -S "$release" --show-depends -- "$name" 2>/dev/null || true
	done | sort -u | while read -r how path _; do
		[[ $how == insmod ]] || continue
		file=$to/${path#*"/lib/modules/$release/"}
		mkdir -p "${file%/*}"
		case $path in
		*.xz) xz -dc -- "$path" >"${file%.xz}" ;;
		*.zst) zstd -dcq -- "$path" >"${file%.zst}" ;;
		*.gz) gzip -dc -- "$path" >"${file%.gz}" ;;
		*) cp -- "$path" "$file" ;;
		esac
	done
	depmod -b "$root/usr" "$release"
}

base() {
	local line=$1 kernel=$top/build/kernels/$1
	local release busybox kmod dash libgcc key dir new root path
	release=$(<"$kernel/release")
	busybox=$(readlink -f "$(command -v busybox)")
	kmod=$(readlink -f "$(command -v modprobe)")
	dash=$(readlink -f "$(command -v dash)")
	# glibc loads it by name when a thread ends; no program lists it.
	libgcc=$(ldconfig -p | awk '$1 == "libgcc_s.so.1" && /x86-64/ && !n++ { print $NF }')

	key=$(cat -- "$here"/{initramfs.sh,elf-libs.sh,init,modules} "$kernel"/{release,version} \
		"$busybox" "$kmod" "$dash" "$libgcc" | sha256sum | cut -c 1-16)
	mkdir -p "$top/build/vm/base"
	dir=$top/build/vm/base/$line-$key
	exec 9>"$top/build/vm/base/$line.lock"
	flock 9
	if [[ ! -d $dir ]]; then
		new=$(mktemp -d "$top/build/vm/base/.tmp.XXXXXX")
		# shellcheck disable=SC2064 # the name of now
		trap "rm -rf -- '$new'" EXIT
		root=$new/root
		mkdir -p "$root"/{dev,etc/modprobe.d,mnt,ovl,proc,root,run,share,sys,tmp,home/user,usr/{bin,sbin,lib,lib64}} \
			"$root"/var/{lib,log,tmp}
		ln -s usr/bin usr/sbin usr/lib usr/lib64 "$root/"
		ln -s /run "$root/var/run"
		ln -s /proc/self/mounts "$root/etc/mtab"
		install -m 755 "$busybox" "$root/usr/bin/busybox"
		busybox --list-full | while IFS= read -r path; do
			path=$(merged "/${path#linuxrc}")
			[[ $path == /usr/* && $path != */busybox ]] && ln -sf /usr/bin/busybox "$root$path"
		done
		ln -sf busybox "$root/usr/bin/["
		install -m 755 "$dash" "$root/usr/bin/dash"
		ln -sf dash "$root/usr/bin/sh"
		install -m 755 "$kmod" "$root/usr/bin/kmod"
		for path in modprobe insmod rmmod lsmod depmod modinfo; do
			rm -f "$root"/usr/{bin,sbin}/$path
			ln -s ../bin/kmod "$root/usr/sbin/$path"
		done
		add_libs "$root" "" "$kmod" "$dash" "$libgcc"
		install -D -m 644 "$libgcc" "$root$(merged "$libgcc")"
		add_modules "$root" "$kernel" "$release"
		install -m 755 "$here/init" "$root/init"
		chmod 1777 "$root/tmp" "$root/var/tmp"
		printf '%s\n' root:x:0:0:root:/root:/bin/sh user:x:1000:1000:user:/home/user:/bin/sh \
			gotthard:x:990:990:gotthard:/:/bin/false gotthard-net:x:991:991:gotthard-net:/:/bin/false \
			nobody:x:65534:65534:nobody:/:/bin/sh >"$root/etc/passwd"
		printf '%s\n' root:x:0: user:x:1000: gotthard:x:990: gotthard-net:x:991: nogroup:x:65534: \
			>"$root/etc/group"
		printf '127.0.0.1 localhost\n' >"$root/etc/hosts"
		printf 'hosts: files\n' >"$root/etc/nsswitch.conf"
		# Only of use in a root that has users of its own; a cpio made by anybody belongs to root.
		pack "$root" >"$new/base.cpio"
		# Older bases of this line have had their day, unless a run that started with one is still reading it.
		find "$top/build/vm/base" -mindepth 1 -maxdepth 1 -name "$line-*" -mmin +60 -exec rm -rf {} +
		mv -- "$new" "$dir"
	fi
	touch -c -- "$dir"
	printf '%s\n' "$dir"
}

run() {
	local base=$1 stage=$2 share=$3 vm=$4 out=$5
	local work root top_dir release mods
	work=$(mktemp -d "${out%/*}/initramfs.XXXXXX")
	root=$work/root
	mkdir -p "$root/usr"
	cp -a -- "$stage/." "$root/"
	for top_dir in bin sbin lib lib64; do
		[[ -d $root/$top_dir && ! -L $root/$top_dir ]] || continue
		cp -a -- "$root/$top_dir" "$root/usr/"
		rm -rf -- "${root:?}/$top_dir"
	done
	add_libs "$root" "$base/root" "$root" ${share:+"$share"}

	release=$(cd "$base/root/usr/lib/modules" && echo *)
	if [[ -n $(find "$root/usr/lib/modules/$release" -name '*.ko*' -print -quit 2>/dev/null) ]]; then
		mods=$work/depmod/lib/modules/$release
		mkdir -p "$mods"
		cp -al -- "$base/root/usr/lib/modules/$release/." "$mods/"
		# Unlinked first: the names are hard links into the base.
		find "$mods" -maxdepth 1 -name 'modules.*' ! -name 'modules.builtin*' ! -name modules.order -delete
		cp -a -- "$root/usr/lib/modules/$release/." "$mods/"
		depmod -b "$work/depmod" "$release"
		cp -- "$mods"/modules.* "$root/usr/lib/modules/$release/"
	fi
	cp -a -- "$vm" "$root/vm"
	{ cat -- "$base/base.cpio" && pack "$root"; } >"$out"
	rm -rf -- "$work"
}

case ${1-} in
base) base "$2" ;;
run) shift && run "$@" ;;
*) exit 64 ;;
esac
