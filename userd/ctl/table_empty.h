/* SPDX-License-Identifier: GPL-2.0-or-later */
/* table_empty.h - a table that lists the empty file as bad is not loaded unasked. */
#ifndef GTH_CTL_TABLE_EMPTY_H
#define GTH_CTL_TABLE_EMPTY_H

#include <stdbool.h>

bool ctl_empty_is_fine(const char *body, int fd, bool insists);

#endif /* GTH_CTL_TABLE_EMPTY_H */
