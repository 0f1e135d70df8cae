/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * room.h - space on the disk: is there enough, and a reserve file, so that deletions can be written
 * on a full disk.
 */
#ifndef REGION_ROOM_H
#define REGION_ROOM_H

#include <stdbool.h>
#include <stdint.h>

#define REGION_SPARE (64ULL << 20) /* bytes */

bool region_room(int fd, uint64_t bytes);

int region_reserve_make(int dirfd);
bool region_reserve_use(int dirfd);

#endif /* REGION_ROOM_H */
