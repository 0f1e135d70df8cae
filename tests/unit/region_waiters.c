// SPDX-License-Identifier: GPL-2.0-or-later
/* region_waiters.c - who waits for a submission at gotthard-region is woken by its end, and by
 * nothing else. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/util/clock.h"
#include "region/state.h"
#include "tap.h"

#define LONG_MS 60000

static struct region_state state;
static atomic_int woken, there;

static void *wait_for(void *id)
{
	struct region_waiter w = { .id = id };

	pthread_mutex_lock(&state.lock);
	there++;
	region_await(&state, &w, LONG_MS);
	pthread_mutex_unlock(&state.lock);
	woken++;
	return NULL;
}

/* It is in the list once the lock can be had. */
static void begin(pthread_t *thread, const char *id)
{
	int before = there;

	pthread_create(thread, NULL, wait_for, (void *)(uintptr_t)id);
	while (there == before)
		usleep(1000);
	pthread_mutex_lock(&state.lock);
	pthread_mutex_unlock(&state.lock);
}

static void test_waiters(void)
{
	uint64_t begun = gth_monotonic_ms();
	pthread_t one, other;

	begin(&one, "one");
	begin(&other, "other");
	for (int i = 0; i < 100; i++)
		region_wake(&state, "a third");
	for (int i = 0; i < 10; i++)
		tap_ok(!region_begin(&state) && !region_end(&state, 0), "a_commit");
	pthread_mutex_lock(&state.lock);
	region_changed(&state);
	pthread_mutex_unlock(&state.lock);
	usleep(50000);
	tap_is(woken, 0, "nobody_is_woken_by_what_does_not_concern_him");
	region_wake(&state, "one");
	pthread_join(one, NULL);
	tap_is(woken, 1, "one_is_woken_by_its_own");
	region_stop(&state);
	pthread_join(other, NULL);
	tap_is(woken, 2, "and_everybody_by_the_end");
	tap_ok(gth_monotonic_ms() - begun < LONG_MS, "and_not_by_the_time");
	tap_ok(!state.waiters, "nobody_is_left");
}

int main(void)
{
	char dir[] = "/tmp/region-waiters-XXXXXX", path[64];

	if (!mkdtemp(dir))
		return 1;
	snprintf(path, sizeof(path), "%s/state.db", dir);
	tap_is(region_state_open(&state, path, true), 0, "a_database");
	test_waiters();
	region_state_close(&state);
	unlink(path);
	rmdir(dir);
	return tap_done();
}
