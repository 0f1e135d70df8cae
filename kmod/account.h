/* SPDX-License-Identifier: GPL-2.0-only */
/* account.h - to whom a task's requests and events are charged. */
#ifndef GTH_ACCOUNT_H
#define GTH_ACCOUNT_H

#include <linux/types.h>

#define GTH_ACCOUNT_ROOT 0ULL

u64 gth_account_current(void);

#endif /* GTH_ACCOUNT_H */
