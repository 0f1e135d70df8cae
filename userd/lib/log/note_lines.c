// SPDX-License-Identifier: GPL-2.0-or-later
/* note_lines.c - the parts of a signed note (see note_lines.h). */
#include "lib/log/note_lines.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/log/note_text.h"
#include "lib/util/base64.h"

#define DASH "\xe2\x80\x94 " /* U+2014 and a space: how a signature's line begins */

/* The text ends before the last empty line; what is behind are signatures. */
static int find_text(const char *note, size_t len, size_t *text_len)
{
	if (len > GTH_NOTE_MAX || !len || note[len - 1] != '\n' || !gth_note_text_ok(note, len))
		return -EBADMSG;
	for (size_t i = len - 1; i; i--) {
		if (note[i] == '\n' && note[i - 1] == '\n') {
			*text_len = i;
			return i + 1 < len ? 0 : -EBADMSG;
		}
	}
	return -EBADMSG;
}

/*
 * gth_note_line() - take "— NAME BASE64" LF off the front
 * The base64 stands for an id and something behind; that it is base64 to its end is not checked.
 * Return: 0 or -EBADMSG.
 */
int gth_note_line(const char **at, const char *end, struct gth_note_line *l)
{
	const char *eol = memchr(*at, '\n', (size_t)(end - *at));
	const char *name = *at + strlen(DASH), *space;
	uint8_t head[6];

	if (!eol || (size_t)(eol - *at) < strlen(DASH) || memcmp(*at, DASH, strlen(DASH)) != 0)
		return -EBADMSG;
	space = memchr(name, ' ', (size_t)(eol - name));
	if (!space || !gth_note_name_ok(name, (size_t)(space - name)))
		return -EBADMSG;
	l->name = name;
	l->name_len = (size_t)(space - name);
	l->data = space + 1;
	l->data_len = (size_t)(eol - l->data);
	*at = eol + 1;
	if (gth_base64_size(l->data, l->data_len) < 5)
		return -EBADMSG;
	if (gth_base64_decode(head, l->data[7] == '=' ? 5 : 6, l->data, 8))
		return -EBADMSG;
	memcpy(l->id, head, sizeof(l->id));
	return 0;
}

/* gth_note_split() - where the text ends, and how many signatures there are. Return: 0; -EBADMSG:
 * it is not a note. */
int gth_note_split(const char *note, size_t len, size_t *text_len, size_t *signatures)
{
	const char *at;
	struct gth_note_line l;
	int err = find_text(note, len, text_len);

	*signatures = 0;
	if (err)
		return err;
	for (at = note + *text_len + 1; at < note + len && !err;) {
		err = gth_note_line(&at, note + len, &l);
		if (++*signatures > GTH_NOTE_SIGNATURES_MAX)
			err = -EBADMSG;
	}
	return err;
}

/* gth_note_line_is() - does it name this key? */
bool gth_note_line_is(const struct gth_note_line *l, const struct gth_verifier *v)
{
	return strlen(v->name) == l->name_len && !memcmp(v->name, l->name, l->name_len) &&
	       !memcmp(v->id, l->id, sizeof(l->id));
}

/* gth_note_line_format() - the line of a signature; @blob: id and signature. Return: 0 or -ENOMEM.
 */
int gth_note_line_format(char **line, const char *name, const uint8_t *blob, size_t len)
{
	char *data = malloc(GTH_BASE64_LEN(len) + 1);
	int n = -1;

	if (data) {
		gth_base64_encode(data, blob, len);
		n = asprintf(line, DASH "%s %s\n", name, data);
	}
	free(data);
	return n < 0 ? -ENOMEM : 0;
}

/* gth_note_append() - parts of a note, to be freed. Return: 0; -E2BIG: longer than a note; -ENOMEM.
 */
int gth_note_append(const char *a, const char *b, const char *c, char **out)
{
	if (strlen(a) + strlen(b) + strlen(c) > GTH_NOTE_MAX)
		return -E2BIG;
	return asprintf(out, "%s%s%s", a, b, c) < 0 ? -ENOMEM : 0;
}
