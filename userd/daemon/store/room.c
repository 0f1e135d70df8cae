// SPDX-License-Identifier: GPL-2.0-or-later
/* room.c - is there room on the disk for spooling a file? (See room.h.) */
#include "daemon/store/room.h"

#include <stddef.h>

#include "lib/util/say.h"

/*
 * Do the copies of a file leave enough of the filesystem free? No other file of
 * the spool is dropped for it, because another program may have filled the
 * disk. Logged once.
 */
bool gth_room_leaves(struct gth_room *m, const struct gth_reserve *reserve, uint64_t need)
{
	bool leaves = gth_reserve_leaves(reserve, need);

	if (leaves && m->missed)
		gth_say("there is room on the disk again: files are spooled");
	if (!leaves && !m->missed)
		gth_say("less than %llu bytes of the disk would be left free: no file is spooled "
			"until there is more room",
			(unsigned long long)gth_reserve_kept(reserve, NULL));
	m->missed = leaves ? 0 : need;
	m->refused += !leaves;
	return leaves;
}

/* Looks again, before a report: there may be room by now. */
void gth_room_look(struct gth_room *m, const struct gth_reserve *reserve)
{
	if (gth_reserve_leaves(reserve, m->missed))
		m->missed = 0;
}
