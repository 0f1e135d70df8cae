// SPDX-License-Identifier: GPL-2.0-or-later
/* courier_connect.c - to whom courier and dialer connect: the region alone, also through a proxy.
 */
#include <errno.h>
#include <fcntl.h>
#include <openssl/ssl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/role.h"
#include "tests/unit/lib/courier_link.h"
#include "tests/unit/lib/must.h"
#include "tests/unit/lib/proxy.h"
#include "tests/unit/tap.h"

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

static void test_strangers(void)
{
	struct server s;

	s = start_region("server", "ca", TLS1_2_VERSION);
	test_with(&s, -EPROTO, -EPROTO, "tls_1_2_is_refused");
	stop_server(&s);
	s = start_region("forged", "ca", 0);
	test_with(&s, -EKEYREJECTED, -EKEYREJECTED, "another_ca_is_refused");
	stop_server(&s);
	s = start_region("elsewhere", "ca", 0);
	test_with(&s, -EKEYREJECTED, -EKEYREJECTED, "another_host_name_is_refused");
	stop_server(&s);
	s = start_region("server", "stranger", 0);
	test_with(&s, -EPROTO, -ECONNRESET, "region_that_refuses_this_endpoint_is_told");
	stop_server(&s);
	test_with(&s, -ECONNREFUSED, -ECONNREFUSED, "region_that_is_not_there_is_told");
}

/* A dialer gives a courier a tunnel to the region, whatever the courier asks for. */
static void test_tunnel(const struct server *s)
{
	struct server p = start_proxy(s->port, 0);
	const unsigned int tunnels = seen->tunnels;
	char byte = 0;
	int calls[2], memory, socket = -1;
	struct link l = connect_to(s->port, p.port);

	/* Those two have what they need; another dialer takes this test for its courier. */
	tap_ok(disconnect(&l), "two_of_a_proxy_that_is_not_used_end");
	must(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, calls));
	memory = settings_for_dialer();
	l.dialer = gth_role_start(GTH_ROLE_DIALER, &(struct gth_role_options) { 0 },
				  (int[]) { -1, -1, -1, calls[0], -1, -1, memory, -1 });
	close(calls[0]);
	close(memory);
	sent = (struct gth_message) { .type = GTH_MSG_DIAL,
				      .size = sizeof(settings_digest),
				      .number = 5 };
	memcpy(sent.body, settings_digest, sizeof(settings_digest));
	gth_message_send(calls[1], &sent, -1);
	tap_ok(gth_message_receive(calls[1], &received, &socket) == 1 && received.number == 5 &&
		       socket >= 0 && seen->tunnels == tunnels + 1,
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
	sent.body[0] ^= 1;
	gth_message_send(calls[1], &sent, -1);
	tap_ok(gth_message_receive(calls[1], &received, &socket) == 1 && socket < 0 &&
		       received.size,
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

	link_begin(argc, argv);
	s = start_region("server", "ca", 0);
	test_proxy(&s);
	test_tunnel(&s);
	stop_server(&s);
	test_strangers();
	link_end();
	return tap_done();
}
