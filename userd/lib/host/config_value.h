/* SPDX-License-Identifier: GPL-2.0-or-later */
/* config_value.h - the kinds of values that gotthardd.conf knows; for config.c. */
#ifndef GTH_LIB_HOST_CONFIG_VALUE_H
#define GTH_LIB_HOST_CONFIG_VALUE_H

#include <stddef.h>

/*
 * Checks @value and stores it in @out, of @size bytes; with @out NULL it is checked
 * only. @max: of numbers. Return: 0; -EINVAL: @wanted says what was expected.
 */
typedef int gth_config_value_fn(void *out, size_t size, unsigned long long max, const char *value,
				const char **wanted);

gth_config_value_fn gth_config_switch, gth_config_number, gth_config_bytes;
gth_config_value_fn gth_config_country, gth_config_directory, gth_config_proxy;
gth_config_value_fn gth_config_recipient, gth_config_user;
gth_config_value_fn gth_config_pattern, gth_config_owner, gth_config_filesystem;

#endif /* GTH_LIB_HOST_CONFIG_VALUE_H */
