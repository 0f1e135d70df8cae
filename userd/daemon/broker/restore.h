/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * restore.h - when the daemon starts, it brings the kept state into force again: the floors below
 * which no table is loaded, the table, then root's verdicts, then policy, with its mode last. So no
 * policy takes effect before the table and the verdicts that it relies on.
 */
#ifndef GTH_DAEMON_BROKER_RESTORE_H
#define GTH_DAEMON_BROKER_RESTORE_H

#include <stddef.h>
#include <stdint.h>

#include <linux/gotthard.h>

#include "lib/host/table_dir.h"

#define GTH_RESTORE_PROBLEMS 8
#define GTH_RESTORE_TEXT 384 /* bytes, NUL included */

struct gth_restore_device {
	int (*load)(void *arg, const struct gth_table_files *files); /* as gth_device_load() */
	int (*info)(void *arg, struct gth_info *info);		     /* as gth_device_info() */
	int (*set)(void *arg, const char *knob, const char *value);  /* as gth_sysfs_write() */
	int (*write)(void *arg, const struct gth_verdict *records,
		     unsigned int n); /* as gth_device_verdict(), by a descriptor of root */
	int (*verdicts)(void *arg, struct gth_verdict **records,
			size_t *n);			    /* as gth_device_verdicts() */
	int (*floors)(void *arg, struct gth_floors *list);  /* as gth_device_floors() */
	int (*raise)(void *arg, const struct gth_floor *f); /* as gth_device_raise() */
	void *arg;
};

/* The kept things that did not come into force, and why; for status. */
struct gth_restore {
	size_t n; /* if more than fit, the last one says so */
	char problem[GTH_RESTORE_PROBLEMS][GTH_RESTORE_TEXT];
};

__attribute__((format(printf, 2, 3))) void gth_restore_problem(struct gth_restore *r,
							       const char *format, ...);
void gth_restore_verdicts(struct gth_restore *r, const struct gth_restore_device *device,
			  const char *etc, uint64_t now);
void gth_restore(struct gth_restore *r, const struct gth_restore_device *device, const char *etc,
		 const char *state);

#endif /* GTH_DAEMON_BROKER_RESTORE_H */
