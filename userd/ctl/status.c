// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * status.c - gotthardctl status: is this machine protected?
 *
 * The module, which keeps the hooks, is asked whether they are attached. To see that they
 * work, a file is opened and the module's own counter watched.
 */
#include "ctl.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "daemon.h"
#include "status_update.h"
#include "lib/host/pins.h"
#include "lib/host/sysfs.h"
#include "lib/util/io.h"
#include "lib/util/json.h"
#include "lib/util/listing.h"
#include "lib/util/say.h"
#include "lib/util/visible.h"

#define PROBLEMS_MAX 40
#define DEVELOPMENT_KEY "Gotthard development key" /* as the names of kmod/signature.c begin */

/* Also the exit status. */
enum state { HEALTHY, NOT_PROTECTED, BROKEN, UNKNOWN, STATES };

static const char *const state_names[STATES] = { "healthy", "warning", "failed", "unknown" };

static struct {
	const char *text[PROBLEMS_MAX];
	size_t n;
	enum state state; /* the worst of them */
} problems;

static const struct argp argp = {
	.children = gth_json_children,
	.doc = "Reports whether this machine is protected, and the fault if it is not.\v"
	       "Exit status: 0 healthy; 1 not protected, or a state that needs attention; 2 a "
	       "part of it has failed; 3 unknown: only root can find out.",
};

static void problem(enum state state, const char *text)
{
	if (problems.n < PROBLEMS_MAX)
		problems.text[problems.n++] = text;
	if (state > problems.state)
		problems.state = state;
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

/* The report of the daemon's store: without a region it is healthy. */
static void judge_store(const json_t *store)
{
	if (json_is_true(json_object_get(store, "wrong")))
		problem(BROKEN, text_of(store, "statement"));
	if (text_of(store, "region")[0] && text_of(store, "own_country")[0] &&
	    strcmp(text_of(store, "statement"), "ok") != 0)
		problem(NOT_PROTECTED, "nothing is sent to the region: see statement");
	if (strcmp(text_of(store, "journal"), "ok") != 0)
		problem(BROKEN, text_of(store, "journal"));
	if (strcmp(text_of(store, "database"), "ok") != 0)
		problem(BROKEN, "the daemon's database was damaged and set aside: see database");
	if (json_is_true(json_object_get(store, "spooling_stopped")))
		problem(BROKEN,
			"the disk of the state directory is nearly full: no file is spooled until "
			"there is room");
	if (number_of(store, "lost_files"))
		problem(NOT_PROTECTED,
			"files of the spool without a row in the database were removed at the "
			"start");
	if (number_of(store, "deletions_overdue"))
		problem(NOT_PROTECTED, "the region does not say that it deleted files in time");
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

/* The state of the module and the system. */
struct machine {
	char mode[32], table[32], source[64], daemon[32], driver[64], error[GTH_VALUE_MAX];
	char signer[GTH_VALUE_MAX], keys[GTH_VALUE_MAX], required[8];
	unsigned long long version, entries, denied, lost, hooks;
	bool attached, alive, silent, busy;
	json_t *store, *health; /* NULL: does not answer */
	struct ctl_update_status update;
};

/* "-5 openat": the number is for programs. */
static void name_error(char error[GTH_VALUE_MAX])
{
	char *rest, text[GTH_VALUE_MAX];
	long number = strtol(error, &rest, 10);

	if (rest == error || number >= 0 || number < -4095)
		return;
	snprintf(text, sizeof(text), "%s%s", strerror((int)-number), rest);
	snprintf(error, GTH_VALUE_MAX, "%s", text);
}

/* Y or N; a module that does not say so takes any table. */
static void read_required(char required[8])
{
	int fd = open("/sys/module/gotthard/parameters/require_signed", O_RDONLY | O_CLOEXEC);

	snprintf(required, 8, "N");
	if (fd >= 0 && gth_read_full(fd, required, 1) != 1)
		*required = 'N';
	if (fd >= 0)
		close(fd);
}

static void gather(struct machine *m)
{
	get("policy/mode", m->mode, sizeof(m->mode));
	get("health/table", m->table, sizeof(m->table));
	get("health/daemon", m->daemon, sizeof(m->daemon));
	get("health/hash_driver", m->driver, sizeof(m->driver));
	get("table/source", m->source, sizeof(m->source));
	get("table/signer", m->signer, sizeof(m->signer));
	get("health/signing_keys", m->keys, sizeof(m->keys));
	read_required(m->required);
	/* For root: it may name a file that others must not learn of. */
	if (gth_sysfs_read("health/last_error", m->error, sizeof(m->error)) < 0) {
		snprintf(m->error, sizeof(m->error), "unknown (needs root)");
		problem(UNKNOWN, "unknown (needs root): the last error, and the daemon's state");
	}
	name_error(m->error);
	gth_sysfs_read_u64("table/version", &m->version);
	gth_sysfs_read_u64("table/entries", &m->entries);
	gth_sysfs_read_u64("stats/denied", &m->denied);
	gth_sysfs_read_u64("stats/events_lost", &m->lost);
	gth_sysfs_read_u64("health/hooks", &m->hooks);
	m->attached = m->hooks == GTH_HOOKS;
	m->alive = hook_alive();
	ctl_update_status(&m->update);
	m->health = ctl_health_ask(&m->silent);
	m->store = ctl_store_status(&m->busy);
}

/* The report of the daemon's main process on itself and on the settings it was to restore. */
static void judge_daemon(const json_t *health)
{
	const json_t *text;
	size_t i;

	json_array_foreach(json_object_get(health, "problems"), i, text)
		problem(BROKEN, json_string_value(text));
}

static void judge(const struct machine *m)
{
	if (!m->attached)
		problem(NOT_PROTECTED, "the hooks are not attached: start gotthardd");
	else if (!m->alive)
		problem(BROKEN, "the hooks are attached, but an open did not reach them");
	if (!strcmp(m->mode, "off"))
		problem(NOT_PROTECTED, "policy/mode is off: nothing is judged");
	if (!strcmp(m->table, "none"))
		problem(NOT_PROTECTED, "no signature table is loaded: gotthardctl table load DIR");
	if (!strcmp(m->table, "expired"))
		problem(NOT_PROTECTED, "the signature table has expired: load a newer one");
	if (m->version && !strcmp(m->signer, "none"))
		problem(NOT_PROTECTED,
			"the table is not signed, so anybody may have made it: sign it (gotthard-sigtool sign), and load the module without require_signed=0");
	if (!strncmp(m->signer, DEVELOPMENT_KEY, strlen(DEVELOPMENT_KEY)))
		problem(NOT_PROTECTED,
			"the table is signed by the development key, which everybody has: build the module with GTH_SIGNING_CERT= and sign by a key of your own");
	if (!strcmp(m->daemon, "absent"))
		problem(BROKEN,
			"gotthardd is not running: events are not written, holds are not answered");
	else if (m->silent)
		problem(BROKEN, "gotthardd runs and does not answer: is it stopped, or stuck?");
	judge_daemon(m->health);
	if (strstr(m->driver, "generic"))
		problem(NOT_PROTECTED,
			"hashing is slow: no accelerated SHA-256 (modprobe sha256_ssse3, then load the module again)");
	if (*m->update.problem)
		problem(NOT_PROTECTED, m->update.problem);
	if (m->store)
		judge_store(m->store);
}

static json_t *problems_json(void)
{
	json_t *list = json_array();

	for (size_t i = 0; i < problems.n; i++)
		json_array_append_new(list, gth_json_text(problems.text[i]));
	return list;
}

/* The state of the hooks and the rest is null where the module is missing. */
static int print_json(const struct machine *m)
{
	json_t *o = json_pack("{s:o, s:s, s:o}", "healthy",
			      problems.state == UNKNOWN ? json_null()
							: json_boolean(problems.state == HEALTHY),
			      "state", state_names[problems.state], "problems", problems_json());

	/* A name and its value to a line. */
	/* clang-format off */
	if (o && m)
		json_object_update_new(o, json_pack(
			"{s:o, s:b, s:b, s:o, s:o, s:o, s:o, s:o, s:b, s:I, s:I, s:o, s:I, s:I, s:o, s:o, s:O?, s:O?}",
			"mode", gth_json_text(m->mode), "hooks_attached", m->attached,
			"hooks_alive", m->alive, "daemon", gth_json_text(m->daemon),
			"table", gth_json_text(m->table), "table_source", gth_json_text(m->source),
			"table_signer", gth_json_text(m->signer),
			"signing_keys", gth_json_text(m->keys),
			"signatures_required", *m->required == 'Y',
			"table_version", (json_int_t)m->version,
			"entries", (json_int_t)m->entries, "hash_driver", gth_json_text(m->driver),
			"denied", (json_int_t)m->denied, "events_lost", (json_int_t)m->lost,
			"last_error", gth_json_text(m->error),
			"update", ctl_update_status_json(&m->update), "store", m->store,
			"processes", json_object_get(m->health, "processes")));
	/* clang-format on */
	return gth_json_print(o);
}

/* The daemon's children, where it has some. */
static void print_processes(const json_t *processes)
{
	const json_t *p;
	size_t i;

	json_array_foreach(processes, i, p)
		printf("%s%s %s", i ? ", " : "processes   ", gth_shown(text_of(p, "name")),
		       gth_shown(text_of(p, "state")));
	if (i)
		putchar('\n');
}

/* The keys are a line each in sysfs. */
static void print_signatures(const struct machine *m)
{
	char keys[GTH_VALUE_MAX], *rest = keys, *key;

	snprintf(keys, sizeof(keys), "%s", m->keys);
	printf("signatures  %s", *m->required == 'Y' ? "required" : "NOT required");
	while ((key = strsep(&rest, "\n")))
		if (*key)
			printf("; %s", gth_shown(key));
	putchar('\n');
	if (m->version)
		printf("signed by   %s\n",
		       strcmp(m->signer, "none") != 0 ? gth_shown(m->signer) : "none (NOT SIGNED)");
}

static void print_machine(const struct machine *m)
{
	printf("mode        %s\nhooks       %s\ndaemon      %s\n", gth_shown(m->mode),
	       !m->attached ? "not attached"
	       : m->alive   ? "attached, seen at work"
			    : "attached, NOT at work",
	       gth_shown(m->daemon));
	if (m->version)
		printf("table       %s version %llu, %llu entries, %s\n", gth_shown(m->source),
		       m->version, m->entries, gth_shown(m->table));
	else
		printf("table       none\n");
	print_signatures(m);
	ctl_update_status_print(&m->update);
	printf("hashing     %s\ndenied      %llu\nlost events %llu\nlast error  %s\n",
	       gth_shown(m->driver), m->denied, m->lost, gth_shown(m->error));
	print_processes(json_object_get(m->health, "processes"));
	if (m->store)
		print_store(m->store);
	else if (m->busy)
		puts("store       does not answer at once: it is busy, or hangs");
}

static void print_problems(void)
{
	for (size_t i = 0; i < problems.n; i++)
		printf("%s %s\n", i ? "      " : "wrong:", gth_shown(problems.text[i]));
	puts(state_names[problems.state]);
}

/* Is the word on the command line of the kernel? */
static bool off_at_boot(void)
{
	char line[8192], *rest = line, *word;
	int fd = open("/proc/cmdline", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : gth_read_full(fd, line, sizeof(line) - 1);

	if (fd >= 0)
		close(fd);
	line[n < 0 ? 0 : n] = '\0';
	while ((word = strsep(&rest, " \n")))
		if (!strcmp(word, "gotthard=off"))
			return true;
	return false;
}

/* There is no /sys/kernel/gotthard: why? */
static const char *absence(void)
{
	bool loaded = !access("/sys/module/gotthard", F_OK);

	if (off_at_boot())
		return loaded ? "switched off by gotthard=off on the kernel command line: the module is loaded, and does nothing until the machine is started without it"
			      : "the module is not loaded, and gotthard=off on the kernel command line would switch it off";
	if (loaded)
		return "switched off by the module's parameter off=1: modprobe -r gotthard, then load it without";
	return "the module is not loaded: modprobe gotthard";
}

int ctl_status(int argc, char **argv)
{
	struct machine m = { 0 };
	bool there;

	argp_parse(&argp, argc, argv, 0, NULL, NULL);
	there = gth_sysfs_present();
	if (there) {
		gather(&m);
		judge(&m);
	} else {
		problem(NOT_PROTECTED, absence());
	}
	if (gth_listing.json && print_json(there ? &m : NULL) && problems.state == HEALTHY)
		problems.state = BROKEN;
	if (!gth_listing.json && there)
		print_machine(&m);
	if (!gth_listing.json)
		print_problems();
	json_decref(m.store);
	json_decref(m.health);
	return (int)problems.state;
}
