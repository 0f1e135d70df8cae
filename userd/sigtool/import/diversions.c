// SPDX-License-Identifier: GPL-2.0-or-later
/* diversions.c - dpkg-divert(1) (see diversions.h). */
#include "sigtool/import/diversions.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
	const struct diversion *x = a, *y = b;

	return strcmp(x->from, y->from);
}

/**
 * diversions_read() - reads dpkg's file diversions
 * @d: to be freed by diversions_free(), also after an error
 * @fd: of the file, at its beginning
 *
 * Return: 0; -EINVAL: the number of lines is not a multiple of three; or another negative errno.
 */
int diversions_read(struct diversions *d, int fd)
{
	const struct name *line;
	int err;

	*d = (struct diversions) { .n = 0 };
	err = names_read(&d->lines, fd);
	if (err)
		return err;
	if (d->lines.n % 3)
		return -EINVAL;
	d->n = d->lines.n / 3;
	d->diversion = calloc(d->n + 1, sizeof(*d->diversion));
	if (!d->diversion)
		return -ENOMEM;
	line = d->lines.name;
	for (size_t i = 0; i < d->n; i++, line += 3)
		d->diversion[i] = (struct diversion) { line[0].text, line[1].text, line[2].text };
	if (d->n)
		qsort(d->diversion, d->n, sizeof(*d->diversion), compare);
	return 0;
}

/* Return: where the file @path of @package is. */
const char *diversions_place(const struct diversions *d, const char *package, const char *path)
{
	const struct diversion key = { .from = path }, *found;

	if (!d->n)
		return path;
	found = bsearch(&key, d->diversion, d->n, sizeof(key), compare);
	return found && strcmp(found->package, package) != 0 ? found->to : path;
}

void diversions_free(struct diversions *d)
{
	names_free(&d->lines);
	free(d->diversion);
	*d = (struct diversions) { .n = 0 };
}
