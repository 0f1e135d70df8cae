/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store.h - the store: the unprivileged process that owns the spool, the verdicts, the egress
 * journal, and the decision whether something may leave.
 */
#ifndef GTH_DAEMON_STORE_STORE_H
#define GTH_DAEMON_STORE_STORE_H

#include "daemon/settings.h"
#include "daemon/store/pace.h"
#include "lib/log/note.h"
#include "lib/text/residency.h"

struct gth_store_setup {
	int broker;  /* SOCK_SEQPACKET of message.h */
	int courier; /* the same, or -1 until GTH_MSG_COURIER brings one */
	int control; /* a listening SOCK_SEQPACKET socket for gotthardctl, or -1 */
	int state_dir;
	const struct gth_settings *settings; /* until GTH_MSG_RELOAD brings others */
	const struct gth_trust *trust;	     /* NULL: there is no region */
	const struct gth_signer *endpoint;   /* NULL: this machine has no key */
	const struct gth_store_pace *pace;
};

int gth_store_serve(const struct gth_store_setup *setup);

#endif /* GTH_DAEMON_STORE_STORE_H */
