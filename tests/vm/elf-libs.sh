#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Prints the shared libraries (and loaders) that the ELF programs below the named paths need, one path a line.
set -euo pipefail
export LC_ALL=C

elfs=()
while IFS= read -r -d '' f; do
	magic=
	IFS= read -r -N 4 magic <"$f" 2>/dev/null || true # a shorter file is no program
	[[ $magic != $'\x7fELF' ]] || elfs+=("$f")
done < <(find "$@" -type f -size +63c ! -name '*.o' ! -name '*.ko' -print0)
((${#elfs[@]})) || exit 0

# ldd fails on static programs, which is not a fault; a library that is missing here is missing there too.
ldd -- "${elfs[@]}" 2>/dev/null | awk -v me="${0##*/}" '
	/^[^ \t].*:$/ { prog = $0 }
	/=> not found$/ { print me ": " prog " " $1 " not found" >"/dev/stderr" }
	$2 == "=>" && $3 ~ /^\// { print $3 }
	$1 ~ /^\// && $2 ~ /^\(0x/ { print $1 }' | sort -u
