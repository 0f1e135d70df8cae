// SPDX-License-Identifier: GPL-2.0-or-later
/* manifest_text.c - the text of a manifest (see manifest_text.h). */
#include "lib/text/manifest_text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/util/hex.h"

/*
 * Writes what gth_manifest_parse() reads, and asks it whether it does.
 * Return: the length; -EMSGSIZE: @size is too small; -EINVAL, -EFBIG: the
 * parser would refuse it.
 */
int gth_manifest_format(const struct gth_manifest *m, char *text, size_t size)
{
	char prev[2 * GTH_DIGEST_SIZE + 1] = "none";
	char body[2 * GTH_DIGEST_SIZE + 1];
	struct gth_manifest back;
	int len, err;

	if (m->has_prev)
		gth_hex_encode(prev, m->prev, sizeof(m->prev));
	gth_hex_encode(body, m->body_digest, sizeof(m->body_digest));
	len = snprintf(text, size,
		       "gotthard-signatures 1\n"
		       "name: %.*s\n"
		       "version: %llu\n"
		       "created: %llu\n"
		       "expires: %llu\n"
		       "prev: %s\n"
		       "body-size: %llu\n"
		       "body-sha256: %s\n"
		       "malicious: %llu\n"
		       "suspicious: %llu\n"
		       "trusted: %llu\n",
		       (int)sizeof(m->name), m->name, m->version, m->created, m->expires, prev,
		       m->body_size, body, m->count[GTH_CLASS_MALICIOUS],
		       m->count[GTH_CLASS_SUSPICIOUS], m->count[GTH_CLASS_TRUSTED]);
	if (len < 0 || (size_t)len >= size)
		return -EMSGSIZE;
	err = gth_manifest_parse(&back, text, (size_t)len);
	return err ? err : len;
}
