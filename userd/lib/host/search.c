// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * search.c - finds a record in a body on disk (see search.h).
 *
 * pread() and no mapping: a body that shrinks meanwhile is an error, not SIGBUS.
 */
#include "lib/host/search.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "lib/util/hex.h"
#include "lib/util/io.h"
#include "lib/util/prefix.h"

#define RECORD sizeof(struct gth_record)
#define KEY offsetof(struct gth_record, class)

/* Record @at. Return: 0; -EPROTO: it is invalid; -ENODATA: there is none; or an errno. */
static int read_record(int fd, u64 at, struct gth_record *rec)
{
	ssize_t n = gth_pread_full(fd, rec, RECORD, (off_t)(at * RECORD));

	if (n < 0)
		return (int)n;
	if (n != (ssize_t)RECORD)
		return -ENODATA;
	return rec->domain == GTH_DOMAIN_NONE || rec->domain >= GTH_DOMAIN_MAX ||
			       rec->class == GTH_CLASS_UNKNOWN || rec->class >= GTH_CLASS_MAX
		       ? -EPROTO
		       : 0;
}

/* The first record that is not before @wanted. Return: 0, -ENOENT, or of read_record(). */
static int find_from(int fd, u64 records, const struct gth_record *wanted, struct gth_record *found,
		     u64 *at)
{
	u64 low = 0, high = records;

	while (low < high) {
		u64 middle = low + (high - low) / 2;
		struct gth_record rec;
		int err;

		*at = middle;
		err = read_record(fd, middle, &rec);
		if (err)
			return err;
		if (memcmp(wanted, &rec, KEY) <= 0) {
			high = middle;
			*found = rec;
		} else {
			low = middle + 1;
		}
	}
	*at = low;
	return low < records ? 0 : -ENOENT;
}

/*
 * Return: 0 with @class, GTH_CLASS_UNKNOWN when there is no such record;
 * -EPROTO: record @at is invalid; -ENODATA: the body is too short; or a
 * negative errno.
 */
int gth_search_body(int fd, u64 records, u8 domain, const u8 digest[GTH_DIGEST_SIZE], u8 *class,
		    u64 *at)
{
	struct gth_record wanted = { .domain = domain }, found;
	int err;

	memcpy(wanted.digest, digest, GTH_DIGEST_SIZE);
	*class = GTH_CLASS_UNKNOWN;
	err = find_from(fd, records, &wanted, &found, at);
	if (!err && !memcmp(&wanted, &found, KEY))
		*class = found.class;
	return err == -ENOENT ? 0 : err;
}

/**
 * gth_search_prefix() - the records whose digests begin so
 * @prefix: of gth_prefix_parse()
 * @found: room for @max of them
 * @at: the record that an error is about
 *
 * Return: how many, @max at most; or an error as of gth_search_body().
 */
int gth_search_prefix(int fd, u64 records, u8 domain, const char *prefix, struct gth_record *found,
		      int max, u64 *at)
{
	struct gth_record wanted = { .domain = domain };
	char digits[2 * GTH_DIGEST_SIZE + 1];
	int n = 0, err;

	memset(digits, '0', sizeof(digits) - 1);
	memcpy(digits, prefix, strnlen(prefix, sizeof(digits) - 1));
	if (gth_hex_decode(wanted.digest, GTH_DIGEST_SIZE, digits))
		return -EINVAL;
	err = find_from(fd, records, &wanted, &found[0], at);
	while (!err && found[n].domain == domain && gth_prefix_of(prefix, found[n].digest) &&
	       ++n < max)
		err = ++*at < records ? read_record(fd, *at, &found[n]) : -ENOENT;
	return err && err != -ENOENT ? err : n;
}
