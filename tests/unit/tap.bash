# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# tap.bash - the Test Anything Protocol for unit tests in shell, as tap.h is for those in C; to be sourced in a directory
# of the test's own. tap_logs: files whose ends tell more of a failure.

count=0 failed=0 tap_logs=()

# ok NAME COMMAND...: the command must succeed; what was seen is shown if not
ok() {
	local name=$1
	shift
	count=$((count + 1))
	if "$@" >ok.log 2>&1; then
		echo "ok $count - $name"
	else
		failed=$((failed + 1))
		echo "not ok $count - $name"
		echo "# failed: $*"
		tail -qn 12 ok.log "${tap_logs[@]}" 2>/dev/null | cut -c1-300 | sed 's/^/# /'
	fi
}
