/* SPDX-License-Identifier: GPL-2.0-or-later */
/* verdict.h - gotthardctl verdict: its parts. */
#ifndef GTH_CTL_VERDICT_H
#define GTH_CTL_VERDICT_H

#include <stdbool.h>

int ctl_verdict_list(const char *config, bool json);

#endif /* GTH_CTL_VERDICT_H */
