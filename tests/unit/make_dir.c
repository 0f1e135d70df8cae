// SPDX-License-Identifier: GPL-2.0-or-later
/* make_dir.c - directories of the daemon's state are in their parents after a power cut. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "daemon/store/journal.h"
#include "daemon/store/spool.h"
#include "lib/util/make_dir.h"
#include "tests/unit/tap.h"

static ino_t parent;
static unsigned int syncs; /* of the parent, since all that is in it was there */
static int fails;	   /* errno of fsync(2) */
static char last[16];	   /* the name that must be there */

/* In the place of libc's: notes a sync of the parent that comes behind the directory. */
int fsync(int fd)
{
	struct stat st;

	if (fails) {
		errno = fails;
		return -1;
	}
	if (!fstat(fd, &st) && st.st_ino == parent && !faccessat(fd, last, F_OK, 0))
		syncs++;
	return (int)syscall(SYS_fsync, fd);
}

static void expect(const char *name)
{
	snprintf(last, sizeof(last), "%s", name);
	syncs = 0;
}

int main(void)
{
	char dir[] = "/tmp/gth-make-dir-XXXXXX", rm[64];
	int at = mkdtemp(dir) ? open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1, fd;
	const struct gth_message none = { .type = GTH_MSG_KEPT };
	struct gth_journal journal;
	struct gth_signer signer;
	struct gth_spool spool;
	struct stat st;

	if (at < 0 || fstat(at, &st) || gth_signer_create(&signer, "laptop-7"))
		return 1;
	parent = st.st_ino;
	expect("a");
	fd = gth_make_dir(at, "a", 0700);
	tap_ok(fd >= 0 && syncs == 1, "parent_is_synced_behind_a_new_directory");
	close(fd);
	fd = gth_make_dir(at, "a", 0700);
	tap_ok(fd >= 0 && syncs == 2, "and_when_it_was_there_before");
	close(fd);
	fails = EIO;
	tap_is(gth_make_dir(at, "a", 0700), -EIO, "parent_that_cannot_be_synced_is_an_error");
	fails = 0;
	close(openat(at, "file", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	tap_is(gth_make_dir(at, "file", 0700), -ENOTDIR, "file_is_not_a_directory");
	if (symlinkat("a", at, "link"))
		return 1;
	tap_ok(gth_make_dir(at, "link", 0700) < 0, "link_is_not_followed");
	expect(GTH_SPOOL_DIR);
	tap_ok(!gth_spool_open(&spool, at) && syncs, "spool_lasts");
	gth_spool_close(&spool);
	expect(GTH_JOURNAL_DIR);
	gth_journal_init(&journal, at, &signer, NULL);
	/* From the broker: no entry was ever kept. */
	gth_journal_kept(&journal, &none);
	tap_ok(journal.log && syncs, "journal_lasts");
	gth_journal_close(&journal);
	snprintf(rm, sizeof(rm), "rm -rf %s", dir);
	if (system(rm))
		return 1;
	return tap_done();
}
