/* SPDX-License-Identifier: GPL-2.0-or-later */
/* status_update.h - how the last update of the table went, for gotthardctl status. */
#ifndef GTH_CTL_STATUS_UPDATE_H
#define GTH_CTL_STATUS_UPDATE_H

#include <stdbool.h>

#include <jansson.h>

#include "lib/release/history.h"
#include "lib/release/update_state.h"

struct ctl_update_status {
	bool known; /* there was one, and this user may read of it */
	struct gth_update_state u;
	struct gth_history_act pin; /* a version of 0: none */
	char problem[512];	    /* "": none */
};

void ctl_update_status(struct ctl_update_status *s);
void ctl_update_status_print(const struct ctl_update_status *s);
json_t *ctl_update_status_json(const struct ctl_update_status *s);

#endif /* GTH_CTL_STATUS_UPDATE_H */
