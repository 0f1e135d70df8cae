// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * journald.c - events as entries of the systemd journal: sentence, priority, message id
 * and fields, as they arrive at a journal that is played by the test.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syslog.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/events/journald.h"
#include "daemon/events/output.h"
#include "tests/unit/tap.h"

static const volatile bool running;

/* A denial in mode enforce. */
static struct gth_event denial(void)
{
	struct gth_event e = {
		.type = GTH_EVENT_DECISION,
		.op = GTH_OP_EXEC,
		.action = GTH_ACTION_DENY,
		.reason = GTH_REASON_CLASS,
		.class = GTH_CLASS_MALICIOUS,
		.source = GTH_SOURCE_TABLE,
		.domain = GTH_DOMAIN_SHA256,
		.mode = GTH_MODE_ENFORCE,
		.pid = 42,
		.uid = 1000,
		.path = "/home/x/bad",
		.comm = "bash",
	};

	memset(e.digest, 0xab, sizeof(e.digest));
	return e;
}

/* The field's value; NULL: it is not there, or is there twice. Stands until the next call. */
static const char *field(const struct gth_journald_entry *entry, const char *name)
{
	static char value[8192];
	size_t len = strlen(name);
	unsigned int found = 0;

	for (int i = 0; i < entry->n; i++) {
		const char *text = entry->field[i].iov_base;

		if (strncmp(text, name, len) || text[len] != '=')
			continue;
		snprintf(value, sizeof(value), "%s", text + len + 1);
		found += 1 + (strlen(text) != entry->field[i].iov_len);
	}
	return found == 1 ? value : NULL;
}

static bool has(const struct gth_event *e, const char *name, const char *wanted)
{
	struct gth_journald_entry entry;
	int err = gth_journald_format(&entry, e);
	const char *got = err ? NULL : field(&entry, name);
	bool same = wanted ? got && !strcmp(got, wanted) : !got;

	if (!same)
		tap_note("%s: got %s, wanted %s", name, got ? got : "nothing",
			 wanted ? wanted : "nothing");
	gth_journald_free(&entry);
	return same;
}

static bool is_entry(const struct gth_event *e, const char *priority, const char *id,
		     const char *message)
{
	return has(e, "PRIORITY", priority) & has(e, "MESSAGE_ID", id) &
	       has(e, "MESSAGE", message) & has(e, "SYSLOG_IDENTIFIER", "gotthardd");
}

#define AB8 "abababab"

static void test_fields(void)
{
	struct gth_event e = denial();

	tap_ok(is_entry(&e, "4", "2316410edce24eca9d831d57238389dc",
			"Denied: bash (pid 42, uid 1000) tries to execute /home/x/bad: it is "
			"malicious by the table"),
	       "denial_is_a_warning");
	tap_ok(has(&e, "GOTTHARD_TYPE", "decision") & has(&e, "GOTTHARD_OP", "exec") &
		       has(&e, "GOTTHARD_ACTION", "deny") & has(&e, "GOTTHARD_ENFORCED", "true") &
		       has(&e, "GOTTHARD_REASON", "class") &
		       has(&e, "GOTTHARD_CLASS", "malicious") &
		       has(&e, "GOTTHARD_SOURCE", "table") & has(&e, "GOTTHARD_DOMAIN", "sha256") &
		       has(&e, "GOTTHARD_DIGEST", AB8 AB8 AB8 AB8 AB8 AB8 AB8 AB8) &
		       has(&e, "GOTTHARD_PATH", "/home/x/bad") & has(&e, "GOTTHARD_PID", "42") &
		       has(&e, "GOTTHARD_UID", "1000") & has(&e, "GOTTHARD_COMM", "bash") &
		       has(&e, "GOTTHARD_CACHED", "false") & has(&e, "GOTTHARD_ERRNO", NULL),
	       "members_are_fields");

	e.domain = GTH_DOMAIN_NONE;
	e.error = -EIO;
	e.reason = GTH_REASON_ERROR;
	e.class = GTH_CLASS_UNKNOWN;
	tap_ok(has(&e, "GOTTHARD_DIGEST", NULL) & has(&e, "GOTTHARD_ERRNO", "5") &
		       has(&e, "MESSAGE",
			   "Denied: bash (pid 42, uid 1000) tries to execute /home/x/bad: it is "
			   "unknown, it could not be hashed (Input/output error)"),
	       "denial_by_an_error_names_it");

	e = denial();
	strcpy(e.path, "/tmp/a\nPRIORITY=0\x1b[31m");
	tap_ok(has(&e, "PRIORITY", "4") &
		       has(&e, "MESSAGE",
			   "Denied: bash (pid 42, uid 1000) tries to execute "
			   "/tmp/a\\nPRIORITY=0\\x1b[31m: it is malicious by the table") &
		       has(&e, "GOTTHARD_PATH", "/tmp/a\nPRIORITY=0\x1b[31m"),
	       "name_with_a_line_feed_makes_no_field");

	memset(e.path, '\x01', sizeof(e.path));
	memset(e.comm, '\x01', sizeof(e.comm));
	tap_ok(has(&e, "PRIORITY", "4") && has(&e, "GOTTHARD_REASON", "class"),
	       "fields_that_do_not_end_are_taken_as_they_are");
}

static void test_kinds(void)
{
	struct gth_event e = denial();

	e.flags = GTH_EVENT_F_WOULD_DENY;
	e.op = GTH_OP_OPEN;
	tap_ok(is_entry(&e, "5", "964c3cc53444441c8d063d35a9f6db8d",
			"Would be denied in mode enforce: bash (pid 42, uid 1000) tries to open "
			"/home/x/bad: it is malicious by the table"),
	       "would_be_denial_is_a_notice");
	e.flags = 0;
	e.action = GTH_ACTION_HOLD;
	e.class = GTH_CLASS_UNKNOWN;
	tap_ok(is_entry(&e, "6", "13ebd874ed8e4fe398f92a22f57c5c8d",
			"Waits for a verdict: bash (pid 42, uid 1000) tries to open /home/x/bad: "
			"it is in no list"),
	       "hold_is_information");
	e = (struct gth_event) { .type = GTH_EVENT_ERROR,
				 .error = -EIO,
				 .reason = GTH_REASON_ERROR,
				 .path = "/x",
				 .comm = "sh" };
	tap_ok(is_entry(&e, "4", "4b20f0b882d54b8fa54cca7c235e63ac",
			"Could not be hashed, and allowed: sh (pid 0, uid 0) tries to open /x: it "
			"is unknown, it could not be hashed (Input/output error)"),
	       "error_is_a_warning");
	e = (struct gth_event) { .type = GTH_EVENT_POLICY,
				 .path = "policy/mode",
				 .old_value = "monitor",
				 .new_value = "enforce",
				 .comm = "sh" };
	tap_ok(is_entry(&e, "5", "f10289962a6b4848ba9fc6c4cc3955f2",
			"sh (pid 0, uid 0) set policy/mode from monitor to enforce") &
		       has(&e, "GOTTHARD_KNOB", "policy/mode") &
		       has(&e, "GOTTHARD_OLD", "monitor") & has(&e, "GOTTHARD_NEW", "enforce"),
	       "change_of_policy_is_a_notice");
	e = (struct gth_event) {
		.type = GTH_EVENT_HOOKS, .old_value = "8", .new_value = "0", .comm = "sh"
	};
	tap_ok(is_entry(&e, "4", "2acb2b2ab8b944a3b8098df1a4c04480",
			"sh (pid 0, uid 0) set how many hooks the module keeps from 8 to 0: it "
			"keeps this machine protected no longer"),
	       "end_of_the_hooks_is_a_warning");
	strcpy(e.new_value, "8");
	tap_ok(has(&e, "PRIORITY", "5"), "other_change_of_the_hooks_is_a_notice");
}

static void test_tables(void)
{
	struct gth_event e = {
		.type = GTH_EVENT_TABLE, .path = "list", .table_version = 7, .comm = "sh"
	};
	static const char id[] = "2df2374b1fe949989785da36961696f8";

	tap_ok(is_entry(&e, "5", id, "sh (pid 0, uid 0) loaded the table list, version 7") &
		       has(&e, "GOTTHARD_TABLE", "list") & has(&e, "GOTTHARD_TABLE_VERSION", "7"),
	       "loaded_table_is_a_notice");
	e.error = -ESTALE;
	tap_ok(is_entry(&e, "4", id,
			"The table list of sh (pid 0, uid 0) was refused: its version is not "
			"higher than one loaded before under this name (gotthardctl table rollback "
			"goes back to the release that was kept before)"),
	       "refused_table_is_a_warning");
	e = (struct gth_event) { .type = GTH_EVENT_TABLE, .path = "dropped", .comm = "sh" };
	tap_ok(is_entry(&e, "4", id,
			"sh (pid 0, uid 0) dropped the table: no file is listed by one"),
	       "dropped_table_is_a_warning");
}

static void test_verdicts(void)
{
	struct gth_event e = { .type = GTH_EVENT_VERDICT,
			       .domain = GTH_DOMAIN_SHA256,
			       .source = GTH_SOURCE_ROOT,
			       .digest = { 0xab },
			       .old_value = "malicious",
			       .new_value = "trusted",
			       .comm = "sh" };

	tap_ok(is_entry(&e, "5", "eed31899dfc44b93b61bf9746b8b6feb",
			"sh (pid 0, uid 0) set the administrator's verdict for sha256 "
			"ab00000000000000000000000000000000000000000000000000000000000000 "
			"from malicious to trusted") &
		       has(&e, "GOTTHARD_SOURCE", "root") & has(&e, "GOTTHARD_NEW", "trusted"),
	       "verdict_of_root_is_a_notice");
}

static void name_stream(const char *format, const struct stat *st)
{
	char text[64];

	snprintf(text, sizeof(text), format, (unsigned long long)st->st_dev,
		 (unsigned long long)st->st_ino);
	setenv("JOURNAL_STREAM", text, 1);
}

static void test_stream(int fd)
{
	struct stat st;

	unsetenv("JOURNAL_STREAM");
	tap_ok(!fstat(fd, &st) && !gth_journald_is(fd), "without_the_variable_it_is_no_journal");
	name_stream("%llu:%llu", &st);
	tap_ok(gth_journald_is(fd), "stream_that_is_named_is_the_journal");
	name_stream("%llu:%llu0", &st);
	tap_ok(!gth_journald_is(fd), "another_stream_is_not");
	name_stream("%llu:%llu:", &st);
	tap_ok(!gth_journald_is(fd), "variable_that_cannot_be_read_is_no_journal");
}

/* /run without and with a journal, for this process alone. Return: the socket; -1: cannot. */
static int listen_as_journal(bool there)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX, .sun_path = "/run/systemd/journal/socket" };
	int s;

	if (!there && ((unshare(CLONE_NEWNS) && unshare(CLONE_NEWNS | CLONE_NEWUSER)) ||
		       mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
		       mount("tmpfs", "/run", "tmpfs", 0, NULL)))
		return -1;
	if (!there)
		return 0;
	s = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (s < 0 || mkdir("/run/systemd", 0755) || mkdir("/run/systemd/journal", 0755) ||
	    bind(s, (struct sockaddr *)&a, sizeof(a)))
		return -1;
	return s;
}

/* Return: the standard output since the last call; valid until the next one. */
static const char *printed(int fd)
{
	static char text[8192];
	ssize_t n = read(fd, text, sizeof(text) - 1);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

/* The whole way: events go to the stream as lines until there is a journal. */
static void test_way(void)
{
	int pipes[2], old = dup(STDOUT_FILENO), journal, lines = 0, entries = 0, opened, written;
	struct gth_event e = denial();
	char got[8192];
	struct stat st;
	ssize_t n;

	if (old < 0 || pipe2(pipes, O_CLOEXEC | O_NONBLOCK)) {
		tap_ok(false, "pipe");
		return;
	}
	fflush(stdout);
	if (listen_as_journal(false)) {
		tap_skip("way_to_the_journal", "no mount namespace here");
		return;
	}
	if (fstat(pipes[1], &st) || dup2(pipes[1], STDOUT_FILENO) < 0)
		exit(1);
	name_stream("%llu:%llu", &st);
	opened = gth_output_open(NULL);
	written = gth_output_event(&e, &running);
	lines += !strncmp(printed(pipes[0]), "{\"time\":", 8);
	journal = listen_as_journal(true);
	written |= gth_output_event(&e, &running);
	n = recv(journal, got, sizeof(got) - 1, 0);
	got[n > 0 ? n : 0] = '\0';
	entries += !strncmp(got, "MESSAGE=Denied: bash ", 21) && strstr(got, "\nPRIORITY=4\n") &&
		   strstr(got, "\nGOTTHARD_PATH=/home/x/bad\n");
	lines += *printed(pipes[0]) != 0;
	if (dup2(old, STDOUT_FILENO) < 0)
		exit(1);
	tap_is(opened, 0, "stream_of_the_journal_is_taken");
	tap_is(written, 0, "events_are_written");
	tap_is(lines, 1, "line_is_printed_where_there_is_no_journal");
	tap_is(entries, 1, "entry_is_sent_where_there_is_one");
	close(old);
	close(pipes[0]);
	close(pipes[1]);
	close(journal);
}

int main(void)
{
	int fds[2];

	test_fields();
	test_kinds();
	test_tables();
	test_verdicts();
	if (pipe2(fds, O_CLOEXEC))
		return 1;
	test_stream(fds[1]);
	test_way();
	return tap_done();
}
