/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * scene.h - files of many kinds on one ground, all that may be done with them
 * done by one identity in every mode, and the answers.
 */
#ifndef GTH_TEST_SCENE_H
#define GTH_TEST_SCENE_H

#include "kind.h"

#define GTH_SCENE_MAX 48

/* An identity that uses the files. */
struct gth_identity {
	const char *name;
	int (*become)(void); /* from root, for good; 0 or -errno; NULL: it stays root */
	bool root;	     /* of the machine */
	bool mounts;	     /* may mount */
};

/* A file of a kind; kinds with content are there twice. */
struct gth_scene_file {
	const struct gth_kind *kind;
	bool listed, grabbed, there;
	struct gth_object o;
	int answer[GTH_MODE_MAX][GTH_USE_MAX];
};

/* Memory that the test and the process that uses the files share. */
struct gth_play {
	char trouble[200]; /* the first; "": none */
	unsigned int n, there;
	struct gth_scene_file file[GTH_SCENE_MAX];
};

struct gth_scene {
	struct gth_ground ground;
	struct gth_play *play;
	uint8_t image[2][GTH_PROGRAM_SIZE]; /* other, listed */
	int device, ready[2], go[2];
};

int gth_scene_begin(struct gth_scene *s, const char *parent, enum gth_layer layer);
bool gth_scene_add(struct gth_scene *s, const struct gth_kind *kinds, unsigned int n);
int gth_scene_play(struct gth_scene *s, const struct gth_identity *who);

#endif /* GTH_TEST_SCENE_H */
