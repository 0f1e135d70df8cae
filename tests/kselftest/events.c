// SPDX-License-Identifier: GPL-2.0-or-later
/* events.c - a decision is one line in the daemon's log that says what and why. */
#include "test.h"

#include <sys/stat.h>
#include <unistd.h>

/* GTH_EVENT_BURST events in GTH_EVENT_SECONDS from one user */
#define FLOOD 3000
#define BURST_SECONDS 10

FIXTURE(events)
{
	struct gth_place place;
	struct gth_file f;
	char path[160], digest[96];
	off_t from;
};

FIXTURE_SETUP(events)
{
	unsigned int i;

	ASSERT_EQ(0, gth_begin(&self->place, MNT));
	ASSERT_EQ(0, gth_make_program(&self->f, &self->place, "f", NULL, 5));
	ASSERT_EQ(0, gth_list(&self->f, GTH_CLASS_MALICIOUS));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	snprintf(self->path, sizeof(self->path), "\"path\":\"%s\"", self->f.path);
	strcpy(self->digest, "\"digest\":\"");
	for (i = 0; i < GTH_DIGEST_SIZE; i++)
		sprintf(self->digest + 10 + 2 * i, "%02x", self->f.digest[i]);
	strcat(self->digest, "\"");
	self->from = gth_events_fence();
	ASSERT_LE(0, self->from);
}

FIXTURE_TEARDOWN_PARENT(events)
{
	gth_end(&self->place);
}

TEST_F(events, denial_is_one_event)
{
	const char *any[] = { "\"type\":\"decision\"", self->path, NULL };
	const char *whole[] = { "\"type\":\"decision\"",
				"\"op\":\"open\"",
				"\"action\":\"deny\"",
				"\"enforced\":true",
				"\"reason\":\"class\"",
				"\"class\":\"malicious\"",
				"\"source\":\"table\"",
				"\"domain\":\"sha256\"",
				self->digest,
				self->path,
				"\"size\":4096,",
				"\"mode\":\"enforce\"",
				"\"uid\":0",
				"\"comm\":\"events\"",
				NULL };
	char line[2048];
	off_t to;

	ASSERT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	to = gth_events_fence();
	ASSERT_LE(0, to);
	EXPECT_EQ(1, gth_events_count(self->from, to, any, line, sizeof(line)));
	EXPECT_EQ(1, gth_events_count(self->from, to, whole, NULL, 0))
	{
		TH_LOG("%s", line);
	}
}

TEST_F(events, would_be_denial_is_one_event)
{
	const char *whole[] = { "\"type\":\"decision\"",
				"\"op\":\"open\"",
				"\"action\":\"deny\"",
				"\"enforced\":false",
				self->path,
				"\"mode\":\"monitor\"",
				NULL };
	off_t to;

	ASSERT_EQ(0, gth_set("mode", "monitor"));
	ASSERT_EQ(0, gth_open(self->f.path, O_RDONLY));
	to = gth_events_fence();
	ASSERT_LE(0, to);
	EXPECT_EQ(1, gth_events_count(self->from, to, whole, NULL, 0));
}

TEST_F(events, denial_says_which_operation)
{
	static const char *const op[] = { "\"op\":\"exec\"", "\"op\":\"mmap\"",
					  "\"op\":\"mprotect\"" };
	unsigned int i;
	off_t to;
	int fd;

	EXPECT_EQ(-EPERM, gth_exec(self->f.path));
	ASSERT_EQ(0, gth_set("hooks/open", "0"));
	fd = gth_open_fd(self->f.path, O_RDONLY);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EPERM, gth_map(fd, PROT_EXEC));
	EXPECT_EQ(-EPERM, gth_map_gains_exec(fd));
	to = gth_events_fence();
	ASSERT_LE(0, to);
	for (i = 0; i < ARRAY_SIZE(op); i++) {
		const char *needles[] = { "\"type\":\"decision\"", op[i], self->digest, self->path,
					  NULL };

		EXPECT_EQ(1, gth_events_count(self->from, to, needles, NULL, 0))
		{
			TH_LOG("%s", op[i]);
		}
	}
}

TEST_F(events, allowance_is_no_event)
{
	const char *needles[] = { "\"type\":\"decision\"", self->path, NULL };
	off_t to;

	ASSERT_EQ(0, gth_set("malicious", "allow"));
	ASSERT_EQ(0, gth_open(self->f.path, O_RDONLY));
	ASSERT_EQ(5, gth_exec(self->f.path));
	to = gth_events_fence();
	ASSERT_LE(0, to);
	EXPECT_EQ(0, gth_events_count(self->from, to, needles, NULL, 0));
}

TEST_F(events, table_is_told_of)
{
	const char *loaded[] = { "\"type\":\"table\"", "\"table\":\"kselftest\"", NULL };
	const char *refused[] = { "\"type\":\"table\"", "\"errno\":74", NULL };
	const char *dropped[] = { "\"type\":\"table\"", "\"table\":\"dropped\"", NULL };
	char line[2048], error[640];
	struct gth_db db;
	off_t to;

	gth_db_init(&db);
	gth_db_seal(&db);
	db.body_digest[0] ^= 1;
	EXPECT_EQ(-EBADMSG, gth_db_load(&db));
	ASSERT_EQ(0, gth_read_line(GTH_ROOT "health/last_error", error, sizeof(error)));
	EXPECT_STREQ("-74 kselftest", error);
	db.body_digest[0] ^= 1;
	EXPECT_EQ(0, gth_db_load(&db));
	EXPECT_EQ(0, gth_drop());
	to = gth_events_fence();
	ASSERT_LE(0, to);
	EXPECT_EQ(2, gth_events_count(self->from, to, loaded, line, sizeof(line)));
	EXPECT_NULL(strstr(line, "errno"));
	EXPECT_EQ(1, gth_events_count(self->from, to, refused, NULL, 0));
	EXPECT_EQ(1, gth_events_count(self->from, to, dropped, NULL, 0));
}

TEST_F(events, odd_name_stays_one_line_of_json)
{
	static const char odd[] = "new\nline \"quote\" back\\slash \xff\x01";
	const char *needles[] = { "\"type\":\"decision\"", self->digest, NULL };
	char path[200], line[2048];
	const char *p;
	off_t to;

	snprintf(path, sizeof(path), "%s/%s", self->place.dir, odd);
	ASSERT_EQ(0, rename(self->f.path, path));
	ASSERT_EQ(-EPERM, gth_open(path, O_RDONLY));
	to = gth_events_fence();
	ASSERT_LE(0, to);
	EXPECT_EQ(1, gth_events_count(self->from, to, needles, line, sizeof(line)));
	EXPECT_EQ('{', line[0]);
	EXPECT_EQ('}', line[strlen(line) - 1]);
	for (p = line; *p; p++)
		EXPECT_LE(0x20, (unsigned char)*p);
}

TEST_F(events, long_path_keeps_its_tail)
{
	const char *needles[] = { "\"type\":\"decision\"", self->digest, "\"path_truncated\":true",
				  "/the-very-end\"", NULL };
	char dir[256];
	int i;
	off_t to;

	memset(dir, 'd', sizeof(dir));
	dir[200] = '\0';
	ASSERT_EQ(0, chdir(self->place.dir));
	for (i = 0; i < 4; i++) {
		ASSERT_EQ(0, mkdir(dir, 0755));
		ASSERT_EQ(0, chdir(dir));
	}
	ASSERT_EQ(0, rename(self->f.path, "the-very-end"));
	ASSERT_EQ(-EPERM, gth_open("the-very-end", O_RDONLY));
	to = gth_events_fence();
	ASSERT_LE(0, to);
	EXPECT_EQ(1, gth_events_count(self->from, to, needles, NULL, 0));
}

/* Opens the file so many times as another user. Return: 0: denied each time. */
static int open_as_user(const char *path, unsigned int times)
{
	pid_t pid = fork();

	if (!pid) {
		int wrong = 0;

		if (setgid(GTH_USER) || setuid(GTH_USER))
			_exit(255);
		while (times--)
			wrong |= gth_open(path, O_RDONLY) != -EPERM;
		_exit(wrong);
	}
	return gth_wait_child(pid);
}

TEST_F(events, none_is_lost_in_a_small_burst)
{
	const char *needles[] = { "\"type\":\"decision\"", self->path, NULL };
	gth_u64 lost = gth_stat("events_lost");
	unsigned int i;
	off_t to;

	for (i = 0; i < 300; i++)
		EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	to = gth_events_fence();
	ASSERT_LE(0, to);
	EXPECT_EQ(300, gth_events_count(self->from, to, needles, NULL, 0));
	EXPECT_EQ(lost, gth_stat("events_lost"));
}

/* One user's flood is bounded and counted, and another one's events come through. */
TEST_F(events, flood_of_one_user_drowns_no_other)
{
	const char *his[] = { "\"type\":\"decision\"", self->path, "\"uid\":1000,", NULL };
	const char *own[] = { "\"type\":\"decision\"", self->path, "\"uid\":0,", NULL };
	gth_u64 lost = gth_stat("events_lost"), suppressed = gth_stat("events_suppressed");
	gth_u64 begin = gth_now();
	unsigned int written;
	off_t to;

	ASSERT_EQ(0, open_as_user(self->f.path, FLOOD));
	/* On a slow machine this is not a flood. */
	if (gth_now() - begin < BURST_SECONDS - 1)
		EXPECT_LT(suppressed, gth_stat("events_suppressed"));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	to = gth_events_fence();
	ASSERT_LE(0, to);
	written = gth_events_count(self->from, to, his, NULL, 0);
	EXPECT_EQ(FLOOD, written + gth_stat("events_suppressed") - suppressed +
				 gth_stat("events_lost") - lost);
	EXPECT_EQ(1, gth_events_count(self->from, to, own, NULL, 0));
}

TEST_HARNESS_MAIN
