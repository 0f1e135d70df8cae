/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * operations.h - every operation that is judged, once, in the order of enum gth_op.
 *
 * The switch and the knob for unknown files, the counter of checks, the sign of
 * life in health/ and the words of the programs are all made from this list.
 *
 *   X(ID, name, hook, unknown, verb)
 *     ID       of GTH_OP_ID in the ABI header
 *     name     in sysfs, events and on command lines
 *     hook     the GTH_KNOB_HOOK_ that switches it
 *     unknown  the GTH_KNOB_ that says what becomes of an unknown file
 *     verb     in a sentence for people: "user 1000 may not VERB /bin/x"
 */
#ifndef GTH_OPERATIONS_H
#define GTH_OPERATIONS_H

#define GTH_OPERATIONS(X)								\
	X(OPEN, open, OPEN, OPEN_UNKNOWN, "open")					\
	X(EXEC, exec, EXEC, EXEC_UNKNOWN, "execute")					\
	X(MMAP, mmap, MMAP, EXEC_UNKNOWN, "map as code")				\
	X(MPROTECT, mprotect, MMAP, EXEC_UNKNOWN, "make executable a mapping of")	\
	X(KERNEL, kernel_read, KERNEL_READ, KERNEL_UNKNOWN, "load into the kernel")

#endif /* GTH_OPERATIONS_H */
