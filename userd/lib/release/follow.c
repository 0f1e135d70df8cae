// SPDX-License-Identifier: GPL-2.0-or-later
/* follow.c - the newest release of a log (see follow.h). */
#include "lib/release/follow_work.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/log/checkpoint.h"
#include "lib/log/proof_text.h"
#include "lib/log/seen.h"
#include "lib/log/tile.h"
#include "lib/release/remember.h"

#define COSIGNED "checkpoint.cosigned"
#define GTH_FOLLOW_DONE 1 /* the state is known; below 0: an errno */
#define TILE_END 2	  /* of gth_tlog_each(): the next tile begins */

static const struct {
	const char *word, *sentence;
} states[] = {
#define GTH_FOLLOW_X(name, word, sentence) [GTH_FOLLOW_##name] = { word, sentence },
	GTH_FOLLOW_STATES(GTH_FOLLOW_X)
#undef GTH_FOLLOW_X
};

/* gth_follow_word() - for JSON and records */
const char *gth_follow_word(enum gth_follow_state state)
{
	return states[state].word;
}

/* gth_follow_sentence() - for people, without a full stop */
const char *gth_follow_sentence(enum gth_follow_state state)
{
	return states[state].sentence;
}

static int refuse(struct gth_follow_work *w, enum gth_release_outcome outcome)
{
	w->r->outcome = outcome;
	return outcome == GTH_RELEASE_NO_MEMORY ? -ENOMEM : gth_follow_done(w, GTH_FOLLOW_REFUSED);
}

static int take_checkpoint(struct gth_follow_work *w)
{
	const struct gth_follow *f = w->f;
	const char *path = f->policy->quorum == GTH_POLICY_NONE ? GTH_CHECKPOINT_FILE : COSIGNED;
	int err = f->fetch(f->arg, path, GTH_NOTE_MAX);
	uint8_t *data = NULL;

	/* Nothing that a quorum has cosigned yet, or a publisher that does not set it apart. */
	if (err == -ENOENT && f->policy->quorum != GTH_POLICY_NONE) {
		path = GTH_CHECKPOINT_FILE;
		err = f->fetch(f->arg, path, GTH_NOTE_MAX);
	}
	if (!err)
		err = gth_tile_read_file(f->work, path, GTH_NOTE_MAX, &data, &w->note_len);
	if (err == -EBADMSG)
		return refuse(w, GTH_RELEASE_NOT_A_PROOF);
	if (err)
		return err == -ENOMEM ? err : gth_follow_done(w, GTH_FOLLOW_UNREACHABLE);
	w->note = (char *)data;
	err = gth_policy_judge(f->policy, w->note, w->note_len, 0, f->now + GTH_RELEASE_AHEAD,
			       &w->r->checkpoint, &w->r->witnessed);
	if (!err)
		return 0;
	memset(&w->r->checkpoint, 0, sizeof(w->r->checkpoint));
	return refuse(w, gth_release_of_policy(err));
}

/* The tiles are those of the checkpoint: only then does a root that differs show a fork. */
static int check_edge(struct gth_follow_work *w)
{
	const struct gth_checkpoint *c = &w->r->checkpoint;
	uint8_t root[GTH_TLOG_HASH_SIZE];
	int ret = gth_follow_edge(w);

	if (!ret)
		ret = gth_tlog_root(w->f->work, c->size, root);
	if (ret == -EBADMSG || (!ret && memcmp(root, c->root, sizeof(root)) != 0))
		return gth_follow_done(w, GTH_FOLLOW_WITHHELD);
	return ret;
}

static int check_link(struct gth_follow_work *w, const struct gth_checkpoint *seen)
{
	const struct gth_checkpoint *c = &w->r->checkpoint;
	struct gth_tree tree = { .size = c->size }, older = { .size = seen->size };
	struct gth_tree_proof p;
	int ret;

	memcpy(tree.root, c->root, sizeof(tree.root));
	memcpy(older.root, seen->root, sizeof(older.root));
	if (older.size > tree.size)
		return gth_follow_done(w, GTH_FOLLOW_ROLLED_BACK);
	ret = older.size && older.size < tree.size ? gth_follow_way(w, older.size - 1) : 0;
	if (!ret)
		ret = gth_tlog_prove_older(w->f->work, tree.size, older.size, &p);
	if (ret == -EBADMSG)
		return gth_follow_done(w, GTH_FOLLOW_WITHHELD);
	if (!ret)
		ret = gth_proof_check_older(&p, &older, &tree);
	return ret == -EBADMSG ? gth_follow_done(w, GTH_FOLLOW_FORKED) : ret;
}

/* The time at which a quorum had seen the checkpoint that is remembered; 0: not known any more. */
static uint64_t remembered_time(const struct gth_follow_work *w, const struct gth_verifier *key)
{
	struct gth_checkpoint c;
	uint64_t time = 0;
	size_t len;
	char *note;

	if (gth_seen_note(w->f->memory, key, &note, &len))
		return 0;
	if (gth_policy_judge(w->f->policy, note, len, 0, w->f->now + GTH_RELEASE_AHEAD, &c, &time))
		time = 0;
	free(note);
	return time;
}

/* Beside what was seen of this log before; and this is remembered. */
static int check_memory(struct gth_follow_work *w)
{
	const struct gth_checkpoint *c = &w->r->checkpoint;
	const struct gth_verifier *key = gth_release_key(w->f->policy, c->origin);
	struct gth_checkpoint seen;
	int err = key ? gth_seen_load(w->f->memory, key, &seen) : -EINVAL, ret = 0;

	w->r->first = err == -ENOENT;
	if (err && !w->r->first)
		return err;
	if (!w->r->first)
		ret = check_link(w, &seen);
	if (ret)
		return ret;
	if (w->r->first || seen.size < c->size || w->r->witnessed > remembered_time(w, key))
		ret = gth_seen_store(w->f->memory, key, w->note);
	return ret;
}

/* The last entry of the name in a tile; the callback of gth_tlog_each(). */
struct search {
	struct gth_follow_work *w;
	uint64_t end;				/* the entry behind the tile */
	const uint8_t (*leaf)[GTH_MERKLE_HASH]; /* the hashes of its entries */
};

static int look_at_entry(uint64_t index, const void *entry, size_t len, void *arg)
{
	struct search *s = arg;
	struct gth_followed *r = s->w->r;
	uint8_t leaf[GTH_MERKLE_HASH];
	struct gth_manifest m;
	int err;

	if (index >= s->end)
		return TILE_END;
	err = gth_merkle_leaf(entry, len, leaf);
	if (err)
		return err;
	if (memcmp(leaf, s->leaf[index % GTH_TILE_FULL], sizeof(leaf)) != 0)
		return -EBADMSG;
	if (len > GTH_MANIFEST_MAX || gth_manifest_parse(&m, entry, len) ||
	    strcmp(m.name, s->w->f->name) != 0)
		return 0;
	r->m = m;
	memcpy(r->manifest, entry, len);
	r->manifest_len = len;
	s->w->index = index;
	return 0;
}

/* The proof of one entry of a tile is made of all other hashes in it, so it proves them all. */
static int check_tile(struct gth_follow_work *w, const struct gth_tile *t,
		      const uint8_t leaf[GTH_MERKLE_HASH])
{
	const struct gth_checkpoint *c = &w->r->checkpoint;
	struct gth_tree tree = { .size = c->size };
	struct gth_tree_proof p;
	int err;

	memcpy(tree.root, c->root, sizeof(tree.root));
	err = gth_tlog_prove_entry(w->f->work, c->size, t->n * GTH_TILE_FULL, &p);
	return err ? err : gth_proof_check_entry(&p, &tree, t->n * GTH_TILE_FULL, leaf);
}

static int search_tile(struct gth_follow_work *w, uint64_t n)
{
	struct search s = { w, (n + 1) * GTH_TILE_FULL, NULL };
	struct gth_tile t = gth_tile_edge(w->r->checkpoint.size, 0);
	uint8_t *hashes = NULL;
	size_t len;
	int ret = gth_follow_way(w, n * GTH_TILE_FULL);

	if (n < t.n)
		t.width = GTH_TILE_FULL;
	t.n = n;
	if (!ret)
		ret = gth_follow_tile(w, GTH_TILE_ENTRIES, n);
	if (ret)
		return ret;
	ret = gth_tile_find(w->f->work, &t, &hashes, &len);
	s.leaf = (const uint8_t(*)[GTH_MERKLE_HASH])hashes;
	if (ret >= 0)
		ret = check_tile(w, &t, s.leaf[0]);
	if (!ret)
		ret = gth_tlog_each(w->f->work, w->r->checkpoint.size, n * GTH_TILE_FULL,
				    look_at_entry, &s);
	free(hashes);
	if (ret == -EBADMSG || ret == -ENOENT)
		return gth_follow_done(w, GTH_FOLLOW_WITHHELD);
	return ret == TILE_END ? 0 : ret;
}

/* From the end on: the versions of a name rise. */
static int find_newest(struct gth_follow_work *w)
{
	uint64_t size = w->r->checkpoint.size, n = size ? (size - 1) / GTH_TILE_FULL + 1 : 0;
	int ret = 0;

	for (int i = 0; i < GTH_FOLLOW_TILES && n && !w->r->manifest_len && !ret; i++)
		ret = search_tile(w, --n);
	if (ret)
		return ret;
	return w->r->manifest_len ? 0 : gth_follow_done(w, GTH_FOLLOW_ABSENT);
}

/* For those who look at the release later: by itself, and without the log. */
static int prove(struct gth_follow_work *w)
{
	const struct gth_follow *f = w->f;
	struct gth_followed *r = w->r;
	struct gth_release_case c = { .policy = f->policy,
				      .manifest = r->manifest,
				      .manifest_len = r->manifest_len,
				      .now = f->now };
	enum gth_release_outcome outcome;
	struct gth_tree_proof p;
	int ret = gth_follow_way(w, w->index);

	if (!ret)
		ret = gth_tlog_prove_entry(f->work, r->checkpoint.size, w->index, &p);
	if (ret == -EBADMSG)
		return gth_follow_done(w, GTH_FOLLOW_WITHHELD);
	if (!ret)
		ret = gth_proof_format(&p, w->index, w->note, &r->proof);
	if (ret)
		return ret;
	c.proof = r->proof;
	c.proof_len = strlen(r->proof);
	outcome = gth_release_judge(&c, &r->judgement);
	if (outcome == GTH_RELEASE_NOT_LOGGED)
		return gth_follow_done(w, GTH_FOLLOW_WITHHELD);
	return outcome && outcome != GTH_RELEASE_EXPIRED ? refuse(w, outcome) : 0;
}

static bool is_old(const struct gth_follow_work *w)
{
	const struct gth_follow *f = w->f;

	return f->freshness && f->policy->quorum != GTH_POLICY_NONE && f->now > w->r->witnessed &&
	       f->now - w->r->witnessed > f->freshness;
}

/* A newer one is not loaded then; the one in force stays in force also after it has expired. */
static bool is_expired(const struct gth_follow_work *w)
{
	return w->f->now >= w->r->m.expires && !w->f->policy->expired_warns;
}

static int compare(struct gth_follow_work *w)
{
	const struct gth_floor *floor = w->f->floor;
	const struct gth_manifest *m = &w->r->m;

	if (!floor || m->version > floor->version)
		return gth_follow_done(w, is_expired(w) ? GTH_FOLLOW_EXPIRED : GTH_FOLLOW_NEWER);
	if (m->version < floor->version ||
	    memcmp(m->body_digest, floor->body_digest, sizeof(m->body_digest)) != 0)
		return gth_follow_done(w, GTH_FOLLOW_ROLLED_BACK);
	return gth_follow_done(w, is_old(w) ? GTH_FOLLOW_FROZEN : GTH_FOLLOW_CURRENT);
}

static int run(struct gth_follow_work *w)
{
	int ret = take_checkpoint(w);

	if (!ret)
		ret = check_edge(w);
	if (!ret)
		ret = check_memory(w);
	if (!ret)
		ret = find_newest(w);
	if (!ret)
		ret = prove(w);
	return ret ? ret : compare(w);
}

/**
 * gth_follow() - the newest release, and the state of the log
 * @f: the log and the machine
 * @r: set; to be freed by gth_followed_free(), also after an error
 * @state: set
 *
 * In the state NEWER the files of the release are still to be fetched, and are the kernel module's
 * to check. A log that is believed is remembered before this returns.
 *
 * Return: 0; -EBADMSG: the checkpoint that is remembered is damaged; -ENOMEM; an errno of this
 * machine's files: the state is not known.
 */
int gth_follow(const struct gth_follow *f, struct gth_followed *r, enum gth_follow_state *state)
{
	struct gth_follow_work w = { .f = f, .r = r };
	int ret;

	memset(r, 0, sizeof(*r));
	ret = run(&w);
	free(w.note);
	*state = w.state;
	return ret < 0 ? ret : 0;
}

void gth_followed_free(struct gth_followed *r)
{
	free(r->proof);
	r->proof = NULL;
}
