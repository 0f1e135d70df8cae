/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * verdict.h - verdicts that arrive one by one: a small mutable overlay over the
 * signature table, with expiry. Those of root and those of the region are kept
 * apart; which of them counts beside the table is for gth_policy_source() to say.
 */
#ifndef GTH_VERDICT_H
#define GTH_VERDICT_H

#include <linux/gotthard.h>
#include <linux/types.h>

void gth_verdict_init(void);
void gth_verdict_exit(void);
int gth_verdict_write(const struct gth_verdict *records, size_t n);
int gth_verdict_list(u64 *cursor, struct gth_verdict *records, u32 room);
void gth_verdict_find(u8 domain, const u8 digest[GTH_DIGEST_SIZE], u8 class[GTH_SOURCE_MAX]);
u64 gth_verdict_count(void);

#endif /* GTH_VERDICT_H */
