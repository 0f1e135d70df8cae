// SPDX-License-Identifier: GPL-2.0-or-later
/* region_texts.c - what gotthard-region reads of requests and of clamd. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "region/address.h"
#include "region/clamd.h"
#include "region/field.h"
#include "tap.h"

static void test_fields(void)
{
	static const char zero[] = "sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:";
	static const char several[] =
		"md5=:AA==:,\tsha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:";
	uint8_t digest[32] = { 1 }, none[32] = { 0 };
	uint64_t offset;
	bool complete;

	tap_ok(!region_offset_parse("17", &offset) && offset == 17, "offset");
	tap_is(region_offset_parse("-1", &offset), -EINVAL, "negative_offset");
	tap_is(region_offset_parse("9223372036854775808", &offset), -EINVAL, "offset_of_2_to_63");
	tap_is(region_offset_parse(NULL, &offset), -EINVAL, "no_offset");
	tap_ok(!region_complete_parse("?1", &complete) && complete, "complete");
	tap_ok(!region_complete_parse("?0", &complete) && !complete, "not_complete");
	tap_is(region_complete_parse("?2", &complete), -EINVAL, "neither");
	tap_is(region_complete_parse("1", &complete), -EINVAL, "no_boolean");
	tap_ok(!region_repr_digest_parse(zero, digest) && !memcmp(digest, none, 32), "digest");
	tap_ok(!region_repr_digest_parse(several, digest), "digest_among_others");
	tap_is(region_repr_digest_parse("sha-256=:AAAA:", digest), -EINVAL, "short_digest");
	tap_is(region_repr_digest_parse("sha-512=:AAAA:", digest), -EINVAL, "other_digest");
	tap_is(region_repr_digest_parse("", digest), -EINVAL, "empty_digest");
	tap_ok(region_type_is("Text/Plain; charset=utf-8", "text/plain"), "type_with_parameter");
	tap_ok(!region_type_is("text/plainer", "text/plain"), "longer_type");
	tap_ok(!region_type_is(NULL, "text/plain"), "no_type");
}

/* The finding, or the error. */
static int finds(const char *reply)
{
	struct region_finding f;
	int err = region_clamd_reply(&f, reply, strlen(reply) + 1);

	return err ? err : (int)f.finding;
}

static void test_replies(void)
{
	char long_name[600] = "stream: ";
	struct region_finding f;
	struct region_engine e;

	tap_is(finds("stream: OK"), GTH_FINDING_BENIGN, "ok_is_benign");
	tap_is(finds("stream: Eicar-Test-Signature FOUND"), GTH_FINDING_MALICIOUS,
	       "found_is_malicious");
	tap_is(finds("stream: Gotthard.Suspicious.A FOUND"), GTH_FINDING_SUSPICIOUS,
	       "our_own_suspicion");
	tap_is(finds("stream: Heuristics.Broken.Executable FOUND"), GTH_FINDING_SUSPICIOUS,
	       "heuristics_are_suspicion");
	tap_is(finds("stream: PUA.Win.Tool FOUND"), GTH_FINDING_SUSPICIOUS, "so_is_unwanted");
	tap_is(finds("stream: YARA.gotthard_suspicious.UNOFFICIAL FOUND"), GTH_FINDING_SUSPICIOUS,
	       "so_is_our_rule");
	tap_is(finds("stream: Win.PUA.Heuristics. FOUND"), GTH_FINDING_MALICIOUS,
	       "only_the_beginning_of_a_name_counts");
	tap_is(finds("INSTREAM size limit exceeded. ERROR"), GTH_FINDING_UNKNOWN,
	       "too_large_is_unknown");
	tap_is(finds("stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND"), GTH_FINDING_UNKNOWN,
	       "so_is_what_exceeds_limits_inside");
	tap_is(finds("stream: Heuristics.Encrypted.Zip FOUND"), GTH_FINDING_UNKNOWN,
	       "so_is_what_is_encrypted");
	tap_is(finds("stream: Can't allocate memory ERROR"), -EAGAIN, "an_error_is_no_finding");
	tap_is(finds("stream:  FOUND"), -EBADMSG, "a_finding_without_a_name");
	tap_is(finds("stream: OK FOUND OK"), -EBADMSG, "what_is_no_answer");
	tap_is(finds(""), -EBADMSG, "nothing");
	tap_is(finds("stream: a\x1b[2J FOUND"), -EBADMSG, "control_characters");
	tap_is(region_clamd_reply(&f, "", 0), -EBADMSG, "no_byte_at_all");
	memset(long_name + 8, 'a', 500);
	memcpy(long_name + 508, " FOUND", 7);
	tap_ok(!region_clamd_reply(&f, long_name, strlen(long_name)) && strlen(f.name) == 255,
	       "a_long_name_is_cut");
	tap_ok(!region_clamd_version(&e, "ClamAV 1.4.6/27000/Mon Nov 23 2026", 35) &&
		       !strcmp(e.engine, "ClamAV 1.4.6") &&
		       !strcmp(e.database, "27000/Mon Nov 23 2026"),
	       "version_with_a_database");
	tap_ok(!region_clamd_version(&e, "ClamAV 1.4.6", 13) && !strcmp(e.database, "own"),
	       "version_without_one");
	tap_is(region_clamd_version(&e, "HTTP/1.1 400 Bad Request", 25), -EBADMSG,
	       "another_server");
	tap_is(region_clamd_version(&e, "ClamAV ", 8), -EBADMSG, "no_version");
}

static bool same_address(const char *one, const char *other)
{
	const char *text[] = { one, other };
	struct region_address a[2];

	for (int i = 0; i < 2; i++) {
		struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
		struct sockaddr_in in = { .sin_family = AF_INET };

		if (inet_pton(AF_INET, text[i], &in.sin_addr) == 1)
			region_address_of(&a[i], (struct sockaddr *)&in, sizeof(in));
		else if (inet_pton(AF_INET6, text[i], &in6.sin6_addr) == 1)
			region_address_of(&a[i], (struct sockaddr *)&in6, sizeof(in6));
		else
			return false;
	}
	return !memcmp(&a[0], &a[1], sizeof(a[0]));
}

static void test_addresses(void)
{
	tap_ok(same_address("2001:db8::1", "2001:db8::ffff:1:2:3"), "a_64_is_one_address");
	tap_ok(!same_address("2001:db8::1", "2001:db8:0:1::1"), "the_next_64_is_another");
	tap_ok(!same_address("192.0.2.1", "192.0.2.2"), "ipv4_addresses_are_each_one");
	tap_ok(same_address("192.0.2.1", "::ffff:192.0.2.1"), "also_as_mapped_ones");
	tap_ok(!same_address("::ffff:192.0.2.1", "::ffff:192.0.2.2"), "which_are_each_one");
}

int main(void)
{
	test_addresses();
	test_fields();
	test_replies();
	return tap_done();
}
