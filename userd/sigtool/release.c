// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * release.c - writes body and manifest, both or none (see release.h).
 *
 * Both are complete and on disk under temporary names before the first of them
 * is renamed. What comes between the renames all the same (a power cut) leaves
 * a new body with the old manifest; the digest tells, building again mends it.
 */
#include "sigtool/release.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/limits.h"
#include "lib/util/atomic.h"
#include "lib/util/io.h"
#include "lib/text/manifest_text.h"
#include "lib/util/sha256.h"
#include "lib/util/sink.h"

static int check_name(int dirfd, const char *name)
{
	struct stat st;

	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW))
		return errno == ENOENT ? 0 : -errno;
	return S_ISDIR(st.st_mode) ? -EISDIR : 0;
}

/*
 * Makes the directory if it is not there and locks it.
 * Return: 0; -EBUSY: another one is building there; or a negative errno.
 */
int release_open(struct release *r, const char *path)
{
	int err;

	*r = (struct release) { .dirfd = -1, .path = path };
	r->made = !mkdir(path, 0777);
	if (!r->made && errno != EEXIST)
		return -errno;
	r->dirfd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (r->dirfd < 0)
		return -errno;
	if (flock(r->dirfd, LOCK_EX | LOCK_NB))
		return errno == EWOULDBLOCK ? -EBUSY : -errno;
	err = gth_atomic_sweep(r->dirfd, "body");
	if (!err)
		err = gth_atomic_sweep(r->dirfd, "manifest");
	/* a directory in the place of the manifest would stop the second rename */
	if (!err)
		err = check_name(r->dirfd, "body");
	return err ? err : check_name(r->dirfd, "manifest");
}

void release_close(struct release *r)
{
	if (r->dirfd >= 0)
		close(r->dirfd);
	if (r->made)
		rmdir(r->path);
	r->dirfd = -1;
}

struct body_writer {
	struct gth_sink sink;
	struct gth_sha256 hash;
	struct gth_progress *progress;
	u64 records, expected;
};

static int put_record(void *ctx, const struct gth_record *rec)
{
	struct body_writer *w = ctx;

	if (w->records++ == GTH_ENTRIES_MAX)
		return -EOVERFLOW;
	gth_progress_show(w->progress, "records written", w->records, w->expected);
	return gth_sink_put(&w->sink, rec, sizeof(*rec));
}

static int write_body(int fd, struct sorter *sorter, struct gth_manifest *m, struct fold *fold,
		      struct gth_progress *progress)
{
	struct body_writer w = { .progress = progress, .expected = sorter->spilled + sorter->have };
	int err;

	*fold = (struct fold) { .take = put_record, .ctx = &w };
	err = gth_sha256_init(&w.hash);
	if (!err)
		err = gth_sink_init(&w.sink, fd, &w.hash);
	if (!err)
		err = sorter_drain(sorter, fold_add, fold);
	if (!err)
		err = fold_end(fold);
	if (!err)
		err = gth_sink_flush(&w.sink);
	if (!err)
		err = gth_sha256_final(&w.hash, m->body_digest);
	m->body_size = w.sink.written;
	memcpy(m->count, fold->count, sizeof(m->count));
	fold->duplicates += sorter->duplicates;
	gth_sink_free(&w.sink);
	gth_sha256_free(&w.hash);
	return err;
}

static int write_manifest(int fd, const struct gth_manifest *m)
{
	char text[GTH_MANIFEST_MAX];
	int len = gth_manifest_format(m, text, sizeof(text));

	return len < 0 ? len : gth_write_all(fd, text, (size_t)len);
}

/*
 * @m has everything but what the body tells, which is filled in.
 * Return: 0; -ENODATA: there is no record; -EOVERFLOW: there are more than
 * the module takes; or a negative errno.
 */
int release_write(struct release *r, struct sorter *sorter, struct gth_manifest *m,
		  struct fold *fold, bool allow_empty, struct gth_progress *progress)
{
	struct gth_atomic body = { .fd = -1 }, manifest = { .fd = -1 };
	int err = gth_atomic_create(&body, r->dirfd, "body", 0666);

	if (!err)
		err = write_body(body.fd, sorter, m, fold, progress);
	if (!err && !m->body_size && !allow_empty)
		err = -ENODATA;
	if (!err)
		err = gth_atomic_create(&manifest, r->dirfd, "manifest", 0666);
	if (!err)
		err = write_manifest(manifest.fd, m);
	if (!err)
		err = gth_atomic_commit((struct gth_atomic *[]) { &body, &manifest }, 2);
	if (!err)
		r->made = false;
	gth_atomic_abort(&manifest);
	gth_atomic_abort(&body);
	return err;
}
