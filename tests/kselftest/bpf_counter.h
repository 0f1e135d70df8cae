/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bpf_counter.h - a BPF program that is not the module's, on a hook of the
 * LSMs: it allows everything, and counts its runs in a map.
 *
 * In a header, so that tests without such a program do not need libbpf.
 */
#ifndef GTH_TEST_BPF_COUNTER_H
#define GTH_TEST_BPF_COUNTER_H

#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <stdint.h>

/* Return: a map of one number; or -errno. */
static inline int gth_counter_map(const char *name)
{
	return bpf_map_create(BPF_MAP_TYPE_ARRAY, name, sizeof(uint32_t), sizeof(uint64_t), 1,
			      NULL);
}

/*
 * gth_counter_load() - the program, not attached
 * @btf_id: of the hook
 * @flags: 0, or BPF_F_SLEEPABLE
 *
 * Return: a descriptor; or -errno.
 */
static inline int gth_counter_load(const char *name, int map, int btf_id, uint32_t flags)
{
	struct bpf_insn insn[] = {
		{ .code = BPF_LD | BPF_DW | BPF_IMM,
		  .dst_reg = 1,
		  .src_reg = BPF_PSEUDO_MAP_VALUE,
		  .imm = map },
		{ .code = 0 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 2, .imm = 1 },
		{ .code = BPF_STX | BPF_ATOMIC | BPF_DW,
		  .dst_reg = 1,
		  .src_reg = 2,
		  .imm = BPF_ADD },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = BPF_LSM_MAC,
		    .attach_btf_id = (uint32_t)btf_id, .prog_flags = flags);

	return bpf_prog_load(BPF_PROG_TYPE_LSM, name, "GPL", insn, sizeof(insn) / sizeof(*insn),
			     &opts);
}

/* Return: how often the map's programs have run; 0 also if the map cannot be read. */
static inline uint64_t gth_counter_runs(int map)
{
	const uint32_t zero = 0;
	uint64_t n = 0;

	return bpf_map_lookup_elem(map, &zero, &n) ? 0 : n;
}

#endif /* GTH_TEST_BPF_COUNTER_H */
