/* SPDX-License-Identifier: GPL-2.0-only */
/* sysfs.h - /sys/kernel/gotthard/, documented in docs/abi/sysfs-kernel-gotthard. */
#ifndef GTH_SYSFS_H
#define GTH_SYSFS_H

int gth_sysfs_init(void);
void gth_sysfs_exit(void);

#endif /* GTH_SYSFS_H */
