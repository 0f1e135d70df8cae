// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * daemon.c - the daemon's store, asked over its socket; and its database, read
 * without it (see daemon.h).
 */
#include "daemon.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/host/config.h"
#include "lib/host/health.h"
#include "lib/text/spooled.h"
#include "lib/util/say.h"

#define HEALTH_PATIENCE_S 5
#define STATUS_PATIENCE_S 10
#define PATIENCE_S 60 /* it may be copying a large file */

static int dial(int seconds)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX, .sun_path = GTH_CONTROL_SOCKET };
	struct timeval patience = { .tv_sec = seconds };
	const char *other = getenv("GTH_CONTROL");
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	if (other && strlen(other) < sizeof(a.sun_path))
		memcpy(a.sun_path, other, strlen(other) + 1);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	if (!connect(fd, (struct sockaddr *)&a, sizeof(a)))
		return fd;
	close(fd);
	return -errno;
}

/*
 * ctl_health_ask() - what the daemon's main process says of itself
 * @silent: set: it keeps the socket, and gives no answer within a moment
 *
 * Return: its answer, to be dropped; NULL: none.
 */
json_t *ctl_health_ask(bool *silent)
{
	const struct timeval patience = { .tv_sec = HEALTH_PATIENCE_S };
	const char *control = getenv("GTH_CONTROL");
	static char answer[GTH_HEALTH_MAX];
	struct sockaddr_un a;
	json_t *json = NULL;
	ssize_t n = -1;
	int fd;

	*silent = false;
	if (gth_health_address(&a, control ? control : GTH_CONTROL_SOCKET))
		return NULL;
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return NULL;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	/* EAGAIN: so many wait for it already */
	*silent = !connect(fd, (struct sockaddr *)&a, sizeof(a)) || errno == EAGAIN;
	if (*silent)
		n = recv(fd, answer, sizeof(answer), 0);
	if (n > 0)
		json = json_loadb(answer, (size_t)n, JSON_REJECT_DUPLICATES, NULL);
	if (json)
		*silent = false;
	close(fd);
	return json;
}

/* Of a connection, which may have failed. Return: its answer; NULL: none. */
static json_t *ask(int fd, const char *command)
{
	char *answer = malloc(GTH_CONTROL_MAX);
	json_t *json = NULL;
	ssize_t n = -1;

	if (fd >= 0 && answer && send(fd, command, strlen(command), MSG_NOSIGNAL) >= 0)
		n = recv(fd, answer, GTH_CONTROL_MAX, 0);
	if (n > 0)
		json = json_loadb(answer, (size_t)n, JSON_REJECT_DUPLICATES, NULL);
	free(answer);
	return json;
}

/*
 * ctl_store_status() - what the store says of itself
 * @busy: set: it is there, and gives no answer within a moment; it may be copying a large file
 *
 * Return: its answer, to be dropped; NULL: none.
 */
json_t *ctl_store_status(bool *busy)
{
	int fd = dial(STATUS_PATIENCE_S);
	json_t *json;

	errno = 0;
	json = ask(fd, "status");
	/* EAGAIN: no answer in time, or so many wait for one already */
	*busy = !json && (fd == -EAGAIN || (fd >= 0 && errno == EAGAIN));
	if (fd >= 0)
		close(fd);
	return json;
}

/* Return: its answer, to be dropped; NULL: there is none, which was said unless @quiet. */
json_t *ctl_store_ask(const char *command, bool quiet)
{
	int fd = dial(PATIENCE_S);
	json_t *json = ask(fd, command);

	if (!json && !quiet)
		gth_say("%s: %s", GTH_CONTROL_SOCKET,
			fd == -ENOENT || fd == -ECONNREFUSED
				? "gotthardd does not run, or has no store"
			: fd < 0 ? strerror(-fd)
				 : "no answer: are you root?");
	if (fd >= 0)
		close(fd);
	return json;
}

/* A command without a result. @optional: a store that does not run is none that failed. */
int ctl_store_do(const char *command, bool optional)
{
	json_t *answer = ctl_store_ask(command, optional);
	bool none = !answer || json_is_false(json_object_get(answer, "store"));
	bool ok = json_is_true(json_object_get(answer, "ok")) || (none && optional);
	const char *why = json_string_value(json_object_get(answer, "error"));

	if (why && !ok)
		gth_say("%s", why);
	json_decref(answer);
	return ok ? 0 : -EIO;
}

/* Where the configuration has the database. Return: 0; -errno: the reason was said, but for -ENOENT
 */
static int find_state(const char *config_file, char path[PATH_MAX + 16])
{
	const char *file = config_file ? config_file : GTH_CONFIG_FILE;
	struct gth_config_error e = { 0 };
	static struct gth_config config;
	int err = gth_config_load(&config, file, &e);

	if (err && err != -ENOENT)
		gth_config_say(file, &e, "");
	if (err)
		return err;
	snprintf(path, PATH_MAX + 16, "%s/" GTH_STORE_DB, config.state);
	gth_config_free(&config);
	return 0;
}

static sqlite3 *open_path(const char *path)
{
	sqlite3 *db = NULL;
	int rc = sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOFOLLOW, NULL);

	if (rc == SQLITE_OK) {
		sqlite3_busy_timeout(db, 5000);
		return db;
	}
	gth_say("%s: %s", path,
		rc == SQLITE_CANTOPEN ? "is not there, or may not be read" : sqlite3_errstr(rc));
	sqlite3_close(db);
	return NULL;
}

/* For reading; NULL: the reason was said. */
sqlite3 *ctl_open_db(const char *config_file)
{
	char path[PATH_MAX + 16];
	int err = find_state(config_file, path);

	if (err == -ENOENT)
		gth_say("%s: %s", config_file ? config_file : GTH_CONFIG_FILE, strerror(-err));
	return err ? NULL : open_path(path);
}

/*
 * As ctl_open_db(), for who can do without: @db is NULL if no configuration was named
 * and there is none, or it has no database yet. Return: 0; -errno: the reason was said.
 */
int ctl_find_db(const char *config_file, sqlite3 **db)
{
	char path[PATH_MAX + 16];
	int err = find_state(config_file, path);

	*db = NULL;
	if (err == -ENOENT && !config_file)
		return 0;
	if (err == -ENOENT)
		gth_say("%s: %s", config_file, strerror(-err));
	if (err)
		return err;
	if (access(path, F_OK) && errno == ENOENT)
		return 0;
	*db = open_path(path);
	return *db ? 0 : -EIO;
}

/* @rc: of the last step. Return: 0; -EIO: not all could be read, which was said. */
int ctl_close_db(sqlite3 *db, int rc)
{
	if (rc != SQLITE_DONE)
		gth_say(GTH_STORE_DB ": %s", sqlite3_errmsg(db));
	sqlite3_close(db);
	return rc == SQLITE_DONE ? 0 : -EIO;
}
