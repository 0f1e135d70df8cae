/* SPDX-License-Identifier: GPL-2.0-or-later */
/* steps.h - each file's next step on its way to the region. */
#ifndef GTH_DAEMON_STORE_STEPS_H
#define GTH_DAEMON_STORE_STEPS_H

#include <stdbool.h>

struct gth_store;

bool gth_steps_take(struct gth_store *s);

#endif /* GTH_DAEMON_STORE_STEPS_H */
