// SPDX-License-Identifier: GPL-2.0-or-later
/* writer.c - a writer of events that is stuck is reported, and the daemon answers meanwhile. */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/broker/health.h"
#include "daemon/broker/writer.h"
#include "tests/unit/tap.h"

#define SECOND 1000

static char dir[] = "/tmp/gth-writer-XXXXXX";
static struct gth_writer writer;
static uint64_t now = SECOND;

/* So many seconds pass, each with a look of the broker. */
static void pass(int seconds, unsigned long turns)
{
	for (int i = 0; i < seconds; i++)
		gth_writer_look(&writer, turns, now += SECOND);
}

/* The words for `gotthardctl status`; "": none. */
static const char *told(struct gth_health *h)
{
	static char text[4096];
	struct gth_children children = { 0 };
	struct gth_kept kept = { 0 };
	const struct gth_health_facts facts = {
		.children = &children, .writer = &writer, .kept = &kept, .now = now
	};
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	ssize_t n;

	if (fd < 0 || connect(fd, (struct sockaddr *)&h->address, sizeof(h->address)))
		exit(1);
	gth_health_answer(h, &facts);
	n = recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT);
	text[n > 0 ? n : 0] = '\0';
	close(fd);
	return text;
}

static bool is_well(struct gth_health *h)
{
	return strstr(told(h), "\"problems\":[]");
}

int main(void)
{
	char control[64];
	struct gth_health h;

	if (!mkdtemp(dir))
		return 1;
	snprintf(control, sizeof(control), "%s/control", dir);
	gth_health_open(&h, control);
	for (unsigned long turns = 1; turns < 100; turns++)
		pass(1, turns);
	tap_ok(!writer.silent && is_well(&h), "writer_that_turns_is_well");
	pass(29, 99);
	tap_ok(is_well(&h), "after_29_s_it_may_go_on");
	pass(2, 99);
	tap_ok(strstr(told(&h), "no event can be written since 31 s"), "after_30_s_it_is_reported");
	pass(100, 99);
	tap_ok(strstr(told(&h), "since 131 s: is the disk full, or is its output not read?"),
	       "for_as_long_as_it_is_stuck");
	pass(1, 100);
	tap_ok(!writer.silent && is_well(&h), "once_it_goes_on_it_is_well");
	/* A machine that slept, or a broker that was stopped: it was not looked for that long. */
	gth_writer_look(&writer, 100, now += 1000000);
	tap_ok(is_well(&h), "time_in_which_nobody_looked_does_not_count");
	gth_health_close(&h);
	rmdir(dir);
	return tap_done();
}
