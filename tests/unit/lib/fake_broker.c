// SPDX-License-Identifier: GPL-2.0-or-later
/* fake_broker.c - a broker that notes what it hears of the store. */
#include "tests/unit/lib/fake_broker.h"

#include <string.h>

#include "lib/text/exchange.h"
#include "tests/unit/lib/fake_region.h"
#include "tests/unit/lib/keys.h"
#include "tests/unit/lib/must.h"

struct fake_broker broker;

size_t hear(const uint8_t digest[32])
{
	size_t i = 0;

	while (i < broker.heard_n && memcmp(broker.heard[i].digest, digest, 32))
		i++;
	if (i == broker.heard_n) {
		if (digest[0] == 0xee && region.faults.endless_feed)
			return FILES_MAX - 1;
		must(i < FILES_MAX);
		broker.heard_n++;
		memset(&broker.heard[i], 0, sizeof(broker.heard[i]));
		memcpy(broker.heard[i].digest, digest, 32);
		broker.heard[i].finding = -1;
	}
	return i;
}

void broker_hears(const struct gth_message *m)
{
	struct gth_region_verdict v;
	size_t len;

	switch (m->type) {
	case GTH_MSG_STATEMENT:
		broker.statements++;
		break;
	case GTH_MSG_VERDICT:
		/* A text that the region did not sign must never come here. */
		must(!gth_note_verify(m->body, m->size, &keys.region.verifier, 1, &len));
		must(!gth_region_verdict_parse(&v, m->body, len));
		broker.order_wrong |= !broker.statements;
		broker.heard[hear(v.digest)].finding = (int)v.finding;
		broker.heard[hear(v.digest)].verdicts++;
		break;
	case GTH_MSG_UNKNOWN:
		broker.heard[hear((const uint8_t *)m->body + 1)].unknown++;
		break;
	case GTH_MSG_FORGET:
		broker.heard[hear((const uint8_t *)m->body + 1)].forgotten++;
		broker.heard[hear((const uint8_t *)m->body + 1)].finding = -1;
		break;
	case GTH_MSG_LEAVES:
		must(m->number == broker.kept.size);
		for (uint32_t at = 0; at < m->size; at += 32)
			must(!gth_frontier_add(&broker.kept, (const uint8_t *)m->body + at));
		break;
	case GTH_MSG_READY:
		broker.ready++;
		break;
	case GTH_MSG_UNABLE:
		broker.unable++;
		break;
	default:
		die("a message that the broker must not get");
	}
}

void broker_fresh(void)
{
	memset(&broker, 0, sizeof(broker));
}
