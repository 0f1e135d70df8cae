/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * verdict.h - verdicts that arrive one by one: a small mutable overlay over the
 * signature table, with expiry. A verdict goes before the table's class.
 */
#ifndef GTH_VERDICT_H
#define GTH_VERDICT_H

#include <linux/gotthard.h>
#include <linux/types.h>

void gth_verdict_init(void);
void gth_verdict_exit(void);
int gth_verdict_write(const struct gth_verdict *records, size_t n);
u8 gth_verdict_find(u8 domain, const u8 digest[GTH_DIGEST_SIZE]);
u64 gth_verdict_count(void);

#endif /* GTH_VERDICT_H */
