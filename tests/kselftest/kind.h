/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kind.h - a file of every kind that Linux has, and all that may be done with
 * one where a hook sits.
 *
 * A use gives what the kernel gives: 0, an exit status, or -errno. Most kinds
 * have nothing to judge, so their answers must be the same in every mode, and
 * those that are well known are written down with the kind.
 */
#ifndef GTH_TEST_KIND_H
#define GTH_TEST_KIND_H

#include "gth.h"

#define GTH_ANY 0x7fff	/* the answer is not written down */
#define GTH_KIND_EXIT 7 /* of every program here */

/* The files are on a filesystem as it is, or in a layer of an overlay. */
enum gth_layer { GTH_NO_LAYER, GTH_LOWER, GTH_UPPER };

struct gth_ground {
	struct gth_place place, layers;
	enum gth_layer layer;
	char planted[80]; /* where root puts the files, before an overlay is mounted */
	char view[80];	  /* where they are seen */
	char work[80], upper[80], bound[80];
	bool nodev; /* a mount of a user namespace's root: devices are not opened there */
};

int gth_ground_begin(struct gth_ground *g, const char *parent, enum gth_layer layer);
void gth_ground_end(struct gth_ground *g);
int gth_ground_mount(struct gth_ground *g, bool own);

struct gth_object {
	int fd;
	bool by_path;	      /* O_PATH, for it could not be had otherwise */
	char path[160];	      /* "": it has no name */
	size_t unit;	      /* of a mapping's length */
	const uint8_t *image; /* GTH_PROGRAM_SIZE bytes, for those with content */
};

/* The users who can open it; for all others root opens it, before it becomes another user. */
enum gth_maker { GTH_ANYBODY, GTH_MOUNTER, GTH_ROOT_ONLY };

struct gth_kind {
	const char *name;
	/* Root puts it there; NULL: it needs no name on the ground. */
	int (*plant)(const char *dir, const char *name, const uint8_t *image);
	/* A descriptor, or -errno; path, unit and image are set. */
	int (*grab)(struct gth_object *o, const struct gth_ground *g);
	int map_private, map_shared; /* what mmap(PROT_READ | PROT_EXEC) gives */
	int exec;		     /* what execveat() of the descriptor gives */
	int reopen;		     /* what open(O_RDONLY) of /proc/self/fd/N gives */
	int explain;		     /* what EXPLAIN gives */
	enum gth_maker maker;
	bool content; /* a regular file that may hold any program */
	bool layered; /* on overlays only */
	bool memory;  /* mprotect is free, as of anonymous memory (docs/limitations.md) */
	int lack;     /* -errno of grab where a kernel or filesystem has none; 0: all have it */
};

extern const struct gth_kind gth_regular_kinds[], gth_special_kinds[], gth_kernel_kinds[],
	gth_descriptor_kinds[];
extern const unsigned int gth_regular_kind_count, gth_special_kind_count, gth_kernel_kind_count,
	gth_descriptor_kind_count;

enum gth_use {
	GTH_REOPEN_READ,
	GTH_REOPEN_WRITE,
	GTH_MAP_PRIVATE,
	GTH_MAP_SHARED,
	GTH_MAP_EXEC_ONLY,
	GTH_MAP_IMPLIED, /* PROT_READ, with READ_IMPLIES_EXEC */
	GTH_MAP_FAR,	 /* behind the end of most files */
	GTH_PROTECT_PRIVATE,
	GTH_PROTECT_SHARED,
	GTH_MAP_NOTHING, /* no length */
	GTH_MAP_ODD,	 /* an offset that is not of pages */
	GTH_EXEC_NAME,
	GTH_EXEC_FD,
	GTH_EXEC_LINK, /* /proc/self/fd/N */
	GTH_MODULE,
	GTH_KEXEC,
	GTH_EXPLAIN, /* for each operation */
	GTH_LOAD_MANIFEST = GTH_EXPLAIN + GTH_OP_MAX,
	GTH_LOAD_BODY,
	GTH_USE_MAX
};

/* A use of EXPLAIN gives this when a denial is explained. */
#define GTH_EXPLAINS_DENIAL (-EKEYREJECTED)

extern const char *const gth_use_name[GTH_USE_MAX];
int gth_use(enum gth_use use, const struct gth_object *o, int device);

#endif /* GTH_TEST_KIND_H */
