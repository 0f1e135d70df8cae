/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sip128.h - SipHash-2-4 with 128 bits of output over whole 64-bit words.
 *
 * The kernel's siphash() gives 64 bits; a table of 2^28 entries needs 56 of
 * fingerprint and up to 26 of bucket number. Aumasson and Bernstein, "SipHash:
 * a fast short-input PRF", and their reference implementation's 128-bit form.
 */
#ifndef GTH_SIP128_H
#define GTH_SIP128_H

#include <linux/bitops.h>
#include <linux/types.h>

struct gth_sip128 {
	u64 lo, hi;
};

#define GTH_SIP_ROUND(a, b, c, d) do {				\
	(a) += (b); (b) = rol64((b), 13) ^ (a); (a) = rol64((a), 32);	\
	(c) += (d); (d) = rol64((d), 16) ^ (c);			\
	(a) += (d); (d) = rol64((d), 21) ^ (a);			\
	(c) += (b); (b) = rol64((b), 17) ^ (c); (c) = rol64((c), 32);	\
} while (0)

/**
 * gth_sip128() - keyed hash of @n little-endian words
 * @key: 128 bits, secret
 * @word: the message, already in CPU order
 * @n: how many words; the message is 8 * @n bytes
 */
static inline struct gth_sip128 gth_sip128(const u64 key[2], const u64 *word, unsigned int n)
{
	u64 a = key[0] ^ 0x736f6d6570736575ULL;
	u64 b = key[1] ^ 0x646f72616e646f6dULL ^ 0xee;
	u64 c = key[0] ^ 0x6c7967656e657261ULL;
	u64 d = key[1] ^ 0x7465646279746573ULL;
	u64 last = (u64)(n * 8) << 56;
	struct gth_sip128 out;
	unsigned int i;

	for (i = 0; i <= n; i++) {
		u64 m = i < n ? word[i] : last;

		d ^= m;
		GTH_SIP_ROUND(a, b, c, d);
		GTH_SIP_ROUND(a, b, c, d);
		a ^= m;
	}
	c ^= 0xee;
	for (i = 0; i < 4; i++)
		GTH_SIP_ROUND(a, b, c, d);
	out.lo = a ^ b ^ c ^ d;
	b ^= 0xdd;
	for (i = 0; i < 4; i++)
		GTH_SIP_ROUND(a, b, c, d);
	out.hi = a ^ b ^ c ^ d;
	return out;
}

#endif /* GTH_SIP128_H */
