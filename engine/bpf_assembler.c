#include "bpf_assembler.h"

#include <linux/bpf.h>
#include <stddef.h>
#include <string.h>

_Static_assert(sizeof(struct bpf_step) == sizeof(struct bpf_insn), "a step is an eBPF instruction");
_Static_assert(offsetof(struct bpf_step, value) == offsetof(struct bpf_insn, imm), "a step is an eBPF instruction");

void bpf_assembler_init(struct bpf_assembler *assembler)
{
	assembler->count = assembler->labels = 0;
	assembler->full = false;
}

static void bpf_emit(struct bpf_assembler *assembler, int code, int to, int from, int16_t offset, int32_t value)
{
	if (assembler->count == BPF_ASSEMBLER_STEPS_MAX) {
		assembler->full = true;
		return;
	}
	struct bpf_insn step = { .code = (uint8_t)code, .dst_reg = (uint8_t)(to & 15), .src_reg = (uint8_t)(from & 15),
				 .off = offset, .imm = value };
	memcpy(&assembler->steps[assembler->count], &step, sizeof step);
	assembler->jumps[assembler->count] = 0;
	assembler->count++;
}

static void bpf_emit_jump(struct bpf_assembler *assembler, int code, int to, int from, int32_t value, uint16_t label)
{
	bpf_emit(assembler, code, to, from, 0, value);
	if (!assembler->full)
		assembler->jumps[assembler->count - 1] = (uint16_t)(label + 1);
}

uint16_t bpf_label(struct bpf_assembler *assembler)
{
	if (assembler->labels == BPF_ASSEMBLER_LABELS_MAX) {
		assembler->full = true;
		return 0;
	}
	assembler->places[assembler->labels] = UINT16_MAX;
	return assembler->labels++;
}

void bpf_place(struct bpf_assembler *assembler, uint16_t label)
{
	assembler->places[label] = assembler->count;
}

void bpf_move(struct bpf_assembler *assembler, int to, int from)
{
	bpf_emit(assembler, BPF_ALU64 | BPF_MOV | BPF_X, to, from, 0, 0);
}

void bpf_set(struct bpf_assembler *assembler, int to, int32_t value)
{
	bpf_emit(assembler, BPF_ALU64 | BPF_MOV | BPF_K, to, 0, 0, value);
}

void bpf_add(struct bpf_assembler *assembler, int to, int from)
{
	bpf_emit(assembler, BPF_ALU64 | BPF_ADD | BPF_X, to, from, 0, 0);
}

void bpf_compute(struct bpf_assembler *assembler, int operation, int to, int32_t value)
{
	bpf_emit(assembler, BPF_ALU64 | operation | BPF_K, to, 0, 0, value);
}

void bpf_from_network_16(struct bpf_assembler *assembler, int reg)
{
	bpf_emit(assembler, BPF_ALU | BPF_END | BPF_TO_BE, reg, 0, 0, 16);
}

void bpf_load(struct bpf_assembler *assembler, int size, int to, int from, int16_t offset)
{
	bpf_emit(assembler, BPF_LDX | BPF_MEM | size, to, from, offset, 0);
}

void bpf_load_map(struct bpf_assembler *assembler, int to, int map)
{
	bpf_emit(assembler, BPF_LD | BPF_DW | BPF_IMM, to, BPF_PSEUDO_MAP_FD, 0, map);
	bpf_emit(assembler, 0, 0, 0, 0, 0);
}

void bpf_goto(struct bpf_assembler *assembler, uint16_t label)
{
	bpf_emit_jump(assembler, BPF_JMP | BPF_JA, 0, 0, 0, label);
}

void bpf_if(struct bpf_assembler *assembler, int comparison, int reg, int32_t value, uint16_t label)
{
	bpf_emit_jump(assembler, BPF_JMP32 | comparison | BPF_K, reg, 0, value, label);
}

void bpf_if_register(struct bpf_assembler *assembler, int comparison, int reg, int other, uint16_t label)
{
	bpf_emit_jump(assembler, BPF_JMP | comparison | BPF_X, reg, other, 0, label);
}

void bpf_call(struct bpf_assembler *assembler, int32_t helper)
{
	bpf_emit(assembler, BPF_JMP | BPF_CALL, 0, 0, 0, helper);
}

void bpf_exit(struct bpf_assembler *assembler)
{
	bpf_emit(assembler, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}

bool bpf_assembler_finish(struct bpf_assembler *assembler)
{
	for (int i = 0; i < assembler->count && !assembler->full; i++) {
		if (assembler->jumps[i] == 0)
			continue;
		int distance = assembler->places[assembler->jumps[i] - 1] - i - 1;
		if (distance < 0 || distance > INT16_MAX)
			return false; /* only forward: a program without loops ends for sure */
		assembler->steps[i].offset = (int16_t)distance;
	}
	return !assembler->full;
}
