#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Looks through a kernel log for what must not be there: prints it with context and exits 1 if there is any.
set -euo pipefail
export LC_ALL=C

if (($# != 1)) || [[ ! -r $1 ]]; then
	echo "usage: log-scan.sh KERNEL-LOG" >&2
	exit 64
fi

# A program's own fault is not the kernel's (`traps: x[1] general protection fault`), and the kernel calls
# some advice about CPU mitigations a WARNING. Debian's kernel has data races of its own: a report of KCSAN counts where
# one of the two accesses is the module's, which is seen in the first lines of its stack.
tr -d '\r' <"$1" | awk '
	function bad(l) {
		if (l ~ /traps: .* general protection fault ip:/ || l ~ /(Spectre V2|RETBleed) ?: WARNING:/)
			return 0
		return l ~ /Oops[:-]|BUG:|WARNING:|kernel BUG at|general protection/ ||
			l ~ /(KASAN|KFENCE|UBSAN|KCSAN|KMSAN):/ ||
			l ~ /rcu.*(detected stall|self-detected stall|detected expedited stall)|rcu.*kthread starved/ ||
			l ~ /possible (circular|recursive) locking|inconsistent lock state|suspicious RCU usage/ ||
			l ~ /possible irq lock inversion|lock held when returning to user space|bad unlock balance|held lock freed/ ||
			l ~ /blocked for more than|soft lockup|hard LOCKUP|Kernel panic|unregister_netdevice: waiting/ ||
			l ~ /sleeping function called from invalid context|scheduling while atomic|refcount_t:/ ||
			l ~ /list_(add|del) corruption|Bad page state|Busy inodes after unmount|Unable to handle kernel/ ||
			l ~ /new suspected memory leaks|unreferenced object 0x/
	}
	{ line[NR] = $0 }
	/BUG: KCSAN:/ { report = NR; depth = 9; next }
	report && /(read|write).* (to|by) |race at unknown origin/ { depth = 0 }
	report && ++depth <= 4 && /\[gotthard\]/ { hit[report] = 1; hits++; report = 0 }
	report && /={60}/ { report = 0 }
	bad($0) { hit[NR] = 1; hits++ }
	END {
		if (!hits) exit 0
		for (i = 1; i <= NR; i++) if (hit[i]) for (j = i - 3; j <= i + 30; j++) show[j] = 1
		for (i = 1; i <= NR && shown < 200; i++) if (show[i]) {
			if (last && i != last + 1) print "  ..."
			print (hit[i] ? "> " : "  ") line[i]
			last = i; shown++
		}
		exit 1
	}'
