#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The guest's disks: empty formatted ones, and the one that carries a directory there and back.
#
#   disk.sh empty FS OUT          a private sparse copy of the cached, freshly formatted image of FS
#   disk.sh out DIR IMAGE LIST    an ext4 image that holds DIR, and a list of what it holds
#   disk.sh back IMAGE LIST DIR   what differs from LIST in IMAGE is copied into DIR
set -euo pipefail
export LC_ALL=C

top=$(cd "$(dirname "$0")/../.." && pwd)
size=1G
slack=$((384 << 20))

empty() {
	local fs=$1 out=$2 cache=$top/build/vm/disk/$1.img tmp
	mkdir -p "${cache%/*}"
	exec 9>"$cache.lock"
	flock 9
	# This file says how the cached image was made.
	if [[ ! -f $cache || $cache -ot $0 ]]; then
		tmp=$cache.tmp
		rm -f -- "$tmp"
		truncate -s "$size" "$tmp"
		case $fs in
		# fs-verity wants blocks of the page size.
		ext4) mke2fs -q -F -t ext4 -b 4096 -O verity,encrypt -L gth-mnt "$tmp" ;;
		xfs) mkfs.xfs -q -f -L gth-mnt "$tmp" ;;
		# Says on stdout, in spite of -q, which defaults have changed.
		btrfs) mkfs.btrfs -q -f -L gth-mnt "$tmp" >/dev/null ;;
		*) exit 64 ;;
		esac
		mv -- "$tmp" "$cache"
	fi
	cp --sparse=always --reflink=auto -- "$cache" "$out"
}

# A record a path, `PATH\0FACTS\0`. Seconds are all that the image keeps of a time, and debugfs loses set-id bits.
list() {
	(
		cd "$1"
		find . -mindepth 1 -name lost+found -prune -o -mindepth 1 \( \
			-type f -printf '%P\0f %m %s %T@\0' -o \
			-type d -printf '%P\0d %m\0' -o \
			-type l -printf '%P\0l %l\0' \)
	) | sed -z -E '0~2s/^(f|d) [0-7]?([0-7]{3})( |$)/\1 \2\3/; 0~2s/^(f .*)\.[0-9]+$/\1/'
}

out() {
	local dir=$1 image=$2 list=$3 bytes files
	list "$dir" >"$list"
	files=$(tr -dc '\0' <"$list" | wc -c)
	bytes=$(du -s -B 1 --apparent-size -- "$dir" | cut -f 1)
	truncate -s $((bytes + bytes / 8 + files * 8192 + slack)) "$image"
	mke2fs -q -F -t ext4 -b 4096 -m 0 -N $((files + 32768)) -L gth-share -d "$dir" "$image"
}

back() {
	local image list=$2 dir=$3 work path facts now tmp rc=0
	local -A was=()
	image=$(realpath -- "$1")
	work=$(mktemp -d "${image%/*}/back.XXXXXX")
	# The guest may have died: replay the journal, mend what is left.
	e2fsck -fy "$image" >"$work/fsck.log" 2>&1 || rc=$?
	((rc < 4)) || {
		cat -- "$work/fsck.log" >&2
		return 1
	}
	mkdir "$work/tree"
	# Not root: files cannot be given their owner, which is as well.
	(cd "$work" && debugfs -R 'rdump / tree' "$image") >"$work/debugfs.log" 2>&1

	while IFS= read -r -d '' path && IFS= read -r -d '' facts; do
		was[$path]=$facts
	done <"$list"
	list "$work/tree" >"$work/list"
	rc=0
	while IFS= read -r -d '' path && IFS= read -r -d '' facts; do
		[[ ${was[$path]-} != "$facts" ]] || continue
		now=$work/tree/$path
		if [[ -L $dir/$path && ! -L $now ]] || { [[ -d $dir/$path ]] && [[ ! -d $now || -L $now ]]; }; then
			printf '%s: %s is of another kind in the guest: left alone\n' "${0##*/}" "$dir/$path" >&2
			rc=1
			continue
		fi
		case $facts in
		d*)
			mkdir -p -- "$dir/$path" || rc=1
			chmod --reference="$now" -- "$dir/$path" || rc=1
			;;
		*)
			# Whole or not at all, whatever happens in between.
			tmp=$(mktemp -u -- "$dir/$path.XXXXXX")
			if ! cp -dp --sparse=always -- "$now" "$tmp" || ! mv -fT -- "$tmp" "$dir/$path"; then
				rm -f -- "$tmp"
				rc=1
			fi
			;;
		esac
	done <"$work/list"
	rm -rf -- "$work"
	return "$rc"
}

case ${1-} in
empty) empty "$2" "$3" ;;
out) out "$2" "$3" "$4" ;;
back) back "$2" "$3" "$4" ;;
*) exit 64 ;;
esac
