// SPDX-License-Identifier: GPL-2.0-or-later
/* region.c - fuzzes what gotthard-region reads of strangers: targets, fields, clamd's replies. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "region/clamd.h"
#include "region/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool printable(const char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			return false;
	return true;
}

static void target(const char *text)
{
	struct region_target t;
	int err = region_target_parse(&t, text);

	if (!err != (t.what != REGION_NOWHERE))
		abort();
	if (t.what == REGION_SUBMISSION && !gth_uuid_ok(t.id))
		abort();
	if (t.wait > REGION_WAIT_MAX || !printable(t.cursor))
		abort();
}

static void fields(const char *text)
{
	uint8_t digest[32];
	uint64_t offset;
	bool complete;

	if (!region_offset_parse(text, &offset) && offset > INT64_MAX)
		abort();
	if (!region_complete_parse(text, &complete) && strlen(text) != 2)
		abort();
	region_repr_digest_parse(text, digest);
	region_type_is(text, "application/json");
}

/* What is taken over is signed: it must be printable, and there. */
static void replies(const char *data, size_t size)
{
	struct region_finding f;
	struct region_engine e;

	if (!region_clamd_reply(&f, data, size) &&
	    (!f.name[0] || !printable(f.name) || f.finding >= GTH_FINDINGS))
		abort();
	if (!region_clamd_version(&e, data, size) &&
	    (!e.engine[0] || !e.database[0] || !printable(e.engine) || !printable(e.database)))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	target(text);
	fields(text);
	free(text);
	/* Not NUL-terminated, as it comes out of the socket. */
	text = malloc(size ? size : 1);
	if (!text)
		return 0;
	memcpy(text, data, size);
	replies(text, size);
	free(text);
	return 0;
}
