/* SPDX-License-Identifier: GPL-2.0-or-later */
/* digest.h - a digest by its first digits, and the name of a file, as lists show them. */
#ifndef GTH_CTL_DIGEST_H
#define GTH_CTL_DIGEST_H

#include <stdint.h>

#include <linux/gotthard.h>

int ctl_digest_find(const char *prefix, int device, const char *config, uint8_t *domain,
		    uint8_t digest[GTH_DIGEST_SIZE]);
char *ctl_path(const char *path);

#endif /* GTH_CTL_DIGEST_H */
