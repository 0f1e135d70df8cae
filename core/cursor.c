// SPDX-License-Identifier: GPL-2.0-or-later
/* cursor.c - reads texts of fixed lines (see cursor.h). */
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "core/cursor.h"

/* The most digits that cannot overflow a u64. */
#define DIGITS_MAX	19

/**
 * gth_cursor_take() - go past a word
 * @c: the text
 * @word: what must be there
 *
 * Return: 0 or -EINVAL.
 */
int gth_cursor_take(struct gth_cursor *c, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(c->end - c->at) < len || memcmp(c->at, word, len))
		return -EINVAL;
	c->at += len;
	return 0;
}

static bool is_name_char(char c, bool first)
{
	if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
		return true;
	return !first && (c == '.' || c == '_' || c == '-');
}

/* gth_is_name() - may a database be called so? @name is padded with NULs to its end. */
bool gth_is_name(const char name[GTH_NAME_SIZE])
{
	unsigned int i, len;

	for (len = 0; len < GTH_NAME_SIZE && is_name_char(name[len], !len);)
		len++;
	for (i = len; i < GTH_NAME_SIZE; i++)
		if (name[i])
			return false;
	return len && len < GTH_NAME_SIZE;
}

static int take_name(struct gth_cursor *c, char name[GTH_NAME_SIZE])
{
	size_t len = 0;

	while (c->at < c->end && is_name_char(*c->at, !len)) {
		if (len == GTH_NAME_SIZE - 1)
			return -EINVAL;
		name[len++] = *c->at++;
	}
	return len ? 0 : -EINVAL;
}

static int take_number(struct gth_cursor *c, u64 min, u64 *value)
{
	const char *start = c->at;
	u64 v = 0;

	while (c->at < c->end && *c->at >= '0' && *c->at <= '9') {
		if (c->at - start == DIGITS_MAX)
			return -EINVAL;
		v = v * 10 + (u64)(*c->at++ - '0');
	}
	if (c->at == start || (*start == '0' && c->at - start > 1) || v > S64_MAX || v < min) {
		c->at = start;
		return -EINVAL;
	}
	*value = v;
	return 0;
}

static int nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -EINVAL;
}

static int take_digest(struct gth_cursor *c, u8 digest[GTH_DIGEST_SIZE])
{
	unsigned int i;

	for (i = 0; i < 2 * GTH_DIGEST_SIZE; i++) {
		int n = c->at < c->end ? nibble(*c->at) : -EINVAL;

		if (n < 0)
			return n;
		digest[i / 2] = (u8)(digest[i / 2] << 4 | n);
		c->at++;
	}
	return 0;
}

/**
 * gth_cursor_name() - read the line with the name of a database
 * @c: the text
 * @name: all zeros before; padded with NULs afterwards
 *
 * Return: 0 or -EINVAL.
 */
int gth_cursor_name(struct gth_cursor *c, char name[GTH_NAME_SIZE])
{
	return gth_cursor_take(c, "name: ") ?: take_name(c, name) ?: gth_cursor_take(c, "\n");
}

/**
 * gth_cursor_number() - read a line with a number
 * @c: the text
 * @key: what the line begins with
 * @min: the least that is accepted; the most is S64_MAX
 * @value: set to the number
 *
 * Return: 0 or -EINVAL.
 */
int gth_cursor_number(struct gth_cursor *c, const char *key, u64 min, u64 *value)
{
	return gth_cursor_take(c, key) ?: take_number(c, min, value) ?: gth_cursor_take(c, "\n");
}

/**
 * gth_cursor_digest() - read a line with a digest in lower-case digits
 * @c: the text
 * @key: what the line begins with
 * @digest: all of it is set, or an unknown part after an error
 *
 * Return: 0 or -EINVAL.
 */
int gth_cursor_digest(struct gth_cursor *c, const char *key, u8 digest[GTH_DIGEST_SIZE])
{
	return gth_cursor_take(c, key) ?: take_digest(c, digest) ?: gth_cursor_take(c, "\n");
}
