// SPDX-License-Identifier: GPL-2.0-or-later
/* table.c - gotthardctl table: load, show and drop the signature table. */
#include "ctl.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>

#include "guard.h"
#include "lib/host/device.h"
#include "lib/host/empty.h"
#include "lib/util/json.h"
#include "lib/util/listing.h"
#include "lib/host/names.h"
#include "lib/util/say.h"
#include "lib/host/sysfs.h"
#include "lib/host/table_dir.h"
#include "lib/util/utc.h"
#include "lib/util/visible.h"

static struct {
	bool keep, allow_empty, yes;
	char *words[3];
	int n;
} options;

static error_t parse(int key, char *arg, struct argp_state *state)
{
	switch (key) {
	case 'k':
		options.keep = true;
		return 0;
	case CTL_KEY_EMPTY:
		options.allow_empty = true;
		return 0;
	case CTL_KEY_YES:
		options.yes = true;
		return 0;
	case ARGP_KEY_ARG:
		if (options.n == 3)
			argp_error(state, "too many arguments");
		options.words[options.n++] = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option option_table[] = {
	CTL_EMPTY_OPTION,
	CTL_YES_OPTION,
	{ "keep", 'k', NULL, 0, "load: and again at every start of gotthardd", 0 },
	{ 0 }
};

static const struct argp argp = {
	.options = option_table,
	.parser = parse,
	.children = gth_unit_children,
	.args_doc = "info\nload DIR\nload MANIFEST BODY\nrollback\ndrop",
	.doc = "Shows, replaces or drops the signature table.\v"
	       "DIR holds the files manifest and body, as gotthard-sigtool build writes them. The "
	       "table in force stays until the new one is read and checked whole, and after any "
	       "error or Ctrl-C. A table that lists the empty file as malicious or suspicious is not loaded "
	       "without --allow-empty. With --keep it is copied to " GTH_ETC "/" GTH_TABLE_DIR
	       ", and the release that was kept before stays there for rollback.",
};

static const char *const count_names[] = { "malicious", "suspicious", "trusted" };

static int info(int device)
{
	unsigned long long counts[3] = { 0 };
	bool expired;
	struct gth_info i;
	char created[GTH_UTC_SIZE], expires[GTH_UTC_SIZE], memory[GTH_UNITS_SIZE], file[64];
	int err = gth_device_info(device, &i);

	if (err) {
		gth_say("%s", strerror(-err));
		return CTL_FAILED;
	}
	for (int c = 0; c < 3; c++) {
		snprintf(file, sizeof(file), "table/%s", count_names[c]);
		gth_sysfs_read_u64(file, &counts[c]);
	}
	expired = i.table_version && i.expires <= (unsigned long long)time(NULL);
	gth_utc_format(created, i.created);
	gth_utc_format(expires, i.expires);
	if (gth_listing.json)
		/* A name and its value to a line. */
		/* clang-format off */
		return gth_json_print(json_pack(
			"{s:b, s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:b, s:I}",
			"loaded", i.table_version != 0, "name", gth_json_text(i.name),
			"version", (json_int_t)i.table_version,
			"entries", (json_int_t)i.entries, "malicious", (json_int_t)counts[0],
			"suspicious", (json_int_t)counts[1], "trusted", (json_int_t)counts[2],
			"bytes", (json_int_t)i.bytes, "created", (json_int_t)i.created,
			"expires", (json_int_t)i.expires, "expired", expired,
			"verdicts", (json_int_t)i.verdicts)) ? CTL_FAILED : CTL_OK;
	/* clang-format on */
	if (!i.table_version) {
		printf("no table is loaded; %llu verdicts\n", (unsigned long long)i.verdicts);
		return CTL_OK;
	}
	printf("name        %s\nversion     %llu\nentries     %llu\n", gth_shown(i.name),
	       (unsigned long long)i.table_version, (unsigned long long)i.entries);
	for (int c = 0; c < 3; c++)
		printf("%-11s %llu\n", count_names[c], counts[c]);
	gth_listing_size(memory, i.bytes);
	printf("memory      %s (%.2f bytes an entry)\ncreated     %s\nexpires     %s%s\n"
	       "verdicts    %llu\n",
	       memory, i.entries ? (double)i.bytes / (double)i.entries : 0.0, created, expires,
	       expired ? " (EXPIRED)" : "", (unsigned long long)i.verdicts);
	return CTL_OK;
}

static int open_input(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		gth_say("%s: %s", path, strerror(errno));
	return fd;
}

/* Ctrl-C interrupts the ioctl; without a handler it would end the program unsaid. */
static void on_interrupt(int signal)
{
	(void)signal;
}

/* By the descriptor that the module gets. Return: may it be loaded? */
static bool empty_is_fine(const char *body, int fd)
{
	u8 class;
	int err = gth_empty_find(fd, &class);

	/* What else is wrong with it the module says. */
	if (err == -ESPIPE && !options.allow_empty)
		gth_say("%s: cannot be read twice, and was not searched for the digest of the empty file",
			body);
	if (err || class == GTH_CLASS_UNKNOWN || class == GTH_CLASS_TRUSTED)
		return true;
	if (options.allow_empty)
		gth_say("%s: warning: " GTH_EMPTY_TEXT, body, gth_class_name(class));
	else
		gth_say("%s: " GTH_EMPTY_TEXT
			"; it was not loaded, and the table in force stays (build it without, or insist with --allow-empty)",
			body, gth_class_name(class));
	return options.allow_empty;
}

typedef int load_fn(int device, const struct gth_table_files *files);

static int load_fds(int device, const char *manifest, const struct gth_table_files *files,
		    load_fn *load)
{
	const struct ctl_change change = { .new_table = true, .body = files->body };
	struct sigaction interrupt = { .sa_handler = on_interrupt };
	char memory[GTH_UNITS_SIZE];
	struct gth_info i;
	int err;

	if (!options.yes && ctl_guard(device, &change))
		return CTL_FAILED;
	sigaction(SIGINT, &interrupt, NULL);
	sigaction(SIGTERM, &interrupt, NULL);
	err = load(device, files);
	if (err) {
		gth_say("%s was not loaded, and the table in force stays: %s", manifest,
			gth_device_load_hint(err));
		return CTL_FAILED;
	}
	if (gth_listing.json)
		return info(device);
	if (!gth_device_info(device, &i)) {
		gth_listing_size(memory, i.bytes);
		printf("loaded %s version %llu: %llu entries in %s%s\n", gth_shown(i.name),
		       (unsigned long long)i.table_version, (unsigned long long)i.entries, memory,
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

/* What is loaded is the copy that is kept. */
static int load_copy(int device, struct gth_table_dir *d, const char *temp, const char *manifest)
{
	struct gth_table_files files;
	struct gth_info i;
	int err = gth_table_files_open(d, temp, &files), ret;

	if (err) {
		gth_say(GTH_ETC "/" GTH_TABLE_DIR ": %s", strerror(-err));
		return CTL_FAILED;
	}
	ret = load_fds(device, manifest, &files, gth_device_load);
	gth_table_files_close(&files);
	if (ret)
		return ret;
	err = gth_device_info(device, &i);
	if (!err)
		err = gth_table_dir_install(d, temp, i.name);
	return err ? say_not_kept(err) : CTL_OK;
}

static int load_and_keep(int device, const char *manifest, int manifest_fd, int body_fd)
{
	const struct gth_table_files files = { manifest_fd, body_fd, -1, -1 };
	char temp[NAME_MAX + 1];
	struct gth_table_dir d;
	int err, ret;

	if (open_kept(&d))
		return CTL_FAILED;
	err = lseek(body_fd, 0, SEEK_SET) < 0 && errno != ESPIPE ? -errno : 0;
	if (!err)
		err = gth_table_dir_stage(&d, &files, temp);
	if (err) {
		gth_say(GTH_ETC "/" GTH_TABLE_DIR ": %s; the table in force stays", strerror(-err));
		ret = CTL_FAILED;
	} else {
		ret = load_copy(device, &d, temp, manifest);
		gth_table_dir_remove(&d, temp);
	}
	gth_table_dir_close(&d);
	return ret;
}

static int roll_back_to(int device, struct gth_table_dir *d)
{
	struct gth_table_files files;
	struct gth_info i;
	int err = gth_table_files_open(d, d->previous, &files), ret;

	if (err) {
		gth_say(GTH_ETC "/" GTH_TABLE_DIR "/%s: %s", d->previous, strerror(-err));
		return CTL_FAILED;
	}
	ret = load_fds(device, d->previous, &files, gth_device_roll_back);
	gth_table_files_close(&files);
	if (ret)
		return ret;
	err = gth_device_info(device, &i);
	if (!err)
		err = gth_table_dir_swap(d, i.name);
	return err ? say_not_kept(err) : CTL_OK;
}

/* Back to the release that was kept before; once more, and it is forward again. */
static int roll_back(int device)
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
		ret = roll_back_to(device, &d);
	gth_table_dir_close(&d);
	return ret;
}

/* What is wrong with the files themselves is said whether or not there is a module. */
static int load(const char *manifest, const char *body)
{
	int manifest_fd = open_input(manifest), body_fd = open_input(body), device;
	const struct gth_table_files files = { manifest_fd, body_fd, -1, -1 };
	int ret = CTL_FAILED;

	if (manifest_fd >= 0 && body_fd >= 0 && empty_is_fine(body, body_fd)) {
		device = ctl_open_device();
		if (device < 0)
			ret = CTL_NOT_LOADED;
		else if (options.keep)
			ret = load_and_keep(device, manifest, manifest_fd, body_fd);
		else
			ret = load_fds(device, manifest, &files, gth_device_load);
		if (device >= 0)
			close(device);
	}
	if (manifest_fd >= 0)
		close(manifest_fd);
	if (body_fd >= 0)
		close(body_fd);
	return ret;
}

static int load_words(void)
{
	char manifest[PATH_MAX], body[PATH_MAX];

	if (options.n == 3)
		return load(options.words[1], options.words[2]);
	snprintf(manifest, sizeof(manifest), "%s/manifest", options.words[1]);
	snprintf(body, sizeof(body), "%s/body", options.words[1]);
	return load(manifest, body);
}

static int drop(int device)
{
	const struct ctl_change change = { .new_table = true, .body = -1 };
	int err;

	if (!options.yes && ctl_guard(device, &change))
		return CTL_FAILED;
	err = gth_device_drop(device);
	if (err == -ENOENT) {
		gth_say("no table is loaded");
		return CTL_OK;
	}
	if (err) {
		gth_say("%s", strerror(-err));
		return CTL_FAILED;
	}
	if (gth_listing.json)
		return info(device);
	puts("dropped; every file is unknown now");
	return CTL_OK;
}

static const char *const verbs[] = { "info", "load", "rollback", "drop", NULL };

int ctl_table(int argc, char **argv)
{
	int (*run)(int device) = NULL;
	const char *verb;
	int device, ret;

	argp_parse(&argp, argc, argv, 0, NULL, NULL);
	verb = options.n ? options.words[0] : "info";
	if (!strcmp(verb, "load") && options.n >= 2)
		return load_words();
	if (!strcmp(verb, "info") && options.n <= 1)
		run = info;
	else if (!strcmp(verb, "drop") && options.n == 1)
		run = drop;
	else if (!strcmp(verb, "rollback") && options.n == 1)
		run = roll_back;
	if (!run)
		return gth_wrong_verb(verb, verbs,
				      "info, load DIR, load MANIFEST BODY, rollback, drop");
	device = ctl_open_device();
	if (device < 0)
		return CTL_NOT_LOADED;
	ret = run(device);
	close(device);
	return ret;
}
