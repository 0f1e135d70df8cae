// SPDX-License-Identifier: GPL-2.0-or-later
/* table_load.c - a release is loaded, kept for the next start, or rolled back to (see
 * table_load.h).
 */
#include "table_load.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/limits.h"
#include "core/manifest.h"
#include "ctl.h"
#include "floors.h"
#include "guard.h"
#include "table_history.h"
#include "table_info.h"
#include "lib/host/device.h"
#include "lib/host/floors.h"
#include "lib/util/io.h"
#include "lib/util/listing.h"
#include "lib/util/say.h"
#include "lib/util/visible.h"

/* Ctrl-C interrupts the ioctl; without a handler it would end the program unsaid. */
static void on_interrupt(int signal)
{
	(void)signal;
}

/* True: nothing is wrong with it; of a pipe nothing is used, or kept: a copy of it is a file. */
static bool is_body_in_force(int device, const char *manifest, int body, const struct gth_info *i)
{
	struct gth_floors list;
	int err = gth_device_floors(device, &list);

	if (!err)
		err = gth_floors_body(&list, i, body);
	if (!err || err == -ESPIPE)
		return true;
	gth_say("%s is in force already, but this body %s", manifest,
		err == -EBADMSG	  ? "is damaged: its SHA-256 is not that of the manifest"
		: err == -ENODATA ? "cannot be compared: the module does not say which it has to be"
				  : strerror(-err));
	return false;
}

typedef int load_fn(int device, const struct gth_table_files *files);

/* The load is recorded before it is said, so that --json shows the record. */
static int load_files(int device, struct ctl_load *l, const char *manifest,
		      const struct gth_table_files *files, load_fn *load)
{
	const struct ctl_change change = { .new_table = true, .body = files->body };
	struct sigaction interrupt = { .sa_handler = on_interrupt };
	char memory[GTH_UNITS_SIZE], signer[GTH_VALUE_MAX];
	struct gth_info before, i;
	int err;

	if (!l->yes && ctl_guard(device, &change))
		return CTL_FAILED;
	err = gth_device_info(device, &before);
	if (err) {
		gth_say(GTH_DEVICE ": %s", strerror(-err));
		return CTL_FAILED;
	}
	sigaction(SIGINT, &interrupt, NULL);
	sigaction(SIGTERM, &interrupt, NULL);
	err = load(device, files);
	if (err) {
		gth_say("%s was not loaded, and the table in force stays: %s", manifest,
			gth_device_load_hint(err));
		return CTL_FAILED;
	}
	err = gth_device_info(device, &i);
	if (!err && gth_device_same_release(&before, &i) &&
	    !is_body_in_force(device, manifest, files->body, &i))
		return CTL_FAILED;
	if (!err)
		ctl_history_record(device,
				   load != gth_device_load ? GTH_HISTORY_ROLLBACK
				   : l->update		   ? GTH_HISTORY_UPDATE
							   : GTH_HISTORY_LOAD,
				   &i, &l->act);
	if (gth_listing.json)
		return ctl_table_info(device);
	if (!err) {
		gth_listing_size(memory, i.bytes);
		ctl_table_signer(signer);
		printf("loaded %s version %llu: %llu entries in %s, %s%s%s%s%s\n",
		       gth_shown(i.name), (unsigned long long)i.table_version,
		       (unsigned long long)i.entries, memory, *signer ? "signed by " : "NOT SIGNED",
		       gth_shown(signer), *l->act.checkpoint.origin ? ", proved by " : "",
		       gth_shown(l->act.checkpoint.origin),
		       i.expires <= (unsigned long long)time(NULL) ? "; it has EXPIRED" : "");
	}
	return CTL_OK;
}

/* Opens what is kept, for a change. Return: 0, or -1: it was said why not. */
static int open_kept(struct gth_table_dir *d)
{
	int err = gth_table_dir_open(d, GTH_ETC, true);

	if (!err && d->tables <= 1)
		return 0;
	if (err) {
		gth_say(GTH_ETC "/" GTH_TABLE_DIR ": %s", strerror(-err));
		return -1;
	}
	gth_say(GTH_ETC "/" GTH_TABLE_DIR
			" holds %u tables, and one can be in force: remove all but one",
		d->tables);
	gth_table_dir_close(d);
	return -1;
}

static int say_not_kept(int err)
{
	gth_say("the table is in force, but it was not kept for the next start: " GTH_ETC
		"/" GTH_TABLE_DIR ": %s",
		err == -EINVAL ? "its name cannot be one there" : strerror(-err));
	return CTL_FAILED;
}

/* The kept copy is the one that is loaded. */
static int load_copy(int device, struct ctl_load *l, struct gth_table_dir *d, const char *temp,
		     const char *manifest)
{
	struct gth_table_files files;
	struct gth_info i;
	int err = gth_table_files_open(d, temp, &files), ret;

	if (err) {
		gth_say(GTH_ETC "/" GTH_TABLE_DIR ": %s", strerror(-err));
		return CTL_FAILED;
	}
	ret = load_files(device, l, manifest, &files, gth_device_load);
	gth_table_files_close(&files);
	if (ret)
		return ret;
	err = gth_device_info(device, &i);
	if (!err)
		err = gth_table_dir_install(d, temp, i.name);
	if (err)
		return say_not_kept(err);
	ctl_keep_floor(device, i.name, false);
	return CTL_OK;
}

static int load_and_keep(int device, struct ctl_load *l, const char *manifest,
			 const struct gth_table_files *files)
{
	char temp[NAME_MAX + 1];
	struct gth_table_dir d;
	int err, ret;

	if (open_kept(&d))
		return CTL_FAILED;
	err = lseek(files->body, 0, SEEK_SET) < 0 && errno != ESPIPE ? -errno : 0;
	if (!err)
		err = gth_table_dir_stage(&d, files, temp);
	if (err) {
		gth_say(GTH_ETC "/" GTH_TABLE_DIR ": %s; the table in force stays", strerror(-err));
		ret = CTL_FAILED;
	} else {
		ret = load_copy(device, l, &d, temp, manifest);
		gth_table_dir_remove(&d, temp);
	}
	gth_table_dir_close(&d);
	return ret;
}

/* @version: of the release that the user means; 0: any. Return: 0, or -1: it was said. */
static int check_version(const struct gth_table_dir *d, int fd, uint64_t version)
{
	char text[GTH_MANIFEST_MAX + 1];
	struct gth_manifest m;
	ssize_t n = version ? gth_pread_full(fd, text, sizeof(text), 0) : 0;

	/* A manifest that is malformed the module refuses, with its own words. */
	if (n <= 0 || gth_manifest_parse(&m, text, (size_t)n) || m.version == version)
		return 0;
	gth_say(GTH_ETC "/" GTH_TABLE_DIR "/%s is version %llu, and no other one was kept: "
			"gotthardctl table load DIR loads a release from its directory",
		d->previous, m.version);
	return -1;
}

static int roll_back_to(int device, struct ctl_load *l, struct gth_table_dir *d, uint64_t version)
{
	struct gth_table_files files;
	struct gth_info i;
	int err = gth_table_files_open(d, d->previous, &files), ret = CTL_FAILED;

	if (err) {
		gth_say(GTH_ETC "/" GTH_TABLE_DIR "/%s: %s", d->previous, strerror(-err));
		return CTL_FAILED;
	}
	l->proof.back = true;
	if (!check_version(d, files.manifest, version))
		ret = ctl_proof_check(d->previous, &files, &l->proof, &l->act);
	if (!ret)
		ret = load_files(device, l, d->previous, &files, gth_device_roll_back);
	gth_table_files_close(&files);
	if (ret)
		return ret;
	err = gth_device_info(device, &i);
	if (!err)
		err = gth_table_dir_swap(d, i.name);
	if (err)
		return say_not_kept(err);
	ctl_keep_floor(device, i.name, true);
	return CTL_OK;
}

/**
 * ctl_roll_back() - back to the release that was kept before; once more, and it is forward again
 * @version: that it must have; 0: any
 *
 * Return: an exit status.
 */
int ctl_roll_back(int device, struct ctl_load *l, uint64_t version)
{
	struct gth_table_dir d;
	int ret = CTL_FAILED;

	if (open_kept(&d))
		return CTL_FAILED;
	if (!d.tables || d.releases_before != 1)
		gth_say(GTH_ETC "/" GTH_TABLE_DIR " holds %s, so there is no going back: "
				"gotthardctl table load DIR --keep keeps the release before",
			!d.tables	    ? "no table"
			: d.releases_before ? "several releases before the kept one"
					    : "no release before the kept one");
	else
		ret = roll_back_to(device, l, &d, version);
	gth_table_dir_close(&d);
	return ret;
}

/**
 * ctl_load() - into the module; and, if the user wants it, at every start from now on
 * @manifest: its name for messages
 * @files: of a release that ctl_proof_check() let pass
 *
 * Return: an exit status.
 */
int ctl_load(int device, struct ctl_load *l, const char *manifest,
	     const struct gth_table_files *files)
{
	return l->keep ? load_and_keep(device, l, manifest, files)
		       : load_files(device, l, manifest, files, gth_device_load);
}
