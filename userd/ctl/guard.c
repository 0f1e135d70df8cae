// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * guard.c - the new state, judged before it is in force (see guard.h).
 *
 * A hold is judged twice: there may be no daemon to answer it, now or later, and the answer
 * may not come in time. If the module cannot be asked, because under the policy in force it
 * does not hash the file, the worst possible class is assumed.
 */
#include "guard.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fsverity.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "ctl.h"
#include "essential.h"
#include "core/limits.h"
#include "core/magic.h"
#include "lib/host/device.h"
#include "lib/host/names.h"
#include "lib/host/reasons.h"
#include "lib/host/search.h"
#include "lib/host/sysfs.h"
#include "lib/util/io.h"
#include "lib/util/say.h"
#include "lib/util/sha256.h"
#include "live_policy.h"

#ifndef FUSE_SUPER_MAGIC
#define FUSE_SUPER_MAGIC 0x65735546
#endif

struct guard {
	const struct ctl_change *change;
	struct gth_policy before, after;
	u64 records;		  /* of the new table */
	struct gth_verdict *kept; /* what the module holds */
	size_t kept_n;
	bool maybe_bad; /* a class that is not known may be malicious */
	unsigned int refused, held;
};

/* The knowledge of a file: facts that no operation changes, and its class then. */
struct known {
	struct gth_explain x;
	struct gth_facts facts;
	u8 after;	/* its class */
	bool uncertain; /* that is a guess */
};

/* Return: -EACCES etc. as the file is opened; the digest then is as fs-verity has it. */
static int measure(int fd, u8 digest[GTH_DIGEST_SIZE])
{
	struct {
		struct fsverity_digest head;
		u8 bytes[64];
	} d = { .head.digest_size = sizeof(d.bytes) };

	if (ioctl(fd, FS_IOC_MEASURE_VERITY, &d))
		return -errno;
	if (d.head.digest_algorithm != FS_VERITY_HASH_ALG_SHA256 ||
	    d.head.digest_size != GTH_DIGEST_SIZE)
		return -ENODATA;
	memcpy(digest, d.bytes, GTH_DIGEST_SIZE);
	return 0;
}

static int reopen(int path_fd)
{
	char name[64];

	snprintf(name, sizeof(name), "/proc/self/fd/%d", path_fd);
	return open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

/* As the module looks it up in a table: first what fs-verity says. 0 or -errno. */
static int class_in_new_table(const struct guard *g, int fd, const struct gth_explain *x, u8 *class)
{
	u8 digest[GTH_DIGEST_SIZE];
	bool have = x->domain == GTH_DOMAIN_SHA256;
	int err = 0, file = reopen(fd);
	u64 at;

	if (have)
		memcpy(digest, x->digest, sizeof(digest));
	*class = GTH_CLASS_UNKNOWN;
	if (file >= 0 && !measure(file, digest)) {
		err = gth_search_body(g->change->body, g->records, GTH_DOMAIN_FSVERITY, digest,
				      class, &at);
		if (have)
			memcpy(digest, x->digest, sizeof(digest));
	}
	if (!err && !*class && !have)
		err = file < 0 ? -EACCES : gth_sha256_fd(file, digest);
	if (!err && !*class)
		err = gth_search_body(g->change->body, g->records, GTH_DOMAIN_SHA256, digest, class,
				      &at);
	if (file >= 0)
		close(file);
	return err;
}

/* The region's class for it now, in force or not. */
static u8 class_of_region(const struct guard *g, const struct gth_explain *x)
{
	for (size_t i = 0; i < g->kept_n; i++) {
		const struct gth_verdict *v = &g->kept[i];

		if (v->source == GTH_SOURCE_REGION && v->domain == x->domain &&
		    !memcmp(v->digest, x->digest, GTH_DIGEST_SIZE))
			return v->class;
	}
	return GTH_CLASS_UNKNOWN;
}

/* The verdict of the change that is about this file; NULL: none is, or none matters. */
static const struct gth_verdict *verdict_for(const struct guard *g, const struct gth_explain *x)
{
	for (unsigned int i = 0; i < g->change->n; i++) {
		const struct gth_verdict *v = &g->change->verdicts[i];

		if (v->domain != x->domain || memcmp(v->digest, x->digest, GTH_DIGEST_SIZE) != 0)
			continue;
		/* To be forgotten: of one source, or of both. */
		if (v->class != GTH_CLASS_UNKNOWN || v->source == x->source ||
		    (v->source == GTH_SOURCE_NONE && x->source != GTH_SOURCE_TABLE))
			return v;
	}
	return NULL;
}

/* The class of a file after the change. Return: is it a guess? */
static bool class_after(const struct guard *g, int fd, const struct gth_explain *x, u8 *class)
{
	const struct gth_verdict *v = verdict_for(g, x);
	const struct ctl_change *c = g->change;

	*class = x->class;
	if (v) {
		*class = v->class;
		if (!v->class && v->source == GTH_SOURCE_ROOT)
			*class = class_of_region(g, x);
		/* Root's verdict has hidden the table's class. */
		return !v->class && x->source == GTH_SOURCE_ROOT;
	}
	if (c->new_table && x->source != GTH_SOURCE_ROOT) {
		*class = GTH_CLASS_UNKNOWN;
		if (c->body >= 0 && class_in_new_table(g, fd, x, class))
			return true;
		/* It counts once the table does not say anything. */
		if (!*class)
			*class = class_of_region(g, x);
	}
	return x->domain == GTH_DOMAIN_NONE && !x->error;
}

/* By the operation under which the policy in force has it hashed, if there is one. */
static int explain(int device, int fd, struct gth_explain *x)
{
	static const unsigned int ops[] = { GTH_OP_EXEC, GTH_OP_MMAP, GTH_OP_OPEN };
	int err = 0;

	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		err = gth_device_explain(device, fd, ops[i], x);
		if (err || x->domain || x->error)
			break;
	}
	return err;
}

static bool is_code(int fd, mode_t mode)
{
	u8 head[GTH_MAGIC_BYTES];
	int file = mode & 0111 ? -1 : reopen(fd);
	ssize_t n;

	if (file < 0)
		return true;
	n = gth_read_full(file, head, sizeof(head));
	close(file);
	return n < 0 || gth_magic_is_code(head, (size_t)n);
}

static int learn(const struct guard *g, int device, int fd, struct known *k)
{
	struct statfs fs;
	struct stat st;
	int err = explain(device, fd, &k->x);

	if (err)
		return err;
	if (fstat(fd, &st) || fstatfs(fd, &fs))
		return -errno;
	k->facts = (struct gth_facts) {
		.code = is_code(fd, st.st_mode),
		.versioned = k->x.reason != GTH_REASON_UNVERSIONED,
		.pseudo = k->x.reason == GTH_REASON_PSEUDO,
		.fuse = k->x.reason == GTH_REASON_FUSE || fs.f_type == FUSE_SUPER_MAGIC,
		.failed = k->x.error != 0,
		.disturbed = k->x.reason == GTH_REASON_ERROR && k->x.would == GTH_ACTION_DENY,
		.size = k->x.file_size,
	};
	k->uncertain = class_after(g, fd, &k->x, &k->after);
	return 0;
}

/* Is it denied, if no daemon answers a hold, or none in time? */
static bool is_denied(const struct gth_policy *p, const struct gth_facts *facts, u8 class,
		      struct gth_decision *r)
{
	struct gth_facts f = *facts;

	f.class = class;
	gth_policy_rule(p, &f, r);
	if (r->action != GTH_ACTION_DENY) {
		f.daemon = f.expired = true;
		gth_policy_rule(p, &f, r);
	}
	return r->action == GTH_ACTION_DENY;
}

static bool is_held(const struct gth_policy *p, const struct gth_facts *facts, u8 class)
{
	struct gth_facts f = *facts;
	struct gth_decision r;

	f.class = class;
	f.daemon = true;
	gth_policy_rule(p, &f, &r);
	return r.action == GTH_ACTION_HOLD;
}

static const char *const refusals[GTH_REASON_MAX] = {
#define X(id, name, event, explain, refuse) [GTH_REASON_##id] = refuse,
	GTH_REASONS(X)
#undef X
};

static const char *why(const struct gth_decision *r, u8 class, bool guess)
{
	if (guess)
		return "may be listed as malicious: the policy in force does not look";
	if (r->reason == GTH_REASON_CLASS)
		return class == GTH_CLASS_MALICIOUS    ? "listed as malicious"
		       : class == GTH_CLASS_SUSPICIOUS ? "listed as suspicious"
						       : "it is unknown";
	return r->reason < GTH_REASON_MAX && refusals[r->reason] ? refusals[r->reason]
								 : gth_reason_name(r->reason);
}

/* Says so if the change is what has an operation refused. */
static void judge(struct guard *g, const struct essential *e, struct known *k)
{
	static const u8 ops[] = { GTH_OP_EXEC, GTH_OP_OPEN, GTH_OP_MMAP };
	static const u8 first[] = {
		[ESSENTIAL_PROGRAM] = 0, [ESSENTIAL_LIBRARY] = 1, [ESSENTIAL_DATA] = 1
	};
	size_t n = e->kind == ESSENTIAL_DATA ? 2 : 3;
	struct gth_decision r;

	for (size_t i = first[e->kind]; i < n; i++) {
		bool denied, guess;

		k->facts.op = ops[i];
		guess = k->uncertain && g->maybe_bad && k->after == GTH_CLASS_UNKNOWN;
		denied = is_denied(&g->after, &k->facts, k->after, &r);
		if (denied)
			guess = false;
		else if (guess)
			denied = is_denied(&g->after, &k->facts, GTH_CLASS_MALICIOUS, &r);
		if (!denied) {
			g->held += is_held(&g->after, &k->facts, k->after) &&
				   !is_held(&g->before, &k->facts, k->x.class);
			continue;
		}
		if (!g->change->at_boot && is_denied(&g->before, &k->facts, k->x.class, &r))
			continue;
		is_denied(&g->after, &k->facts, guess ? GTH_CLASS_MALICIOUS : k->after, &r);
		gth_say("%s %s: %s", gth_op_name(ops[i]), e->path, why(&r, k->after, guess));
		g->refused++;
		return;
	}
}

static int look_at_all(struct guard *g, int device)
{
	struct essentials all;
	int err = essential_collect(&all);

	for (size_t i = 0; i < all.n && !err; i++) {
		struct known k = { 0 };

		err = learn(g, device, all.file[i].fd, &k);
		/* A file that was removed since, or is not judged, is not refused. */
		if (err == -EISDIR)
			err = 0;
		else if (err)
			gth_say("%s: %s", all.file[i].path, strerror(-err));
		else
			judge(g, &all.file[i], &k);
	}
	essential_free(&all);
	return err;
}

/* Can the new table be searched? */
static int prepare_table(struct guard *g)
{
	struct stat st;

	if (!g->change->new_table || g->change->body < 0)
		return 0;
	if (fstat(g->change->body, &st))
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -ESPIPE;
	g->records = (u64)st.st_size / sizeof(struct gth_record);
	return 0;
}

static int prepare(struct guard *g, int device)
{
	unsigned long long entries = 0, verdicts = 0;
	int err = ctl_policy_read(&g->before);

	g->after = g->change->policy ? *g->change->policy : g->before;
	if (!err)
		err = prepare_table(g);
	if (!err)
		err = gth_device_verdicts(device, &g->kept, &g->kept_n);
	if (gth_sysfs_read_u64("table/malicious", &entries) ||
	    gth_sysfs_read_u64("table/verdicts", &verdicts))
		entries = 1;
	g->maybe_bad = entries || verdicts;
	return err;
}

static bool is_enforced_then(const struct ctl_change *change)
{
	char mode[GTH_VALUE_SIZE];

	if (change->policy)
		return change->policy->value[GTH_KNOB_MODE] == GTH_MODE_ENFORCE;
	return gth_sysfs_read("policy/mode", mode, sizeof(mode)) < 0 || !strcmp(mode, "enforce");
}

/**
 * ctl_guard() - may the change be made?
 * @device: the module's
 * @change: the changes to be made
 *
 * Files that are refused already do not count. Reports the files that would be refused and
 * the remedy.
 *
 * Return: 0; -EPERM: it would refuse files that this machine needs; or another negative
 * errno: that is not known. All but 0 was reported.
 */
int ctl_guard(int device, const struct ctl_change *change)
{
	struct guard g = { .change = change };
	char daemon[GTH_VALUE_SIZE] = "";
	int err;

	if (!is_enforced_then(change))
		return 0;
	err = prepare(&g, device);
	if (!err)
		err = look_at_all(&g, device);
	free(g.kept);
	if (err) {
		gth_say("it is not known whether files that this machine needs would be refused: "
			"%s; nothing was changed (insist with --yes)",
			err == -ESPIPE ? "the table's body cannot be read twice" : strerror(-err));
		return err;
	}
	if (g.refused) {
		gth_say("%u files that this machine needs would be refused: nothing was changed (list them as trusted first, or say --yes to insist)",
			g.refused);
		return -EPERM;
	}
	gth_sysfs_read("health/daemon", daemon, sizeof(daemon));
	if (g.held && !strcmp(daemon, "serving"))
		gth_say("warning: files that this machine needs are unknown: each of them waits for a verdict, and may be sent to the region, until they are listed as trusted");
	return 0;
}
