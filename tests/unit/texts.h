/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * texts.h - what every text of "name: value" lines has to refuse, tried on a good one.
 *
 * A kind is a text with its reader and its writer. texts_refuse() damages a text of it
 * line by line and value by value; texts_same() is its way there and back.
 */
#ifndef GTH_TEST_TEXTS_H
#define GTH_TEST_TEXTS_H

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/text/fields.h"
#include "tests/unit/random.h"
#include "tests/unit/tap.h"

#define TEXTS_HEX "275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f"
#define TEXTS_DIGEST "sha256:" TEXTS_HEX
#define TEXTS_UUID "0191d6a0-7c1e-7b3a-9f00-0123456789ab"

enum texts_value {
	TEXTS_TEXT,
	TEXTS_NUMBER,
	TEXTS_DIGEST_OF,
	TEXTS_UUID_OF,
	TEXTS_NAME,
	TEXTS_COUNTRY,
	TEXTS_COUNTRIES,
	TEXTS_KEY,
	TEXTS_BYTES,
	TEXTS_WORD,
	TEXTS_VALUES
};

struct texts_field {
	const char *name;
	enum texts_value value;
};

struct texts_kind {
	const char *name;
	size_t size; /* of its struct */
	int (*parse)(void *s, const char *text, size_t len);
	int (*format)(const void *s, char **text);
	const struct texts_field *fields; /* in their order; the last has no name */
};

/* The kind of gth_NAME_parse() and gth_NAME_format(). */
#define TEXTS_KIND(kind, fields_)                                                                  \
	static int kind##_parse(void *s, const char *text, size_t len)                             \
	{                                                                                          \
		return gth_##kind##_parse(s, text, len);                                           \
	}                                                                                          \
	static int kind##_format(const void *s, char **text)                                       \
	{                                                                                          \
		return gth_##kind##_format(s, text);                                               \
	}                                                                                          \
	static const struct texts_kind kind##_kind = { #kind, sizeof(struct gth_##kind),           \
						       kind##_parse, kind##_format, fields_ }

/* From a copy of exactly its size, so that the sanitizer sees a read past it. */
static inline int texts_parse(const struct texts_kind *k, const char *text, size_t len)
{
	void *s = calloc(1, k->size);
	char *copy = malloc(len ? len : 1);
	int err;

	if (!s || !copy)
		abort();
	memcpy(copy, text, len);
	err = k->parse(s, copy, len);
	free(copy);
	free(s);
	return err;
}

/* The text with another value of a field, to be freed. */
static inline char *texts_with(const char *text, const char *field, const char *value)
{
	char start[64], *out;
	const char *at;

	snprintf(start, sizeof(start), "\n%s: ", field);
	at = strstr(text, start);
	if (!at)
		abort();
	at += strlen(start);
	if (asprintf(&out, "%.*s%s%s", (int)(at - text), text, value, strchr(at, '\n')) < 0)
		abort();
	return out;
}

/* Return: the error of reading when a field has this value. */
static inline int texts_try(const struct texts_kind *k, const char *text, const char *field,
			    const char *value)
{
	char *other = texts_with(text, field, value);
	int err = texts_parse(k, other, strlen(other));

	free(other);
	return err;
}

__attribute__((format(printf, 3, 4))) static inline void texts_refused(const struct texts_kind *k,
								       int err, const char *format,
								       ...)
{
	char what[128], name[256];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	snprintf(name, sizeof(name), "%s_refuses_%s", k->name, what);
	if (!tap_ok(err == -EBADMSG || err == -E2BIG, name))
		tap_note("got %d", err);
}

static const char *const texts_bad[TEXTS_VALUES][14] = {
	[TEXTS_TEXT] = { "" },
	[TEXTS_NUMBER] = { "", "-1", "+1", "01", "00", "0x1", "1e3", "1.0", "a",
			   "9223372036854775808", "18446744073709551616",
			   "99999999999999999999999999" },
	[TEXTS_DIGEST_OF] = { "", TEXTS_HEX, "sha256:", "SHA256:" TEXTS_HEX,
			      "sha256:" TEXTS_HEX "0",
			      "sha256:275A021BBFB6489E54D471899F7DB9D1663FC695EC2FE2A2C4538AABF651FD0F",
			      "sha256:75a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f",
			      "sha256:x75a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f" },
	[TEXTS_UUID_OF] = { "", "0191D6A0-7C1E-7B3A-9F00-0123456789AB", TEXTS_UUID "0",
			    "0191d6a0-7c1e-7b3a-9f00-0123456789a",
			    "0191d6a07c1e7b3a9f000123456789ab",
			    "0191d6a0-7c1e-7b3a-9f00-0123456789ag",
			    "0191d6a07-c1e-7b3a-9f00-0123456789ab" },
	[TEXTS_NAME] = { "", ".a", "-a", "A", "a_b", "a b", "a/b", "a+b",
			 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" },
	[TEXTS_COUNTRY] = { "", "ch", "C", "CHE", "C1", "CH DE" },
	[TEXTS_COUNTRIES] = { "", "ch", "C", "CH  DE", "DE CH", "CH CH", "CH,DE", "CH DE LI AT",
			      "none" },
	[TEXTS_KEY] = { "", "none", "region", "region+00000000+AA==" },
	[TEXTS_BYTES] = { "", "a b", "%", "%4", "%41", "%2f", "%2F", "%00", "%zz", "a%", "a+b",
			  "%6Enone", "%6eone", "n%6Fne" },
	[TEXTS_WORD] = { "", "?", "nothing", "Unknown" },
};

static inline void texts_refuse_values(const struct texts_kind *k, const char *text,
				       const struct texts_field *f)
{
	static const char *const ends[] = { " ", "\t", "\r", "\x7f", "\xc3\xa9", "\v" };
	char value[20001], *other;
	const char *start;
	size_t len;

	for (size_t i = 0; i < 14 && texts_bad[f->value][i]; i++)
		texts_refused(k, texts_try(k, text, f->name, texts_bad[f->value][i]), "%s_of_%s",
			      f->name, texts_bad[f->value][i]);
	memset(value, 'a', 20000);
	value[20000] = '\0';
	texts_refused(k, texts_try(k, text, f->name, value), "long_%s", f->name);

	start = strchr(strstr(text, f->name), ' ') + 1;
	len = strcspn(start, "\n");
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		snprintf(value, sizeof(value), "%.*s%s", (int)len, start, ends[i]);
		texts_refused(k, texts_try(k, text, f->name, value), "%s_with_%02x_behind", f->name,
			      (unsigned char)ends[i][0]);
	}
	snprintf(value, sizeof(value), " %.*s", (int)len, start);
	texts_refused(k, texts_try(k, text, f->name, value), "space_before_%s", f->name);

	other = strdup(text);
	if (!other)
		abort();
	other[start - text + (long)len - 1] = '\0';
	texts_refused(k, texts_parse(k, other, strlen(text)), "nul_in_%s", f->name);
	free(other);
}

#define TEXTS_LINES 24

/* Lines as they were split, put together in another order. */
static inline int texts_lines(const struct texts_kind *k, char *const *lines, const int *order,
			      int n, const char *end)
{
	char text[4096] = "";

	for (int i = 0; i < n; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s", lines[order[i]],
			 end);
	return texts_parse(k, text, strlen(text));
}

static inline void texts_refuse_lines(const struct texts_kind *k, const char *text)
{
	char *copy = strdup(text), *lines[TEXTS_LINES], *rest = copy;
	int order[TEXTS_LINES + 1], n = 0;

	for (char *line; (line = strsep(&rest, "\n")) && rest;)
		lines[n++] = line;
	for (int i = 0; i < n; i++)
		order[i] = i;
	tap_is(texts_lines(k, lines, order, n, "\n"), 0, k->name);
	texts_refused(k, texts_lines(k, lines, order, n, "\r\n"), "crlf");
	texts_refused(k, texts_lines(k, lines, order, n, "\n\n"), "empty_lines");
	for (int i = 0; i < n; i++) {
		int m = 0;

		for (int j = 0; j < n; j++)
			if (j != i)
				order[m++] = j;
		texts_refused(k, texts_lines(k, lines, order, m, "\n"), "text_without_line_%d",
			      i + 1);
		m = 0;
		for (int j = 0; j < n; j++) {
			order[m++] = j;
			if (j == i)
				order[m++] = j;
		}
		texts_refused(k, texts_lines(k, lines, order, m, "\n"), "line_%d_twice", i + 1);
		for (int j = 0; j < n; j++)
			order[j] = j == i ? (i + 1) % n : j == (i + 1) % n ? i : j;
		texts_refused(k, texts_lines(k, lines, order, n, "\n"), "line_%d_behind_the_next",
			      i + 1);
	}
	free(copy);
}

/* All that is wrong with any text; and no start of it is one. */
static inline void texts_refuse(const struct texts_kind *k, const char *text)
{
	size_t len = strlen(text), cut = 0;
	char *other;

	texts_refuse_lines(k, text);
	for (const struct texts_field *f = k->fields; f->name; f++)
		texts_refuse_values(k, text, f);
	while (cut < len && texts_parse(k, text, cut) == -EBADMSG)
		cut++;
	if (!tap_ok(cut == len, "every_start_of_a_text_is_refused"))
		tap_note("%s: taken with %zu bytes", k->name, cut);
	if (asprintf(&other, "%s\n", text) < 0)
		abort();
	texts_refused(k, texts_parse(k, other, len + 1), "empty_line_behind");
	other[len] = '\0';
	texts_refused(k, texts_parse(k, other, len + 1), "nul_behind");
	free(other);
}

/* There and back: no difference; the text is to be freed. s was cleared before it was filled. */
static inline bool texts_same(const struct texts_kind *k, const void *s, char **text)
{
	void *again = calloc(1, k->size);
	char *second = NULL;
	bool same;

	if (!again || k->format(s, text))
		abort();
	same = !k->parse(again, *text, strlen(*text)) && !k->format(again, &second) &&
	       !strcmp(*text, second) && !memcmp(again, s, k->size);
	free(second);
	free(again);
	return same;
}

/* Is a struct refused by its writer? */
static inline void texts_unwritten(const struct texts_kind *k, const void *s, const char *name)
{
	char *text = NULL;

	tap_is(k->format(s, &text), -EINVAL, name);
}

/* A random string of these characters, of 1 to max - 1 of them; no space first or last. */
static inline void texts_random(char *out, size_t max, const char *characters)
{
	size_t n = 1 + random_below(max - 1);

	for (size_t i = 0; i < n; i++)
		do
			out[i] = characters[random_below(strlen(characters))];
		while (out[i] == ' ' && (!i || i == n - 1));
	out[n] = '\0';
}

#define TEXTS_PRINTABLE                                                                            \
	" !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnop"      \
	"qrstuvwxyz{|}~"

static inline void texts_random_name(char out[GTH_REGION_SIZE])
{
	texts_random(out, GTH_REGION_SIZE, "abcdefghijklmnopqrstuvwxyz0123456789.-");
	if (out[0] == '.' || out[0] == '-')
		out[0] = 'x';
}

static inline void texts_random_uuid(char out[GTH_UUID_SIZE])
{
	for (int i = 0; i < GTH_UUID_SIZE - 1; i++)
		out[i] = "0123456789abcdef"[random_below(16)];
	out[8] = out[13] = out[18] = out[23] = '-';
}

/* Any number there is, small ones as often as large ones. */
static inline uint64_t texts_random_number(void)
{
	return random_u64() >> (1 + random_below(63));
}

static inline void texts_random_countries(struct gth_countries *c)
{
	size_t n = 1 + random_below(GTH_COUNTRIES_MAX);

	/* In their order: a step of at most ten from code to code. */
	for (unsigned int code = (unsigned int)random_below(10); c->n < n && code < 676;
	     code += 1 + (unsigned int)random_below(10)) {
		c->code[c->n][0] = (char)('A' + code / 26);
		c->code[c->n++][1] = (char)('A' + code % 26);
	}
}

#endif /* GTH_TEST_TEXTS_H */
