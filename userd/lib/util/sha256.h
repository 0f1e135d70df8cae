/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sha256.h - SHA-256 of buffers, streams and files, by OpenSSL. */
#ifndef GTH_LIB_UTIL_SHA256_H
#define GTH_LIB_UTIL_SHA256_H

#include <stddef.h>
#include <stdint.h>

#include <linux/gotthard.h>

#define GTH_SHA256_SIZE GTH_DIGEST_SIZE

/* Init, update, final in this order; free after any of them. */
struct gth_sha256 {
	void *ctx; /* NULL: free has nothing to do */
};

int gth_sha256_init(struct gth_sha256 *h);
int gth_sha256_update(struct gth_sha256 *h, const void *data, size_t len);
int gth_sha256_final(struct gth_sha256 *h, uint8_t digest[GTH_SHA256_SIZE]);
void gth_sha256_free(struct gth_sha256 *h);

int gth_sha256(const void *data, size_t len, uint8_t digest[GTH_SHA256_SIZE]);
int gth_sha256_fd(int fd, uint8_t digest[GTH_SHA256_SIZE]);

#endif /* GTH_LIB_UTIL_SHA256_H */
