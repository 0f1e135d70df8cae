/* SPDX-License-Identifier: GPL-2.0-only */
/* device.h - /dev/gotthard: tables and verdicts in, explanations out. */
#ifndef GTH_DEVICE_H
#define GTH_DEVICE_H

#include <linux/types.h>

int gth_device_init(void);
void gth_device_exit(void);

#endif /* GTH_DEVICE_H */
