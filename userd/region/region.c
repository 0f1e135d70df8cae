// SPDX-License-Identifier: GPL-2.0-or-later
/* region.c - a region's directory, opened; its statement, issued (see region.h). */
#include "region.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "lib/util/atomic.h"
#include "lib/util/io.h"
#include "lib/util/say.h"
#include "region/files.h"
#include "region/room.h"

static int load_age(struct gth_age_identity *i, int dirfd)
{
	char *text;
	int err = region_file_read(dirfd, "age.key", &text, GTH_AGE_IDENTITY_SIZE);

	if (err)
		return err;
	text[strcspn(text, "\n")] = '\0';
	err = gth_age_identity_parse(i, text);
	OPENSSL_cleanse(text, strlen(text));
	free(text);
	return err;
}

/* Loads the statement, even if it has expired. */
static int load_statement(struct region *r)
{
	size_t text_len;
	char *note;
	int err = region_file_read(r->dirfd, "statement", &note, GTH_NOTE_MAX);

	if (err)
		return err;
	err = gth_note_verify(note, strlen(note), &r->trust.statement_key, 1, &text_len);
	if (!err)
		err = gth_statement_parse(&r->statement, note, text_len);
	free(note);
	return err;
}

static int open_trust(struct region *r)
{
	int fd = openat(r->dirfd, "trust", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int err = fd < 0 ? -errno : gth_trust_load(&r->trust, fd);

	if (fd >= 0)
		close(fd);
	return err;
}

static int failed(const struct region *r, const char *what, int err)
{
	const char *why = strerror(-err);

	if (err == -EUCLEAN)
		why = "the database is damaged; put back a copy of it, or make the region again";
	else if (err == -EPROTO)
		why = "it was written by another version of gotthard-region: use that one";
	else if (err == -EINVAL || err == -EBADMSG)
		why = "it is damaged, or not of a region; put back a copy of it";
	else if (err == -ENOKEY || err == -EKEYREJECTED)
		why = "it is not signed by the statement key of the trust bundle";
	gth_say("%s/%s: %s", r->path, what, why);
	return err;
}

/* region_open() - 0; or an errno, and the reason was logged */
int region_open(struct region *r, const char *path)
{
	char database[PATH_MAX];
	int err;

	memset(r, 0, sizeof(*r));
	snprintf(r->path, sizeof(r->path), "%s", path);
	r->keysfd = -1;
	r->dirfd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (r->dirfd < 0) {
		err = -errno;
		gth_say("%s: %s", path, strerror(errno));
		return err;
	}
	r->keysfd = openat(r->dirfd, "keys", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	err = r->keysfd < 0 ? failed(r, "keys", -errno) : 0;
	if (!err && (err = open_trust(r)))
		failed(r, "trust", err);
	/* This key may be kept elsewhere; it is needed only to issue statements. */
	if (!err) {
		err = gth_signer_load(&r->statement_key, r->keysfd, "statement.key");
		r->can_issue = !err;
		if (err == -ENOENT)
			err = 0;
		if (err)
			failed(r, "keys/statement.key", err);
	}
	if (!err && (err = gth_signer_load(&r->region_key, r->keysfd, "region.key")))
		failed(r, "keys/region.key", err);
	if (!err && (err = load_age(&r->age_key, r->keysfd)))
		failed(r, "keys/age.key", err);
	if (!err && (err = load_statement(r)))
		failed(r, "statement", err);
	if (!err) {
		if (snprintf(database, sizeof(database), "%s/state.db", path) >=
		    (int)sizeof(database))
			err = -ENAMETOOLONG;
		else
			err = region_state_open(&r->state, database, false);
		/* SQLite needs a little space even to read, and reports a lack of it in many ways.
		 */
		if (err && err != -EUCLEAN && err != -EPROTO && !region_room(r->dirfd, 1U << 20) &&
		    region_reserve_use(r->dirfd)) {
			gth_say("%s: the disk is full; its reserve is used", path);
			err = region_state_open(&r->state, database, false);
		}
		if (!err && (err = region_clock_load(&r->state)))
			region_state_close(&r->state);
		if (err)
			failed(r, "state.db", err);
	}
	if (err)
		region_close(r);
	return err;
}

void region_close(struct region *r)
{
	region_state_close(&r->state);
	gth_age_forget(&r->age_key);
	OPENSSL_cleanse(&r->statement_key, sizeof(r->statement_key));
	OPENSSL_cleanse(&r->region_key, sizeof(r->region_key));
	if (r->keysfd >= 0)
		close(r->keysfd);
	close(r->dirfd);
}

int region_statement_write(int dirfd, const struct gth_statement *s, const struct gth_signer *key)
{
	struct gth_atomic file = { .fd = -1 }, *files[] = { &file };
	char *text, *note = NULL;
	int err = gth_statement_format(s, &text);

	if (err)
		return err;
	err = gth_note_sign(text, key, &note);
	free(text);
	if (!err)
		err = gth_atomic_create(&file, dirfd, "statement", 0600);
	if (!err)
		err = gth_write_all(file.fd, note, strlen(note));
	if (!err)
		err = gth_atomic_commit(files, 1);
	gth_atomic_abort(&file);
	free(note);
	return err;
}

/**
 * region_issue() - a new statement
 * @valid: seconds
 *
 * All other fields are as in the former statement. Its time of issue is not
 * before the former's, because endpoints would refuse that, unless the former
 * is so far in the future that endpoints refuse it too.
 *
 * Return: 0; -ENOKEY: the statement key is not there; or an errno.
 */
int region_issue(struct region *r, uint64_t valid, uint64_t now)
{
	struct gth_statement s;
	int err = r->can_issue
			  ? load_statement(r)
			  : -ENOKEY; /* loaded again, because another process may have issued one */

	if (err)
		return err;
	s = r->statement;
	s.issued = now > s.issued || s.issued > now + REGION_CLOCK_SLACK ? now : s.issued;
	s.expires = s.issued + valid;
	err = region_statement_write(r->dirfd, &s, &r->statement_key);
	if (!err)
		r->statement = s;
	return err;
}
