// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * misp.c - fuzzes userd/sigtool/import/misp.c: JSON as an export of MISP. A name lies within its
 * value, and a digest is taken only where to_ids says so.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sigtool/import/misp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define STOP 100

static int check(void *ctx, const struct misp_attribute *a)
{
	unsigned int *left = ctx;
	struct misp_file f;
	enum misp_kind kind = misp_parse(a, &f);

	if ((kind == MISP_SHA256) != !f.why)
		abort();
	if (kind == MISP_SHA256 && (!a->to_ids || a->deleted))
		abort();
	if (kind == MISP_SHA256 && f.name.at &&
	    (f.name.at != a->value.at || f.name.len + 64 >= a->value.len))
		abort();
	return --*left ? 0 : STOP;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned int left = size ? data[0] : 0;
	json_t *root;
	int rc;

	if (!left)
		return 0;
	root = json_loadb((const char *)data + 1, size - 1, JSON_ALLOW_NUL, NULL);
	if (!root)
		return 0;
	rc = misp_walk(root, check, &left);
	if ((rc == STOP) != !left || (rc && rc != STOP && rc != -EINVAL))
		abort();
	json_decref(root);
	return 0;
}
