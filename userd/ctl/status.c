// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * status.c - gotthardctl status: is this machine protected?
 *
 * What is attached is asked of the module, which keeps the hooks; that it works is
 * seen by opening a file and watching the module's own counter.
 */
#include "ctl.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "daemon.h"
#include "lib/json.h"
#include "lib/pins.h"
#include "lib/say.h"
#include "lib/sysfs.h"
#include "lib/visible.h"

#define PROBLEMS_MAX 16

static bool json;

static struct {
	const char *text[PROBLEMS_MAX];
	size_t n;
} problems;

static error_t parse(int key, char *arg, struct argp_state *state)
{
	(void)arg;
	(void)state;
	if (key != 'j')
		return ARGP_ERR_UNKNOWN;
	json = true;
	return 0;
}

static const struct argp_option option_table[] = { CTL_JSON_OPTION, { 0 } };

static const struct argp argp = {
	.options = option_table,
	.parser = parse,
	.doc = "Says whether this machine is protected, and what is wrong if it is not.\v"
	       "Exit status: 0 healthy, 1 something is wrong, 3 the module is not loaded.",
};

static void problem(const char *text)
{
	if (problems.n < PROBLEMS_MAX)
		problems.text[problems.n++] = text;
}

/* Opens a file and sees whether the hook passed by. */
static bool hook_alive(void)
{
	unsigned long long before = 0, after = 0;
	int fd;

	gth_sysfs_read_u64("stats/checks_open", &before);
	fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		close(fd);
	gth_sysfs_read_u64("stats/checks_open", &after);
	return after > before;
}

static void get(const char *name, char *value, size_t size)
{
	if (gth_sysfs_read(name, value, size) < 0)
		snprintf(value, size, "?");
}

static const char *text_of(const json_t *store, const char *name)
{
	const char *text = json_string_value(json_object_get(store, name));

	return text ? text : "";
}

static json_int_t number_of(const json_t *store, const char *name)
{
	return json_integer_value(json_object_get(store, name));
}

/* What the daemon's store says of itself: without a region it is as it should be. */
static void judge_store(const json_t *store)
{
	if (text_of(store, "region")[0] && text_of(store, "own_country")[0] &&
	    strcmp(text_of(store, "statement"), "ok") != 0)
		problem("nothing is sent to the region: see statement");
	if (strcmp(text_of(store, "journal"), "ok") != 0)
		problem(text_of(store, "journal"));
	if (strcmp(text_of(store, "database"), "ok") != 0)
		problem("the daemon's database was damaged and set aside: see database");
	if (json_is_true(json_object_get(store, "spooling_stopped")))
		problem("the disk of the state directory is nearly full: no file is spooled until "
			"there is room");
	if (number_of(store, "lost_files"))
		problem("files of the spool were found that nothing is known of: see its directory "
			"lost");
	if (number_of(store, "deletions_overdue"))
		problem("the region does not say that it deleted files in time");
}

static void print_counts(const char *name, const json_t *counts)
{
	const char *what;
	json_t *n;
	int i = 0;

	printf("%-11s", name);
	json_object_foreach((json_t *)counts, what, n)
		printf("%s %" JSON_INTEGER_FORMAT " %s", i++ ? "," : "", json_integer_value(n),
		       gth_shown(what));
	puts(i ? "" : " none");
}

static void print_store(const json_t *store)
{
	printf("region      %s\nstatement   %s\n",
	       text_of(store, "region")[0] ? gth_shown(text_of(store, "region")) : "none",
	       gth_shown(text_of(store, "statement")));
	if (text_of(store, "last_error")[0])
		printf("last answer %s\n", gth_shown(text_of(store, "last_error")));
	print_counts("submissions", json_object_get(store, "submissions"));
	print_counts("withheld", json_object_get(store, "withheld"));
	print_counts("waiting", json_object_get(store, "waits"));
	printf("spool       %" JSON_INTEGER_FORMAT " of %" JSON_INTEGER_FORMAT " bytes\n",
	       number_of(store, "spool_bytes"), number_of(store, "spool_quota"));
	printf("disk        %" JSON_INTEGER_FORMAT " bytes free, %" JSON_INTEGER_FORMAT
	       " are left free, %" JSON_INTEGER_FORMAT " files refused for it\n",
	       number_of(store, "disk_free"), number_of(store, "disk_kept_free"),
	       number_of(store, "spooling_refused"));
	if (strcmp(text_of(store, "database"), "ok") != 0)
		printf("database    set aside: %s\n", gth_shown(text_of(store, "database")));
}

int ctl_status(int argc, char **argv)
{
	char mode[32], table[32], source[64], daemon[32], driver[64], error[GTH_VALUE_MAX];
	unsigned long long version = 0, entries = 0, denied = 0, lost = 0, hooks = 0;
	bool attached, alive;
	json_t *list, *store;

	argp_parse(&argp, argc, argv, 0, NULL, NULL);
	if (ctl_need_module())
		return CTL_NOT_LOADED;
	get("policy/mode", mode, sizeof(mode));
	get("health/table", table, sizeof(table));
	get("health/daemon", daemon, sizeof(daemon));
	get("health/hash_driver", driver, sizeof(driver));
	get("health/last_error", error, sizeof(error));
	get("table/source", source, sizeof(source));
	gth_sysfs_read_u64("table/version", &version);
	gth_sysfs_read_u64("table/entries", &entries);
	gth_sysfs_read_u64("stats/denied", &denied);
	gth_sysfs_read_u64("stats/events_lost", &lost);
	gth_sysfs_read_u64("health/hooks", &hooks);
	attached = hooks == GTH_HOOKS;
	alive = hook_alive();

	if (!attached)
		problem("the hooks are not attached: start gotthardd");
	else if (!alive)
		problem("the hooks are attached, but an open did not reach them");
	if (!strcmp(mode, "off"))
		problem("policy/mode is off: nothing is judged");
	if (!strcmp(table, "none"))
		problem("no signature table is loaded: gotthardctl table load DIR");
	if (!strcmp(table, "expired"))
		problem("the signature table has expired: load a newer one");
	if (!strcmp(daemon, "absent"))
		problem("gotthardd is not running: events are not written, holds are not answered");
	if (strstr(driver, "generic"))
		problem("hashing is slow: no accelerated SHA-256 (modprobe sha256_ssse3, then load the module again)");

	store = ctl_store_ask("status", true);
	if (store)
		judge_store(store);

	if (json) {
		list = json_array();
		for (size_t i = 0; i < problems.n; i++)
			json_array_append_new(list, json_string(problems.text[i]));
		/* A name and its value to a line. */
		/* clang-format off */
		if (gth_json_print(json_pack(
			"{s:b, s:o, s:b, s:b, s:o, s:o, s:o, s:I, s:I, s:o, s:I, s:I, s:o, s:O?, s:o}",
			"healthy", !problems.n, "mode", gth_json_text(mode), "hooks_attached", attached,
			"hooks_alive", alive, "daemon", gth_json_text(daemon), "table", gth_json_text(table),
			"table_source", gth_json_text(source), "table_version", (json_int_t)version,
			"entries", (json_int_t)entries, "hash_driver", gth_json_text(driver),
			"denied", (json_int_t)denied, "events_lost", (json_int_t)lost,
			"last_error", gth_json_text(error), "store", store, "problems", list)))
			return CTL_FAILED;
		/* clang-format on */
	} else {
		printf("mode        %s\nhooks       %s\ndaemon      %s\n", gth_shown(mode),
		       !attached ? "not attached"
		       : alive	 ? "attached, seen at work"
				 : "attached, NOT at work",
		       gth_shown(daemon));
		if (version)
			printf("table       %s version %llu, %llu entries, %s\n", gth_shown(source),
			       version, entries, gth_shown(table));
		else
			printf("table       none\n");
		printf("hashing     %s\ndenied      %llu\nlost events %llu\nlast error  %s\n",
		       gth_shown(driver), denied, lost, gth_shown(error));
		if (store)
			print_store(store);
		for (size_t i = 0; i < problems.n; i++)
			printf("%s %s\n", i ? "      " : "wrong:", gth_shown(problems.text[i]));
		if (!problems.n)
			puts("healthy");
	}
	json_decref(store);
	return problems.n ? CTL_FAILED : CTL_OK;
}
