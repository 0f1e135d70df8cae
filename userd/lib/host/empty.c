// SPDX-License-Identifier: GPL-2.0-or-later
/* empty.c - is the empty file listed? (see empty.h) */
#include "lib/host/empty.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/host/search.h"

static const u8 sha256_of_nothing[GTH_DIGEST_SIZE] = { 0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c,
						       0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f,
						       0xb9, 0x24, 0x27, 0xae, 0x41, 0xe4, 0x64,
						       0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b,
						       0x78, 0x52, 0xb8, 0x55 };

/* gth_empty_denied() - is it the empty file's, in a class that may be denied? */
bool gth_empty_denied(u8 domain, u8 class, const u8 digest[GTH_DIGEST_SIZE])
{
	return domain == GTH_DOMAIN_SHA256 &&
	       (class == GTH_CLASS_MALICIOUS || class == GTH_CLASS_SUSPICIOUS) &&
	       !memcmp(digest, sha256_of_nothing, GTH_DIGEST_SIZE);
}

/**
 * gth_empty_find() - look for the empty file in a body
 * @body: a descriptor; its position stays
 * @class: its class; GTH_CLASS_UNKNOWN: it is not listed
 *
 * A body that is out of order may hide it: a loader refuses such a body.
 *
 * Return: 0; -ESPIPE: no file that can be read twice; or a negative errno.
 */
int gth_empty_find(int body, u8 *class)
{
	struct stat st;
	u64 at;
	int err;

	*class = GTH_CLASS_UNKNOWN;
	if (fstat(body, &st))
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	if (!S_ISREG(st.st_mode))
		return -ESPIPE;
	err = gth_search_body(body, (u64)st.st_size / sizeof(struct gth_record), GTH_DOMAIN_SHA256,
			      sha256_of_nothing, class, &at);
	return err == -EPROTO || err == -ENODATA ? 0 : err;
}
