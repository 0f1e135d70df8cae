#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs workloads in the guest: guest.sh WARM NAME..., in the directory of meter and the workloads.
#
# Each is run once cold: the kernel's caches of pages, names and inodes are dropped, and what Gotthard keeps with an
# inode goes with it. Then WARM times with what the runs before left. A line of JSON a run is printed, and goes into runs.jsonl.
set -eu

warm=$1
shift
# The guest's clock and caches settle; so does the kernel's own start.
sleep 3
for name; do
	for run in cold $(seq -f 'warm%g' "$warm"); do
		sh "./$name.sh" prepare >/tmp/output 2>&1 || { cat /tmp/output && exit 1; }
		sync
		[ "$run" != cold ] || echo 3 >/proc/sys/vm/drop_caches
		./meter /tmp/meter sh -c "sh ./$name.sh work >/tmp/output 2>&1" || {
			echo "$name, $run:"
			cat /tmp/output
			exit 1
		}
		sed "s/^{/{\"workload\":\"$name\",\"run\":\"${run%%[0-9]*}\",/" /tmp/meter | tee -a /tmp/runs.jsonl
	done
done
cp /tmp/runs.jsonl runs.jsonl
