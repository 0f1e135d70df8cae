/* SPDX-License-Identifier: GPL-2.0-or-later */
/* live_policy.h - the policy in force, as the module's own functions take it. */
#ifndef GTH_CTL_LIVE_POLICY_H
#define GTH_CTL_LIVE_POLICY_H

#include <stddef.h>

#include "core/policy.h"

int ctl_knob_find(const char *name);
int ctl_knob_path(enum gth_knob_id id, char *path, size_t size);
void ctl_knob_legal(enum gth_knob_id id, char *text, size_t size);
int ctl_policy_read(struct gth_policy *p);

#endif /* GTH_CTL_LIVE_POLICY_H */
