// SPDX-License-Identifier: GPL-2.0-or-later
/* diff.c - the diff command: what one release changes in another, and the delta of both. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/util/listing.h"
#include "lib/util/say.h"
#include "sigtool/adopt.h"
#include "sigtool/changes.h"
#include "sigtool/compare.h"
#include "sigtool/delta_write.h"
#include "sigtool/diff_options.h"
#include "sigtool/diff_report.h"
#include "sigtool/sigtool.h"

struct diff {
	struct diff_options o;
	struct database old, new;
	struct body_reader old_body, new_body;
	struct changes changes;
	struct release release;
	struct gth_progress progress;
};

static int check_pair(const struct diff *d)
{
	const struct gth_manifest *old = &d->old.m, *new = &d->new.m;

	if (strcmp(old->name, new->name) != 0) {
		bool refuse = !d->o.force || d->o.dir;

		gth_say("%s%s is of the database %s, and %s of %s%s",
			refuse ? "" : "warning: ", d->old.manifest, old->name, d->new.manifest,
			new->name,
			!refuse	   ? ""
			: d->o.dir ? ": there is no delta from one to the other"
				   : ": see --force");
		return refuse ? STATUS_INPUT : STATUS_OK;
	}
	if (d->o.dir && old->version >= new->version) {
		gth_say("%s has version %llu, and %llu is not higher: a delta leads to a later "
			"release",
			d->old.manifest, old->version, new->version);
		return STATUS_INPUT;
	}
	return STATUS_OK;
}

/* Opens what the differences are kept in, if they are needed again. */
static int prepare(struct diff *d)
{
	const char *dir = getenv("TMPDIR");
	int fd = -1, err;

	if (d->o.dir) {
		char signer[SIGNER_SIZE];
		int status = adopt_check(&d->new, signer);

		if (!status)
			status = delta_write_open(&d->release, d->o.dir, &d->new);

		if (status)
			return status;
		err = changes_init(&d->changes, d->release.dirfd);
		if (err)
			gth_say("%s: %s", d->o.dir, strerror(-err));
		return err ? STATUS_IO : STATUS_OK;
	}
	if (!dir || !*dir)
		dir = "/tmp";
	if (d->o.list)
		fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	err = d->o.list && fd < 0 ? -errno : changes_init(&d->changes, fd);
	if (fd >= 0)
		close(fd);
	if (err)
		gth_say("%s: %s: see TMPDIR", dir, strerror(-err));
	return err ? STATUS_IO : STATUS_OK;
}

static int compare(struct diff *d)
{
	const char *file = d->old.body;
	int err = body_reader_open(&d->old_body, &d->old);

	if (!err) {
		file = d->new.body;
		err = body_reader_open(&d->new_body, &d->new);
	}
	if (!err) {
		file = "comparing";
		err = compare_bodies(&d->old_body, &d->new_body, changes_add, &d->changes,
				     &d->progress);
	}
	if (!err)
		err = changes_end(&d->changes);
	gth_progress_clear(&d->progress);
	if (err) {
		gth_say("%s: %s", file, strerror(-err));
		return STATUS_IO;
	}
	if (d->old_body.problem.check)
		problem_say(d->old.body, &d->old_body.problem);
	if (d->new_body.problem.check)
		problem_say(d->new.body, &d->new_body.problem);
	return d->old_body.problem.check || d->new_body.problem.check ? STATUS_INPUT : STATUS_OK;
}

static int report(const struct diff *d)
{
	int err;

	if (gth_listing.json)
		err = diff_report_json(&d->old.m, &d->new.m, &d->changes, d->o.list);
	else
		err = diff_report_text(&d->old.m, &d->new.m, &d->changes, d->o.list);
	if (err)
		gth_say("%s", strerror(-err));
	return err ? STATUS_IO : STATUS_OK;
}

int command_diff(int argc, char **argv)
{
	static struct diff d = {
		.old_body.fd = -1, .new_body.fd = -1, .changes.fd = -1, .release.dirfd = -1
	};
	int status;

	diff_options_parse(&d.o, argc, argv);
	gth_progress_init(&d.progress, d.o.progress);
	status = database_load(&d.old, d.o.old);
	if (!status)
		status = database_load(&d.new, d.o.new);
	if (!status)
		status = check_pair(&d);
	if (!status)
		status = prepare(&d);
	if (!status)
		status = compare(&d);
	if (!status && d.o.dir)
		status = delta_write(&d.release, &d.changes, &d.old, &d.new);
	if (!status)
		status = report(&d);
	changes_free(&d.changes);
	body_reader_close(&d.old_body);
	body_reader_close(&d.new_body);
	release_close(&d.release);
	return status;
}
