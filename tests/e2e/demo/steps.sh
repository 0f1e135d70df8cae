# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# steps.sh - how the demo shows commands; to be sourced by guest.sh and forward.sh. $wrong counts the steps that failed.

# shellcheck disable=SC2034 # for the scripts that source this
policy=/sys/kernel/gotthard/policy
# shellcheck disable=SC2034
stats=/sys/kernel/gotthard/stats
wrong=0

title() { printf '\n== %s\n' "$*"; }
# Shows a command and its output; the status does not matter.
run() {
	printf '$ %s\n' "$*"
	sh -c "$*" 2>&1 | sed 's/^/  /'
}
# until_true COMMAND: asks again for two minutes
until_true() {
	i=0
	until "$@"; do
		[ $i -lt 600 ] || return 1
		i=$((i + 1))
		sleep 0.2
	done
}
unexpected() {
	printf '  !!! expected: %s\n' "$want"
	wrong=$((wrong + 1))
}
# expect works|denied|refused COMMAND: the same, and the status must be as expected. A file was denied, or a table
# refused, only if that is said: a missing file is neither.
expect() {
	want=$1
	shift
	printf '$ %s\n' "$*"
	out=$(sh -c "$*" 2>&1)
	got=$?
	[ -z "$out" ] || printf '%s\n' "$out" | sed 's/^/  /'
	case $want,$got in
	works,0) ;;
	denied,[!0]*) printf '%s\n' "$out" | grep -q 'not permitted\|denied' || unexpected ;;
	refused,[!0]*) printf '%s\n' "$out" | grep -q 'was not loaded\|is in force already' || unexpected ;;
	*) unexpected ;;
	esac
}
