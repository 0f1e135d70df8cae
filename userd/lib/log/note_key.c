// SPDX-License-Identifier: GPL-2.0-or-later
/* note_key.c - keys of signed notes as text (see note.h). */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "lib/util/base64.h"
#include "lib/util/hex.h"
#include "lib/util/io.h"
#include "lib/log/note.h"
#include "lib/log/note_text.h"
#include "lib/util/sha256.h"

#define ALGORITHM 0x01 /* Ed25519 */
#define PRIVATE "PRIVATE+KEY+"

static bool is_name(const char *name, size_t len)
{
	return len < GTH_NOTE_NAME_SIZE && gth_note_name_ok(name, len);
}

/* The first four bytes of SHA-256(name, LF, algorithm, key). */
static int set_id(struct gth_verifier *v)
{
	uint8_t digest[GTH_SHA256_SIZE], head[2] = { '\n', ALGORITHM };
	struct gth_sha256 h;
	int err = gth_sha256_init(&h);

	if (!err)
		err = gth_sha256_update(&h, v->name, strlen(v->name));
	if (!err)
		err = gth_sha256_update(&h, head, sizeof(head));
	if (!err)
		err = gth_sha256_update(&h, v->key, sizeof(v->key));
	if (!err)
		err = gth_sha256_final(&h, digest);
	gth_sha256_free(&h);
	if (!err)
		memcpy(v->id, digest, sizeof(v->id));
	return err;
}

/* NAME+HEX+BASE64, with one byte of algorithm before the 32 of the key. */
static int split(const char *text, struct gth_verifier *v, uint8_t key[32])
{
	const char *id = strchr(text, '+'), *data;
	uint8_t bytes[33];
	char lower[9];
	bool known;

	if (!id || !is_name(text, (size_t)(id - text)))
		return -EINVAL;
	data = strchr(id + 1, '+');
	if (!data || data - id != 9 || gth_hex_decode(v->id, 4, id + 1))
		return -EINVAL;
	gth_hex_encode(lower, v->id, 4);
	if (memcmp(lower, id + 1, 8) != 0 ||
	    gth_base64_decode(bytes, sizeof(bytes), data + 1, strlen(data + 1)))
		return -EINVAL;
	memcpy(v->name, text, (size_t)(id - text));
	v->name[id - text] = '\0';
	memcpy(key, bytes + 1, 32);
	known = bytes[0] == ALGORITHM;
	OPENSSL_cleanse(bytes, sizeof(bytes));
	return known ? 0 : -EINVAL;
}

static void join(char text[GTH_NOTE_KEY_SIZE], const char *prefix, const struct gth_verifier *v,
		 const uint8_t key[32])
{
	char id[9], data[GTH_BASE64_LEN(33) + 1];
	uint8_t bytes[33] = { ALGORITHM };

	memcpy(bytes + 1, key, 32);
	gth_hex_encode(id, v->id, sizeof(v->id));
	gth_base64_encode(data, bytes, sizeof(bytes));
	snprintf(text, GTH_NOTE_KEY_SIZE, "%s%s+%s+%s", prefix, v->name, id, data);
	OPENSSL_cleanse(bytes, sizeof(bytes));
	OPENSSL_cleanse(data, sizeof(data));
}

/* gth_verifier_parse() - 0; -EINVAL: no key, or an id that is not its own */
int gth_verifier_parse(struct gth_verifier *v, const char *text)
{
	uint8_t said[4];
	int err = split(text, v, v->key);

	if (err)
		return err;
	memcpy(said, v->id, sizeof(said));
	err = set_id(v);
	return err ? err : memcmp(said, v->id, sizeof(said)) ? -EINVAL : 0;
}

int gth_verifier_format(const struct gth_verifier *v, char text[GTH_NOTE_KEY_SIZE])
{
	join(text, "", v, v->key);
	return 0;
}

/* The public key of s->seed, and its id. */
static int derive(struct gth_signer *s)
{
	EVP_PKEY *key =
		EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, s->seed, sizeof(s->seed));
	size_t len = sizeof(s->verifier.key);
	int ok = key && EVP_PKEY_get_raw_public_key(key, s->verifier.key, &len) == 1;

	EVP_PKEY_free(key);
	return ok ? set_id(&s->verifier) : -ENOMEM;
}

/* gth_signer_create() - a fresh key; -EINVAL: no name for one; -EIO: no randomness */
int gth_signer_create(struct gth_signer *s, const char *name)
{
	if (!is_name(name, strlen(name)))
		return -EINVAL;
	memcpy(s->verifier.name, name, strlen(name) + 1);
	if (RAND_priv_bytes(s->seed, sizeof(s->seed)) != 1)
		return -EIO;
	return derive(s);
}

/* gth_signer_parse() - 0; -EINVAL: no key, or an id that is not its own */
int gth_signer_parse(struct gth_signer *s, const char *text)
{
	uint8_t said[4];
	int err;

	if (strncmp(text, PRIVATE, strlen(PRIVATE)) != 0)
		return -EINVAL;
	err = split(text + strlen(PRIVATE), &s->verifier, s->seed);
	if (err)
		return err;
	memcpy(said, s->verifier.id, sizeof(said));
	err = derive(s);
	return err ? err : memcmp(said, s->verifier.id, sizeof(said)) ? -EINVAL : 0;
}

int gth_signer_format(const struct gth_signer *s, char text[GTH_NOTE_KEY_SIZE])
{
	join(text, PRIVATE, &s->verifier, s->seed);
	return 0;
}

/* gth_signer_parse_file() - the text of a file of one line; -EINVAL: it holds no key */
int gth_signer_parse_file(struct gth_signer *s, const char *data, size_t len)
{
	char text[sizeof(PRIVATE) + GTH_NOTE_KEY_SIZE];
	int err;

	if (len && data[len - 1] == '\n')
		len--;
	if (len >= sizeof(text))
		return -EINVAL;
	memcpy(text, data, len);
	text[len] = '\0';
	err = strlen(text) == len ? gth_signer_parse(s, text) : -EINVAL;
	OPENSSL_cleanse(text, sizeof(text));
	return err;
}

/* gth_signer_load() - from a file of one line; -EINVAL: it holds no key; or an errno of reading */
int gth_signer_load(struct gth_signer *s, int dirfd, const char *name)
{
	char text[sizeof(PRIVATE) + GTH_NOTE_KEY_SIZE];
	int fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC), err;
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = gth_read_full(fd, text, sizeof(text));
	close(fd);
	if (n < 0)
		return (int)n;
	err = gth_signer_parse_file(s, text, (size_t)n);
	OPENSSL_cleanse(text, sizeof(text));
	return err;
}
