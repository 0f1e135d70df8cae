// SPDX-License-Identifier: GPL-2.0-or-later
/* submission.c - what an endpoint signs when it sends a file (see exchange.h). */
#include <errno.h>
#include <string.h>

#include "lib/text/exchange.h"

#define VERSION_1 "gotthard-submission 1"
#define VERSION_2 "gotthard-submission 2"

/* The classes of files; NULL for the others. */
static const char *const classes[GTH_D_MAX] = {
#define X(id, name, initial, file) [GTH_##id] = (file) ? #id : NULL,
	GTH_DATA_CLASSES(X)
#undef X
};

/* gth_submission_parse() - 0, -EBADMSG or -E2BIG */
int gth_submission_parse(struct gth_submission *s, const char *text, size_t len)
{
	struct gth_fields f;
	static const char second[] = VERSION_2 "\n";
	int class;

	s->has_journal = len >= strlen(second) && !memcmp(text, second, strlen(second));
	s->journal_size = 0;
	memset(s->journal_root, 0, sizeof(s->journal_root));
	gth_fields_open(&f, text, len);
	gth_fields_title(&f, s->has_journal ? VERSION_2 : VERSION_1);
	gth_fields_region(&f, "endpoint", s->endpoint);
	gth_fields_region(&f, "region", s->region);
	gth_fields_uuid(&f, "id", s->id);
	gth_fields_number(&f, "time", &s->time);
	gth_fields_word(&f, "class", classes, GTH_D_MAX, &class);
	gth_fields_digest(&f, "digest", s->digest);
	gth_fields_number(&f, "size", &s->size);
	gth_fields_text(&f, "type", s->type, sizeof(s->type));
	gth_fields_number(&f, "cipher-size", &s->cipher_size);
	gth_fields_digest(&f, "cipher-digest", s->cipher_digest);
	if (s->has_journal) {
		gth_fields_number(&f, "journal-size", &s->journal_size);
		gth_fields_digest(&f, "journal-root", s->journal_root);
	}
	gth_fields_bytes(&f, "path", s->path, sizeof(s->path));
	gth_fields_bytes(&f, "comm", s->comm, sizeof(s->comm));
	s->class = (enum gth_data_class) class;
	return gth_fields_close(&f);
}

/* gth_submission_format() - 0; -EINVAL: gth_submission_parse() would not take it; -ENOMEM */
int gth_submission_format(const struct gth_submission *s, char **text)
{
	struct gth_submission again;
	struct gth_text t = { 0 };

	gth_text_title(&t, s->has_journal ? VERSION_2 : VERSION_1);
	gth_text_put(&t, "endpoint", s->endpoint);
	gth_text_put(&t, "region", s->region);
	gth_text_put(&t, "id", s->id);
	gth_text_number(&t, "time", s->time);
	gth_text_put(&t, "class", gth_data_class_name(s->class));
	gth_text_digest(&t, "digest", s->digest);
	gth_text_number(&t, "size", s->size);
	gth_text_put(&t, "type", s->type);
	gth_text_number(&t, "cipher-size", s->cipher_size);
	gth_text_digest(&t, "cipher-digest", s->cipher_digest);
	if (s->has_journal) {
		gth_text_number(&t, "journal-size", s->journal_size);
		gth_text_digest(&t, "journal-root", s->journal_root);
	}
	gth_text_bytes(&t, "path", s->path);
	gth_text_bytes(&t, "comm", s->comm);
	/* A text that readers refuse is not written. */
	if (!t.err && gth_submission_parse(&again, t.text, t.len))
		t.err = -EINVAL;
	return gth_text_take(&t, text);
}
