// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * relay.c - the broker between store and module: batches, requests, a table
 * that is full, and a store that is slow, hostile or gone.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/lib/must.h"
#include "tests/unit/lib/relay_ends.h"
#include "tests/unit/tap.h"

#define NOW RELAY_NOW

static void test_batches(void)
{
	for (int i = 0; i < 20; i++) {
		struct gth_region_verdict v = new_verdict((uint8_t)(100 + i), GTH_FINDING_BENIGN);

		relay_bring(&v, &relay_keys.region);
	}
	relay_module.writes = 0;
	tap_is(relay_hear(), 20, "many_verdicts_are_written");
	tap_is(relay_module.writes, 1, "in_one_batch");
}

static void test_requests(void)
{
	static struct gth_message m;
	struct gth_region_verdict v;
	struct gth_request *r = (struct gth_request *)m.body;
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC), file = -1;
	char byte;

	gth_relay_serve(&relay);
	tap_is(relay.serving, -1, "the_relay_does_not_serve_before_the_store_is_ready");
	m.type = GTH_MSG_READY;
	m.size = 0;
	must(!gth_message_send(relay_store, &m, -1));
	relay_hear();
	relay_module.serve_error = -EBUSY;
	tap_is(gth_relay_serve(&relay), -EBUSY, "a_module_that_is_served_already_is_reported");
	relay_module.serve_error = 0;
	gth_relay_serve(&relay);
	tap_ok(relay.serving >= 0, "ready_store_makes_it_serve");

	m.type = GTH_MSG_UNABLE;
	m.size = 0;
	must(!gth_message_send(relay_store, &m, -1));
	relay_hear();
	tap_ok(relay.serving < 0 && read(relay_module.requests, &byte, 1) == 0,
	       "unable_store_ends_serving_at_once");
	gth_relay_serve(&relay);
	tap_is(relay.serving, -1, "and_the_relay_does_not_serve_until_it_is_ready");
	m.type = GTH_MSG_READY;
	must(!gth_message_send(relay_store, &m, -1));
	relay_hear();
	gth_relay_serve(&relay);
	tap_ok(relay.serving >= 0, "ready_again_it_serves_again");

	relay_say_digest(GTH_MSG_UNKNOWN, GTH_DOMAIN_SHA256, 30);
	tap_is(relay_hear(), 0, "unknown_for_a_digest_without_waiters_is_not_written");
	relay_request(30, fd);
	tap_is(gth_relay_ask(&relay), 0, "request_is_read");
	tap_ok(fcntl(fd, F_GETFD) < 0, "its_descriptor_is_closed_here");
	tap_ok(gth_message_receive(relay_store, &m, &file) == 1 && m.type == GTH_MSG_ASK &&
		       file >= 0 && r->digest[0] == 30 && m.number == 7,
	       "and_arrives_with_its_file");
	close(file);
	relay_say_digest(GTH_MSG_UNKNOWN, GTH_DOMAIN_SHA256, 30);
	tap_ok(relay_hear() == 1 && relay_module.written[0].class == GTH_CLASS_UNKNOWN &&
		       relay_module.written[0].digest[5] == 30,
	       "unknown_releases_the_waiters");
	relay_say_digest(GTH_MSG_UNKNOWN, GTH_DOMAIN_SHA256, 30);
	tap_is(relay_hear(), 0, "once");

	v = new_verdict(31, GTH_FINDING_MALICIOUS);
	relay_bring(&v, &relay_keys.region);
	relay_hear();
	relay_request(31, -ESTALE);
	gth_relay_ask(&relay);
	tap_ok(gth_message_receive(relay_store, &m, &file) == 1 && file < 0 && r->fd == -ESTALE,
	       "request_without_file_tells_why");
	relay_say_digest(GTH_MSG_UNKNOWN, GTH_DOMAIN_SHA256, 31);
	tap_is(relay_hear(), 0, "unknown_takes_no_verdict_away");
}

static void test_no_room(void)
{
	struct gth_region_verdict v = new_verdict(40, GTH_FINDING_MALICIOUS);
	uint64_t before = relay.count.no_room;

	relay_request(40, -ESTALE);
	gth_relay_ask(&relay);
	relay_refusal();
	relay_module.room = 1;
	relay_bring(&v, &relay_keys.region);
	v = new_verdict(41, GTH_FINDING_BENIGN);
	relay_bring(&v, &relay_keys.region);
	v = new_verdict(42, GTH_FINDING_BENIGN);
	relay_bring(&v, &relay_keys.region);
	tap_ok(relay_hear() == 1 && relay_module.written[0].digest[0] == 40,
	       "records_are_written_singly_while_there_is_room");
	tap_is(relay.count.no_room - before, 2, "the_rest_is_counted");
	relay_request(43, -ESTALE);
	gth_relay_ask(&relay);
	relay_refusal();
	v = new_verdict(43, GTH_FINDING_MALICIOUS);
	relay_bring(&v, &relay_keys.region);
	tap_ok(relay_hear() == 1 && relay_module.written[0].digest[0] == 43 &&
		       relay_module.written[0].class == GTH_CLASS_UNKNOWN,
	       "waiters_for_the_rest_are_released");
	relay_module.room = 4096;
}

static void test_store_that_fails(void)
{
	unsigned int before = relay_module.serves;
	char byte;
	int n = 0;

	while (relay.serving >= 0 && n++ < 100000) {
		relay_request((uint8_t)n, -ESTALE);
		gth_relay_ask(&relay);
	}
	tap_ok(relay.serving < 0 && relay.full, "full_store_ends_serving");
	tap_ok(read(relay_module.requests, &byte, 1) == 0, "and_the_module_sees_it");
	gth_relay_serve(&relay);
	tap_is(relay.serving, -1, "it_stays_so_while_it_is_full");
	relay_refusal();
	relay.full = false;
	gth_relay_serve(&relay);
	tap_is(relay_module.serves, before + 1, "room_makes_it_serve_again");

	relay_say_digest(GTH_MSG_FORGET, 77, 1);
	relay_module.n_written = 0;
	tap_is(gth_relay_hear(&relay, NOW), -EPROTO, "unknown_domain_ends_belief");
	tap_is(relay_module.n_written, 0, "and_is_not_written");
	relay_open_store();
	tap_is(relay.serving, -1, "another_store_must_be_ready_first");
	must(send(relay_store, "nonsense", 8, 0) == 8);
	tap_is(gth_relay_hear(&relay, NOW), -EPROTO, "nonsense_ends_belief");
	relay_open_store();
	{
		static struct gth_message m = { .type = GTH_MSG_RELOAD };

		must(!gth_message_send(relay_store, &m, relay_store));
		tap_is(gth_relay_hear(&relay, NOW), -EPROTO,
		       "message_that_a_store_may_not_send_ends_belief");
	}
	relay_open_store();
	close(relay_store);
	tap_is(gth_relay_hear(&relay, NOW), -EPIPE, "end_of_the_store_is_reported");
	relay_store = -1;
}

int main(void)
{
	relay_begin();
	relay_bring_statement(&relay_keys.statement, &relay_keys.region, NOW - 50, NOW + RELAY_DAY);
	test_batches();
	test_requests();
	test_no_room();
	test_store_that_fails();
	relay_open_store();
	tap_is(relay_module.foreign, 0, "every_record_is_written_as_the_regions");
	relay_end();
	return tap_done();
}
