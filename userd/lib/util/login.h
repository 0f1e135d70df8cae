/* SPDX-License-Identifier: GPL-2.0-or-later */
/* login.h - the user by whom this process was started, for records of who did something. */
#ifndef GTH_LIB_UTIL_LOGIN_H
#define GTH_LIB_UTIL_LOGIN_H

#include <stdint.h>

uint32_t gth_login_uid(void);

#endif /* GTH_LIB_UTIL_LOGIN_H */
