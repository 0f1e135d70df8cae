/* SPDX-License-Identifier: GPL-2.0-only */
/* exempt.h - processes that are neither held nor denied: the daemon's own. */
#ifndef GTH_EXEMPT_H
#define GTH_EXEMPT_H

#include <linux/list.h>
#include <linux/types.h>

struct pid;

/* One descriptor of the device; on the list while its process is exempt. */
struct gth_exempt {
	struct list_head node;
	struct pid *process;		/* referenced; NULL: not exempt */
};

void gth_exempt_init(struct gth_exempt *x);
int gth_exempt_add(struct gth_exempt *x);
void gth_exempt_remove(struct gth_exempt *x);
bool gth_exempt_current(void);
bool gth_exempt_any(void);

#endif /* GTH_EXEMPT_H */
