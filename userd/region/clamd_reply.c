// SPDX-License-Identifier: GPL-2.0-or-later
/* clamd_reply.c - parses clamd's replies (see clamd.h). */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "region/clamd.h"

#define STREAM "stream: "
#define FOUND " FOUND"
#define LIMIT "INSTREAM size limit exceeded. ERROR"

/* clamd did not scan the whole file, or could not. */
static const char *const unscanned[] = { "Heuristics.Limits.Exceeded", "Heuristics.Encrypted." };
static const char *const suspicious[] = { "Gotthard.Suspicious", "Heuristics.", "PUA.",
					  "YARA.gotthard_suspicious" };

/*
 * Checks for printable ASCII, because signed texts must be that. Return: the length, or -EBADMSG.
 */
static int line_of(const char *reply, size_t len)
{
	/* A reply to a z command ends with NUL; LF before it is harmless. */
	if (len && !reply[len - 1])
		len--;
	if (len && reply[len - 1] == '\n')
		len--;
	for (size_t i = 0; i < len; i++)
		if (reply[i] < ' ' || reply[i] > '~')
			return -EBADMSG;
	return len && len < REGION_REPLY_MAX ? (int)len : -EBADMSG;
}

/* Return: 0; -EBADMSG: it is not a version. */
int region_clamd_version(struct region_engine *e, const char *reply, size_t len)
{
	int n = line_of(reply, len), engine;
	const char *slash;

	if (n < 0 || n <= 7 || strncmp(reply, "ClamAV ", 7) != 0)
		return -EBADMSG;
	slash = memchr(reply, '/', (size_t)n);
	engine = slash ? (int)(slash - reply) : n;
	if (engine >= (int)sizeof(e->engine) || n - engine >= (int)sizeof(e->database))
		return -EBADMSG;
	snprintf(e->engine, sizeof(e->engine), "%.*s", engine, reply);
	if (n - engine > 1)
		snprintf(e->database, sizeof(e->database), "%.*s", n - engine - 1, slash + 1);
	else
		snprintf(e->database, sizeof(e->database), "own");
	return 0;
}

static enum gth_finding finding_of(const char *name)
{
	for (size_t i = 0; i < sizeof(unscanned) / sizeof(unscanned[0]); i++)
		if (!strncmp(name, unscanned[i], strlen(unscanned[i])))
			return GTH_FINDING_UNKNOWN;
	for (size_t i = 0; i < sizeof(suspicious) / sizeof(suspicious[0]); i++)
		if (!strncmp(name, suspicious[i], strlen(suspicious[i])))
			return GTH_FINDING_SUSPICIOUS;
	return GTH_FINDING_MALICIOUS;
}

/**
 * region_clamd_reply() - parse the answer to a stream
 *
 * Return: 0; -EAGAIN: clamd could not scan it, for a reason of its own;
 * -EBADMSG: this is not an answer.
 */
int region_clamd_reply(struct region_finding *f, const char *reply, size_t len)
{
	int n = line_of(reply, len), name;
	char line[REGION_REPLY_MAX];

	if (n < 0)
		return n;
	snprintf(line, sizeof(line), "%.*s", n, reply);
	*f = (struct region_finding) { .finding = GTH_FINDING_UNKNOWN, .name = "none" };
	if (!strcmp(line, LIMIT))
		return 0;
	if (!strcmp(line, STREAM "OK")) {
		f->finding = GTH_FINDING_BENIGN;
		return 0;
	}
	if (n >= 6 && !strcmp(line + n - 6, " ERROR"))
		return -EAGAIN;
	name = n - (int)strlen(STREAM) - (int)strlen(FOUND);
	if (name < 1 || strncmp(line, STREAM, strlen(STREAM)) != 0 ||
	    strcmp(line + n - strlen(FOUND), FOUND) != 0)
		return -EBADMSG;
	if (name >= (int)sizeof(f->name))
		name = sizeof(f->name) - 1;
	snprintf(f->name, sizeof(f->name), "%.*s", name, line + strlen(STREAM));
	f->finding = finding_of(f->name);
	return 0;
}
