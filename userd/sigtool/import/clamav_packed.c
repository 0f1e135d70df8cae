// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * clamav_packed.c - ClamAV's packed databases (.cvd, .cld): a head of 512 bytes, then a tar,
 * packed with gzip or not.
 *
 * Nothing is written to the disk and nothing is kept in memory but a line. The signature in the
 * head is not checked: freshclam does that, and clamscan's sigtool --info.
 */
#include "sigtool/import/clamav.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/util/say.h"
#include "sigtool/import/source.h"
#include "sigtool/sigtool.h"

#define HEAD 512
#define MAGIC "ClamAV-VDB:"
#define MEMBERS 4096		  /* there are some 30 */
#define UNPACKED_MAX (2ULL << 30) /* bytes of one database; main.cvd has some 400 MiB */

struct packed {
	struct source source;
	struct archive *archive;
	u64 unpacked;
	const char *why; /* the archive cannot be read, or is too large */
	char buffer[65536];
};

static la_ssize_t read_packed(struct archive *a, void *ctx, const void **data)
{
	struct packed *p = ctx;
	ssize_t n = source_read(&p->source, p->buffer, sizeof(p->buffer));

	*data = p->buffer;
	if (n < 0)
		archive_set_error(a, (int)-n, "%s", strerror((int)-n));
	return n < 0 ? -1 : n;
}

/* A gth_read_fn of the member that is unpacked. */
static ssize_t read_member(void *ctx, void *data, size_t size)
{
	struct packed *p = ctx;
	la_ssize_t n = archive_read_data(p->archive, data, size);

	if (n < 0) {
		p->why = archive_error_string(p->archive);
		return -EBADMSG;
	}
	p->unpacked += (u64)n;
	if (p->unpacked <= UNPACKED_MAX)
		return n;
	p->why = "it unpacks to more than 2 GiB";
	return -EBADMSG;
}

static int read_head(struct taking *t, struct packed *p)
{
	char head[HEAD];
	size_t have = 0;

	while (have < sizeof(head)) {
		ssize_t n = source_read(&p->source, head + have, sizeof(head) - have);

		if (n < 0)
			return taking_failed(t, 0, (int)n);
		if (!n)
			break;
		have += (size_t)n;
	}
	if (have == sizeof(head) && !memcmp(head, MAGIC, strlen(MAGIC)))
		return STATUS_OK;
	gth_progress_clear(&t->progress);
	gth_say("%s: not a ClamAV database: it does not begin with `" MAGIC
		"' and a head of 512 bytes",
		t->file);
	return STATUS_INPUT;
}

static int broken(struct taking *t, const char *path, const char *why)
{
	gth_progress_clear(&t->progress);
	gth_say("%s: cannot be unpacked: %s", path, why ? why : "damaged");
	return STATUS_INPUT;
}

/* The lines of one list. An error of unpacking is one of the archive. */
static int read_list(struct taking *t, struct packed *p, const char *path, const char *member)
{
	char name[PATH_MAX];
	int status;

	snprintf(name, sizeof(name), "%s(%s)", path, member);
	taking_begin(t, name);
	p->why = NULL;
	status = source_lines(t, read_member, p, clamav_line, NULL);
	if (p->why)
		return broken(t, path, p->why);
	return status ? status : taking_end(t, "clamav");
}

/* A member that is not a list is unpacked as well, to come to the next one; its bytes count. */
static int pass_over(struct taking *t, struct packed *p, const char *path)
{
	static char unused[65536];
	ssize_t n;

	do {
		n = read_member(p, unused, sizeof(unused));
	} while (n > 0);
	return n < 0 ? broken(t, path, p->why) : STATUS_OK;
}

static int read_members(struct taking *t, struct packed *p, const char *path)
{
	for (unsigned int members = 0; members < MEMBERS; members++) {
		struct archive_entry *entry;
		const char *name;
		int status, rc = archive_read_next_header(p->archive, &entry);

		if (rc == ARCHIVE_EOF)
			return STATUS_OK;
		if (rc != ARCHIVE_OK && rc != ARCHIVE_WARN)
			return broken(t, path, archive_error_string(p->archive));
		name = archive_entry_pathname(entry);
		if (name && clamav_is_list(name))
			status = read_list(t, p, path, name);
		else
			status = pass_over(t, p, path);
		if (status)
			return status;
	}
	return broken(t, path, "it has more than 4096 members");
}

int clamav_packed(struct taking *t, const char *path)
{
	static struct packed p;
	int status;

	p.unpacked = 0;
	p.archive = NULL;
	status = source_open(&p.source, t, path);
	if (!status)
		status = read_head(t, &p);
	if (!status) {
		p.archive = archive_read_new();
		if (!p.archive)
			status = taking_failed(t, 0, -ENOMEM);
	}
	if (!status) {
		archive_read_support_filter_gzip(p.archive);
		archive_read_support_format_tar(p.archive);
		if (archive_read_open(p.archive, &p, NULL, read_packed, NULL) != ARCHIVE_OK)
			status = broken(t, path, archive_error_string(p.archive));
	}
	if (!status)
		status = read_members(t, &p, path);
	archive_read_free(p.archive);
	source_close(&p.source);
	return status;
}
