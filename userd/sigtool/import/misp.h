/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * misp.h - attributes of MISP's events that are SHA-256 digests of whole files.
 *
 * Pure: JSON or cells in, a record or a reason out.
 */
#ifndef SIGTOOL_IMPORT_MISP_H
#define SIGTOOL_IMPORT_MISP_H

#include <jansson.h>
#include <linux/gotthard.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

/* Any bytes; at is NULL: it is missing. */
struct misp_text {
	const char *at;
	size_t len;
};

struct misp_attribute {
	struct misp_text type, value;
	struct misp_text object; /* name of the template of the object that it belongs to */
	bool to_ids;		 /* it is meant for detection */
	bool deleted;		 /* or its object is */
};

enum misp_kind {
	MISP_SHA256,
	MISP_OTHER, /* of the format, and not to be taken */
	MISP_MALFORMED,
};

struct misp_file {
	u8 digest[GTH_DIGEST_SIZE]; /* of MISP_SHA256 */
	struct misp_text name;	    /* in the value; missing if it has none */
	const char *why;	    /* of the two others */
};

/* Return: 0, or an error that ends the walk. */
typedef int (*misp_attribute_fn)(void *ctx, const struct misp_attribute *a);

enum misp_kind misp_parse(const struct misp_attribute *a, struct misp_file *f);
bool misp_truth(const char *at, size_t len);
int misp_walk(const json_t *root, misp_attribute_fn fn, void *ctx);

#endif /* SIGTOOL_IMPORT_MISP_H */
