# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# module.bash - builds the module that is not there (module.c) in the current directory; to be sourced. Then
# `with_module COMMAND...` runs one that finds it.

fake=$PWD/fake
mkdir -p "$fake"/{policy/hooks,stats,health,table,state}
: >"$fake/device"
echo monitor >"$fake/policy/mode"
echo 1 >"$fake/policy/hooks/open"
echo 5 >"$fake/stats/denied"
for name in table daemon hash_driver signing_keys last_error; do echo none >"$fake/health/$name"; done
# shellcheck disable=SC2154 # top is the test's
gcc -std=gnu11 -Wall -Wextra -Werror -O1 -D_GNU_SOURCE -shared -fPIC -I"$top/include/uapi" \
	"$top/tests/unit/preload/module.c" -o module.so || {
	echo "Bail out! tests/unit/preload/module.c does not build"
	exit 1
}
with_module() { FAKE_MODULE=$fake LD_PRELOAD=$PWD/module.so "$@"; }
