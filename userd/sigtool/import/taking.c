// SPDX-License-Identifier: GPL-2.0-or-later
/* taking.c - what becomes of the records of an import (see taking.h). */
#include "sigtool/import/taking.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util/hex.h"
#include "lib/util/say.h"
#include "sigtool/sigtool.h"

/* @file: a path, or a member of an archive, for people. */
void taking_begin(struct taking *t, const char *file)
{
	taking_at(t, file);
	t->known = 0;
	t->here = 0;
}

/* Goes on in another file, which belongs to the same source: taking_end() is about all of them. */
void taking_at(struct taking *t, const char *file)
{
	snprintf(t->file, sizeof(t->file), "%s", file);
}

/* A letter of UTF-8 is not cut in two. */
static size_t name_length(const char *name, size_t len)
{
	const char *nul = memchr(name, '\0', len);

	if (nul)
		len = (size_t)(nul - name);
	if (len <= TAKING_NAME_MAX)
		return len;
	len = TAKING_NAME_MAX;
	while (len && ((unsigned char)name[len] & 0xc0) == 0x80)
		len--;
	return len;
}

static char escape_of(char c)
{
	switch (c) {
	case '\\':
		return '\\';
	case '\n':
		return 'n';
	case '\r':
		return 'r';
	default:
		return '\0';
	}
}

/* As sha256sum escapes a name. */
static size_t put_name(char *out, const char *name, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		char escape = escape_of(name[i]);

		if (escape) {
			out[n++] = '\\';
			out[n++] = escape;
		} else {
			out[n++] = name[i];
		}
	}
	return n;
}

/*
 * Writes a line as sha256sum does; @name is any bytes, of which TAKING_NAME_MAX are kept, or
 * @len is 0. Return: 0 or a negative errno of writing.
 */
int taking_take(struct taking *t, const u8 digest[GTH_DIGEST_SIZE], const char *name, size_t len)
{
	char line[1 + 2 * GTH_DIGEST_SIZE + 2 + 2 * TAKING_NAME_MAX + 1];
	size_t n = 0;
	int err;

	len = len ? name_length(name, len) : 0;
	for (size_t i = 0; i < len && !n; i++)
		if (escape_of(name[i]))
			line[n++] = '\\';
	gth_hex_encode(line + n, digest, GTH_DIGEST_SIZE);
	n += 2 * GTH_DIGEST_SIZE;
	if (len) {
		line[n++] = ' ';
		line[n++] = ' ';
		n += put_name(line + n, name, len);
	}
	line[n++] = '\n';
	t->here++;
	t->known++;
	t->records++;
	t->taken++;
	gth_progress_show(&t->progress, t->file, t->here, 0);
	err = gth_sink_put(&t->sink, line, n);
	t->unwritten = err;
	return err;
}

static struct taking_reason *find_reason(struct taking *t, const char *text)
{
	struct taking_reason *r = t->reason;

	while (r < t->reason + t->reasons && r->text != text)
		r++;
	/* a format has fewer reasons than there is room for; the last one stands for all others */
	return r == t->reason + TAKING_REASONS ? r - 1 : r;
}

/*
 * Counts a record that is not taken. Return: 0; -ECANCELED: --strict refuses it, which was
 * logged; or -ENOMEM.
 */
int taking_not(struct taking *t, u64 line, enum taking_not kind, const char *reason)
{
	struct taking_reason *r = find_reason(t, reason);

	t->here++;
	t->records++;
	t->known += kind == TAKING_FOREIGN;
	gth_progress_show(&t->progress, t->file, t->here, 0);
	if (r == t->reason + t->reasons) {
		*r = (struct taking_reason) { reason, strdup(t->file), line, 0 };
		if (!r->file)
			return -ENOMEM;
		t->reasons++;
	}
	r->count++;
	if (!t->strict)
		return 0;
	gth_progress_clear(&t->progress);
	if (line)
		gth_say("%s:%llu: %s; nothing was written (--strict)", t->file, line, reason);
	else
		gth_say("%s: %s; nothing was written (--strict)", t->file, reason);
	return -ECANCELED;
}

/* Was the file of the format? Return: an exit status. */
int taking_end(struct taking *t, const char *format)
{
	const struct taking_reason *r = t->reasons ? &t->reason[t->reasons - 1] : NULL;
	char where[32] = "";

	if (!t->here || t->known || !r)
		return STATUS_OK;
	if (r->line)
		snprintf(where, sizeof(where), ", line %llu", r->line);
	gth_progress_clear(&t->progress);
	gth_say("%s: none of its %llu records is of the format %s: the first%s: %s", t->file,
		t->here, format, where, r->text);
	return STATUS_INPUT;
}

/* Logs an error of reading or writing, if it was not. Return: an exit status. */
int taking_failed(struct taking *t, u64 line, int err)
{
	if (err == -ECANCELED)
		return STATUS_INPUT;
	gth_progress_clear(&t->progress);
	if (t->unwritten)
		gth_say("%s: %s", t->list, strerror(-err));
	else if (line)
		gth_say("%s: after line %llu: %s", t->file, line, strerror(-err));
	else
		gth_say("%s: %s", t->file, strerror(-err));
	return STATUS_IO;
}

void taking_free(struct taking *t)
{
	for (unsigned int i = 0; i < t->reasons; i++)
		free(t->reason[i].file);
	t->reasons = 0;
	gth_sink_free(&t->sink);
}
