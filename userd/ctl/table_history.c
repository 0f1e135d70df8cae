// SPDX-License-Identifier: GPL-2.0-or-later
/* table_history.c - gotthardctl table history (see table_history.h). */
#include "table_history.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "ctl.h"
#include "floors.h"
#include "lib/host/floors.h"
#include "lib/util/clock.h"
#include "lib/util/json.h"
#include "lib/util/listing.h"
#include "lib/util/login.h"
#include "lib/util/say.h"
#include "lib/util/utc.h"
#include "lib/util/visible.h"

#define FILE_PATH GTH_ROOT_STATE "/" GTH_HISTORY_FILE

static const char *reason(int err)
{
	return err == -EPERM	 ? "others than root can write there"
	       : err == -EINVAL	 ? "the act cannot be a line of it"
	       : err == -EBADMSG ? "is damaged"
				 : strerror(-err);
}

/**
 * ctl_history_record() - the user has done this
 * @device: the module's
 * @table: the release that it was done with, as the module describes it
 * @act: why, and the evidence; the rest is set
 *
 * It is done: a record that cannot be written is reported, and changes nothing.
 */
void ctl_history_record(int device, enum gth_history_kind kind, const struct gth_info *table,
			struct gth_history_act *act)
{
	int err;

	act->time = gth_now();
	act->uid = gth_login_uid();
	act->kind = kind;
	snprintf(act->name, sizeof(act->name), "%s", table->name);
	act->version = table->table_version;
	/* Unknown only if the module forgot the name: a digest of zeros is of no release. */
	ctl_floor_digest(device, table->name, table->table_version, act->body_digest);
	err = gth_history_add(GTH_ROOT_STATE, act);
	if (err)
		gth_say("warning: this was not recorded in " FILE_PATH ": %s", reason(err));
}

static void say_wrong(void *ctx, unsigned int line, const char *text)
{
	(void)ctx;
	gth_say(FILE_PATH ":%u: %s", line, text);
}

/**
 * ctl_history_of() - how the table in force was loaded
 *
 * Lines that are wrong are reported.
 *
 * Return: whether it is known.
 */
bool ctl_history_of(int device, const struct gth_info *table, struct gth_history_act *act)
{
	uint8_t digest[GTH_DIGEST_SIZE];
	struct gth_history h;
	bool found = false;
	int err;

	if (!table->table_version ||
	    !ctl_floor_digest(device, table->name, table->table_version, digest))
		return false;
	err = gth_history_load(&h, GTH_ROOT_STATE, say_wrong, NULL);
	if (err && err != -ENOENT && err != -EBADMSG)
		gth_say(FILE_PATH ": %s", reason(err));
	for (size_t i = h.n; i && !found; i--) {
		const struct gth_history_act *a = &h.act[i - 1];

		found = (a->kind == GTH_HISTORY_LOAD || a->kind == GTH_HISTORY_UPDATE ||
			 a->kind == GTH_HISTORY_ROLLBACK) &&
			a->version == table->table_version && !strcmp(a->name, table->name) &&
			!memcmp(a->body_digest, digest, sizeof(digest));
		if (found)
			*act = *a;
	}
	gth_history_free(&h);
	return found;
}

static json_t *act_json(const struct gth_history_act *a)
{
	const bool proved = *a->checkpoint.origin != '\0';

	return json_pack("{s:I, s:I, s:s, s:o, s:I, s:o, s:o, s:o}", "time", (json_int_t)a->time,
			 "uid", (json_int_t)a->uid, "act", gth_history_word(a->kind), "name",
			 gth_json_text(a->name), "version", (json_int_t)a->version, "body_sha256",
			 gth_json_hex(a->body_digest, sizeof(a->body_digest)), "why",
			 *a->why ? gth_json_text(a->why) : json_null(), "log",
			 proved ? gth_json_text(a->checkpoint.origin) : json_null());
}

static int print_json(const struct gth_history *h)
{
	json_t *all = json_array();

	for (size_t i = 0; i < h->n; i++)
		json_array_append_new(all, act_json(&h->act[i]));
	return gth_json_print(all) ? CTL_FAILED : CTL_OK;
}

static void print_row(const struct gth_column *columns, const struct gth_history_act *a)
{
	char time[GTH_UTC_SIZE], uid[16], version[24], digest[GTH_DIGEST_TEXT];
	char name[GTH_VISIBLE_SIZE(GTH_NAME_SIZE)], log[GTH_VISIBLE_SIZE(GTH_NOTE_NAME_SIZE)];
	char why[GTH_VISIBLE_SIZE(GTH_HISTORY_WHY_SIZE)];
	const char *cells[] = { time, uid, gth_history_word(a->kind), name, version, digest,
				log,  why };

	gth_utc_format(time, a->time);
	snprintf(uid, sizeof(uid), "%lu", (unsigned long)a->uid);
	snprintf(version, sizeof(version), "%llu", (unsigned long long)a->version);
	gth_listing_digest(digest, a->body_digest);
	gth_visible(name, sizeof(name), a->name, strlen(a->name), GTH_VISIBLE_ALL);
	gth_visible(why, sizeof(why), a->why, strlen(a->why), GTH_VISIBLE_ALL);
	gth_visible(log, sizeof(log), a->checkpoint.origin, strlen(a->checkpoint.origin),
		    GTH_VISIBLE_ALL);
	if (!*log)
		strcpy(log, "-");
	gth_listing_row(columns, cells);
}

/* ctl_history() - prints the acts, the newest one last; an exit status */
int ctl_history(void)
{
	const struct gth_column columns[] = { { "TIME", 20 },	 { "UID", -5 },
					      { "ACT", 8 },	 { "NAME", 12 },
					      { "VERSION", -8 }, { "BODY", gth_listing_digits() },
					      { "LOG", 24 },	 { "WHY", 0 },
					      { NULL, 0 } };
	struct gth_history h;
	int err = gth_history_load(&h, GTH_ROOT_STATE, say_wrong, NULL), ret = CTL_OK;

	if (err && err != -ENOENT && err != -EBADMSG) {
		gth_say(FILE_PATH ": %s", reason(err));
		return err == -EACCES ? CTL_NOT_LOADED : CTL_FAILED;
	}
	if (gth_listing.json) {
		ret = print_json(&h);
	} else {
		gth_listing_head(columns);
		for (size_t i = 0; i < h.n; i++)
			print_row(columns, &h.act[i]);
	}
	gth_history_free(&h);
	return err == -EBADMSG ? CTL_FAILED : ret;
}
