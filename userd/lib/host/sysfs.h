/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sysfs.h - the files below /sys/kernel/gotthard/: one value each. */
#ifndef GTH_LIB_HOST_SYSFS_H
#define GTH_LIB_HOST_SYSFS_H

#include <stdbool.h>
#include <stddef.h>

#define GTH_SYSFS "/sys/kernel/gotthard"
#define GTH_VALUE_MAX 4096 /* a sysfs file is a page */

bool gth_sysfs_present(void);
int gth_sysfs_read(const char *name, char *value, size_t size);
int gth_sysfs_read_u64(const char *name, unsigned long long *value);
int gth_sysfs_write(const char *name, const char *value);

#endif /* GTH_LIB_HOST_SYSFS_H */
