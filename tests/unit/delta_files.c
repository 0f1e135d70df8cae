// SPDX-License-Identifier: GPL-2.0-or-later
/* delta_files.c - random releases as files: the delta of two of them, applied, gives the second
 * one's bytes. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/text/manifest_text.h"
#include "sigtool/compare.h"
#include "sigtool/delta_write.h"
#include "sigtool/patch.h"
#include "tests/unit/lib/files.h"
#include "tests/unit/lib/must.h"
#include "tests/unit/random_list.h"
#include "tests/unit/tap.h"

#define SEEDS 300

static struct gth_progress progress; /* not shown */

static void put(const char *dir, const char *name, const void *data, size_t len)
{
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	must(f && fwrite(data, 1, len, f) == len && !fclose(f));
}

static void write_release(const char *dir, const struct list *l, u64 version)
{
	struct gth_manifest m = { .name = "main", .version = version, .expires = 1 };
	char text[GTH_MANIFEST_MAX];
	int len;

	m.body_size = l->n * sizeof(l->rec[0]);
	must(!gth_sha256(l->rec, m.body_size, m.body_digest));
	for (size_t i = 0; i < l->n; i++)
		m.count[l->rec[i].class]++;
	len = gth_manifest_format(&m, text, sizeof(text));
	must(len > 0);
	put(dir, "body", l->rec, m.body_size);
	put(dir, "manifest", text, (size_t)len);
}

static void make_delta(const struct database *old, const struct database *new)
{
	struct body_reader a, b;
	struct changes c;
	struct release r;

	must(!delta_write_open(&r, "delta", new) && !changes_init(&c, r.dirfd));
	must(!body_reader_open(&a, old) && !body_reader_open(&b, new));
	must(!compare_bodies(&a, &b, changes_add, &c, &progress) && !changes_end(&c));
	must(!a.problem.check && !b.problem.check);
	must(!delta_write(&r, &c, old, new));
	changes_free(&c);
	body_reader_close(&a);
	body_reader_close(&b);
	release_close(&r);
}

/* Return: whether the result is, byte for byte, what @wanted has. */
static bool gives(const struct database *base, const struct list *wanted)
{
	static struct database to;
	static u8 made[sizeof(wanted->rec) + 1];
	struct problem result = PROBLEM_NONE;
	size_t size = wanted->n * sizeof(wanted->rec[0]);
	struct delta_file delta;
	struct body_reader body;
	int fd = open(".", O_TMPFILE | O_RDWR, 0600);
	bool good;

	must(fd >= 0 && !database_load(&to, "delta"));
	must(!delta_file_open(&delta, &to) && !delta.problem.check);
	must(!delta_file_check(&delta, &progress) && !delta.problem.check);
	must(!body_reader_open(&body, base));
	must(!patch_bodies(&body, &delta, &to.m, fd, &result, &progress));
	good = !body.problem.check && !delta.problem.check && !result.check &&
	       pread(fd, made, sizeof(made), 0) == (ssize_t)size &&
	       !memcmp(made, wanted->rec, size);
	if (!good)
		tap_note("%s %s %s", body.problem.text, delta.problem.text, result.text);
	body_reader_close(&body);
	delta_file_close(&delta);
	close(fd);
	return good;
}

int main(void)
{
	char dir[] = "/tmp/gth-delta-XXXXXX";
	unsigned int wrong = 0;

	random_start();
	must(mkdtemp(dir) && !chdir(dir) && !mkdir("old", 0700) && !mkdir("new", 0700));
	for (unsigned int i = 0; i < SEEDS; i++) {
		static struct database old, new;
		static struct list a, b;
		unsigned int keys = (unsigned int)random_below(500) + 2;

		random_list(&a, keys);
		random_list(&b, keys);
		write_release("old", &a, 1);
		write_release("new", &b, 2);
		must(!database_load(&old, "old") && !database_load(&new, "new"));
		make_delta(&old, &new);
		wrong += !gives(&old, &b);
	}
	tap_is(wrong, 0, "base_and_delta_give_the_new_release");
	must(!chdir("/"));
	run("rm -rf %s", dir);
	return tap_done();
}
