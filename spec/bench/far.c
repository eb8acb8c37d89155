/* Puts one of the far side's XDP programs on an interface, in the driver, and keeps it there until standard input ends:
 *   far OBJECT INTERFACE [SHARE=PERCENT]...
 * Each line of input is answered with a line of JSON: what was counted since the line before. */
#include "far.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void die(const char *what)
{
	perror(what);
	exit(1);
}

/* The shares are constants of the program, in the order responder.bpf.c has them. */
static void set_share(struct bpf_object *object, const char *text)
{
	static const char *const names[] = { "ssh", "tls", "silent", "middlebox" };
	struct bpf_map *map = bpf_object__find_map_by_name(object, ".rodata.shares");
	const char *equals = strchr(text, '=');
	unsigned shares[4];
	size_t size = 0;
	const void *now = map && equals ? bpf_map__initial_value(map, &size) : NULL;
	for (int i = 0; now && size == sizeof shares && i < 4; i++) {
		if (strncmp(text, names[i], (size_t)(equals - text)) == 0 && names[i][equals - text] == 0) {
			memcpy(shares, now, sizeof shares);
			shares[i] = (unsigned)atoi(equals + 1);
			if (bpf_map__set_initial_value(map, shares, sizeof shares) == 0)
				return;
		}
	}
	fprintf(stderr, "no share %s\n", text);
	exit(1);
}

static void report(int map, int cpus, struct far_counts *each)
{
	unsigned key = 0;
	struct far_counts all = { 0 };
	if (bpf_map_lookup_elem(map, &key, each) < 0)
		die("counts");
	for (int i = 0; i < cpus; i++) {
		if (each[i].syns > 0 && (all.first_ns == 0 || each[i].first_ns < all.first_ns))
			all.first_ns = each[i].first_ns;
		if (each[i].last_ns > all.last_ns)
			all.last_ns = each[i].last_ns;
#define X(name) all.name += each[i].name;
		FAR_COUNTS(X)
#undef X
	}
	printf("{\"seconds\": %.9f", (double)(all.last_ns - all.first_ns) / 1e9);
#define X(name) printf(", \"" #name "\": %llu", all.name);
	FAR_COUNTS(X)
#undef X
	puts("}");
	fflush(stdout);
	memset(each, 0, sizeof *each * (size_t)cpus);
	if (bpf_map_update_elem(map, &key, each, BPF_ANY) < 0)
		die("counts");
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	struct bpf_object *object = bpf_object__open_file(argv[1], NULL);
	if (!object)
		die(argv[1]);
	for (int i = 3; i < argc; i++)
		set_share(object, argv[i]);
	if (bpf_object__load(object))
		die(argv[1]);
	LIBBPF_OPTS(bpf_link_create_opts, options, .flags = XDP_FLAGS_DRV_MODE);
	int program = bpf_program__fd(bpf_object__next_program(object, NULL));
	/* The program of somebody who was just killed takes a moment to go. */
	int link = -1;
	for (int i = 0; i < 40 && link < 0; i++) {
		link = bpf_link_create(program, (int)if_nametoindex(argv[2]), BPF_XDP, &options);
		if (link < 0)
			usleep(50000);
	}
	if (link < 0)
		die(argv[2]);
	int cpus = libbpf_num_possible_cpus(), map = bpf_object__find_map_fd_by_name(object, "counts");
	struct far_counts *each = cpus > 0 ? calloc((size_t)cpus, sizeof *each) : NULL;
	char line[64];
	if (!each)
		die("counts");
	puts("ready");
	fflush(stdout);
	while (fgets(line, sizeof line, stdin))
		report(map, cpus, each);
	free(each);
	bpf_object__close(object);
	return 0;
}
