/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * policy_file.h - policy.conf: the policy that is set at every start of the daemon.
 * A line "knob = value" for each file below /sys/kernel/gotthard/policy that is to
 * be set; INI without sections, as libinih reads it.
 */
#ifndef GTH_LIB_HOST_POLICY_FILE_H
#define GTH_LIB_HOST_POLICY_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/gotthard.h>

#define GTH_POLICY_FILE "policy.conf"	    /* below GTH_ETC */
#define GTH_POLICY_FILE_SIZE_MAX (64 << 10) /* bytes */
#define GTH_POLICY_LINES_MAX 64		    /* knobs */
#define GTH_POLICY_KNOB_SIZE GTH_VALUE_SIZE /* of a name, NUL included */

struct gth_policy_line {
	unsigned int line;
	char knob[GTH_POLICY_KNOB_SIZE], value[GTH_VALUE_SIZE];
};

/* @line: 0: of the whole file */
typedef void gth_policy_error_fn(void *ctx, unsigned int line, const char *text);

struct gth_policy_file {
	size_t n;
	struct gth_policy_line at[GTH_POLICY_LINES_MAX];
};

int gth_policy_file_parse(struct gth_policy_file *p, const char *text, size_t len,
			  gth_policy_error_fn *error, void *ctx);
int gth_policy_file_load(struct gth_policy_file *p, const char *path, gth_policy_error_fn *error,
			 void *ctx);
int gth_policy_file_set(const char *etc, const char *knob, const char *value);
int gth_policy_file_save(const char *etc, const struct gth_policy_file *p);

#endif /* GTH_LIB_HOST_POLICY_FILE_H */
