// SPDX-License-Identifier: GPL-2.0-or-later
/* state.c - the region's database, opened, asked and changed (see state.h). */
#include "state.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "region/schema.h"

#define BUSY_MS 10000 /* another process enrols or reports */

/* An errno for what SQLite returned. */
int region_state_errno(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_DONE:
	case SQLITE_ROW:
		return 0;
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return -EUCLEAN;
	case SQLITE_PERM:
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
		return -EACCES;
	case SQLITE_CONSTRAINT:
		return -EEXIST;
	default:
		return -EIO;
	}
}

int region_vquery(struct region_state *s, sqlite3_stmt **q, const char *sql, const char *types,
		  va_list args)
{
	int rc = sqlite3_prepare_v2(s->db, sql, -1, q, NULL);

	for (int i = 1; rc == SQLITE_OK && *types; i++, types++) {
		if (*types == 't')
			rc = sqlite3_bind_text(*q, i, va_arg(args, const char *), -1,
					       SQLITE_TRANSIENT);
		else if (*types == 'i')
			rc = sqlite3_bind_int64(*q, i, (sqlite3_int64)va_arg(args, uint64_t));
		else
			rc = sqlite3_bind_blob(*q, i, va_arg(args, const uint8_t *), 32,
					       SQLITE_TRANSIENT);
	}
	if (rc == SQLITE_OK)
		return 0;
	sqlite3_finalize(*q);
	*q = NULL;
	return region_state_errno(rc);
}

/* To be finalized by the caller, if 0. */
int region_query(struct region_state *s, sqlite3_stmt **q, const char *sql, const char *types, ...)
{
	va_list args;
	int err;

	va_start(args, types);
	err = region_vquery(s, q, sql, types, args);
	va_end(args);
	return err;
}

int region_step(sqlite3_stmt *q)
{
	int rc = sqlite3_step(q);

	return rc == SQLITE_ROW ? 1 : region_state_errno(rc);
}

int region_run(struct region_state *s, const char *sql, const char *types, ...)
{
	sqlite3_stmt *q;
	va_list args;
	int err;

	va_start(args, types);
	err = region_vquery(s, &q, sql, types, args);
	va_end(args);
	if (err)
		return err;
	do
		err = region_step(q);
	while (err == 1);
	sqlite3_finalize(q);
	return err;
}

/* The one number that a query without parameters gives. */
int region_number(struct region_state *s, const char *sql, uint64_t *value)
{
	sqlite3_stmt *q;
	int err = region_query(s, &q, sql, "");

	if (err)
		return err;
	err = region_step(q);
	*value = err == 1 ? (uint64_t)sqlite3_column_int64(q, 0) : 0;
	sqlite3_finalize(q);
	return err == 1 ? 0 : err ? err : -ENOENT;
}

/* A transaction; a failed one leaves nothing. */
int region_begin(struct region_state *s)
{
	int err;

	pthread_mutex_lock(&s->lock);
	err = region_run(s, "BEGIN IMMEDIATE", "");
	if (err)
		pthread_mutex_unlock(&s->lock);
	return err;
}

int region_end(struct region_state *s, int err)
{
	if (!err)
		err = region_run(s, "COMMIT", "");
	if (err)
		region_run(s, "ROLLBACK", "");
	pthread_mutex_unlock(&s->lock);
	return err;
}

uint64_t region_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
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

/* Until the queue changed, or @ms have passed; it may be for no reason. */
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

/* Until a submission has ended, or @ms have passed; with the lock held. @w->id is set. */
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

/* Those who wait for it, and nobody else. */
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

/* Is it whole, and of this version? */
static int check(struct region_state *s)
{
	uint64_t version;
	sqlite3_stmt *q;
	int err = region_number(s, "PRAGMA user_version", &version);

	if (err || version != REGION_SCHEMA)
		return err ? err : -EPROTO;
	err = region_query(s, &q, "PRAGMA quick_check(1)", "");
	if (err)
		return err;
	err = region_step(q);
	if (err == 1)
		err = strcmp((const char *)sqlite3_column_text(q, 0), "ok") ? -EUCLEAN : 0;
	sqlite3_finalize(q);
	return err;
}

/**
 * region_state_open() - the database
 * @path: its file
 * @create: it must not be there yet
 *
 * Return: 0; -EUCLEAN: it is damaged; -EPROTO: of another version; or an errno.
 */
int region_state_open(struct region_state *s, const char *path, bool create)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_FULLMUTEX;
	int err;

	memset(s, 0, sizeof(*s));
	err = region_state_errno(
		sqlite3_open_v2(path, &s->db, flags | (create ? SQLITE_OPEN_CREATE : 0), NULL));
	pthread_mutex_init(&s->lock, NULL);
	cond_init(&s->changed);
	if (!err)
		err = region_state_errno(sqlite3_busy_timeout(s->db, BUSY_MS));
	if (!err)
		err = region_run(s, "PRAGMA journal_mode = WAL", "");
	if (!err)
		err = region_run(s, "PRAGMA synchronous = FULL", "");
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
