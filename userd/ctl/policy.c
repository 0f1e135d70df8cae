// SPDX-License-Identifier: GPL-2.0-or-later
/* policy.c - gotthardctl policy: show, get and set the knobs. */
#include "ctl.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "knobs.h"
#include "lib/json.h"
#include "lib/say.h"
#include "lib/sysfs.h"
#include "lib/visible.h"

static struct {
	bool json, yes;
	char *words[3];
	int n;
} options;

static error_t parse(int key, char *arg, struct argp_state *state)
{
	switch (key) {
	case 'j':
		options.json = true;
		return 0;
	case 'y':
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
	CTL_JSON_OPTION,
	{ "yes", 'y', NULL, 0, "set it although every program would be denied", 0 },
	{ 0 }
};

static const struct argp argp = {
	.options = option_table,
	.parser = parse,
	.args_doc = "[show]\nget NAME\nset NAME VALUE",
	.doc = "Shows and sets policy. A change is in force when the command returns.\v"
	       "NAME is a file below /sys/kernel/gotthard/policy, such as mode or hooks/open.",
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

	if (!options.json) {
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

static int knob_path(char *path, size_t size, const char *name)
{
	int n = snprintf(path, size, "policy/%s", name);

	if (strstr(name, "..") || name[0] == '/' || n < 0 || (size_t)n >= size)
		return -EINVAL;
	return 0;
}

static int get(const char *name)
{
	char path[PATH_MAX], value[GTH_VALUE_MAX];
	int err = knob_path(path, sizeof(path), name);

	if (!err)
		err = gth_sysfs_read(path, value, sizeof(value));
	if (err < 0) {
		gth_say("no knob '%s'; gotthardctl policy show lists them", name);
		return CTL_FAILED;
	}
	if (options.json)
		return gth_json_print(json_pack("{s:o}", name, gth_json_text(value))) ? CTL_FAILED
										      : CTL_OK;
	puts(gth_shown(value));
	return CTL_OK;
}

/* Would enforce with this deny every program, for nothing is trusted? */
static bool locks_out(const char *name, const char *value)
{
	unsigned long long trusted = 0;
	char mode[32] = "", exec[32] = "";

	gth_sysfs_read("policy/mode", mode, sizeof(mode));
	gth_sysfs_read("policy/exec_unknown", exec, sizeof(exec));
	if (!strcmp(name, "mode"))
		snprintf(mode, sizeof(mode), "%s", value);
	else if (!strcmp(name, "exec_unknown"))
		snprintf(exec, sizeof(exec), "%s", value);
	else
		return false;
	gth_sysfs_read_u64("table/trusted", &trusted);
	return !strcmp(mode, "enforce") && !strcmp(exec, "deny") && !trusted;
}

static int set(const char *name, const char *value)
{
	char path[PATH_MAX];
	int err = knob_path(path, sizeof(path), name);

	if (!err && !options.yes && locks_out(name, value)) {
		gth_say("the table trusts no file, so every program would be denied, this one too; load a table with trusted files first, or say --yes");
		return CTL_FAILED;
	}
	if (!err)
		err = gth_sysfs_write(path, value);
	switch (err) {
	case 0:
		return CTL_OK;
	case -EINVAL:
		gth_say("'%s' is no value of %s; gotthardctl(8) lists the legal ones", value, name);
		return CTL_FAILED;
	case -ENOENT:
		gth_say("no knob '%s'; gotthardctl policy show lists them", name);
		return CTL_FAILED;
	default:
		gth_say("%s: %s", name, strerror(-err));
		return err == -EACCES || err == -EPERM ? CTL_NOT_LOADED : CTL_FAILED;
	}
}

int ctl_policy(int argc, char **argv)
{
	const char *verb;

	argp_parse(&argp, argc, argv, 0, NULL, NULL);
	verb = options.n ? options.words[0] : "show";
	if (ctl_need_module())
		return CTL_NOT_LOADED;
	if (!strcmp(verb, "show") && options.n <= 1)
		return show();
	if (!strcmp(verb, "get") && options.n == 2)
		return get(options.words[1]);
	if (!strcmp(verb, "set") && options.n == 3)
		return set(options.words[1], options.words[2]);
	gth_say("say one of: show, get NAME, set NAME VALUE");
	return CTL_USAGE;
}
