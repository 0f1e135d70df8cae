# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# tap.bash - the Test Anything Protocol for tests in shell, as tap.h is for those in C; to be sourced in a directory
# of the test's own. tap_logs: files whose ends tell more of a failure.

count=0 failed=0 planned=0 tap_logs=()

# A step of a test that fails is a failure: what comes after it would be about something else. A step that may fail says
# so by `|| status=$?` or the like.
step_failed() {
	((!planned)) || return 0
	count=$((count + 1)) failed=$((failed + 1))
	echo "not ok $count - step at line $2"
	echo "# exit status $1: $3"
}
# plan: at the end, whose exit status is the test's
plan() {
	planned=1
	echo "1..$count"
	((failed == 0))
}

# reap PID: a process that was killed; how it ended says no more than that
reap() {
	local status=0
	wait "$1" 2>wait.log || status=$?
	((status > 128)) || { echo "# process $1 ended with status $status before it was killed" && return 1; }
}

trap 'step_failed $? "$LINENO" "$BASH_COMMAND"' ERR

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
		tail -qn 12 ok.log "${tap_logs[@]}" 2>/dev/null | cut -c1-300 | sed 's/^/# /' || true # a log need not be there
	fi
}
