// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * search.c - finds a record in a body on disk (see search.h).
 *
 * pread() and no mapping: a body that shrinks meanwhile is an error, not SIGBUS.
 */
#include "lib/search.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "lib/io.h"

#define RECORD sizeof(struct gth_record)
#define KEY offsetof(struct gth_record, class)

/*
 * Return: 0 with @class, GTH_CLASS_UNKNOWN when there is no such record;
 * -EPROTO: record @at is invalid; -ENODATA: the body is too short; or a
 * negative errno.
 */
int gth_search_body(int fd, u64 records, u8 domain, const u8 digest[GTH_DIGEST_SIZE], u8 *class,
		    u64 *at)
{
	struct gth_record wanted = { .domain = domain };
	u64 low = 0, high = records;

	memcpy(wanted.digest, digest, GTH_DIGEST_SIZE);
	*class = GTH_CLASS_UNKNOWN;
	while (low < high) {
		u64 middle = low + (high - low) / 2;
		struct gth_record rec;
		ssize_t n = gth_pread_full(fd, &rec, RECORD, (off_t)(middle * RECORD));
		int order;

		if (n < 0)
			return (int)n;
		*at = middle;
		if (n != (ssize_t)RECORD)
			return -ENODATA;
		if (rec.domain == GTH_DOMAIN_NONE || rec.domain >= GTH_DOMAIN_MAX ||
		    rec.class == GTH_CLASS_UNKNOWN || rec.class >= GTH_CLASS_MAX)
			return -EPROTO;
		order = memcmp(&wanted, &rec, KEY);
		if (!order) {
			*class = rec.class;
			return 0;
		}
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return 0;
}
