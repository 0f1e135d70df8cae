// SPDX-License-Identifier: GPL-2.0-or-later
/* import_clamav.c - ClamAV's lists of digests of whole files, alone, in a directory, or packed. */
#include "sigtool/import/import.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sigtool/import/clamav.h"
#include "sigtool/import/source.h"
#include "sigtool/list.h"
#include "sigtool/sigtool.h"

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), n = strlen(end);

	return len > n && !strcasecmp(text + len - n, end);
}

/* Digests of whole files. Others are of parts (.mdb, .msb), or of files to be left alone (.fp). */
bool clamav_is_list(const char *name)
{
	return ends_with(name, ".hdb") || ends_with(name, ".hsb") || ends_with(name, ".hdu") ||
	       ends_with(name, ".hsu");
}

bool clamav_is_packed(const char *name)
{
	return ends_with(name, ".cvd") || ends_with(name, ".cld") || ends_with(name, ".cud");
}

/* A source_line_fn. */
int clamav_line(struct taking *t, void *ctx, const char *line, size_t len, u64 number)
{
	static const char md5[] = "an MD5, which cannot be looked up";
	static const char sha1[] = "a SHA-1, which cannot be looked up";
	struct list_entry entry;
	const char *why;

	(void)ctx;
	if (list_parse(LIST_HSB, line, len, &entry, &why))
		return taking_not(t, number, TAKING_MALFORMED, why);
	switch (entry.kind) {
	case LIST_SHA256:
		return taking_take(t, entry.digest, entry.name, entry.name_len);
	case LIST_SHA1:
		return taking_not(t, number, TAKING_FOREIGN, sha1);
	case LIST_MD5:
		return taking_not(t, number, TAKING_FOREIGN, md5);
	default:
		return 0;
	}
}

static int one_file(struct taking *t, const char *path)
{
	if (clamav_is_packed(path))
		return clamav_packed(t, path);
	return source_file(t, path, "clamav", clamav_line, NULL);
}

static int wanted(const struct dirent *entry)
{
	return clamav_is_list(entry->d_name) || clamav_is_packed(entry->d_name);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* In the order of their names, so that the same files give the same list. */
static int directory(struct taking *t, const char *path)
{
	struct dirent **entry = NULL;
	char file[PATH_MAX];
	int status = STATUS_OK;
	int n = scandir(path, &entry, wanted, by_name);

	taking_begin(t, path);
	if (n < 0)
		return taking_failed(t, 0, -errno);
	for (int i = 0; i < n; i++) {
		if (!status &&
		    snprintf(file, sizeof(file), "%s/%s", path, entry[i]->d_name) >= PATH_MAX)
			status = taking_failed(t, 0, -ENAMETOOLONG);
		if (!status)
			status = one_file(t, file);
		free(entry[i]);
	}
	free(entry);
	if (!n)
		status = taking_failed(t, 0, -ENOENT);
	return status;
}

int import_clamav(struct taking *t, const char *path)
{
	struct stat st;

	if (strcmp(path, "-") != 0 && !stat(path, &st) && S_ISDIR(st.st_mode))
		return directory(t, path);
	return one_file(t, path);
}
