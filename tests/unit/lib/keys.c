// SPDX-License-Identifier: GPL-2.0-or-later
/* keys.c - the keys of a region and of an endpoint that trusts it. */
#include "tests/unit/lib/keys.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/lib/must.h"

struct test_keys keys;

void make_keys(void)
{
	must(!gth_signer_create(&keys.statement, REGION "/statement"));
	must(!gth_signer_create(&keys.region, REGION "/region"));
	must(!gth_signer_create(&keys.other, REGION "/region"));
	must(!gth_signer_create(&keys.endpoint, ENDPOINT));
	must(!gth_age_identity_create(&keys.age));
	strcpy(keys.trust.region, REGION);
	strcpy(keys.trust.country, "CH");
	strcpy(keys.trust.url, "https://region.example:8443");
	keys.trust.statement_key = keys.statement.verifier;
	keys.trust.serves.n = 2;
	strcpy(keys.trust.serves.code[0], "CH");
	strcpy(keys.trust.serves.code[1], "DE");
}

char *signed_note(char *text, const struct gth_signer *key)
{
	char *note = NULL;

	must(!gth_note_sign(text, key, &note));
	free(text);
	return note;
}
