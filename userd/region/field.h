/* SPDX-License-Identifier: GPL-2.0-or-later */
/* field.h - the fields of a request, which are foreign bytes. */
#ifndef REGION_FIELD_H
#define REGION_FIELD_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/gotthard.h>

int region_offset_parse(const char *field, uint64_t *offset);
int region_complete_parse(const char *field, bool *complete);
int region_repr_digest_parse(const char *field, uint8_t digest[GTH_DIGEST_SIZE]);
bool region_type_is(const char *field, const char *type);

#endif /* REGION_FIELD_H */
