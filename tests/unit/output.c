// SPDX-License-Identifier: GPL-2.0-or-later
/* output.c - the file of events: torn lines, rotation, a full disk; a FIFO without a reader. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include "daemon/events/output.h"
#include "tests/unit/tap.h"

static char dir[] = "/tmp/gth-output-XXXXXX";
static char file[64], rotated[64], ballast[64];
static const volatile bool running, stopped = true;

static const struct gth_event event = {
	.type = GTH_EVENT_POLICY, .path = "policy/mode", .new_value = "enforce", .comm = "test"
};

static void put(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");

	if (!f || fputs(text, f) < 0 || fclose(f)) {
		perror(path);
		exit(1);
	}
}

/* How many lines there are, each an event; -1: one is not, or the last has no end. */
static int events(const char *path)
{
	FILE *f = fopen(path, "re");
	char *line = NULL;
	size_t room = 0;
	ssize_t n;
	int found = 0;

	while (f && found >= 0 && (n = getline(&line, &room, f)) > 0) {
		json_t *o = line[n - 1] == '\n' ? json_loads(line, 0, NULL) : NULL;

		found = o ? found + 1 : -1;
		if (!o)
			tap_note("no event: %s", line);
		json_decref(o);
	}
	free(line);
	if (f)
		fclose(f);
	return found;
}

static int write_once(const volatile bool *stop)
{
	int err = gth_output_open(file);

	if (!err)
		err = gth_output_event(&event, stop);
	gth_output_close();
	return err;
}

/* The file before, and how many events it holds when one more was written. */
static int mended(const char *before)
{
	put(file, before);
	return write_once(&running) ? -2 : events(file);
}

static bool begins_with(const char *text)
{
	char got[256] = "";
	FILE *f = fopen(file, "re");
	size_t n = f ? fread(got, 1, strlen(text), f) : 0;

	if (f)
		fclose(f);
	return n == strlen(text) && !strcmp(got, text);
}

static void test_last_line(void)
{
	char *large = malloc(100001);

	tap_is(mended(""), 1, "empty_file_is_appended_to");
	tap_is(mended("{}\n{}\n"), 3, "whole_lines_stay");
	tap_is(mended("{}\n{\"time\":\"20"), 2, "torn_last_line_is_cut_off");
	tap_is(mended("{"), 1, "torn_only_line_is_cut_off");
	tap_is(mended("{}\n{}"), 2, "event_without_its_end_is_torn");
	put(file, "no event");
	tap_ok(!write_once(&running) && begins_with("no event\n{\"time\":"),
	       "what_is_no_event_is_ended");
	memset(large, '{', 100000);
	large[100000] = '\0';
	put(file, large);
	tap_ok(!write_once(&running) && begins_with("{{{{{{{{"), "nothing_long_is_cut_off");
	free(large);
}

static void test_rotation(void)
{
	int err;

	put(file, "");
	err = gth_output_open(file) || gth_output_event(&event, &running) || rename(file, rotated);
	err = err || gth_output_event(&event, &running);
	tap_ok(!err && events(rotated) == 2 && access(file, F_OK), "renamed_file_is_written_on");
	gth_output_reopen();
	err = gth_output_event(&event, &running);
	tap_ok(!err && events(rotated) == 2 && events(file) == 1, "reopened_a_new_one_is_made");
	gth_output_reopen();
	gth_output_follow();
	tap_ok(!gth_output_event(&event, &running) && events(file) == 2,
	       "reopened_without_a_rename_it_is_appended_to");
	if (unlink(file) || mkdir(file, 0700))
		exit(1);
	gth_output_reopen();
	tap_is(gth_output_event(&event, &running), 0,
	       "where_it_cannot_be_opened_the_old_one_is_written_on");
	if (rmdir(file))
		exit(1);
	gth_output_reopen();
	tap_ok(!gth_output_event(&event, &running) && events(file) == 1, "until_it_can");
	gth_output_close();
	tap_is(gth_output_open("/no/such/directory/file"), -ENOENT, "missing_directory_is_refused");
}

/* Takes all the room but for what is left of the file's last page. */
static void fill(void)
{
	static char block[4096];
	int fd = open(ballast, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		exit(1);
	while (write(fd, block, sizeof(block)) > 0)
		;
	close(fd);
}

static void *write_in_thread(void *arg)
{
	*(int *)arg = gth_output_event(&event, &running);
	return NULL;
}

static void test_full_disk(void)
{
	int written = 0, err, result = -1;
	pthread_t thread;

	if ((unshare(CLONE_NEWNS) && unshare(CLONE_NEWNS | CLONE_NEWUSER)) ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("tmpfs", dir, "tmpfs", 0, "size=64k")) {
		tap_skip("full_disk", "no mount namespace here");
		return;
	}
	put(file, "");
	err = gth_output_open(file);
	while (!err && written < 1000) {
		err = gth_output_event(&event, &stopped);
		written += !err;
	}
	tap_is(err, -ENOSPC, "full_disk_is_told_when_nobody_waits");
	tap_ok(written && written < 1000, "some_events_had_room");
	tap_is(events(file), written, "no_half_line_is_left");
	gth_output_close();

	if (truncate(file, 0))
		exit(1);
	tap_is(write_once(&stopped), 0, "with_room_events_are_written");
	fill();
	/* The rest of the file's page is there still. */
	err = gth_output_open(file);
	for (written = 1; !err && written < 1000; written += !err)
		err = gth_output_event(&event, &stopped);
	tap_is(err, -ENOSPC, "disk_that_others_filled_is_full");
	if (pthread_create(&thread, NULL, write_in_thread, &result))
		exit(1);
	if (unlink(ballast) || pthread_join(thread, NULL))
		exit(1);
	tap_ok(!result && events(file) == written + 1, "who_waits_goes_on_when_there_is_room");
	gth_output_close();
	if (umount2(dir, MNT_DETACH))
		exit(1);
}

/* Copies the content of the FIFO into a file. Return: how many bytes. */
static size_t drain(int fd, const char *to)
{
	static char text[1 << 20];
	size_t have = 0;
	ssize_t n;
	FILE *f;

	while ((n = read(fd, text + have, sizeof(text) - have)) > 0)
		have += (size_t)n;
	f = fopen(to, "we");
	if (!f || fwrite(text, 1, have, f) != have || fclose(f))
		exit(1);
	return have;
}

static void test_fifo(void)
{
	int reader, err, written = 0, result = -1;
	pthread_t thread;

	if (mkfifo(file, 0600))
		exit(1);
	/* A call that waits for a reader ends here. */
	alarm(60);
	tap_is(gth_output_open(file), 0, "fifo_without_a_reader_is_not_waited_for");
	for (err = 0; !err && written < 100000; written += !err)
		err = gth_output_event(&event, &stopped);
	tap_is(err, -ENOSPC, "unread_fifo_is_told_when_nobody_waits");
	if (pthread_create(&thread, NULL, write_in_thread, &result))
		exit(1);
	reader = open(file, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (reader < 0)
		exit(1);
	/* One of them was lost, half of which may be there. */
	tap_ok(drain(reader, rotated) > 4096 && written > 20, "events_have_waited_for_a_reader");
	if (pthread_join(thread, NULL))
		exit(1);
	tap_is(result, 0, "who_waits_goes_on_when_it_is_read");
	drain(reader, rotated);
	close(reader);
	err = gth_output_event(&event, &running);
	reader = open(file, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	drain(reader, rotated);
	tap_ok(!err && events(rotated) == 1, "reader_that_went_is_no_error");
	close(reader);
	gth_output_close();
	alarm(0);
	unlink(rotated);
	unlink(file);
}

int main(void)
{
	if (!mkdtemp(dir))
		return 1;
	snprintf(file, sizeof(file), "%s/events", dir);
	snprintf(rotated, sizeof(rotated), "%s/events.1", dir);
	snprintf(ballast, sizeof(ballast), "%s/ballast", dir);
	test_last_line();
	test_rotation();
	unlink(rotated);
	unlink(file);
	test_fifo();
	test_full_disk();
	rmdir(dir);
	return tap_done();
}
