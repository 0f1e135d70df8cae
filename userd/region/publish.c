// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * publish.c - gotthard-region publish: a release becomes an entry of a log.
 *
 * The files come first, each durable, then the tiles, then the checkpoint: what the log promises
 * is there. A process that is killed in between has promised nothing, and the same command,
 * given again, begins anew or finds the release published.
 */
#include <argp.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "core/limits.h"
#include "lib/log/checkpoint.h"
#include "lib/util/clock.h"
#include "lib/util/hex.h"
#include "lib/util/io.h"
#include "lib/util/program.h"
#include "lib/util/say.h"
#include "lib/util/sha256.h"
#include "lib/util/utc.h"
#include "region/announce.h"
#include "region/log_dir.h"
#include "region/logged.h"
#include "region/region.h"
#include "region/stage.h"

#define SIGNATURE "manifest.p7s"

struct options {
	const char *log, *release, *key;
	bool init, unsigned_too;
};

struct publication {
	const struct options *o;
	struct gth_signer key;
	int log, from; /* directories */
	struct gth_tlog *tlog;
	char text[GTH_MANIFEST_MAX + 1]; /* the manifest */
	size_t len;
	struct gth_manifest m;
	uint8_t digest[GTH_DIGEST_SIZE]; /* SHA-256 of the text */
	struct region_logged last, same;
	uint64_t index; /* of the entry, once it is there */
};

enum { KEY_INIT = 256, KEY_UNSIGNED };

static const struct argp_option options[] = {
	{ .name = "key", .key = 'k', .arg = "FILE", .doc = "The log's private key" },
	{ .name = "init", .key = KEY_INIT, .doc = "Make a new log in LOGDIR, without an entry" },
	{ .name = "unsigned",
	  .key = KEY_UNSIGNED,
	  .doc = "Publish a release that has no file " SIGNATURE },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'k':
		o->key = arg;
		return 0;
	case KEY_INIT:
		o->init = true;
		return 0;
	case KEY_UNSIGNED:
		o->unsigned_too = true;
		return 0;
	case ARGP_KEY_ARG:
		if (state->arg_num > 1)
			return ARGP_ERR_UNKNOWN;
		*(state->arg_num ? &o->release : &o->log) = arg;
		return 0;
	case ARGP_KEY_END:
		if (!o->log)
			argp_error(state, "LOGDIR is missing");
		if (!o->init && !o->release)
			argp_error(state, "RELEASEDIR is missing");
		if (o->init && o->release)
			argp_error(state, "--init makes a log; RELEASEDIR is published afterwards");
		if (!o->key)
			argp_error(state, "--key is missing");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* Each step names what is wrong by itself. Return: 0 or -1. */
static int fail(const char *what, const char *why)
{
	gth_say("%s: %s", what, why);
	return -1;
}

static int init(const struct options *o, const struct gth_signer *key)
{
	int log, err;

	if (mkdir(o->log, 0755) && errno != EEXIST)
		return fail(o->log, strerror(errno));
	log = region_log_open(o->log);
	if (log < 0)
		return fail(o->log, strerror(-log));
	err = region_log_init(log, key);
	close(log);
	if (err == -EEXIST)
		return fail(o->log, "is a log already");
	if (err == -EBADMSG)
		return fail(o->log, "has parts of a log that is not empty, or of another key: make "
				    "a new log in an empty directory");
	if (err)
		return fail(o->log, strerror(-err));
	printf("%s is the empty log %s\n", o->log, key->verifier.name);
	return 0;
}

static int read_release(struct publication *p)
{
	int fd = openat(p->from, "manifest", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	char date[GTH_UTC_SIZE];
	struct stat st;
	ssize_t n;

	if (fd < 0)
		return fail("manifest", strerror(errno));
	n = gth_read_full(fd, p->text, sizeof(p->text));
	close(fd);
	if (n < 0)
		return fail("manifest", strerror((int)-n));
	p->len = (size_t)n;
	if (gth_manifest_parse(&p->m, p->text, p->len))
		return fail("manifest", "is not one; gotthard-sigtool verify says more");
	if (gth_sha256(p->text, p->len, p->digest))
		return fail("manifest", strerror(ENOMEM));
	if (!p->o->unsigned_too && fstatat(p->from, SIGNATURE, &st, 0))
		return fail(SIGNATURE, errno == ENOENT ? "the release is not signed; see --unsigned"
						       : strerror(errno));
	if (gth_now() >= p->m.expires) {
		gth_utc_format(date, p->m.expires);
		gth_say("warning: %s version %llu expired at %s", p->m.name, p->m.version, date);
	}
	return 0;
}

/* Only a log that was made here is written to: an empty directory is a log that is not there. */
static int open_log(struct publication *p)
{
	struct gth_verifier v;
	struct stat st;
	int err;

	err = region_log_verifier(p->log, &v);
	if (err == -ENOENT)
		return fail(p->o->log, "is not a log; --init makes one");
	if (err)
		return fail(REGION_LOG_KEY, err == -EINVAL ? "is not a key" : strerror(-err));
	if (strcmp(v.name, p->key.verifier.name) != 0 ||
	    memcmp(v.key, p->key.verifier.key, sizeof(v.key)) != 0)
		return fail(p->o->key, "is not the key of this log");
	if (fstatat(p->log, GTH_CHECKPOINT_FILE, &st, AT_SYMLINK_NOFOLLOW))
		return fail(GTH_CHECKPOINT_FILE,
			    errno == ENOENT ? "is missing: restore the log" : strerror(errno));
	err = gth_tlog_open_public(&p->tlog, p->log, &p->key);
	if (err == -EBUSY)
		return fail(p->o->log, "another process writes to it");
	if (err == -EBADMSG)
		return fail(p->o->log, "is damaged: restore it; nothing was changed");
	if (err)
		return fail(p->o->log, strerror(-err));
	err = region_logged_find(p->log, gth_tlog_size(p->tlog), p->m.name, p->m.version, &p->last,
				 &p->same);
	return err ? fail(p->o->log, strerror(-err)) : 0;
}

/* The log has another release of this version: there will not be two. */
static int refuse_fork(const struct publication *p)
{
	gth_say("%s version %llu is entry %llu, with another manifest: a version is published "
		"once; build this release with a higher one",
		p->m.name, p->m.version, (unsigned long long)p->same.index);
	return -1;
}

static int refuse_prev(const struct publication *p)
{
	char digest[2 * GTH_DIGEST_SIZE + 1];

	gth_hex_encode(digest, p->last.digest, GTH_DIGEST_SIZE);
	gth_say("prev is not %s, the manifest of version %llu, which this release must follow: "
		"build it with --prev %s/" REGION_RELEASES "/%s/%llu/manifest",
		digest, p->last.m.version, p->o->log, p->m.name, p->last.m.version);
	return -1;
}

/* May the log get this release? A name's first one may follow what was never logged. */
static int judge(const struct publication *p)
{
	if (p->same.any)
		return memcmp(p->same.digest, p->digest, sizeof(p->digest)) ? refuse_fork(p) : 0;
	if (!p->last.any)
		return 0;
	if (p->m.version <= p->last.m.version) {
		gth_say("version %llu is not higher than %llu, the last one of %s", p->m.version,
			p->last.m.version, p->m.name);
		return -1;
	}
	if (!p->m.has_prev || memcmp(p->m.prev, p->last.digest, sizeof(p->m.prev)) != 0)
		return refuse_prev(p);
	return 0;
}

/* Files that are copied as they are: endpoints check them. */
static bool belongs(const char *name)
{
	return !strcmp(name, SIGNATURE) || !strcmp(name, "delta") ||
	       !strncmp(name, "delta-from-", strlen("delta-from-"));
}

static int stage_others(const struct publication *p, struct region_stage *s)
{
	int fd = openat(p->from, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), err = 0;
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;

	if (!dir)
		return fail(p->o->release, strerror(errno));
	while (!err && (e = readdir(dir))) {
		if (belongs(e->d_name)) {
			int ret = region_stage_copy(s, p->from, e->d_name);

			err = ret ? fail(e->d_name, strerror(-ret)) : 0;
		} else if (e->d_name[0] != '.' && strcmp(e->d_name, "body") != 0 &&
			   strcmp(e->d_name, "manifest") != 0) {
			gth_say("%s: is not published", e->d_name);
		}
	}
	closedir(dir);
	return err;
}

static int stage(const struct publication *p, struct region_stage *s)
{
	struct gth_progress progress;
	int err = region_stage_begin(s, p->log);

	if (!err)
		err = region_stage_text(s, "manifest", p->text, p->len);
	if (err)
		return fail(p->o->log, strerror(-err));
	gth_progress_init(&progress, false);
	err = region_stage_body(s, p->from, &p->m, &progress);
	gth_progress_clear(&progress);
	if (err)
		return fail("body", err == -EBADMSG ? "is not the body of this manifest; "
						      "gotthard-sigtool verify says more"
						    : strerror(-err));
	err = stage_others(p, s);
	if (err)
		return err;
	err = region_stage_commit(s, &p->m);
	return err ? fail(p->o->log, strerror(-err)) : 0;
}

static int append(struct publication *p, struct region_stage *s)
{
	uint64_t size = gth_tlog_size(p->tlog);
	int err = gth_tlog_append(p->tlog, p->text, p->len, &p->index);

	if (!err) {
		printf("published %s version %llu: entry %llu of %s\n", p->m.name, p->m.version,
		       (unsigned long long)p->index, p->key.verifier.name);
		return 0;
	}
	gth_say("%s: %s", p->o->log, strerror(-err));
	if (gth_tlog_size(p->tlog) == size)
		region_stage_take_back(s, &p->m);
	return -1;
}

/* Return: 0: it is published, and its files are in their place; 1: it is to be done; or -1. */
static int already(const struct publication *p)
{
	char path[REGION_PATH_SIZE];
	struct stat st;

	if (!p->same.any)
		return 1;
	region_release_path(&p->m, path);
	if (fstatat(p->log, path, &st, AT_SYMLINK_NOFOLLOW))
		return errno == ENOENT ? 1 : fail(path, strerror(errno));
	printf("%s version %llu is published already: entry %llu of %s\n", p->m.name, p->m.version,
	       (unsigned long long)p->same.index, p->key.verifier.name);
	return 0;
}

static int put(struct publication *p)
{
	struct region_stage s = { .releases = -1, .dir = -1 };
	int err = stage(p, &s);

	if (!err && p->same.any)
		printf("put the files of %s version %llu, entry %llu, back into their place\n",
		       p->m.name, p->m.version, (unsigned long long)p->same.index);
	else if (!err)
		err = append(p, &s);
	region_stage_end(&s);
	return err;
}

static int publish(struct publication *p)
{
	int err = read_release(p);

	if (!err)
		err = open_log(p);
	if (!err)
		err = judge(p);
	if (!err)
		err = already(p);
	p->index = p->same.index;
	if (err > 0)
		err = put(p);
	if (err)
		return err;
	err = region_announce(p->log, &p->m, p->index,
			      !p->last.any || p->m.version >= p->last.m.version);
	if (err)
		gth_say("the release is in the log, but readers are not told: give the command "
			"again");
	return err;
}

static int run(struct publication *p)
{
	int err;

	p->log = region_log_open(p->o->log);
	if (p->log < 0)
		return fail(p->o->log, strerror(-p->log));
	p->from = region_log_open(p->o->release);
	err = p->from < 0 ? fail(p->o->release, strerror(-p->from)) : publish(p);
	gth_tlog_close(p->tlog);
	if (p->from >= 0)
		close(p->from);
	close(p->log);
	return err;
}

int region_publish(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.children = gth_argp_children,
		.args_doc = "LOGDIR RELEASEDIR",
		.doc = "Publishes the release of RELEASEDIR, of gotthard-sigtool, in the log of "
		       "LOGDIR, whose files are for every reader. The version must be higher than "
		       "the last one of its name, and prev name the manifest of that. A command "
		       "that was broken off is given again."
	};
	static struct publication p;
	struct options o = { 0 };
	int err;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	/* The log is for every reader. */
	umask(022);
	p.o = &o;
	err = gth_signer_load(&p.key, AT_FDCWD, o.key);
	if (err)
		err = fail(o.key, err == -EINVAL ? "is not a private key" : strerror(-err));
	else
		err = o.init ? init(&o, &p.key) : run(&p);
	OPENSSL_cleanse(&p.key, sizeof(p.key));
	return err ? REGION_FAILED_EXIT : REGION_OK;
}
