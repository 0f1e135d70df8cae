// SPDX-License-Identifier: GPL-2.0-or-later
/* region.c - fuzzes what gotthard-region reads of strangers: targets, fields, clamd's replies. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/text/journal_field.h"
#include "lib/text/region_api.h"
#include "region/clamd.h"
#include "region/field.h"
#include "region/static.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool printable(const char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			return false;
	return true;
}

/* An accepted request makes a line again, and that line is the same request. */
static void target(const char *method, const char *text)
{
	struct gth_api_request r, again;
	char line[GTH_LINE_SIZE];

	if (gth_api_parse(&r, method, text))
		return;
	if (gth_api_line(&r, line, sizeof(line)) || strncmp(line, method, strlen(method)) != 0 ||
	    !printable(line) || gth_api_parse(&again, method, line + strlen(method) + 1) ||
	    memcmp(&r, &again, sizeof(r)) != 0)
		abort();
}

static void fields(const char *text)
{
	uint8_t digest[32];
	struct gth_journal_field told;
	uint64_t offset;
	bool complete;

	if (!region_offset_parse(text, &offset) && offset > INT64_MAX)
		abort();
	if (!gth_journal_field_parse(&told, text) && told.size > GTH_JOURNAL_FIELD_MAX)
		abort();
	if (!region_complete_parse(text, &complete) && strlen(text) != 2)
		abort();
	region_repr_digest_parse(text, digest);
	region_type_is(text, "application/json");
}

/* A path stays below the directory. */
static void file(const char *text)
{
	const char *path = region_static_is(text) ? region_static_path(text) : NULL;

	if (path && (!printable(path) || *path == '/' || *path == '.' || strstr(path, "/.") ||
		     strstr(path, "//") || path[strlen(path) - 1] == '/'))
		abort();
}

/* A field that is taken over is signed: it must be there, and printable. */
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
	for (int kind = 0; kind < GTH_ORDERS; kind++)
		target(gth_api_row((enum gth_order_kind)kind)->method, text);
	fields(text);
	file(text);
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
