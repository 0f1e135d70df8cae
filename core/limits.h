/* SPDX-License-Identifier: GPL-2.0-or-later */
/* limits.h - every bound of the module; each has a test at it and one past it. */
#ifndef GTH_LIMITS_H
#define GTH_LIMITS_H

/* Signature database */
#define GTH_MANIFEST_MAX	4096		/* bytes of text */
#define GTH_SIGNATURE_MAX	(16U << 10)	/* bytes of a manifest's signature */
#define GTH_SIGNING_KEYS_MAX	8		/* certificates built into the module */
#define GTH_ENTRIES_MAX		(1ULL << 28)	/* records; 2.2 GiB of table */
#define GTH_READ_CHUNK		(64U << 10)	/* bytes read at a time from a body or a file */
#define GTH_BUILD_TRIES		4		/* fresh keys for one load before ENOSPC */
#define GTH_KICKS_MAX		2000		/* displacements for one insertion */

/* Verdict overlay */
#define GTH_VERDICTS_MAX	65536		/* records held of root, and of the region */

/* Policy */
#define GTH_HOLD_MS_MIN		1
#define GTH_HOLD_MS_MAX		30000
#define GTH_HASH_BYTES_MIN	4096
#define GTH_HASH_BYTES_MAX	(1ULL << 40)

/* Device */
#define GTH_HOLD_CHANGES	3		/* contents that one operation waits for */
#define GTH_REQUESTS_MAX	1024		/* digests that are waited for */
#define GTH_REQUESTS_PER_USER	128		/* … by tasks of one account that is not root's */
#define GTH_REQUESTS_OF_ROOT	256		/* … kept free for root */
#define GTH_EXEMPT_MAX		8		/* processes exempt at a time */

/* A task waits this long for another that hashes the same file, then hashes it itself. */
#define GTH_SCAN_WAIT_MS	1000

/*
 * A judgement that took longer than this is not kept: 2^30 opens for writing do
 * not fit into it, so an entry's count of them cannot wrap unseen.
 */
#define GTH_KEEP_SECONDS	120

/* A file that overlayfs copies up while it is read is looked at again this often. */
#define GTH_STALE_TRIES		3

/* Pages that a filesystem does not let go of are tried again after 1, 2, 4 … ms, up to this. */
#define GTH_DROP_MAX_MS		512

/* Events of decisions: so many in so many seconds from one account (they share 64 buckets). */
#define GTH_EVENT_BURST		1000
#define GTH_EVENT_SECONDS	10

/* open_scope=code looks for a magic in this many first bytes */
#define GTH_MAGIC_BYTES		512

/*
 * A file whose content changes between opens is hashed for them in at most a
 * 64th of the time, with a quarter of a second of hashing in advance; and content
 * goes unhashed for at most 64 seconds.
 */
#define GTH_REHASH_SHARE		64
#define GTH_REHASH_CREDIT_MS	(GTH_REHASH_SHARE * 250)
#define GTH_REHASH_HOT_MS		64000

/* Tasks in a row that did not find their trampoline, until the next wait inside of it. */
#define GTH_MISSES_MAX		1000

/* A memfd up to this size is hashed whenever it is mapped as code; a larger one within heat. */
#define GTH_MEMORY_BYTES	(4U << 20)

#endif /* GTH_LIMITS_H */
