// SPDX-License-Identifier: GPL-2.0-or-later
/* serve.c - gotthard-region serve: runs server, analysis and retention until SIGTERM. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "lib/log/checkpoint.h"
#include "lib/util/say.h"
#include "region/analyse.h"
#include "region/files.h"
#include "region/listen.h"
#include "region/log_dir.h"
#include "region/retention.h"
#include "region/serve_options.h"
#include "region/server.h"

struct work {
	const struct region_serve_options *o;
	struct region *region;
	struct region_server server;
	struct region_analysis analysis;
	struct region_keeper keeper;
	int incoming, work, lock, socket, releases; /* -1: not open */
	pthread_t threads[REGION_ANALYSERS_MAX + 1];
	size_t n;
};

static int said(const char *what, int err)
{
	gth_say("%s: %s", what, strerror(-err));
	return err;
}

static int open_dir(const struct region *r, const char *name)
{
	int fd = openat(r->dirfd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? said(name, -errno) : fd;
}

/* One process serves a directory. Return: a descriptor that holds the lock, or an errno. */
static int lock(const struct region *r)
{
	int fd = openat(r->dirfd, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		return said("lock", -errno);
	if (!flock(fd, LOCK_EX | LOCK_NB))
		return fd;
	close(fd);
	gth_say("%s: another gotthard-region serves it already", r->path);
	return -EBUSY;
}

static int listen_at(const struct work *w)
{
	char place[REGION_PLACE_SIZE];
	const char *at = w->o->listen;
	int fd;

	if (!at) {
		snprintf(place, sizeof(place), "127.0.0.1%s", strrchr(w->region->trust.url, ':'));
		at = place;
	}
	fd = region_listen(at);
	if (fd == -EINVAL)
		gth_say("--listen: `%s' is not ADDRESS:PORT", at);
	else if (fd < 0)
		said(at, fd);
	return fd;
}

static int tell_ready(const struct work *w)
{
	char place[REGION_PLACE_SIZE], temp[PATH_MAX];
	const char *file = w->o->ready;
	int err;

	if (!file)
		return 0;
	err = region_place(w->socket, place);
	if (!err && snprintf(temp, sizeof(temp), "%s.new", file) >= (int)sizeof(temp))
		err = -ENAMETOOLONG;
	if (!err) {
		unlink(temp);
		err = region_line_write(AT_FDCWD, temp, place);
	}
	if (!err && rename(temp, file))
		err = -errno;
	return err ? said(file, err) : 0;
}

/* A log has a checkpoint: another directory's files are not for every endpoint. */
static int open_log(const char *path)
{
	int fd = region_log_open(path), err;

	if (fd < 0)
		return said(path, fd);
	if (!faccessat(fd, GTH_CHECKPOINT_FILE, R_OK, AT_SYMLINK_NOFOLLOW))
		return fd;
	err = -errno;
	close(fd);
	if (err != -ENOENT)
		return said(path, err);
	gth_say("--releases: %s is not a log; gotthard-region publish --init makes one", path);
	return err;
}

static int prepare(struct work *w)
{
	struct region *r = w->region;

	w->incoming = open_dir(r, "incoming");
	w->work = open_dir(r, "work");
	if (w->incoming < 0 || w->work < 0)
		return -ENOENT;
	w->lock = lock(r);
	if (w->lock < 0)
		return w->lock;
	if (w->o->releases) {
		w->releases = open_log(w->o->releases);
		if (w->releases < 0)
			return w->releases;
	}
	w->socket = listen_at(w);
	if (w->socket < 0)
		return w->socket;
	if (!w->o->keep_statement && !r->can_issue) {
		gth_say("%s/keys/statement.key: is not there: put it back, or serve the present statement "
			"until it expires (--keep-statement)",
			r->path);
		return -ENOKEY;
	}
	return 0;
}

/*
 * Does the work that is due at start. It serves even on a full disk: the retention thread tries
 * again.
 */
static void begin(struct work *w)
{
	struct region *r = w->region;
	int err = region_keep_once(&w->keeper);

	if (!err)
		err = region_sweep(r, w->incoming);
	if (!err && !w->o->keep_statement)
		err = region_issue(r, w->o->statement, region_now());
	if (err)
		said(r->path, err);
}

static void configure(struct work *w)
{
	const struct region_serve_options *o = w->o;

	w->server = (struct region_server) { .region = w->region,
					     .limits = o->limits,
					     .crowd = { .connections = (unsigned int)o->connections,
							.per_address = (unsigned int)o->per_address,
							.handshake = (unsigned int)o->handshake,
							.header = (unsigned int)o->header,
							.progress = (unsigned int)o->progress },
					     .per_endpoint = (unsigned int)o->per_endpoint,
					     .idle = (unsigned int)o->idle,
					     .retry_after = (unsigned int)o->retry_after,
					     .lookups_only = o->lookups_only,
					     .max_size = w->region->statement.max_size,
					     .retention = w->region->statement.retention,
					     .incoming = w->incoming,
					     .releases = w->releases };
	w->analysis = (struct region_analysis) {
		.region = w->region,
		.clamd = o->clamd,
		.scan_limit = o->scan_limit,
		/* One thread is left for other endpoints. */
		.at_once = o->analysers > 1 ? o->analysers - 1 : 1,
		.spare = o->limits.spare,
		.incoming = w->incoming,
		.work = w->work,
		.lock = PTHREAD_MUTEX_INITIALIZER,
	};
	w->server.limits.disk = w->incoming;
	memcpy(w->analysis.valid, o->valid, sizeof(o->valid));
	w->keeper = (struct region_keeper) { .region = w->region,
					     .incoming = w->incoming,
					     .records = o->records,
					     .spare = o->limits.spare,
					     .statement = o->keep_statement ? 0 : o->statement };
}

/*
 * An engine that does not run yet is waited for; with one that is configured wrongly the region
 * does not start.
 */
static int check_engine(struct work *w)
{
	struct region_engine engine;

	if (w->o->lookups_only ||
	    region_clamd_ask(w->o->clamd, &engine, &w->region->state.stopping))
		return 0;
	return region_engine_fit(&w->analysis, &engine) == -ENOTSUP ? -ENOTSUP : 0;
}

static int start_thread(struct work *w, void *(*run)(void *), void *arg)
{
	int err = -pthread_create(&w->threads[w->n], NULL, run, arg);

	if (err)
		return said("a thread", err);
	w->n++;
	return 0;
}

static int work(struct work *w, const sigset_t *signals)
{
	int number, err = region_server_start(&w->server, w->socket);

	if (err) {
		gth_say("HTTPS does not start: %s",
			err == -EPROTO ? "see keys/server.pem, keys/server.key and trust/ca.pem"
				       : strerror(-err));
		return err;
	}
	err = start_thread(w, region_keep, &w->keeper);
	for (unsigned int i = 0; !err && i < w->o->analysers; i++)
		err = start_thread(w, region_analyse, &w->analysis);
	if (!err)
		err = tell_ready(w);
	while (!err && sigwait(signals, &number))
		;
	/* This closes the socket too. */
	region_server_stop(&w->server);
	w->socket = -1;
	for (size_t i = 0; i < w->n; i++)
		pthread_join(w->threads[i], NULL);
	return err;
}

static void close_all(const struct work *w)
{
	const int fds[] = { w->incoming, w->work, w->lock, w->socket, w->releases };

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

int region_serve(int argc, char **argv)
{
	struct region_serve_options o;
	struct work w = {
		.o = &o, .incoming = -1, .work = -1, .lock = -1, .socket = -1, .releases = -1
	};
	struct region region;
	sigset_t signals;
	int err;

	region_serve_options_parse(&o, argc, argv);
	if (region_open(&region, o.dir))
		return REGION_FAILED_EXIT;
	w.region = &region;
	/* Before any thread is made, because threads inherit the mask. */
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
	gth_say_never_wait();
	err = prepare(&w);
	if (!err) {
		configure(&w);
		begin(&w);
		err = check_engine(&w);
	}
	if (!err)
		err = work(&w, &signals);
	close_all(&w);
	region_close(&region);
	return err ? REGION_FAILED_EXIT : REGION_OK;
}
