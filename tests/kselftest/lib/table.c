// SPDX-License-Identifier: GPL-2.0-or-later
/* table.c - signature tables, made in memory (see gth.h). */
#include "gth.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Later than any other one, in every program: each load needs a higher version. */
static gth_u64 next_version(void)
{
	static gth_u64 last;
	struct timespec t;
	gth_u64 v;

	clock_gettime(CLOCK_REALTIME, &t);
	v = (gth_u64)t.tv_sec * 1000000000ULL + (gth_u64)t.tv_nsec;
	last = v > last ? v : last + 1;
	return last;
}

void gth_db_init(struct gth_db *db)
{
	*db = (struct gth_db) { .name = "kselftest", .version = next_version() };
	db->created = gth_now() - 60;
	db->expires = db->created + 86400;
}

void gth_db_free(struct gth_db *db)
{
	free(db->record);
	db->record = NULL;
	db->n = db->room = 0;
}

void gth_db_add(struct gth_db *db, int domain, const uint8_t *digest, int class)
{
	struct gth_record *r;

	if (db->n == db->room) {
		db->room = db->room ? 2 * db->room : 64;
		db->record = realloc(db->record, db->room * sizeof(*db->record));
		if (!db->record)
			abort();
	}
	r = &db->record[db->n++];
	r->domain = (uint8_t)domain;
	memcpy(r->digest, digest, GTH_DIGEST_SIZE);
	r->class = (uint8_t) class;
}

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, offsetof(struct gth_record, class));
}

void gth_db_sort(struct gth_db *db)
{
	if (db->n)
		qsort(db->record, db->n, sizeof(*db->record), compare);
}

void gth_db_seal(struct gth_db *db)
{
	memset(db->count, 0, sizeof(db->count));
	for (size_t i = 0; i < db->n; i++)
		if (db->record[i].class < GTH_CLASS_MAX)
			db->count[db->record[i].class]++;
	db->body_size = db->n * sizeof(*db->record);
	gth_sha256(db->record, db->body_size, db->body_digest);
}

int gth_db_manifest(const struct gth_db *db, char *text, size_t size)
{
	char hex[2 * GTH_DIGEST_SIZE + 1];

	for (unsigned int i = 0; i < GTH_DIGEST_SIZE; i++)
		snprintf(hex + 2 * i, 3, "%02x", db->body_digest[i]);
	return snprintf(text, size,
			"gotthard-signatures 1\nname: %s\nversion: %llu\ncreated: %llu\n"
			"expires: %llu\nprev: none\nbody-size: %llu\nbody-sha256: %s\n"
			"malicious: %llu\nsuspicious: %llu\ntrusted: %llu\n",
			db->name, db->version, db->created, db->expires, db->body_size, hex,
			db->count[GTH_CLASS_MALICIOUS], db->count[GTH_CLASS_SUSPICIOUS],
			db->count[GTH_CLASS_TRUSTED]);
}

/* gth_memory_file() - a descriptor with this content and no name */
int gth_memory_file(const void *data, size_t len)
{
	int fd = memfd_create("gth", MFD_CLOEXEC);
	const char *p = data;

	if (fd < 0)
		return -errno;
	while (len) {
		ssize_t n = write(fd, p, len);

		if (n <= 0) {
			close(fd);
			return -EIO;
		}
		p += n;
		len -= (size_t)n;
	}
	return fd;
}

int gth_load_fds(int manifest_fd, int body_fd)
{
	struct gth_load load = { .size = sizeof(load),
				 .manifest_fd = manifest_fd,
				 .body_fd = body_fd,
				 .signature_fd = -1 };

	return gth_device_call(GTH_IOC_LOAD, &load);
}

int gth_load_parts(const char *manifest, size_t manifest_len, const void *body, size_t body_len)
{
	int m = gth_memory_file(manifest, manifest_len), b = gth_memory_file(body, body_len);
	int ret = -EIO;

	if (m >= 0 && b >= 0)
		ret = gth_load_fds(m, b);
	if (m >= 0)
		close(m);
	if (b >= 0)
		close(b);
	return ret;
}

int gth_db_load(const struct gth_db *db)
{
	char text[4096];
	int len = gth_db_manifest(db, text, sizeof(text));

	return gth_load_parts(text, (size_t)len, db->record, db->n * sizeof(*db->record));
}

/* gth_db_write() - manifest and body, as they stand, in a directory that is made */
int gth_db_write(const struct gth_db *db, const char *dir)
{
	char path[160], text[4096];
	int len = gth_db_manifest(db, text, sizeof(text)), ret;

	if (mkdir(dir, 0755) && errno != EEXIST)
		return -errno;
	snprintf(path, sizeof(path), "%s/manifest", dir);
	ret = gth_create_file(path, text, (size_t)len);
	snprintf(path, sizeof(path), "%s/body", dir);
	return ret ? ret : gth_create_file(path, db->record, db->n * sizeof(*db->record));
}

static int list(const struct gth_file *a, const struct gth_file *b, int class)
{
	struct gth_db db;
	int ret;

	gth_db_init(&db);
	gth_db_add(&db, GTH_DOMAIN_SHA256, a->digest, class);
	if (b)
		gth_db_add(&db, GTH_DOMAIN_SHA256, b->digest, class);
	gth_db_sort(&db);
	gth_db_seal(&db);
	ret = gth_db_load(&db);
	gth_db_free(&db);
	return ret;
}

int gth_list(const struct gth_file *f, int class)
{
	return list(f, NULL, class);
}

int gth_list_two(const struct gth_file *a, const struct gth_file *b, int class)
{
	return list(a, b, class);
}
