// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * age_payload.c - the chunks of an age file (see age_payload.h).
 *
 * The last chunk is sealed otherwise than the ones before it, so one byte more
 * is read than a chunk has: if there is one, the chunk is not the last.
 */
#include "lib/age/age_payload.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util/io.h"
#include "lib/util/pulse.h"

struct stream {
	struct gth_age_source *in;
	EVP_CIPHER_CTX *cipher;
	uint64_t chunk; /* number of the next one; 2^64 chunks fit in no file */
	size_t have;	/* bytes of buffer[] that were read: the one ahead */
	uint8_t key[32];
	uint8_t buffer[GTH_AGE_CHUNK_SIZE + GTH_AGE_TAG_SIZE + 1];
};

static ssize_t read_source(struct gth_age_source *in, void *data, size_t len)
{
	size_t n = in->left < len ? in->left : len;
	ssize_t more;

	memcpy(data, in->ahead, n);
	in->ahead += n;
	in->left -= n;
	more = gth_read_full(in->fd, (char *)data + n, len - n);
	return more < 0 ? more : (ssize_t)n + more;
}

static struct stream *stream_new(struct gth_age_source *in)
{
	struct stream *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->in = in;
	s->cipher = EVP_CIPHER_CTX_new();
	if (s->cipher)
		return s;
	free(s);
	return NULL;
}

/* The buffer may hold plaintext. */
static void stream_free(struct stream *s)
{
	EVP_CIPHER_CTX_free(s->cipher);
	OPENSSL_cleanse(s, sizeof(*s));
	free(s);
}

/* Fills the buffer with up to @size bytes and one more. @last: whether that one is missing. */
static int stream_fill(struct stream *s, size_t size, bool *last)
{
	ssize_t n = read_source(s->in, s->buffer + s->have, size + 1 - s->have);

	if (n < 0)
		return (int)n;
	s->have += (size_t)n;
	*last = s->have <= size;
	return 0;
}

/* The nonce of the next chunk: 11 bytes of its number, big-endian, and whether it is the last. */
static void next_nonce(struct stream *s, uint8_t nonce[GTH_AGE_NONCE_SIZE], bool last)
{
	memset(nonce, 0, GTH_AGE_NONCE_SIZE);
	for (int i = 0; i < 8; i++)
		nonce[10 - i] = (uint8_t)(s->chunk >> 8 * i);
	nonce[11] = last;
	s->chunk++;
}

static int seal_chunk(struct stream *s, int out, bool *last)
{
	int err = stream_fill(s, GTH_AGE_CHUNK_SIZE, last);
	uint8_t nonce[GTH_AGE_NONCE_SIZE], ahead;
	size_t n;

	if (err)
		return err;
	n = *last ? s->have : GTH_AGE_CHUNK_SIZE;
	ahead = s->buffer[n]; /* where the tag comes */
	next_nonce(s, nonce, *last);
	err = gth_age_seal(s->cipher, s->key, nonce, s->buffer, s->buffer, n);
	if (!err)
		err = gth_write_all(out, s->buffer, n + GTH_AGE_TAG_SIZE);
	s->buffer[0] = ahead;
	s->have = 1;
	return err;
}

/* @max: what may still be written; lessened by what was. */
static int open_chunk(struct stream *s, int out, uint64_t *max, bool *last)
{
	int err = stream_fill(s, GTH_AGE_CHUNK_SIZE + GTH_AGE_TAG_SIZE, last);
	uint8_t nonce[GTH_AGE_NONCE_SIZE];
	size_t n;

	if (err)
		return err;
	n = *last ? s->have : GTH_AGE_CHUNK_SIZE + GTH_AGE_TAG_SIZE;
	/* An empty chunk behind others would give the same file two forms. */
	if (n < GTH_AGE_TAG_SIZE || (n == GTH_AGE_TAG_SIZE && s->chunk))
		return -EBADMSG;
	n -= GTH_AGE_TAG_SIZE;
	next_nonce(s, nonce, *last);
	err = gth_age_open(s->cipher, s->key, nonce, s->buffer, s->buffer, n);
	if (!err && n > *max)
		err = -EFBIG;
	if (!err)
		err = gth_write_all(out, s->buffer, n);
	*max -= err ? 0 : n;
	s->buffer[0] = s->buffer[n + GTH_AGE_TAG_SIZE];
	s->have = 1;
	return err;
}

/* Writes a payload of all that @in has. Return: 0, -ENOMEM, or an errno of read(2) or write(2). */
int gth_age_payload_seal(struct gth_age_source *in, int out,
			 const uint8_t file_key[GTH_AGE_FILE_KEY_SIZE])
{
	struct stream *s = stream_new(in);
	uint8_t salt[GTH_AGE_SALT_SIZE];
	bool last = false;
	int err = s ? gth_age_random(salt, sizeof(salt)) : -ENOMEM;

	if (!err)
		err = gth_age_hkdf(s->key, file_key, GTH_AGE_FILE_KEY_SIZE, salt, sizeof(salt),
				   "payload");
	if (!err)
		err = gth_write_all(out, salt, sizeof(salt));
	while (!err && !last) {
		gth_pulse();
		err = seal_chunk(s, out, &last);
	}
	if (s)
		stream_free(s);
	return err;
}

/*
 * Writes what is in a payload, which must end where @in does. Return: 0, -ENOMEM, an
 * errno of read(2) or write(2); -EBADMSG: it is not what was sealed; -EFBIG: more than @max.
 */
int gth_age_payload_open(struct gth_age_source *in, int out,
			 const uint8_t file_key[GTH_AGE_FILE_KEY_SIZE], uint64_t max)
{
	struct stream *s = stream_new(in);
	uint8_t salt[GTH_AGE_SALT_SIZE];
	bool last = false;
	ssize_t n = s ? read_source(in, salt, sizeof(salt)) : -ENOMEM;
	int err = n < 0 ? (int)n : n == sizeof(salt) ? 0 : -EBADMSG;

	if (!err)
		err = gth_age_hkdf(s->key, file_key, GTH_AGE_FILE_KEY_SIZE, salt, sizeof(salt),
				   "payload");
	while (!err && !last)
		err = open_chunk(s, out, &max, &last);
	if (s)
		stream_free(s);
	return err;
}
