// SPDX-License-Identifier: GPL-2.0-or-later
/* policy_file.c - the policy that is set at every start (see policy_file.h). */
#include "lib/host/policy_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ini.h>

#include "lib/util/atomic.h"
#include "lib/util/io.h"

struct reading {
	struct gth_policy_file *file;
	gth_policy_error_fn *error;
	void *ctx;
	const char *at, *end;
	unsigned int line, faulty; /* faulty: the last line that was refused */
	int err;		   /* the first */
};

__attribute__((format(printf, 3, 4))) static void refuse(struct reading *r, unsigned int line,
							 const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	r->faulty = line;
	r->err = -EINVAL;
	r->error(r->ctx, line, text);
}

/* Instead of fgets(): a line with its LF; empty in place of one that was refused. */
static char *next_line(char *out, int size, void *stream)
{
	struct reading *r = stream;
	const char *lf;
	size_t len;

	if (r->at == r->end)
		return NULL;
	lf = memchr(r->at, '\n', (size_t)(r->end - r->at));
	len = (size_t)((lf ? lf : r->end) - r->at);
	r->line++;
	if (*r->at == '#' || *r->at == ';') {
		len = 0;
	} else if (memchr(r->at, '\0', len) || len > (size_t)size - 2) {
		refuse(r, r->line, "the line is too long, or holds a NUL");
		len = 0;
	} else if (*r->at == '[') {
		refuse(r, r->line, "there are no sections here: KNOB = VALUE");
		len = 0;
	}
	memcpy(out, r->at, len);
	memcpy(out + len, "\n", 2);
	r->at = lf ? lf + 1 : r->end;
	return out;
}

/* Called by libinih for every value. Always 1: the lines after a wrong one are read too. */
static int take(void *user, const char *section, const char *knob, const char *value)
{
	struct reading *r = user;
	struct gth_policy_file *p = r->file;
	struct gth_policy_line *at = &p->at[p->n];

	(void)section;
	for (size_t i = 0; i < p->n; i++) {
		if (strcmp(p->at[i].knob, knob) != 0)
			continue;
		refuse(r, r->line, "'%s' a second time; line %u counts", knob, p->at[i].line);
		return 1;
	}
	if (p->n == GTH_POLICY_LINES_MAX)
		refuse(r, r->line, "more than %d knobs", GTH_POLICY_LINES_MAX);
	else if (!*knob || *knob == '/' || strstr(knob, "..") || strlen(knob) >= sizeof(at->knob))
		refuse(r, r->line, "'%s' cannot be a knob", knob);
	else if (!*value || strlen(value) >= sizeof(at->value))
		refuse(r, r->line, "'%s': '%s' cannot be a value", knob, value);
	else {
		at->line = r->line;
		snprintf(at->knob, sizeof(at->knob), "%s", knob);
		snprintf(at->value, sizeof(at->value), "%s", value);
		p->n++;
	}
	return 1;
}

/**
 * gth_policy_file_parse() - the lines of policy.conf
 * @p: set to all lines that are right
 * @text: of the file
 * @len: bytes of it
 * @error: called for each line that is not
 * @ctx: for @error
 *
 * Whether there are such knobs and values only the module knows.
 *
 * Return: 0; -EINVAL: something was refused.
 */
int gth_policy_file_parse(struct gth_policy_file *p, const char *text, size_t len,
			  gth_policy_error_fn *error, void *ctx)
{
	struct reading r = { .file = p, .error = error, .ctx = ctx, .at = text, .end = text + len };
	int line;

	p->n = 0;
	if (len > GTH_POLICY_FILE_SIZE_MAX) {
		refuse(&r, 0, "larger than %d bytes", GTH_POLICY_FILE_SIZE_MAX);
		return r.err;
	}
	line = ini_parse_stream(next_line, &r, take, &r);
	if (line > 0)
		refuse(&r, (unsigned int)line, "not KNOB = VALUE");
	else if (line < 0)
		refuse(&r, 0, "out of memory");
	return r.err;
}

/* Return: bytes of the file; -errno. *text is the caller's to free. */
static ssize_t slurp(const char *path, char **text)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	*text = NULL;
	if (fd < 0)
		return -errno;
	*text = malloc(GTH_POLICY_FILE_SIZE_MAX + 1);
	n = *text ? gth_read_full(fd, *text, GTH_POLICY_FILE_SIZE_MAX + 1) : -ENOMEM;
	close(fd);
	return n;
}

/* gth_policy_file_load() - as gth_policy_file_parse(); -ENOENT or another errno: not read */
int gth_policy_file_load(struct gth_policy_file *p, const char *path, gth_policy_error_fn *error,
			 void *ctx)
{
	char *text;
	ssize_t n = slurp(path, &text);

	p->n = 0;
	if (n < 0 && n != -ENOENT)
		error(ctx, 0, strerror((int)-n));
	if (n >= 0)
		n = gth_policy_file_parse(p, text, (size_t)n, error, ctx);
	free(text);
	return (int)n;
}

static int replace(const char *etc, const char *text, size_t len)
{
	struct gth_atomic file, *const files[] = { &file };
	int dir, err;

	if (mkdir(etc, 0755) && errno != EEXIST)
		return -errno;
	dir = open(etc, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return -errno;
	err = gth_atomic_create(&file, dir, GTH_POLICY_FILE, 0644);
	if (!err)
		err = gth_write_all(file.fd, text, len);
	if (!err)
		err = gth_atomic_commit(files, 1);
	gth_atomic_abort(&file);
	close(dir);
	return err;
}

static void ignore(void *ctx, unsigned int line, const char *text)
{
	(void)ctx, (void)line, (void)text;
}

/* The text with the line of a knob replaced, or one more line. Return: 0 or -ENOMEM. */
static int edit(const char *text, size_t len, const char *knob, const char *value, char **out,
		size_t *out_len)
{
	FILE *f = open_memstream(out, out_len);
	struct gth_policy_file p;
	unsigned int line = 0, mine = 0;

	if (!f)
		return -ENOMEM;
	gth_policy_file_parse(&p, text, len, ignore, NULL);
	for (size_t i = 0; i < p.n; i++)
		if (!strcmp(p.at[i].knob, knob))
			mine = p.at[i].line;
	for (const char *at = text, *end = text + len; at < end;) {
		const char *lf = memchr(at, '\n', (size_t)(end - at));
		size_t n = (size_t)((lf ? lf : end) - at);

		if (++line == mine)
			fprintf(f, "%s = %s\n", knob, value);
		else
			fprintf(f, "%.*s\n", (int)n, at);
		at += n + (lf ? 1 : 0);
	}
	if (!mine)
		fprintf(f, "%s = %s\n", knob, value);
	return fclose(f) ? -ENOMEM : 0;
}

/* gth_policy_file_set() - one knob of the file, whose other lines stay; 0 or -errno */
int gth_policy_file_set(const char *etc, const char *knob, const char *value)
{
	char path[PATH_MAX], *text, *edited = NULL;
	size_t len = 0;
	ssize_t n;
	int err;

	if (snprintf(path, sizeof(path), "%s/" GTH_POLICY_FILE, etc) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	n = slurp(path, &text);
	err = n < 0 && n != -ENOENT ? (int)n : n > GTH_POLICY_FILE_SIZE_MAX ? -EFBIG : 0;
	if (!err)
		err = edit(text, n < 0 ? 0 : (size_t)n, knob, value, &edited, &len);
	if (!err)
		err = replace(etc, edited, len);
	free(edited);
	free(text);
	return err;
}

/* gth_policy_file_save() - replace the file by one with these knobs; 0 or -errno */
int gth_policy_file_save(const char *etc, const struct gth_policy_file *p)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);
	int err;

	if (!f)
		return -ENOMEM;
	fputs("# The policy that gotthardd sets when it starts; written by gotthardctl policy save.\n"
	      "# Legal values: gotthardctl(8).\n",
	      f);
	for (size_t i = 0; i < p->n; i++)
		fprintf(f, "%s = %s\n", p->at[i].knob, p->at[i].value);
	err = fclose(f) ? -ENOMEM : replace(etc, text, len);
	free(text);
	return err;
}
