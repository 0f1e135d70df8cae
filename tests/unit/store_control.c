// SPDX-License-Identifier: GPL-2.0-or-later
/* store_control.c - commands for a store that runs, and gotthardctl as it uses them. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/lib/asked_file.h"
#include "tests/unit/lib/egress_journal.h"
#include "tests/unit/lib/fake_region.h"
#include "tests/unit/lib/keys.h"
#include "tests/unit/lib/must.h"
#include "tests/unit/lib/store_command.h"
#include "tests/unit/lib/store_process.h"
#include "tests/unit/tap.h"

static void test_operator(void)
{
	struct file f = make_file(SCRIPT "dropped", 0);
	char text[80];

	fresh();
	region.faults.mute[GTH_ORDER_CREATE] = true;
	start();
	ask(&f);
	until(region.orders[GTH_ORDER_CREATE] == 1);
	snprintf(text, sizeof(text), "drop sha256:%s", f.hex);
	tap_ok(command_ok(text) && until(unknown(&f) == 1) && until(region.cancelled >= 1),
	       "drop_cancels_and_answers");
	tap_is(files_in("spool"), 0, "dropped_file_is_gone");
	ask(&f);
	tap_ok(until(unknown(&f) == 2) && region.orders[GTH_ORDER_LOOKUP] == 1,
	       "dropped_file_stays_dropped");
	region.faults.mute[GTH_ORDER_CREATE] = false;
	snprintf(text, sizeof(text), "retry %s", f.hex);
	tap_ok(command_ok(text), "dropped_file_can_be_retried");
	ask(&f);
	tap_ok(until(finding(&f) == GTH_FINDING_BENIGN), "and_arrives");
	stop_by(SIGTERM);
	close(f.fd);
}

static void test_statistics(void)
{
	struct file f = make_file(SCRIPT "counted", 0);
	json_t *answer, *json;
	char preview[1024] = "";

	fresh();
	start();
	ask(&f);
	until(finding(&f) >= 0 && files_in("spool") == 0);
	answer = command("statistics-preview");
	snprintf(preview, sizeof(preview), "%s",
		 json_string_value(json_object_get(answer, "body")));
	tap_ok(json_is_false(json_object_get(answer, "sent")) &&
		       !region.orders[GTH_ORDER_STATISTICS],
	       "statistics_are_off_by_default");
	json_decref(answer);
	stop_by(SIGTERM);
	store.settings.config.statistics = true;
	start();
	tap_ok(until(region.orders[GTH_ORDER_STATISTICS] == 1) &&
		       !strcmp(preview, region.statistics),
	       "preview_shows_the_very_bytes");
	json = json_loads(region.statistics, 0, NULL);
	tap_ok(json_object_size(json) == 5 &&
		       json_integer_value(json_object_get(json, "lookups")) == 1 &&
		       json_integer_value(json_object_get(json, "submissions")) == 1 &&
		       json_integer_value(
			       json_object_get(json_object_get(json, "findings"), "benign")) == 1,
	       "statistics_are_counts_and_nothing_else");
	json_decref(json);
	tap_ok(!strstr(region.statistics, ENDPOINT) && !strstr(region.statistics, f.hex),
	       "statistics_name_nobody");
	answer = command("statistics-preview");
	tap_ok(strstr(json_string_value(json_object_get(answer, "body")), "\"lookups\":0") != NULL,
	       "counts_begin_anew");
	json_decref(answer);
	stop_by(SIGTERM);
	tap_ok(journal_covers(), "statistics_are_in_the_journal");
	close(f.fd);
}

#define CTL "build/gotthardctl"

static char config_file[96];

static void write_config(const char *text)
{
	FILE *file;

	snprintf(config_file, sizeof(config_file), "%s/conf", store.dir);
	file = fopen(config_file, "we");
	must(file && fputs(text, file) >= 0 && !fclose(file));
}

/* Whether gotthardctl prints this text; @wanted is its exit status. */
static bool ctl(const char *arguments, int wanted, const char *text)
{
	static char line[512], out[65536];
	FILE *p;
	size_t n;
	int status;

	/* in the background: the store may need this process before it can answer */
	snprintf(line, sizeof(line), "GTH_CONTROL=%s %s %s >%s/out 2>&1; echo $? >%s/rc",
		 store.control, CTL, arguments, store.dir, store.dir);
	p = popen(line, "r");
	for (time_t end = time(NULL) + PATIENCE_S; time(NULL) < end;) {
		pump(10);
		if (!faccessat(store.state_dir, "rc", F_OK, 0))
			break;
	}
	pclose(p);
	snprintf(line, sizeof(line), "%s/rc", store.dir);
	p = fopen(line, "re");
	if (!p || fscanf(p, "%d", &status) != 1)
		status = -1;
	if (p)
		fclose(p);
	unlinkat(store.state_dir, "rc", 0);
	snprintf(line, sizeof(line), "%s/out", store.dir);
	p = fopen(line, "re");
	n = p ? fread(out, 1, sizeof(out) - 1, p) : 0;
	out[n] = '\0';
	if (p)
		fclose(p);
	if (status == wanted && strstr(out, text))
		return true;
	tap_note("gotthardctl %s: %d: %s", arguments, status, out);
	return false;
}

static void test_ctl(void)
{
	struct file f = make_file(SCRIPT "listed EVIL", 0), t = make_file("a text", 0);
	char config[160], line[400];

	if (access(CTL, X_OK)) {
		tap_skip("gotthardctl_shows_it", "`make user` has not been run");
		return;
	}
	fresh();
	snprintf(config, sizeof(config), "[endpoint]\ncountry = DE\nstate = %s\n", store.dir);
	write_config(config);
	start();
	ask(&f);
	ask(&t);
	until(finding(&f) >= 0 && unknown(&t) == 1 && files_in("spool") == 0);
	snprintf(line, sizeof(line), "submissions list --config %s", config_file);
	tap_ok(ctl(line, 0, "withheld   class-off") && ctl(line, 0, "done       malicious"),
	       "gotthardctl_lists_submissions_with_reasons");
	snprintf(line, sizeof(line), "submissions list --json --config %s", config_file);
	tap_ok(ctl(line, 0, "\"verdict\": \"malicious\""), "gotthardctl_lists_in_json");
	snprintf(line, sizeof(line), "submissions show --config %s %s", config_file, f.hex);
	tap_ok(ctl(line, 0, "gotthard-receipt 1") && ctl(line, 0, "gotthard-submission 2"),
	       "gotthardctl_shows_the_notes");
	snprintf(line, sizeof(line), "submissions show --config %s nothing", config_file);
	tap_ok(ctl(line, 1, "no such submission"), "gotthardctl_finds_no_other");
	snprintf(line, sizeof(line), "verdict list --config %s", config_file);
	tap_ok(ctl(line, 0, "Test.Evil"), "gotthardctl_lists_verdicts");
	tap_ok(ctl("statistics preview", 0, "\"malicious\":1"), "gotthardctl_previews_statistics");
	snprintf(line, sizeof(line), "submissions drop %s", t.hex);
	tap_ok(ctl(line, 0, "") && until(unknown(&t) == 2), "gotthardctl_drops");
	snprintf(line, sizeof(line), "submissions retry %s", t.hex);
	tap_ok(ctl(line, 0, ""), "gotthardctl_retries");
	tap_ok(ctl("submissions drop nothing", 1, "no such submission") &&
		       ctl("submissions", 1, "") && ctl("submissions fly", 64, "say one of"),
	       "gotthardctl_refuses_what_is_wrong");
	stop_by(SIGTERM);
	tap_ok(ctl("statistics preview", 1, "does not run"),
	       "gotthardctl_says_that_nobody_answers");
	close(f.fd);
	close(t.fd);
}

int main(void)
{
	make_keys();
	test_operator();
	test_statistics();
	test_ctl();
	store_end();
	return tap_done();
}
