// SPDX-License-Identifier: GPL-2.0-or-later
/* region_notes.c - what the region signs: as it should, or badly. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/unit/lib/fake_region.h"
#include "tests/unit/lib/keys.h"
#include "tests/unit/lib/must.h"

char *make_statement(const struct gth_signer *key, const char *country, int64_t issued,
		     int64_t expires)
{
	struct gth_statement s = { .max_size = 1 << 20, .retention = 3600 };
	char *text = NULL;
	uint64_t now = (uint64_t)time(NULL);

	strcpy(s.region, keys.trust.region[0] ? keys.trust.region : REGION);
	strcpy(s.country, country);
	s.issued = now + (uint64_t)issued;
	s.expires = now + (uint64_t)expires;
	must(!gth_age_identity_recipient(&keys.age, &s.recipient));
	s.region_key = keys.region.verifier;
	s.serves = keys.trust.serves;
	must(!gth_statement_format(&s, &text));
	return signed_note(text, key);
}

void set_statement(char *note)
{
	free(region.statement);
	region.statement = note;
}

char *make_verdict(const uint8_t digest[32], enum gth_finding finding, int64_t issued)
{
	struct gth_region_verdict v = { .region = REGION, .finding = finding };
	char *text = NULL;

	memcpy(v.digest, digest, 32);
	if (region.faults.foreign_verdict)
		v.digest[0] ^= 1;
	strcpy(v.name, finding == GTH_FINDING_MALICIOUS ? "Test.Evil" : "none");
	strcpy(v.engine, "fake 1");
	strcpy(v.database, "7");
	v.issued = (uint64_t)(time(NULL) + issued);
	v.expires = v.issued + region.verdict_life;
	must(!gth_region_verdict_format(&v, &text));
	return signed_note(text, region.faults.bad_verdict ? &keys.other : &keys.region);
}

char *make_receipt(const struct upload *u)
{
	struct gth_receipt r = { .region = REGION };
	char *text = NULL;

	memcpy(r.id, u->id, sizeof(r.id));
	memcpy(r.submission_digest, u->note_digest, 32);
	memcpy(r.cipher_digest, u->note.cipher_digest, 32);
	r.received = (uint64_t)time(NULL);
	r.delete_by = r.received + 3600;
	must(!gth_receipt_format(&r, &text));
	return signed_note(text, region.faults.bad_receipt ? &keys.other : &keys.region);
}

char *make_deletion(const struct upload *u)
{
	struct gth_deletion d = { .region = REGION };
	char *text = NULL;

	memcpy(d.id, u->id, sizeof(d.id));
	memcpy(d.cipher_digest, u->note.cipher_digest, 32);
	d.deleted = (uint64_t)time(NULL);
	must(!gth_deletion_format(&d, &text));
	return signed_note(text, &keys.region);
}
