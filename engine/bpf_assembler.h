/* Writes eBPF instructions into an array: labels that are placed later, and loads, compares and moves by name. */
#ifndef SONDE_BPF_ASSEMBLER_H
#define SONDE_BPF_ASSEMBLER_H

#include <stdbool.h>
#include <stdint.h>

#define BPF_ASSEMBLER_STEPS_MAX 2048
#define BPF_ASSEMBLER_LABELS_MAX 512

/* One instruction, laid out as struct bpf_insn (RFC 9669 section 3.1) on a little or big endian machine alike. */
struct bpf_step {
	uint8_t code;
	uint8_t registers; /* destination and source, as the kernel's header packs them */
	int16_t offset;
	int32_t value;
};

struct bpf_assembler {
	struct bpf_step steps[BPF_ASSEMBLER_STEPS_MAX];
	uint16_t jumps[BPF_ASSEMBLER_STEPS_MAX]; /* label of each jump, plus 1; 0: not a jump */
	uint16_t places[BPF_ASSEMBLER_LABELS_MAX]; /* where each label stands */
	uint16_t count, labels;
	bool full; /* something did not fit: the program is of no use */
};

void bpf_assembler_init(struct bpf_assembler *assembler);
uint16_t bpf_label(struct bpf_assembler *assembler); /* a new one, not placed yet */
void bpf_place(struct bpf_assembler *assembler, uint16_t label); /* before the next instruction */

/* to = from; to = value; to += from; to = to OPERATION value, where the operation is BPF_ADD, BPF_AND, BPF_LSH ... */
void bpf_move(struct bpf_assembler *assembler, int to, int from);
void bpf_set(struct bpf_assembler *assembler, int to, int32_t value);
void bpf_add(struct bpf_assembler *assembler, int to, int from);
void bpf_compute(struct bpf_assembler *assembler, int operation, int to, int32_t value);
void bpf_from_network_16(struct bpf_assembler *assembler, int reg);
/* to = *(from + offset), of size BPF_B, BPF_H or BPF_W */
void bpf_load(struct bpf_assembler *assembler, int size, int to, int from, int16_t offset);
void bpf_load_map(struct bpf_assembler *assembler, int to, int map);

void bpf_goto(struct bpf_assembler *assembler, uint16_t label);
/* Compares 32 bits with a value; `comparison` is BPF_JEQ, BPF_JNE, BPF_JGT, BPF_JLT ... */
void bpf_if(struct bpf_assembler *assembler, int comparison, int reg, int32_t value, uint16_t label);
/* Compares two whole registers. */
void bpf_if_register(struct bpf_assembler *assembler, int comparison, int reg, int other, uint16_t label);
void bpf_call(struct bpf_assembler *assembler, int32_t helper);
void bpf_exit(struct bpf_assembler *assembler);

/* Fills in the jumps; false when the program did not fit or a jump is too far. */
bool bpf_assembler_finish(struct bpf_assembler *assembler);

#endif
