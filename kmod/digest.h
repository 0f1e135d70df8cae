/* SPDX-License-Identifier: GPL-2.0-only */
/* digest.h - the SHA-256 of a file's content, from inside a hook. */
#ifndef GTH_DIGEST_H
#define GTH_DIGEST_H

#include "target.h"

struct shash_desc;

int gth_digest_init(void);
void gth_digest_exit(void);
const char *gth_digest_driver(void);
int gth_digest_file(struct gth_target *s, u64 size, u8 digest[32]);
int gth_digest_fsverity(struct gth_target *s, u8 digest[32]);
struct shash_desc *gth_digest_desc(void);

#endif /* GTH_DIGEST_H */
