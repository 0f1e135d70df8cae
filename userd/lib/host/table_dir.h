/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * table_dir.h - the signature table that is loaded at every start of the daemon.
 *
 * A directory such as /etc/gotthard/tables.d holds at most one database NAME, which
 * is a directory with manifest, body, manifest.p7s and proof or a symbolic link to one, and the
 * release before it as NAME.previous. One rename makes a release the kept one, so a power
 * cut leaves either this or the one before. Names that begin with a dot are ignored.
 */
#ifndef GTH_LIB_HOST_TABLE_DIR_H
#define GTH_LIB_HOST_TABLE_DIR_H

#include <limits.h>
#include <stdbool.h>

#define GTH_ETC "/etc/gotthard"
#define GTH_TABLE_DIR "tables.d" /* below GTH_ETC */

struct gth_table_dir {
	int fd;
	unsigned int tables, releases_before; /* how many there are of each */
	char name[NAME_MAX + 1];	      /* of the table; empty: none */
	char previous[NAME_MAX + 1];	      /* of the release before; empty: none */
};

/* Of a release, which is loaded by gth_device_load(). */
struct gth_table_files {
	int manifest, body; /* for reading */
	int signature;	    /* the same; -1: there is none */
	int proof;	    /* the same; for gth_release_judge() */
};

#define GTH_TABLE_NO_FILES                                                                         \
	(struct gth_table_files)                                                                   \
	{                                                                                          \
		-1, -1, -1, -1                                                                     \
	}

int gth_table_dir_open(struct gth_table_dir *d, const char *etc, bool change);
void gth_table_dir_close(struct gth_table_dir *d);
int gth_table_files_open(const struct gth_table_dir *d, const char *name,
			 struct gth_table_files *files);
void gth_table_files_close(struct gth_table_files *files);

int gth_table_dir_stage(const struct gth_table_dir *d, const struct gth_table_files *from,
			char temp[NAME_MAX + 1]);
int gth_table_dir_install(struct gth_table_dir *d, const char *temp, const char *name);
int gth_table_dir_swap(struct gth_table_dir *d, const char *name);
void gth_table_dir_remove(const struct gth_table_dir *d, const char *name);

#endif /* GTH_LIB_HOST_TABLE_DIR_H */
