/* SPDX-License-Identifier: GPL-2.0-or-later */
/* knobs.h - the files of a directory of /sys/kernel/gotthard, by name. */
#ifndef GTH_CTL_KNOBS_H
#define GTH_CTL_KNOBS_H

typedef void (*ctl_file_fn)(const char *name, const char *value, void *ctx);

int ctl_each_file(const char *dir, ctl_file_fn fn, void *ctx);

#endif /* GTH_CTL_KNOBS_H */
