/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * history.h - what was done with the tables of this machine: by whom, when, why, and on what
 * evidence. A line for each act, the newest one last (docs/formats.md).
 */
#ifndef GTH_LIB_RELEASE_HISTORY_H
#define GTH_LIB_RELEASE_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/gotthard.h>

#include "lib/log/tlog.h"

#define GTH_HISTORY_FILE "table-history" /* in root's state directory */
#define GTH_HISTORY_HEADER "gotthard-table-history 1\n"
#define GTH_HISTORY_ACTS 256	       /* that are kept; the oldest are dropped */
#define GTH_HISTORY_WHY_SIZE 256       /* bytes, NUL included; as of the reason of a verdict */
#define GTH_HISTORY_WITNESSES_SIZE 512 /* bytes, NUL included */
#define GTH_HISTORY_LINE_MAX 4096      /* bytes, LF included */

/* X(name): the acts; their words in the file are the names in lower case */
#define GTH_HISTORY_KINDS(X)                                                                       \
	X(LOAD, load)                                                                              \
	X(ROLLBACK, rollback) X(DROP, drop) X(UPDATE, update) X(PIN, pin) X(UNPIN, unpin)

enum gth_history_kind {
#define GTH_HISTORY_X(name, word) GTH_HISTORY_##name,
	GTH_HISTORY_KINDS(GTH_HISTORY_X)
#undef GTH_HISTORY_X
};

struct gth_history_act {
	uint64_t time; /* Unix time */
	uint32_t uid;
	enum gth_history_kind kind;
	char name[GTH_NAME_SIZE]; /* of the database */
	uint64_t version;	  /* 0: of none */
	uint8_t body_digest[GTH_DIGEST_SIZE];
	char why[GTH_HISTORY_WHY_SIZE]; /* "": no reason was given */
	struct gth_checkpoint
		checkpoint; /* by which it was proved; an empty origin: without proof */
	uint64_t index;	    /* of the entry in that log */
	uint64_t witnessed; /* Unix time at which a quorum had seen the log; 0: none was needed */
	/* Names of the policy, with one space between; "": none. If they are too many, " ..." ends
	 * it. */
	char witnesses[GTH_HISTORY_WITNESSES_SIZE];
};

struct gth_history {
	size_t n;
	struct gth_history_act *act; /* to be freed by gth_history_free() */
};

typedef void gth_history_error_fn(void *ctx, unsigned int line, const char *text);

const char *gth_history_word(enum gth_history_kind kind);
int gth_history_parse(struct gth_history *h, const char *text, size_t len,
		      gth_history_error_fn *error, void *ctx);
int gth_history_format(const struct gth_history_act *a, char line[GTH_HISTORY_LINE_MAX]);
void gth_history_free(struct gth_history *h);

int gth_history_load(struct gth_history *h, const char *dir, gth_history_error_fn *error,
		     void *ctx);
int gth_history_add(const char *dir, const struct gth_history_act *a);

/* The act PIN that counts, in a file of its own: it must outlive the history. */
#define GTH_PIN_FILE "table-pin" /* in root's state directory */

int gth_pin_load(const char *dir, struct gth_history_act *a);
int gth_pin_set(const char *dir, const struct gth_history_act *a);

#endif /* GTH_LIB_RELEASE_HISTORY_H */
