// SPDX-License-Identifier: GPL-2.0-or-later
/* journal_head.c - how far the egress journal has come, as text and as a file (see journal_head.h).
 */
#include "lib/text/journal_head.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/log/tile.h"
#include "lib/util/atomic.h"
#include "lib/util/base64.h"
#include "lib/util/hex.h"
#include "lib/util/io.h"

#define TITLE "gotthard-journal-head 1"
#define NONE "none"
#define HASH GTH_MERKLE_HASH
#define EDGE_SIZE (2 * GTH_FRONTIER_MAX * HASH + 1)
#define TEXT_MAX (EDGE_SIZE + 1024)

static const uint8_t zero[HASH];

/* The hashes behind each other, in lower case; none: "none". Return: 0 or -EBADMSG. */
static int parse_edge(struct gth_frontier *f, uint64_t size, const char *text)
{
	uint8_t hashes[GTH_FRONTIER_MAX * HASH];
	char again[EDGE_SIZE];
	size_t len = gth_frontier_width(size) * (size_t)HASH;

	if (!strcmp(text, NONE))
		return gth_frontier_set(f, size, NULL, 0);
	if (!len || len > sizeof(hashes) || strlen(text) != 2 * len ||
	    gth_hex_decode(hashes, len, text))
		return -EBADMSG;
	gth_hex_encode(again, hashes, len);
	if (memcmp(again, text, 2 * len) != 0)
		return -EBADMSG;
	return gth_frontier_set(f, size, hashes, len);
}

/* gth_journal_head_parse() - 0, -EBADMSG, -E2BIG or -ENOMEM */
int gth_journal_head_parse(struct gth_journal_head *h, const char *text, size_t len)
{
	uint8_t root[HASH], computed[HASH];
	char edge[EDGE_SIZE];
	struct gth_fields f;
	uint64_t size;
	int err;

	memset(h, 0, sizeof(*h));
	gth_fields_open(&f, text, len);
	gth_fields_title(&f, TITLE);
	gth_fields_verifier(&f, "key", &h->key);
	gth_fields_number(&f, "size", &size);
	gth_fields_digest(&f, "root", root);
	gth_fields_text(&f, "edge", edge, sizeof(edge));
	gth_fields_number(&f, "accepted", &h->accepted);
	gth_fields_number(&f, "accepted-by", &h->accepted_by);
	gth_fields_number(&f, "replaced-size", &h->replaced_size);
	gth_fields_digest(&f, "replaced-root", h->replaced_root);
	err = gth_fields_close(&f);
	if (!err)
		err = parse_edge(&h->tree, size, edge);
	if (!err)
		err = gth_frontier_root(&h->tree, computed);
	if (!err && memcmp(root, computed, HASH) != 0)
		err = -EBADMSG;
	if (!err && !h->accepted &&
	    (h->accepted_by || h->replaced_size || memcmp(h->replaced_root, zero, HASH) != 0))
		err = -EBADMSG;
	return err;
}

/* gth_journal_head_format() - 0; -EINVAL: gth_journal_head_parse() would not take it; -ENOMEM */
int gth_journal_head_format(const struct gth_journal_head *h, char **text)
{
	unsigned int n = gth_frontier_width(h->tree.size);
	struct gth_journal_head again;
	char edge[EDGE_SIZE] = NONE;
	struct gth_text t = { 0 };
	uint8_t root[HASH];
	int err = gth_frontier_root(&h->tree, root);

	if (err)
		return err;
	if (n)
		gth_hex_encode(edge, h->tree.hash[0], n * (size_t)HASH);
	edge[n ? 2 * n * (size_t)HASH : strlen(NONE)] = '\0';
	gth_text_title(&t, TITLE);
	gth_text_verifier(&t, "key", &h->key);
	gth_text_number(&t, "size", h->tree.size);
	gth_text_digest(&t, "root", root);
	gth_text_put(&t, "edge", edge);
	gth_text_number(&t, "accepted", h->accepted);
	gth_text_number(&t, "accepted-by", h->accepted_by);
	gth_text_number(&t, "replaced-size", h->replaced_size);
	gth_text_digest(&t, "replaced-root", h->replaced_root);
	/* A text that readers refuse is not written. */
	if (!t.err && gth_journal_head_parse(&again, t.text, t.len))
		t.err = -EINVAL;
	return gth_text_take(&t, text);
}

/* gth_journal_head_accepted() - by whom, when and in place of what; empty: it never was */
void gth_journal_head_accepted(const struct gth_journal_head *h,
			       char text[GTH_JOURNAL_ACCEPTED_SIZE])
{
	char root[GTH_BASE64_LEN(HASH) + 1];
	int n;

	text[0] = '\0';
	if (!h->accepted)
		return;
	n = snprintf(text, GTH_JOURNAL_ACCEPTED_SIZE, "by uid %llu at %llu in place of ",
		     (unsigned long long)h->accepted_by, (unsigned long long)h->accepted);
	gth_base64_encode(root, h->replaced_root, HASH);
	if (memcmp(h->replaced_root, zero, HASH) != 0)
		snprintf(text + n, GTH_JOURNAL_ACCEPTED_SIZE - (size_t)n, "%llu entries, root %s",
			 (unsigned long long)h->replaced_size, root);
	else
		snprintf(text + n, GTH_JOURNAL_ACCEPTED_SIZE - (size_t)n,
			 "one whose head could not be read");
}

/* gth_journal_head_path() - the directory that belongs to a state directory; 0 or -ENAMETOOLONG */
int gth_journal_head_path(char *path, size_t size, const char *state)
{
	size_t len = strlen(state);
	int n;

	while (len > 1 && state[len - 1] == '/')
		len--;
	n = snprintf(path, size, "%.*s" GTH_JOURNAL_HEAD_DIR, (int)len, state);
	return n < 0 || (size_t)n >= size ? -ENAMETOOLONG : 0;
}

/* gth_journal_head_read() - 0; -ENOENT: there is none; -EBADMSG: it is damaged; an errno */
int gth_journal_head_read(struct gth_journal_head *h, int dirfd, const char *name)
{
	uint8_t *text;
	size_t len;
	int err = gth_tile_read_file(dirfd, name, TEXT_MAX, &text, &len);

	if (err)
		return err;
	err = gth_journal_head_parse(h, (const char *)text, len);
	free(text);
	return err == -E2BIG ? -EBADMSG : err;
}

/* gth_journal_head_write() - in the place of the one before. Return: 0: it lasts; an errno. */
int gth_journal_head_write(const struct gth_journal_head *h, int dirfd, const char *name)
{
	struct gth_atomic a, *all[] = { &a };
	char *text;
	int err = gth_journal_head_format(h, &text);

	if (err)
		return err;
	err = gth_atomic_create(&a, dirfd, name, 0600);
	if (!err) {
		err = gth_write_all(a.fd, text, strlen(text));
		if (!err)
			err = gth_atomic_commit(all, 1);
		gth_atomic_abort(&a);
	}
	free(text);
	return err;
}
