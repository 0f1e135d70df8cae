// SPDX-License-Identifier: GPL-2.0-or-later
/* logged.c - finds a release in a log (see logged.h). */
#include "region/logged.h"

#include <string.h>

#include "lib/log/tile.h"
#include "lib/util/sha256.h"

struct search {
	const char *name;
	uint64_t version;
	uint64_t end;		   /* of the tile that is searched */
	uint64_t lowest;	   /* version of this name that was seen */
	struct region_logged last; /* in the tile */
	struct region_logged *found;
};

/* An entry that is not a manifest of this format is not of this name either. */
static int look(uint64_t index, const void *entry, size_t len, void *arg)
{
	struct search *s = arg;
	struct region_logged l = { .any = true, .index = index };
	int err;

	if (index >= s->end)
		return 1;
	if (gth_manifest_parse(&l.m, entry, len) || strcmp(l.m.name, s->name) != 0)
		return 0;
	err = gth_sha256(entry, len, l.digest);
	if (err)
		return err;
	s->last = l;
	if (l.m.version == s->version)
		*s->found = l;
	if (l.m.version < s->lowest)
		s->lowest = l.m.version;
	return 0;
}

/**
 * region_logged_find() - the last release of a name, and the one of a version
 * @log: the directory of the log
 * @size: entries, from its checkpoint
 * @version: 0: none, only the last one is looked for
 * @last: set to the release of the highest version, @found: to that of @version
 *
 * Reads backwards, tile by tile, until it is certain: versions of a name rise.
 * Return: 0 (also where there is none); -EBADMSG: a tile is missing or torn; or a negative errno.
 */
int region_logged_find(int log, uint64_t size, const char *name, uint64_t version,
		       struct region_logged *last, struct region_logged *found)
{
	struct search s = {
		.name = name, .version = version, .lowest = UINT64_MAX, .found = found
	};
	uint64_t tile = (size + GTH_TILE_FULL - 1) / GTH_TILE_FULL;
	int ret = 0;

	memset(last, 0, sizeof(*last));
	memset(found, 0, sizeof(*found));
	while (tile-- && ret >= 0) {
		s.last.any = false;
		s.end = (tile + 1) * GTH_TILE_FULL;
		ret = gth_tlog_each(log, size, tile * GTH_TILE_FULL, look, &s);
		if (!last->any)
			*last = s.last;
		if (last->any && (!version || s.lowest <= version))
			break;
	}
	return ret < 0 ? ret : 0;
}
