// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * types.c - no file of any type makes a hook stumble: a type with nothing to judge
 * gives everybody the same answers in every mode, and listed content is denied
 * however it came to be open. lib/kind-*.c have the types, lib/use.c the uses.
 */
#include "access_paths.h"

#include "stress.h"
#include "scene.h"

/* Expected answers */

/* The answer that is written down for when nothing is denied; GTH_ANY: none. */
static int known(const struct gth_scene_file *f, enum gth_use use, const struct gth_identity *who)
{
	const struct gth_kind *k = f->kind;
	bool path = f->o.by_path || k->map_private == -EBADF;

	if (use >= GTH_MODULE && !who->root)
		return -EPERM;
	switch (use) {
	case GTH_REOPEN_READ:
		/* The kernel asks for permission before it finds that there is nothing to open. */
		return f->o.by_path || (k->reopen == -ENXIO && !who->root) ? GTH_ANY : k->reopen;
	case GTH_MAP_PRIVATE:
	case GTH_MAP_EXEC_ONLY:
		return path ? -EBADF : k->map_private;
	case GTH_MAP_SHARED:
		return path ? -EBADF : k->map_shared;
	case GTH_PROTECT_PRIVATE:
	case GTH_PROTECT_SHARED:
	case GTH_MAP_IMPLIED:
		if (path || k->map_private == -ENODEV || !k->map_private)
			return path ? -EBADF : k->map_private;
		return GTH_ANY;
	case GTH_MAP_NOTHING:
	case GTH_LOAD_MANIFEST:
	case GTH_LOAD_BODY:
		return path ? -EBADF : GTH_ANY;
	case GTH_MAP_ODD:
		return -EINVAL;
	case GTH_EXEC_NAME:
		return f->o.path[0] ? GTH_ANY : -ENOENT;
	case GTH_EXEC_FD:
	case GTH_EXEC_LINK:
		return k->exec;
	case GTH_MODULE:
	case GTH_KEXEC:
		if (path || k->content)
			return path ? -EBADF : -ENOEXEC;
		return k->explain == -EISDIR ? -EINVAL : GTH_ANY;
	case GTH_REOPEN_WRITE:
	case GTH_MAP_FAR:
		return GTH_ANY;
	default:
		return k->explain;
	}
}

static bool is_protect(enum gth_use use)
{
	return use == GTH_PROTECT_PRIVATE || use == GTH_PROTECT_SHARED ||
	       use == GTH_EXPLAIN + GTH_OP_MPROTECT;
}

/* Listed content in enforce. A hook may be asked before the kernel finds a fault of its own. */
static bool is_denied(enum gth_use use, int off, int now)
{
	if (use >= GTH_EXPLAIN && use < GTH_EXPLAIN + GTH_OP_MAX)
		return now == (off ? off : GTH_EXPLAINS_DENIAL);
	return now == -EPERM || (off < 0 && off != -ENOEXEC && now == off);
}

static bool is_expected(const struct gth_scene_file *f, enum gth_use use,
			const struct gth_identity *who, int mode)
{
	int off = f->answer[GTH_MODE_OFF][use], now = f->answer[mode][use];
	int written = known(f, use, who);

	/* None of them is a table. */
	if (use >= GTH_LOAD_MANIFEST && !now)
		return false;
	if (mode == GTH_MODE_ENFORCE && f->listed && !(f->kind->memory && is_protect(use)))
		return is_denied(use, off, now);
	return now == off && (written == GTH_ANY || now == written);
}

static unsigned int wrong_answers(const struct gth_play *p, const struct gth_identity *who)
{
	unsigned int wrong = 0;

	for (unsigned int i = 0; i < p->n; i++)
		for (unsigned int use = 0; p->file[i].there && use < GTH_USE_MAX; use++)
			for (int mode = 0; mode < GTH_MODE_MAX; mode++) {
				const struct gth_scene_file *f = &p->file[i];

				if (is_expected(f, use, who, mode))
					continue;
				wrong++;
				printf("# %s: %s%s: %s: %d %d %d, known %d\n", who->name,
				       f->listed ? "listed " : "", f->kind->name, gth_use_name[use],
				       f->answer[0][use], f->answer[1][use], f->answer[2][use],
				       known(f, use, who));
				break;
			}
	return wrong;
}

/* Identities */

static int become_user(void)
{
	/* The files in /proc/self would be root's after the change of user. */
	return gth_become_user() || prctl(PR_SET_DUMPABLE, 1) ? -errno : 0;
}

static int become_namespace_root(void)
{
	return become_root_of_own(CLONE_NEWNS);
}

static const struct gth_identity root = { .name = "root", .root = true, .mounts = true };
static const struct gth_identity user = { .name = "user", .become = become_user };
static const struct gth_identity namespace_root = { .name = "root of a user namespace",
						    .become = become_namespace_root,
						    .mounts = true };

#define PLAYS_WELL(who)                                                                            \
	do {                                                                                       \
		int ret = gth_scene_play(&self->scene, who);                                       \
		const struct gth_play *p = self->scene.play;                                       \
                                                                                                   \
		EXPECT_STREQ("", p->trouble);                                                      \
		ASSERT_EQ(0, ret);                                                                 \
		EXPECT_EQ(0, wrong_answers(p, who));                                               \
		printf("# %s: %u of %u files\n", (who)->name, p->there, p->n);                     \
		EXPECT_EQ(self->version, gth_table("version"));                                    \
	} while (0)

/* Types that are on a filesystem, or in a layer of an overlay */

FIXTURE(types)
{
	struct gth_scene scene;
	gth_u64 version;
};

FIXTURE_VARIANT(types)
{
	const char *parent;
	enum gth_layer layer;
};

FIXTURE_VARIANT_ADD(types, mnt) { .parent = MNT };

FIXTURE_VARIANT_ADD(types, tmpfs) { .parent = TMPFS };

FIXTURE_VARIANT_ADD(types, lower) { .parent = MNT, .layer = GTH_LOWER };

FIXTURE_VARIANT_ADD(types, upper) { .parent = MNT, .layer = GTH_UPPER };

FIXTURE_SETUP(types)
{
	bool added;

	ASSERT_EQ(0, gth_scene_begin(&self->scene, variant->parent, variant->layer));
	self->version = gth_table("version");
	added = gth_scene_add(&self->scene, gth_regular_kinds, gth_regular_kind_count) &&
		gth_scene_add(&self->scene, gth_special_kinds, gth_special_kind_count);
	ASSERT_STREQ("", self->scene.play->trouble);
	ASSERT_TRUE(added);
}

FIXTURE_TEARDOWN_PARENT(types)
{
	gth_ground_end(&self->scene.ground);
}

TEST_F(types, types_keep_their_answers_and_listed_content_is_denied_to_root)
{
	PLAYS_WELL(&root);
}

TEST_F(types, types_keep_their_answers_and_listed_content_is_denied_to_a_user)
{
	PLAYS_WELL(&user);
}

TEST_F(types, types_keep_their_answers_and_listed_content_is_denied_in_a_user_namespace)
{
	PLAYS_WELL(&namespace_root);
}

/* Types that are on no filesystem of a user's */

FIXTURE(kernel_types)
{
	struct gth_scene scene;
	gth_u64 version;
};

FIXTURE_SETUP(kernel_types)
{
	bool added;

	gth_write_file("/proc/sys/vm/nr_hugepages", "2", 1);
	ASSERT_EQ(0, gth_scene_begin(&self->scene, TMPFS, GTH_NO_LAYER));
	self->version = gth_table("version");
	added = gth_scene_add(&self->scene, gth_kernel_kinds, gth_kernel_kind_count) &&
		gth_scene_add(&self->scene, gth_descriptor_kinds, gth_descriptor_kind_count);
	ASSERT_STREQ("", self->scene.play->trouble);
	ASSERT_TRUE(added);
}

FIXTURE_TEARDOWN_PARENT(kernel_types)
{
	gth_ground_end(&self->scene.ground);
	gth_write_file("/proc/sys/vm/nr_hugepages", "0", 1);
}

TEST_F(kernel_types, types_keep_their_answers_for_root)
{
	PLAYS_WELL(&root);
}

TEST_F(kernel_types, types_keep_their_answers_for_a_user)
{
	PLAYS_WELL(&user);
}

TEST_F(kernel_types, types_keep_their_answers_in_a_user_namespace)
{
	PLAYS_WELL(&namespace_root);
}

TEST_HARNESS_MAIN
