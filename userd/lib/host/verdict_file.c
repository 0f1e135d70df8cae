// SPDX-License-Identifier: GPL-2.0-or-later
/* verdict_file.c - verdicts of root that are set at every start: read (see verdict_file.h). */
#include "lib/host/verdict_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/host/names.h"
#include "lib/util/hex.h"
#include "lib/util/io.h"
#include "lib/util/number.h"
#include "lib/util/utf8.h"

#define LINE_SIZE 512 /* bytes, NUL included: more than the longest line has */

struct reading {
	struct gth_verdict_file *file;
	gth_verdict_error_fn *error;
	void *ctx;
	unsigned int line;
	size_t room;
	int err; /* the first */
};

__attribute__((format(printf, 2, 3))) static void refuse(struct reading *r, const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (!r->err)
		r->err = -EINVAL;
	r->error(r->ctx, r->line, text);
}

/*
 * gth_why_ok() - can this stand behind a verdict? UTF-8 without control characters, at most
 * GTH_WHY_SIZE - 1 bytes, and no space at either end
 */
bool gth_why_ok(const char *text)
{
	size_t len = strlen(text);

	if (!len || len >= GTH_WHY_SIZE || *text == ' ' || text[len - 1] == ' ')
		return false;
	while (len) {
		uint32_t letter;
		size_t n = gth_utf8_next(text, len, &letter);

		if (!n || letter < 0x20 || (letter >= 0x7f && letter < 0xa0))
			return false;
		text += n;
		len -= n;
	}
	return true;
}

/* The next word of a line, which is cut behind it; NULL: there is none. */
static char *word(char **at)
{
	char *begin = *at + strspn(*at, " \t"), *end = begin + strcspn(begin, " \t");

	if (!*begin)
		return NULL;
	*at = *end ? end + 1 : end;
	*end = '\0';
	return begin;
}

/* DOMAIN:DIGEST. Return: is it one? */
static bool take_name(struct gth_verdict *v, char *text)
{
	char *colon = strchr(text, ':');
	int domain;

	if (!colon || strlen(colon + 1) != 2 * GTH_DIGEST_SIZE)
		return false;
	*colon = '\0';
	domain = gth_domain_parse(text);
	v->domain = (__u8)domain;
	return domain > GTH_DOMAIN_NONE && !gth_hex_decode(v->digest, GTH_DIGEST_SIZE, colon + 1);
}

static bool take_class(struct gth_verdict *v, const char *text)
{
	int class = gth_class_parse(text);

	v->class = (__u8) class;
	return class > GTH_CLASS_UNKNOWN;
}

static bool take_expiry(struct gth_verdict *v, const char *text)
{
	unsigned long long expires = 0;

	if (strcmp(text, "never") != 0 && (gth_number_parse(text, LLONG_MAX, &expires) || !expires))
		return false;
	v->expires = expires;
	return true;
}

/* The fault of the line, which is cut into its words; NULL: none. */
static const char *take_words(struct gth_kept_verdict *k, char *line)
{
	char *class = word(&line), *name = word(&line), *expires = word(&line);
	char *uid = word(&line), *when = word(&line);
	unsigned long long number;

	if (!when)
		return "not CLASS DOMAIN:DIGEST EXPIRES UID WHEN [WHY]";
	if (!take_class(&k->v, class))
		return "the class is neither malicious, suspicious nor trusted";
	if (!take_name(&k->v, name))
		return "this is not DOMAIN:DIGEST, such as sha256: and 64 hexadecimal digits";
	if (!take_expiry(&k->v, expires))
		return "it expires neither never nor at a Unix time";
	if (gth_number_parse(uid, UINT32_MAX, &number))
		return "the uid is not a number";
	k->uid = (uint32_t)number;
	if (gth_number_parse(when, LLONG_MAX, &number))
		return "the time is not a Unix time";
	k->when = number;
	line += strspn(line, " \t");
	if (*line && !gth_why_ok(line))
		return "the reason is too long, or not UTF-8 without control characters";
	snprintf(k->why, sizeof(k->why), "%s", line);
	return NULL;
}

/* gth_verdict_file_find() - by domain and digest; NULL: it is not there */
const struct gth_kept_verdict *gth_verdict_file_find(const struct gth_verdict_file *f,
						     const struct gth_verdict *v)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->at[i].v.domain == v->domain &&
		    !memcmp(f->at[i].v.digest, v->digest, sizeof(v->digest)))
			return &f->at[i];
	return NULL;
}

static bool make_room(struct reading *r)
{
	size_t room = r->room ? 2 * r->room : 16;
	struct gth_kept_verdict *more;

	if (r->file->n < r->room)
		return true;
	more = reallocarray(r->file->at, room, sizeof(*more));
	if (!more)
		return false;
	r->file->at = more;
	r->room = room;
	return true;
}

static void take(struct reading *r, const struct gth_kept_verdict *k)
{
	const struct gth_kept_verdict *other = gth_verdict_file_find(r->file, &k->v);

	if (other) {
		refuse(r, "a second verdict for this digest; line %u counts", other->line);
	} else if (r->file->n == GTH_VERDICT_LINES_MAX) {
		refuse(r, "more than %d verdicts", GTH_VERDICT_LINES_MAX);
	} else if (!make_room(r)) {
		refuse(r, "out of memory");
	} else {
		r->file->at[r->file->n++] = *k;
		r->file->at[r->file->n - 1].line = r->line;
	}
}

/**
 * gth_verdict_line() - what a line of the file says
 * @text: without its LF
 * @len: bytes of it
 * @k: set, but for its line
 * @wrong: set to what is wrong with it; NULL: nothing
 *
 * Return: is it a verdict? A comment is none, and nothing is wrong with it.
 */
bool gth_verdict_line(const char *text, size_t len, struct gth_kept_verdict *k, const char **wrong)
{
	char line[LINE_SIZE];

	*wrong = NULL;
	*k = (struct gth_kept_verdict) { .v.source = GTH_SOURCE_ROOT };
	if (len && *text == '#')
		return false;
	if (len >= sizeof(line) || memchr(text, '\0', len)) {
		*wrong = "the line is too long, or holds a NUL";
		return false;
	}
	memcpy(line, text, len);
	line[len] = '\0';
	if (!line[strspn(line, " \t")])
		return false;
	*wrong = take_words(k, line);
	return !*wrong;
}

/**
 * gth_verdict_file_parse() - the lines of a file of verdicts
 * @f: set to all that are right; to be freed by gth_verdict_file_free()
 * @text: of the file
 * @len: bytes of it
 * @error: called for each line that is wrong
 * @ctx: for @error
 *
 * Return: 0; -EINVAL: something was refused.
 */
int gth_verdict_file_parse(struct gth_verdict_file *f, const char *text, size_t len,
			   gth_verdict_error_fn *error, void *ctx)
{
	struct reading r = { .file = f, .error = error, .ctx = ctx };
	const char *end = text + len;

	*f = (struct gth_verdict_file) { .n = 0 };
	if (len > GTH_VERDICT_FILE_SIZE_MAX) {
		refuse(&r, "larger than %u bytes", GTH_VERDICT_FILE_SIZE_MAX);
		return r.err;
	}
	while (text < end) {
		const char *lf = memchr(text, '\n', (size_t)(end - text));
		size_t n = (size_t)((lf ? lf : end) - text);
		struct gth_kept_verdict k;
		const char *wrong;

		r.line++;
		if (gth_verdict_line(text, n, &k, &wrong))
			take(&r, &k);
		else if (wrong)
			refuse(&r, "%s", wrong);
		text += n + (lf ? 1 : 0);
	}
	return r.err;
}

/* Root's alone: who may write it would say what is trusted. */
static int check_owner(int fd)
{
	struct stat st;

	if (fstat(fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	if (st.st_mode & (S_IWGRP | S_IWOTH) || (st.st_uid && st.st_uid != geteuid()))
		return -EPERM;
	return 0;
}

/*
 * gth_verdict_file_read() - the text of the file in directory @dir; to be freed
 * Return: its bytes; -EPERM: it is not root's alone; -EFBIG; -ENOENT or another errno.
 */
ssize_t gth_verdict_file_read(int dir, char **text)
{
	/* O_NONBLOCK, so that a FIFO of that name does not keep the daemon from starting. */
	int fd = openat(dir, GTH_VERDICT_FILE, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	ssize_t n;

	*text = NULL;
	if (fd < 0)
		return -errno;
	n = check_owner(fd);
	if (!n)
		*text = malloc(GTH_VERDICT_FILE_SIZE_MAX + 1);
	if (!n)
		n = *text ? gth_read_full(fd, *text, GTH_VERDICT_FILE_SIZE_MAX + 1) : -ENOMEM;
	if (n > (ssize_t)GTH_VERDICT_FILE_SIZE_MAX)
		n = -EFBIG;
	close(fd);
	return n;
}

/**
 * gth_verdict_file_load() - as gth_verdict_file_parse()
 * @etc: the directory, such as GTH_ETC
 *
 * Return: 0; -EINVAL: a line was refused; -ENOENT: there is no file, which is not reported;
 * another errno: it was not read.
 */
int gth_verdict_file_load(struct gth_verdict_file *f, const char *etc, gth_verdict_error_fn *error,
			  void *ctx)
{
	int dir = open(etc, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char *text = NULL;
	ssize_t n = dir < 0 ? -errno : gth_verdict_file_read(dir, &text);

	*f = (struct gth_verdict_file) { .n = 0 };
	if (dir >= 0)
		close(dir);
	if (n == -EPERM)
		error(ctx, 0, "others than root may write it");
	else if (n < 0 && n != -ENOENT)
		error(ctx, 0, strerror((int)-n));
	else if (n >= 0)
		n = gth_verdict_file_parse(f, text, (size_t)n, error, ctx);
	free(text);
	return (int)n;
}

void gth_verdict_file_free(struct gth_verdict_file *f)
{
	free(f->at);
	*f = (struct gth_verdict_file) { .n = 0 };
}
