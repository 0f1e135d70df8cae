// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * upload.c - the region's answers during an upload: to the note, to the question for the offset,
 * and to the bytes.
 */
#include "daemon/store/upload.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/store/context.h"
#include "daemon/store/db.h"
#include "daemon/store/region.h"
#include "daemon/store/spool.h"
#include "daemon/store/submission.h"
#include "lib/util/clock.h"
#include "lib/util/sha256.h"

#define PROGRESS_MIN (64 << 10) /* bytes of an upload that count as progress … */
#define PROGRESS_PART 16	/* … and the part of its rest */

/* The answer to PUT of the submission: its note was sent. */
void gth_upload_create(struct gth_store *s, struct gth_answer *a)
{
	struct gth_row *r = &a->row;

	if (gth_answer_none(s, a) || !gth_answer_row(s, a, GTH_SPOOLED_SEALED))
		return;
	if (a->result->status == 201 || a->result->status == 200) {
		r->offset = 0;
		r->detail[0] = '\0';
		gth_submission_move(s, r,
				    a->result->status == 201 ? GTH_SPOOLED_UPLOADING
							     : GTH_SPOOLED_CREATED);
		return;
	}
	r->answered = gth_now();
	snprintf(r->detail, sizeof(r->detail), "%s", a->problem.detail);
	if (gth_answer_is(a, 409, "other-submission") && ++r->tries < 4)
		gth_submission_anew(s, r);
	else if (gth_answer_is(a, 413, "too-large"))
		gth_submission_withhold(s, r, GTH_WITHHELD_SIZE);
	else if (gth_answer_is(a, 403, "not-yours") || gth_answer_is(a, 422, "bad-submission"))
		gth_submission_withhold(s, r, GTH_WITHHELD_REFUSED);
	else
		gth_answer_trouble(s, a);
}

/* The region has the whole file: notes that a receipt, and later a deletion, is due. */
static int lend(struct gth_store *s, const struct gth_row *r)
{
	struct gth_lent lent = { .due = gth_now() + s->pace->deletion_s };
	char *note = NULL;
	int err = gth_db_lent(&s->db, r->id, &lent);

	if (err)
		return err < 0 ? err : 0;
	err = gth_db_proof(&s->db, r->id, GTH_PROOF_SUBMISSION, &note);
	if (err == 1)
		err = gth_sha256(note, strlen(note), lent.note_digest);
	free(note);
	memcpy(lent.id, r->id, sizeof(lent.id));
	memcpy(lent.region, r->region, sizeof(lent.region));
	memcpy(lent.digest, r->digest, GTH_DIGEST_SIZE);
	memcpy(lent.cipher_digest, r->cipher_digest, GTH_DIGEST_SIZE);
	lent.due = gth_now() + s->pace->deletion_s;
	return err ? err : gth_db_lend(&s->db, &lent);
}

/*
 * The region has the whole file. With its receipt the copy here is removed; without one the region
 * is asked for it.
 */
static void uploaded(struct gth_store *s, struct gth_row *r, const char *receipt)
{
	int err = gth_store_check(s, lend(s, r), "upload");

	if (!err && receipt)
		err = gth_region_take_receipt(s, r->id, receipt);
	if (err == -EBADMSG || err == -EKEYREJECTED || err == -ENOKEY || err == -EINVAL) {
		/* Asks once more, by GET: perhaps only this answer was damaged. */
		r->offset = r->cipher_size;
		gth_submission_move(s, r, GTH_SPOOLED_WAITING);
		gth_submission_trouble(s, r, "the region's receipt is not valid");
		return;
	}
	if (gth_store_check(s, err < 0 ? err : 0, "receipt"))
		return;
	r->answered = gth_now();
	r->offset = r->cipher_size;
	r->tries = 0;
	r->detail[0] = '\0';
	if (gth_submission_move(s, r, GTH_SPOOLED_WAITING) || !receipt)
		return;
	r->sealed = false;
	if (!gth_store_check(s, gth_db_put(&s->db, r), "submission"))
		gth_spool_drop(&s->spool, r->id, true, true);
}

/* Is this enough progress to finish? A smaller step does not count. */
static bool gets_on(const struct gth_row *r, uint64_t offset)
{
	uint64_t rest = r->cipher_size - r->offset;
	uint64_t least = rest / PROGRESS_PART > PROGRESS_MIN ? rest / PROGRESS_PART : PROGRESS_MIN;

	return offset == r->cipher_size || (offset > r->offset && offset - r->offset >= least);
}

/* Takes the number of bytes that the region has. */
static void set_offset(struct gth_store *s, struct gth_row *r, uint64_t offset)
{
	if (offset > r->cipher_size) {
		gth_submission_trouble(s, r, "the region reports more bytes than the file has");
		return;
	}
	if (gets_on(r, offset))
		r->tries = 0;
	r->offset = offset;
	gth_submission_move(s, r, GTH_SPOOLED_UPLOADING);
}

/* The region does not know it: sends the same note again, a few times. */
void gth_upload_again(struct gth_store *s, struct gth_row *r)
{
	r->tries++;
	if (r->tries >= 4)
		gth_submission_fail(s, r, "the region loses the submission again and again");
	else
		gth_submission_move(s, r, GTH_SPOOLED_SEALED);
}

/* The answer to HEAD of the submission: its offset. */
void gth_upload_offset(struct gth_store *s, struct gth_answer *a)
{
	if (gth_answer_none(s, a) || !gth_answer_row(s, a, GTH_SPOOLED_CREATED))
		return;
	if (a->result->status == 404)
		gth_upload_again(s, &a->row);
	else if (a->result->status != 204 || a->result->offset == UINT64_MAX)
		gth_answer_trouble(s, a);
	else if (a->result->complete == 1)
		uploaded(s, &a->row, NULL);
	else
		set_offset(s, &a->row, a->result->offset);
}

/* The answer to PATCH of the submission: bytes were sent. */
void gth_upload_body(struct gth_store *s, struct gth_answer *a)
{
	struct gth_row *r = &a->row;
	bool told = a->result->offset != UINT64_MAX;

	if (gth_answer_none(s, a)) {
		/* The upload was cut off: the region is asked for the offset. */
		if (gth_answer_row(s, a, GTH_SPOOLED_UPLOADING)) {
			snprintf(r->detail, sizeof(r->detail), "%s", s->region.trouble);
			gth_submission_move(s, r, GTH_SPOOLED_CREATED);
		}
		return;
	}
	if (!gth_answer_row(s, a, GTH_SPOOLED_UPLOADING))
		return;
	if (a->result->status == 200) {
		uploaded(s, r, a->body);
	} else if ((a->result->status == 204 ||
		    gth_answer_is(a, 409, "mismatching-upload-offset")) &&
		   told) {
		if (a->result->offset <= r->cipher_size && !gets_on(r, a->result->offset)) {
			/* Without progress it is tried later, and given up in the end. */
			r->offset = a->result->offset;
			gth_submission_trouble(s, r, "the upload makes no progress");
		} else {
			set_offset(s, r, a->result->offset);
		}
	} else if (gth_answer_is(a, 422, "mismatching-digest")) {
		r->offset = 0;
		gth_submission_trouble(s, r, "the upload does not arrive as it was sent");
	} else if (a->result->status == 404) {
		gth_upload_again(s, r);
	} else if (gth_db_by_id(&s->db, r->id, r) == 1 && !gth_answer_trouble(s, a) &&
		   r->state == GTH_SPOOLED_UPLOADING) {
		uint64_t due = r->due;

		gth_submission_move(s, r, GTH_SPOOLED_CREATED);
		r->due = due;
		gth_store_check(s, gth_db_put(&s->db, r), "submission");
	}
}
