// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/unit/lib/relay_ends.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/lib/must.h"
#include "tests/unit/tap.h"

struct gth_relay relay;
struct relay_keys relay_keys;
struct relay_module relay_module = { .requests = -1, .room = 4096 };
int relay_store = -1;

static int fake_serve(void *arg)
{
	int ends[2];

	(void)arg;
	if (relay_module.serve_error)
		return relay_module.serve_error;
	relay_module.serves++;
	if (relay_module.requests >= 0)
		close(relay_module.requests);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends))
		return -errno;
	relay_module.requests = ends[1];
	return ends[0];
}

static int fake_write(void *arg, const struct gth_verdict *records, unsigned int n)
{
	unsigned int more = 0;

	(void)arg;
	relay_module.writes++;
	for (unsigned int i = 0; i < n; i++) {
		more += records[i].class != GTH_CLASS_UNKNOWN;
		relay_module.foreign += records[i].source != GTH_SOURCE_REGION;
	}
	if (more > relay_module.room)
		return -ENOSPC;
	relay_module.room -= more;
	memcpy(&relay_module.written[relay_module.n_written], records, n * sizeof(*records));
	relay_module.n_written += n;
	return 0;
}

static const struct gth_relay_device fakes = { fake_serve, fake_write, NULL };

void relay_say(uint32_t type, const char *text)
{
	static struct gth_message m;

	m.type = type;
	m.size = (uint32_t)strlen(text);
	memcpy(m.body, text, m.size);
	must(!gth_message_send(relay_store, &m, -1));
}

void relay_say_digest(uint32_t type, uint8_t domain, uint8_t byte)
{
	static struct gth_message m;

	m.type = type;
	m.size = 33;
	memset(m.body, byte, 33);
	m.body[0] = (char)domain;
	must(!gth_message_send(relay_store, &m, -1));
}

unsigned int relay_hear(void)
{
	relay_module.n_written = 0;
	must(!gth_relay_hear(&relay, RELAY_NOW));
	return relay_module.n_written;
}

char *sign_text(char *text, const struct gth_signer *s)
{
	char *note = NULL;

	must(!gth_note_sign(text, s, &note));
	free(text);
	return note;
}

char *signed_statement(const struct gth_signer *s, const struct gth_signer *key, uint64_t issued,
		       uint64_t expires)
{
	struct gth_age_identity identity;
	struct gth_statement st = { .region = "ch-test",
				    .country = "CH",
				    .issued = issued,
				    .expires = expires,
				    .max_size = 1 << 20,
				    .retention = RELAY_DAY };
	char *text;

	must(!gth_age_identity_create(&identity));
	must(!gth_age_identity_recipient(&identity, &st.recipient));
	st.region_key = key->verifier;
	st.serves.n = 1;
	strcpy(st.serves.code[0], "DE");
	must(!gth_statement_format(&st, &text));
	return sign_text(text, s);
}

struct gth_region_verdict new_verdict(uint8_t byte, enum gth_finding finding)
{
	struct gth_region_verdict v = { .region = "ch-test",
					.finding = finding,
					.name = "none",
					.engine = "test 1",
					.database = "1",
					.issued = RELAY_NOW - 100,
					.expires = RELAY_NOW + RELAY_DAY };

	memset(v.digest, byte, sizeof(v.digest));
	return v;
}

void relay_bring(const struct gth_region_verdict *v, const struct gth_signer *s)
{
	char *text, *note;

	must(!gth_region_verdict_format(v, &text));
	note = sign_text(text, s);
	relay_say(GTH_MSG_VERDICT, note);
	free(note);
}

long long relay_refusal(void)
{
	static struct gth_message m;
	long long reason = -1;

	while (gth_message_receive(relay_store, &m, NULL) == 1)
		if (m.type == GTH_MSG_REJECTED)
			reason = (long long)m.number;
	return reason;
}

bool relay_refuses(const struct gth_region_verdict *v, const struct gth_signer *s, int error)
{
	unsigned int n;
	long long why;

	relay_bring(v, s);
	n = relay_hear();
	why = relay_refusal();
	if (n || why != -error)
		tap_note("%u written, reason %lld", n, why);
	return !n && why == -error;
}

void relay_request(uint8_t byte, int fd)
{
	struct gth_request r = {
		.id = 7, .size_of_record = sizeof(r), .fd = fd, .domain = GTH_DOMAIN_SHA256
	};

	memset(r.digest, byte, sizeof(r.digest));
	must(write(relay_module.requests, &r, sizeof(r)) == sizeof(r));
}

void relay_open_store(void)
{
	int ends[2];

	if (relay.store >= 0) {
		int old = relay.store;

		gth_relay_close(&relay);
		close(old);
		close(relay_store);
	}
	must(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends));
	relay_store = ends[1];
	gth_relay_open(&relay, ends[0]);
}

void relay_bring_statement(const struct gth_signer *s, const struct gth_signer *key,
			   uint64_t issued, uint64_t expires)
{
	char *note = signed_statement(s, key, issued, expires);

	relay_say(GTH_MSG_STATEMENT, note);
	free(note);
	relay_hear();
}

void relay_begin(void)
{
	struct gth_verdict_check check = { .country = "DE" };

	/* Messages of the broker are not under test. */
	must(freopen("/dev/null", "w", stderr));
	must(!gth_signer_create(&relay_keys.statement, "ch-test/statement"));
	must(!gth_signer_create(&relay_keys.region, "ch-test/region"));
	must(!gth_signer_create(&relay_keys.old_region, "ch-test/region"));
	must(!gth_signer_create(&relay_keys.stranger, "ch-test/region"));
	strcpy(check.trust.region, "ch-test");
	strcpy(check.trust.country, "CH");
	strcpy(check.trust.url, "https://localhost:1");
	check.trust.statement_key = relay_keys.statement.verifier;
	check.trust.serves.n = 1;
	strcpy(check.trust.serves.code[0], "DE");
	gth_relay_init(&relay, &fakes);
	gth_relay_gate(&relay, &check);
	relay_open_store();
}

void relay_end(void)
{
	int last = relay.store;

	gth_relay_free(&relay);
	close(last);
	close(relay_store);
	close(relay_module.requests);
}
