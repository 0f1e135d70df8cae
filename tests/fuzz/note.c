// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * note.c - fuzzes signed notes and their keys; the first byte chooses what.
 *
 * A signature stops nearly every input, so one reader gets lines around one that holds,
 * and one signs what comes.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/log/note.h"

#define TEXT "a text\n"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The seed 00 01 02 … 1f. */
static const char key_text[] =
	"PRIVATE+KEY+test/fixed+22cdfc7b+AQABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";
static struct gth_signer key;
static char *signed_text; /* TEXT by it */

static void check(int right)
{
	if (!right)
		abort();
}

/* An accepted note begins with a text that can be signed again. */
static int verify(const char *note, size_t len)
{
	size_t text_len = 0, again;
	char *text, *other;
	int err = gth_note_verify(note, len, &key.verifier, 1, &text_len);

	check(!err || err == -EBADMSG || err == -EKEYREJECTED || err == -ENOKEY);
	if (err)
		return err;
	check(text_len && text_len < len && note[text_len - 1] == '\n' && note[text_len] == '\n');
	text = strndup(note, text_len);
	check(text && strlen(text) == text_len);
	check(!gth_note_sign(text, &key, &other));
	check(!gth_note_verify(other, strlen(other), &key.verifier, 1, &again) &&
	      again == text_len && !memcmp(other, note, text_len));
	free(other);
	free(text);
	return 0;
}

static void any(const char *data, size_t len)
{
	verify(data, len);
}

/* Lines before and behind a signature that holds; a bar stands for it. Only its own key's name can
 * make it fail. */
static void lines(const char *data, size_t len)
{
	const char *bar = memchr(data, '|', len);
	size_t before = bar ? (size_t)(bar - data) : len, behind = bar ? len - before - 1 : 0;
	size_t whole = strlen(signed_text), start = strlen(TEXT) + 1, text_len;
	char *note = malloc(whole + len + 1);
	int err;

	check(note != NULL);
	memcpy(note, signed_text, start);
	memcpy(note + start, data, before);
	memcpy(note + start + before, signed_text + start, whole - start);
	if (behind)
		memcpy(note + whole + before, bar + 1, behind);
	err = verify(note, whole + before + behind);
	if (!err) {
		check(!gth_note_verify(note, whole + before + behind, &key.verifier, 1, &text_len));
		check(text_len == strlen(TEXT));
	}
	/* An empty line makes the text another. */
	if (err == -EKEYREJECTED)
		check(memmem(data, len, key.verifier.name, strlen(key.verifier.name)) ||
		      memmem(note + start - 1, before + behind + whole - start + 1, "\n\n", 2));
	free(note);
}

static void text(const char *data, size_t len)
{
	char *copy = strndup(data, len), *note, *more;
	size_t text_len;
	int err;

	check(copy != NULL);
	err = gth_note_sign(copy, &key, &note);
	check(!err || err == -EINVAL);
	if (!err) {
		check(!gth_note_verify(note, strlen(note), &key.verifier, 1, &text_len));
		check(text_len == strlen(copy));
		check(!gth_note_cosign(note, &key, &more) && !verify(more, strlen(more)));
		free(more);
		free(note);
	}
	free(copy);
}

/* A note stays one, and what is none does not become one. */
static void cosign(const char *data, size_t len)
{
	char *copy = strndup(data, len), *note;
	int err, verified;

	check(copy != NULL);
	verified = verify(copy, strlen(copy));
	err = gth_note_cosign(copy, &key, &note);
	check(!err || err == -EBADMSG || err == -E2BIG);
	check((err == -EBADMSG) == (verified == -EBADMSG));
	if (!err) {
		check(verify(note, strlen(note)) == (verified == -ENOKEY ? 0 : verified));
		free(note);
	}
	free(copy);
}

/* A key that is taken is written as it was read. */
static void public_key(const char *data, size_t len)
{
	char *copy = strndup(data, len), again[GTH_NOTE_KEY_SIZE];
	struct gth_verifier v;

	check(copy != NULL);
	if (!gth_verifier_parse(&v, copy))
		check(!gth_verifier_format(&v, again) && !strcmp(again, copy));
	free(copy);
}

static void private_key(const char *data, size_t len)
{
	char *copy = strndup(data, len), again[GTH_NOTE_KEY_SIZE];
	struct gth_signer s;

	check(copy != NULL);
	if (!gth_signer_parse(&s, copy))
		check(!gth_signer_format(&s, again) && !strcmp(again, copy));
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const readers[])(const char *, size_t) = { any,	 lines,	     text,
								 cosign, public_key, private_key };
	char *copy;

	if (!signed_text)
		check(!gth_signer_parse(&key, key_text) &&
		      !gth_note_sign(TEXT, &key, &signed_text));
	if (!size)
		return 0;
	/* Of exactly its size, so that the sanitizer sees a read past it. */
	copy = malloc(size);
	check(copy != NULL);
	memcpy(copy, data + 1, size - 1);
	readers[(data[0] - '0') % 6U](copy, size - 1);
	free(copy);
	return 0;
}
