/* SPDX-License-Identifier: GPL-2.0-or-later */
/* radix.h - sorts records in place. */
#ifndef SIGTOOL_RADIX_H
#define SIGTOOL_RADIX_H

#include <linux/gotthard.h>
#include <stddef.h>

void radix_sort(struct gth_record *rec, size_t n);
size_t radix_unique(struct gth_record *rec, size_t n);

#endif /* SIGTOOL_RADIX_H */
