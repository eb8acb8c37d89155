/* Servers on loopback, and a transport's handler that writes down what it is told, for spec/transport_socket_spec.lua. */
#include "transport.h"

enum seen_kind { SEEN_OPENED, SEEN_REFUSED, SEEN_DATA, SEEN_EVENT };

struct seen {
	enum seen_kind kind;
	int detail; /* enum stream_event, enum refusal, or the length of data */
	struct stream *stream;
	struct endpoint remote;
	uint8_t icmp_type, icmp_code; /* of SEEN_REFUSED */
	uint64_t acked; /* stream->bytes_acked at that moment */
};

struct recorder {
	struct seen seen[512];
	uint32_t count;
	uint32_t inside; /* calls of the handler that have not returned: more than one is a re-entry */
	bool reentered;
	uint64_t data_length;
	uint8_t data[1 << 20];
	/* What it does by itself, from inside the calls. */
	const char *say; /* sent as soon as a stream opens */
	bool close_when_opened, close_at_data, close_at_event;
	struct stream *again; /* a connect() made from inside `opened` */
	bool connect_when_opened;
};

void recorder_handle(struct recorder *recorder, struct transport_handler *out);
bool recorder_permits_nothing(const void *owner, const struct address *remote);

/* A listening socket on an address, any port, or -1. */
int server_listen(const char *address, int backlog);
int server_port(int descriptor);
/* The next connection, waited for up to 5 s, or -1. */
int server_accept(int descriptor);
void server_small_window(int descriptor);
/* From now on nothing that is sent to this connection arrives. */
int server_deafen(int descriptor);
int server_reset(int descriptor);
/* What is there, without waiting: as recv(). */
long server_read(int descriptor, char *out, size_t size);
long server_write(int descriptor, const char *bytes, size_t length);
int server_finish(int descriptor);
int server_close(int descriptor);
/* As the program does: writing to a connection that is gone is an error, not the end. */
void ignore_sigpipe(void);
/* Leaves this process `spare` more descriptors than it has open; 0 lifts the limit again. */
int descriptors_spare(unsigned spare);
