// SPDX-License-Identifier: GPL-2.0-or-later
/* import.c - the import command: other people's lists in, a list for the build command out. */
#include <argp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util/listing.h"
#include "lib/util/say.h"
#include "sigtool/import/import.h"
#include "sigtool/import/report.h"
#include "sigtool/output.h"
#include "sigtool/sigtool.h"

static const struct format {
	const char *name;
	int (*run)(struct taking *t, const char *path);
	bool packages; /* reads those of an installed system, and no file */
} formats[] = {
	{ "sha256sum", import_sums, .packages = false },
	{ "clamav", import_clamav, .packages = false },
	{ "nsrl", import_nsrl, .packages = false },
	{ "malwarebazaar", import_bazaar, .packages = false },
	{ "misp", import_misp, .packages = false },
	{ "dpkg", import_dpkg, .packages = true },
	{ "rpm", import_rpm, .packages = true },
};

#define FORMATS (sizeof(formats) / sizeof(formats[0]))

struct import_options {
	const struct format *format;
	const char *list;
	char *const *file;
	int files;
	bool strict, progress;
	const char *root;
};

enum { KEY_STRICT = 256, KEY_PROGRESS, KEY_ROOT };

static const struct format *find_format(const char *name)
{
	const char *names[FORMATS];

	for (size_t i = 0; i < FORMATS; i++) {
		if (!strcmp(name, formats[i].name))
			return &formats[i];
		names[i] = formats[i].name;
	}
	exit(gth_wrong_word("format", name, names, FORMATS,
			    "gotthard-sigtool import --help lists them"));
}

static void check(struct argp_state *state, const struct import_options *o)
{
	if (!o->format)
		argp_error(state, "a format is missing");
	else if (!o->list)
		argp_error(state, "-o LIST is missing; `-' is stdout");
	else if (!o->files && !o->format->packages)
		argp_error(state, "a file is missing; `-' is stdin");
	else if (o->files && o->format->packages)
		argp_error(state, "%s takes no file; see --root", o->format->name);
	else if (o->root && !o->format->packages)
		argp_error(state, "--root is for dpkg and rpm: %s reads files", o->format->name);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct import_options *o = state->input;

	switch (key) {
	case 'o':
		o->list = arg;
		return 0;
	case KEY_STRICT:
		o->strict = true;
		return 0;
	case KEY_PROGRESS:
		o->progress = true;
		return 0;
	case KEY_ROOT:
		o->root = arg;
		return 0;
	case ARGP_KEY_ARGS:
		o->format = find_format(state->argv[state->next]);
		o->file = state->argv + state->next + 1;
		o->files = state->argc - state->next - 1;
		return 0;
	case ARGP_KEY_END:
		check(state, o);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int read_all(struct taking *t, const struct import_options *o)
{
	int status = STATUS_OK;

	if (!o->files)
		return o->format->run(t, NULL);
	for (int i = 0; i < o->files && !status; i++)
		status = o->format->run(t, o->file[i]);
	return status;
}

static int import(const struct import_options *o)
{
	static struct taking t;
	struct output out;
	int status = STATUS_OK;
	int err = output_open(&out, o->list);

	t.list = o->list;
	t.strict = o->strict;
	t.root = o->root ? o->root : "/";
	gth_progress_init(&t.progress, o->progress);
	if (!err)
		err = gth_sink_init(&t.sink, out.fd, NULL);
	if (!err)
		status = read_all(&t, o);
	gth_progress_clear(&t.progress);
	if (!err && !status)
		err = gth_sink_flush(&t.sink);
	if (!err && !status)
		err = output_commit(&out);
	output_abort(&out);
	if (err) {
		gth_say("%s: %s", o->list, strerror(-err));
		status = STATUS_IO;
	}
	if (!status && report_taking(&t, o->format->name, strcmp(o->list, "-") != 0))
		status = STATUS_IO;
	taking_free(&t);
	return status;
}

int command_import(int argc, char **argv)
{
	static const struct argp_option options[] = {
		{ .name = "output",
		  .key = 'o',
		  .arg = "LIST",
		  .doc = "Write the list to this file; - is stdout" },
		{ .name = "strict",
		  .key = KEY_STRICT,
		  .doc = "Refuse the first record that is not taken, and write nothing" },
		{ .name = "root",
		  .key = KEY_ROOT,
		  .arg = "DIR",
		  .doc = "dpkg, rpm: the packages of the system whose root directory is DIR; default /" },
		{ .name = "progress",
		  .key = KEY_PROGRESS,
		  .doc = "Show progress also without a terminal" },
		{ 0 }
	};
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.children = gth_json_children,
		.args_doc = "FORMAT [FILE...]",
		.doc = "Reads digests of files from lists of other programs, and writes a list "
		       "that the build command takes.\v"
		       "FORMAT is one of: sha256sum, clamav, nsrl, malwarebazaar, misp, dpkg, rpm."
	};
	struct import_options o = { 0 };

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	return import(&o);
}
