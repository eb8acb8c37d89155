/* What the far side counts on each CPU; shared by its XDP programs and their loader. */
#ifndef SONDE_BENCH_FAR_H
#define SONDE_BENCH_FAR_H

#define FAR_COUNTS(X) X(frames) X(syns) X(data) X(acks) X(fins) X(resets) X(other) X(sent)

struct far_counts {
	unsigned long long first_ns, last_ns; /* of the SYNs */
#define X(name) unsigned long long name;
	FAR_COUNTS(X)
#undef X
};

#endif
