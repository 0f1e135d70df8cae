/* SPDX-License-Identifier: GPL-2.0-or-later */
/* room.h - is there room on the disk for spooling a file? */
#ifndef GTH_DAEMON_STORE_ROOM_H
#define GTH_DAEMON_STORE_ROOM_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/store/reserve.h"

struct gth_room {
	uint64_t missed;  /* bytes that the last file needed and did not get; 0: there was room */
	uint64_t refused; /* files that were not spooled for want of room, since the start */
};

bool gth_room_leaves(struct gth_room *m, const struct gth_reserve *reserve, uint64_t need);
void gth_room_look(struct gth_room *m, const struct gth_reserve *reserve);

#endif /* GTH_DAEMON_STORE_ROOM_H */
