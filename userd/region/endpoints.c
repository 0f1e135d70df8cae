// SPDX-License-Identifier: GPL-2.0-or-later
/* endpoints.c - the enrolled endpoints (see state.h). */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "region/state.h"

/* @serial: of its certificate. Return: 0; -EEXIST: there is one of this name. */
int region_endpoint_add(struct region_state *s, const char *name, const char *key,
			const char *serial, uint64_t now)
{
	int err = region_begin(s);

	if (err)
		return err;
	err = gth_sql_run(s->db,
			  "INSERT INTO endpoint(name, key, serial, enrolled) VALUES(?, ?, ?, ?)",
			  "ttti", name, key, serial, now);
	return region_end(s, err);
}

/*
 * Removes an endpoint; its certificate is not accepted any more. Return: 0; -ENOENT: it is not
 * enrolled.
 */
int region_endpoint_remove(struct region_state *s, const char *name)
{
	int err = region_begin(s);

	if (err)
		return err;
	err = gth_sql_run(s->db, "DELETE FROM endpoint WHERE name = ?", "t", name);
	if (!err && !sqlite3_changes(s->db))
		err = -ENOENT;
	/* The next endpoint of this name begins a journal of its own. */
	if (!err)
		err = gth_sql_run(s->db, "DELETE FROM journal WHERE endpoint = ?", "t", name);
	return region_end(s, err);
}

/*
 * Binds the first serial number that is seen to an endpoint that was enrolled before they were
 * kept.
 */
static int bind_serial(struct region_state *s, const char *name, const char *serial)
{
	int err = region_begin(s);

	if (err)
		return err;
	err = gth_sql_run(s->db, "UPDATE endpoint SET serial = ? WHERE name = ? AND serial IS NULL",
			  "tt", serial, name);
	if (!err && !sqlite3_changes(s->db))
		err = -EAGAIN;
	return region_end(s, err);
}

/**
 * region_endpoint_admit() - is this the certificate that an endpoint was enrolled with?
 *
 * A name may be enrolled again after it was removed; its earlier certificates stay invalid.
 *
 * Return: 0; -ENOENT: no such endpoint; -EKEYREVOKED: it has another certificate; an errno.
 */
int region_endpoint_admit(struct region_state *s, const char *name, const char *serial)
{
	bool unbound = false;
	sqlite3_stmt *q;
	int err;

	pthread_mutex_lock(&s->lock);
	err = gth_sql_prepare(s->db, &q, "SELECT serial FROM endpoint WHERE name = ?", "t", name);
	if (!err) {
		err = gth_sql_step(q);
		if (!err) {
			err = -ENOENT;
		} else if (err == 1) {
			const char *own = (const char *)sqlite3_column_text(q, 0);

			unbound = !own;
			err = own && strcmp(own, serial) != 0 ? -EKEYREVOKED : 0;
		}
		sqlite3_finalize(q);
	}
	pthread_mutex_unlock(&s->lock);
	if (err || !unbound)
		return err;
	err = bind_serial(s, name, serial);
	return err == -EAGAIN ? region_endpoint_admit(s, name, serial) : err;
}

/* Return: 0; -ENOENT: it is not enrolled. */
int region_endpoint_key(struct region_state *s, const char *name, char *key, size_t size)
{
	sqlite3_stmt *q;
	int err;

	pthread_mutex_lock(&s->lock);
	err = gth_sql_prepare(s->db, &q, "SELECT key FROM endpoint WHERE name = ?", "t", name);
	if (!err) {
		err = gth_sql_step(q);
		if (err == 1)
			snprintf(key, size, "%s", (const char *)sqlite3_column_text(q, 0));
		err = err == 1 ? 0 : err ? err : -ENOENT;
		sqlite3_finalize(q);
	}
	pthread_mutex_unlock(&s->lock);
	return err;
}
