/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * policy_file.h - the policy of this machine: the logs whose releases it loads, and the witnesses
 * that must have cosigned them. Where the file is, no release is loaded without a proof.
 */
#ifndef GTH_LIB_RELEASE_POLICY_FILE_H
#define GTH_LIB_RELEASE_POLICY_FILE_H

#include "lib/log/policy.h"

#define GTH_RELEASE_POLICY "tables.policy" /* in /etc/gotthard */

int gth_release_policy_load(struct gth_policy *p, const char *etc, struct gth_policy_fault *fault);

#endif /* GTH_LIB_RELEASE_POLICY_FILE_H */
