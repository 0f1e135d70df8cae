// SPDX-License-Identifier: GPL-2.0-or-later
/* knobs.c - the files of a directory of /sys/kernel/gotthard, by name (see knobs.h). */
#include "knobs.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/host/sysfs.h"

static int visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && entry->d_type == DT_REG;
}

/* ctl_each_file() - fn for each readable file of dir, in alphabetical order; 0 or -errno */
int ctl_each_file(const char *dir, ctl_file_fn fn, void *ctx)
{
	char path[PATH_MAX], value[GTH_VALUE_MAX];
	struct dirent **entries;
	int n;

	snprintf(path, sizeof(path), "%s/%s", GTH_SYSFS, dir);
	n = scandir(path, &entries, visible, alphasort);
	if (n < 0)
		return -errno;
	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, entries[i]->d_name);
		if (gth_sysfs_read(path, value, sizeof(value)) >= 0)
			fn(entries[i]->d_name, value, ctx);
		free(entries[i]);
	}
	free(entries);
	return 0;
}
