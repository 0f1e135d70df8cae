// SPDX-License-Identifier: GPL-2.0-or-later
/* policy.c - the file of a policy (see policy.h). */
#include "lib/log/policy.h"

#include <errno.h>
#include <string.h>

#include "lib/util/number.h"

#define WORDS_MAX (3 + GTH_POLICY_WITNESSES + GTH_POLICY_GROUPS) /* of a line: of a group */
#define WORD_SIZE GTH_NOTE_KEY_SIZE /* with its NUL; keys are the longest */

/* A line, split at its spaces and tabs. */
struct words {
	unsigned int n;
	char word[WORDS_MAX][WORD_SIZE];
};

struct parser {
	struct gth_policy *p;
	struct words words;
	bool quorum;	   /* it was named */
	bool expired;	   /* the same */
	uint64_t in_group; /* members of a group so far */
};

/* Each of these returns NULL, or what is wrong. */
static const char *split(struct words *w, const char *line, size_t len)
{
	size_t at = 0;

	w->n = 0;
	while (at < len) {
		size_t n = 0;

		while (at < len && (line[at] == ' ' || line[at] == '\t'))
			at++;
		while (at + n < len && line[at + n] != ' ' && line[at + n] != '\t')
			n++;
		if (!n || (!w->n && line[at] == '#'))
			break;
		if (w->n == WORDS_MAX)
			return "too many words";
		if (n >= WORD_SIZE)
			return "a word is too long";
		memcpy(w->word[w->n], line + at, n);
		w->word[w->n++][n] = '\0';
		at += n;
	}
	return NULL;
}

/* Return: the number of a witness or group; GTH_POLICY_NONE: there is none of this name. */
static gth_policy_member find(const struct gth_policy *p, const char *name)
{
	for (unsigned int i = 0; i < p->witnesses; i++)
		if (!strcmp(p->witness_name[i], name))
			return (int)i;
	for (unsigned int i = 0; i < p->groups; i++)
		if (!strcmp(p->group[i].name, name))
			return (int)(GTH_POLICY_WITNESSES + i);
	return GTH_POLICY_NONE;
}

static const char *take_name(const struct gth_policy *p, char out[GTH_POLICY_NAME_SIZE],
			     const char *name)
{
	size_t len = strlen(name);

	if (len >= GTH_POLICY_NAME_SIZE)
		return "a name is too long";
	if (!strcmp(name, "none"))
		return "`none' cannot be a name";
	if (find(p, name) != GTH_POLICY_NONE)
		return "the name is taken";
	memcpy(out, name, len + 1);
	return NULL;
}

static const char *take_url(char out[GTH_POLICY_URL_SIZE], const struct words *w, unsigned int at)
{
	if (w->n > at + 1)
		return "words behind the URL";
	out[0] = '\0';
	if (w->n <= at)
		return NULL;
	if (strlen(w->word[at]) >= GTH_POLICY_URL_SIZE)
		return "the URL is too long";
	memcpy(out, w->word[at], strlen(w->word[at]) + 1);
	return NULL;
}

/* One key under two names would count twice. */
static const char *take_log(struct parser *r)
{
	struct gth_policy *p = r->p;
	struct gth_verifier *v = &p->log[p->logs];
	const char *why;

	if (r->words.n < 2)
		return "a key is missing";
	if (p->logs == GTH_POLICY_LOGS)
		return "too many logs";
	if (gth_verifier_parse(v, r->words.word[1]))
		return "not the key of a log (Ed25519, type 0x01)";
	for (unsigned int i = 0; i < p->logs; i++)
		if (!memcmp(p->log[i].key, v->key, sizeof(v->key)))
			return "the key is another log's";
	why = take_url(p->log_url[p->logs], &r->words, 2);
	if (!why)
		p->logs++;
	return why;
}

static const char *take_witness(struct parser *r)
{
	struct gth_policy *p = r->p;
	struct gth_witness *w = &p->witness[p->witnesses];
	const char *why;

	if (r->words.n < 3)
		return "a name or a key is missing";
	if (p->witnesses == GTH_POLICY_WITNESSES)
		return "too many witnesses";
	why = take_name(p, p->witness_name[p->witnesses], r->words.word[1]);
	if (why)
		return why;
	if (gth_witness_parse(w, r->words.word[2]))
		return "not the key of a witness (cosignature/v1, type 0x04)";
	for (unsigned int i = 0; i < p->witnesses; i++)
		if (!memcmp(p->witness[i].key.key, w->key.key, sizeof(w->key.key)))
			return "the key is another witness's";
	why = take_url(p->witness_url[p->witnesses], &r->words, 3);
	if (!why)
		p->witnesses++;
	return why;
}

static const char *take_least(struct gth_policy_group *g, const char *word, unsigned int members)
{
	unsigned long long n;

	if (!strcmp(word, "all")) {
		g->least = members;
	} else if (!strcmp(word, "any")) {
		g->least = 1;
	} else {
		if (word[0] == '0' || gth_number_parse(word, members, &n))
			return "not `all', `any', or a number of members";
		g->least = (unsigned int)n;
	}
	return NULL;
}

static const char *take_group(struct parser *r)
{
	struct gth_policy *p = r->p;
	struct gth_policy_group *g = &p->group[p->groups];
	const char *why;

	if (r->words.n < 4)
		return "a name, a number or a member is missing";
	if (p->groups == GTH_POLICY_GROUPS)
		return "too many groups";
	why = take_name(p, g->name, r->words.word[1]);
	if (!why)
		why = take_least(g, r->words.word[2], r->words.n - 3);
	g->members = 0;
	for (unsigned int i = 3; i < r->words.n && !why; i++) {
		gth_policy_member m = find(p, r->words.word[i]);

		if (m == GTH_POLICY_NONE)
			return "a member is not named on a line before";
		if (r->in_group >> m & 1)
			return "a member is in a group already";
		r->in_group |= 1ULL << m;
		g->members |= 1ULL << m;
	}
	if (!why)
		p->groups++;
	return why;
}

static const char *take_quorum(struct parser *r)
{
	if (r->words.n != 2)
		return "one name is needed";
	if (r->quorum)
		return "a second quorum";
	r->quorum = true;
	if (!strcmp(r->words.word[1], "none"))
		return NULL;
	r->p->quorum = find(r->p, r->words.word[1]);
	return r->p->quorum == GTH_POLICY_NONE ? "the quorum is not named on a line before" : NULL;
}

static const char *take_expired(struct parser *r)
{
	const char *word = r->words.word[1];

	if (r->words.n != 2 || (strcmp(word, "refuse") != 0 && strcmp(word, "warn") != 0))
		return "`refuse' or `warn' is needed";
	if (r->expired)
		return "a second `expired'";
	r->expired = true;
	r->p->expired_warns = !strcmp(word, "warn");
	return NULL;
}

static const char *take_line(struct parser *r, const char *line, size_t len)
{
	static const struct {
		const char *word;
		const char *(*take)(struct parser *r);
	} kinds[] = { { "log", take_log },
		      { "witness", take_witness },
		      { "group", take_group },
		      { "quorum", take_quorum },
		      { "expired", take_expired } };
	const char *why;

	for (size_t i = 0; i < len; i++)
		if (((unsigned char)line[i] < ' ' && line[i] != '\t') || line[i] == 0x7f)
			return "a control character";
	why = split(&r->words, line, len);
	if (why || !r->words.n)
		return why;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(r->words.word[0], kinds[i].word))
			return kinds[i].take(r);
	return "not `log', `witness', `group', `quorum' or `expired'";
}

/**
 * gth_policy_parse() - the text of a file
 * @p: set to it
 * @fault: set to what is wrong
 *
 * A last line without its LF is wrong: a file that was cut off must not mean something else.
 * Return: 0 or -EINVAL.
 */
int gth_policy_parse(struct gth_policy *p, const char *text, size_t len,
		     struct gth_policy_fault *fault)
{
	struct parser r = { .p = p };
	const char *at = text, *end = text + len, *lf;

	memset(p, 0, sizeof(*p));
	p->quorum = GTH_POLICY_NONE;
	*fault = (struct gth_policy_fault) { 0 };
	if (len > GTH_POLICY_MAX) {
		fault->why = "the file is too large";
		return -EINVAL;
	}
	while (at < end && !fault->why) {
		fault->line++;
		lf = memchr(at, '\n', (size_t)(end - at));
		fault->why = lf ? take_line(&r, at, (size_t)(lf - at)) : "the line has no end";
		at = lf ? lf + 1 : end;
	}
	if (!fault->why && !r.quorum)
		*fault = (struct gth_policy_fault) { 0, "there is no quorum" };
	return fault->why ? -EINVAL : 0;
}
