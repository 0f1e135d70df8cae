// SPDX-License-Identifier: GPL-2.0-or-later
/* overlay.c - on overlayfs the verdict belongs to the file that holds the data. */
#include "test.h"

#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#define LOWER "/ovl/lower"
#define UPPER "/ovl/upper"

/* A directory of the lower layer, and the name of each file in the overlay. */
FIXTURE(overlay)
{
	struct gth_place place;
	struct gth_file listed, other;
	char view[160], other_view[160];
	bool missing;
};

FIXTURE_SETUP(overlay)
{
	struct statfs st;

	ASSERT_EQ(0, statfs(MNT, &st));
	self->missing = st.f_type != OVERLAYFS_SUPER_MAGIC;
	ASSERT_EQ(0, gth_begin(&self->place, self->missing ? MNT : LOWER));
	ASSERT_EQ(0, gth_make_program(&self->listed, &self->place, "listed", NULL, 7));
	ASSERT_EQ(0, gth_make_program(&self->other, &self->place, "other", NULL, 7));
	snprintf(self->view, sizeof(self->view), MNT "/%s/listed", gth_bare_name(self->place.dir));
	snprintf(self->other_view, sizeof(self->other_view), MNT "/%s/other",
		 gth_bare_name(self->place.dir));
	ASSERT_EQ(0, gth_list(&self->listed, GTH_CLASS_MALICIOUS));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
}

FIXTURE_TEARDOWN_PARENT(overlay)
{
	gth_end(&self->place);
}

#define NEED_OVERLAY()                                                                             \
	do {                                                                                       \
		if (self->missing)                                                                 \
			SKIP(return, MNT " is no overlay");                                        \
	} while (0)

TEST_F(overlay, listed_file_is_denied_in_both_views)
{
	int fd;

	NEED_OVERLAY();
	EXPECT_EQ(-EPERM, gth_open(self->view, O_RDONLY));
	EXPECT_EQ(-EPERM, gth_exec(self->view));
	EXPECT_EQ(-EPERM, gth_open(self->listed.path, O_RDONLY));
	EXPECT_EQ(-EPERM, gth_exec(self->listed.path));
	EXPECT_EQ(0, gth_open(self->other_view, O_RDONLY));
	EXPECT_EQ(7, gth_exec(self->other_view));
	EXPECT_EQ(7, gth_exec(self->other.path));
	ASSERT_EQ(0, gth_set("hooks/open", "0"));
	fd = gth_open_fd(self->view, O_RDONLY);
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EPERM, gth_map(fd, PROT_READ | PROT_EXEC));
	EXPECT_EQ(0, gth_map(fd, PROT_READ));
}

TEST_F(overlay, both_views_share_a_hash)
{
	gth_u64 hashes = gth_stat("hashes");

	NEED_OVERLAY();
	EXPECT_EQ(0, gth_open(self->other.path, O_RDONLY));
	EXPECT_EQ(hashes + 1, gth_stat("hashes"));
	EXPECT_EQ(0, gth_open(self->other_view, O_RDONLY));
	EXPECT_EQ(7, gth_exec(self->other_view));
	EXPECT_EQ(hashes + 1, gth_stat("hashes"));
	EXPECT_EQ(-EPERM, gth_open(self->view, O_RDONLY));
	EXPECT_EQ(-EPERM, gth_exec(self->listed.path));
	EXPECT_EQ(hashes + 2, gth_stat("hashes"));
}

TEST_F(overlay, mprotect_goes_by_the_kept_digest)
{
	int listed, other;

	NEED_OVERLAY();
	ASSERT_EQ(0, gth_set("mode", "monitor"));
	listed = gth_open_fd(self->view, O_RDONLY);
	other = gth_open_fd(self->other_view, O_RDONLY);
	ASSERT_LE(0, listed);
	ASSERT_LE(0, other);
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	EXPECT_EQ(-EPERM, gth_map_gains_exec(listed));
	EXPECT_EQ(0, gth_map_gains_exec(other));
}

TEST_F(overlay, exec_of_a_descriptor_is_denied)
{
	int fd = gth_open_fd(self->view, O_PATH);

	NEED_OVERLAY();
	ASSERT_LE(0, fd);
	EXPECT_EQ(-EPERM, gth_exec_fd(fd));
	ASSERT_EQ(0, gth_set("mode", "monitor"));
	EXPECT_EQ(7, gth_exec_fd(fd));
}

TEST_F(overlay, explain_gives_the_hooks_answer)
{
	struct gth_explain x;

	NEED_OVERLAY();
	ASSERT_EQ(0, gth_explain(self->view, GTH_OP_EXEC, &x));
	EXPECT_EQ(GTH_ACTION_DENY, x.action);
	EXPECT_EQ(0, memcmp(x.digest, self->listed.digest, sizeof(x.digest)));
	ASSERT_EQ(0, gth_explain(self->other_view, GTH_OP_EXEC, &x));
	EXPECT_EQ(GTH_ACTION_ALLOW, x.action);
}

/* Writing copies a file up; what is judged from then on is the copy. */
TEST_F(overlay, copied_up_file_is_judged_by_its_own_content)
{
	uint8_t image[GTH_PROGRAM_SIZE];
	int fd, lower;

	NEED_OVERLAY();
	ASSERT_EQ(0, gth_set("hooks/open", "0"));
	lower = gth_open_fd(self->listed.path, O_RDONLY);
	ASSERT_LE(0, lower);
	ASSERT_EQ(GTH_PROGRAM_SIZE, read(lower, image, sizeof(image)));
	ASSERT_EQ(0, gth_set("hooks/open", "1"));
	EXPECT_EQ(7, gth_exec(self->other_view));
	fd = gth_open_fd(self->other_view, O_WRONLY);
	ASSERT_LE(0, fd);
	ASSERT_EQ(GTH_PROGRAM_SIZE, write(fd, image, sizeof(image)));
	close(fd);
	EXPECT_EQ(-EPERM, gth_open(self->other_view, O_RDONLY));
	EXPECT_EQ(-EPERM, gth_exec(self->other_view));
	/* The lower one is as it was. */
	EXPECT_EQ(7, gth_exec(self->other.path));
}

/* A descriptor from before shows the lower file for good, and so do its mappings. */
TEST_F(overlay, older_descriptor_is_judged_by_what_it_maps)
{
	uint8_t image[GTH_PROGRAM_SIZE];
	int older, fd;

	NEED_OVERLAY();
	ASSERT_EQ(0, gth_set("mode", "monitor"));
	older = gth_open_fd(self->view, O_RDONLY);
	ASSERT_LE(0, older);
	fd = gth_open_fd(self->view, O_WRONLY);
	ASSERT_LE(0, fd);
	gth_program(image, NULL, 0x400000, 7);
	ASSERT_EQ(GTH_PROGRAM_SIZE, write(fd, image, sizeof(image)));
	close(fd);
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	EXPECT_EQ(-EPERM, gth_map(older, PROT_READ | PROT_EXEC));
	/* The copy itself is an unknown file. */
	fd = gth_open_fd(self->view, O_RDONLY);
	ASSERT_LE(0, fd);
	EXPECT_EQ(0, gth_map(fd, PROT_READ | PROT_EXEC));
}

TEST_F(overlay, upper_file_that_is_rewritten_is_judged_anew)
{
	uint8_t image[GTH_PROGRAM_SIZE];
	char path[160];
	int fd, lower;

	NEED_OVERLAY();
	ASSERT_EQ(0, gth_set("hooks/open", "0"));
	lower = gth_open_fd(self->listed.path, O_RDONLY);
	ASSERT_LE(0, lower);
	ASSERT_EQ(GTH_PROGRAM_SIZE, read(lower, image, sizeof(image)));
	ASSERT_EQ(0, gth_set("hooks/open", "1"));
	snprintf(path, sizeof(path), MNT "/%s/new", gth_bare_name(self->place.dir));
	fd = gth_open_fd(path, O_WRONLY | O_CREAT);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, fchmod(fd, 0755));
	ASSERT_EQ(2, write(fd, "#!", 2));
	close(fd);
	EXPECT_EQ(0, gth_open(path, O_RDONLY));
	EXPECT_EQ(0, gth_open(path, O_RDONLY));
	fd = gth_open_fd(path, O_WRONLY | O_TRUNC);
	ASSERT_LE(0, fd);
	ASSERT_EQ(GTH_PROGRAM_SIZE, write(fd, image, sizeof(image)));
	close(fd);
	EXPECT_EQ(-EPERM, gth_open(path, O_RDONLY));
	EXPECT_EQ(-EPERM, gth_exec(path));
}

TEST_F(overlay, upper_file_written_past_the_overlay_is_judged_anew)
{
	char view[160], upper[160];
	struct gth_file bad;
	int fd;

	NEED_OVERLAY();
	gth_sha256("#!/bad", 6, bad.digest);
	ASSERT_EQ(0, gth_list(&bad, GTH_CLASS_MALICIOUS));
	snprintf(view, sizeof(view), MNT "/%s/new", gth_bare_name(self->place.dir));
	snprintf(upper, sizeof(upper), UPPER "/%s/new", gth_bare_name(self->place.dir));
	fd = gth_open_fd(view, O_WRONLY | O_CREAT);
	ASSERT_LE(0, fd);
	ASSERT_EQ(6, write(fd, "#!/fun", 6));
	close(fd);
	EXPECT_EQ(0, gth_open(view, O_RDONLY));
	EXPECT_EQ(0, gth_open(view, O_RDONLY));
	fd = gth_open_fd(upper, O_WRONLY);
	ASSERT_LE(0, fd);
	ASSERT_EQ(6, write(fd, "#!/bad", 6));
	close(fd);
	EXPECT_EQ(-EPERM, gth_open(view, O_RDONLY));
	EXPECT_EQ(-EPERM, gth_open(upper, O_RDONLY));
}

TEST_F(overlay, directories_of_an_overlay_are_free)
{
	char path[160];

	NEED_OVERLAY();
	ASSERT_EQ(0, gth_set("open_scope", "all"));
	ASSERT_EQ(0, gth_set("open_unknown", "deny"));
	snprintf(path, sizeof(path), MNT "/%s", gth_bare_name(self->place.dir));
	EXPECT_EQ(0, gth_open(path, O_RDONLY | O_DIRECTORY));
	EXPECT_EQ(-EPERM, gth_open(self->other_view, O_RDONLY));
}

TEST_HARNESS_MAIN
