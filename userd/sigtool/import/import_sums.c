// SPDX-License-Identifier: GPL-2.0-or-later
/* import_sums.c - lists of digests as sha256sum and its like write them. */
#include "sigtool/import/import.h"
#include "sigtool/import/source.h"
#include "sigtool/import/sums.h"

static int take_line(struct taking *t, void *ctx, const char *line, size_t len, u64 number)
{
	static char name[GTH_LINE_MAX];
	struct sums_entry e;
	enum sums_kind kind = sums_parse(ctx, line, len, &e);

	switch (kind) {
	case SUMS_NOTHING:
		return 0;
	case SUMS_SHA256:
		if (e.escaped) {
			e.len = sums_unescape(name, e.name, e.len);
			e.name = name;
		}
		return taking_take(t, e.digest, e.name, e.len);
	default:
		return taking_not(t, number, kind == SUMS_OTHER ? TAKING_FOREIGN : TAKING_MALFORMED,
				  e.why);
	}
}

int import_sums(struct taking *t, const char *path)
{
	static struct sums sums;

	sums = (struct sums) { .listing = false };
	return source_file(t, path, "sha256sum", take_line, &sums);
}
