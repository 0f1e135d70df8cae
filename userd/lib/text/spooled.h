/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * spooled.h - how far a file is on its way to the region, as store.db keeps it;
 * shared by the daemon, which writes it, and gotthardctl, which reads it.
 */
#ifndef GTH_LIB_TEXT_SPOOLED_H
#define GTH_LIB_TEXT_SPOOLED_H

#define GTH_STORE_DB "store.db"			   /* in the state directory */
#define GTH_STORE_SCHEMA 2			   /* PRAGMA user_version */
#define GTH_CONTROL_SOCKET "/run/gotthard/control" /* SOCK_SEQPACKET: the store's */
#define GTH_CONTROL_MAX (64 << 10)		   /* bytes of an answer */

/* Kept in the database: numbers never change their meaning. */
enum gth_spooled {
	GTH_SPOOLED_ASKED = 1, /* the region is to be asked for its digest */
	GTH_SPOOLED_COPIED,    /* to be encrypted */
	GTH_SPOOLED_SEALED,    /* to be submitted */
	GTH_SPOOLED_CREATED,   /* submitted; how much of it the region has is to be asked */
	GTH_SPOOLED_UPLOADING, /* from an offset on */
	GTH_SPOOLED_WAITING,   /* uploaded; there is no verdict yet */
	GTH_SPOOLED_DONE,      /* there is a verdict */
	GTH_SPOOLED_WITHHELD,  /* it was not sent, for a reason */
	GTH_SPOOLED_FAILED,    /* it was sent, or tried; the detail says what went wrong */
	GTH_SPOOLED_STATES
};

const char *gth_spooled_name(int state);

#endif /* GTH_LIB_TEXT_SPOOLED_H */
