/* SPDX-License-Identifier: GPL-2.0-only */
/* live_policy.h - the policy in force. Readers take a copy under RCU. */
#ifndef GTH_LIVE_POLICY_H
#define GTH_LIVE_POLICY_H

#include "core/policy.h"

int gth_live_policy_init(void);
void gth_live_policy_exit(void);
void gth_live_policy_read(struct gth_policy *copy);
int gth_live_policy_set(enum gth_knob_id id, const char *text);

#endif /* GTH_LIVE_POLICY_H */
