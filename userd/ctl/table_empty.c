// SPDX-License-Identifier: GPL-2.0-or-later
/* table_empty.c - a table that lists the empty file (see table_empty.h). */
#include "table_empty.h"

#include <errno.h>

#include "lib/host/empty.h"
#include "lib/host/names.h"
#include "lib/util/say.h"

/**
 * ctl_empty_is_fine() - may this table be loaded, by its record of the empty file?
 * @body: its name for messages
 * @fd: the descriptor that the module gets
 * @insists: the user takes it as it is
 */
bool ctl_empty_is_fine(const char *body, int fd, bool insists)
{
	u8 class;
	int err = gth_empty_find(fd, &class);

	/* The module reports all other faults. */
	if (err == -ESPIPE && !insists)
		gth_say("%s: cannot be read twice, and was not searched for the digest of the empty file",
			body);
	if (err || class == GTH_CLASS_UNKNOWN || class == GTH_CLASS_TRUSTED)
		return true;
	if (insists)
		gth_say("%s: warning: " GTH_EMPTY_TEXT, body, gth_class_name(class));
	else
		gth_say("%s: " GTH_EMPTY_TEXT
			"; it was not loaded, and the table in force stays (build it without, or insist with --allow-empty)",
			body, gth_class_name(class));
	return insists;
}
