// SPDX-License-Identifier: GPL-2.0-or-later
/* import_misp.c - MISP's exports: events or attributes as JSON, or attributes as CSV. */
#include "sigtool/import/import.h"

#include <errno.h>
#include <jansson.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util/say.h"
#include "sigtool/import/misp.h"
#include "sigtool/import/table.h"
#include "sigtool/sigtool.h"

#define JSON_BYTES (128ULL << 20)
#define JSON_MEMORY                                                                                \
	(1ULL << 30) /* bytes of the same in memory; events take some seven times as much */

static int take_attribute(struct taking *t, const struct misp_attribute *a, u64 number)
{
	struct misp_file f;

	switch (misp_parse(a, &f)) {
	case MISP_SHA256:
		return taking_take(t, f.digest, f.name.at, f.name.len);
	case MISP_OTHER:
		return taking_not(t, number, TAKING_FOREIGN, f.why);
	default:
		return taking_not(t, number, TAKING_MALFORMED, f.why);
	}
}

/* A misp_attribute_fn. There are no lines: the number of the attribute stands for one. */
static int take_json(void *ctx, const struct misp_attribute *a)
{
	struct taking *t = ctx;

	return take_attribute(t, a, t->here + 1);
}

static struct misp_text text_of(const struct csv_field *f)
{
	return (struct misp_text) { f->at, f->len };
}

/* A table_take_fn. */
static int take_cells(struct taking *t, const struct csv_field *cell, u64 line)
{
	const struct misp_attribute a = {
		.type = text_of(&cell[0]),
		.value = text_of(&cell[1]),
		.to_ids = misp_truth(cell[2].at, cell[2].len),
		.object = text_of(&cell[3]),
		.deleted = cell[4].at && misp_truth(cell[4].at, cell[4].len),
	};

	return take_attribute(t, &a, line);
}

/* jansson's memory: a few bytes of a hostile text can take hundreds. */
static u64 used;
static bool used_up;

static void *bounded_malloc(size_t size)
{
	void *memory = used + size <= JSON_MEMORY ? malloc(size) : NULL;

	used_up |= !memory;
	used += malloc_usable_size(memory);
	return memory;
}

static void bounded_free(void *memory)
{
	used -= malloc_usable_size(memory);
	free(memory);
}

struct reading {
	struct encoding *text;
	u64 bytes;
	int err; /* of reading */
};

/* A json_load_callback_t. */
static size_t read_json(void *buffer, size_t size, void *ctx)
{
	struct reading *r = ctx;
	ssize_t n = encoding_read(r->text, buffer, size);

	if (n >= 0) {
		r->bytes += (u64)n;
		if (r->bytes <= JSON_BYTES)
			return (size_t)n;
		n = -EFBIG;
	}
	r->err = (int)n;
	return (size_t)-1;
}

static int refuse(struct taking *t, const char *why)
{
	gth_progress_clear(&t->progress);
	gth_say("%s: %s", t->file, why);
	return STATUS_INPUT;
}

static int take_events(struct taking *t, struct encoding *text)
{
	struct reading r = { .text = text };
	json_error_t e;
	json_t *root = json_load_callback(read_json, &r, JSON_ALLOW_NUL, &e);
	int err;

	if (r.err == -EFBIG || used_up)
		return refuse(t, "more than 128 MiB of JSON, or than 1 GiB in memory, where it is "
				 "as a whole: export it as CSV, or in parts");
	if (r.err)
		return taking_failed(t, 0, r.err);
	if (!root) {
		gth_progress_clear(&t->progress);
		gth_say("%s:%d: cannot be read as JSON: %s", t->file, e.line, e.text);
		return STATUS_INPUT;
	}
	err = misp_walk(root, take_json, t);
	json_decref(root);
	if (err == -EINVAL)
		return refuse(t, "not an export of MISP: expected events with the lists Attribute "
				 "or Object");
	return err ? taking_failed(t, t->here, err) : taking_end(t, "misp");
}

static int read_events(struct taking *t, struct encoding *text)
{
	json_malloc_t jansson_malloc;
	json_free_t jansson_free;
	int status;

	json_get_alloc_funcs(&jansson_malloc, &jansson_free);
	json_set_alloc_funcs(bounded_malloc, bounded_free);
	status = take_events(t, text);
	json_set_alloc_funcs(jansson_malloc, jansson_free);
	return status;
}

/* Return: whether the text begins as JSON does, behind blanks; UTF-16 has zeros in between. */
static bool is_json(const u8 *bytes, size_t len)
{
	size_t i = 0;

	while (i < len && (!bytes[i] || strchr(" \t\r\n", bytes[i])))
		i++;
	return i < len && (bytes[i] == '{' || bytes[i] == '[');
}

int import_misp(struct taking *t, const char *path)
{
	static const struct table table = {
		.format = "misp",
		.column = { "type", "value", "toids", "objectname", "deleted" },
		.needed = 3,
		.several = true,
		.hint = "expected JSON of events, or CSV whose first record names the columns "
			"type, value and to_ids",
		.take = take_cells,
	};
	static struct source s;
	const u8 *bytes;
	size_t len;
	int err, status = source_open(&s, t, path);

	if (status)
		return status;
	err = encoding_peek(&s.text, &bytes, &len);
	if (err)
		status = taking_failed(t, 0, err);
	else if (is_json(bytes, len))
		status = read_events(t, &s.text);
	else
		status = table_read(t, &table, encoding_read, &s.text);
	source_close(&s);
	return status;
}
