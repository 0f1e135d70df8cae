// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sha256.c - SHA-256 by OpenSSL (see sha256.h).
 *
 * OpenSSL says only that it failed; out of memory is the one cause it has here.
 */
#include "lib/util/sha256.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>

#include "lib/util/io.h"
#include "lib/util/pulse.h"

#define CHUNK (256U << 10)

int gth_sha256_init(struct gth_sha256 *h)
{
	h->ctx = EVP_MD_CTX_new();
	if (h->ctx && EVP_DigestInit_ex(h->ctx, EVP_sha256(), NULL) == 1)
		return 0;
	gth_sha256_free(h);
	return -ENOMEM;
}

int gth_sha256_update(struct gth_sha256 *h, const void *data, size_t len)
{
	return EVP_DigestUpdate(h->ctx, data, len) == 1 ? 0 : -ENOMEM;
}

int gth_sha256_final(struct gth_sha256 *h, uint8_t digest[GTH_SHA256_SIZE])
{
	return EVP_DigestFinal_ex(h->ctx, digest, NULL) == 1 ? 0 : -ENOMEM;
}

void gth_sha256_free(struct gth_sha256 *h)
{
	EVP_MD_CTX_free(h->ctx);
	h->ctx = NULL;
}

int gth_sha256(const void *data, size_t len, uint8_t digest[GTH_SHA256_SIZE])
{
	return EVP_Digest(data, len, digest, NULL, EVP_sha256(), NULL) == 1 ? 0 : -ENOMEM;
}

/* From the descriptor's position to the end. Return: 0 or a negative errno. */
int gth_sha256_fd(int fd, uint8_t digest[GTH_SHA256_SIZE])
{
	struct gth_sha256 h;
	char *chunk = malloc(CHUNK);
	ssize_t n;
	int err;

	if (!chunk)
		return -ENOMEM;
	err = gth_sha256_init(&h);
	while (!err) {
		gth_pulse();
		n = gth_read_full(fd, chunk, CHUNK);
		if (n <= 0) {
			err = (int)n;
			break;
		}
		err = gth_sha256_update(&h, chunk, (size_t)n);
	}
	if (!err)
		err = gth_sha256_final(&h, digest);
	gth_sha256_free(&h);
	free(chunk);
	return err;
}
