/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * decrypt.h - decrypts endpoints' files in a process of its own.
 *
 * The process (this program, run again) reads the key from a pipe and the
 * ciphertext from stdin and writes the plaintext to stdout, all of them opened
 * before; it can do nothing else. Its output must not be used unless
 * region_decrypt() returned 0 and the caller has checked the digest.
 */
#ifndef REGION_DECRYPT_H
#define REGION_DECRYPT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/age/age.h"

#define REGION_DECRYPT_ROLE "gotthard-region: decrypt" /* argv[0] */

int region_decrypt(int cipher, int plain, const struct gth_age_identity *key, uint64_t max,
		   const atomic_bool *stop);
int region_decrypt_role(int argc, char **argv);

#endif /* REGION_DECRYPT_H */
