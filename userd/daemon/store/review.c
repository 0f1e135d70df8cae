// SPDX-License-Identifier: GPL-2.0-or-later
/* review.c - checks consent again for earlier files (see review.h). */
#include "daemon/store/review.h"

#include <stdio.h>

#include "daemon/store/consent.h"
#include "daemon/store/context.h"
#include "daemon/store/region.h"
#include "daemon/store/send.h"
#include "daemon/store/spool.h"
#include "daemon/store/submission.h"
#include "daemon/store/withheld.h"
#include "lib/host/sql.h"

/* gth_review_keep() - keep the facts that consent depends on with the row, for later checks */
void gth_review_keep(struct gth_row *r, const struct gth_subject *subject)
{
	const struct gth_file_info *f = &subject->facts;

	snprintf(r->path, sizeof(r->path), "%s", subject->request_path);
	snprintf(r->link, sizeof(r->link), "%s", subject->link);
	snprintf(r->filesystem, sizeof(r->filesystem), "%s", subject->filesystem);
	r->path_whole = f->path_whole;
	r->owner = f->owner_told ? (int64_t)f->owner : -1;
}

static void kept_facts(const struct gth_row *r, struct gth_file_info *f)
{
	*f = (struct gth_file_info) {
		.readable = true,
		.path = { r->path[0] ? r->path : NULL, r->link[0] ? r->link : NULL },
		.path_whole = r->path_whole,
		.owner_told = r->owner >= 0,
		.owner = (uid_t)r->owner,
		.filesystem = r->filesystem,
		.size = r->size,
		.class = gth_data_class_is_file(r->class) ? (enum gth_data_class)r->class : GTH_D4,
	};
}

/*
 * gth_review_one() - check consent again by the kept facts of a file. Return:
 * GTH_WITHHELD_NOT, or the reason why it must not be sent (reasons to wait do
 * not count)
 */
enum gth_withheld gth_review_one(const struct gth_store *s, const struct gth_row *r)
{
	struct gth_file_info facts;
	enum gth_withheld file;
	struct gth_consent c;

	gth_region_consent(s, &c);
	kept_facts(r, &facts);
	file = gth_consent_file(&c, &facts);
	return gth_consent_waits(&c, file) ? GTH_WITHHELD_NOT : file;
}

/* gth_review_all() - check consent again for all files that have not been sent as a whole */
void gth_review_all(struct gth_store *s)
{
	static struct gth_row row;
	sqlite3_stmt *st = NULL;
	struct gth_consent c;
	int err = gth_sql_prepare(s->db.db, &st, "SELECT id FROM submission WHERE state < ?", "i",
				  (int64_t)GTH_SPOOLED_WAITING);

	gth_region_consent(s, &c);
	while (!err && (err = gth_sql_step(st)) == 1) {
		enum gth_withheld lookup, file;
		struct gth_file_info facts;

		err = gth_db_by_id(&s->db, (const char *)sqlite3_column_text(st, 0), &row);
		if (err < 0)
			break;
		err = 0;
		kept_facts(&row, &facts);
		lookup = gth_consent_lookup(&c, &facts);
		file = row.reason != GTH_WITHHELD_NOT ? row.reason : gth_consent_file(&c, &facts);
		if (gth_consent_waits(&c, lookup))
			lookup = GTH_WITHHELD_NOT;
		if (gth_consent_waits(&c, file))
			file = GTH_WITHHELD_NOT;
		if (row.state != GTH_SPOOLED_ASKED && file != GTH_WITHHELD_NOT) {
			gth_submission_withhold(s, &row, file);
		} else if (row.state == GTH_SPOOLED_ASKED && lookup != GTH_WITHHELD_NOT) {
			gth_send_cancel(s, row.id);
			if (file != GTH_WITHHELD_NOT || !row.plain)
				gth_submission_withhold(s, &row,
							file != GTH_WITHHELD_NOT ? file : lookup);
			else
				gth_submission_move(s, &row, GTH_SPOOLED_COPIED);
		} else if (row.state == GTH_SPOOLED_ASKED && file != row.reason) {
			gth_withheld_enter(s, row.digest, file);
			gth_spool_drop(&s->spool, row.id, row.plain, false);
			row.plain = false;
			row.reason = file;
			gth_store_check(s, gth_db_put(&s->db, &row), "submission");
		}
	}
	sqlite3_finalize(st);
	gth_store_check(s, err, "submissions");
}
