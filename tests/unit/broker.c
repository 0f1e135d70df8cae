// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * broker.c - what reaches the module, whatever a store says: verdicts of the
 * trusted region under a statement that holds, and nothing else.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/broker/relay.h"
#include "tap.h"

#define NOW 1800000000ULL
#define DAY 86400ULL

static struct gth_desk desk;
static struct gth_signer statement_key, region_key, old_region_key, stranger;
static int store;  /* the store's end */
static int module; /* the module's end of what gives requests */
static struct gth_verdict written[4096];
static unsigned int n_written, room = 4096, writes, serves;
static unsigned int foreign; /* records that do not say that they are the region's */
static int serve_error;

static int fake_serve(void *arg)
{
	int ends[2];

	(void)arg;
	if (serve_error)
		return serve_error;
	serves++;
	if (module >= 0)
		close(module);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends))
		return -errno;
	module = ends[1];
	return ends[0];
}

static int fake_write(void *arg, const struct gth_verdict *records, unsigned int n)
{
	unsigned int more = 0;

	(void)arg;
	writes++;
	for (unsigned int i = 0; i < n; i++) {
		more += records[i].class != GTH_CLASS_UNKNOWN;
		foreign += records[i].source != GTH_SOURCE_REGION;
	}
	if (more > room)
		return -ENOSPC;
	room -= more;
	memcpy(&written[n_written], records, n * sizeof(*records));
	n_written += n;
	return 0;
}

static const struct gth_desk_device device = { fake_serve, fake_write, NULL };

static void say_text(uint32_t type, const char *text)
{
	static struct gth_message m;

	m.type = type;
	m.size = (uint32_t)strlen(text);
	memcpy(m.body, text, m.size);
	if (gth_message_send(store, &m, -1))
		tap_note("the store's socket is full");
}

static void say_name(uint32_t type, uint8_t domain, uint8_t byte)
{
	static struct gth_message m;

	m.type = type;
	m.size = 33;
	memset(m.body, byte, 33);
	m.body[0] = (char)domain;
	gth_message_send(store, &m, -1);
}

/* What the broker makes of what the store has said: the records that are written. */
static unsigned int hear(void)
{
	n_written = 0;
	if (gth_desk_hear(&desk, NOW))
		tap_note("the desk is closed");
	return n_written;
}

static char *sign(char *text, const struct gth_signer *s)
{
	char *note = NULL;

	if (gth_note_sign(text, s, &note))
		exit(1);
	free(text);
	return note;
}

static char *statement(const struct gth_signer *s, const struct gth_signer *key, uint64_t issued,
		       uint64_t expires)
{
	struct gth_age_identity identity;
	struct gth_statement st = { .region = "ch-test",
				    .country = "CH",
				    .issued = issued,
				    .expires = expires,
				    .max_size = 1 << 20,
				    .retention = DAY };
	char *text;

	if (gth_age_identity_create(&identity) ||
	    gth_age_identity_recipient(&identity, &st.recipient))
		exit(1);
	st.region_key = key->verifier;
	st.serves.n = 1;
	strcpy(st.serves.code[0], "DE");
	if (gth_statement_format(&st, &text))
		exit(1);
	return sign(text, s);
}

static struct gth_region_verdict verdict(uint8_t byte, enum gth_finding finding)
{
	struct gth_region_verdict v = { .region = "ch-test",
					.finding = finding,
					.name = "none",
					.engine = "test 1",
					.database = "1",
					.issued = NOW - 100,
					.expires = NOW + DAY };

	memset(v.digest, byte, sizeof(v.digest));
	return v;
}

static void bring(const struct gth_region_verdict *v, const struct gth_signer *s)
{
	char *text, *note;

	if (gth_region_verdict_format(v, &text))
		exit(1);
	note = sign(text, s);
	say_text(GTH_MSG_VERDICT, note);
	free(note);
}

/* The store is told of what was refused. Return: the reason; -1: nothing was told. */
static long long refusal(void)
{
	static struct gth_message m;
	long long reason = -1;

	while (gth_message_receive(store, &m, NULL) == 1)
		if (m.type == GTH_MSG_REJECTED)
			reason = (long long)m.number;
	return reason;
}

static void refuses(const struct gth_region_verdict *v, const struct gth_signer *s, int error,
		    const char *name)
{
	unsigned int n;
	long long why;

	bring(v, s);
	n = hear();
	why = refusal();
	if (!tap_ok(!n && why == -error, name))
		tap_note("%u written, reason %lld", n, why);
}

static void request(uint8_t byte, int fd)
{
	struct gth_request r = {
		.id = 7, .size_of_record = sizeof(r), .fd = fd, .domain = GTH_DOMAIN_SHA256
	};

	memset(r.digest, byte, sizeof(r.digest));
	if (write(module, &r, sizeof(r)) != sizeof(r))
		tap_note("the request was not taken");
}

static void begin(void)
{
	struct gth_gate gate = { .country = "DE" };

	if (gth_signer_create(&statement_key, "ch-test/statement") ||
	    gth_signer_create(&region_key, "ch-test/region") ||
	    gth_signer_create(&old_region_key, "ch-test/region") ||
	    gth_signer_create(&stranger, "ch-test/region"))
		exit(1);
	strcpy(gate.trust.region, "ch-test");
	strcpy(gate.trust.country, "CH");
	strcpy(gate.trust.url, "https://localhost:1");
	gate.trust.statement_key = statement_key.verifier;
	gate.trust.serves.n = 1;
	strcpy(gate.trust.serves.code[0], "DE");
	module = -1;
	gth_desk_init(&desk, &device);
	gth_desk_gate(&desk, &gate);
}

/* Another store. */
static void open_store(void)
{
	int ends[2];

	if (desk.store >= 0) {
		int old = desk.store;

		gth_desk_close(&desk);
		close(old);
		close(store);
	}
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends))
		exit(1);
	store = ends[1];
	gth_desk_open(&desk, ends[0]);
}

static void bring_statement(const struct gth_signer *s, const struct gth_signer *key,
			    uint64_t issued, uint64_t expires)
{
	char *note = statement(s, key, issued, expires);

	say_text(GTH_MSG_STATEMENT, note);
	free(note);
	hear();
}

static void test_statements(void)
{
	struct gth_region_verdict v = verdict(1, GTH_FINDING_BENIGN);

	refuses(&v, &region_key, -ENOKEY, "verdict_before_any_statement_is_not_written");
	bring_statement(&stranger, &stranger, NOW - 50, NOW + DAY);
	tap_is(refusal(), GTH_STATEMENT_SIGNATURE, "statement_of_a_stranger_is_refused");
	refuses(&v, &stranger, -ENOKEY, "and_so_is_what_he_signs");
	bring_statement(&statement_key, &region_key, NOW - 50, NOW - 1);
	tap_is(refusal(), GTH_STATEMENT_EXPIRED, "expired_statement_is_refused");
	bring_statement(&statement_key, &region_key, NOW - 50, NOW + DAY);
	tap_is(refusal(), -1, "statement_that_holds_is_taken");
	bring_statement(&statement_key, &old_region_key, NOW - 60, NOW + DAY);
	tap_is(refusal(), GTH_STATEMENT_OLDER, "older_statement_does_not_replace_it");
	refuses(&v, &old_region_key, -EKEYREJECTED, "verdict_under_the_older_one_is_not_written");
}

#define FAR 6800000000ULL /* in the year 2185 */

/* Until when a verdict counts that is to hold until FAR. */
static void test_life(enum gth_finding finding, uint64_t issued, uint64_t end, const char *name)
{
	struct gth_region_verdict v = verdict((uint8_t)(60 + finding), finding);

	v.issued = issued;
	v.expires = FAR;
	bring(&v, &region_key);
	tap_ok(hear() == 1 && written[0].expires == end, name);
}

static void test_verdicts(void)
{
	static const struct {
		enum gth_finding finding;
		uint8_t class;
		const char *name;
	} classes[] = {
		{ GTH_FINDING_BENIGN, GTH_CLASS_TRUSTED, "benign_is_trusted" },
		{ GTH_FINDING_SUSPICIOUS, GTH_CLASS_SUSPICIOUS, "suspicious_is_suspicious" },
		{ GTH_FINDING_MALICIOUS, GTH_CLASS_MALICIOUS, "malicious_is_malicious" },
	};
	struct gth_region_verdict v;
	char *text, *note;

	for (size_t i = 0; i < sizeof(classes) / sizeof(*classes); i++) {
		v = verdict((uint8_t)(10 + i), classes[i].finding);
		bring(&v, &region_key);
		tap_ok(hear() == 1 && written[0].class == classes[i].class &&
			       written[0].domain == GTH_DOMAIN_SHA256 &&
			       written[0].expires == v.expires &&
			       !memcmp(written[0].digest, v.digest, 32),
		       classes[i].name);
	}
	v = verdict(20, GTH_FINDING_BENIGN);
	refuses(&v, &stranger, -EKEYREJECTED, "verdict_of_a_stranger_is_not_written");
	strcpy(v.region, "us-test");
	refuses(&v, &region_key, -EXDEV, "verdict_of_another_region_is_not_written");
	v = verdict(20, GTH_FINDING_BENIGN);
	v.expires = NOW;
	refuses(&v, &region_key, -ETIME, "expired_verdict_is_not_written");
	v = verdict(20, GTH_FINDING_BENIGN);
	v.issued = NOW + 2 * DAY;
	v.expires = NOW + 3 * DAY;
	refuses(&v, &region_key, -ETIME, "verdict_of_the_future_is_not_written");

	test_life(GTH_FINDING_BENIGN, NOW - 100, NOW - 100 + 30 * DAY, "benign_ends_after_30_days");
	test_life(GTH_FINDING_BENIGN, NOW + DAY / 2, NOW + 30 * DAY,
		  "benign_of_tomorrow_ends_after_30_days_from_today");
	test_life(GTH_FINDING_MALICIOUS, NOW - 100, FAR, "malicious_holds_as_long_as_it_says");
	test_life(GTH_FINDING_SUSPICIOUS, NOW - 100, FAR, "suspicious_holds_as_long_as_it_says");
	v = verdict(20, GTH_FINDING_BENIGN);
	v.issued = NOW - 31 * DAY;
	v.expires = FAR;
	refuses(&v, &region_key, -ETIME, "benign_of_31_days_ago_is_not_written");
	v = verdict(20, GTH_FINDING_BENIGN);
	gth_region_verdict_format(&v, &text);
	note = sign(text, &region_key);
	memcpy(strstr(note, "verdict: benign"), "verdict: unknow", 15);
	say_text(GTH_MSG_VERDICT, note);
	free(note);
	tap_ok(!hear() && refusal() == EKEYREJECTED, "changed_verdict_is_not_written");
	/* A text that the region signed for another purpose */
	note = statement(&region_key, &region_key, NOW, NOW + DAY);
	say_text(GTH_MSG_VERDICT, note);
	free(note);
	tap_ok(!hear() && refusal() == EBADMSG, "other_text_of_the_region_is_not_written");

	v = verdict(21, GTH_FINDING_MALICIOUS);
	bring(&v, &region_key);
	hear();
	v.finding = GTH_FINDING_BENIGN;
	v.issued -= 10;
	refuses(&v, &region_key, -ESTALE, "older_verdict_does_not_come_back");
	say_name(GTH_MSG_FORGET, GTH_DOMAIN_SHA256, 21);
	tap_ok(hear() == 1 && written[0].class == GTH_CLASS_UNKNOWN, "forgetting_is_written");
	refuses(&v, &region_key, -ESTALE, "nor_does_it_after_forgetting");
}

static void test_batches(void)
{
	for (int i = 0; i < 20; i++) {
		struct gth_region_verdict v = verdict((uint8_t)(100 + i), GTH_FINDING_BENIGN);

		bring(&v, &region_key);
	}
	writes = 0;
	tap_is(hear(), 20, "many_verdicts_are_written");
	tap_is(writes, 1, "in_one_batch");
}

static void test_requests(void)
{
	static struct gth_message m;
	struct gth_region_verdict v;
	struct gth_request *r = (struct gth_request *)m.body;
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC), file = -1;
	char byte;

	gth_desk_serve(&desk);
	tap_is(desk.serving, -1, "nobody_serves_before_the_store_is_ready");
	m.type = GTH_MSG_READY;
	m.size = 0;
	gth_message_send(store, &m, -1);
	hear();
	serve_error = -EBUSY;
	tap_is(gth_desk_serve(&desk), -EBUSY, "a_module_that_is_served_already_is_told");
	serve_error = 0;
	gth_desk_serve(&desk);
	tap_ok(desk.serving >= 0, "ready_store_makes_it_serve");

	m.type = GTH_MSG_UNABLE;
	m.size = 0;
	gth_message_send(store, &m, -1);
	hear();
	tap_ok(desk.serving < 0 && read(module, &byte, 1) == 0,
	       "unable_store_ends_serving_at_once");
	gth_desk_serve(&desk);
	tap_is(desk.serving, -1, "and_nobody_is_asked_for_until_it_is_ready");
	m.type = GTH_MSG_READY;
	gth_message_send(store, &m, -1);
	hear();
	gth_desk_serve(&desk);
	tap_ok(desk.serving >= 0, "ready_again_it_serves_again");

	say_name(GTH_MSG_UNKNOWN, GTH_DOMAIN_SHA256, 30);
	tap_is(hear(), 0, "unknown_for_what_nobody_waits_for_is_not_written");
	request(30, fd);
	tap_is(gth_desk_ask(&desk), 0, "request_is_read");
	tap_ok(fcntl(fd, F_GETFD) < 0, "its_descriptor_is_closed_here");
	tap_ok(gth_message_receive(store, &m, &file) == 1 && m.type == GTH_MSG_ASK && file >= 0 &&
		       r->digest[0] == 30 && m.number == 7,
	       "and_arrives_with_its_file");
	close(file);
	say_name(GTH_MSG_UNKNOWN, GTH_DOMAIN_SHA256, 30);
	tap_ok(hear() == 1 && written[0].class == GTH_CLASS_UNKNOWN && written[0].digest[5] == 30,
	       "unknown_lets_go_who_waits");
	say_name(GTH_MSG_UNKNOWN, GTH_DOMAIN_SHA256, 30);
	tap_is(hear(), 0, "once");

	v = verdict(31, GTH_FINDING_MALICIOUS);
	bring(&v, &region_key);
	hear();
	request(31, -ESTALE);
	gth_desk_ask(&desk);
	tap_ok(gth_message_receive(store, &m, &file) == 1 && file < 0 && r->fd == -ESTALE,
	       "request_without_file_tells_why");
	say_name(GTH_MSG_UNKNOWN, GTH_DOMAIN_SHA256, 31);
	tap_is(hear(), 0, "unknown_takes_no_verdict_away");
}

static void test_no_room(void)
{
	struct gth_region_verdict v = verdict(40, GTH_FINDING_MALICIOUS);
	uint64_t before = desk.count.no_room;

	request(40, -ESTALE);
	gth_desk_ask(&desk);
	refusal();
	room = 1;
	bring(&v, &region_key);
	v = verdict(41, GTH_FINDING_BENIGN);
	bring(&v, &region_key);
	v = verdict(42, GTH_FINDING_BENIGN);
	bring(&v, &region_key);
	tap_ok(hear() == 1 && written[0].digest[0] == 40,
	       "what_there_is_room_for_is_written_singly");
	tap_is(desk.count.no_room - before, 2, "the_rest_is_counted");
	request(43, -ESTALE);
	gth_desk_ask(&desk);
	refusal();
	v = verdict(43, GTH_FINDING_MALICIOUS);
	bring(&v, &region_key);
	tap_ok(hear() == 1 && written[0].digest[0] == 43 && written[0].class == GTH_CLASS_UNKNOWN,
	       "who_waits_for_it_is_let_go");
	room = 4096;
}

static void test_store_that_fails(void)
{
	unsigned int before = serves;
	char byte;
	int n = 0;

	while (desk.serving >= 0 && n++ < 100000) {
		request((uint8_t)n, -ESTALE);
		gth_desk_ask(&desk);
	}
	tap_ok(desk.serving < 0 && desk.full, "full_store_ends_serving");
	tap_ok(read(module, &byte, 1) == 0, "and_the_module_sees_it");
	gth_desk_serve(&desk);
	tap_is(desk.serving, -1, "it_stays_so_while_it_is_full");
	refusal();
	desk.full = false;
	gth_desk_serve(&desk);
	tap_is(serves, before + 1, "room_makes_it_serve_again");

	say_name(GTH_MSG_FORGET, 77, 1);
	n_written = 0;
	tap_is(gth_desk_hear(&desk, NOW), -EPROTO, "unknown_domain_ends_belief");
	tap_is(n_written, 0, "and_is_not_written");
	open_store();
	tap_is(desk.serving, -1, "another_store_must_be_ready_first");
	if (send(store, "nonsense", 8, 0) != 8)
		tap_note("not sent");
	tap_is(gth_desk_hear(&desk, NOW), -EPROTO, "nonsense_ends_belief");
	open_store();
	{
		static struct gth_message m = { .type = GTH_MSG_RELOAD };

		gth_message_send(store, &m, store);
		tap_is(gth_desk_hear(&desk, NOW), -EPROTO, "what_a_store_may_not_say_ends_belief");
	}
	open_store();
	close(store);
	tap_is(gth_desk_hear(&desk, NOW), -EPIPE, "end_of_the_store_is_told");
	store = -1;
}

static void test_trust(void)
{
	struct gth_gate other = desk.gate;
	struct gth_region_verdict v = verdict(50, GTH_FINDING_BENIGN);

	open_store();
	other.has_statement = false;
	gth_desk_gate(&desk, &other);
	bring(&v, &region_key);
	tap_is(hear(), 1, "the_same_trust_keeps_its_statement");
	strcpy(other.country, "FR");
	gth_desk_gate(&desk, &other);
	v = verdict(51, GTH_FINDING_BENIGN);
	refuses(&v, &region_key, -ENOKEY, "another_country_needs_a_statement_that_serves_it");
	bring_statement(&statement_key, &region_key, NOW - 50, NOW + DAY);
	tap_is(refusal(), GTH_STATEMENT_COUNTRY, "this_one_does_not");
}

int main(void)
{
	int last;

	/* What the broker says is not what is tested. */
	if (!freopen("/dev/null", "w", stderr))
		return 1;
	begin();
	open_store();
	test_statements();
	test_verdicts();
	test_batches();
	test_requests();
	test_no_room();
	test_store_that_fails();
	test_trust();
	tap_is(foreign, 0, "nothing_is_written_as_the_administrators");
	last = desk.store;
	gth_desk_free(&desk);
	close(last);
	close(store);
	close(module);
	return tap_done();
}
