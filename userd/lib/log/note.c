// SPDX-License-Identifier: GPL-2.0-or-later
/* note.c - signed notes, written and checked (see note.h). */
#include "lib/log/note.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "lib/util/base64.h"
#include "lib/log/note_text.h"

#define DASH "\xe2\x80\x94 " /* U+2014 and a space: how a signature's line begins */
#define SIGNATURE 64
#define BLOB (4 + SIGNATURE)

static int sign(const char *text, size_t len, const struct gth_signer *s, char **line)
{
	EVP_PKEY *key =
		EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, s->seed, sizeof(s->seed));
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	char data[GTH_BASE64_LEN(BLOB) + 1];
	size_t size = SIGNATURE;
	uint8_t blob[BLOB];
	bool ok;

	memcpy(blob, s->verifier.id, 4);
	ok = key && ctx && EVP_DigestSignInit(ctx, NULL, NULL, NULL, key) == 1 &&
	     EVP_DigestSign(ctx, blob + 4, &size, (const unsigned char *)text, len) == 1;
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	if (!ok)
		return -ENOMEM;
	gth_base64_encode(data, blob, sizeof(blob));
	return asprintf(line, DASH "%s %s\n", s->verifier.name, data) < 0 ? -ENOMEM : 0;
}

/* 0: a signature of the text by the key; -EKEYREJECTED: none; -ENOMEM. */
static int check(const char *text, size_t len, const uint8_t signature[SIGNATURE],
		 const struct gth_verifier *v)
{
	EVP_PKEY *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, v->key, sizeof(v->key));
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int err = -ENOMEM;

	if (key && ctx && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) == 1)
		err = EVP_DigestVerify(ctx, signature, SIGNATURE, (const unsigned char *)text,
				       len) == 1
			      ? 0
			      : -EKEYREJECTED;
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	return err;
}

static int concatenate(const char *a, const char *b, const char *c, char **out)
{
	if (strlen(a) + strlen(b) + strlen(c) > GTH_NOTE_MAX)
		return -E2BIG;
	return asprintf(out, "%s%s%s", a, b, c) < 0 ? -ENOMEM : 0;
}

/**
 * gth_note_sign() - a note of a text
 * @text: not empty, ends with LF
 * @s: the key
 * @note: set to the note, to be freed
 *
 * Return: 0, -EINVAL (not such a text), -E2BIG (more than GTH_NOTE_MAX), -ENOMEM.
 */
int gth_note_sign(const char *text, const struct gth_signer *s, char **note)
{
	size_t len = strlen(text);
	char *line;
	int err;

	if (!len || text[len - 1] != '\n' || !gth_note_text_ok(text, len))
		return -EINVAL;
	err = sign(text, len, s, &line);
	if (err)
		return err;
	err = concatenate(text, "\n", line, note);
	free(line);
	return err;
}

/* The text ends before the last empty line; what is behind are signatures. */
static int find_text(const char *note, size_t len, size_t *text_len)
{
	if (len > GTH_NOTE_MAX || !len || note[len - 1] != '\n' || !gth_note_text_ok(note, len))
		return -EBADMSG;
	for (size_t i = len - 1; i; i--) {
		if (note[i] == '\n' && note[i - 1] == '\n') {
			*text_len = i;
			return i + 1 < len ? 0 : -EBADMSG;
		}
	}
	return -EBADMSG;
}

struct line {
	const char *name, *data;
	size_t name_len, data_len;
	uint8_t id[4];
};

/* Takes "— NAME BASE64" LF off the front; the base64 stands for an id and something behind. */
static int next_line(const char **at, const char *end, struct line *l)
{
	const char *eol = memchr(*at, '\n', (size_t)(end - *at));
	const char *name = *at + strlen(DASH), *space;
	uint8_t head[6];

	if (!eol || (size_t)(eol - *at) < strlen(DASH) || memcmp(*at, DASH, strlen(DASH)) != 0)
		return -EBADMSG;
	space = memchr(name, ' ', (size_t)(eol - name));
	if (!space || !gth_note_name_ok(name, (size_t)(space - name)))
		return -EBADMSG;
	l->name = name;
	l->name_len = (size_t)(space - name);
	l->data = space + 1;
	l->data_len = (size_t)(eol - l->data);
	*at = eol + 1;
	if (gth_base64_size(l->data, l->data_len) < 5)
		return -EBADMSG;
	if (gth_base64_decode(head, l->data[7] == '=' ? 5 : 6, l->data, 8))
		return -EBADMSG;
	memcpy(l->id, head, sizeof(l->id));
	return 0;
}

/* Is it a note, and how many signatures has it? */
static int find_parts(const char *note, size_t len, size_t *text_len, size_t *signatures)
{
	const char *at;
	struct line l;
	int err = find_text(note, len, text_len);

	*signatures = 0;
	if (err)
		return err;
	for (at = note + *text_len + 1; at < note + len && !err;) {
		err = next_line(&at, note + len, &l);
		if (++*signatures > GTH_NOTE_SIGNATURES_MAX)
			err = -EBADMSG;
	}
	return err;
}

/**
 * gth_note_cosign() - one more signature
 * @note: a note
 * @s: the key
 * @cosigned: set to the note with both, to be freed
 *
 * Return: 0, -EBADMSG (it is no note), -E2BIG (too long, or too many signatures), -ENOMEM.
 */
int gth_note_cosign(const char *note, const struct gth_signer *s, char **cosigned)
{
	size_t text_len, signatures;
	char *line;
	int err = find_parts(note, strlen(note), &text_len, &signatures);

	if (!err && signatures == GTH_NOTE_SIGNATURES_MAX)
		err = -E2BIG;
	if (!err)
		err = sign(note, text_len, s, &line);
	if (err)
		return err;
	err = concatenate(note, line, "", cosigned);
	free(line);
	return err;
}

/* Whose signature it says it is; NULL: nobody's we know. */
static const struct gth_verifier *find_key(const struct line *l, const struct gth_verifier *v,
					   size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(v[i].name) == l->name_len && !memcmp(v[i].name, l->name, l->name_len) &&
		    !memcmp(v[i].id, l->id, sizeof(l->id)))
			return &v[i];
	return NULL;
}

/**
 * gth_note_verify() - is a text signed by one of these keys
 * @note: the note; it may hold anything
 * @len: bytes
 * @v: the keys
 * @n: how many
 * @text_len: set to the length of the text, which the note begins with; its last byte is LF
 *
 * Signatures by keys that are not among these are passed over (C2SP signed-note).
 *
 * Return: 0; -EBADMSG: no note; -EKEYREJECTED: a signature by one of the keys does
 * not hold; -ENOKEY: there is none by them; -ENOMEM.
 */
int gth_note_verify(const char *note, size_t len, const struct gth_verifier *v, size_t n,
		    size_t *text_len)
{
	size_t text, signatures;
	bool verified = false;
	const char *at;
	int err = find_parts(note, len, &text, &signatures);

	if (err)
		return err;
	for (at = note + text + 1; at < note + len;) {
		const struct gth_verifier *key;
		uint8_t blob[BLOB];
		struct line l;

		if (next_line(&at, note + len, &l))
			return -EBADMSG;
		key = find_key(&l, v, n);
		if (!key)
			continue;
		err = gth_base64_decode(blob, sizeof(blob), l.data, l.data_len)
			      ? -EKEYREJECTED
			      : check(note, text, blob + 4, key);
		if (err)
			return err;
		verified = true;
	}
	if (!verified)
		return -ENOKEY;
	*text_len = text;
	return 0;
}
