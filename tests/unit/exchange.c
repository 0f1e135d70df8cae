// SPDX-License-Identifier: GPL-2.0-or-later
/* exchange.c - texts of submissions, receipts, deletions and verdicts: what is taken and what is
 * not. */
#include "lib/text/exchange.h"

#include <linux/gotthard.h>

#include "tests/unit/texts.h"

#define ROUNDS 2000

static const struct texts_field submission_fields[] = {
	{ "endpoint", TEXTS_NAME },
	{ "region", TEXTS_NAME },
	{ "id", TEXTS_UUID_OF },
	{ "time", TEXTS_NUMBER },
	{ "class", TEXTS_WORD },
	{ "digest", TEXTS_DIGEST_OF },
	{ "size", TEXTS_NUMBER },
	{ "type", TEXTS_TEXT },
	{ "cipher-size", TEXTS_NUMBER },
	{ "cipher-digest", TEXTS_DIGEST_OF },
	{ "path", TEXTS_BYTES },
	{ "comm", TEXTS_BYTES },
	{ NULL, 0 },
};
static const struct texts_field submission_2_fields[] = {
	{ "endpoint", TEXTS_NAME },
	{ "region", TEXTS_NAME },
	{ "id", TEXTS_UUID_OF },
	{ "time", TEXTS_NUMBER },
	{ "class", TEXTS_WORD },
	{ "digest", TEXTS_DIGEST_OF },
	{ "size", TEXTS_NUMBER },
	{ "type", TEXTS_TEXT },
	{ "cipher-size", TEXTS_NUMBER },
	{ "cipher-digest", TEXTS_DIGEST_OF },
	{ "journal-size", TEXTS_NUMBER },
	{ "journal-root", TEXTS_DIGEST_OF },
	{ "path", TEXTS_BYTES },
	{ "comm", TEXTS_BYTES },
	{ NULL, 0 },
};
static const struct texts_field receipt_fields[] = {
	{ "region", TEXTS_NAME },
	{ "id", TEXTS_UUID_OF },
	{ "submission-digest", TEXTS_DIGEST_OF },
	{ "cipher-digest", TEXTS_DIGEST_OF },
	{ "received", TEXTS_NUMBER },
	{ "delete-by", TEXTS_NUMBER },
	{ NULL, 0 },
};
static const struct texts_field deletion_fields[] = {
	{ "region", TEXTS_NAME },
	{ "id", TEXTS_UUID_OF },
	{ "cipher-digest", TEXTS_DIGEST_OF },
	{ "deleted", TEXTS_NUMBER },
	{ NULL, 0 },
};
static const struct texts_field verdict_fields[] = {
	{ "region", TEXTS_NAME },   { "digest", TEXTS_DIGEST_OF }, { "verdict", TEXTS_WORD },
	{ "name", TEXTS_TEXT },	    { "engine", TEXTS_TEXT },	   { "database", TEXTS_TEXT },
	{ "issued", TEXTS_NUMBER }, { "expires", TEXTS_NUMBER },   { NULL, 0 },
};

TEXTS_KIND(submission, submission_fields);
static const struct texts_kind submission_2_kind = {
	"submission_2",	   sizeof(struct gth_submission), submission_parse,
	submission_format, submission_2_fields,
};
TEXTS_KIND(receipt, receipt_fields);
TEXTS_KIND(deletion, deletion_fields);
TEXTS_KIND(region_verdict, verdict_fields);

#define SUBMISSION                                                                                 \
	"gotthard-submission 1\nendpoint: e1\nregion: ch-1\nid: " TEXTS_UUID                       \
	"\ntime: 1700000000\nclass: D3\ndigest: " TEXTS_DIGEST                                     \
	"\nsize: 68\ntype: text/plain\ncipher-size: 268\ncipher-digest: " TEXTS_DIGEST             \
	"\npath: /tmp/a%20b\ncomm: none\n"
#define SUBMISSION_2                                                                               \
	"gotthard-submission 2\nendpoint: e1\nregion: ch-1\nid: " TEXTS_UUID                       \
	"\ntime: 1700000000\nclass: D3\ndigest: " TEXTS_DIGEST                                     \
	"\nsize: 68\ntype: text/plain\ncipher-size: 268\ncipher-digest: " TEXTS_DIGEST             \
	"\njournal-size: 12\njournal-root: " TEXTS_DIGEST "\npath: /tmp/a%20b\ncomm: none\n"
#define RECEIPT                                                                                    \
	"gotthard-receipt 1\nregion: ch-1\nid: " TEXTS_UUID "\nsubmission-digest: " TEXTS_DIGEST   \
	"\ncipher-digest: " TEXTS_DIGEST "\nreceived: 1700000000\ndelete-by: 1700086400\n"
#define DELETION                                                                                   \
	"gotthard-deletion 1\nregion: ch-1\nid: " TEXTS_UUID "\ncipher-digest: " TEXTS_DIGEST      \
	"\ndeleted: 1700086400\n"
#define VERDICT                                                                                    \
	"gotthard-verdict 1\nregion: ch-1\ndigest: " TEXTS_DIGEST                                  \
	"\nverdict: malicious\nname: Eicar-Signature\nengine: ClamAV 1.4.6\n"                      \
	"database: 27456\nissued: 1700000000\nexpires: 1702592000\n"

static const struct {
	const struct texts_kind *kind;
	const char *text, *field, *value;
	int err;
	const char *name;
} values[] = {
	{ &submission_kind, SUBMISSION, "class", "D4", 0, "takes_class_d4" },
	{ &submission_kind, SUBMISSION, "class", "D1", -EBADMSG, "refuses_class_d1" },
	{ &submission_kind, SUBMISSION, "class", "D2", -EBADMSG, "refuses_class_d2" },
	{ &submission_kind, SUBMISSION, "class", "D5", -EBADMSG, "refuses_class_d5" },
	{ &submission_kind, SUBMISSION, "class", "d3", -EBADMSG, "refuses_class_in_lower_case" },
	{ &submission_kind, SUBMISSION, "size", "0", 0, "takes_size_0" },
	{ &submission_kind, SUBMISSION, "size", "9223372036854775807", 0,
	  "takes_the_largest_size" },
	{ &submission_kind, SUBMISSION, "path", "none", 0, "takes_no_path" },
	{ &submission_kind, SUBMISSION, "path", "%6Eone", 0, "takes_a_path_called_none" },
	{ &submission_kind, SUBMISSION, "path", "%FF%0A%25", 0, "takes_any_bytes_in_a_path" },
	{ &submission_kind, SUBMISSION, "comm", "fifteen-letters", 0, "takes_comm_of_15_bytes" },
	{ &submission_kind, SUBMISSION, "comm", "sixteen-letters.", -E2BIG,
	  "refuses_comm_of_16_bytes" },
	{ &region_verdict_kind, VERDICT, "name", "none", 0, "takes_a_verdict_without_name" },
	{ &region_verdict_kind, VERDICT, "verdict", "unknown", 0, "takes_unknown" },
	{ &region_verdict_kind, VERDICT, "verdict", "benign", 0, "takes_benign" },
	{ &region_verdict_kind, VERDICT, "verdict", "suspicious", 0, "takes_suspicious" },
	{ &region_verdict_kind, VERDICT, "verdict", "trusted", -EBADMSG, "refuses_other_finding" },
	{ &region_verdict_kind, VERDICT, "expires", "1700000001", 0, "takes_a_second_of_validity" },
	{ &region_verdict_kind, VERDICT, "expires", "1700000000", -EBADMSG,
	  "refuses_expiry_at_issue" },
	{ &region_verdict_kind, VERDICT, "expires", "1699999999", -EBADMSG,
	  "refuses_expiry_before_issue" },
};

/* The longest value a place has room for is taken; one more is -E2BIG. */
static void limits(const struct texts_kind *k, const char *text, const char *field, size_t size)
{
	char value[8192], name[64];

	memset(value, 'a', sizeof(value));
	value[size - 1] = '\0';
	snprintf(name, sizeof(name), "takes_%s_of_%zu_bytes", field, size - 1);
	tap_is(texts_try(k, text, field, value), 0, name);
	value[size - 1] = 'a';
	value[size] = '\0';
	snprintf(name, sizeof(name), "refuses_%s_of_%zu_bytes", field, size);
	tap_is(texts_try(k, text, field, value), -E2BIG, name);
}

static void random_path(char *out, size_t size)
{
	size_t n = random_below(random_below(2) ? 8 : size);

	for (size_t i = 0; i < n; i++)
		out[i] = (char)(1 + random_below(255));
	if (n > 4 && !random_below(8))
		strncpy(out, "none", size);
}

static bool round_trip(void)
{
	static struct gth_submission s;
	struct gth_receipt r;
	struct gth_deletion d;
	struct gth_region_verdict v;
	char *text[4] = { 0 };
	bool same;

	memset(&s, 0, sizeof(s));
	memset(&r, 0, sizeof(r));
	memset(&d, 0, sizeof(d));
	memset(&v, 0, sizeof(v));
	texts_random_name(s.endpoint);
	texts_random_name(s.region);
	texts_random_uuid(s.id);
	s.time = texts_random_number();
	s.class = random_below(2) ? GTH_D3 : GTH_D4;
	random_bytes(s.digest, 32);
	s.size = texts_random_number();
	texts_random(s.type, sizeof(s.type), TEXTS_PRINTABLE);
	s.cipher_size = texts_random_number();
	random_bytes(s.cipher_digest, 32);
	s.has_journal = random_below(2);
	if (s.has_journal) {
		s.journal_size = texts_random_number();
		random_bytes(s.journal_root, 32);
	}
	random_path(s.path, sizeof(s.path));
	random_path(s.comm, sizeof(s.comm));

	texts_random_name(r.region);
	texts_random_uuid(r.id);
	random_bytes(r.submission_digest, 32);
	random_bytes(r.cipher_digest, 32);
	r.received = texts_random_number();
	r.delete_by = texts_random_number();

	texts_random_name(d.region);
	texts_random_uuid(d.id);
	random_bytes(d.cipher_digest, 32);
	d.deleted = texts_random_number();

	texts_random_name(v.region);
	random_bytes(v.digest, 32);
	v.finding = (enum gth_finding)random_below(GTH_FINDINGS);
	texts_random(v.name, sizeof(v.name), TEXTS_PRINTABLE);
	texts_random(v.engine, sizeof(v.engine), TEXTS_PRINTABLE);
	texts_random(v.database, sizeof(v.database), TEXTS_PRINTABLE);
	v.issued = texts_random_number() >> 1;
	v.expires = v.issued + 1 + (texts_random_number() >> 2);

	same = texts_same(&submission_kind, &s, &text[0]) &&
	       texts_same(&receipt_kind, &r, &text[1]) &&
	       texts_same(&deletion_kind, &d, &text[2]) &&
	       texts_same(&region_verdict_kind, &v, &text[3]);
	for (int i = 0; i < 4; i++) {
		if (!same)
			tap_note("%s", text[i] ? text[i] : "");
		free(text[i]);
	}
	return same;
}

/* Each is good but for one value. */
#define UNWRITTEN(kind, good, change, name)                                                        \
	do {                                                                                       \
		struct gth_##kind x = (good);                                                      \
		change;                                                                            \
		texts_unwritten(&kind##_kind, &x, name);                                           \
	} while (0)

static void unwritten(void)
{
	struct gth_submission s = { 0 };
	struct gth_receipt r = { 0 };
	struct gth_deletion d = { 0 };
	struct gth_region_verdict v = { 0 };

	if (gth_submission_parse(&s, SUBMISSION, strlen(SUBMISSION)) ||
	    gth_receipt_parse(&r, RECEIPT, strlen(RECEIPT)) ||
	    gth_deletion_parse(&d, DELETION, strlen(DELETION)) ||
	    gth_region_verdict_parse(&v, VERDICT, strlen(VERDICT)))
		abort();
	UNWRITTEN(submission, s, x.endpoint[0] = '\0', "writes_no_submission_without_endpoint");
	UNWRITTEN(submission, s, strcpy(x.region, "Ch"), "writes_no_submission_of_bad_region");
	UNWRITTEN(submission, s, x.id[0] = 'A', "writes_no_submission_of_bad_uuid");
	UNWRITTEN(submission, s, x.time = 1ULL << 63, "writes_no_submission_of_2_to_the_63");
	UNWRITTEN(submission, s, x.class = GTH_D2, "writes_no_submission_of_class_d2");
	UNWRITTEN(submission, s, x.class = 0, "writes_no_submission_of_class_0");
	UNWRITTEN(submission, s, x.type[0] = '\0', "writes_no_submission_without_type");
	UNWRITTEN(submission, s, x.type[4] = '\n', "writes_no_submission_with_lf_in_type");
	UNWRITTEN(receipt, r, x.id[35] = '\0', "writes_no_receipt_of_short_uuid");
	UNWRITTEN(receipt, r, x.delete_by = UINT64_MAX, "writes_no_receipt_of_2_to_the_64");
	UNWRITTEN(deletion, d, x.region[0] = '\0', "writes_no_deletion_without_region");
	UNWRITTEN(deletion, d, x.deleted = 1ULL << 63, "writes_no_deletion_of_2_to_the_63");
	UNWRITTEN(region_verdict, v, x.engine[0] = '\0', "writes_no_verdict_without_engine");
	UNWRITTEN(region_verdict, v, x.name[0] = '\0', "writes_no_verdict_of_empty_name");
	UNWRITTEN(region_verdict, v, strcpy(x.name, "a\nengine: b"),
		  "writes_no_verdict_with_a_line_in_it");
	UNWRITTEN(region_verdict, v, strcpy(x.name, "a "),
		  "writes_no_verdict_with_space_behind_name");
	UNWRITTEN(region_verdict, v, strcpy(x.database, "\xc3\xa9"),
		  "writes_no_verdict_beyond_ascii");
	UNWRITTEN(region_verdict, v, x.finding = GTH_FINDINGS,
		  "writes_no_verdict_of_unknown_number");
	UNWRITTEN(region_verdict, v, x.expires = x.issued, "writes_no_verdict_that_never_holds");
}

static void words(void)
{
	tap_ok(!strcmp(gth_finding_name(GTH_FINDINGS), "?"), "a_finding_out_of_range_has_no_name");
	tap_ok(!strcmp(gth_data_class_name(0), "?") && !strcmp(gth_data_class_name(6), "?"),
	       "a_data_class_out_of_range_has_no_name");
	tap_ok(!strcmp(gth_data_class_name(GTH_D1), "D1") &&
		       !strcmp(gth_data_class_name(GTH_D5), "D5"),
	       "data_classes_have_names");
	tap_is(gth_finding_class(GTH_FINDING_MALICIOUS), GTH_CLASS_MALICIOUS,
	       "malicious_is_malicious");
	tap_is(gth_finding_class(GTH_FINDING_SUSPICIOUS), GTH_CLASS_SUSPICIOUS,
	       "suspicious_is_suspicious");
	tap_is(gth_finding_class(GTH_FINDING_BENIGN), GTH_CLASS_TRUSTED, "benign_is_trusted");
	tap_is(gth_finding_class(GTH_FINDING_UNKNOWN), GTH_CLASS_UNKNOWN, "unknown_stays_unknown");
	tap_is(gth_finding_class(GTH_FINDINGS), GTH_CLASS_UNKNOWN, "out_of_range_is_unknown");
}

int main(void)
{
	int round = 0;

	random_start();
	texts_refuse(&submission_kind, SUBMISSION);
	texts_refuse(&submission_2_kind, SUBMISSION_2);
	texts_refuse(&receipt_kind, RECEIPT);
	texts_refuse(&deletion_kind, DELETION);
	texts_refuse(&region_verdict_kind, VERDICT);
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		tap_is(texts_try(values[i].kind, values[i].text, values[i].field, values[i].value),
		       values[i].err, values[i].name);
	limits(&submission_kind, SUBMISSION, "endpoint", GTH_ENDPOINT_SIZE);
	limits(&submission_kind, SUBMISSION, "region", GTH_REGION_SIZE);
	limits(&submission_kind, SUBMISSION, "type", GTH_TYPE_SIZE);
	limits(&submission_kind, SUBMISSION, "path", 4096);
	limits(&region_verdict_kind, VERDICT, "name", 256);
	limits(&region_verdict_kind, VERDICT, "engine", 128);
	limits(&region_verdict_kind, VERDICT, "database", 128);
	unwritten();
	words();
	while (round < ROUNDS && round_trip())
		round++;
	tap_is(round, ROUNDS, "random_texts_come_back_as_they_were");
	return tap_done();
}
