/* The program is assembled here, with the ports and addresses as constants in it: building Sonde needs no BPF compiler, and
 * a frame that is not ours costs a handful of compares and no map. */
#include "xdp_program.h"

#include "bpf_assembler.h"

#include <bpf/bpf.h>
#include <endian.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXTENSIONS_MAX 4 /* IPv6 extension headers that are followed */

/* Registers. The verifier knows CURSOR as a pointer into the frame; END is where the frame's bytes end. */
enum { WORK = BPF_REG_1, LENGTH = BPF_REG_2, QUEUE = BPF_REG_2, END = BPF_REG_3, LIMIT = BPF_REG_4, PROTOCOL = BPF_REG_5, CONTEXT = BPF_REG_6,
       CURSOR = BPF_REG_7 };

struct xdp_program {
	int map, program, link;
	bool native;
};

struct builder {
	struct bpf_assembler out;
	const struct xdp_steering *steering;
	uint16_t pass, tcp, quoted, port; /* labels that both families jump to */
};

/* --- what is ours ------------------------------------------------------------------------------------------------------------- */

/* Goes on only where so many bytes are there from CURSOR on. */
static void need(struct builder *b, int32_t bytes)
{
	bpf_move(&b->out, LIMIT, CURSOR);
	bpf_compute(&b->out, BPF_ADD, LIMIT, bytes);
	bpf_if_register(&b->out, BPF_JGT, LIMIT, END, b->pass);
}

/* Goes on only where the address at CURSOR + offset is one of ours. */
static void match_address(struct builder *b, enum address_family family, int16_t offset)
{
	uint16_t matched = bpf_label(&b->out);
	if (b->steering->address_count == 0)
		return bpf_place(&b->out, matched);
	for (size_t i = 0; i < b->steering->address_count; i++) {
		const struct address *address = &b->steering->addresses[i];
		if (address->family != family)
			continue;
		uint16_t other = bpf_label(&b->out);
		for (int16_t at = 0; at < (int16_t)address_length(address); at += 4) {
			int32_t word;
			memcpy(&word, address->bytes + at, sizeof word);
			bpf_load(&b->out, BPF_W, WORK, CURSOR, (int16_t)(offset + at));
			bpf_if(&b->out, BPF_JNE, WORK, word, other);
		}
		bpf_goto(&b->out, matched);
		bpf_place(&b->out, other);
	}
	bpf_goto(&b->out, b->pass);
	bpf_place(&b->out, matched);
}

/* Goes on only where the byte at CURSOR is one of the ICMP types given. */
static void match_type(struct builder *b, const uint8_t types[3])
{
	uint16_t matched = bpf_label(&b->out);
	bpf_load(&b->out, BPF_B, WORK, CURSOR, 0);
	for (int i = 0; i < 3; i++)
		bpf_if(&b->out, BPF_JEQ, WORK, types[i], matched);
	bpf_goto(&b->out, b->pass);
	bpf_place(&b->out, matched);
}

/* --- the families ------------------------------------------------------------------------------------------------------------- */

/* A later fragment has no port in it and is left alone: without the first, which is taken, it is no segment (RFC 791). */
static void ipv4(struct builder *b)
{
	static const uint8_t errors[] = { ICMP_DEST_UNREACH, ICMP_TIME_EXCEEDED, ICMP_PARAMETERPROB };
	struct bpf_assembler *out = &b->out;
	bpf_compute(out, BPF_ADD, CURSOR, ETH_HLEN);
	need(b, 20);
	bpf_load(out, BPF_B, LENGTH, CURSOR, 0);
	bpf_if(out, BPF_JLT, LENGTH, 0x45, b->pass);
	bpf_if(out, BPF_JGT, LENGTH, 0x4f, b->pass);
	bpf_load(out, BPF_H, WORK, CURSOR, 6);
	bpf_compute(out, BPF_AND, WORK, htobe16(0x1fff));
	bpf_if(out, BPF_JNE, WORK, 0, b->pass);
	bpf_load(out, BPF_B, PROTOCOL, CURSOR, 9);
	match_address(b, ADDRESS_V4, 16);
	bpf_compute(out, BPF_AND, LENGTH, 15);
	bpf_compute(out, BPF_LSH, LENGTH, 2);
	bpf_add(out, CURSOR, LENGTH);
	bpf_if(out, BPF_JEQ, PROTOCOL, IPPROTO_TCP, b->tcp);
	bpf_if(out, BPF_JNE, PROTOCOL, IPPROTO_ICMP, b->pass);
	/* The quote: we send no IPv4 options, so the quoted header has none. */
	need(b, 8 + 20 + 4);
	match_type(b, errors);
	bpf_compute(out, BPF_ADD, CURSOR, 8);
	bpf_load(out, BPF_B, WORK, CURSOR, 0);
	bpf_if(out, BPF_JNE, WORK, 0x45, b->pass);
	bpf_load(out, BPF_B, WORK, CURSOR, 9);
	bpf_if(out, BPF_JNE, WORK, IPPROTO_TCP, b->pass);
	match_address(b, ADDRESS_V4, 12);
	bpf_compute(out, BPF_ADD, CURSOR, 20);
	bpf_goto(out, b->quoted);
}

/* Steps over hop-by-hop, routing and destination options, and a fragment header that begins a packet (RFC 8200 section 4). */
static void ipv6_extension(struct builder *b, uint16_t upper)
{
	struct bpf_assembler *out = &b->out;
	uint16_t options = bpf_label(out), next = bpf_label(out);
	bpf_if(out, BPF_JEQ, PROTOCOL, IPPROTO_HOPOPTS, options);
	bpf_if(out, BPF_JEQ, PROTOCOL, IPPROTO_ROUTING, options);
	bpf_if(out, BPF_JEQ, PROTOCOL, IPPROTO_DSTOPTS, options);
	bpf_if(out, BPF_JNE, PROTOCOL, IPPROTO_FRAGMENT, upper);
	need(b, 8);
	bpf_load(out, BPF_H, WORK, CURSOR, 2);
	bpf_compute(out, BPF_AND, WORK, htobe16(0xfff8));
	bpf_if(out, BPF_JNE, WORK, 0, b->pass);
	bpf_load(out, BPF_B, PROTOCOL, CURSOR, 0);
	bpf_compute(out, BPF_ADD, CURSOR, 8);
	bpf_goto(out, next);
	bpf_place(out, options);
	need(b, 8);
	bpf_load(out, BPF_B, PROTOCOL, CURSOR, 0);
	bpf_load(out, BPF_B, LENGTH, CURSOR, 1);
	bpf_compute(out, BPF_ADD, LENGTH, 1);
	bpf_compute(out, BPF_LSH, LENGTH, 3);
	bpf_add(out, CURSOR, LENGTH);
	bpf_place(out, next);
}

static void ipv6(struct builder *b)
{
	static const uint8_t errors[] = { ICMP6_DST_UNREACH, ICMP6_TIME_EXCEEDED, ICMP6_PARAM_PROB };
	struct bpf_assembler *out = &b->out;
	uint16_t upper = bpf_label(out);
	bpf_compute(out, BPF_ADD, CURSOR, ETH_HLEN);
	need(b, 40);
	bpf_load(out, BPF_B, PROTOCOL, CURSOR, 6);
	match_address(b, ADDRESS_V6, 24);
	bpf_compute(out, BPF_ADD, CURSOR, 40);
	for (int i = 0; i < EXTENSIONS_MAX; i++)
		ipv6_extension(b, upper);
	bpf_place(out, upper);
	bpf_if(out, BPF_JEQ, PROTOCOL, IPPROTO_TCP, b->tcp);
	bpf_if(out, BPF_JNE, PROTOCOL, IPPROTO_ICMPV6, b->pass);
	need(b, 8 + 40 + 4);
	match_type(b, errors);
	bpf_compute(out, BPF_ADD, CURSOR, 8);
	bpf_load(out, BPF_B, WORK, CURSOR, 6);
	bpf_if(out, BPF_JNE, WORK, IPPROTO_TCP, b->pass);
	match_address(b, ADDRESS_V6, 8);
	bpf_compute(out, BPF_ADD, CURSOR, 40);
	bpf_goto(out, b->quoted);
}

/* Goes on only where the port in WORK is of the worker whose queue this is. */
static void match_slice(struct builder *b)
{
	const struct xdp_steering *steering = b->steering;
	struct bpf_assembler *out = &b->out;
	uint16_t found = bpf_label(out);
	bpf_set(out, LIMIT, 0);
	for (uint32_t worker = 1; worker < steering->workers; worker++) {
		bpf_if(out, BPF_JLT, WORK, steering->slices[worker], found);
		bpf_set(out, LIMIT, (int32_t)worker);
	}
	bpf_place(out, found);
	bpf_move(out, PROTOCOL, QUEUE);
	bpf_compute(out, BPF_MOD, PROTOCOL, (int32_t)steering->workers);
	bpf_if_register(out, BPF_JNE, PROTOCOL, LIMIT, b->pass);
}

/* A frame for a queue that came into being after us is dropped, not passed: the kernel would reset it. With several workers the
 * kernel is kept still, and who has no socket there, because it is just being started again, has another way. */
static void redirect(struct builder *b, int map)
{
	struct bpf_assembler *out = &b->out;
	bpf_place(out, b->quoted);
	need(b, 4);
	bpf_load(out, BPF_H, WORK, CURSOR, 0);
	bpf_goto(out, b->port);
	bpf_place(out, b->tcp);
	need(b, 4);
	bpf_load(out, BPF_H, WORK, CURSOR, 2);
	bpf_place(out, b->port);
	bpf_from_network_16(out, WORK);
	bpf_if(out, BPF_JLT, WORK, b->steering->port_first, b->pass);
	bpf_if(out, BPF_JGT, WORK, b->steering->port_last, b->pass);
	bpf_load(out, BPF_W, QUEUE, CONTEXT, offsetof(struct xdp_md, rx_queue_index));
	if (b->steering->workers > 0)
		match_slice(b);
	bpf_load_map(out, BPF_REG_1, map);
	bpf_set(out, BPF_REG_3, b->steering->workers > 0 ? XDP_PASS : XDP_DROP);
	bpf_call(out, BPF_FUNC_redirect_map);
	bpf_exit(out);
	bpf_place(out, b->pass);
	bpf_set(out, BPF_REG_0, XDP_PASS);
	bpf_exit(out);
}

/* A family that none of our addresses is of stays the kernel's: the verifier wants no steps that are never reached. */
static bool has_family(const struct builder *b, enum address_family family)
{
	for (size_t i = 0; i < b->steering->address_count; i++) {
		if (b->steering->addresses[i].family == family)
			return true;
	}
	return b->steering->address_count == 0;
}

static bool build(struct builder *b, int map)
{
	struct bpf_assembler *out = &b->out;
	bpf_assembler_init(out);
	b->pass = bpf_label(out);
	b->tcp = bpf_label(out);
	b->quoted = bpf_label(out);
	b->port = bpf_label(out);
	uint16_t six = bpf_label(out);
	bpf_move(out, CONTEXT, BPF_REG_1);
	bpf_load(out, BPF_W, CURSOR, CONTEXT, offsetof(struct xdp_md, data));
	bpf_load(out, BPF_W, END, CONTEXT, offsetof(struct xdp_md, data_end));
	need(b, ETH_HLEN);
	bpf_load(out, BPF_H, WORK, CURSOR, 12);
	if (has_family(b, ADDRESS_V6))
		bpf_if(out, BPF_JEQ, WORK, htobe16(ETH_P_IPV6), six);
	if (has_family(b, ADDRESS_V4)) {
		bpf_if(out, BPF_JNE, WORK, htobe16(ETH_P_IP), b->pass);
		ipv4(b);
	} else {
		bpf_goto(out, b->pass);
	}
	bpf_place(out, six);
	if (has_family(b, ADDRESS_V6))
		ipv6(b);
	redirect(b, map);
	return bpf_assembler_finish(out);
}

/* --- the kernel --------------------------------------------------------------------------------------------------------------- */

static int load(struct xdp_program *program, const struct xdp_steering *steering, bool multi_buffer, struct error *why)
{
	LIBBPF_OPTS(bpf_prog_load_opts, options, .prog_flags = multi_buffer ? BPF_F_XDP_HAS_FRAGS : 0,
		    .expected_attach_type = BPF_XDP);
	struct builder *builder = malloc(sizeof *builder);
	int error = 0;
	if (!builder)
		return error_set(why, ERR_NO_MEMORY, "out of memory for the XDP program");
	builder->steering = steering;
	if (!build(builder, program->map)) {
		error = error_set(why, ERR_FULL, "too many source addresses for the XDP program");
	} else {
		const struct bpf_insn *steps = (const struct bpf_insn *)(const void *)builder->out.steps;
		program->program = bpf_prog_load(BPF_PROG_TYPE_XDP, "sonde", "Apache-2.0", steps, builder->out.count, &options);
		if (program->program < 0)
			error = error_errno(why, "cannot load the XDP program");
	}
	free(builder);
	return error;
}

int xdp_program_create(struct xdp_program **out, const struct xdp_steering *steering, uint32_t queues, bool multi_buffer,
		       struct error *why)
{
	if (steering->address_count > XDP_ADDRESSES_MAX)
		return error_set(why, ERR_FULL, "more than %d source addresses", XDP_ADDRESSES_MAX);
	struct xdp_program *program = malloc(sizeof *program);
	if (!program)
		return error_set(why, ERR_NO_MEMORY, "out of memory for the XDP program");
	*program = (struct xdp_program){ .map = -1, .program = -1, .link = -1 };
	program->map = bpf_map_create(BPF_MAP_TYPE_XSKMAP, "sonde", sizeof(uint32_t), sizeof(uint32_t), queues, NULL);
	int error = program->map < 0 ? error_errno(why, "cannot make the XDP program's table of sockets") :
				       load(program, steering, multi_buffer, why);
	if (error) {
		xdp_program_destroy(program);
		return error;
	}
	*out = program;
	return 0;
}

int xdp_program_add(struct xdp_program *program, uint32_t queue, int socket, struct error *why)
{
	if (bpf_map_update_elem(program->map, &queue, &socket, BPF_ANY) < 0)
		return error_errno(why, "cannot steer the receive queue %u to its AF_XDP socket", queue);
	return 0;
}

int xdp_program_attach(struct xdp_program *program, int interface, bool native, struct error *why)
{
	LIBBPF_OPTS(bpf_link_create_opts, options, .flags = native ? XDP_FLAGS_DRV_MODE : XDP_FLAGS_SKB_MODE);
	program->native = native;
	program->link = bpf_link_create(program->program, interface, BPF_XDP, &options);
	if (program->link >= 0)
		return 0;
	if (errno == EBUSY || errno == EEXIST)
		return error_set(why, ERR_SYSTEM, "another XDP program is on the interface");
	if (errno == EPERM || errno == EACCES)
		return error_errno(why, "cannot attach the XDP program");
	return error_set(why, ERR_UNSUPPORTED, "the interface takes no %s XDP program: %s", native ? "native" : "generic",
			 strerror(errno));
}

bool xdp_program_is_native(const struct xdp_program *program)
{
	return program->native;
}

int xdp_program_handle(const struct xdp_program *program)
{
	return program->program;
}

void xdp_program_destroy(struct xdp_program *program)
{
	if (!program)
		return;
	const int handles[] = { program->link, program->program, program->map };
	for (int i = 0; i < 3; i++) {
		if (handles[i] >= 0)
			close(handles[i]);
	}
	free(program);
}
