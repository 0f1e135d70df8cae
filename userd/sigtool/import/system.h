/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * system.h - the files of an installed system, this one or one in another directory.
 *
 * A path is resolved as that system itself would resolve it: a symbolic link cannot lead out of
 * the directory. Only regular files are opened; a FIFO or a device is not.
 */
#ifndef SIGTOOL_IMPORT_SYSTEM_H
#define SIGTOOL_IMPORT_SYSTEM_H

#include <linux/gotthard.h>
#include <linux/types.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>

#define SYSTEM_FILE_MAX (16ULL << 30) /* bytes of a file that is read */

struct system {
	int root; /* a descriptor of the directory, or -1 */
	EVP_MD_CTX *sha256, *other;
	u8 digest[GTH_DIGEST_SIZE]; /* of the file that system_digests() read last: its SHA-256 */
	u8 sum[EVP_MAX_MD_SIZE];    /* and its digest by the other algorithm */
};

int system_open(struct system *s, const char *dir);
void system_close(struct system *s);
int system_file(const struct system *s, const char *path);
int system_directory(const struct system *s, const char *path);
bool system_is_regular(const struct system *s, const char *path);
int system_digests(struct system *s, const char *path, const EVP_MD *other, const char **why);

#endif /* SIGTOOL_IMPORT_SYSTEM_H */
