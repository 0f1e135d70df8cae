# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# import.bash - what the tests of gotthard-sigtool import have in common; to be sourced after work.bash.

# shellcheck disable=SC2154 # top is work.bash's
sigtool=$top/build/gotthard-sigtool

# exits CODE ARGUMENT...: runs the tool, keeps what it prints in out and err
exits() {
	local wanted=$1 rc=0
	shift
	"$sigtool" "$@" >out 2>err || rc=$?
	[[ $rc == "$wanted" ]] || { echo "exit status $rc, not $wanted" && false; }
}
is() { [[ $1 == "$2" ]] || { printf '%s\nis not\n%s\n' "$1" "$2" && false; }; }
says() { grep -qF -- "$1" err; }
prints() { grep -qF -- "$1" out; }
field() { python3 -c 'import json,sys; v = json.load(open("out")); exec("print(v" + sys.argv[1] + ")")' "$1"; }
# reason TEXT COUNT FILE LINE: of the report in out; LINE is None where there is none
reason() {
	is "$(python3 -c 'import json,sys
for r in json.load(open("out"))["not_taken"]:
    if sys.argv[1] in r["reason"]: print(r["count"], r["file"], r["line"])' "$1")" "$2 $3 $4"
}
# counted: the sum of all reasons in out
counted() { python3 -c 'import json; print(sum(r["count"] for r in json.load(open("out"))["not_taken"]))'; }
# taken_is FORMAT FILE TEXT: the whole list that comes of it
taken_is() {
	exits 0 import "$1" "$2" -o taken.list && is "$(<taken.list)" "$3"
}
# same_twice FORMAT FILE...
same_twice() {
	exits 0 import "$@" -o twice1.list && exits 0 import "$@" -o twice2.list && cmp twice1.list twice2.list
}
