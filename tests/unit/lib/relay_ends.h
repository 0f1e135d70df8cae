/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * relay_ends.h - the broker's relay between two fakes: a store that sends what
 * the test tells it to, and a module that records what is written to it.
 */
#ifndef GTH_TEST_RELAY_ENDS_H
#define GTH_TEST_RELAY_ENDS_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/broker/relay.h"

#define RELAY_NOW 1800000000ULL /* what the relay takes for the time, in seconds */
#define RELAY_DAY 86400ULL

extern struct gth_relay relay;
extern int relay_store; /* the store's end of its socket */

extern struct relay_keys {
	struct gth_signer statement, region; /* those of the trusted region */
	struct gth_signer old_region;	     /* one that the region had before */
	struct gth_signer stranger;	     /* one that has the name of the region's key only */
} relay_keys;

extern struct relay_module {
	int requests;	 /* its end of the descriptor that gives requests; -1: not served */
	int serve_error; /* the answer to a serve, -errno; 0: it serves */
	unsigned int serves, writes;	  /* how often each was called */
	struct gth_verdict written[4096]; /* since the last relay_hear() */
	unsigned int n_written;
	unsigned int room;    /* how many more records fit */
	unsigned int foreign; /* records whose source is not the region */
} relay_module;

/* A relay that trusts the region "ch-test" for an endpoint in Germany, with its first store. */
void relay_begin(void);

void relay_end(void);

/* Replaces the store: closes the old one's socket. */
void relay_open_store(void);

/* The store sends a text, or a domain and a digest of 32 bytes of this value. */
void relay_say(uint32_t type, const char *text);
void relay_say_digest(uint32_t type, uint8_t domain, uint8_t byte);

/* The relay reads all that the store has sent. Return: how many records it wrote. */
unsigned int relay_hear(void);

/* Reads all that the relay has sent to the store. Return: the last reason for a refusal; -1: none.
 */
long long relay_refusal(void);

/* The module asks for the file of this digest; fd: the file, or -errno. */
void relay_request(uint8_t byte, int fd);

/* Return: the signed text, to be freed; text is freed. */
char *sign_text(char *text, const struct gth_signer *s);

/* A statement of the region that names key, signed by s. Return: to be freed. */
char *signed_statement(const struct gth_signer *s, const struct gth_signer *key, uint64_t issued,
		       uint64_t expires);

/* A verdict of the region for the digest of this byte, issued just now, for a day. */
struct gth_region_verdict new_verdict(uint8_t byte, enum gth_finding finding);

/* The store sends what s has signed; a statement is read by the relay, too. */
void relay_bring(const struct gth_region_verdict *v, const struct gth_signer *s);
void relay_bring_statement(const struct gth_signer *s, const struct gth_signer *key,
			   uint64_t issued, uint64_t expires);

/* Whether the relay does not write this verdict, and tells the store this error (-errno). */
bool relay_refuses(const struct gth_region_verdict *v, const struct gth_signer *s, int error);

#endif /* GTH_TEST_RELAY_ENDS_H */
