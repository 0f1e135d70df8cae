// SPDX-License-Identifier: GPL-2.0-or-later
/* scene.c - files of many kinds, used in every mode (see scene.h). */
#include "scene.h"

#include <errno.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "stress.h"

static __attribute__((format(printf, 2, 3))) bool fail(struct gth_play *p, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (!p->trouble[0])
		vsnprintf(p->trouble, sizeof(p->trouble), format, args);
	va_end(args);
	return false;
}

/* gth_scene_begin() - the ground, a table of the listed content, and no files yet */
int gth_scene_begin(struct gth_scene *s, const char *parent, enum gth_layer layer)
{
	struct gth_file listed;
	int ret = gth_ground_begin(&s->ground, parent, layer);

	s->play = gth_shared(sizeof(*s->play));
	for (int i = 0; i < 2; i++)
		gth_program(s->image[i], NULL, 0x400000, GTH_KIND_EXIT);
	gth_sha256(s->image[1], GTH_PROGRAM_SIZE, listed.digest);
	ret = ret ? ret : gth_list(&listed, GTH_CLASS_MALICIOUS);
	s->device = gth_device();
	if (!ret && (s->device < 0 || pipe(s->ready) || pipe(s->go)))
		ret = -EIO;
	return ret;
}

/* gth_scene_add() - false: the play has the trouble */
bool gth_scene_add(struct gth_scene *s, const struct gth_kind *kinds, unsigned int n)
{
	struct gth_play *p = s->play;

	for (unsigned int i = 0; i < 2 * n; i++) {
		const struct gth_kind *k = &kinds[i / 2];
		struct gth_scene_file *f = &p->file[p->n];
		bool listed = i % 2;
		char name[64];
		int err;

		if ((listed && !k->content) || (k->layered && s->ground.layer == GTH_NO_LAYER))
			continue;
		if (p->n == GTH_SCENE_MAX)
			return fail(p, "more than %d files", GTH_SCENE_MAX);
		p->n++;
		snprintf(name, sizeof(name), "%s%s", listed ? "listed_" : "", k->name);
		*f = (struct gth_scene_file) { .kind = k, .listed = listed };
		f->o = (struct gth_object) { .unit = 4096, .image = s->image[listed] };
		if (!k->plant)
			continue;
		err = k->plant(s->ground.planted, name, f->o.image);
		if (err)
			return fail(p, "cannot plant %s: %s", name, strerror(-err));
		snprintf(f->o.path, sizeof(f->o.path), "%s/%s", s->ground.view, name);
	}
	return true;
}

static bool is_left_to(const struct gth_kind *k, const struct gth_identity *who)
{
	return k->maker == GTH_ANYBODY || (k->maker == GTH_MOUNTER && who->mounts);
}

/* Files that are left to the later identity wait for it; NULL: none is. */
static bool grab(struct gth_scene *s, const struct gth_identity *later)
{
	for (unsigned int i = 0; i < s->play->n; i++) {
		struct gth_scene_file *f = &s->play->file[i];
		const struct gth_kind *k = f->kind;

		if (f->grabbed || (later && is_left_to(k, later)))
			continue;
		f->grabbed = true;
		f->o.fd = k->grab(&f->o, &s->ground);
		f->there = f->o.fd >= 0;
		s->play->there += f->there;
		if (f->there)
			continue;
		if (!k->lack || f->o.fd != k->lack)
			return fail(s->play, "cannot open %s: %s", k->name, strerror(-f->o.fd));
		dprintf(STDOUT_FILENO, "# no %s: %s\n", k->name, strerror(-f->o.fd));
	}
	return true;
}

/* Root opens what only root can open, becomes the identity, and opens the rest as that. */
static bool become(struct gth_scene *s, const struct gth_identity *who)
{
	bool own = !who->root && who->mounts && s->ground.layer != GTH_NO_LAYER;
	int err;

	if (unshare(CLONE_NEWNS) || mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return fail(s->play, "no mounts of its own: %s", strerror(errno));
	err = own ? 0 : gth_ground_mount(&s->ground, false);
	if (err)
		return fail(s->play, "no overlay: %s", strerror(-err));
	/* An overlay that is yet to be mounted has nothing to open. */
	if (!own && !grab(s, who))
		return false;
	err = who->become ? who->become() : 0;
	if (err)
		return fail(s->play, "cannot become %s: %s", who->name, strerror(-err));
	err = own ? gth_ground_mount(&s->ground, true) : 0;
	if (err)
		return fail(s->play, "no overlay of its own: %s", strerror(-err));
	return grab(s, NULL);
}

static void use_all(struct gth_scene *s, int mode)
{
	for (unsigned int i = 0; i < s->play->n; i++) {
		struct gth_scene_file *f = &s->play->file[i];

		for (unsigned int use = 0; f->there && use < GTH_USE_MAX; use++)
			f->answer[mode][use] = gth_use(use, &f->o, s->device);
	}
}

static void __attribute__((noreturn)) actor(struct gth_scene *s, const struct gth_identity *who)
{
	char mode = 0;

	close(s->ready[0]);
	close(s->go[1]);
	if (become(s, who))
		while (write(s->ready[1], &mode, 1) == 1 && read(s->go[0], &mode, 1) == 1)
			use_all(s, mode);
	_exit(0);
}

/* gth_scene_play() - 0 when all was done in every mode; else the play may have the trouble */
int gth_scene_play(struct gth_scene *s, const struct gth_identity *who)
{
	static const char *const modes[GTH_MODE_MAX] = { "off", "monitor", "enforce" };
	pid_t pid = fork();
	bool done = true;
	int ret;

	if (!pid)
		actor(s, who);
	close(s->ready[1]);
	close(s->go[0]);
	for (char mode = 0, was; done && mode <= GTH_MODE_MAX; mode++) {
		done = read(s->ready[0], &was, 1) == 1;
		if (done && mode < GTH_MODE_MAX)
			done = !gth_set("mode", modes[(int)mode]) && write(s->go[1], &mode, 1) == 1;
	}
	close(s->go[1]);
	ret = gth_wait_child(pid);
	return done ? ret : -EIO;
}
