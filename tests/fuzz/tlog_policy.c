// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * tlog_policy.c - fuzzes the files of policies. @L stands for the key of a log, @0 to @9 for those
 * of witnesses, since their ids stop nearly every input.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/log/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char keys[11][GTH_NOTE_KEY_SIZE]; /* the last is the log's */

static void check(int right)
{
	if (!right)
		abort();
}

static void make_keys(void)
{
	struct gth_witness_key k;
	struct gth_witness w;
	struct gth_signer s;

	for (int i = 0; i < 10; i++) {
		check(!gth_witness_key_create(&k, "w"));
		w = gth_witness_of(&k);
		gth_witness_format(&w, keys[i]);
	}
	check(!gth_signer_create(&s, "log") && !gth_verifier_format(&s.verifier, keys[10]));
}

/* More cosignatures can only help; older ones cannot. */
static void judge(const struct gth_policy *p)
{
	uint64_t times[GTH_POLICY_WITNESSES] = { 0 }, best;
	bool met = gth_quorum_met(p, times, 0, 1000), before = met;

	check(met == (p->quorum == GTH_POLICY_NONE));
	for (unsigned int i = 0; i < p->witnesses; i++) {
		times[i] = 100 + i;
		met = gth_quorum_met(p, times, 0, 1000);
		check(met >= before);
		before = met;
	}
	/* All of them are a quorum: no group needs more members than it has. */
	check(met);
	best = gth_quorum_time(p, times, 1000);
	if (p->quorum == GTH_POLICY_NONE)
		check(!best);
	else
		check(best >= 100 && gth_quorum_met(p, times, best, 1000) &&
		      !gth_quorum_met(p, times, best + 1, 1000));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct gth_policy policy;
	struct gth_policy_fault fault;
	char *text, *copy;
	size_t len;
	FILE *f = open_memstream(&text, &len);
	int err;

	check(f != NULL);
	if (!*keys[0])
		make_keys();
	for (size_t i = 0; i < size; i++)
		if (data[i] != '@' || i + 1 == size)
			fputc(data[i], f);
		else if (data[++i] >= '0' && data[i] <= '9')
			fputs(keys[data[i] - '0'], f);
		else
			fputs(keys[10], f);
	check(!fclose(f));
	/* Of exactly its size, so that the sanitizer sees a read past it. */
	copy = malloc(len ? len : 1);
	check(copy != NULL);
	memcpy(copy, text, len);
	err = gth_policy_parse(&policy, copy, len, &fault);
	check(err ? err == -EINVAL && fault.why : !fault.why);
	if (!err)
		judge(&policy);
	free(copy);
	free(text);
	return 0;
}
