// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * manifest.c - the manifest of a signature database (see manifest.h).
 *
 * One text for one database: no spaces to choose, no order, no leading zero.
 * So the SHA-256 of a manifest names a release, and nothing can be hidden in it.
 */
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "core/limits.h"
#include "core/manifest.h"

/* The most digits that cannot overflow a u64. */
#define DIGITS_MAX	19

/* The text that is left, and where the lines are that are judged last. */
struct cursor {
	const char *at;
	const char *end;
	const char *body_size;
	const char *counts;
};

static int take(struct cursor *c, const char *word)
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

static int take_name(struct cursor *c, char name[GTH_NAME_SIZE])
{
	size_t len = 0;

	while (c->at < c->end && is_name_char(*c->at, !len)) {
		if (len == GTH_NAME_SIZE - 1)
			return -EINVAL;
		name[len++] = *c->at++;
	}
	return len ? 0 : -EINVAL;
}

static int take_number(struct cursor *c, u64 min, u64 *value)
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

static int take_digest(struct cursor *c, u8 digest[GTH_DIGEST_SIZE])
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

static int name_line(struct cursor *c, char name[GTH_NAME_SIZE])
{
	return take(c, "name: ") ?: take_name(c, name) ?: take(c, "\n");
}

static int number_line(struct cursor *c, const char *key, u64 min, u64 *value)
{
	return take(c, key) ?: take_number(c, min, value) ?: take(c, "\n");
}

static int digest_line(struct cursor *c, const char *key, u8 digest[GTH_DIGEST_SIZE])
{
	return take(c, key) ?: take_digest(c, digest) ?: take(c, "\n");
}

static int prev_line(struct cursor *c, struct gth_manifest *m)
{
	if (!take(c, "prev: none\n"))
		return 0;
	m->has_prev = true;
	return digest_line(c, "prev: ", m->prev);
}

static int body_lines(struct cursor *c, struct gth_manifest *m)
{
	c->body_size = c->at;
	return number_line(c, "body-size: ", 0, &m->body_size) ?:
	       digest_line(c, "body-sha256: ", m->body_digest);
}

static int count_lines(struct cursor *c, struct gth_manifest *m)
{
	c->counts = c->at;
	return number_line(c, "malicious: ", 0, &m->count[GTH_CLASS_MALICIOUS]) ?:
	       number_line(c, "suspicious: ", 0, &m->count[GTH_CLASS_SUSPICIOUS]) ?:
	       number_line(c, "trusted: ", 0, &m->count[GTH_CLASS_TRUSTED]);
}

static int parse(struct cursor *c, struct gth_manifest *m)
{
	/* created is at most S64_MAX, so created + 1 does not wrap */
	return take(c, "gotthard-signatures 1\n") ?:
	       name_line(c, m->name) ?:
	       number_line(c, "version: ", 1, &m->version) ?:
	       number_line(c, "created: ", 0, &m->created) ?:
	       number_line(c, "expires: ", m->created + 1, &m->expires) ?:
	       prev_line(c, m) ?:
	       body_lines(c, m) ?:
	       count_lines(c, m);
}

static int check_sizes(struct cursor *c, const struct gth_manifest *m)
{
	u64 sum = 0;
	unsigned int i;

	for (i = 0; i < GTH_CLASS_MAX; i++) {
		/* each is looked at before it is added, so sum does not wrap */
		if (m->count[i] > GTH_ENTRIES_MAX - sum) {
			c->at = c->counts;
			return -EFBIG;
		}
		sum += m->count[i];
	}
	if (m->body_size != sum * sizeof(struct gth_record)) {
		c->at = c->body_size;
		return -EINVAL;
	}
	return 0;
}

/**
 * gth_manifest_parse_at() - parse a manifest and tell where it is wrong
 * @m: filled in; undefined after an error
 * @text: untrusted bytes, without a NUL at the end
 * @len: how many
 * @at: offset in @text of what was refused, after an error
 *
 * Return: 0; -EINVAL: malformed, in whatever way; -EFBIG: well-formed, but
 * more than GTH_ENTRIES_MAX records.
 */
int gth_manifest_parse_at(struct gth_manifest *m, const char *text, size_t len, size_t *at)
{
	struct cursor c = { .at = text, .end = text + len };
	int err;

	*m = (struct gth_manifest){ };
	*at = 0;
	if (len > GTH_MANIFEST_MAX)
		return -EINVAL;
	err = parse(&c, m);
	if (!err && c.at != c.end)
		err = -EINVAL;
	if (!err)
		err = check_sizes(&c, m);
	*at = (size_t)(c.at - text);
	return err;
}

/* gth_manifest_parse() - the same for those who need not know where. */
int gth_manifest_parse(struct gth_manifest *m, const char *text, size_t len)
{
	size_t at;

	return gth_manifest_parse_at(m, text, len, &at);
}
