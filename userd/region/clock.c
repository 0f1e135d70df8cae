// SPDX-License-Identifier: GPL-2.0-or-later
/* clock.c - time that does not jump (see clock.h). */
#include "clock.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/util/clock.h"
#include "lib/util/io.h"

#define BOOT_ID "/proc/sys/kernel/random/boot_id"
#define BOOT_SIZE 40
#define SEEN_SIZE 128

/* The time that was seen last, and the machine's uptime then. */
struct seen {
	uint64_t time, uptime; /* seconds */
	char boot[BOOT_SIZE];  /* id of that boot; "-": unknown */
};

static struct {
	pthread_mutex_t lock; /* nothing else is locked under it */
	bool known;
	struct seen seen;
	char stored[SEEN_SIZE]; /* the database's text, as it was written or read last */
} clock_ = { .lock = PTHREAD_MUTEX_INITIALIZER };

static uint64_t uptime(void)
{
	return gth_boot_ms() / 1000;
}

static void boot_id(char id[BOOT_SIZE])
{
	int fd = open(BOOT_ID, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : gth_read_full(fd, id, BOOT_SIZE - 1);

	if (fd >= 0)
		close(fd);
	id[n > 0 ? n : 0] = '\0';
	id[strcspn(id, "\n ")] = '\0';
	if (!id[0])
		snprintf(id, BOOT_SIZE, "-");
}

/* The time that it should be, with the lock held; 0: not known. */
static uint64_t expected(void)
{
	return clock_.known ? clock_.seen.time + uptime() - clock_.seen.uptime : 0;
}

static bool believable(uint64_t machine, uint64_t should)
{
	return !should ||
	       (machine <= should + REGION_CLOCK_SLACK && machine + REGION_CLOCK_SLACK >= should);
}

uint64_t region_now(void)
{
	uint64_t machine = gth_now(), should;

	pthread_mutex_lock(&clock_.lock);
	should = expected();
	pthread_mutex_unlock(&clock_.lock);
	return believable(machine, should) ? machine : should;
}

/* Is the machine's clock not trusted? Sets both times. */
bool region_clock_doubt(uint64_t *machine, uint64_t *region)
{
	*region = region_now();
	*machine = gth_now();
	/* A difference of a minute is allowed, because they are read one after the other. */
	return *machine > *region + 60 || *region > *machine + 60;
}

static int read_seen(struct region_state *s, char text[SEEN_SIZE])
{
	sqlite3_stmt *q;
	int err;

	text[0] = '\0';
	pthread_mutex_lock(&s->lock);
	err = gth_sql_prepare(s->db, &q, "SELECT value FROM meta WHERE name = 'clock'", "");
	if (!err) {
		err = gth_sql_step(q);
		if (err == 1)
			snprintf(text, SEEN_SIZE, "%s", (const char *)sqlite3_column_text(q, 0));
		sqlite3_finalize(q);
	}
	pthread_mutex_unlock(&s->lock);
	return err < 0 ? err : 0;
}

/* After a reboot, at least the uptime has passed since the time that was seen. */
static int parse(struct seen *seen, const char *text)
{
	unsigned long long at, up;
	char boot[BOOT_SIZE];

	if (sscanf(text, "%llu %llu %39s", &at, &up, boot) != 3)
		return -EUCLEAN;
	*seen = (struct seen) { .time = at, .uptime = up };
	boot_id(seen->boot);
	if (strcmp(boot, seen->boot) != 0 || up > uptime())
		seen->uptime = 0;
	return 0;
}

/**
 * region_clock_load() - read the time that was seen last, unless this process stored it
 *
 * Return: 0; -EUCLEAN: it is not a time; or an errno of the database.
 */
int region_clock_load(struct region_state *s)
{
	char text[SEEN_SIZE];
	struct seen seen;
	int err = read_seen(s, text);

	if (err || !text[0])
		return err;
	pthread_mutex_lock(&clock_.lock);
	if (strcmp(text, clock_.stored) != 0) {
		err = parse(&seen, text);
		if (!err) {
			clock_.known = true;
			clock_.seen = seen;
			memcpy(clock_.stored, text, sizeof(text));
		}
	}
	pthread_mutex_unlock(&clock_.lock);
	return err;
}

static void format(const struct seen *seen, char text[SEEN_SIZE])
{
	snprintf(text, SEEN_SIZE, "%llu %llu %s", (unsigned long long)seen->time,
		 (unsigned long long)seen->uptime, seen->boot);
}

static int write_seen(struct region_state *s, const struct seen *seen)
{
	char text[SEEN_SIZE];
	int err;

	format(seen, text);
	err = gth_sql_run(s->db, "INSERT OR REPLACE INTO meta VALUES('clock', ?)", "t", text);
	if (err)
		return err;
	pthread_mutex_lock(&clock_.lock);
	clock_.known = true;
	clock_.seen = *seen;
	memcpy(clock_.stored, text, sizeof(text));
	pthread_mutex_unlock(&clock_.lock);
	return 0;
}

/* Stores the present time for later starts. Return: 0 or an errno of the database. */
int region_clock_store(struct region_state *s)
{
	struct seen seen = { .time = region_now(), .uptime = uptime() };
	int err;

	boot_id(seen.boot);
	err = region_begin(s);
	return err ? err : region_end(s, write_seen(s, &seen));
}

/**
 * region_clock_accept() - trust the machine's clock from now on
 * @retention: seconds that a file is kept at most
 *
 * Corrects dates of a clock that was ahead: files are kept no longer than permitted, and verdicts
 * from the future, which endpoints refuse, are removed.
 */
int region_clock_accept(struct region_state *s, uint64_t retention)
{
	struct seen seen = { .time = gth_now(), .uptime = uptime() };
	int err;

	boot_id(seen.boot);
	err = region_begin(s);
	if (err)
		return err;
	err = gth_sql_run(s->db,
			  "UPDATE submission SET delete_by = ? WHERE deletion IS NULL"
			  " AND delete_by > ?",
			  "ii", seen.time + retention, seen.time + retention);
	if (!err)
		err = gth_sql_run(s->db, "UPDATE submission SET created = ? WHERE created > ?",
				  "ii", seen.time, seen.time);
	if (!err)
		err = gth_sql_run(s->db, "DELETE FROM verdict WHERE issued > ?", "i",
				  seen.time + REGION_CLOCK_SLACK / 2);
	if (!err)
		err = write_seen(s, &seen);
	return region_end(s, err);
}
