# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# work.bash - what tests in shell begin with: the programs that they need, and a directory of their own. To be sourced
# with the names of the programs: without one of this project's the test breaks off, without another it is skipped.

set -uo pipefail
export LC_ALL=C

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
PATH=$top/build:$PATH
for program in "$@"; do
	if [[ $program == gotthard* ]]; then
		[[ -x $top/build/$program ]] || { echo "Bail out! $program is not there: build it" && exit 1; }
	else
		PATH=$PATH:/usr/sbin command -v "$program" >/dev/null || { echo "1..0 # SKIP $program is missing" && exit 0; }
	fi
done

work=$(mktemp -d)
cd "$work" || exit 1
# at_end: what a test has to undo besides
at_end() { :; }
trap 'at_end; rm -rf "$work"' EXIT

# shellcheck source=tests/unit/tap.bash
. "$top/tests/unit/tap.bash"
tap_logs=(out err)

# build_unit NAME: never an older state of build/tests/unit/NAME; and other tests may want it built at the same time
build_unit() {
	mkdir -p "$top/build/tests"
	(cd "$top" && flock build/tests/lock make -s -f tests/unit/Makefile "build/tests/unit/$1") || {
		echo "Bail out! $1 does not build"
		exit 1
	}
}
