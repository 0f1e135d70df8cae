/* SPDX-License-Identifier: GPL-2.0-or-later */
/* names.h - the words for the numbers of linux/gotthard.h, as they stand in JSON and sysfs. */
#ifndef GTH_LIB_HOST_NAMES_H
#define GTH_LIB_HOST_NAMES_H

const char *gth_op_name(unsigned int op);
const char *gth_class_name(unsigned int class);
const char *gth_action_name(unsigned int action);
const char *gth_mode_name(unsigned int mode);
const char *gth_reason_name(unsigned int reason);
const char *gth_source_name(unsigned int source);
const char *gth_domain_name(unsigned int domain);
const char *gth_event_type_name(unsigned int type);

int gth_op_parse(const char *name);
int gth_class_parse(const char *name);
int gth_source_parse(const char *name);
int gth_domain_parse(const char *name);

#endif /* GTH_LIB_HOST_NAMES_H */
