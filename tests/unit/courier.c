// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * courier.c - the real courier and the real dialer, confined as in the daemon,
 * against regions that misbehave. The test takes the store's place.
 */
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>

#include "daemon/message.h"
#include "daemon/role.h"
#include "daemon/settings.h"
#include "server.h"
#include "tap.h"

#define ANSWER_MS 60000 /* far more than any answer needs */
#define BIG (8 << 20)

static char dir[] = "/tmp/gth-courier-XXXXXX";
static struct gth_message out, in;
static uint64_t number;
static uint8_t digest[GTH_SETTINGS_DIGEST]; /* of the settings that courier and dialer have */

struct link {
	int store; /* the store's end */
	pid_t courier, dialer;
};

static void run(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void run(const char *format, ...)
{
	char command[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	if (system(command)) {
		printf("Bail out! failed: %s\n", command);
		exit(1);
	}
}

static void write_file(const char *name, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void write_file(const char *name, const char *format, ...)
{
	char path[256];
	va_list args;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	va_start(args, format);
	vfprintf(f, format, args);
	va_end(args);
	fclose(f);
}

static void make_ca(const char *name)
{
	run("cd %s && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
	    "-subj '/CN=test %s' -keyout %s.key -out %s.pem 2>openssl.log",
	    dir, name, name, name);
}

static void make_cert(const char *ca, const char *name, const char *host)
{
	run("cd %s && openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj '/CN=%s' "
	    "-keyout %s.key -out %s.csr 2>openssl.log && printf 'subjectAltName=DNS:%s' >%s.ext && "
	    "openssl x509 -req -days 2 -in %s.csr -CA %s.pem -CAkey %s.key -CAcreateserial "
	    "-extfile %s.ext -out %s.pem 2>openssl.log",
	    dir, name, name, name, host, name, name, ca, ca, name, name);
}

static void make_files(void)
{
	if (!mkdtemp(dir))
		exit(1);
	make_ca("ca");
	make_ca("stranger");
	make_cert("ca", "client", "endpoint");
	make_cert("ca", "server", "localhost");
	make_cert("ca", "elsewhere", "example.org");
	make_cert("stranger", "forged", "localhost");
	run("chmod 755 %s", dir);
}

static void write_trust(int port)
{
	struct gth_trust t = { .region = "ch-test", .country = "CH" };
	char *text, key[GTH_NOTE_KEY_SIZE];
	struct gth_signer signer;

	snprintf(t.url, sizeof(t.url), "https://localhost:%d", port);
	t.serves.n = 1;
	strcpy(t.serves.code[0], "CH");
	if (gth_signer_create(&signer, "ch-test/statement"))
		exit(1);
	t.statement_key = signer.verifier;
	if (gth_trust_format(&t, &text))
		exit(1);
	write_file("trust", "%s", text);
	free(text);
	if (gth_signer_create(&signer, "endpoint") || gth_signer_format(&signer, key))
		exit(1);
	write_file("endpoint.key", "%s\n", key);
}

static int last_dialer = -1; /* what the last dialer got, for another one */

static int for_dialer(void)
{
	return fcntl(last_dialer, F_DUPFD_CLOEXEC, 0);
}

/* A region's directory and a configuration that names it. */
static struct link connect_to(int port, int proxy_port)
{
	struct gth_role_options o = { 0 };
	const struct passwd *me = getpwuid(geteuid());
	int orders[2], calls[2], for_courier, dialer;
	static struct gth_settings settings;
	char config[256], why[256];
	struct link l;

	write_trust(port);
	write_file("gotthardd.conf", "[endpoint]\ncountry = CH\nregion = %s\nnetwork_user = %s\n",
		   dir, geteuid() ? me->pw_name : "nobody");
	if (proxy_port) {
		FILE *f;

		snprintf(config, sizeof(config), "%s/gotthardd.conf", dir);
		f = fopen(config, "a");
		fprintf(f, "proxy = http://localhost:%d\n", proxy_port);
		fclose(f);
	}
	snprintf(config, sizeof(config), "%s/gotthardd.conf", dir);
	if (gth_settings_read(&settings, config, why, sizeof(why))) {
		printf("Bail out! %s\n", why);
		exit(1);
	}
	memcpy(digest, settings.digest, sizeof(digest));
	for_courier = gth_settings_pack(&settings, GTH_ROLE_COURIER);
	dialer = gth_settings_pack(&settings, GTH_ROLE_DIALER);
	gth_settings_free(&settings);
	if (last_dialer >= 0)
		close(last_dialer);
	last_dialer = fcntl(dialer, F_DUPFD_CLOEXEC, 0);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, orders) ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, calls))
		exit(1);
	fflush(stdout);
	l.dialer = gth_role_start(GTH_ROLE_DIALER, &o,
				  (int[]) { -1, -1, -1, calls[0], -1, -1, dialer, -1 });
	l.courier =
		gth_role_start(GTH_ROLE_COURIER, &o,
			       (int[]) { -1, -1, -1, orders[1], calls[1], -1, for_courier, -1 });
	close(calls[0]);
	close(calls[1]);
	close(orders[1]);
	close(for_courier);
	close(dialer);
	l.store = orders[0];
	return l;
}

static void send_order(const struct link *l, const struct gth_order *o, const char *body, int file)
{
	out.type = GTH_MSG_ORDER;
	out.number = ++number;
	out.size = (uint32_t)(sizeof(*o) + strlen(body));
	memcpy(out.body, o, sizeof(*o));
	memcpy(out.body + offsetof(struct gth_order, settings), digest, sizeof(digest));
	memcpy(out.body + sizeof(*o), body, strlen(body));
	gth_message_send(l->store, &out, file);
}

/* The next result; -1 as error: none came. */
static struct gth_result receive(const struct link *l, const char **body)
{
	struct pollfd p = { .fd = l->store, .events = POLLIN };
	struct gth_result r = { .error = -1 };

	*body = "";

	if (poll(&p, 1, ANSWER_MS) == 1 && gth_message_receive(l->store, &in, NULL) == 1 &&
	    in.type == GTH_MSG_RESULT) {
		memcpy(&r, in.body, sizeof(r));
		*body = in.body + sizeof(r);
	}
	return r;
}

static struct gth_result lookup(const struct link *l, enum misdeed what, const char **body)
{
	struct gth_order o = { .kind = GTH_ORDER_LOOKUP, .digest = { (uint8_t)what } };

	send_order(l, &o, "", -1);
	return receive(l, body);
}

/* Without a store the courier ends, and without a courier the dialer. */
static bool disconnect(struct link *l)
{
	int a = -1, b = -1;

	close(l->store);
	waitpid(l->courier, &a, 0);
	waitpid(l->dialer, &b, 0);
	if (a || b)
		tap_note("courier %#x, dialer %#x", (unsigned int)a, (unsigned int)b);
	return !a && !b;
}

static void expect_error(const struct link *l, enum misdeed what, int error, const char *name)
{
	const char *body;
	struct gth_result r = lookup(l, what, &body);

	if (!tap_ok(r.error == error && !r.status && *r.why, name))
		tap_note("error %d, status %u, why: %s", r.error, r.status, r.why);
}

static void test_answers(const struct link *l)
{
	unsigned int before;
	const char *body;
	struct gth_result r;

	r = lookup(l, GOOD, &body);
	if (!tap_ok(!r.error && r.status == 200 && !strcmp(body, "hello\n"), "good_answer_arrives"))
		tap_note("error %d, status %u, why: %s", r.error, r.status, r.why);
	tap_ok(r.complete == 2 && r.offset == ~0ULL && !r.retry_after && !r.sent,
	       "what_was_not_told_is_not_told");
	before = seen->connections;
	r = lookup(l, GOOD, &body);
	tap_ok(!r.error && seen->connections == before, "connection_is_used_again");

	before = seen->requests;
	expect_error(l, REDIRECT, -EPROTO, "redirect_is_an_error");
	tap_is(seen->requests, before + 1, "redirect_is_not_followed");
	expect_error(l, ENDLESS_BODY, -EFBIG, "endless_body_is_cut");
	expect_error(l, HUGE_LENGTH, -EFBIG, "body_of_huge_length_is_cut");
	expect_error(l, HTML, -EBADMSG, "other_type_is_refused");
	expect_error(l, NO_CONTENT_TYPE, -EBADMSG, "body_without_type_is_refused");
	expect_error(l, BAD_OFFSET, -EBADMSG, "malformed_offset_is_refused");
	expect_error(l, ENDLESS_HEADER, -EMSGSIZE, "endless_header_is_cut");
	expect_error(l, HANG_UP, -ECONNRESET, "hanging_up_is_told");
	expect_error(l, CUT, -ECONNRESET, "cut_body_is_no_answer");
	expect_error(l, BAD_STATUS, -EBADMSG, "status_999_is_no_answer");
	r = lookup(l, GARBAGE, &body);
	tap_ok(r.error < 0 && r.error != -1 && *r.why, "garbage_is_no_answer");
	r = lookup(l, PROBLEM, &body);
	tap_ok(!r.error && r.status == 404 && !strcmp(body, "{}"), "problem_arrives");
	r = lookup(l, BUSY, &body);
	tap_ok(!r.error && r.status == 503 && r.retry_after == 17, "retry_after_arrives");
	tap_ok(!*body, "page_for_people_does_not");
	r = lookup(l, BUSY_DATE, &body);
	tap_ok(!r.error && r.status == 503 && r.retry_after == 1, "retry_after_as_date_arrives");
}

static void test_orders(const struct link *l)
{
	static const char id[] = "12345678-1234-1234-1234-123456789abc";
	struct gth_order o = { .kind = GTH_ORDER_OFFSET };
	const char *body;
	struct gth_result r;

	strcpy(o.id, id);
	send_order(l, &o, "", -1);
	r = receive(l, &body);
	tap_ok(!r.error && r.status == 204 && r.offset == 12345 && !r.complete, "offset_arrives");
	o.kind = GTH_ORDER_WAIT;
	o.wait = 7;
	send_order(l, &o, "", -1);
	r = receive(l, &body);
	tap_ok(!r.error && strstr(seen->last, "?wait=7 "), "wait_is_passed_on");
	o.wait = 31;
	send_order(l, &o, "", -1);
	tap_is(receive(l, &body).error, -EINVAL, "longer_wait_than_the_region_allows_is_refused");
	o = (struct gth_order) { .kind = GTH_ORDER_VERDICTS };
	strcpy(o.cursor, "a&b c");
	send_order(l, &o, "", -1);
	r = receive(l, &body);
	tap_ok(!r.error && strstr(seen->last, "/v1/verdicts?cursor=a%26b%20c "),
	       "cursor_is_escaped");
	o = (struct gth_order) { .kind = GTH_ORDER_CREATE };
	strcpy(o.id, id);
	send_order(l, &o, "the note\n", -1);
	r = receive(l, &body);
	tap_ok(!r.error && r.status == 200 && seen->body_len == 9 &&
		       !memcmp(seen->body, "the note\n", 9) && r.sent == 9,
	       "note_is_put");
	tap_ok(strstr(seen->last, "PUT /v1/submissions/") &&
		       strstr(seen->last, "Content-Type: text/plain\r\n") &&
		       !strstr(seen->last, "Expect"),
	       "note_has_its_fields");
	strcpy(o.id, "../../verdicts");
	send_order(l, &o, "x", -1);
	tap_is(receive(l, &body).error, -EINVAL, "id_that_is_none_is_refused");
	o.kind = 99;
	send_order(l, &o, "", -1);
	tap_is(receive(l, &body).error, -EINVAL, "order_of_unknown_kind_is_refused");
}

static void test_other_settings(const struct link *l)
{
	unsigned int before = seen->requests + seen->connections;
	const char *body;
	struct gth_result r;

	digest[0] ^= 1;
	r = lookup(l, GOOD, &body);
	digest[0] ^= 1;
	tap_ok(r.error == -ESTALE && *r.why && seen->requests + seen->connections == before,
	       "order_for_other_settings_is_not_sent");
	tap_is(lookup(l, GOOD, &body).error, 0, "and_the_next_one_is");
}

static int make_big(void)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/big", dir);
	f = fopen(path, "w");
	for (int i = 0; i < BIG / 8; i++)
		fprintf(f, "%07x\n", (unsigned int)i);
	if (fclose(f))
		exit(1);
	return open(path, O_RDONLY | O_CLOEXEC);
}

static void test_uploads(const struct link *l)
{
	struct gth_order o = { .kind = GTH_ORDER_UPLOAD, .size = BIG, .offset = BIG - 4096 };
	int big = make_big();
	const char *body;
	struct gth_result r;

	strcpy(o.id, "10000000-0000-0000-0000-000000000000");
	send_order(l, &o, "", big);
	r = receive(l, &body);
	tap_ok(!r.error && r.status == 200 && !strcmp(body, "receipt\n"), "receipt_arrives");
	tap_ok(seen->body_len == 4096 && !memcmp(seen->body, "00ffe00\n", 8) && r.sent == 4096,
	       "upload_begins_at_its_offset");
	tap_ok(strstr(seen->last, "Upload-Offset: 8384512\r\n") &&
		       strstr(seen->last, "Upload-Complete: ?1\r\n") &&
		       strstr(seen->last, "Content-Length: 4096\r\n") &&
		       strstr(seen->last, "Content-Type: application/partial-upload\r\n") &&
		       strstr(seen->last, "Repr-Digest: sha-256="
					  ":AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:\r\n"),
	       "upload_has_its_fields");
	o.offset = 0;
	o.id[0] = BREAK;
	send_order(l, &o, "", big);
	r = receive(l, &body);
	if (!tap_ok(r.error == -ECONNRESET && r.sent >= BREAK_AT && r.sent < BIG,
		    "broken_upload_tells_what_left"))
		tap_note("error %d, sent %llu, %s", r.error, (unsigned long long)r.sent, r.why);
	o.id[0] = CONFLICT;
	send_order(l, &o, "", big);
	r = receive(l, &body);
	if (!tap_ok(!r.error && r.status == 409 && r.offset == 5,
		    "conflict_tells_the_right_offset"))
		tap_note("error %d, status %u, %s", r.error, r.status, r.why);
	o.id[0] = TAKE;
	o.size = BIG + 1;
	o.offset = BIG - 10;
	send_order(l, &o, "", big);
	tap_is(receive(l, &body).error, -ENODATA, "file_that_became_shorter_is_told");
	send_order(l, &o, "", -1);
	tap_is(receive(l, &body).error, -EINVAL, "upload_without_file_is_refused");
	o.offset = o.size + 1;
	send_order(l, &o, "", big);
	tap_is(receive(l, &body).error, -EINVAL, "offset_behind_the_end_is_refused");
	close(big);
}

static void test_many(const struct link *l)
{
	struct gth_order o = { .kind = GTH_ORDER_LOOKUP, .digest = { STALL } };
	const uint64_t first = number + 1;
	unsigned int good = 0;
	const char *body;

	/* All but one of those that may run at a time are stuck; one is left for all others. */
	for (int i = 0; i < 7; i++)
		send_order(l, &o, "", -1);
	o.digest[0] = GOOD;
	for (int i = 0; i < 20; i++)
		send_order(l, &o, "", -1);
	for (int i = 0; i < 20; i++)
		good += !receive(l, &body).error;
	tap_is(good, 20, "slow_answers_do_not_hold_up_others");
	out.type = GTH_MSG_CANCEL;
	out.size = 0;
	for (int i = 0; i < 7; i++) {
		out.number = first + (uint64_t)i;
		gth_message_send(l->store, &out, -1);
	}
	tap_is(lookup(l, GOOD, &body).error, 0, "cancelled_orders_are_gone");
	tap_is(in.number, number, "and_are_not_answered");
}

static void test_with(const struct server *s, int error, int other, const char *name)
{
	struct link l = connect_to(s->port, 0);
	unsigned int before = seen->requests;
	const char *body;
	struct gth_result r = lookup(&l, GOOD, &body);

	if (!tap_ok((r.error == error || r.error == other) && *r.why && seen->requests == before,
		    name))
		tap_note("error %d: %s", r.error, r.why);
	disconnect(&l);
}

static char path_room[8][256];

static const char *at(int i, const char *name)
{
	snprintf(path_room[i], sizeof(path_room[i]), "%s/%s", dir, name);
	return path_room[i];
}

static void test_strangers(void)
{
	struct server s;

	s = start_server(at(0, "server.pem"), at(1, "server.key"), at(2, "ca.pem"), TLS1_2_VERSION);
	test_with(&s, -EPROTO, -EPROTO, "tls_1_2_is_refused");
	stop_server(&s);
	s = start_server(at(0, "forged.pem"), at(1, "forged.key"), at(2, "ca.pem"), 0);
	test_with(&s, -EKEYREJECTED, -EKEYREJECTED, "another_ca_is_refused");
	stop_server(&s);
	s = start_server(at(0, "elsewhere.pem"), at(1, "elsewhere.key"), at(2, "ca.pem"), 0);
	test_with(&s, -EKEYREJECTED, -EKEYREJECTED, "another_host_name_is_refused");
	stop_server(&s);
	s = start_server(at(0, "server.pem"), at(1, "server.key"), at(2, "stranger.pem"), 0);
	test_with(&s, -EPROTO, -ECONNRESET, "region_that_refuses_this_endpoint_is_told");
	stop_server(&s);
	test_with(&s, -ECONNREFUSED, -ECONNREFUSED, "region_that_is_not_there_is_told");
}

/* What the dialer gives a courier, whatever that asks it for: a tunnel to the region. */
static void test_tunnel(const struct server *s)
{
	struct server p = start_proxy(s->port, 0);
	const unsigned int tunnels = seen->tunnels;
	char byte = 0;
	int calls[2], memory, socket = -1;
	struct link l = connect_to(s->port, p.port);

	/* Those two have what they need; another dialer takes this test for its courier. */
	tap_ok(disconnect(&l), "two_of_a_proxy_that_is_not_used_end");
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, calls))
		exit(1);
	memory = for_dialer();
	l.dialer = gth_role_start(GTH_ROLE_DIALER, &(struct gth_role_options) { 0 },
				  (int[]) { -1, -1, -1, calls[0], -1, -1, memory, -1 });
	close(calls[0]);
	close(memory);
	out = (struct gth_message) { .type = GTH_MSG_DIAL, .size = sizeof(digest), .number = 5 };
	memcpy(out.body, digest, sizeof(digest));
	gth_message_send(calls[1], &out, -1);
	tap_ok(gth_message_receive(calls[1], &in, &socket) == 1 && in.number == 5 && socket >= 0 &&
		       seen->tunnels == tunnels + 1,
	       "what_the_courier_gets_is_the_tunnel");
	/* The proxy's answer was read to its end; the region waits for TLS to begin. */
	tap_ok(recv(socket, &byte, 1, MSG_DONTWAIT) < 0 && errno == EAGAIN,
	       "and_nothing_of_the_proxy_is_left_in_it");
	/* A taken-over courier asks the proxy for another place: it is the region that hears it. */
	if (send(socket, "CONNECT localhost:1 HTTP/1.1\r\n\r\n", 32, MSG_NOSIGNAL) < 0)
		tap_note("not sent");
	fcntl(socket, F_SETFL, 0);
	while (recv(socket, &byte, 1, 0) > 0 && byte != 'H')
		;
	tap_ok(byte != 'H' && seen->tunnels == tunnels + 1, "no_other_place_can_be_named_in_it");
	close(socket);
	out.body[0] ^= 1;
	gth_message_send(calls[1], &out, -1);
	tap_ok(gth_message_receive(calls[1], &in, &socket) == 1 && socket < 0 && in.size,
	       "dialer_of_other_settings_does_not_connect");
	close(calls[1]);
	waitpid(l.dialer, NULL, 0);
	stop_server(&p);
}

static void test_proxy(const struct server *s)
{
	struct server p = start_proxy(s->port, 0);
	struct link l = connect_to(s->port, p.port);
	const char *body;
	struct gth_result r = lookup(&l, GOOD, &body);

	if (!tap_ok(!r.error && !strcmp(body, "hello\n"), "answer_comes_through_the_proxy"))
		tap_note("error %d: %s", r.error, r.why);
	tap_is(seen->tunnels, 1, "the_proxy_was_used");
	tap_ok(disconnect(&l), "courier_and_dialer_of_a_proxy_end_in_peace");
	stop_server(&p);
	p = start_proxy(s->port, 1);
	l = connect_to(s->port, p.port);
	r = lookup(&l, GOOD, &body);
	tap_ok(r.error < 0 && r.error != -1 && !r.status && !r.retry_after &&
		       !strcmp(r.why, "the proxy answers 403"),
	       "refusal_of_the_proxy_is_no_answer_of_the_region");
	disconnect(&l);
	stop_server(&p);
}

int main(int argc, char **argv)
{
	struct server s;
	struct link l;

	if (argc >= 5 && !strcmp(argv[1], "--role")) {
		const struct gth_role_options o = { .device = NULL };
		enum gth_role role;

		if (gth_role_parse(argv[2], &role))
			return 2;
		_exit(gth_role_run(role, &o));
	}
	/* The environment must not matter. */
	setenv("https_proxy", "http://127.0.0.1:1", 1);
	signal(SIGPIPE, SIG_IGN);
	seen = mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	make_files();
	s = start_server(at(0, "server.pem"), at(1, "server.key"), at(2, "ca.pem"), 0);
	l = connect_to(s.port, 0);
	test_answers(&l);
	test_orders(&l);
	test_other_settings(&l);
	test_uploads(&l);
	test_many(&l);
	tap_ok(disconnect(&l), "without_a_store_courier_and_dialer_end");
	test_proxy(&s);
	test_tunnel(&s);
	stop_server(&s);
	test_strangers();
	run("rm -rf %s", dir);
	return tap_done();
}
