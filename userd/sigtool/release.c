// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * release.c - writes body, manifest and its signature, all or none (see release.h).
 *
 * All are complete and on disk under temporary names before the first of them
 * is renamed. An event between the renames (a power cut) leaves a new body with
 * the old manifest; the digest shows that, and building again corrects it.
 */
#include "sigtool/release.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/limits.h"
#include "lib/text/manifest_text.h"
#include "lib/util/atomic.h"
#include "lib/util/io.h"
#include "lib/util/say.h"
#include "lib/util/sha256.h"
#include "lib/util/sink.h"
#include "sigtool/sigtool.h"

/* The names of the files that may be written there. */
static const char *const file_name[] = { "body", "delta", "manifest.p7s", "manifest" };

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
static int release_open(struct release *r, const char *path)
{
	int err = 0;

	*r = (struct release) { .dirfd = -1, .path = path };
	r->made = !mkdir(path, 0777);
	if (!r->made && errno != EEXIST)
		return -errno;
	r->dirfd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (r->dirfd < 0)
		return -errno;
	if (flock(r->dirfd, LOCK_EX | LOCK_NB))
		return errno == EWOULDBLOCK ? -EBUSY : -errno;
	for (size_t i = 0; i < sizeof(file_name) / sizeof(file_name[0]) && !err; i++) {
		err = gth_atomic_sweep(r->dirfd, file_name[i]);
		/* a directory in the place of the manifest would stop the last rename */
		if (!err)
			err = check_name(r->dirfd, file_name[i]);
	}
	return err;
}

/* release_open() with words for what is wrong. Return: an exit status. */
int release_begin(struct release *r, const char *path)
{
	int err = release_open(r, path);

	if (err == -EBUSY)
		gth_say("%s: another gotthard-sigtool is building here", path);
	else if (err)
		gth_say("%s: %s", path, strerror(-err));
	return err ? STATUS_IO : STATUS_OK;
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

static int write_signature(int fd, const struct signer *signer, const struct gth_manifest *m,
			   const char *text, size_t size)
{
	unsigned char *p7s;
	int len = signer_sign(signer, text, size, m->created, &p7s), err;

	if (len < 0)
		return -EKEYREJECTED;
	err = gth_write_all(fd, p7s, (size_t)len);
	OPENSSL_free(p7s);
	return err;
}

/* @signature: for its signature, if there is a @signer */
static int write_manifest(struct gth_atomic *manifest, struct gth_atomic *signature,
			  const struct gth_manifest *m, const struct signer *signer)
{
	char text[GTH_MANIFEST_MAX];
	int len = gth_manifest_format(m, text, sizeof(text)), err;

	if (len < 0)
		return len;
	err = gth_write_all(manifest->fd, text, (size_t)len);
	if (!err && signer)
		err = gth_atomic_create(signature, manifest->dirfd, "manifest.p7s", 0666);
	if (!err && signer)
		err = write_signature(signature->fd, signer, m, text, (size_t)len);
	return err;
}

/* The signature of the release before is not over this one. */
static int remove_signature(int dirfd)
{
	return unlinkat(dirfd, "manifest.p7s", 0) && errno != ENOENT ? -errno : 0;
}

/*
 * @m has every field but those that follow from the body, which are filled in.
 * @signer: NULL: the release is not signed
 * Return: 0; -ENODATA: there is no record; -EOVERFLOW: there are more than
 * the module takes; -EKEYREJECTED: it cannot be signed, and it was said why; or a
 * negative errno.
 */
int release_write(struct release *r, struct sorter *sorter, struct gth_manifest *m,
		  struct fold *fold, bool allow_empty, const struct signer *signer,
		  struct gth_progress *progress)
{
	struct gth_atomic body = { .fd = -1 }, manifest = { .fd = -1 }, signature = { .fd = -1 };
	int err = gth_atomic_create(&body, r->dirfd, "body", 0666);

	if (!err)
		err = write_body(body.fd, sorter, m, fold, progress);
	if (!err && !m->body_size && !allow_empty)
		err = -ENODATA;
	if (!err)
		err = gth_atomic_create(&manifest, r->dirfd, "manifest", 0666);
	if (!err)
		err = write_manifest(&manifest, &signature, m, signer);
	if (!err)
		err = gth_atomic_commit(
			signer ? (struct gth_atomic *[]) { &body, &signature, &manifest }
			       : (struct gth_atomic *[]) { &body, &manifest },
			signer ? 3 : 2);
	if (!err && !signer)
		err = remove_signature(r->dirfd);
	if (!err)
		r->made = false;
	gth_atomic_abort(&signature);
	gth_atomic_abort(&manifest);
	gth_atomic_abort(&body);
	return err;
}
