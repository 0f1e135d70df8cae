// SPDX-License-Identifier: GPL-2.0-only
/*
 * account.c - to whom a task's requests and events are charged (see account.h).
 *
 * Not to its uid alone: a user has 65,536 subordinate ids in a user namespace of its
 * own. The uid that audit knows (loginuid) is of no use: a task that was not given
 * one chooses it freely.
 */
#include <linux/bits.h>
#include <linux/cred.h>
#include <linux/user_namespace.h>

#include "account.h"

/* The namespace below the initial one in which a task is; NULL: it is in the initial one. */
static const struct user_namespace *outermost(const struct cred *cred)
{
	const struct user_namespace *ns = cred->user_ns, *below = NULL;

	while (ns != &init_user_ns) {
		below = ns;
		ns = ns->parent;
	}
	return below;
}

/**
 * gth_account_current() - an account for the current task
 *
 * The credentials that the task acts with do not count: overlayfs opens the real
 * file with those of the mounter.
 *
 * Return: in the initial namespace the uid (GTH_ACCOUNT_ROOT for root); else the
 * owner of the outermost user namespace, or that namespace itself if root has
 * made it.
 */
u64 gth_account_current(void)
{
	const struct cred *cred = current_real_cred();
	const struct user_namespace *ns = outermost(cred);

	if (!ns)
		return from_kuid(&init_user_ns, cred->uid);
	if (uid_eq(ns->owner, GLOBAL_ROOT_UID))
		return BIT_ULL(63) | ns->ns.inum;
	return from_kuid(&init_user_ns, ns->owner);
}
