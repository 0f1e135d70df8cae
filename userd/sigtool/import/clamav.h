/* SPDX-License-Identifier: GPL-2.0-or-later */
/* clamav.h - what ClamAV's lists and its packed databases have in common. */
#ifndef SIGTOOL_IMPORT_CLAMAV_H
#define SIGTOOL_IMPORT_CLAMAV_H

#include <stdbool.h>

#include "sigtool/import/taking.h"

bool clamav_is_list(const char *name);
bool clamav_is_packed(const char *name);
int clamav_line(struct taking *t, void *ctx, const char *line, size_t len, u64 number);
int clamav_packed(struct taking *t, const char *path);

#endif /* SIGTOOL_IMPORT_CLAMAV_H */
