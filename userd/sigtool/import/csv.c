// SPDX-License-Identifier: GPL-2.0-or-later
/* csv.c - records of comma-separated values (see csv.h). */
#include "sigtool/import/csv.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

void csv_init(struct csv *c, bool several)
{
	*c = (struct csv) { .several = several };
}

static char *skip_blanks(char *at, const char *end)
{
	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	return at;
}

/* Two quotes are one. Return: behind the closing quote, or NULL: there is none. */
static char *parse_quoted(char *at, const char *end, struct csv_field *f)
{
	char *out = at;

	f->at = at;
	while (at < end) {
		if (*at != '"') {
			*out++ = *at++;
		} else if (at + 1 < end && at[1] == '"') {
			*out++ = '"';
			at += 2;
		} else {
			f->len = (size_t)(out - f->at);
			return at + 1;
		}
	}
	return NULL;
}

static const char *parse_field(char **at, const char *end, struct csv_field *f)
{
	char *start = skip_blanks(*at, end), *comma;

	if (start < end && *start == '"') {
		*at = parse_quoted(start + 1, end, f);
		if (!*at)
			return "a quoted field that does not end";
		*at = skip_blanks(*at, end);
		return *at == end || **at == ',' ? NULL : "text behind a quoted field";
	}
	comma = memchr(start, ',', (size_t)(end - start));
	f->at = start;
	f->len = (size_t)((comma ? comma : end) - start);
	*at = start + f->len;
	return memchr(f->at, '"', f->len) ? "a quote within a field that is not quoted" : NULL;
}

/* Fields are cut out of the text, which is changed. */
static const char *parse(struct csv *c)
{
	char *at = c->text;
	const char *end = c->text + c->len;

	for (c->fields = 0; c->fields < CSV_FIELDS;) {
		const char *why = parse_field(&at, end, &c->field[c->fields]);

		if (why)
			return why;
		c->fields++;
		if (at == end)
			return NULL;
		at++; /* the comma */
	}
	return "more than 64 fields";
}

static bool ends_open(bool open, const char *line, size_t len)
{
	for (size_t i = 0; i < len; i++)
		open ^= line[i] == '"';
	return open;
}

/**
 * csv_line() - take one more line
 * @c: a record that is not complete, or a complete one that was read, or failed
 * @line: untrusted bytes without a line end
 * @len: how many, at most GTH_LINE_MAX
 * @number: of the line
 * @why: the reason, after -EINVAL
 *
 * Return: 1: the record is complete, its fields are valid until the next call; 0: it goes on in
 * the next line; -EINVAL: it is malformed, and the next line begins another one.
 */
int csv_line(struct csv *c, const char *line, size_t len, u64 number, const char **why)
{
	if (!c->open) {
		c->len = 0;
		c->line = number;
	} else if (c->len + 1 + len <= GTH_LINE_MAX) {
		c->text[c->len++] = '\n';
	}
	if (c->len + len > GTH_LINE_MAX || (c->open && c->len + len == GTH_LINE_MAX)) {
		c->open = false;
		*why = "a quoted field that does not end within 65536 bytes";
		return -EINVAL;
	}
	if (len)
		memcpy(c->text + c->len, line, len);
	c->len += len;
	c->open = ends_open(c->open, line, len);
	if (c->open && c->several)
		return 0;
	c->open = false;
	*why = memchr(c->text, '\0', c->len) ? "a NUL byte" : parse(c);
	return *why ? -EINVAL : 1;
}

/* A name of a column: neither case nor '-', '_' and blanks matter. */
bool csv_is(const struct csv_field *f, const char *text)
{
	size_t i = 0;

	for (; i < f->len && *text; i++) {
		char c = f->at[i];

		if (c == '-' || c == '_' || c == ' ')
			continue;
		if (strncasecmp(&c, text, 1) != 0)
			return false;
		text++;
	}
	while (i < f->len && (f->at[i] == ' ' || f->at[i] == '_' || f->at[i] == '-'))
		i++;
	return i == f->len && !*text;
}
