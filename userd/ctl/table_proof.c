// SPDX-License-Identifier: GPL-2.0-or-later
/* table_proof.c - is a release proved by the policy of this machine? (see table_proof.h) */
#include "table_proof.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/limits.h"
#include "ctl.h"
#include "lib/host/floors.h"
#include "lib/log/proof_text.h"
#include "lib/release/policy_file.h"
#include "lib/release/remember.h"
#include "lib/util/clock.h"
#include "lib/util/io.h"
#include "lib/util/say.h"
#include "lib/util/utc.h"
#include "lib/util/visible.h"

#define POLICY GTH_ETC "/" GTH_RELEASE_POLICY
#define MEMORY GTH_ROOT_STATE "/" GTH_RELEASE_LOGS
#define INSIST "(--without-proof --why TEXT loads it all the same)"

/* The texts that were judged; one byte longer than they may be, so that a longer one is seen. */
struct texts {
	char manifest[GTH_MANIFEST_MAX + 1], proof[GTH_PROOF_TEXT_MAX + 1];
	size_t manifest_len, proof_len;
};

static int say_policy(int err, const struct gth_policy_fault *fault)
{
	if (err == -EINVAL && fault->line)
		gth_say(POLICY ":%u: %s; nothing is loaded until it is mended " INSIST, fault->line,
			fault->why);
	else
		gth_say(POLICY ": %s; nothing is loaded until it is mended " INSIST,
			err == -EINVAL	  ? fault->why
			: err == -EPERM	  ? "others than root can write it"
			: err == -ENOLINK ? "is a link to nothing"
			: err == -ENOTSUP ? "is not a regular file"
					  : strerror(-err));
	return CTL_UNPROVED;
}

static int read_text(int fd, char *text, size_t size, size_t *len)
{
	ssize_t n = fd < 0 ? 0 : gth_read_full(fd, text, size);

	*len = n < 0 ? 0 : (size_t)n;
	return n < 0 ? (int)n : 0;
}

/* ctl_proof_memory() - a text as a file that nothing can change any more; or -errno */
int ctl_proof_memory(const char *text, size_t len)
{
	int memory = memfd_create("gotthard-release", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int err = memory < 0 ? -errno : gth_write_all(memory, text, len);

	if (!err &&
	    (fcntl(memory, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) ||
	     lseek(memory, 0, SEEK_SET)))
		err = -errno;
	if (!err)
		return memory;
	if (memory >= 0)
		close(memory);
	return err;
}

/* In the place of @fd: the bytes that were judged. */
static int replace(int *fd, const char *text, size_t len)
{
	int memory = ctl_proof_memory(text, len);

	if (memory < 0)
		return memory;
	close(*fd);
	*fd = memory;
	return 0;
}

static void add_witness(char all[GTH_HISTORY_WITNESSES_SIZE], const char *name)
{
	static const char more[] = " ...";
	size_t len = strlen(all);

	if (len + 1 + strlen(name) + sizeof(more) <= GTH_HISTORY_WITNESSES_SIZE)
		snprintf(all + len, GTH_HISTORY_WITNESSES_SIZE - len, "%s%s", len ? " " : "", name);
	else if (len < sizeof(more) || strcmp(all + len - strlen(more), more) != 0)
		snprintf(all + len, GTH_HISTORY_WITNESSES_SIZE - len, "%s", more);
}

/* ctl_proof_warn_expired() - of a release that is loaded although it may have expired */
void ctl_proof_warn_expired(const char *what, uint64_t expires)
{
	char time[GTH_UTC_SIZE];

	if (gth_now() < expires)
		return;
	gth_utc_format(time, expires);
	gth_say("warning: %s has expired at %s: get a newer release", what, time);
}

/* ctl_proof_record() - the evidence of a release that was proved */
void ctl_proof_record(const struct gth_policy *p, const struct gth_release_judgement *j,
		      struct gth_history_act *act)
{
	act->checkpoint = j->checkpoint;
	act->index = j->index;
	act->witnessed = j->witnessed;
	for (unsigned int i = 0; i < p->witnesses; i++)
		if (j->times[i])
			add_witness(act->witnesses, p->witness_name[i]);
}

/* ctl_proof_say_memory() - what is remembered cannot be used, and so no log is believed */
int ctl_proof_say_memory(int err, const char *origin)
{
	if (err == -EBADMSG)
		gth_say(MEMORY
			": the checkpoint of %s that is remembered is damaged, or was signed by another "
			"key; nothing of this log is loaded: find out why, and remove the file to "
			"begin anew " INSIST,
			gth_shown(origin));
	else
		gth_say(MEMORY ": %s; nothing is loaded " INSIST,
			err == -EPERM ? "others than root can write there" : strerror(-err));
	return CTL_UNPROVED;
}

/* The outcome, beside what was believed before; and what is believed now is remembered. */
static int judge_again(struct gth_release_case *c, struct gth_release_judgement *j, int log,
		       enum gth_release_outcome *outcome)
{
	int memory = gth_release_memory_open(GTH_ROOT_STATE), err;
	enum gth_release_memory known = GTH_MEMORY_NOT_ASKED;

	err = memory < 0 ? memory : gth_release_judge_again(memory, log, c, j, outcome, &known);
	if (!err && known == GTH_MEMORY_NONE)
		gth_say("no checkpoint of %s is remembered: this one is the first that is believed",
			gth_shown(j->checkpoint.origin));
	if (!err && (!*outcome || *outcome == GTH_RELEASE_EXPIRED)) {
		int lost = gth_release_remember(memory, c, j);

		if (lost)
			gth_say("warning: " MEMORY ": the checkpoint cannot be remembered: %s",
				strerror(-lost));
	}
	if (memory >= 0)
		close(memory);
	return err ? ctl_proof_say_memory(err, j->checkpoint.origin) : CTL_OK;
}

static int judge_texts(struct gth_release_case *c, struct gth_release_judgement *j,
		       const struct ctl_proof *o, enum gth_release_outcome *outcome)
{
	int log = o->log ? open(o->log, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1, ret = CTL_OK;

	if (o->log && log < 0) {
		gth_say("%s: %s", o->log, strerror(errno));
		return CTL_FAILED;
	}
	if (o->back)
		*outcome = gth_release_judge(c, j);
	else
		ret = judge_again(c, j, log, outcome);
	if (log >= 0)
		close(log);
	return ret;
}

static int judge(const char *what, const struct gth_policy *p, struct gth_table_files *files,
		 const struct ctl_proof *o, struct gth_history_act *act)
{
	static struct texts t;
	static struct gth_release_judgement j;
	struct gth_release_case c = { .policy = p, .manifest = t.manifest, .now = gth_now() };
	enum gth_release_outcome outcome;
	int err = read_text(files->manifest, t.manifest, sizeof(t.manifest), &t.manifest_len), ret;

	if (!err)
		err = read_text(files->proof, t.proof, sizeof(t.proof), &t.proof_len);
	if (err) {
		gth_say("%s: %s", what, strerror(-err));
		return CTL_FAILED;
	}
	c.manifest_len = t.manifest_len;
	c.proof = files->proof < 0 ? NULL : t.proof;
	c.proof_len = t.proof_len;
	ret = judge_texts(&c, &j, o, &outcome);
	if (ret)
		return ret;
	/* The release before was in force once, and is the way out of a bad one. */
	if (!gth_release_may_load(p, outcome) && !(o->back && outcome == GTH_RELEASE_EXPIRED)) {
		gth_say("%s was not loaded, and the table in force stays: by " POLICY
			", %s " INSIST,
			what, gth_release_sentence(outcome));
		return CTL_UNPROVED;
	}
	ctl_proof_warn_expired(what, j.m.expires);
	ctl_proof_record(p, &j, act);
	err = replace(&files->manifest, t.manifest, t.manifest_len);
	if (!err)
		err = replace(&files->proof, t.proof, t.proof_len);
	if (!err)
		return CTL_OK;
	gth_say("%s: %s", what, strerror(-err));
	return CTL_FAILED;
}

/**
 * ctl_proof_check() - may this release be loaded?
 * @what: its name for messages
 * @files: opened; manifest and proof are replaced by copies of the bytes that were judged
 * @o: the wishes of the user
 * @act: the evidence is set, where there is any
 *
 * Return: CTL_OK, also where this machine has no policy; CTL_UNPROVED or CTL_FAILED: it was said
 * why not.
 */
int ctl_proof_check(const char *what, struct gth_table_files *files, const struct ctl_proof *o,
		    struct gth_history_act *act)
{
	static struct gth_policy policy;
	struct gth_policy_fault fault;
	int err;

	if (o->without)
		return CTL_OK;
	err = gth_release_policy_load(&policy, GTH_ETC, &fault);
	if (err == -ENOENT)
		return CTL_OK;
	return err ? say_policy(err, &fault) : judge(what, &policy, files, o, act);
}

/* ctl_proof_policy() - the policy, without which no log is followed; an exit status */
int ctl_proof_policy(struct gth_policy *p)
{
	struct gth_policy_fault fault;
	int err = gth_release_policy_load(p, GTH_ETC, &fault);

	if (err == -ENOENT)
		gth_say(POLICY " is missing: it says which log and witnesses are believed");
	else if (err)
		say_policy(err, &fault);
	return err ? CTL_UNPROVED : CTL_OK;
}
