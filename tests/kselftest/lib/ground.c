// SPDX-License-Identifier: GPL-2.0-or-later
/* ground.c - a directory of files of all kinds, as it is or in a layer of an overlay (see kind.h).
 */
#include "kind.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

/* It belongs to the user, so that nothing but the type itself needs root. */
static int make_dir(char *path, size_t size, const struct gth_place *place, const char *name)
{
	snprintf(path, size, "%s/%s", place->dir, name);
	return mkdir(path, 0755) || chown(path, GTH_USER, GTH_USER) ? -errno : 0;
}

/*
 * gth_ground_begin() - the files are on the filesystem at parent, but for those
 * of an upper layer: upper layers are on tmpfs, which every kernel takes
 */
int gth_ground_begin(struct gth_ground *g, const char *parent, enum gth_layer layer)
{
	char files[80];
	int ret;

	*g = (struct gth_ground) { .layer = layer };
	ret = gth_begin(&g->place, parent);
	ret = ret ? ret : gth_begin(&g->layers, TMPFS);
	ret = ret ? ret : make_dir(files, sizeof(files), &g->place, "files");
	ret = ret ? ret : make_dir(g->upper, sizeof(g->upper), &g->layers, "upper");
	ret = ret ? ret : make_dir(g->work, sizeof(g->work), &g->layers, "work");
	ret = ret ? ret : make_dir(g->view, sizeof(g->view), &g->layers, "view");
	ret = ret ? ret : make_dir(g->bound, sizeof(g->bound), &g->layers, "bound");
	if (ret)
		return ret;
	snprintf(g->planted, sizeof(g->planted), "%s", layer == GTH_UPPER ? g->upper : files);
	if (layer == GTH_NO_LAYER)
		snprintf(g->view, sizeof(g->view), "%s", files);
	return 0;
}

void gth_ground_end(struct gth_ground *g)
{
	gth_end(&g->place);
	gth_end(&g->layers);
}

/* gth_ground_mount() - in a mount namespace of the caller's; own: in a user namespace of its own */
int gth_ground_mount(struct gth_ground *g, bool own)
{
	char options[400];

	if (g->layer == GTH_NO_LAYER)
		return 0;
	g->nodev = own;
	snprintf(options, sizeof(options), "lowerdir=%s/files,upperdir=%s,workdir=%s%s",
		 g->place.dir, g->upper, g->work, own ? ",userxattr" : "");
	return mount("kinds", g->view, "overlay", 0, options) ? -errno : 0;
}
