// SPDX-License-Identifier: GPL-2.0-or-later
/* note_key.c - keys of signed notes as text (see note.h). */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "lib/log/ed25519.h"
#include "lib/log/note_key.h"
#include "lib/log/note_text.h"
#include "lib/util/base64.h"
#include "lib/util/hex.h"
#include "lib/util/io.h"
#include "lib/util/sha256.h"

#define PRIVATE "PRIVATE+KEY+"

static bool is_name(const char *name, size_t len)
{
	return len < GTH_NOTE_NAME_SIZE && gth_note_name_ok(name, len);
}

/* The first four bytes of SHA-256(name, LF, algorithm, key). */
static int set_id(struct gth_verifier *v, uint8_t algorithm)
{
	uint8_t digest[GTH_SHA256_SIZE], head[2] = { '\n', algorithm };
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
static int split(const char *text, uint8_t algorithm, struct gth_verifier *v, uint8_t key[32])
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
	known = bytes[0] == algorithm;
	OPENSSL_cleanse(bytes, sizeof(bytes));
	return known ? 0 : -EINVAL;
}

static void join(char text[GTH_NOTE_KEY_SIZE], const char *prefix, uint8_t algorithm,
		 const struct gth_verifier *v, const uint8_t key[32])
{
	char id[9], data[GTH_BASE64_LEN(33) + 1];
	uint8_t bytes[33] = { algorithm };

	memcpy(bytes + 1, key, 32);
	gth_hex_encode(id, v->id, sizeof(v->id));
	gth_base64_encode(data, bytes, sizeof(bytes));
	snprintf(text, GTH_NOTE_KEY_SIZE, "%s%s+%s+%s", prefix, v->name, id, data);
	OPENSSL_cleanse(bytes, sizeof(bytes));
	OPENSSL_cleanse(data, sizeof(data));
}

/* gth_note_key_parse() - a public key; 0; -EINVAL: it is not one of this algorithm, or the id is
 * not its own */
int gth_note_key_parse(struct gth_verifier *v, uint8_t algorithm, const char *text)
{
	uint8_t said[4];
	int err = split(text, algorithm, v, v->key);

	if (err)
		return err;
	memcpy(said, v->id, sizeof(said));
	err = set_id(v, algorithm);
	return err ? err : memcmp(said, v->id, sizeof(said)) ? -EINVAL : 0;
}

void gth_note_key_format(const struct gth_verifier *v, uint8_t algorithm,
			 char text[GTH_NOTE_KEY_SIZE])
{
	join(text, "", algorithm, v, v->key);
}

/* The public key of s->seed, and its id. */
static int derive(struct gth_signer *s, uint8_t algorithm)
{
	int err = gth_ed25519_public(s->seed, s->verifier.key);

	return err ? err : set_id(&s->verifier, algorithm);
}

/* gth_note_secret_create() - a fresh key; -EINVAL: it cannot have this name; -EIO: no randomness */
int gth_note_secret_create(struct gth_signer *s, uint8_t algorithm, const char *name)
{
	if (!is_name(name, strlen(name)))
		return -EINVAL;
	memcpy(s->verifier.name, name, strlen(name) + 1);
	if (RAND_priv_bytes(s->seed, sizeof(s->seed)) != 1)
		return -EIO;
	return derive(s, algorithm);
}

/* gth_note_secret_parse() - a private key; 0; -EINVAL as for a public one */
int gth_note_secret_parse(struct gth_signer *s, uint8_t algorithm, const char *text)
{
	uint8_t said[4];
	int err;

	if (strncmp(text, PRIVATE, strlen(PRIVATE)) != 0)
		return -EINVAL;
	err = split(text + strlen(PRIVATE), algorithm, &s->verifier, s->seed);
	if (err)
		return err;
	memcpy(said, s->verifier.id, sizeof(said));
	err = derive(s, algorithm);
	return err ? err : memcmp(said, s->verifier.id, sizeof(said)) ? -EINVAL : 0;
}

void gth_note_secret_format(const struct gth_signer *s, uint8_t algorithm,
			    char text[GTH_NOTE_KEY_SIZE])
{
	join(text, PRIVATE, algorithm, &s->verifier, s->seed);
}

/* A file of one line. */
static int parse_file(struct gth_signer *s, uint8_t algorithm, const char *data, size_t len)
{
	char text[sizeof(PRIVATE) + GTH_NOTE_KEY_SIZE];
	int err;

	if (len && data[len - 1] == '\n')
		len--;
	if (len >= sizeof(text))
		return -EINVAL;
	memcpy(text, data, len);
	text[len] = '\0';
	err = strlen(text) == len ? gth_note_secret_parse(s, algorithm, text) : -EINVAL;
	OPENSSL_cleanse(text, sizeof(text));
	return err;
}

/* gth_note_secret_load() - from a file of one line; -EINVAL: it holds no such key; or an errno of
 * reading */
int gth_note_secret_load(struct gth_signer *s, uint8_t algorithm, int dirfd, const char *name)
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
	err = parse_file(s, algorithm, text, (size_t)n);
	OPENSSL_cleanse(text, sizeof(text));
	return err;
}

/* gth_verifier_parse() - 0; -EINVAL: no key, or an id that is not its own */
int gth_verifier_parse(struct gth_verifier *v, const char *text)
{
	return gth_note_key_parse(v, GTH_NOTE_ED25519, text);
}

int gth_verifier_format(const struct gth_verifier *v, char text[GTH_NOTE_KEY_SIZE])
{
	gth_note_key_format(v, GTH_NOTE_ED25519, text);
	return 0;
}

/* gth_signer_create() - a fresh key; -EINVAL: no name for one; -EIO: no randomness */
int gth_signer_create(struct gth_signer *s, const char *name)
{
	return gth_note_secret_create(s, GTH_NOTE_ED25519, name);
}

/* gth_signer_parse() - 0; -EINVAL: no key, or an id that is not its own */
int gth_signer_parse(struct gth_signer *s, const char *text)
{
	return gth_note_secret_parse(s, GTH_NOTE_ED25519, text);
}

int gth_signer_format(const struct gth_signer *s, char text[GTH_NOTE_KEY_SIZE])
{
	gth_note_secret_format(s, GTH_NOTE_ED25519, text);
	return 0;
}

/* gth_signer_parse_file() - the text of a file of one line; -EINVAL: it holds no key */
int gth_signer_parse_file(struct gth_signer *s, const char *data, size_t len)
{
	return parse_file(s, GTH_NOTE_ED25519, data, len);
}

/* gth_signer_load() - from a file of one line; -EINVAL: it holds no key; or an errno of reading */
int gth_signer_load(struct gth_signer *s, int dirfd, const char *name)
{
	return gth_note_secret_load(s, GTH_NOTE_ED25519, dirfd, name);
}
