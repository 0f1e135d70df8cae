/* SPDX-License-Identifier: GPL-2.0-or-later */
/* path_tiles.h - the tiles that show that a log continues what it was. */
#ifndef REGION_PATH_TILES_H
#define REGION_PATH_TILES_H

#include <stdint.h>

#include "lib/log/tile.h"

#define REGION_PATH_TILES (3 * GTH_MERKLE_LEVELS)

unsigned int region_path_tiles(uint64_t size, uint64_t older,
			       struct gth_tile tiles[REGION_PATH_TILES]);
int region_path_check(int dir, uint64_t size, uint64_t older);

#endif /* REGION_PATH_TILES_H */
