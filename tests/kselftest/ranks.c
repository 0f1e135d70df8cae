// SPDX-License-Identifier: GPL-2.0-or-later
/* ranks.c - whose word counts: root's, then the table's, then the region's; and who wrote it. */
#include "test.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define HELD_MAX 65536 /* GTH_VERDICTS_MAX, of each source */

FIXTURE(ranks)
{
	struct gth_place place;
	struct gth_file f;
	gth_u64 held;
};

FIXTURE_SETUP(ranks)
{
	ASSERT_EQ(0, gth_begin(&self->place, MNT));
	ASSERT_EQ(0, gth_make_code(&self->f, &self->place, "f"));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	self->held = gth_table("verdicts");
}

FIXTURE_TEARDOWN_PARENT(ranks)
{
	gth_end(&self->place);
}

static int root_says(struct gth_file *f, int class)
{
	return gth_verdict_by(GTH_SOURCE_ROOT, f->digest, class, 0);
}

static int region_says(struct gth_file *f, int class)
{
	return gth_verdict_by(GTH_SOURCE_REGION, f->digest, class, 0);
}

/* The class in force, with the source in the tens; -errno */
static int in_force(const struct gth_file *f)
{
	struct gth_explain x;
	int err = gth_explain(f->path, GTH_OP_OPEN, &x);

	return err ? err : x.class + 10 * x.source;
}

#define BY(source, class) (GTH_CLASS_##class + 10 * GTH_SOURCE_##source)

TEST_F(ranks, every_combination_is_ruled_by_the_highest)
{
	int root, table, region, wanted;

	for (table = 0; table < GTH_CLASS_MAX; table++) {
		if (table)
			ASSERT_EQ(0, gth_list(&self->f, table));
		for (root = 0; root < GTH_CLASS_MAX; root++) {
			ASSERT_EQ(0, root_says(&self->f, root));
			for (region = 0; region < GTH_CLASS_MAX; region++) {
				ASSERT_EQ(0, region_says(&self->f, region));
				wanted = root	  ? root + 10 * GTH_SOURCE_ROOT
					 : table  ? table + 10 * GTH_SOURCE_TABLE
					 : region ? region + 10 * GTH_SOURCE_REGION
						  : 0;
				EXPECT_EQ(wanted, in_force(&self->f))
				{
					TH_LOG("root %d table %d region %d", root, table, region);
				}
				/* And the hook says the same. */
				EXPECT_EQ(wanted % 10 == GTH_CLASS_MALICIOUS ? -EPERM : 0,
					  gth_open(self->f.path, O_RDONLY));
			}
		}
	}
}

TEST_F(ranks, the_regions_word_does_not_take_roots_back)
{
	ASSERT_EQ(0, root_says(&self->f, GTH_CLASS_MALICIOUS));
	ASSERT_EQ(0, region_says(&self->f, GTH_CLASS_TRUSTED));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	/* Nor does its forgetting. */
	ASSERT_EQ(0, region_says(&self->f, GTH_CLASS_UNKNOWN));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	EXPECT_EQ(BY(ROOT, MALICIOUS), in_force(&self->f));
}

TEST_F(ranks, forgetting_roots_shows_the_regions_again)
{
	ASSERT_EQ(0, region_says(&self->f, GTH_CLASS_MALICIOUS));
	ASSERT_EQ(0, root_says(&self->f, GTH_CLASS_TRUSTED));
	EXPECT_EQ(0, gth_open(self->f.path, O_RDONLY));
	EXPECT_EQ(self->held + 2, gth_table("verdicts"));
	ASSERT_EQ(0, root_says(&self->f, GTH_CLASS_UNKNOWN));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	EXPECT_EQ(BY(REGION, MALICIOUS), in_force(&self->f));
	EXPECT_EQ(self->held + 1, gth_table("verdicts"));
}

TEST_F(ranks, a_newer_table_ends_what_the_region_allowed)
{
	ASSERT_EQ(0, region_says(&self->f, GTH_CLASS_TRUSTED));
	EXPECT_EQ(0, gth_open(self->f.path, O_RDONLY));
	ASSERT_EQ(0, gth_list(&self->f, GTH_CLASS_MALICIOUS));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	EXPECT_EQ(BY(TABLE, MALICIOUS), in_force(&self->f));
	ASSERT_EQ(0, gth_drop());
	EXPECT_EQ(BY(REGION, TRUSTED), in_force(&self->f));
}

TEST_F(ranks, decisions_are_counted_by_source)
{
	gth_u64 root = gth_stat("by_root"), table = gth_stat("by_table");
	gth_u64 region = gth_stat("by_region");

	ASSERT_EQ(0, region_says(&self->f, GTH_CLASS_MALICIOUS));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	EXPECT_LT(region, gth_stat("by_region"));
	ASSERT_EQ(0, gth_list(&self->f, GTH_CLASS_MALICIOUS));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	EXPECT_LT(table, gth_stat("by_table"));
	EXPECT_EQ(root, gth_stat("by_root"));
	ASSERT_EQ(0, root_says(&self->f, GTH_CLASS_MALICIOUS));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	EXPECT_LT(root, gth_stat("by_root"));
}

/* The descriptor that the daemon writes by */

static int write_by(int fd, const struct gth_verdict *v, size_t n)
{
	return write(fd, v, n * sizeof(*v)) < 0 ? -errno : 0;
}

static int call(int fd, unsigned long request, void *arg)
{
	return ioctl(fd, request, arg) < 0 ? -errno : 0;
}

static struct gth_verdict verdict(const struct gth_file *f, int source, int class)
{
	struct gth_verdict v = { .domain = GTH_DOMAIN_SHA256,
				 .class = (uint8_t) class,
				 .source = (uint8_t)source };

	memcpy(v.digest, f->digest, sizeof(v.digest));
	return v;
}

TEST_F(ranks, a_descriptor_of_the_region_writes_nothing_of_roots)
{
	struct gth_load load = {
		.size = sizeof(load), .manifest_fd = -1, .body_fd = -1, .signature_fd = -1
	};
	struct gth_hooks hooks = { .size = sizeof(hooks) };
	struct gth_verdict v[2] = { verdict(&self->f, GTH_SOURCE_REGION, GTH_CLASS_TRUSTED),
				    verdict(&self->f, GTH_SOURCE_ROOT, GTH_CLASS_TRUSTED) };
	struct gth_verdict_list list = { .size = sizeof(list), .n = 1 };
	struct gth_floors floors = { .size = sizeof(floors) };
	struct gth_info info;
	int fd = gth_device();

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, root_says(&self->f, GTH_CLASS_MALICIOUS));
	ASSERT_EQ(0, call(fd, GTH_IOC_REGION, NULL));
	/* Neither alone, nor behind one that may be written, nor to forget. */
	EXPECT_EQ(-EPERM, write_by(fd, &v[1], 1));
	EXPECT_EQ(-EPERM, write_by(fd, v, 2));
	v[1].class = GTH_CLASS_UNKNOWN;
	EXPECT_EQ(-EPERM, write_by(fd, v, 2));
	EXPECT_EQ(self->held + 1, gth_table("verdicts"));
	v[1].source = GTH_SOURCE_NONE;
	EXPECT_EQ(-EINVAL, write_by(fd, v, 2));
	EXPECT_EQ(BY(ROOT, MALICIOUS), in_force(&self->f));
	/* These could undo verdicts of root, too. */
	EXPECT_EQ(-EPERM, call(fd, GTH_IOC_LOAD, &load));
	EXPECT_EQ(-EPERM, call(fd, GTH_IOC_DROP, NULL));
	EXPECT_EQ(-EPERM, call(fd, GTH_IOC_EXEMPT, NULL));
	EXPECT_EQ(-EPERM, call(fd, GTH_IOC_HOOKS, &hooks));
	EXPECT_EQ(-EPERM, call(fd, GTH_IOC_RAISE, &floors));
	/* The mark stays; what it is for goes on. */
	EXPECT_EQ(0, call(fd, GTH_IOC_REGION, NULL));
	v[1] = verdict(&self->f, GTH_SOURCE_ROOT, GTH_CLASS_TRUSTED);
	EXPECT_EQ(-EPERM, write_by(fd, &v[1], 1));
	EXPECT_EQ(0, call(fd, GTH_IOC_INFO, &info));
	EXPECT_NE(-EPERM, call(fd, GTH_IOC_VERDICTS, &list));
	EXPECT_EQ(0, call(fd, GTH_IOC_FLOORS, &floors));
	EXPECT_EQ(0, write_by(fd, &v[0], 1));
	EXPECT_EQ(self->held + 2, gth_table("verdicts"));
	close(fd);
	EXPECT_EQ(0, region_says(&self->f, GTH_CLASS_UNKNOWN));
}

/* Reading what is held */

struct held {
	struct gth_verdict *v;
	size_t n;
};

/* All, in parts of @room. 0 or -errno */
static int read_all(struct held *h, unsigned int room)
{
	struct gth_verdict_list list = { .size = sizeof(list) };
	int err;

	free(h->v);
	h->v = calloc(2 * HELD_MAX + 1024, sizeof(*h->v));
	h->n = 0;
	if (!h->v)
		return -ENOMEM;
	do {
		list.n = room;
		list.records = (uintptr_t)(h->v + h->n);
		err = gth_device_call(GTH_IOC_VERDICTS, &list);
		if (err)
			return err;
		h->n += list.n;
	} while (list.cursor);
	return 0;
}

/* How often it is there. */
static unsigned int times(const struct held *h, const struct gth_verdict *v)
{
	unsigned int n = 0;

	for (size_t i = 0; i < h->n; i++)
		n += !memcmp(&h->v[i], v, sizeof(*v));
	return n;
}

TEST_F(ranks, list_has_both_words_whole)
{
	struct gth_verdict root = verdict(&self->f, GTH_SOURCE_ROOT, GTH_CLASS_TRUSTED);
	struct gth_verdict region = verdict(&self->f, GTH_SOURCE_REGION, GTH_CLASS_MALICIOUS);
	struct held h = { 0 };

	region.expires = gth_now() + 86400;
	ASSERT_EQ(0, root_says(&self->f, GTH_CLASS_TRUSTED));
	ASSERT_EQ(0, gth_verdict_by(GTH_SOURCE_REGION, self->f.digest, GTH_CLASS_MALICIOUS,
				    region.expires));
	ASSERT_EQ(0, read_all(&h, GTH_VERDICTS_PER_READ));
	EXPECT_EQ(self->held + 2, h.n);
	EXPECT_EQ(1, times(&h, &root));
	EXPECT_EQ(1, times(&h, &region));
	ASSERT_EQ(0, root_says(&self->f, GTH_CLASS_UNKNOWN));
	ASSERT_EQ(0, read_all(&h, GTH_VERDICTS_PER_READ));
	EXPECT_EQ(0, times(&h, &root));
	EXPECT_EQ(1, times(&h, &region));
	free(h.v);
}

/* n different records of a source */
static int write_many(int source, unsigned int n, int class)
{
	static struct gth_verdict v[GTH_VERDICTS_PER_WRITE];
	unsigned int at, i, number;
	int err = 0;

	for (at = 0; at < n && !err; at += i) {
		memset(v, 0, sizeof(v));
		for (i = 0; i < GTH_VERDICTS_PER_WRITE && at + i < n; i++) {
			number = at + i;
			memcpy(v[i].digest, &number, sizeof(number));
			memcpy(v[i].digest + 8, "ranks", 5);
			v[i].domain = GTH_DOMAIN_SHA256;
			v[i].class = (uint8_t) class;
			v[i].source = (uint8_t)source;
		}
		err = gth_verdicts(v, i);
	}
	return err;
}

static int by_digest(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct gth_verdict));
}

TEST_F(ranks, list_gives_each_once_in_parts_of_any_size)
{
	static const unsigned int rooms[] = { 1 << 20, GTH_VERDICTS_PER_READ, 100 };
	struct held h = { 0 };
	unsigned int i;
	size_t k;

	ASSERT_EQ(0, write_many(GTH_SOURCE_REGION, 5000, GTH_CLASS_TRUSTED));
	for (i = 0; i < ARRAY_SIZE(rooms); i++) {
		unsigned int twice = 0;

		ASSERT_EQ(0, read_all(&h, rooms[i]));
		EXPECT_EQ(self->held + 5000, h.n);
		qsort(h.v, h.n, sizeof(*h.v), by_digest);
		for (k = 1; k < h.n; k++)
			twice += !by_digest(&h.v[k - 1], &h.v[k]);
		EXPECT_EQ(0, twice);
	}
	EXPECT_EQ(0, write_many(GTH_SOURCE_REGION, 5000, GTH_CLASS_UNKNOWN));
	ASSERT_EQ(0, read_all(&h, GTH_VERDICTS_PER_READ));
	EXPECT_EQ(self->held, h.n);
	free(h.v);
}

TEST_F(ranks, list_refuses_what_is_malformed)
{
	struct gth_verdict v[1];
	struct gth_verdict_list list = { .size = sizeof(list), .n = 1, .records = (uintptr_t)v };

	ASSERT_EQ(0, root_says(&self->f, GTH_CLASS_TRUSTED));
	list.size = 0;
	EXPECT_EQ(-EINVAL, gth_device_call(GTH_IOC_VERDICTS, &list));
	list.size = sizeof(list) + 8;
	EXPECT_EQ(-EINVAL, gth_device_call(GTH_IOC_VERDICTS, &list));
	list.size = sizeof(list);
	list.n = 0;
	EXPECT_EQ(-EINVAL, gth_device_call(GTH_IOC_VERDICTS, &list));
	list.n = 1;
	list.cursor = ~0ULL;
	EXPECT_EQ(-EINVAL, gth_device_call(GTH_IOC_VERDICTS, &list));
	list.cursor = 1ULL << 32;
	EXPECT_EQ(-EINVAL, gth_device_call(GTH_IOC_VERDICTS, &list));
	list.cursor = 0;
	list.n = GTH_VERDICTS_PER_READ;
	list.records = 8;
	EXPECT_EQ(-EFAULT, gth_device_call(GTH_IOC_VERDICTS, &list));
	EXPECT_EQ(-EFAULT, gth_device_call(GTH_IOC_VERDICTS, (void *)8));
}

/* The region's verdicts do not take root's room. */
TEST_F(ranks, each_source_has_room_of_its_own)
{
	struct gth_verdict v = verdict(&self->f, GTH_SOURCE_REGION, GTH_CLASS_TRUSTED);

	ASSERT_EQ(0, self->held);
	ASSERT_EQ(0, write_many(GTH_SOURCE_REGION, HELD_MAX, GTH_CLASS_TRUSTED));
	EXPECT_EQ(-ENOSPC, gth_verdicts(&v, 1));
	EXPECT_EQ(0, root_says(&self->f, GTH_CLASS_MALICIOUS));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	EXPECT_EQ(HELD_MAX + 1, gth_table("verdicts"));
	EXPECT_EQ(0, write_many(GTH_SOURCE_REGION, HELD_MAX, GTH_CLASS_UNKNOWN));
	EXPECT_EQ(1, gth_table("verdicts"));
}

/* Events */

static void member(char text[96], const struct gth_file *f)
{
	strcpy(text, "\"digest\":\"");
	for (int i = 0; i < GTH_DIGEST_SIZE; i++)
		sprintf(text + 10 + 2 * i, "%02x", f->digest[i]);
	strcat(text, "\"");
}

TEST_F(ranks, each_word_of_root_is_one_event_with_who)
{
	char digest[96], pid[32];
	const char *any[] = { "\"type\":\"verdict\"", digest, NULL };
	const char *first[] = { "\"type\":\"verdict\"",
				digest,
				"\"source\":\"root\"",
				"\"domain\":\"sha256\"",
				"\"old\":\"unknown\"",
				"\"new\":\"malicious\"",
				"\"uid\":0",
				"\"comm\":\"ranks\"",
				pid,
				NULL };
	const char *second[] = { any[0], digest, "\"old\":\"malicious\"", "\"new\":\"trusted\"",
				 NULL };
	const char *third[] = { any[0], digest, "\"old\":\"trusted\"", "\"new\":\"unknown\"",
				NULL };
	off_t from = gth_events_fence(), to;

	member(digest, &self->f);
	snprintf(pid, sizeof(pid), "\"pid\":%d,", getpid());
	ASSERT_LE(0, from);
	ASSERT_EQ(0, root_says(&self->f, GTH_CLASS_MALICIOUS));
	ASSERT_EQ(0, root_says(&self->f, GTH_CLASS_TRUSTED));
	ASSERT_EQ(0, root_says(&self->f, GTH_CLASS_UNKNOWN));
	/* These change nothing of root's. */
	ASSERT_EQ(0, root_says(&self->f, GTH_CLASS_UNKNOWN));
	ASSERT_EQ(0, region_says(&self->f, GTH_CLASS_MALICIOUS));
	ASSERT_EQ(0, region_says(&self->f, GTH_CLASS_UNKNOWN));
	to = gth_events_fence();
	ASSERT_LE(0, to);
	EXPECT_EQ(3, gth_events_count(from, to, any, NULL, 0));
	EXPECT_EQ(1, gth_events_count(from, to, first, NULL, 0));
	EXPECT_EQ(1, gth_events_count(from, to, second, NULL, 0));
	EXPECT_EQ(1, gth_events_count(from, to, third, NULL, 0));
}

TEST_HARNESS_MAIN
