# SPDX-License-Identifier: GPL-2.0-or-later
# Turns what pahole prints of a struct into lines of STRUCT SIZE MEMBER OFFSET SIZE.

/^struct gth_[a-z_]+ \{/ { name = $2; n = 0 }

# __u8 digest[32]; /* 16 32 */
/;[ \t]*\/\*[ \t]*[0-9]+[ \t]+[0-9]+ \*\/$/ {
	declaration = $0
	sub(/;.*/, "", declaration)
	sub(/(\[[0-9]+\])+$/, "", declaration)
	sub(/.*[ \t*]/, "", declaration)
	line[++n] = declaration " " $(NF - 2) " " $(NF - 1)
}

/\/\* size: [0-9]+,/ { size = $3 + 0 }

/^\}/ { for (i = 1; i <= n; i++) print name, size, line[i] }
