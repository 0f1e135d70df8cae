// SPDX-License-Identifier: GPL-2.0-or-later
/* bundle.c - the directory of a region, as its operator gives it to endpoints. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/lib/bundle.h"

#include "lib/log/note.h"
#include "lib/text/residency.h"
#include "tests/unit/lib/files.h"
#include "tests/unit/lib/must.h"

void write_trust(const char *dir, const char *region, const char *country, int port)
{
	struct gth_trust t = { .serves = { .n = 1, .code = { "CH" } } };
	char name[GTH_REGION_SIZE + 16], *text;
	struct gth_signer s;

	snprintf(t.region, sizeof(t.region), "%s", region);
	snprintf(t.country, sizeof(t.country), "%s", country);
	snprintf(t.url, sizeof(t.url), "https://localhost:%d", port);
	snprintf(name, sizeof(name), "%s/statement", region);
	must(!gth_signer_create(&s, name));
	t.statement_key = s.verifier;
	must(!gth_trust_format(&t, &text));
	write_file(dir, "trust", 0644, "%s", text);
	free(text);
}

void write_endpoint_key(const char *dir)
{
	char text[GTH_NOTE_KEY_SIZE];
	struct gth_signer s;

	must(!gth_signer_create(&s, "endpoint") && !gth_signer_format(&s, text));
	write_file(dir, "endpoint.key", 0644, "%s\n", text);
}
