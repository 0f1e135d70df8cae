// SPDX-License-Identifier: GPL-2.0-or-later
/* egress_journal.c - what the journal of the store holds, and whether it holds what left. */
#include "tests/unit/lib/egress_journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/log/tlog.h"
#include "tests/unit/lib/fake_region.h"
#include "tests/unit/lib/keys.h"
#include "tests/unit/lib/store_process.h"

struct egress_journal journal;

static int each_entry(uint64_t index, const void *entry, size_t len, void *arg)
{
	struct gth_egress e;
	char *text = strndup(entry, len);
	int err = text ? gth_egress_parse(&e, text, len) : -ENOMEM;

	(void)index;
	(void)arg;
	free(text);
	if (err)
		return err;
	journal.kinds[e.kind]++;
	if (e.reason != GTH_WITHHELD_NOT && e.what[0])
		journal.more[e.reason] += (unsigned int)atoi(e.what);
	else
		journal.reasons[e.reason]++;
	return 0;
}

int read_journal(void)
{
	struct gth_checkpoint c;
	char bad[64];
	int fd = openat(store.state_dir, "egress", O_RDONLY | O_DIRECTORY | O_CLOEXEC), err;

	memset(&journal, 0, sizeof(journal));
	err = fd < 0 ? -errno
		     : gth_tlog_verify(fd, &keys.endpoint.verifier, each_entry, NULL, &c, bad);
	if (fd >= 0)
		close(fd);
	return err;
}

bool journal_covers(void)
{
	unsigned int contacts = region.orders[GTH_ORDER_STATEMENT] +
				region.orders[GTH_ORDER_OFFSET] + region.orders[GTH_ORDER_WAIT] +
				region.orders[GTH_ORDER_VERDICTS];

	return !read_journal() && journal.kinds[GTH_EGRESS_CONTACT] >= contacts &&
	       journal.kinds[GTH_EGRESS_LOOKUP] >= region.orders[GTH_ORDER_LOOKUP] &&
	       journal.kinds[GTH_EGRESS_SUBMISSION] >= region.orders[GTH_ORDER_CREATE] &&
	       journal.kinds[GTH_EGRESS_UPLOAD] >= region.orders[GTH_ORDER_UPLOAD] &&
	       journal.kinds[GTH_EGRESS_STATISTICS] >= region.orders[GTH_ORDER_STATISTICS];
}
