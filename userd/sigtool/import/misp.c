// SPDX-License-Identifier: GPL-2.0-or-later
/* misp.c - attributes of MISP's events (see misp.h). */
#include "sigtool/import/misp.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "lib/util/hex.h"

#define HEX (2 * GTH_DIGEST_SIZE)

static bool is(const struct misp_text *t, const char *text)
{
	return t->at && t->len == strlen(text) && !memcmp(t->at, text, t->len);
}

/* Objects like pe-section: their digests are of a part of a file. */
static bool is_section(const struct misp_text *object)
{
	static const char end[] = "-section";
	size_t n = strlen(end);

	return object->at && object->len > n && !memcmp(object->at + object->len - n, end, n);
}

static struct misp_text trimmed(struct misp_text t)
{
	while (t.len && strchr(" \t\r\n", *t.at)) {
		t.at++;
		t.len--;
	}
	while (t.len && strchr(" \t\r\n", t.at[t.len - 1]))
		t.len--;
	return t;
}

static enum misp_kind refuse(struct misp_file *f, enum misp_kind kind, const char *why)
{
	f->why = why;
	return kind;
}

/* In "NAME|DIGEST" the name may have the sign as well. */
static const char *last_bar(const struct misp_text *value)
{
	const char *bar = value->at + value->len;

	while (bar > value->at && bar[-1] != '|')
		bar--;
	return bar > value->at ? bar - 1 : NULL;
}

/**
 * misp_parse() - is the attribute a SHA-256 for detection?
 * @a: untrusted
 * @f: filled in
 *
 * Return: what it is; why is set unless it is MISP_SHA256.
 */
enum misp_kind misp_parse(const struct misp_attribute *a, struct misp_file *f)
{
	struct misp_text digest = a->value;

	*f = (struct misp_file) { .why = NULL };
	if (!a->type.at || !a->value.at)
		return refuse(f, MISP_MALFORMED, "an attribute without type or value");
	if (!is(&a->type, "sha256") && !is(&a->type, "filename|sha256"))
		return refuse(f, MISP_OTHER, "an attribute of another type than sha256");
	if (a->deleted)
		return refuse(f, MISP_OTHER, "a deleted attribute");
	if (is_section(&a->object))
		return refuse(f, MISP_OTHER, "a SHA-256 of a section of a program");
	if (!a->to_ids)
		return refuse(f, MISP_OTHER, "an attribute that is not for detection (to_ids)");
	if (!is(&a->type, "sha256")) {
		const char *bar = last_bar(&a->value);

		if (!bar)
			return refuse(f, MISP_MALFORMED, "expected a name, `|' and a SHA-256");
		f->name = (struct misp_text) { a->value.at, (size_t)(bar - a->value.at) };
		digest.at = bar + 1;
		digest.len -= f->name.len + 1;
	}
	digest = trimmed(digest);
	if (digest.len != HEX || gth_hex_decode(f->digest, GTH_DIGEST_SIZE, digest.at))
		return refuse(f, MISP_MALFORMED, "a SHA-256 that is not 64 hexadecimal digits");
	return MISP_SHA256;
}

/* As MISP's exports write it: 1 or true. */
bool misp_truth(const char *at, size_t len)
{
	return (len == 1 && *at == '1') || (len == 4 && !strncasecmp(at, "true", 4));
}

static struct misp_text text_of(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_string(value))
		return (struct misp_text) { NULL, 0 };
	return (struct misp_text) { json_string_value(value), json_string_length(value) };
}

static bool truth_of(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	if (json_is_string(value))
		return misp_truth(json_string_value(value), json_string_length(value));
	return json_is_true(value) || (json_is_integer(value) && json_integer_value(value) == 1);
}

/* @object: that has them, or NULL. */
static int walk_attributes(const json_t *list, const json_t *object, misp_attribute_fn fn,
			   void *ctx)
{
	const json_t *item;
	size_t i;
	int err = 0;

	json_array_foreach(list, i, item)
	{
		const struct misp_attribute a = {
			.type = text_of(item, "type"),
			.value = text_of(item, "value"),
			.object = text_of(object, "name"),
			.to_ids = truth_of(item, "to_ids"),
			.deleted = truth_of(item, "deleted") || truth_of(object, "deleted"),
		};

		err = fn(ctx, &a);
		if (err)
			break;
	}
	return err;
}

/* Proposals of others (ShadowAttribute) are not looked at. */
static int walk_event(const json_t *event, misp_attribute_fn fn, void *ctx)
{
	const json_t *attributes = json_object_get(event, "Attribute");
	const json_t *objects = json_object_get(event, "Object"), *object;
	size_t i;
	int err;

	if ((attributes && !json_is_array(attributes)) || (objects && !json_is_array(objects)))
		return -EINVAL;
	if (!attributes && !objects && !json_object_get(event, "info"))
		return -EINVAL;
	err = walk_attributes(attributes, NULL, fn, ctx);
	if (err)
		return err;
	json_array_foreach(objects, i, object)
	{
		err = walk_attributes(json_object_get(object, "Attribute"), object, fn, ctx);
		if (err)
			break;
	}
	return err;
}

/* {"Event": EVENT}, or EVENT alone. */
static int walk_wrapped(const json_t *item, misp_attribute_fn fn, void *ctx)
{
	const json_t *event = json_object_get(item, "Event");

	return walk_event(event ? event : item, fn, ctx);
}

/**
 * misp_walk() - all attributes of an export
 * @root: one event, a list of events, or what restSearch answers for events or attributes
 * @fn: is given each
 * @ctx: for @fn
 *
 * Return: 0; -EINVAL: something is not an event; or the error of @fn.
 */
int misp_walk(const json_t *root, misp_attribute_fn fn, void *ctx)
{
	const json_t *response = json_object_get(root, "response"), *item;
	size_t i;
	int err = 0;

	if (response)
		root = response;
	if (!json_is_array(root))
		return walk_wrapped(root, fn, ctx);
	json_array_foreach(root, i, item)
	{
		err = walk_wrapped(item, fn, ctx);
		if (err)
			break;
	}
	return err;
}
