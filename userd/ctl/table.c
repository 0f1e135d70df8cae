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
#include "lib/device.h"
#include "lib/empty.h"
#include "lib/json.h"
#include "lib/names.h"
#include "lib/say.h"
#include "lib/sysfs.h"
#include "lib/utc.h"
#include "lib/visible.h"

static struct {
	bool json, allow_empty, yes;
	char *words[3];
	int n;
} options;

static error_t parse(int key, char *arg, struct argp_state *state)
{
	switch (key) {
	case 'j':
		options.json = true;
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
	CTL_JSON_OPTION, CTL_EMPTY_OPTION, CTL_YES_OPTION, { 0 }
};

static const struct argp argp = {
	.options = option_table,
	.parser = parse,
	.children = gth_argp_children,
	.args_doc = "info\nload DIR\nload MANIFEST BODY\ndrop",
	.doc = "Shows, replaces or drops the signature table.\v"
	       "DIR holds the files manifest and body, as gotthard-sigtool build writes them. The "
	       "table in force stays until the new one is read and checked whole, and after any "
	       "error or Ctrl-C. A table that lists the empty file as malicious or suspicious is not loaded "
	       "without --allow-empty.",
};

static const char *const count_names[] = { "malicious", "suspicious", "trusted" };

static int info(int device)
{
	unsigned long long counts[3] = { 0 };
	bool expired;
	struct gth_info i;
	char created[GTH_UTC_SIZE], expires[GTH_UTC_SIZE], file[64];
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
	if (options.json)
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
	printf("memory      %llu bytes (%.2f an entry)\ncreated     %s\nexpires     %s%s\n"
	       "verdicts    %llu\n",
	       (unsigned long long)i.bytes, i.entries ? (double)i.bytes / (double)i.entries : 0.0,
	       created, expires, expired ? " (EXPIRED)" : "", (unsigned long long)i.verdicts);
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

static int load_fds(int device, const char *manifest, int manifest_fd, int body_fd)
{
	const struct ctl_change change = { .new_table = true, .body = body_fd };
	struct sigaction interrupt = { .sa_handler = on_interrupt };
	struct gth_info i;
	int err;

	if (!options.yes && ctl_guard(device, &change))
		return CTL_FAILED;
	sigaction(SIGINT, &interrupt, NULL);
	sigaction(SIGTERM, &interrupt, NULL);
	err = gth_device_load(device, manifest_fd, body_fd);
	if (err) {
		gth_say("%s was not loaded, and the table in force stays: %s", manifest,
			gth_device_load_hint(err));
		return CTL_FAILED;
	}
	if (options.json)
		return info(device);
	if (!gth_device_info(device, &i))
		printf("loaded %s version %llu: %llu entries in %llu bytes%s\n", gth_shown(i.name),
		       (unsigned long long)i.table_version, (unsigned long long)i.entries,
		       (unsigned long long)i.bytes,
		       i.expires <= (unsigned long long)time(NULL) ? "; it has EXPIRED" : "");
	return CTL_OK;
}

/* What is wrong with the files themselves is said whether or not there is a module. */
static int load(const char *manifest, const char *body)
{
	int manifest_fd = open_input(manifest), body_fd = open_input(body), device;
	int ret = CTL_FAILED;

	if (manifest_fd >= 0 && body_fd >= 0 && empty_is_fine(body, body_fd)) {
		device = ctl_open_device();
		ret = device < 0 ? CTL_NOT_LOADED
				 : load_fds(device, manifest, manifest_fd, body_fd);
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
	if (options.json)
		return info(device);
	puts("dropped; every file is unknown now");
	return CTL_OK;
}

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
	if (!run) {
		gth_say("say one of: info, load DIR, load MANIFEST BODY, drop");
		return CTL_USAGE;
	}
	device = ctl_open_device();
	if (device < 0)
		return CTL_NOT_LOADED;
	ret = run(device);
	close(device);
	return ret;
}
