// SPDX-License-Identifier: GPL-2.0-or-later
/* names.c - the lines of a file in memory (see names.h). */
#include "sigtool/import/names.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/util/io.h"

static int read_text(struct names *names, int fd, size_t *len)
{
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st))
		return -errno;
	if (st.st_size > NAMES_BYTES)
		return -EFBIG;
	names->text = malloc((size_t)st.st_size + 1);
	if (!names->text)
		return -ENOMEM;
	n = gth_read_full(fd, names->text, (size_t)st.st_size);
	if (n < 0)
		return (int)n;
	*len = (size_t)n;
	names->text[n] = '\0';
	return 0;
}

static size_t count_lines(const char *text, size_t len)
{
	size_t lines = len && text[len - 1] != '\n';

	for (size_t i = 0; i < len; i++)
		lines += text[i] == '\n';
	return lines;
}

/**
 * names_read() - the lines of a file, in its order
 * @names: to be freed by names_free(), also after an error
 * @fd: of a regular file, at its beginning
 *
 * A line with a NUL is known by what is before it.
 *
 * Return: 0; -EFBIG: more than NAMES_BYTES or NAMES_LINES; or another negative errno.
 */
int names_read(struct names *names, int fd)
{
	size_t len = 0, lines;
	char *at;
	int err;

	*names = (struct names) { .n = 0 };
	err = read_text(names, fd, &len);
	if (err)
		return err;
	lines = count_lines(names->text, len);
	if (lines > NAMES_LINES)
		return -EFBIG;
	names->name = calloc(lines + 1, sizeof(*names->name));
	if (!names->name)
		return -ENOMEM;
	at = names->text;
	while (names->n < lines) {
		char *end = memchr(at, '\n', len - (size_t)(at - names->text));

		names->name[names->n] = (struct name) { at, (u32)names->n + 1, false };
		names->n++;
		if (!end)
			break;
		*end = '\0';
		at = end + 1;
	}
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct name *x = a, *y = b;

	return strcmp(x->text, y->text);
}

void names_sort(struct names *names)
{
	if (names->n)
		qsort(names->name, names->n, sizeof(*names->name), compare);
}

/* Return: one of that text in sorted names, or NULL. */
struct name *names_find(const struct names *names, const char *text)
{
	const struct name key = { .text = text };

	if (!names->n)
		return NULL;
	return bsearch(&key, names->name, names->n, sizeof(key), compare);
}

void names_free(struct names *names)
{
	free(names->name);
	free(names->text);
	*names = (struct names) { .n = 0 };
}
