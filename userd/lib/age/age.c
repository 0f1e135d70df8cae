// SPDX-License-Identifier: GPL-2.0-or-later
/* age.c - whole files to and from age v1 (see age.h). */
#include "lib/age/age.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <stdlib.h>

#include "lib/age/age_header.h"
#include "lib/age/age_payload.h"
#include "lib/util/io.h"

/* Writes a header with a file key for each recipient. */
static int write_header(int out, const struct gth_age_recipient *r, size_t n,
			const uint8_t file_key[GTH_AGE_FILE_KEY_SIZE])
{
	struct gth_age_stanza stanzas[GTH_AGE_RECIPIENTS_MAX];
	char text[GTH_AGE_HEADER_SIZE(GTH_AGE_RECIPIENTS_MAX)];
	uint8_t mac[GTH_AGE_MAC_SIZE];
	size_t covered;
	int err;

	for (size_t i = 0; i < n; i++) {
		err = gth_age_wrap(&stanzas[i], &r[i], file_key);
		if (err)
			return err == -EKEYREJECTED ? -EINVAL : err;
	}
	covered = gth_age_header_format(text, stanzas, n);
	err = gth_age_header_mac(mac, text, covered, file_key);
	if (err)
		return err;
	gth_age_header_finish(text, covered, mac);
	return gth_write_all(out, text, GTH_AGE_HEADER_SIZE(n));
}

/**
 * gth_age_encrypt() - encrypt a file
 * @in: the plaintext, read from where it stands to its end
 * @out: where the ciphertext is written to; gth_age_size() tells how much it is
 * @r: who can decrypt it: each of them alone
 * @n: how many, 1 to GTH_AGE_RECIPIENTS_MAX
 *
 * Each call takes a new file key. After an error, @out has a part of a file and
 * must be thrown away.
 *
 * Return: 0; -EINVAL: @n, or a key of low order, which would give no secrecy;
 * -ENOMEM: also if OpenSSL lacks a cipher or random numbers; or a negative
 * errno of read(2) or write(2).
 */
int gth_age_encrypt(int in, int out, const struct gth_age_recipient *r, size_t n)
{
	uint8_t file_key[GTH_AGE_FILE_KEY_SIZE];
	struct gth_age_source source = { .ahead = "", .fd = in };
	int err;

	if (!n || n > GTH_AGE_RECIPIENTS_MAX)
		return -EINVAL;
	err = gth_age_random(file_key, sizeof(file_key));
	if (!err)
		err = write_header(out, r, n, file_key);
	if (!err)
		err = gth_age_payload_seal(&source, out, file_key);
	OPENSSL_cleanse(file_key, sizeof(file_key));
	return err;
}

/* The file key from a header; only if the header's MAC is right. */
static int read_key(uint8_t file_key[GTH_AGE_FILE_KEY_SIZE], const char *data, size_t len,
		    const struct gth_age_identity *i, size_t *size)
{
	struct gth_age_header *h = malloc(sizeof(*h));
	uint8_t mac[GTH_AGE_MAC_SIZE];
	int err = h ? gth_age_header_parse(h, data, len) : -ENOMEM;

	if (!err)
		err = gth_age_unwrap(file_key, h, i);
	if (!err)
		err = gth_age_header_mac(mac, data, h->covered, file_key);
	if (!err && CRYPTO_memcmp(mac, h->mac, sizeof(mac)))
		err = -EBADMSG;
	if (!err)
		*size = h->size;
	free(h);
	return err;
}

/**
 * gth_age_decrypt() - decrypt a file
 * @in: the ciphertext, read from where it stands; the age file ends where it does
 * @out: where the plaintext is written to
 * @i: who decrypts
 * @max: the largest plaintext taken, in bytes
 *
 * Plaintext is written chunk by chunk, each once its tag is found right. That
 * the file is whole is known only at the end: after an error, what was written
 * to @out must be thrown away. Nothing is written before the header is known
 * to be right. More than @max bytes are never written.
 *
 * Return: 0; -EBADMSG: malformed, cut short, longer than it was, or tampered
 * with; -ENOKEY: a well-formed header with nothing for this identity, which is
 * also what a stanza for it becomes if its bits are changed; -EFBIG: the
 * plaintext is larger than @max; -ENOMEM: also if OpenSSL lacks a cipher; or a
 * negative errno of read(2) or write(2).
 */
int gth_age_decrypt(int in, int out, const struct gth_age_identity *i, uint64_t max)
{
	uint8_t file_key[GTH_AGE_FILE_KEY_SIZE];
	struct gth_age_source source = { .fd = in };
	char *start = malloc(GTH_AGE_HEADER_MAX);
	ssize_t n = start ? gth_read_full(in, start, GTH_AGE_HEADER_MAX) : -ENOMEM;
	size_t size = 0;
	int err = n < 0 ? (int)n : read_key(file_key, start, (size_t)n, i, &size);

	if (!err) {
		source.ahead = start + size;
		source.left = (size_t)n - size;
		err = gth_age_payload_open(&source, out, file_key, max);
	}
	OPENSSL_cleanse(file_key, sizeof(file_key));
	free(start);
	return err;
}

/**
 * gth_age_size() - the size that gth_age_encrypt() writes
 * @plain: bytes of plaintext
 * @n: recipients, at most GTH_AGE_RECIPIENTS_MAX
 *
 * Return: bytes; UINT64_MAX if they do not fit into 64 bits.
 */
uint64_t gth_age_size(uint64_t plain, size_t n)
{
	uint64_t chunks = plain / GTH_AGE_CHUNK_SIZE + (!plain || plain % GTH_AGE_CHUNK_SIZE);
	uint64_t size =
		GTH_AGE_HEADER_SIZE((uint64_t)n) + GTH_AGE_SALT_SIZE + chunks * GTH_AGE_TAG_SIZE;

	return __builtin_add_overflow(size, plain, &size) ? UINT64_MAX : size;
}
