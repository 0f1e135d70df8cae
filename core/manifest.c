// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * manifest.c - the manifest of a signature database (see manifest.h).
 *
 * One text for one database: no spaces to choose, no order, no leading zero.
 * So the SHA-256 of a manifest names a release, and nothing can be hidden in it.
 */
#include <linux/errno.h>
#include <linux/string.h>

#include "core/cursor.h"
#include "core/limits.h"
#include "core/manifest.h"

/* The text that is left, and where the lines are that are judged last. */
struct cursor {
	struct gth_cursor text;
	const char *body_size;
	const char *counts;
};

static int prev_line(struct cursor *c, struct gth_manifest *m)
{
	if (!gth_cursor_take(&c->text, "prev: none\n"))
		return 0;
	m->has_prev = true;
	return gth_cursor_digest(&c->text, "prev: ", m->prev);
}

static int body_lines(struct cursor *c, struct gth_manifest *m)
{
	c->body_size = c->text.at;
	return gth_cursor_number(&c->text, "body-size: ", 0, &m->body_size) ?:
	       gth_cursor_digest(&c->text, "body-sha256: ", m->body_digest);
}

static int count_lines(struct cursor *c, struct gth_manifest *m)
{
	c->counts = c->text.at;
	return gth_cursor_number(&c->text, "malicious: ", 0, &m->count[GTH_CLASS_MALICIOUS]) ?:
	       gth_cursor_number(&c->text, "suspicious: ", 0, &m->count[GTH_CLASS_SUSPICIOUS]) ?:
	       gth_cursor_number(&c->text, "trusted: ", 0, &m->count[GTH_CLASS_TRUSTED]);
}

static int parse(struct cursor *c, struct gth_manifest *m)
{
	/* created is at most S64_MAX, so created + 1 does not wrap */
	return gth_cursor_take(&c->text, "gotthard-signatures 1\n") ?:
	       gth_cursor_name(&c->text, m->name) ?:
	       gth_cursor_number(&c->text, "version: ", 1, &m->version) ?:
	       gth_cursor_number(&c->text, "created: ", 0, &m->created) ?:
	       gth_cursor_number(&c->text, "expires: ", m->created + 1, &m->expires) ?:
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
			c->text.at = c->counts;
			return -EFBIG;
		}
		sum += m->count[i];
	}
	if (m->body_size != sum * sizeof(struct gth_record)) {
		c->text.at = c->body_size;
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
	struct cursor c = { .text = { .at = text, .end = text + len } };
	int err;

	*m = (struct gth_manifest){ };
	*at = 0;
	if (len > GTH_MANIFEST_MAX)
		return -EINVAL;
	err = parse(&c, m);
	if (!err && c.text.at != c.text.end)
		err = -EINVAL;
	if (!err)
		err = check_sizes(&c, m);
	*at = (size_t)(c.text.at - text);
	return err;
}

/* gth_manifest_parse() - the same for those who need not know where. */
int gth_manifest_parse(struct gth_manifest *m, const char *text, size_t len)
{
	size_t at;

	return gth_manifest_parse_at(m, text, len, &at);
}
