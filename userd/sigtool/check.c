// SPDX-License-Identifier: GPL-2.0-or-later
/* check.c - a body against its manifest (see check.h). */
#include "sigtool/check.h"

#include "lib/host/empty.h"
#include "sigtool/body_reader.h"

/*
 * Fills in @p when something is wrong. @empty: the class in which the empty file is
 * listed, unless it is trusted; GTH_CLASS_UNKNOWN: it is not.
 * Return: 0 or a negative errno of the system.
 */
int check_body(const struct database *db, struct problem *p, u8 *empty,
	       struct gth_progress *progress)
{
	u64 records = db->m.body_size / sizeof(struct gth_record);
	const struct gth_record *rec;
	struct body_reader r;
	int err = body_reader_open(&r, db);

	*empty = GTH_CLASS_UNKNOWN;
	while (!err) {
		int more = body_reader_next(&r, &rec);

		if (more <= 0) {
			err = more;
			break;
		}
		if (gth_empty_denied(rec->domain, rec->class, rec->digest))
			*empty = rec->class;
		gth_progress_show(progress, "records checked", r.stream.records, records);
	}
	*p = r.problem;
	body_reader_close(&r);
	return err;
}
