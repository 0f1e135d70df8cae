/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * guard.h - before a change: would it refuse files that this machine needs?
 *
 * The new state is judged by the module's own function (core/policy.c), with the module's
 * facts about each file. Direct writes to sysfs or to the device are not guarded.
 */
#ifndef GTH_CTL_GUARD_H
#define GTH_CTL_GUARD_H

#include <stdbool.h>

#include "core/policy.h"

/* The changes to be made, all at once; zeroed: none. */
struct ctl_change {
	const struct gth_policy *policy; /* NULL: as it is */
	bool new_table;
	int body; /* of the new table: its records; -1: there will be no table */
	const struct gth_verdict *verdicts;
	unsigned int n;
	bool at_boot; /* it is what the next start will find: nothing is refused before */
};

/* For commands that ask. */
#define CTL_KEY_YES 257
#define CTL_YES_OPTION                                                                             \
	{                                                                                          \
		"yes", CTL_KEY_YES, NULL, 0,                                                       \
			"do it although files that this machine needs would be refused", 0         \
	}

int ctl_guard(int device, const struct ctl_change *change);

#endif /* GTH_CTL_GUARD_H */
