/* Puts one of the far side's XDP programs on an interface, in the driver, and keeps it there until standard input ends:
 *   far OBJECT INTERFACE [SETTING=NUMBER]...
 * Each line of input is answered with a line of JSON: what was counted since the line before. Where the line is "slots", with the
 * frames of each slot of time in which there were any: {"slots": {"SLOT": FRAMES}}, times 10 ms is CLOCK_MONOTONIC. */
#include "far.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void die(const char *what)
{
	perror(what);
	exit(1);
}

/* Settings are constants of the program, in the order of FAR_SETTINGS. */
static void make_setting(struct bpf_object *object, const char *text)
{
#define X(name) #name,
	static const char *const names[] = { FAR_SETTINGS(X) };
#undef X
	enum { COUNT = sizeof names / sizeof *names };
	struct bpf_map *map = bpf_object__find_map_by_name(object, ".rodata.settings");
	const char *equals = strchr(text, '=');
	unsigned numbers[COUNT];
	size_t size = 0;
	const void *now = map && equals ? bpf_map__initial_value(map, &size) : NULL;
	for (int i = 0; now && size == sizeof numbers && i < COUNT; i++) {
		if (strncmp(text, names[i], (size_t)(equals - text)) == 0 && names[i][equals - text] == 0) {
			memcpy(numbers, now, sizeof numbers);
			numbers[i] = (unsigned)atoi(equals + 1);
			if (bpf_map__set_initial_value(map, numbers, sizeof numbers) == 0)
				return;
		}
	}
	fprintf(stderr, "no setting %s\n", text);
	exit(1);
}

static int attach(struct bpf_object *object, const char *interface)
{
	LIBBPF_OPTS(bpf_link_create_opts, options, .flags = XDP_FLAGS_DRV_MODE);
	int program = bpf_program__fd(bpf_object__next_program(object, NULL));
	/* The program of somebody who was just killed takes a moment to go. */
	int link = -1;
	for (int i = 0; i < 40 && link < 0; i++) {
		link = bpf_link_create(program, (int)if_nametoindex(interface), BPF_XDP, &options);
		if (link < 0)
			usleep(50000);
	}
	return link;
}

static void print_counts(int map, int cpus, struct far_counts *each)
{
	unsigned key = 0;
	struct far_counts all = { 0 };
	if (bpf_map_lookup_elem(map, &key, each) < 0)
		die("counts");
	for (int i = 0; i < cpus; i++) {
		if (each[i].syns > 0 && (all.first_ns == 0 || each[i].first_ns < all.first_ns))
			all.first_ns = each[i].first_ns;
		if (each[i].last_syn_ns > all.last_syn_ns)
			all.last_syn_ns = each[i].last_syn_ns;
		if (each[i].last_ns > all.last_ns)
			all.last_ns = each[i].last_ns;
#define X(name) all.name += each[i].name;
		FAR_COUNTS(X)
#undef X
	}
	printf("{\"first_ns\": %llu, \"last_syn_ns\": %llu, \"last_ns\": %llu", all.first_ns, all.last_syn_ns, all.last_ns);
#define X(name) printf(", \"" #name "\": %llu", all.name);
	FAR_COUNTS(X)
#undef X
	memset(each, 0, sizeof *each * (size_t)cpus);
	if (bpf_map_update_elem(map, &key, each, BPF_ANY) < 0)
		die("counts");
}

/* The slots are a ring: one is of the last 82 seconds. */
static void print_slots(int map)
{
	struct timespec clock;
	clock_gettime(CLOCK_MONOTONIC, &clock);
	unsigned long long now = ((unsigned long long)clock.tv_sec * 1000000000 + (unsigned long long)clock.tv_nsec) / FAR_SLOT_NS;
	const char *separator = "";
	printf(", \"slots\": {");
	for (unsigned long long slot = now < FAR_SLOTS ? 0 : now - FAR_SLOTS + 1; slot <= now; slot++) {
		unsigned key = (unsigned)(slot % FAR_SLOTS);
		unsigned long long count = 0, none = 0;
		if (bpf_map_lookup_elem(map, &key, &count) < 0)
			die("slots");
		if (count == 0)
			continue;
		printf("%s\"%llu\": %llu", separator, slot, count);
		separator = ", ";
		if (bpf_map_update_elem(map, &key, &none, BPF_ANY) < 0)
			die("slots");
	}
	printf("}");
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	struct bpf_object *object = bpf_object__open_file(argv[1], NULL);
	if (!object)
		die(argv[1]);
	for (int i = 3; i < argc; i++)
		make_setting(object, argv[i]);
	if (bpf_object__load(object))
		die(argv[1]);
	if (attach(object, argv[2]) < 0)
		die(argv[2]);
	int cpus = libbpf_num_possible_cpus(), map = bpf_object__find_map_fd_by_name(object, "counts");
	struct far_counts *each = cpus > 0 ? calloc((size_t)cpus, sizeof *each) : NULL;
	char line[64];
	if (!each)
		die("counts");
	puts("ready");
	fflush(stdout);
	while (fgets(line, sizeof line, stdin)) {
		print_counts(map, cpus, each);
		if (strcmp(line, "slots\n") == 0)
			print_slots(bpf_object__find_map_fd_by_name(object, "slots"));
		puts("}");
		fflush(stdout);
	}
	free(each);
	bpf_object__close(object);
	return 0;
}
