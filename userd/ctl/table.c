// SPDX-License-Identifier: GPL-2.0-or-later
/* table.c - gotthardctl table: load, show and drop the signature table. */
#include "ctl.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "guard.h"
#include "table_history.h"
#include "table_info.h"
#include "table_load.h"
#include "table_empty.h"
#include "table_proof.h"
#include "table_update.h"
#include "lib/host/device.h"
#include "lib/host/verdict_file.h"
#include "lib/util/listing.h"
#include "lib/util/number.h"
#include "lib/util/say.h"

static struct {
	struct ctl_load load;
	struct ctl_update update;
	const char *why, *proof;
	unsigned long long version; /* of rollback and pin; 0: any */
	char *words[4];		    /* a missing one is NULL */
	int n;
} options;

enum { KEY_PROOF = 512, KEY_WITHOUT_PROOF, KEY_LOG, KEY_FRESHNESS };

static error_t parse(int key, char *arg, struct argp_state *state)
{
	unsigned long long freshness;

	switch (key) {
	case 'k':
		options.load.keep = true;
		return 0;
	case CTL_KEY_EMPTY:
		options.update.allow_empty = true;
		return 0;
	case CTL_KEY_YES:
		options.load.yes = true;
		return 0;
	case KEY_PROOF:
		options.proof = arg;
		return 0;
	case KEY_FRESHNESS:
		if (gth_number_parse(arg, LLONG_MAX, &freshness) || !freshness)
			argp_error(state, "'%s' is not a number of seconds", arg);
		options.update.freshness = freshness;
		return 0;
	case KEY_LOG:
		options.load.proof.log = arg;
		return 0;
	case KEY_WITHOUT_PROOF:
		options.load.proof.without = true;
		return 0;
	case 'w':
		if (!gth_why_ok(arg))
			argp_error(state, GTH_WHY_TEXT, GTH_WHY_SIZE - 1);
		options.why = arg;
		return 0;
	case ARGP_KEY_ARG:
		if (options.n == 4)
			argp_error(state, "too many arguments");
		options.words[options.n++] = arg;
		return 0;
	case ARGP_KEY_END:
		if (options.load.proof.without && !options.why)
			argp_error(state, "--without-proof needs a reason, which is recorded: "
					  "--why TEXT");
		if (options.load.proof.without && (options.proof || options.load.proof.log))
			argp_error(state, "--without-proof excludes --proof and --log");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option option_table[] = {
	CTL_EMPTY_OPTION,
	CTL_YES_OPTION,
	{ "keep", 'k', NULL, 0, "load: and again at every start of gotthardd", 0 },
	{ "proof", KEY_PROOF, "FILE", 0, "load: the proof, if it is not the file proof in DIR", 0 },
	{ "log", KEY_LOG, "DIR", 0,
	  "load: the files of the log, which show that it continues what was seen of it", 0 },
	{ "freshness", KEY_FRESHNESS, "SECONDS", 0,
	  "update: the log is frozen if no quorum of witnesses has seen it for so long", 0 },
	{ "without-proof", KEY_WITHOUT_PROOF, NULL, 0,
	  "load, rollback: although the release is not proved; needs --why", 0 },
	{ "why", 'w', "TEXT", 0, "the reason for a change, which is recorded", 0 },
	{ 0 }
};

static const struct argp argp = {
	.options = option_table,
	.parser = parse,
	.children = gth_list_children,
	.args_doc =
		"info\nload DIR\nload MANIFEST BODY [SIGNATURE]\nrollback [VERSION]\ndrop\nupdate LOGDIR [NAME]\npin VERSION\nunpin\nhistory",
	.doc = "Shows, replaces or drops the signature table.\v"
	       "DIR holds the files manifest and body, as gotthard-sigtool build writes them, "
	       "manifest.p7s, as gotthard-sigtool sign writes it, and proof, as gotthard-region "
	       "prove writes it. Where this machine has a policy (" GTH_ETC "/tables.policy), the "
	       "proof must hold by it, or nothing is loaded (exit status 4). The "
	       "table in force stays until the new one is read and checked whole, and after any "
	       "error or Ctrl-C. A table that lists the empty file as malicious or suspicious is not loaded "
	       "without --allow-empty. With --keep it is copied to " GTH_ETC "/" GTH_TABLE_DIR
	       ", and the release that was kept before stays there for rollback. LOGDIR is a log of "
	       "releases, or a copy of one: its newest release is loaded and kept, if it is newer "
	       "than the one in force, the log is believed by the policy, and no pin forbids it.",
};

static int open_input(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		gth_say("%s: %s", path, strerror(errno));
	return fd;
}

/* Faults of the files themselves are reported whether or not there is a module. */
static int load_opened(const char *manifest, const char *body, struct gth_table_files *files)
{
	int device, ret = ctl_proof_check(manifest, files, &options.load.proof, &options.load.act);

	if (ret)
		return ret;
	if (!ctl_empty_is_fine(body, files->body, options.update.allow_empty))
		return CTL_FAILED;
	device = ctl_open_device();
	if (device < 0)
		return CTL_NOT_LOADED;
	ret = ctl_load(device, &options.load, manifest, files);
	close(device);
	return ret;
}

/* A file that a release may lack, unless the user has named it. Return: whether it is fine. */
static bool open_part(const char *path, bool named, int *fd)
{
	if (!path || (!named && access(path, F_OK) && errno == ENOENT))
		return true;
	*fd = open_input(path);
	return *fd >= 0;
}

/* @optional: a signature or a proof that is not there is none */
static int load(const char *manifest, const char *body, const char *signature, const char *proof,
		bool optional)
{
	struct gth_table_files files = GTH_TABLE_NO_FILES;
	int ret = CTL_FAILED;

	files.manifest = open_input(manifest);
	files.body = open_input(body);
	if (files.manifest >= 0 && files.body >= 0 &&
	    open_part(signature, !optional, &files.signature) &&
	    open_part(proof, !optional || options.proof, &files.proof))
		ret = load_opened(manifest, body, &files);
	gth_table_files_close(&files);
	return ret;
}

static int load_words(void)
{
	char manifest[PATH_MAX], body[PATH_MAX], signature[PATH_MAX], proof[PATH_MAX];

	if (options.n > 2)
		return load(options.words[1], options.words[2], options.words[3], options.proof,
			    false);
	snprintf(manifest, sizeof(manifest), "%s/manifest", options.words[1]);
	snprintf(body, sizeof(body), "%s/body", options.words[1]);
	snprintf(signature, sizeof(signature), "%s/manifest.p7s", options.words[1]);
	snprintf(proof, sizeof(proof), "%s/proof", options.words[1]);
	return load(manifest, body, signature, options.proof ? options.proof : proof, true);
}

static int drop(int device)
{
	const struct ctl_change change = { .new_table = true, .body = -1 };
	struct gth_info before = { 0 };
	int err;

	if (!options.load.yes && ctl_guard(device, &change))
		return CTL_FAILED;
	gth_device_info(device, &before);
	err = gth_device_drop(device);
	if (err == -ENOENT) {
		gth_say("no table is loaded");
		return CTL_OK;
	}
	if (err) {
		gth_say("%s", strerror(-err));
		return CTL_FAILED;
	}
	ctl_history_record(device, GTH_HISTORY_DROP, &before, &options.load.act);
	if (gth_listing.json)
		return ctl_table_info(device);
	puts("dropped; every file is unknown now");
	return CTL_OK;
}

static int roll_back(int device)
{
	return ctl_roll_back(device, &options.load, options.version);
}

static int update(int device)
{
	options.update.log = options.words[1];
	options.update.name = options.words[2];
	return ctl_update(device, &options.load, &options.update);
}

static int pin(int device)
{
	return ctl_pin(device, &options.load.act, options.version);
}

static int unpin(int device)
{
	return ctl_unpin(device, &options.load.act);
}

static const struct verb {
	const char *name;
	int least, most; /* words */
	int (*run)(int device);
	bool changes; /* options of a change are for it */
	int version;  /* the word that is a version; 0: none */
} runs[] = { { "info", 0, 1, ctl_table_info, false, 0 },
	     { "drop", 1, 1, drop, true, 0 },
	     { "rollback", 1, 2, roll_back, true, 1 },
	     { "update", 2, 3, update, true, 0 },
	     { "pin", 2, 2, pin, true, 1 },
	     { "unpin", 1, 1, unpin, true, 0 } };

static const char *const verbs[] = { "info", "load",  "rollback", "drop", "update",
				     "pin",  "unpin", "history",  NULL };

/* Return: NULL: not one that needs the module alone. */
static const struct verb *find(const char *name)
{
	for (size_t i = 0; i < sizeof(runs) / sizeof(*runs); i++)
		if (!strcmp(runs[i].name, name) && options.n >= runs[i].least &&
		    options.n <= runs[i].most)
			return &runs[i];
	return NULL;
}

int ctl_table(int argc, char **argv)
{
	const struct verb *v;
	const char *name;
	int device, ret;

	argp_parse(&argp, argc, argv, 0, NULL, NULL);
	if (options.why)
		snprintf(options.load.act.why, sizeof(options.load.act.why), "%s", options.why);
	name = options.n ? options.words[0] : "info";
	if (!strcmp(name, "load") && options.n >= 2)
		return load_words();
	v = find(name);
	if (options.proof || options.load.proof.log) {
		gth_say("--proof and --log are for load");
		return CTL_USAGE;
	}
	if (options.why && !(v && v->changes)) {
		gth_say("--why is for changes, such as load, rollback and pin");
		return CTL_USAGE;
	}
	if (!strcmp(name, "history") && options.n == 1)
		return ctl_history();
	if (!v)
		return gth_wrong_verb(
			name, verbs,
			"info, load DIR, load MANIFEST BODY [SIGNATURE], rollback [VERSION], "
			"drop, update LOGDIR [NAME], pin VERSION, unpin, history");
	if (v->version && options.words[v->version] &&
	    (gth_number_parse(options.words[v->version], LLONG_MAX, &options.version) ||
	     !options.version)) {
		gth_say("'%s' is not a version", options.words[v->version]);
		return CTL_USAGE;
	}
	device = ctl_open_device();
	if (device < 0)
		return CTL_NOT_LOADED;
	ret = v->run(device);
	close(device);
	return ret;
}
