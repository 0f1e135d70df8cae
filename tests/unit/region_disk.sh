#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# gotthard-region on a disk that gets full, and with files that cannot be deleted: what it accepted finds its room, what
# it promised to delete is deleted, and it starts. On a tmpfs in a mount namespace of its own. Prints TAP.
set -uo pipefail
if [[ ${1-} != inside ]]; then
	apart=(unshare -m)
	((EUID == 0)) || apart=(unshare -rm)
	"${apart[@]}" true 2>/dev/null || { echo "1..0 # SKIP no mount namespaces for this user" && exit 0; }
	exec "${apart[@]}" bash "$0" inside
fi

# shellcheck source=tests/unit/region.bash
. "$(dirname "$0")/region.bash" sqlite3
mkdir disk
mount -t tmpfs -o size=40m none disk || { echo "1..0 # SKIP no tmpfs for this user" && exit 0; }
at_end() { umount disk; }

start() { serve disk/r --clamd "$work/none.sock" --spare 8000000 --records 100000; }
# fill: not a byte is left; unfill: for others
fill() {
	local status=0
	cat /dev/zero >disk/filler 2>full.err || status=$?
	((status)) && grep -q 'No space' full.err && ! echo x >disk/one 2>/dev/null
}
unfill() { rm -f disk/filler disk/one; }
# due: the time of all submissions is over; the server does not see it before it goes on
due() {
	kill -STOP "$server"
	until sqlite3 disk/r/state.db 'PRAGMA busy_timeout = 200; UPDATE submission SET delete_by = 1 WHERE deletion IS NULL' >due.log 2>&1; do
		# It was stopped while it wrote.
		kill -CONT "$server" && sleep 0.1 && kill -STOP "$server"
	done
}
expired() { until [[ $(status_of "$1") == expired ]]; do sleep 0.1; done; }
deleted() { expired "$1" && jq -rj .deletion out | ./submitter check e1 statement "$1" deletion && [[ ! -e disk/r/incoming/$(cat "$1/id") ]]; }

make_region disk/r 1
head -c 3000000 /dev/urandom >file
echo little >little
start

# More is asked for than there is room.
accepted=0
for i in {1..12}; do
	make_one "f$i" file && put "f$i"
	[[ $status == 201 ]] || break
	accepted=$i
done
ok "what has room is accepted, the rest is not" eval "is $status 503 && [[ \$(field Retry-After) -ge 1 && $accepted -ge 2 && $accepted -le 9 ]]"
uploads() {
	local i
	for ((i = 1; i <= accepted; i++)); do patches 200 "f$i" 0 1 "f$i/cipher" || return 1; done
}
ok "all that was accepted finds its room" uploads
ok "and leaves free what it should" eval "(( \$(stat -f -c '%a * %S' disk) >= 8000000 ))"

# Others fill the disk while it serves.
make_one s1 little && put s1
due
fill
kill -CONT "$server"
ok "on a full disk, what is due is deleted and signed" eval "deleted f1 && deleted f$accepted && deleted s1"
ok "nothing is left" is "$(ls -A disk/r/incoming)" ""
unfill
make_one s2 little && puts 201 s2 && patches 200 s2 0 1 s2/cipher
reserved() { until [[ $(find disk/r -name reserve -printf %s) == 4194304 ]]; do sleep 0.1; done; }
ok "the reserve is there again when there is room" reserved
due
fill
kill -CONT "$server"
ok "a little file is deleted, too: there is a reserve" deleted s2
ok "which was used" grep -q 'its reserve is used' serve.log
make_one s3 little
ok "and no new one is taken: 503" eval "puts 503 s3 && [[ \$(field Retry-After) -ge 1 ]]"
unfill
reserved
puts 201 s3 && patches 200 s3 0 1 s3/cipher
due
fill
halt KILL
start
ok "it starts on a full disk, and deletes" deleted s3
ok "it serves" eval "ask /v1/region && is \$status 200"
unfill
reserved
make_one s4 little && puts 201 s4 && patches 200 s4 0 1 s4/cipher
halt
sqlite3 disk/r/state.db 'UPDATE submission SET delete_by = 1 WHERE deletion IS NULL'
fill
ok "also after it ended in order" eval "start && deleted s4"
unfill
reserved

# A file that cannot be unlinked: a directory is none.
for s in t1 t2 t3; do make_one $s little && puts 201 $s && patches 200 $s 0 1 $s/cipher; done
id=$(cat t2/id)
mv "disk/r/incoming/$id" moved && mkdir "disk/r/incoming/$id"
due
kill -CONT "$server"
ok "one that cannot be deleted does not stop the others" eval "deleted t1 && deleted t3"
ok "its deletion is not signed" eval "is \"\$(status_of t2)\" in-progress && is \"\$(jq -r .deletion out)\" null"
ok "it is reported" eval "until grep -q \"incoming/$id: cannot be deleted: Is a directory (1 such files)\" serve.log; do sleep 0.1; done"
ok "and counted" is "$("$region" report disk/r --json | jq .kept.undeleted)" 1
rmdir "disk/r/incoming/$id" && mv moved "disk/r/incoming/$id"
ok "and deleted as soon as that can be" deleted t2
ok "it ends with status 0" halt

plan
