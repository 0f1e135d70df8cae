/* SPDX-License-Identifier: GPL-2.0-or-later */
/* verdict.h - gotthardctl verdict: its parts. */
#ifndef GTH_CTL_VERDICT_H
#define GTH_CTL_VERDICT_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/gotthard.h>

int ctl_verdict_list(const char *config);
int ctl_verdict_keep(const struct gth_verdict *records, size_t n, const char *why);
int ctl_verdict_unkeep(const struct gth_verdict *records, size_t n);
void ctl_verdict_warn_kept(const struct gth_verdict *records, size_t n);

#endif /* GTH_CTL_VERDICT_H */
