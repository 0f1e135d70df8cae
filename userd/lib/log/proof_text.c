// SPDX-License-Identifier: GPL-2.0-or-later
/* proof_text.c - the text of a proof, written and read (see proof_text.h). */
#include "lib/log/proof_text.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/log/note.h"
#include "lib/util/base64.h"
#include "lib/util/number.h"

#define TITLE "c2sp.org/tlog-proof@v1\n"
#define EXTRA "extra "
#define EXTRA_MAX 4096 /* bytes of its base64 */
#define INDEX "index "
#define BASE64 GTH_BASE64_LEN(GTH_MERKLE_HASH)

/**
 * gth_proof_format() - a proof as text
 * @index: of the entry
 * @note: the checkpoint that it was made for
 * @text: set to it, to be freed
 *
 * Return: 0 or -ENOMEM.
 */
int gth_proof_format(const struct gth_tree_proof *p, uint64_t index, const char *note, char **text)
{
	char hashes[GTH_PROOF_MAX * (BASE64 + 1) + 1], *at = hashes;
	int n;

	for (unsigned int i = 0; i < p->n; i++) {
		gth_base64_encode(at, p->hash[i], GTH_MERKLE_HASH);
		at += BASE64;
		*at++ = '\n';
	}
	*at = '\0';
	n = asprintf(text, TITLE INDEX "%llu\n%s\n%s", (unsigned long long)index, hashes, note);
	return n < 0 ? -ENOMEM : 0;
}

/* Return: whether the text at *@at begins so; then it is behind that. */
static bool skip(const char **at, const char *end, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(end - *at) < len || memcmp(*at, word, len) != 0)
		return false;
	*at += len;
	return true;
}

/* The rest of the line; *@at is behind its LF then. Return: its length, or -EBADMSG. */
static ssize_t line(const char **at, const char *end, const char **text)
{
	const char *lf = memchr(*at, '\n', (size_t)(end - *at));

	if (!lf)
		return -EBADMSG;
	*text = *at;
	*at = lf + 1;
	return lf - *text;
}

/* Data that proves nothing, and is not used; but it has to be base64. */
static int skip_extra(const char **at, const char *end)
{
	const char *text;
	ssize_t len;

	if (!skip(at, end, EXTRA))
		return 0;
	len = line(at, end, &text);
	if (len < 0 || len > EXTRA_MAX)
		return -EBADMSG;
	return gth_base64_size(text, (size_t)len) < 0 ? -EBADMSG : 0;
}

static int parse_index(uint64_t *index, const char **at, const char *end)
{
	char digits[24];
	const char *text;
	unsigned long long n;
	ssize_t len;

	if (!skip(at, end, INDEX))
		return -EBADMSG;
	len = line(at, end, &text);
	if (len <= 0 || (size_t)len >= sizeof(digits) || memchr(text, '\0', (size_t)len) ||
	    (*text == '0' && len > 1))
		return -EBADMSG;
	memcpy(digits, text, (size_t)len);
	digits[len] = '\0';
	if (gth_number_parse(digits, INT64_MAX, &n))
		return -EBADMSG;
	*index = n;
	return 0;
}

static int parse_hashes(struct gth_tree_proof *p, const char **at, const char *end)
{
	const char *text;
	ssize_t len;

	for (p->n = 0; (len = line(at, end, &text)) > 0; p->n++)
		if (p->n == GTH_PROOF_MAX ||
		    gth_base64_decode(p->hash[p->n], GTH_MERKLE_HASH, text, (size_t)len))
			return -EBADMSG;
	return len < 0 ? -EBADMSG : 0;
}

/**
 * gth_proof_parse() - from untrusted text
 * @p: points into @text afterwards
 *
 * That the rest is a checkpoint, and whose, is not looked at: gth_policy_judge() and
 * gth_proof_check_entry() are for that.
 * Return: 0; -EBADMSG: it is not a proof.
 */
int gth_proof_parse(struct gth_proof_text *p, const char *text, size_t len)
{
	const char *at = text, *end = text + len;
	int err;

	memset(p, 0, sizeof(*p));
	if (len > GTH_PROOF_TEXT_MAX || !skip(&at, end, TITLE))
		return -EBADMSG;
	err = skip_extra(&at, end);
	if (!err)
		err = parse_index(&p->index, &at, end);
	if (!err)
		err = parse_hashes(&p->proof, &at, end);
	p->note = at;
	p->note_len = (size_t)(end - at);
	return err;
}
