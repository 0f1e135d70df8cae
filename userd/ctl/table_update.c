// SPDX-License-Identifier: GPL-2.0-or-later
/* table_update.c - gotthardctl table update: the newest release of a log (see table_update.h). */
#include "table_update.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include "ctl.h"
#include "table_empty.h"
#include "table_proof.h"
#include "lib/host/device.h"
#include "lib/host/floors.h"
#include "lib/release/follow.h"
#include "lib/release/policy_file.h"
#include "lib/release/remember.h"
#include "lib/release/update_state.h"
#include "lib/util/clock.h"
#include "lib/util/json.h"
#include "lib/util/listing.h"
#include "lib/util/say.h"
#include "lib/util/utc.h"
#include "lib/util/visible.h"

/* A run of the command; @log: the directory. */
struct update {
	const struct ctl_update *u;
	int device, log;
	char name[GTH_NAME_SIZE];
	struct gth_floors floors;
	struct gth_followed found;
	enum gth_follow_state state;
	struct gth_history_act pin; /* a version of 0: none */
};

static int fail(const char *what, const char *why)
{
	gth_say("%s: %s", what, why);
	return CTL_FAILED;
}

/* The files lie in the directory already. */
static int fetch(void *arg, const char *path, uint64_t max)
{
	const struct update *up = arg;
	struct stat st;

	(void)max;
	if (fstatat(up->log, path, &st, AT_SYMLINK_NOFOLLOW))
		return errno == ENOTDIR ? -ENOENT : -errno;
	return S_ISREG(st.st_mode) ? 0 : -ENOENT;
}

static int find_name(struct update *up)
{
	struct gth_info i;
	int err = gth_device_info(up->device, &i);

	if (!err)
		err = gth_device_floors(up->device, &up->floors);
	if (err)
		return fail(GTH_DEVICE, strerror(-err));
	if (!up->u->name && !i.table_version) {
		gth_say("no table is loaded: name the database, update LOGDIR NAME");
		return CTL_USAGE;
	}
	snprintf(up->name, sizeof(up->name), "%s", up->u->name ? up->u->name : i.name);
	return CTL_OK;
}

static int find_pin(struct update *up)
{
	int err = gth_pin_load(GTH_ROOT_STATE, &up->pin);

	if (err)
		up->pin.version = 0;
	if (!err || err == -ENOENT)
		return CTL_OK;
	return fail(
		GTH_ROOT_STATE "/" GTH_PIN_FILE,
		err == -EBADMSG
			? "is damaged, and nothing is updated: gotthardctl table unpin removes it"
			: strerror(-err));
}

static bool is_pinned(const struct update *up)
{
	return up->pin.version && !strcmp(up->pin.name, up->name) &&
	       up->found.m.version > up->pin.version;
}

static void note_state(struct update *up)
{
	struct gth_update_state s = { .state = up->state,
				      .time = gth_now(),
				      .version = up->found.m.version,
				      .size = up->found.checkpoint.size,
				      .witnessed = up->found.witnessed };
	int err;

	memcpy(s.name, up->name, sizeof(s.name));
	memcpy(s.log, up->found.checkpoint.origin, sizeof(s.log));
	err = gth_update_state_note(&s, GTH_ROOT_STATE);
	if (err)
		gth_say("warning: " GTH_ROOT_STATE "/" GTH_UPDATE_FILE ": %s", strerror(-err));
}

static int print_state(const struct update *up)
{
	const struct gth_followed *r = &up->found;
	char time[GTH_UTC_SIZE];
	bool good = up->state <= GTH_FOLLOW_NEWER;

	if (gth_listing.json)
		return gth_json_print(json_pack(
			"{s:s, s:o, s:I, s:I, s:o, s:I, s:b}", "state", gth_follow_word(up->state),
			"name", gth_json_text(up->name), "version", (json_int_t)r->m.version,
			"size", (json_int_t)r->checkpoint.size, "log",
			*r->checkpoint.origin ? gth_json_text(r->checkpoint.origin) : json_null(),
			"witnessed", (json_int_t)r->witnessed, "pinned", is_pinned(up)));
	if (!good) {
		gth_say("%s: %s: %s", up->u->log, gth_follow_word(up->state),
			up->state == GTH_FOLLOW_REFUSED ? gth_release_sentence(r->outcome)
							: gth_follow_sentence(up->state));
		return 0;
	}
	gth_utc_format(time, r->witnessed);
	printf("%s version %llu is the newest of %s (%llu entries%s%s)\n", gth_shown(up->name),
	       r->m.version, gth_shown(r->checkpoint.origin),
	       (unsigned long long)r->checkpoint.size,
	       r->witnessed ? ", seen by a quorum of witnesses at " : "", r->witnessed ? time : "");
	return 0;
}

/* Return: an exit status; CTL_OK: @files are to be closed. */
static int open_release(struct update *up, struct gth_table_files *files)
{
	const struct gth_followed *r = &up->found;
	char path[128];
	int dir;

	snprintf(path, sizeof(path), "releases/%s/%llu", up->name, r->m.version);
	dir = openat(up->log, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir >= 0) {
		files->body = openat(dir, "body", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
		files->signature = openat(dir, "manifest.p7s", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
		close(dir);
	}
	if (files->body < 0)
		return CTL_UNPROVED;
	files->manifest = ctl_proof_memory(r->manifest, r->manifest_len);
	files->proof = ctl_proof_memory(r->proof, strlen(r->proof));
	return files->manifest < 0 || files->proof < 0 ? fail("memory", strerror(ENOMEM)) : CTL_OK;
}

static int load_release(struct update *up, struct ctl_load *l, const struct gth_policy *p)
{
	struct gth_table_files files = GTH_TABLE_NO_FILES;
	char what[GTH_NAME_SIZE + 32];
	int ret = open_release(up, &files);

	snprintf(what, sizeof(what), "%s version %llu", up->name, up->found.m.version);
	if (ret == CTL_UNPROVED) {
		up->state = GTH_FOLLOW_WITHHELD;
		note_state(up);
		print_state(up);
	}
	if (!ret && !ctl_empty_is_fine(what, files.body, up->u->allow_empty))
		ret = CTL_FAILED;
	if (!ret) {
		ctl_proof_warn_expired(what, up->found.m.expires);
		ctl_proof_record(p, &up->found.judgement, &l->act);
		l->keep = l->update = true;
		ret = ctl_load(up->device, l, what, &files);
	}
	if (!ret) {
		up->state = GTH_FOLLOW_CURRENT;
		note_state(up);
	}
	gth_table_files_close(&files);
	return ret;
}

static int go_on(struct update *up, struct ctl_load *l, const struct gth_policy *p)
{
	if (up->found.first)
		gth_say("no checkpoint of %s is remembered: this one is the first that is believed",
			gth_shown(up->found.checkpoint.origin));
	note_state(up);
	if (up->state != GTH_FOLLOW_NEWER || is_pinned(up)) {
		if (print_state(up))
			return CTL_FAILED;
		if (is_pinned(up))
			gth_say("%s is pinned to version %llu%s%s, and stays: gotthardctl table unpin",
				gth_shown(up->name), (unsigned long long)up->pin.version,
				*up->pin.why ? ": " : "", gth_shown(up->pin.why));
		return up->state <= GTH_FOLLOW_NEWER	     ? CTL_OK
		       : up->state == GTH_FOLLOW_UNREACHABLE ? CTL_FAILED
							     : CTL_UNPROVED;
	}
	return load_release(up, l, p);
}

static int follow(struct update *up, struct ctl_load *l, const struct gth_policy *p)
{
	struct gth_follow f = { .policy = p,
				.work = up->log,
				.name = up->name,
				.floor = gth_floors_find(&up->floors, up->name),
				.now = gth_now(),
				.freshness = up->u->freshness,
				.fetch = fetch,
				.arg = up };
	int err, ret;

	f.memory = gth_release_memory_open(GTH_ROOT_STATE);
	err = f.memory < 0 ? f.memory : gth_follow(&f, &up->found, &up->state);
	if (f.memory >= 0)
		close(f.memory);
	ret = err ? ctl_proof_say_memory(err, up->found.checkpoint.origin) : go_on(up, l, p);
	gth_followed_free(&up->found);
	return ret;
}

/**
 * ctl_update() - the newest release of a log, if it is newer than the one in force
 * @l: it is loaded and kept
 * @u: the log
 *
 * Return: an exit status.
 */
int ctl_update(int device, struct ctl_load *l, const struct ctl_update *u)
{
	static struct update up;
	static struct gth_policy policy;
	int ret = ctl_proof_policy(&policy);

	up.u = u;
	up.device = device;
	if (!ret)
		ret = find_name(&up);
	if (!ret)
		ret = find_pin(&up);
	if (ret)
		return ret;
	up.log = open(u->log, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (up.log < 0)
		return fail(u->log, strerror(errno));
	ret = follow(&up, l, &policy);
	close(up.log);
	return ret;
}
