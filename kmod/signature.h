/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * signature.h - the keys that sign manifests, and the check of a signature.
 *
 * The keys are built into the module as certificates (GTH_SIGNING_CERT= at the
 * build). Each is in a keyring ".gotthard" of its own, which tells whose key a
 * signature is by. User space can look at the keyrings and change nothing.
 */
#ifndef GTH_SIGNATURE_H
#define GTH_SIGNATURE_H

#include <linux/fs.h>
#include <linux/types.h>

/* Module parameter: a table without a signature is refused. */
extern bool gth_require_signed;

/* Made by scripts/signing-certs: certificates in DER, one after the other. */
extern const u8 gth_signing_certs[];
extern const unsigned int gth_signing_certs_size;

int gth_signature_init(void);
void gth_signature_exit(void);
const char *gth_signature_key(unsigned int i);
int gth_signature_check(const u8 *text, size_t len, struct file *p7s, const char **signer);

#endif /* GTH_SIGNATURE_H */
