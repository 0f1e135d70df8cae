// SPDX-License-Identifier: GPL-2.0-or-later
/* policy.c - gotthardctl policy: show, get and set the knobs. */
#include "ctl.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "guard.h"
#include "knobs.h"
#include "lib/host/device.h"
#include "lib/host/policy_file.h"
#include "lib/host/sysfs.h"
#include "lib/host/table_dir.h"
#include "lib/util/json.h"
#include "lib/util/listing.h"
#include "lib/util/say.h"
#include "lib/util/visible.h"
#include "live_policy.h"

static struct {
	bool keep, yes;
	char *words[3];
	int n;
} options;

static error_t parse(int key, char *arg, struct argp_state *state)
{
	switch (key) {
	case 'k':
		options.keep = true;
		return 0;
	case 'y':
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
	{ "yes", 'y', NULL, 0, "set it although files that this machine needs would be refused",
	  0 },
	{ "keep", 'k', NULL, 0, "set: and again at every start of gotthardd", 0 },
	{ 0 }
};

static const struct argp argp = {
	.options = option_table,
	.parser = parse,
	.children = gth_json_children,
	.args_doc = "[show]\nget NAME\nset NAME VALUE\nsave",
	.doc = "Shows and sets policy. A change is in force when the command returns.\v"
	       "NAME is a file below /sys/kernel/gotthard/policy, such as mode or hooks/open. "
	       "set --keep writes the value to " GTH_ETC "/" GTH_POLICY_FILE
	       " too, and save all that are in force; gotthardd sets them when it starts.",
};

static void show_line(const char *name, const char *value, void *ctx)
{
	printf("%s%-*s %s\n", (const char *)ctx, (int)(24 - strlen(ctx)), name, gth_shown(value));
}

static void show_json(const char *name, const char *value, void *ctx)
{
	json_object_set_new(ctx, name, gth_json_text(value));
}

static int show(void)
{
	json_t *all, *hooks;

	if (!gth_listing.json) {
		ctl_each_file("policy", show_line, "");
		ctl_each_file("policy/hooks", show_line, "hooks/");
		return CTL_OK;
	}
	all = json_object();
	hooks = json_object();
	ctl_each_file("policy", show_json, all);
	ctl_each_file("policy/hooks", show_json, hooks);
	json_object_set_new(all, "hooks", hooks);
	return gth_json_print(all) ? CTL_FAILED : CTL_OK;
}

static int no_knob(const char *name)
{
	char paths[GTH_KNOB_MAX][64];
	const char *names[GTH_KNOB_MAX];

	for (int id = 0; id < GTH_KNOB_MAX; id++) {
		ctl_knob_path((enum gth_knob_id)id, paths[id], sizeof(paths[id]));
		names[id] = paths[id] + strlen("policy/");
	}
	return gth_wrong_word("knob", name, names, GTH_KNOB_MAX,
			      "gotthardctl policy show lists them");
}

static int get(const char *name)
{
	char path[PATH_MAX], value[GTH_VALUE_MAX];
	int id = ctl_knob_find(name), err;

	if (id < 0)
		return no_knob(name);
	if (ctl_need_module())
		return CTL_NOT_LOADED;
	ctl_knob_path((enum gth_knob_id)id, path, sizeof(path));
	err = gth_sysfs_read(path, value, sizeof(value));
	if (err < 0) {
		gth_say("%s: %s", path, strerror(-err));
		return CTL_FAILED;
	}
	if (gth_listing.json)
		return gth_json_print(json_pack("{s:o}", name, gth_json_text(value))) ? CTL_FAILED
										      : CTL_OK;
	puts(gth_shown(value));
	return CTL_OK;
}

/*
 * check() - may a knob have this value?
 * @id: the knob; GTH_KNOB_MAX: may the next start have the policy in force? Nothing has begun then.
 *
 * Return: CTL_OK; or what to exit with: the reason was printed.
 */
static int check(enum gth_knob_id id, u64 value)
{
	struct gth_policy then;
	const struct ctl_change change = { .policy = &then, .at_boot = id == GTH_KNOB_MAX };
	int device, err = ctl_policy_read(&then);

	if (id < GTH_KNOB_MAX)
		then.value[id] = value;
	if (!err && then.value[GTH_KNOB_MODE] != GTH_MODE_ENFORCE)
		return CTL_OK;
	device = ctl_open_device();
	if (device < 0)
		return CTL_NOT_LOADED;
	err = ctl_guard(device, &change);
	close(device);
	return err ? CTL_FAILED : CTL_OK;
}

static int keep(const char *name, const char *text)
{
	int err = gth_policy_file_set(GTH_ETC, name, text);

	if (err)
		gth_say("it is in force, but was not kept for the next start: " GTH_ETC
			"/" GTH_POLICY_FILE ": %s",
			strerror(-err));
	return err ? CTL_FAILED : CTL_OK;
}

/* All that is in force. */
static int save(void)
{
	struct gth_policy_file p = { .n = 0 };
	char path[PATH_MAX];
	int err = 0, ret = options.yes ? CTL_OK : check(GTH_KNOB_MAX, 0);

	if (ret)
		return ret;
	for (int id = 0; id < GTH_KNOB_MAX && !err; id++) {
		struct gth_policy_line *l = &p.at[p.n++];

		ctl_knob_path((enum gth_knob_id)id, path, sizeof(path));
		snprintf(l->knob, sizeof(l->knob), "%s%s", gth_knobs[id].hook ? "hooks/" : "",
			 gth_knobs[id].name);
		err = gth_sysfs_read(path, l->value, sizeof(l->value));
		err = err < 0 ? err : 0;
	}
	if (!err)
		err = gth_policy_file_save(GTH_ETC, &p);
	if (err)
		gth_say(GTH_ETC "/" GTH_POLICY_FILE ": %s", strerror(-err));
	return err ? CTL_FAILED : CTL_OK;
}

static int set(enum gth_knob_id id, u64 value, const char *text)
{
	char path[PATH_MAX];
	int err, ret = options.yes ? CTL_OK : check(id, value);

	if (ret)
		return ret;
	ctl_knob_path(id, path, sizeof(path));
	err = gth_sysfs_write(path, text);
	if (err)
		gth_say("%s: %s", path, strerror(-err));
	if (!err && options.keep)
		return keep(path + strlen("policy/"), text);
	return !err ? CTL_OK : err == -EACCES || err == -EPERM ? CTL_NOT_LOADED : CTL_FAILED;
}

/* Faults of the words are reported whether or not there is a module. */
static int set_words(const char *name, const char *text)
{
	int id = ctl_knob_find(name);
	char legal[128];
	u64 value;

	if (id < 0)
		return no_knob(name);
	if (gth_knob_parse((enum gth_knob_id)id, text, &value)) {
		ctl_knob_legal((enum gth_knob_id)id, legal, sizeof(legal));
		gth_say("%s: '%s' is not %s", name, text, legal);
		return CTL_USAGE;
	}
	return ctl_need_module() ? CTL_NOT_LOADED : set((enum gth_knob_id)id, value, text);
}

static const char *const verbs[] = { "show", "get", "set", "save", NULL };

int ctl_policy(int argc, char **argv)
{
	const char *verb;

	argp_parse(&argp, argc, argv, 0, NULL, NULL);
	verb = options.n ? options.words[0] : "show";
	if (!strcmp(verb, "set") && options.n == 3)
		return set_words(options.words[1], options.words[2]);
	if (!strcmp(verb, "show") && options.n <= 1)
		return ctl_need_module() ? CTL_NOT_LOADED : show();
	if (!strcmp(verb, "get") && options.n == 2)
		return get(options.words[1]);
	if (!strcmp(verb, "save") && options.n == 1)
		return ctl_need_module() ? CTL_NOT_LOADED : save();
	return gth_wrong_verb(verb, verbs, "show, get NAME, set NAME VALUE, save");
}
