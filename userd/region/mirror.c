// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mirror.c - a part of a log, over HTTP (see mirror.h).
 *
 * The server is not believed: only what the log's key signed decides what is fetched, each file
 * has a limit, and the witness checks what came.
 */
#include "region/mirror.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/log/checkpoint.h"
#include "lib/util/io.h"
#include "lib/util/say.h"
#include "region/path_tiles.h"

#define COPY ".log"   /* in the state's directory */
#define TRIES 3	      /* a log that grows meanwhile has other tiles */
#define URL_SIZE 1024 /* with its NUL */
#define CONNECT_MS 20000L
#define WHOLE_MS 60000L /* of one file */
#define NOT_FOUND 404

struct fetch {
	CURL *easy;
	char base[URL_SIZE]; /* ends with a slash */
	char error[CURL_ERROR_SIZE];
	char *data;
	size_t len, max;
	bool too_large;
};

bool region_mirror_is_url(const char *log)
{
	return !strncmp(log, "https://", 8) || !strncmp(log, "http://", 7);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st;
	(void)kind;
	(void)ftw;
	return remove(path);
}

static int copy_path(const struct region_mirror *m, char path[PATH_MAX])
{
	return snprintf(path, PATH_MAX, "%s/" COPY, m->state) >= PATH_MAX ? -ENAMETOOLONG : 0;
}

/* Also what a killed witness left. Return: 0 or a negative errno. */
static int clear(const struct region_mirror *m)
{
	char path[PATH_MAX];
	int err = copy_path(m, path);

	if (err)
		return err;
	if (nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) && errno != ENOENT)
		return -errno;
	return 0;
}

static int make(struct region_mirror *m)
{
	char path[PATH_MAX];
	int err = clear(m);

	if (!err)
		err = copy_path(m, path);
	if (!err && mkdir(path, 0700))
		err = -errno;
	if (err)
		return err;
	m->dir = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return m->dir < 0 ? -errno : 0;
}

/* region_mirror_end() - removes the copy */
void region_mirror_end(struct region_mirror *m)
{
	if (m->dir < 0)
		return;
	close(m->dir);
	m->dir = -1;
	clear(m);
}

static size_t take(char *data, size_t size, size_t n, void *arg)
{
	struct fetch *f = arg;
	size_t len = size * n;

	if (len > f->max - f->len) {
		f->too_large = true;
		return 0;
	}
	memcpy(f->data + f->len, data, len);
	f->len += len;
	return len;
}

static int identify(struct fetch *f, const char *endpoint)
{
	char path[PATH_MAX];
	CURLcode err = CURLE_OK;

#define FILE_OPTION(option, name)                                                                  \
	do {                                                                                       \
		if (snprintf(path, sizeof(path), "%s/" name, endpoint) >= (int)sizeof(path))       \
			return -ENAMETOOLONG;                                                      \
		err = err ? err : curl_easy_setopt(f->easy, CURLOPT_##option, path);               \
	} while (0)
	FILE_OPTION(CAINFO, "ca.pem");
	FILE_OPTION(SSLCERT, "client.pem");
	FILE_OPTION(SSLKEY, "client.key");
#undef FILE_OPTION
	return err ? -ENOMEM : 0;
}

static int begin(struct fetch *f, const struct region_mirror *m)
{
	size_t len = strlen(m->url);
	CURLcode err = CURLE_OK;

	if (snprintf(f->base, sizeof(f->base), "%s%s", m->url, m->url[len - 1] == '/' ? "" : "/") >=
	    URL_SIZE)
		return -ENAMETOOLONG;
	f->easy = curl_easy_init();
	f->data = malloc(GTH_NOTE_MAX);
	if (!f->easy || !f->data)
		return -ENOMEM;
#define SET(option, value) (err = err ? err : curl_easy_setopt(f->easy, CURLOPT_##option, value))
	SET(ERRORBUFFER, f->error);
	SET(PROTOCOLS_STR, "http,https");
	SET(FOLLOWLOCATION, 0L);
	SET(NOSIGNAL, 1L);
	SET(CONNECTTIMEOUT_MS, CONNECT_MS);
	SET(TIMEOUT_MS, WHOLE_MS);
	SET(USERAGENT, "gotthard-region");
	SET(WRITEFUNCTION, take);
	SET(WRITEDATA, f);
#undef SET
	if (err)
		return -ENOMEM;
	return m->endpoint ? identify(f, m->endpoint) : 0;
}

static void end(struct fetch *f)
{
	curl_easy_cleanup(f->easy);
	free(f->data);
}

/* Return: 0; 1: it is not there (404); or -1, said. */
static int get(struct fetch *f, const char *path, size_t max)
{
	char url[URL_SIZE + GTH_TILE_PATH_SIZE];
	long status = 0;
	CURLcode err;

	snprintf(url, sizeof(url), "%s%s", f->base, path);
	f->len = 0;
	f->max = max;
	f->too_large = false;
	f->error[0] = '\0';
	err = curl_easy_setopt(f->easy, CURLOPT_URL, url);
	if (!err)
		err = curl_easy_perform(f->easy);
	if (!err)
		err = curl_easy_getinfo(f->easy, CURLINFO_RESPONSE_CODE, &status);
	if (f->too_large)
		gth_say("%s: is larger than %zu bytes: it is not that file", url, max);
	else if (err)
		gth_say("%s: %s", url, *f->error ? f->error : curl_easy_strerror(err));
	else if (status != 200 && status != NOT_FOUND)
		gth_say("%s: the server answers %ld", url, status);
	if (f->too_large || err || (status != 200 && status != NOT_FOUND))
		return -1;
	return status == NOT_FOUND;
}

static int store(const struct region_mirror *m, const char *path, const struct fetch *f)
{
	int fd, err = gth_tile_make_dirs(m->dir, path, 0700, false);

	if (err)
		return err;
	fd = openat(m->dir, path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	err = gth_write_all(fd, f->data, f->len);
	close(fd);
	return err;
}

/* Return: 0; 1: it is not there; or -1, said. */
static int copy(const struct region_mirror *m, struct fetch *f, const char *path, size_t max)
{
	int ret = get(f, path, max), err;

	if (ret)
		return ret;
	err = store(m, path, f);
	if (err)
		gth_say("%s/" COPY ": %s", m->state, strerror(-err));
	return err ? -1 : 0;
}

/* A partial tile that became full meanwhile is there as such (C2SP tlog-tiles). */
static int copy_tile(const struct region_mirror *m, struct fetch *f, struct gth_tile t)
{
	size_t max = (size_t)GTH_TILE_FULL * GTH_MERKLE_HASH;
	char path[GTH_TILE_PATH_SIZE];
	int ret;

	gth_tile_path(&t, path);
	ret = copy(m, f, path, max);
	if (ret <= 0 || t.width == GTH_TILE_FULL)
		return ret;
	t.width = GTH_TILE_FULL;
	gth_tile_path(&t, path);
	return copy(m, f, path, max);
}

/* Nothing is fetched by a checkpoint that the witness will refuse. */
static int copy_tiles(const struct region_mirror *m, struct fetch *f,
		      const struct gth_verifier *key, uint64_t older)
{
	struct gth_tile tiles[REGION_PATH_TILES];
	struct gth_checkpoint c;
	unsigned int n;
	int ret = 0;

	if (gth_tlog_checkpoint(m->dir, key, &c) || older > c.size || c.size > INT64_MAX)
		return 0;
	n = region_path_tiles(c.size, older, tiles);
	for (unsigned int i = 0; i < n && !ret; i++)
		ret = copy_tile(m, f, tiles[i]);
	return ret;
}

static int fetch(const struct region_mirror *m, struct fetch *f, const struct gth_verifier *key,
		 uint64_t older)
{
	int ret = copy(m, f, GTH_CHECKPOINT_FILE, GTH_NOTE_MAX);

	if (ret > 0) {
		gth_say("%s" GTH_CHECKPOINT_FILE ": is not there: is this the URL of a log?",
			f->base);
		return -1;
	}
	for (int i = 1; !ret; i++) {
		ret = copy_tiles(m, f, key, older);
		/* One that is not there after several tries is missing: that is for the witness. */
		if (ret <= 0 || i == TRIES)
			return ret < 0 ? ret : 0;
		ret = copy(m, f, GTH_CHECKPOINT_FILE, GTH_NOTE_MAX) ? -1 : 0;
	}
	return ret;
}

/**
 * region_mirror_fetch() - the checkpoint of a log, and the tiles that show that it continues
 * @m: its dir is set to the copy, for region_mirror_end()
 * @key: of the log
 * @older: entries that the checkpoint had that is to be continued; 0: none is
 *
 * Return: 0, also if tiles are missing, or the checkpoint is not the log's; or -1, said.
 */
int region_mirror_fetch(struct region_mirror *m, const struct gth_verifier *key, uint64_t older)
{
	struct fetch f = { 0 };
	int err = make(m), ret;

	if (err) {
		gth_say("%s/" COPY ": %s", m->state, strerror(-err));
		return -1;
	}
	err = begin(&f, m);
	if (err)
		gth_say("%s: %s", m->url, strerror(-err));
	ret = err ? -1 : fetch(m, &f, key, older);
	end(&f);
	return ret;
}
