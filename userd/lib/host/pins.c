// SPDX-License-Identifier: GPL-2.0-or-later
/* pins.c - what the daemon leaves in the BPF filesystem (see pins.h). */
#include "lib/host/pins.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

/*
 * The programs of bpf/gotthard.bpf.c, in the order of attaching: the event program
 * first to see all, then those that see content change, then those that judge only.
 */
const char *const gth_hook_programs[GTH_HOOKS] = {
	"gth_event",	     "gth_inode_setattr",	"gth_file_fcntl",
	"gth_file_open",     "gth_bprm_check_security", "gth_mmap_file",
	"gth_file_mprotect", "gth_kernel_read_file",
};

/* gth_pin_path() - 0, or -ENAMETOOLONG */
int gth_pin_path(char *path, unsigned int size, const char *dir, const char *prefix,
		 const char *name)
{
	int n = snprintf(path, size, "%s/%s%s", dir, prefix, name);

	return n < 0 || (unsigned int)n >= size ? -ENAMETOOLONG : 0;
}

/* gth_pins_complete() - is every hook pinned in dir? */
bool gth_pins_complete(const char *dir)
{
	char path[PATH_MAX];

	for (int i = 0; i < GTH_HOOKS; i++)
		if (gth_pin_path(path, sizeof(path), dir, GTH_PIN_LINK, gth_hook_programs[i]) ||
		    access(path, F_OK))
			return false;
	return true;
}
