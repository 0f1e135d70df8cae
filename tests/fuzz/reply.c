// SPDX-License-Identifier: GPL-2.0-or-later
/* reply.c - fuzzes userd/daemon/store/reply.c: what the region answers in JSON. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/store/reply.h"
#include "lib/text/region_api.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gth_reply_submission submission;
	struct gth_reply_verdicts verdicts;
	struct gth_reply_problem problem;
	const char *text = (const char *)data;

	if (!gth_reply_submission(&submission, text, size)) {
		if (!submission.status)
			abort();
		gth_reply_free(submission.json);
	}
	if (!gth_reply_verdicts(&verdicts, text, size)) {
		if (strlen(verdicts.cursor) >= GTH_CURSOR_SIZE ||
		    json_array_size(verdicts.notes) > 256)
			abort();
		gth_reply_free(verdicts.json);
	}
	gth_reply_problem(&problem, text, size);
	for (const char *at = problem.detail; *at; at++)
		if (*at < ' ' || *at > '~')
			abort();
	return 0;
}
