// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fanotify.c - beside permission listeners: nothing deadlocks, what is listed is
 * denied, what a listener refuses is denied, and nothing else is.
 */
#include "test.h"

#include <sys/mman.h>
#include <unistd.h>

#include "stress.h"
#include "listener.h"

#define OPENERS 12
#define BIG (1UL << 20)

FIXTURE(fanotify)
{
	struct gth_place mnt, tmp;
	struct gth_file listed[2], clean[2], refused[2], big;
	uint8_t image[GTH_PROGRAM_SIZE]; /* what is listed */
};

FIXTURE_VARIANT(fanotify)
{
	struct gth_habits habits[2];
	int n;
};

FIXTURE_VARIANT_ADD(fanotify, slow) { .habits = { { .delay_us = 3000, .refuses = "refused" } },
				      .n = 1 };
FIXTURE_VARIANT_ADD(fanotify, that_opens_what_it_is_asked_about) {
	.habits = { { .opens = true, .refuses = "refused" } }, .n = 1
};
FIXTURE_VARIANT_ADD(fanotify, that_dies) {
	.habits = { { .refuses = "refused" }, { .delay_us = 10000, .dies = 30 } }, .n = 2
};
/* One of them: two that open would ask each other without end. */
FIXTURE_VARIANT_ADD(fanotify, two_of_which_one_opens_and_wants_to_know_of_reads) {
	.habits = { { .delay_us = 1000, .opens = true, .reads_too = true },
		    { .delay_us = 1000, .refuses = "refused" } },
	.n = 2
};

FIXTURE_SETUP(fanotify)
{
	struct gth_db db;

	ASSERT_EQ(0, gth_begin(&self->mnt, MNT));
	ASSERT_EQ(0, gth_begin(&self->tmp, TMPFS));
	gth_program(self->image, NULL, 0x400000, 5);
	for (int i = 0; i < 2; i++) {
		const struct gth_place *place = i ? &self->tmp : &self->mnt;

		ASSERT_EQ(0, gth_make(&self->listed[i], place, "listed", 0755, self->image,
				      sizeof(self->image)));
		ASSERT_EQ(0, gth_make_program(&self->clean[i], place, "clean", NULL, 6));
		ASSERT_EQ(0, gth_make_program(&self->refused[i], place, "refused", NULL, 7));
	}
	ASSERT_EQ(0, gth_make_size(&self->big, &self->mnt, "big", BIG));
	gth_db_init(&db);
	gth_db_add(&db, GTH_DOMAIN_SHA256, self->listed[0].digest, GTH_CLASS_MALICIOUS);
	gth_db_seal(&db);
	ASSERT_EQ(0, gth_db_load(&db));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
}

FIXTURE_TEARDOWN_PARENT(fanotify)
{
	gth_end(&self->mnt);
	gth_end(&self->tmp);
}

struct crowd {
	struct gth_stress *stress;
	FIXTURE_DATA(fanotify) * at;
	unsigned int denied, allowed, refused, fresh, big;
};

static void expect(struct crowd *c, const char *what, int is, int want, unsigned int *n)
{
	if (is != want)
		gth_stress_fault(c->stress, "%s gives %d", what, is);
	else
		__atomic_fetch_add(n, 1, __ATOMIC_SEQ_CST);
}

/* A file that was not judged yet. */
static void open_fresh(struct crowd *c)
{
	const struct gth_place *place = gth_random(2) ? &c->at->mnt : &c->at->tmp;
	bool listed = gth_random(2);
	struct gth_file f;
	char name[32];
	int ret;

	snprintf(name, sizeof(name), "fresh-%d", getpid());
	if (listed)
		ret = gth_make(&f, place, name, 0755, c->at->image, sizeof(c->at->image));
	else
		ret = gth_make_code(&f, place, name);
	if (ret)
		gth_stress_fault(c->stress, "making a file gives %d", ret);
	expect(c, "a fresh file", gth_open(f.path, O_RDONLY), listed ? -EPERM : 0, &c->fresh);
	unlink(f.path);
}

/* Changed, it is judged anew, by all who come; and the module has to read it, for it is not at
 * hand. */
static void map_big(struct crowd *c)
{
	int fd = gth_open_fd(c->at->big.path, O_WRONLY);

	if (fd < 0 || pwrite(fd, "#", 1, 0) != 1 || fdatasync(fd) ||
	    posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED))
		gth_stress_fault(c->stress, "writing big: %d %d", fd, errno);
	close(fd);
	fd = gth_open_fd(c->at->big.path, O_RDONLY);
	if (fd < 0)
		gth_stress_fault(c->stress, "opening big gives %d", fd);
	expect(c, "mapping big", gth_map(fd, PROT_READ | PROT_EXEC), 0, &c->big);
	close(fd);
}

static int try(const struct gth_file *f)
{
	return gth_random(4) ? gth_open(f->path, O_RDONLY) : gth_exec(f->path);
}

/* With a program's exit status for 0 if it was executed. */
static int allowed(int ret, int exit_status)
{
	return ret == exit_status ? 0 : ret;
}

static void try_one(void *arg)
{
	struct crowd *c = arg;
	unsigned int i = (unsigned int)gth_random(2);

	switch (gth_random(10)) {
	case 0:
		map_big(c);
		break;
	case 1:
	case 2:
	case 3:
		open_fresh(c);
		break;
	case 4:
	case 5:
		expect(c, "what is listed", try(&c->at->listed[i]), -EPERM, &c->denied);
		break;
	case 6:
	case 7:
		expect(c, "what is refused", try(&c->at->refused[i]), -EPERM, &c->refused);
		break;
	default:
		expect(c, "what is clean", allowed(try(&c->at->clean[i]), 6), 0, &c->allowed);
	}
}

TEST_F(fanotify, listener_denies_what_it_refuses_and_nothing_else_changes)
{
	struct crowd *c = gth_shared(sizeof(*c));
	struct gth_listener *listener[2];
	int i;

	*c = (struct crowd) { .stress = gth_stress(), .at = self };
	for (i = 0; i < variant->n; i++) {
		listener[i] = gth_listen(&variant->habits[i]);
		ASSERT_NE(NULL, listener[i]);
	}
	for (i = 0; i < OPENERS; i++)
		ASSERT_EQ(0, gth_stress_add(c->stress, "opener", 12, try_one, c));
	gth_stress_wait(c->stress);
	EXPECT_EQ(0, gth_stress_end(c->stress));
	printf("# %u denied, %u refused, %u allowed, %u fresh, %u big\n", c->denied, c->refused,
	       c->allowed, c->fresh, c->big);
	EXPECT_STREQ("", c->stress->fault);
	EXPECT_NE(0, c->denied);
	EXPECT_NE(0, c->refused);
	EXPECT_NE(0, c->allowed);
	EXPECT_NE(0, c->fresh);
	EXPECT_NE(0, c->big);
	for (i = 0; i < variant->n; i++) {
		const struct gth_habits *h = &variant->habits[i];

		gth_listen_end(listener[i]);
		EXPECT_LT(0, listener[i]->events);
		EXPECT_FALSE(listener[i]->broken);
		if (h->refuses)
			EXPECT_LT(0, listener[i]->refused);
		if (h->dies)
			EXPECT_EQ(h->dies, listener[i]->events);
	}
}

FIXTURE(asked)
{
	struct gth_place place;
	struct gth_file listed, clean;
	struct gth_listener *listener;
};

FIXTURE_SETUP(asked)
{
	static const struct gth_habits none;

	ASSERT_EQ(0, gth_begin(&self->place, MNT));
	ASSERT_EQ(0, gth_make_program(&self->listed, &self->place, "listed", NULL, 5));
	ASSERT_EQ(0, gth_make_program(&self->clean, &self->place, "clean", NULL, 6));
	ASSERT_EQ(0, gth_list(&self->listed, GTH_CLASS_MALICIOUS));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	self->listener = gth_listen(&none);
	ASSERT_NE(NULL, self->listener);
}

FIXTURE_TEARDOWN_PARENT(asked)
{
	gth_end(&self->place);
}

static bool has_answered(void *arg)
{
	struct gth_listener *l = arg;

	return l->answered;
}

TEST_F(asked, listener_is_asked_about_what_is_allowed_and_about_nothing_else)
{
	EXPECT_EQ(-EPERM, gth_open(self->listed.path, O_RDONLY));
	EXPECT_EQ(-EPERM, gth_exec(self->listed.path));
	EXPECT_EQ(0, self->listener->events);
	/* Not in the page cache, it is read by the module: that does not count as an open. */
	ASSERT_EQ(0, gth_write_file("/proc/sys/vm/drop_caches", "3", 1));
	EXPECT_EQ(0, gth_open(self->clean.path, O_RDONLY));
	EXPECT_EQ(1, self->listener->events);
	/* It counts after it has answered, and we go on with the answer. */
	EXPECT_TRUE(gth_wait_until(has_answered, self->listener));
	gth_listen_end(self->listener);
	EXPECT_EQ(1, self->listener->answered);
	EXPECT_EQ(0, self->listener->unread);
}

/* It is asked by a descriptor that reads the file. */
static bool was_not_told(void *arg)
{
	struct gth_listener *l = arg;

	return l->unread;
}

TEST_F(asked, what_a_listener_may_not_read_is_not_opened_for_writing)
{
	EXPECT_EQ(-EPERM, gth_open(self->listed.path, O_WRONLY));
	EXPECT_TRUE(gth_wait_until(was_not_told, self->listener));
	EXPECT_EQ(0, self->listener->events);
	EXPECT_EQ(0, gth_open(self->clean.path, O_WRONLY));
	EXPECT_EQ(1, self->listener->events);
	gth_listen_end(self->listener);
	EXPECT_FALSE(self->listener->broken);
	EXPECT_EQ(0, gth_open(self->listed.path, O_WRONLY));
}

TEST_HARNESS_MAIN
