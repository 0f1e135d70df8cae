// SPDX-License-Identifier: GPL-2.0-or-later
/* delta_text.c - the head of a delta as text (see delta_text.h). */
#include "lib/text/delta_text.h"

#include <errno.h>
#include <stdio.h>

#include "lib/util/hex.h"

/*
 * Writes what gth_delta_parse() reads, and asks it whether it does.
 * Return: the length; -EMSGSIZE: @size is too small; -EINVAL, -EFBIG: the
 * parser would refuse it.
 */
int gth_delta_format(const struct gth_delta *d, char *text, size_t size)
{
	char from[2 * GTH_DIGEST_SIZE + 1], to[2 * GTH_DIGEST_SIZE + 1];
	char records[2 * GTH_DIGEST_SIZE + 1];
	struct gth_delta back;
	size_t at;
	int len, err;

	gth_hex_encode(from, d->from, sizeof(d->from));
	gth_hex_encode(to, d->to, sizeof(d->to));
	gth_hex_encode(records, d->digest, sizeof(d->digest));
	len = snprintf(text, size,
		       "gotthard-delta 1\n"
		       "name: %.*s\n"
		       "from-version: %llu\n"
		       "from-manifest: %s\n"
		       "to-manifest: %s\n"
		       "removed: %llu\n"
		       "changed: %llu\n"
		       "added: %llu\n"
		       "records-sha256: %s\n",
		       (int)sizeof(d->name), d->name, d->from_version, from, to,
		       d->count[GTH_DELTA_REMOVED], d->count[GTH_DELTA_CHANGED],
		       d->count[GTH_DELTA_ADDED], records);
	if (len < 0 || (size_t)len >= size)
		return -EMSGSIZE;
	err = gth_delta_parse(&back, text, (size_t)len, &at);
	return err ? err : len;
}
