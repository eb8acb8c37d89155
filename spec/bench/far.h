/* What the far side counts on each CPU; shared by its XDP programs and their loader. */
#ifndef SONDE_BENCH_FAR_H
#define SONDE_BENCH_FAR_H

/* opens: ACKs without data that complete a connection. */
#define FAR_COUNTS(X) X(frames) X(syns) X(data) X(acks) X(opens) X(fins) X(resets) X(other) X(sent)

struct far_counts {
	unsigned long long first_ns; /* of the first SYN; CLOCK_MONOTONIC, as all of these */
	unsigned long long last_syn_ns;
	unsigned long long last_ns; /* of the last SYN or data */
#define X(name) unsigned long long name;
	FAR_COUNTS(X)
#undef X
};

/* Settings of the responder, in the order its constants have. The first ones are percent of the addresses, and what is left of
 * them speaks HTTP. `slots`: whether frames are counted by slots of time, too. */
#define FAR_SETTINGS(X) X(greeting) X(tls) X(silent) X(no_ack) X(zero_window) X(reset) X(slots)

struct far_settings {
#define X(name) unsigned name;
	FAR_SETTINGS(X)
#undef X
};

#define FAR_SLOT_NS 10000000ull
#define FAR_SLOTS 8192u /* 82 seconds */

#endif
