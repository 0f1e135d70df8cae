// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * upload.c - ciphertext, part by part, into incoming/UUID.
 *
 * The offset of an upload is the size of its file, and nothing else. Only the
 * newest request for a submission may write: a client that connects again has
 * given up its former request, which may still run here. Writing is under
 * server->lock.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/util/number.h"
#include "lib/util/sha256.h"
#include "region/room.h"
#include "region/server.h"

/* With the lock held. */
static void supersede(struct region_request *q)
{
	for (struct region_request *r = q->server->requests; r; r = r->next)
		if (r != q && r->fd >= 0 && !strcmp(r->sub.id, q->target.id))
			r->superseded = true;
}

static int size_of(int fd, uint64_t *size)
{
	struct stat st;

	if (fstat(fd, &st))
		return -errno;
	*size = (uint64_t)st.st_size;
	return 0;
}

enum MHD_Result region_head_upload(struct region_request *q)
{
	struct region_submission sub;
	uint64_t size = 0, limit;
	bool complete;
	int fd, err = 0;

	if (!region_find_own(q, &sub))
		return MHD_NO;
	complete = sub.status != REGION_AWAITING;
	limit = sub.cipher_size;
	region_submission_free(&sub);
	if (complete)
		return region_answer_offset(q, limit, &complete, limit);
	pthread_mutex_lock(&q->server->lock);
	supersede(q);
	pthread_mutex_unlock(&q->server->lock);
	fd = openat(q->server->incoming, q->target.id, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd >= 0) {
		/* Only report an offset that is already durable. */
		err = fdatasync(fd) ? -errno : size_of(fd, &size);
		close(fd);
	} else if (errno != ENOENT) {
		err = -errno;
	}
	if (!err)
		return region_answer_offset(q, size, &complete, limit);
	region_refuse_errno(q, err);
	return MHD_NO;
}

static void refuse_offset(struct region_request *q, uint64_t offset)
{
	region_refuse(q, MHD_HTTP_CONFLICT, "mismatching-upload-offset",
		      "the upload goes on at another offset");
	q->problem.offset = offset;
}

/* The upload is complete: the last part may be sent again if its answer was lost. */
static void begin_again(struct region_request *q)
{
	if (!q->sub.receipt)
		region_refuse(q, MHD_HTTP_GONE, NULL,
			      "the submission has expired and its file is deleted");
	else if (q->offset != q->sub.cipher_size || !q->complete)
		refuse_offset(q, q->sub.cipher_size);
	else
		q->again = true;
}

static void open_upload(struct region_request *q)
{
	struct region_server *s = q->server;
	struct region_submission now;
	uint64_t size = 0;
	int err;

	q->fd = openat(s->incoming, q->target.id, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (q->fd < 0) {
		region_refuse_errno(q, -errno);
		return;
	}
	/*
	 * If the submission expired just now, its file may have been deleted before open() made
	 * this one.
	 */
	err = region_submission_get(&s->region->state, q->target.id, &now);
	if (err || now.status != REGION_AWAITING || now.delete_by <= region_now()) {
		if (err == -ENOENT || (!err && now.deletion))
			unlinkat(s->incoming, q->target.id, 0);
		region_refuse(q, MHD_HTTP_CONFLICT, NULL,
			      "the submission is complete or over: no file is expected");
	}
	if (!err)
		region_submission_free(&now);
	pthread_mutex_lock(&s->lock);
	supersede(q);
	err = size_of(q->fd, &size);
	if (err)
		region_refuse_errno(q, err);
	else if (size != q->offset)
		refuse_offset(q, size);
	pthread_mutex_unlock(&s->lock);
}

/* Is the announced length at most the rest of the file? */
static bool fits(const struct region_request *q)
{
	const char *length = region_field(q, MHD_HTTP_HEADER_CONTENT_LENGTH);
	unsigned long long n;

	return q->offset <= q->sub.cipher_size &&
	       (!length || gth_number_parse(length, UINT64_MAX, &n) ||
		n <= q->sub.cipher_size - q->offset);
}

void region_patch_begin(struct region_request *q)
{
	uint8_t digest[GTH_DIGEST_SIZE];

	if (!region_type_ok(q)) {
		region_refuse(q, MHD_HTTP_UNSUPPORTED_MEDIA_TYPE, NULL,
			      "a part is application/partial-upload");
		return;
	}
	if (region_offset_parse(region_field(q, "Upload-Offset"), &q->offset) ||
	    region_complete_parse(region_field(q, "Upload-Complete"), &q->complete) ||
	    region_repr_digest_parse(region_field(q, "Repr-Digest"), digest)) {
		region_refuse(q, MHD_HTTP_BAD_REQUEST, NULL,
			      "Upload-Offset, Upload-Complete and Repr-Digest are needed");
		return;
	}
	if (!region_find_own(q, &q->sub))
		return;
	if (memcmp(digest, q->sub.cipher_digest, sizeof(digest)) != 0)
		region_refuse(q, MHD_HTTP_BAD_REQUEST, NULL,
			      "Repr-Digest is not that of the submission");
	else if (q->sub.status != REGION_AWAITING)
		begin_again(q);
	else if (q->offset <= q->sub.cipher_size && !fits(q))
		region_refuse(q, MHD_HTTP_CONTENT_TOO_LARGE, "too-large",
			      "this is more than the submission says");
	else
		open_upload(q);
}

void region_patch_data(struct region_request *q, const char *data, size_t len)
{
	struct region_server *s = q->server;
	int err = 0;

	if (q->again || len > q->sub.cipher_size - q->offset) {
		region_refuse(q, MHD_HTTP_CONTENT_TOO_LARGE, "too-large",
			      "this is more than the submission says");
		return;
	}
	pthread_mutex_lock(&s->lock);
	if (q->superseded)
		region_refuse(q, MHD_HTTP_CONFLICT, NULL, "a newer request took the upload over");
	/* Other programs may have filled the disk since the upload was accepted. */
	if (!region_room(q->fd, s->limits.spare / 2 + len))
		err = -ENOSPC;
	while (!q->problem.status && len && !err) {
		ssize_t n = pwrite(q->fd, data, len, (off_t)q->offset);

		if (n < 0 && errno != EINTR)
			err = -errno;
		if (n > 0) {
			data += n;
			len -= (size_t)n;
			q->offset += (uint64_t)n;
		}
	}
	pthread_mutex_unlock(&s->lock);
	if (err)
		region_refuse_errno(q, err);
}

static int make_receipt(const struct region *r, const struct region_submission *sub, uint64_t now,
			uint64_t delete_by, char **note)
{
	struct gth_receipt receipt = { .received = now, .delete_by = delete_by };
	char *text;
	int err = gth_sha256(sub->note, strlen(sub->note), receipt.submission_digest);

	if (err)
		return err;
	memcpy(receipt.region, r->trust.region, sizeof(receipt.region));
	memcpy(receipt.id, sub->id, sizeof(receipt.id));
	memcpy(receipt.cipher_digest, sub->cipher_digest, sizeof(receipt.cipher_digest));
	err = gth_receipt_format(&receipt, &text);
	if (err)
		return err;
	err = gth_note_sign(text, &r->region_key, note);
	free(text);
	return err;
}

/* Answers with the receipt that was given before. */
static enum MHD_Result answer_again(struct region_request *q)
{
	struct region_submission sub;
	enum MHD_Result result = MHD_NO;

	if (!region_find_own(q, &sub))
		return MHD_NO;
	if (sub.receipt)
		result = region_answer_text(q, MHD_HTTP_OK, sub.receipt);
	else
		region_refuse(q, MHD_HTTP_GONE, NULL,
			      "the submission has expired and its file is deleted");
	region_submission_free(&sub);
	return result;
}

static enum MHD_Result accept_it(struct region_request *q)
{
	struct region *r = q->server->region;
	uint64_t now = region_now(), delete_by = now + q->server->retention;
	enum MHD_Result result = MHD_NO;
	char *note = NULL;
	int err = make_receipt(r, &q->sub, now, delete_by, &note);

	if (!err)
		err = region_submission_received(&r->state, q->sub.id, note, delete_by);
	if (!err)
		result = region_answer_text(q, MHD_HTTP_OK, note);
	else if (err == -EALREADY)
		result = answer_again(q);
	else
		region_refuse_errno(q, err);
	free(note);
	return result;
}

/*
 * The content is not what was signed: it has to be sent again as a whole, unless a newer request
 * does so already.
 */
static void start_anew(struct region_request *q)
{
	int err = 0;

	pthread_mutex_lock(&q->server->lock);
	if (!q->superseded && ftruncate(q->fd, 0))
		err = -errno;
	pthread_mutex_unlock(&q->server->lock);
	if (err)
		region_refuse_errno(q, err);
	else
		region_refuse(q, MHD_HTTP_UNPROCESSABLE_CONTENT, "mismatching-digest",
			      "what arrived is not what the submission names");
}

enum MHD_Result region_patch_finish(struct region_request *q)
{
	uint8_t digest[GTH_DIGEST_SIZE];
	int err;

	if (q->again)
		return answer_again(q);
	err = fsync(q->fd) || fsync(q->server->incoming) ? -errno : 0;
	if (!err && !q->complete)
		return region_answer_offset(q, q->offset, NULL, 0);
	if (!err && lseek(q->fd, 0, SEEK_SET) < 0)
		err = -errno;
	if (!err)
		err = gth_sha256_fd(q->fd, digest);
	if (err) {
		region_refuse_errno(q, err);
		return MHD_NO;
	}
	if (q->offset == q->sub.cipher_size &&
	    !memcmp(digest, q->sub.cipher_digest, sizeof(digest)))
		return accept_it(q);
	start_anew(q);
	return MHD_NO;
}
