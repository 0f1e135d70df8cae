// SPDX-License-Identifier: GPL-2.0-only
/* hash.bpf.c - a BPF hash map of the same keys, asked from inside the kernel as an LSM program
 * would. */
#include <linux/bpf.h>
#include <linux/gotthard.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(key_size, 1 + GTH_DIGEST_SIZE);
	__uint(value_size, 1);
	__uint(max_entries, 1); /* set before it is loaded */
} table SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct gth_record);
	__uint(max_entries, 1);
} asked SEC(".maps");

__u32 lookups;
__u32 wrong;

static long look_up(__u32 i, void *unused)
{
	const struct gth_record *r = bpf_map_lookup_elem(&asked, &i);
	const __u8 *class;

	if (!r)
		return 1;
	class = bpf_map_lookup_elem(&table, r);
	wrong += (class ? *class : GTH_CLASS_UNKNOWN) != r->class;
	return 0;
}

SEC("syscall")
int look_all_up(void *unused)
{
	wrong = 0;
	bpf_loop(lookups, look_up, NULL, 0);
	return 0;
}

char _license[] SEC("license") = "GPL";
