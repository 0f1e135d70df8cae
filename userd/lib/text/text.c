// SPDX-License-Identifier: GPL-2.0-or-later
/* text.c - writes "name: value" lines; gth_fields_open() is the way back (see fields.h). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/text/fields.h"
#include "lib/util/hex.h"
#include "lib/util/percent.h"

static void append(struct gth_text *t, const char *piece)
{
	size_t len = strlen(piece);

	if (t->err)
		return;
	if (t->room - t->len < len + 1) {
		size_t room = 2 * t->room + len + 256;
		char *text = realloc(t->text, room);

		if (!text) {
			t->err = -ENOMEM;
			return;
		}
		t->text = text;
		t->room = room;
	}
	memcpy(t->text + t->len, piece, len + 1);
	t->len += len;
}

static void refuse(struct gth_text *t)
{
	t->err = t->err ? t->err : -EINVAL;
}

void gth_text_title(struct gth_text *t, const char *title)
{
	append(t, title);
	append(t, "\n");
}

/* gth_text_put() - a value that gth_fields_text() would not give back is an error: -EINVAL */
void gth_text_put(struct gth_text *t, const char *name, const char *value)
{
	size_t len = strlen(value);

	if (!len || len > GTH_FIELD_MAX || value[0] == ' ' || value[len - 1] == ' ')
		refuse(t);
	for (const char *c = value; *c; c++)
		if (*c < ' ' || *c > '~')
			refuse(t);
	append(t, name);
	append(t, ": ");
	append(t, value);
	append(t, "\n");
}

void gth_text_number(struct gth_text *t, const char *name, uint64_t value)
{
	char text[24];

	if (value > INT64_MAX)
		refuse(t);
	snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	gth_text_put(t, name, text);
}

void gth_text_digest(struct gth_text *t, const char *name, const uint8_t digest[GTH_DIGEST_SIZE])
{
	char text[7 + 65] = "sha256:";

	gth_hex_encode(text + 7, digest, GTH_DIGEST_SIZE);
	gth_text_put(t, name, text);
}

void gth_text_countries(struct gth_text *t, const char *name, const struct gth_countries *c)
{
	char text[GTH_COUNTRIES_MAX * GTH_COUNTRY_SIZE + 1] = "";

	if (c->n > GTH_COUNTRIES_MAX)
		refuse(t);
	for (size_t i = 0; i < c->n && !t->err; i++)
		sprintf(text + strlen(text), "%s%.2s", i ? " " : "", c->code[i]);
	gth_text_put(t, name, text);
}

void gth_text_verifier(struct gth_text *t, const char *name, const struct gth_verifier *v)
{
	char text[GTH_NOTE_KEY_SIZE];

	gth_verifier_format(v, text);
	gth_text_put(t, name, text);
}

void gth_text_bytes(struct gth_text *t, const char *name, const char *bytes)
{
	char *text = malloc(3 * strlen(bytes) + 6);

	if (!text) {
		t->err = t->err ? t->err : -ENOMEM;
		return;
	}
	gth_percent_encode(text, bytes);
	gth_text_put(t, name, text);
	free(text);
}

/* gth_text_take() - the text is the caller's, to be freed; 0 or the first error, and then it is
 * gone */
int gth_text_take(struct gth_text *t, char **text)
{
	if (t->err)
		free(t->text);
	else
		*text = t->text;
	t->text = NULL;
	return t->err;
}
