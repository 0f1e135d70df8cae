/* SPDX-License-Identifier: GPL-2.0-or-later */
/* signature.h - the signature of a manifest, checked as the module checks it. */
#ifndef SIGTOOL_SIGNATURE_H
#define SIGTOOL_SIGNATURE_H

#include <openssl/x509.h>

#include "sigtool/database.h"

#define SIGNER_SIZE 256 /* bytes, NUL included; a name that is longer is cut */

int signature_check(const struct database *db, X509 *cert, char signer[SIGNER_SIZE],
		    struct problem *p);

#endif /* SIGTOOL_SIGNATURE_H */
