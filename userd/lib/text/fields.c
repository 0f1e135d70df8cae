// SPDX-License-Identifier: GPL-2.0-or-later
/* fields.c - reads "name: value" lines in their fixed order (see fields.h). */
#include "lib/text/fields.h"

#include <errno.h>
#include <string.h>

#include "lib/util/hex.h"
#include "lib/util/number.h"
#include "lib/util/percent.h"

#define DIGEST "sha256:"
#define NUMBER_MAX 9223372036854775807ULL

void gth_fields_open(struct gth_fields *f, const char *text, size_t len)
{
	*f = (struct gth_fields) { .at = text, .end = text + len };
}

static void refuse(struct gth_fields *f, const char *name, int err)
{
	if (f->err)
		return;
	f->err = err;
	f->wrong = name;
}

/* The next line without its end, or NULL. */
static const char *next_line(struct gth_fields *f, size_t *len)
{
	const char *line = f->at;
	const char *eol = f->err ? NULL : memchr(line, '\n', (size_t)(f->end - line));

	if (!eol)
		return NULL;
	f->at = eol + 1;
	*len = (size_t)(eol - line);
	return line;
}

/* gth_fields_title() - the first line, whole */
void gth_fields_title(struct gth_fields *f, const char *title)
{
	size_t len = 0;
	const char *line = next_line(f, &len);

	if (!line || len != strlen(title) || memcmp(line, title, len) != 0)
		refuse(f, "the title", -EBADMSG);
}

/* The value of the line that has to come next; NULL: refused. */
static const char *value_of(struct gth_fields *f, const char *name, size_t *len)
{
	size_t n = strlen(name);
	const char *line = next_line(f, len);

	if (!line || *len < n + 3 || memcmp(line, name, n) != 0 || line[n] != ':' ||
	    line[n + 1] != ' ' || *len - n - 2 > GTH_FIELD_MAX) {
		refuse(f, name, -EBADMSG);
		return NULL;
	}
	*len -= n + 2;
	line += n + 2;
	for (size_t i = 0; i < *len; i++) {
		if (line[i] < ' ' || line[i] > '~') {
			refuse(f, name, -EBADMSG);
			return NULL;
		}
	}
	return line;
}

/* gth_fields_text() - printable ASCII that neither begins nor ends with a space; size has room for
 * a NUL */
void gth_fields_text(struct gth_fields *f, const char *name, char *out, size_t size)
{
	size_t len;
	const char *value = value_of(f, name, &len);

	out[0] = '\0';
	if (!value)
		return;
	if (len >= size) {
		refuse(f, name, -E2BIG);
	} else if (value[0] == ' ' || value[len - 1] == ' ') {
		refuse(f, name, -EBADMSG);
	} else {
		memcpy(out, value, len);
		out[len] = '\0';
	}
}

/* gth_fields_number() - decimal, without a leading zero, at most 2^63-1 */
void gth_fields_number(struct gth_fields *f, const char *name, uint64_t *out)
{
	unsigned long long v = 0;
	char text[24];

	*out = 0;
	gth_fields_text(f, name, text, sizeof(text));
	if (f->err)
		return;
	if ((text[0] == '0' && text[1]) || gth_number_parse(text, NUMBER_MAX, &v))
		refuse(f, name, -EBADMSG);
	else
		*out = v;
}

/* gth_fields_digest() - sha256: and 64 digits in lower case */
void gth_fields_digest(struct gth_fields *f, const char *name, uint8_t out[GTH_DIGEST_SIZE])
{
	char text[sizeof(DIGEST) + 64], again[65];

	memset(out, 0, GTH_DIGEST_SIZE);
	gth_fields_text(f, name, text, sizeof(text));
	if (f->err)
		return;
	if (strlen(text) != sizeof(text) - 1 || memcmp(text, DIGEST, strlen(DIGEST)) != 0 ||
	    gth_hex_decode(out, GTH_DIGEST_SIZE, text + strlen(DIGEST))) {
		refuse(f, name, -EBADMSG);
		return;
	}
	gth_hex_encode(again, out, GTH_DIGEST_SIZE);
	if (strcmp(again, text + strlen(DIGEST)) != 0)
		refuse(f, name, -EBADMSG);
}

/* gth_uuid_ok() - RFC 9562, lower case */
bool gth_uuid_ok(const char *text)
{
	if (strlen(text) != GTH_UUID_SIZE - 1)
		return false;
	for (int i = 0; i < GTH_UUID_SIZE - 1; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? text[i] != '-' : !text[i] || !strchr("0123456789abcdef", text[i]))
			return false;
	}
	return true;
}

void gth_fields_uuid(struct gth_fields *f, const char *name, char out[GTH_UUID_SIZE])
{
	gth_fields_text(f, name, out, GTH_UUID_SIZE);
	if (!f->err && !gth_uuid_ok(out))
		refuse(f, name, -EBADMSG);
}

/* gth_identifier_ok() - of a region or an endpoint: [a-z0-9][a-z0-9.-]*, 63 characters at most */
bool gth_identifier_ok(const char *text)
{
	size_t len = strlen(text);

	return len && len < GTH_REGION_SIZE && text[0] != '.' && text[0] != '-' &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789.-") == len;
}

void gth_fields_region(struct gth_fields *f, const char *name, char out[GTH_REGION_SIZE])
{
	gth_fields_text(f, name, out, GTH_REGION_SIZE);
	if (!f->err && !gth_identifier_ok(out))
		refuse(f, name, -EBADMSG);
}

static bool is_country(const char *text, size_t len)
{
	return len == 2 && text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'A' && text[1] <= 'Z';
}

void gth_fields_country(struct gth_fields *f, const char *name, char out[GTH_COUNTRY_SIZE])
{
	gth_fields_text(f, name, out, GTH_COUNTRY_SIZE);
	if (!f->err && !is_country(out, strlen(out)))
		refuse(f, name, -EBADMSG);
}

/* gth_countries_parse() - codes with one space between, sorted; 0, -EBADMSG or -E2BIG */
int gth_countries_parse(struct gth_countries *c, const char *text)
{
	c->n = 0;
	for (;;) {
		size_t len = strcspn(text, " ");

		if (!is_country(text, len))
			return -EBADMSG;
		if (c->n == GTH_COUNTRIES_MAX)
			return -E2BIG;
		memcpy(c->code[c->n], text, 2);
		c->code[c->n][2] = '\0';
		if (c->n && strcmp(c->code[c->n - 1], c->code[c->n]) >= 0)
			return -EBADMSG;
		c->n++;
		if (!text[len])
			return 0;
		text += len + 1;
	}
}

void gth_fields_countries(struct gth_fields *f, const char *name, struct gth_countries *out)
{
	char text[GTH_COUNTRIES_MAX * GTH_COUNTRY_SIZE + 1];
	int err;

	out->n = 0;
	gth_fields_text(f, name, text, sizeof(text));
	if (f->err)
		return;
	err = gth_countries_parse(out, text);
	if (err)
		refuse(f, name, err);
}

bool gth_countries_have(const struct gth_countries *c, const char *country)
{
	for (size_t i = 0; i < c->n; i++)
		if (!strcmp(c->code[i], country))
			return true;
	return false;
}

void gth_fields_verifier(struct gth_fields *f, const char *name, struct gth_verifier *out)
{
	char text[GTH_NOTE_KEY_SIZE];

	gth_fields_text(f, name, text, sizeof(text));
	if (!f->err && gth_verifier_parse(out, text))
		refuse(f, name, -EBADMSG);
}

/* gth_fields_word() - one of words; out: its place. Words that are NULL are passed over. */
void gth_fields_word(struct gth_fields *f, const char *name, const char *const *words, int n,
		     int *out)
{
	char text[64];

	*out = 0;
	gth_fields_text(f, name, text, sizeof(text));
	for (int i = 0; i < n && !f->err; i++) {
		if (words[i] && !strcmp(words[i], text)) {
			*out = i;
			return;
		}
	}
	refuse(f, name, -EBADMSG);
}

/* gth_fields_bytes() - any bytes but NUL; size has room for a NUL */
void gth_fields_bytes(struct gth_fields *f, const char *name, char *out, size_t size)
{
	size_t len;
	const char *value = value_of(f, name, &len);
	int err;

	out[0] = '\0';
	if (!value)
		return;
	err = gth_percent_decode(out, size, value, len);
	if (err) {
		out[0] = '\0';
		refuse(f, name, err);
	}
}

/* gth_fields_close() - what was wrong; -EBADMSG too if something is left */
int gth_fields_close(struct gth_fields *f)
{
	if (f->at != f->end)
		refuse(f, "the end", -EBADMSG);
	return f->err;
}
