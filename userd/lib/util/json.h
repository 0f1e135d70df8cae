/* SPDX-License-Identifier: GPL-2.0-or-later */
/* json.h - what jansson leaves to do: names that are not UTF-8, and output. */
#ifndef GTH_LIB_UTIL_JSON_H
#define GTH_LIB_UTIL_JSON_H

#include <jansson.h>

json_t *gth_json_bytes(const char *bytes, size_t len);
json_t *gth_json_text(const char *bytes);
json_t *gth_json_hex(const unsigned char *bytes, size_t n);
int gth_json_print(json_t *value);

#endif /* GTH_LIB_UTIL_JSON_H */
