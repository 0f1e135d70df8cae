// SPDX-License-Identifier: GPL-2.0-or-later
/* report.c - what became of the inputs of a build (see report.h). */
#include "sigtool/report.h"

#include <stdio.h>

#include "lib/host/names.h"
#include "lib/util/hex.h"
#include "lib/util/json.h"
#include "lib/util/visible.h"
#include "sigtool/database.h"
#include "sigtool/sigtool.h"

static void print_input(const struct input *in)
{
	printf("%s: %s, %s: %llu lines, %llu taken", gth_shown(in->name),
	       list_format_name[in->format], gth_class_name(in->class), in->lines,
	       in->kind[LIST_SHA256]);
	for (int kind = LIST_SHA1; kind < LIST_KIND_MAX; kind++)
		if (in->kind[kind])
			printf(", %llu unsupported (%s)", in->kind[kind], list_kind_name[kind]);
	if (in->malformed)
		printf(", %llu malformed", in->malformed);
	putchar('\n');
}

void report_text(const struct gth_manifest *m, const struct fold *fold, const struct input *in,
		 unsigned int n)
{
	char hex[2 * GTH_DIGEST_SIZE + 1];
	u64 kinds[LIST_KIND_MAX] = { 0 }, malformed = 0;

	for (unsigned int i = 0; i < n; i++) {
		print_input(&in[i]);
		malformed += in[i].malformed;
		for (int kind = 0; kind < LIST_KIND_MAX; kind++)
			kinds[kind] += in[i].kind[kind];
	}
	printf("%s version %llu: %llu records\n", m->name, m->version,
	       m->body_size / sizeof(struct gth_record));
	for (int class = GTH_CLASS_MAX - 1; class > GTH_CLASS_UNKNOWN; class --)
		printf("  %-11s %llu\n", gth_class_name((unsigned int)class), m->count[class]);
	printf("  duplicates  %llu\n", fold->duplicates);
	printf("  conflicts   %llu\n", fold->conflicts);
	for (int kind = LIST_SHA1; kind < LIST_KIND_MAX; kind++)
		if (kinds[kind])
			printf("  unsupported %llu (%s cannot be looked up)\n", kinds[kind],
			       list_kind_name[kind]);
	if (malformed)
		printf("  malformed   %llu\n", malformed);
	for (unsigned int i = 0; i < fold->samples; i++) {
		const struct fold_sample *s = &fold->sample[i];

		gth_hex_encode(hex, s->rec.digest, sizeof(s->rec.digest));
		printf("conflict: %s is %s and %s: %s was taken\n", hex, gth_class_name(s->lost),
		       gth_class_name(s->rec.class), gth_class_name(s->rec.class));
	}
	if (fold->conflicts > fold->samples)
		printf("conflict: and more, %llu in all\n", fold->conflicts);
}

static json_t *input_json(const struct input *in)
{
	return json_pack("{s:o, s:s, s:s, s:I, s:I, s:{s:I, s:I}, s:I}", "file",
			 gth_json_text(in->name), "format", list_format_name[in->format], "class",
			 gth_class_name(in->class), "lines", (json_int_t)in->lines, "taken",
			 (json_int_t)in->kind[LIST_SHA256], "unsupported", "sha1",
			 (json_int_t)in->kind[LIST_SHA1], "md5", (json_int_t)in->kind[LIST_MD5],
			 "malformed", (json_int_t)in->malformed);
}

static json_t *sample_json(const struct fold_sample *s)
{
	return json_pack("{s:o, s:s, s:s}", "digest",
			 gth_json_hex(s->rec.digest, sizeof(s->rec.digest)), "taken",
			 gth_class_name(s->rec.class), "dropped", gth_class_name(s->lost));
}

/* Return: 0 or a negative errno. */
int report_json(const struct gth_manifest *m, const struct fold *fold, const struct input *in,
		unsigned int n)
{
	json_t *root = database_json(m);
	json_t *inputs = json_array(), *samples = json_array();
	int bad = 0;

	for (unsigned int i = 0; i < n; i++)
		bad |= json_array_append_new(inputs, input_json(&in[i]));
	for (unsigned int i = 0; i < fold->samples; i++)
		bad |= json_array_append_new(samples, sample_json(&fold->sample[i]));
	bad |= json_object_set_new(root, "duplicates", json_integer((json_int_t)fold->duplicates));
	bad |= json_object_set_new(root, "conflicts", json_integer((json_int_t)fold->conflicts));
	bad |= json_object_set_new(root, "conflict_samples", samples);
	bad |= json_object_set_new(root, "inputs", inputs);
	if (bad) {
		json_decref(root);
		root = NULL;
	}
	return gth_json_print(root);
}
