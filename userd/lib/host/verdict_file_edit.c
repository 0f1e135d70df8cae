// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * verdict_file_edit.c - verdicts of root that are set at every start: written (see verdict_file.h).
 *
 * A line that is not named stays as it is, whether right or wrong. The directory is locked
 * meanwhile, so that of two who write at a time none takes the other's line away.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/host/names.h"
#include "lib/host/verdict_file.h"
#include "lib/util/atomic.h"
#include "lib/util/hex.h"
#include "lib/util/io.h"

static const char head[] =
	"# Verdicts that gotthardd sets when it starts; written by gotthardctl verdict --keep.\n"
	"# CLASS DOMAIN:DIGEST EXPIRES UID WHEN [WHY]; times are Unix times, see gotthardctl(8).\n";

static void put(FILE *f, const struct gth_kept_verdict *k)
{
	char hex[2 * GTH_DIGEST_SIZE + 1];

	gth_hex_encode(hex, k->v.digest, GTH_DIGEST_SIZE);
	hex[2 * GTH_DIGEST_SIZE] = '\0';
	fprintf(f, "%s %s:%s ", gth_class_name(k->v.class), gth_domain_name(k->v.domain), hex);
	if (k->v.expires)
		fprintf(f, "%llu", (unsigned long long)k->v.expires);
	else
		fputs("never", f);
	fprintf(f, " %u %llu%s%s\n", k->uid, (unsigned long long)k->when, *k->why ? " " : "",
		k->why);
}

struct count {
	size_t kept, dropped; /* verdicts */
};

/* All lines but those of @drop: also a second one for its digest, which would count then. */
static struct count copy(FILE *f, const char *text, size_t len, const struct gth_verdict_file *drop)
{
	struct count count = { 0 };

	for (const char *at = text, *end = text + len; at < end;) {
		const char *lf = memchr(at, '\n', (size_t)(end - at)), *wrong;
		size_t n = (size_t)((lf ? lf : end) - at);
		struct gth_kept_verdict k;
		bool verdict = gth_verdict_line(at, n, &k, &wrong);

		if (verdict && gth_verdict_file_find(drop, &k.v)) {
			count.dropped++;
		} else {
			count.kept += verdict;
			fwrite(at, 1, n, f);
			putc('\n', f);
		}
		at += n + (lf ? 1 : 0);
	}
	return count;
}

/* Once each, whatever the caller has said twice. Return: how many. */
static size_t append(FILE *f, const struct gth_verdict_file *add)
{
	size_t n = 0;

	for (size_t i = 0; i < add->n; i++) {
		if (gth_verdict_file_find(add, &add->at[i].v) != &add->at[i])
			continue;
		put(f, &add->at[i]);
		n++;
	}
	return n;
}

static int replace(int dir, const char *text, size_t len)
{
	struct gth_atomic file, *const files[] = { &file };
	int err = gth_atomic_create(&file, dir, GTH_VERDICT_FILE, 0600);

	if (!err)
		err = gth_write_all(file.fd, text, len);
	if (!err)
		err = gth_atomic_commit(files, 1);
	gth_atomic_abort(&file);
	return err;
}

/*
 * Of the directory, which is locked. @change: what goes; its lines come at the end if @add.
 * Return: how many went, or an errno.
 */
static int edit(int dir, const struct gth_verdict_file *change, bool add)
{
	char *text = NULL, *edited = NULL;
	struct count count = { 0 };
	size_t len = 0;
	ssize_t n = gth_verdict_file_read(dir, &text);
	FILE *f = n < 0 && n != -ENOENT ? NULL : open_memstream(&edited, &len);
	int err = n < 0 && n != -ENOENT ? (int)n : f ? 0 : -ENOMEM;

	if (f && n < 0)
		fputs(head, f);
	else if (f)
		count = copy(f, text, (size_t)n, change);
	if (f && add)
		count.kept += append(f, change);
	if (f && fclose(f))
		err = -ENOMEM;
	if (!err && add && count.kept > GTH_VERDICT_LINES_MAX)
		err = -E2BIG;
	if (!err && len > GTH_VERDICT_FILE_SIZE_MAX)
		err = -EFBIG;
	if (!err && (add || count.dropped))
		err = replace(dir, edited, len);
	free(edited);
	free(text);
	return err ? err : (int)count.dropped;
}

static int change(const char *etc, const struct gth_verdict_file *change, bool add)
{
	int dir, ret;

	if (add && mkdir(etc, 0755) && errno != EEXIST)
		return -errno;
	dir = open(etc, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return -errno;
	ret = flock(dir, LOCK_EX) ? -errno : edit(dir, change, add);
	close(dir);
	return ret;
}

/**
 * gth_verdict_file_set() - verdicts, each in place of one for the same digest
 * @etc: the directory, such as GTH_ETC
 * @set: line does not matter; of two for the same digest the first counts
 *
 * Return: 0; -E2BIG: more than GTH_VERDICT_LINES_MAX; -EPERM: the file is not root's alone;
 * or another errno. After an error the file is as before.
 */
int gth_verdict_file_set(const char *etc, const struct gth_kept_verdict *set, size_t n)
{
	struct gth_verdict_file all = { n, (struct gth_kept_verdict *)set };
	int ret = change(etc, &all, true);

	return ret < 0 ? ret : 0;
}

/**
 * gth_verdict_file_forget() - take verdicts out, by domain and digest
 * @etc: the directory, such as GTH_ETC
 *
 * Return: how many there were; or an errno, as above.
 */
int gth_verdict_file_forget(const char *etc, const struct gth_verdict *forget, size_t n)
{
	struct gth_verdict_file all = { n, calloc(n, sizeof(*all.at)) };
	int ret;

	if (n && !all.at)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		all.at[i].v = forget[i];
	ret = change(etc, &all, false);
	gth_verdict_file_free(&all);
	return ret == -ENOENT ? 0 : ret;
}
