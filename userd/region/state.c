// SPDX-License-Identifier: GPL-2.0-or-later
/* state.c - the region's database and waiting for its changes (see state.h). */
#include "state.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "region/schema.h"

#define BUSY_MS 10000 /* another process enrols or reports */

/* Begins a transaction; one that fails is rolled back. */
int region_begin(struct region_state *s)
{
	int err;

	pthread_mutex_lock(&s->lock);
	err = gth_sql_run(s->db, "BEGIN IMMEDIATE", "");
	if (err)
		pthread_mutex_unlock(&s->lock);
	return err;
}

int region_end(struct region_state *s, int err)
{
	if (!err)
		err = gth_sql_run(s->db, "COMMIT", "");
	if (err)
		gth_sql_run(s->db, "ROLLBACK", "");
	pthread_mutex_unlock(&s->lock);
	return err;
}

static struct timespec after(uint64_t ms)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += (time_t)(ms / 1000);
	t.tv_nsec += (long)(ms % 1000) * 1000000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000;
	}
	return t;
}

/* Waits until the queue changed, or @ms have passed; it may wake early. */
void region_wait(struct region_state *s, uint64_t ms)
{
	struct timespec t = after(ms);

	if (!s->stopping)
		pthread_cond_timedwait(&s->changed, &s->lock, &t);
}

/* There is something to analyse. */
void region_changed(struct region_state *s)
{
	pthread_cond_broadcast(&s->changed);
}

static void cond_init(pthread_cond_t *cond)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(cond, &attr);
	pthread_condattr_destroy(&attr);
}

/* Waits until a submission has ended, or @ms have passed; with the lock held. @w->id is set. */
void region_await(struct region_state *s, struct region_waiter *w, uint64_t ms)
{
	struct timespec t = after(ms);
	struct region_waiter **at;

	if (s->stopping)
		return;
	cond_init(&w->ended);
	w->next = s->waiters;
	s->waiters = w;
	pthread_cond_timedwait(&w->ended, &s->lock, &t);
	for (at = &s->waiters; *at != w; at = &(*at)->next)
		;
	*at = w->next;
	pthread_cond_destroy(&w->ended);
}

/* Wakes the threads that wait for this submission, and no others. */
void region_wake(struct region_state *s, const char *id)
{
	pthread_mutex_lock(&s->lock);
	for (struct region_waiter *w = s->waiters; w; w = w->next)
		if (!strcmp(w->id, id))
			pthread_cond_signal(&w->ended);
	pthread_mutex_unlock(&s->lock);
}

void region_stop(struct region_state *s)
{
	pthread_mutex_lock(&s->lock);
	s->stopping = true;
	pthread_cond_broadcast(&s->changed);
	for (struct region_waiter *w = s->waiters; w; w = w->next)
		pthread_cond_signal(&w->ended);
	pthread_mutex_unlock(&s->lock);
}

/* Is it of this version, and whole? */
static int check(struct region_state *s)
{
	uint64_t version;
	int err = gth_sql_number(s->db, &version, "PRAGMA user_version", "");

	if (err || version != REGION_SCHEMA)
		return err ? err : -EPROTO;
	return gth_sql_check(s->db);
}

/**
 * region_state_open() - the database
 * @path: its file
 * @create: the file must not exist yet
 *
 * Return: 0; -EUCLEAN: it is damaged; -EPROTO: of another version; or an errno.
 */
int region_state_open(struct region_state *s, const char *path, bool create)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_FULLMUTEX;
	int err;

	memset(s, 0, sizeof(*s));
	err = gth_sql_open(&s->db, path, flags | (create ? SQLITE_OPEN_CREATE : 0), BUSY_MS, NULL);
	pthread_mutex_init(&s->lock, NULL);
	cond_init(&s->changed);
	if (!err)
		err = region_schema(s, create);
	if (!err)
		err = check(s);
	if (err)
		region_state_close(s);
	return err;
}

void region_state_close(struct region_state *s)
{
	if (!s->db)
		return;
	sqlite3_close(s->db);
	s->db = NULL;
	pthread_cond_destroy(&s->changed);
	pthread_mutex_destroy(&s->lock);
}
