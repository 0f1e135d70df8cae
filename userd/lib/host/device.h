/* SPDX-License-Identifier: GPL-2.0-or-later */
/* device.h - /dev/gotthard, and its errors in words. */
#ifndef GTH_LIB_HOST_DEVICE_H
#define GTH_LIB_HOST_DEVICE_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/gotthard.h>

#include "lib/host/table_dir.h"

#define GTH_DEVICE "/dev/gotthard"

int gth_device_open(void);
const char *gth_device_open_hint(int error);
int gth_device_info(int device, struct gth_info *info);
bool gth_device_same_release(const struct gth_info *before, const struct gth_info *now);
int gth_device_load(int device, const struct gth_table_files *files);
int gth_device_roll_back(int device, const struct gth_table_files *files);
const char *gth_device_load_hint(int error);
int gth_device_floors(int device, struct gth_floors *list);
int gth_device_raise(int device, const struct gth_floor *f);
int gth_device_drop(int device);
int gth_device_exempt(int device);
int gth_device_serve(int device);
int gth_device_hooks(int device, const int *links, unsigned int n);
int gth_device_explain(int device, int fd, unsigned int op, struct gth_explain *x);
int gth_device_region(int device);
int gth_device_verdict(int device, const struct gth_verdict *records, unsigned int n);
int gth_device_verdicts(int device, struct gth_verdict **records, size_t *n);

#endif /* GTH_LIB_HOST_DEVICE_H */
