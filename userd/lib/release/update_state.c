// SPDX-License-Identifier: GPL-2.0-or-later
/* update_state.c - how the last update went (see update_state.h). */
#include "lib/release/update_state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/log/tile.h"
#include "lib/text/fields.h"
#include "lib/util/atomic.h"
#include "lib/util/io.h"
#include "lib/util/root_dir.h"

#define TITLE "gotthard-update 1"

static const char *const words[] = {
#define GTH_FOLLOW_X(name, word, sentence) [GTH_FOLLOW_##name] = word,
	GTH_FOLLOW_STATES(GTH_FOLLOW_X)
#undef GTH_FOLLOW_X
};

/* gth_update_state_parse() - from untrusted text; 0, -EBADMSG, or -E2BIG: a value is too long */
int gth_update_state_parse(struct gth_update_state *u, const char *text, size_t len)
{
	struct gth_fields f;
	int state = 0, err;

	memset(u, 0, sizeof(*u));
	gth_fields_open(&f, text, len);
	gth_fields_title(&f, TITLE);
	gth_fields_word(&f, "state", words, sizeof(words) / sizeof(*words), &state);
	gth_fields_number(&f, "since", &u->since);
	gth_fields_number(&f, "time", &u->time);
	gth_fields_text(&f, "name", u->name, sizeof(u->name));
	gth_fields_number(&f, "version", &u->version);
	gth_fields_bytes(&f, "log", u->log, sizeof(u->log));
	gth_fields_number(&f, "size", &u->size);
	gth_fields_number(&f, "witnessed", &u->witnessed);
	err = gth_fields_close(&f);
	u->state = (enum gth_follow_state)state;
	return err;
}

/* gth_update_state_format() - to be freed; 0, -ENOMEM, or -EINVAL: no reader would take it */
int gth_update_state_format(const struct gth_update_state *u, char **text)
{
	struct gth_text t = { 0 };

	gth_text_title(&t, TITLE);
	gth_text_put(&t, "state", words[u->state]);
	gth_text_number(&t, "since", u->since);
	gth_text_number(&t, "time", u->time);
	gth_text_put(&t, "name", u->name);
	gth_text_number(&t, "version", u->version);
	gth_text_bytes(&t, "log", u->log);
	gth_text_number(&t, "size", u->size);
	gth_text_number(&t, "witnessed", u->witnessed);
	return gth_text_take(&t, text);
}

static int load_at(struct gth_update_state *u, int dirfd)
{
	uint8_t *text;
	size_t len;
	int err = gth_tile_read_file(dirfd, GTH_UPDATE_FILE, GTH_UPDATE_TEXT_MAX, &text, &len);

	if (err)
		return err;
	err = gth_update_state_parse(u, (const char *)text, len);
	free(text);
	return err ? -EBADMSG : 0;
}

/**
 * gth_update_state_load() - the file in a directory
 *
 * Return: 0; -ENOENT: there was no update yet; -EBADMSG: it is damaged; -EPERM: others than root
 * can write there; another errno.
 */
int gth_update_state_load(struct gth_update_state *u, const char *dir)
{
	int dirfd = gth_root_dir_open(dir), err;

	if (dirfd < 0)
		return dirfd;
	err = load_at(u, dirfd);
	close(dirfd);
	return err;
}

static int write_file(int dirfd, const char *text)
{
	struct gth_atomic a, *all[] = { &a };
	int err;

	gth_atomic_sweep(dirfd, GTH_UPDATE_FILE);
	err = gth_atomic_create(&a, dirfd, GTH_UPDATE_FILE, 0600);
	if (err)
		return err;
	err = gth_write_all(a.fd, text, strlen(text));
	if (!err)
		err = gth_atomic_commit(all, 1);
	gth_atomic_abort(&a);
	return err;
}

/**
 * gth_update_state_note() - an update has ended in this state
 * @u: since is set: of a state that lasts, from the file
 * @dir: made if it is missing
 *
 * Where the log is out of reach, what was known of it before stays.
 *
 * Return: 0: it lasts; or a negative errno.
 */
int gth_update_state_note(struct gth_update_state *u, const char *dir)
{
	int dirfd = gth_root_dir_make(dir), err;
	struct gth_update_state before;
	char *text;

	if (dirfd < 0)
		return dirfd;
	u->since = u->time;
	if (!load_at(&before, dirfd) && !strcmp(before.name, u->name)) {
		if (before.state == u->state && before.since <= u->time)
			u->since = before.since;
		if (!*u->log) {
			memcpy(u->log, before.log, sizeof(u->log));
			u->size = before.size;
			u->witnessed = before.witnessed;
			u->version = before.version;
		}
	}
	err = gth_update_state_format(u, &text);
	if (!err) {
		err = write_file(dirfd, text);
		free(text);
	}
	close(dirfd);
	return err;
}
