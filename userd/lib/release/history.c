// SPDX-License-Identifier: GPL-2.0-or-later
/* history.c - the lines of the history of tables (see history.h). */
#include "lib/release/history.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util/hex.h"
#include "lib/util/number.h"
#include "lib/util/percent.h"

#define WORDS_SHORT 7 /* of an act without proof */
#define WORDS_LONG 13
#define FORMAT_MAX                                                                                 \
	(3 * (GTH_NAME_SIZE + GTH_HISTORY_WHY_SIZE + GTH_NOTE_NAME_SIZE +                          \
	      GTH_HISTORY_WITNESSES_SIZE) +                                                        \
	 24 + 6 * 21 + 4 * GTH_DIGEST_SIZE + WORDS_LONG)

_Static_assert(FORMAT_MAX < GTH_HISTORY_LINE_MAX, "every act fits into a line");

static const char *const kinds[] = {
#define GTH_HISTORY_X(name, word) [GTH_HISTORY_##name] = #word,
	GTH_HISTORY_KINDS(GTH_HISTORY_X)
#undef GTH_HISTORY_X
};

/* gth_history_word() - of the file, and for people */
const char *gth_history_word(enum gth_history_kind kind)
{
	return kinds[kind];
}

/* Without leading zeros: there is one text for one act. */
static bool take_number(const char *word, unsigned long long max, uint64_t *out)
{
	unsigned long long n;

	if ((word[0] == '0' && word[1]) || gth_number_parse(word, max, &n))
		return false;
	*out = n;
	return true;
}

static bool take_bytes(const char *word, char *out, size_t size)
{
	return !gth_percent_decode(out, size, word, strlen(word));
}

static bool take_digest(const char *word, uint8_t out[GTH_DIGEST_SIZE])
{
	/* In lower case only: there is one text for one act. */
	return strspn(word, "0123456789abcdef") == 2 * (size_t)GTH_DIGEST_SIZE &&
	       strlen(word) == 2 * (size_t)GTH_DIGEST_SIZE &&
	       !gth_hex_decode(out, GTH_DIGEST_SIZE, word);
}

static bool take_kind(const char *word, enum gth_history_kind *out)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (!strcmp(word, kinds[i])) {
			*out = (enum gth_history_kind)i;
			return true;
		}
	return false;
}

static const char *take_words(struct gth_history_act *a, char *const *word, unsigned int n)
{
	uint64_t uid;

	memset(a, 0, sizeof(*a));
	if (n != WORDS_SHORT && n != WORDS_LONG)
		return "not the words of an act";
	if (!take_number(word[0], LLONG_MAX, &a->time))
		return "the time is not a number";
	if (!take_number(word[1], UINT32_MAX, &uid))
		return "the uid is not a number";
	a->uid = (uint32_t)uid;
	if (!take_kind(word[2], &a->kind))
		return "not an act";
	if (!take_bytes(word[3], a->name, sizeof(a->name)) ||
	    !take_number(word[4], LLONG_MAX, &a->version) || !take_digest(word[5], a->body_digest))
		return "not the name, version and digest of a release";
	if (!take_bytes(word[6], a->why, sizeof(a->why)))
		return "the reason is not percent-encoded text";
	if (n == WORDS_SHORT)
		return NULL;
	if (!take_bytes(word[7], a->checkpoint.origin, sizeof(a->checkpoint.origin)) ||
	    !*a->checkpoint.origin || !take_number(word[8], LLONG_MAX, &a->index) ||
	    !take_number(word[9], LLONG_MAX, &a->checkpoint.size) ||
	    !take_digest(word[10], a->checkpoint.root) || a->index >= a->checkpoint.size)
		return "not a place in a log";
	if (!take_number(word[11], LLONG_MAX, &a->witnessed) ||
	    !take_bytes(word[12], a->witnesses, sizeof(a->witnesses)))
		return "not a time and witnesses";
	return NULL;
}

/* Return: what is wrong with the line; NULL: nothing. */
static const char *take_line(struct gth_history_act *a, const char *text, size_t len)
{
	char line[GTH_HISTORY_LINE_MAX], *word[WORDS_LONG + 1], *rest = line;
	unsigned int n = 0;

	if (len >= sizeof(line) || memchr(text, '\0', len))
		return "the line is too long, or holds a NUL";
	memcpy(line, text, len);
	line[len] = '\0';
	while (rest && n <= WORDS_LONG)
		word[n++] = strsep(&rest, " ");
	return take_words(a, word, n);
}

/**
 * gth_history_parse() - the text of the file
 * @h: set to all lines that are right; to be freed, whatever is returned
 * @text: untrusted bytes
 * @error: called for each line that is wrong, from 1 on
 *
 * Return: 0; -EBADMSG: something was refused; -ENOMEM.
 */
int gth_history_parse(struct gth_history *h, const char *text, size_t len,
		      gth_history_error_fn *error, void *ctx)
{
	const size_t header = sizeof(GTH_HISTORY_HEADER) - 1;
	const char *end = text + len;
	int err = 0;

	*h = (struct gth_history) { .act = calloc(GTH_HISTORY_ACTS, sizeof(*h->act)) };
	if (!h->act)
		return -ENOMEM;
	if (len < header || memcmp(text, GTH_HISTORY_HEADER, header) != 0) {
		error(ctx, 1, "the first line is not that of a history of tables");
		return -EBADMSG;
	}
	text += header;
	for (unsigned int line = 2; text < end; line++) {
		const char *lf = memchr(text, '\n', (size_t)(end - text));
		const char *wrong = "the line does not end";

		if (h->n == GTH_HISTORY_ACTS)
			wrong = "more acts than are kept";
		else if (lf)
			wrong = take_line(&h->act[h->n], text, (size_t)(lf - text));
		if (wrong) {
			error(ctx, line, wrong);
			err = -EBADMSG;
		} else {
			h->n++;
		}
		text = lf ? lf + 1 : end;
	}
	return err;
}

/* A digest as text. */
static const char *hex(char out[2 * GTH_DIGEST_SIZE + 1], const uint8_t digest[GTH_DIGEST_SIZE])
{
	gth_hex_encode(out, digest, GTH_DIGEST_SIZE);
	return out;
}

/**
 * gth_history_format() - one act as a line, with its LF
 *
 * Return: the length; -EINVAL: the reader would refuse it.
 */
int gth_history_format(const struct gth_history_act *a, char line[GTH_HISTORY_LINE_MAX])
{
	char name[3 * GTH_NAME_SIZE + 6], why[3 * GTH_HISTORY_WHY_SIZE + 6];
	char origin[3 * GTH_NOTE_NAME_SIZE + 6], witnesses[3 * GTH_HISTORY_WITNESSES_SIZE + 6];
	char body[2 * GTH_DIGEST_SIZE + 1], root[2 * GTH_DIGEST_SIZE + 1];
	struct gth_history_act back;
	int len;

	gth_percent_encode(name, a->name);
	gth_percent_encode(why, a->why);
	gth_percent_encode(origin, a->checkpoint.origin);
	gth_percent_encode(witnesses, a->witnesses);
	len = snprintf(line, GTH_HISTORY_LINE_MAX, "%llu %lu %s %s %llu %s %s",
		       (unsigned long long)a->time, (unsigned long)a->uid, kinds[a->kind], name,
		       (unsigned long long)a->version, hex(body, a->body_digest), why);
	if (*a->checkpoint.origin)
		len += snprintf(line + len, GTH_HISTORY_LINE_MAX - (size_t)len,
				" %s %llu %llu %s %llu %s", origin, (unsigned long long)a->index,
				(unsigned long long)a->checkpoint.size,
				hex(root, a->checkpoint.root), (unsigned long long)a->witnessed,
				witnesses);
	if (take_line(&back, line, (size_t)len))
		return -EINVAL;
	line[len++] = '\n';
	line[len] = '\0';
	return len;
}

void gth_history_free(struct gth_history *h)
{
	free(h->act);
	*h = (struct gth_history) { .n = 0 };
}
