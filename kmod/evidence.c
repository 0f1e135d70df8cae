// SPDX-License-Identifier: GPL-2.0-only
/* evidence.c - the class of a digest, from all sources (see evidence.h). */
#include "core/policy.h"
#include "evidence.h"
#include "sigtable.h"
#include "verdict.h"

/**
 * gth_evidence_find() - look a digest up everywhere
 * @domain: enum gth_domain
 * @digest: the digest
 * @source: set to the source that counts; NONE: no source knows the digest
 *
 * The sources are read one after the other. Each of their changes bumps the
 * generation, so an entry kept under the generation noted before is consistent.
 *
 * Return: enum gth_class.
 */
u8 gth_evidence_find(u8 domain, const u8 digest[GTH_DIGEST_SIZE], u8 *source)
{
	u8 class[GTH_SOURCE_MAX] = {};

	gth_verdict_find(domain, digest, class);
	class[GTH_SOURCE_TABLE] = gth_sigtable_find(domain, digest);
	*source = gth_policy_source(class);
	return class[*source];
}
