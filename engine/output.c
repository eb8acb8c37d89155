#include "output.h"

#include "buffer.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define FILE_CHUNK (1u << 20)
#define STREAM_CHUNK 4096u /* what a pipe that polls writable takes without blocking (PIPE_BUF, POSIX) */
#define GATHER_NS 5000000u /* how long the writer lets lines gather, so that it is not woken for each */
#define GATHER_BYTES (64u << 10) /* ... unless so many have */
#define KEEP_MAX (8u << 20) /* memory an idle output keeps */
#define NAME_MAX_SHOWN 200

struct output {
	int descriptor;
	int wake; /* eventfd: ends the thread's poll */
	bool owned; /* descriptor is ours to close */
	bool regular; /* a file: never polled, written in large pieces */
	bool inside_line; /* writer thread: the last byte written was no newline */
	char name[NAME_MAX_SHOWN];
	pthread_t thread;
	struct buffer writing; /* the writer thread's */

	pthread_mutex_t mutex; /* guards all below */
	pthread_cond_t work; /* for the writer: something to write, or stop */
	pthread_cond_t progress; /* for output_flush */
	struct buffer waiting;
	uint64_t queued, written; /* bytes since the start */
	bool closing;
	bool hurry; /* output_flush waits: no gathering */
	int error;
	struct error why;
};

/* How long until a descriptor that is no file can take more: true when it can, false when the output was abandoned. */
static bool output_await(struct output *output)
{
	struct pollfd ready[2] = { { .fd = output->descriptor, .events = POLLOUT }, { .fd = output->wake, .events = POLLIN } };
	for (;;) {
		int count = poll(ready, 2, -1);
		if (count < 0 && errno != EINTR && errno != EAGAIN)
			return true; /* the write will tell */
		if (count > 0)
			return !ready[1].revents;
	}
}

/* Writes some of `bytes`: the count, 0 when abandoned, or -1 with errno. */
static ssize_t output_write_some(struct output *output, const uint8_t *bytes, size_t length)
{
	size_t most = output->regular ? FILE_CHUNK : STREAM_CHUNK;
	for (;;) {
		if (!output->regular && !output_await(output))
			return 0;
		ssize_t count = write(output->descriptor, bytes, length < most ? length : most);
		if (count > 0 || (count < 0 && errno != EINTR && errno != EAGAIN))
			return count;
	}
}

/* Keeps the first error. Called with the mutex held. */
static void output_fail(struct output *output, int number)
{
	if (output->error)
		return;
	const char *cut = output->inside_line ? "; its last line is cut short" : "";
	errno = number;
	output->error = number == EPIPE ? ERR_CLOSED : number == ENOSPC || number == EDQUOT || number == EFBIG ? ERR_FULL : ERR_SYSTEM;
	if (number == EPIPE)
		error_set(&output->why, ERR_CLOSED, "cannot write to %s: its reader went away%s", output->name, cut);
	else
		error_set(&output->why, ERR_SYSTEM, "cannot write to %s: %s%s", output->name, strerror(number), cut);
}

/* Called with the mutex held. */
static void output_fail_abandoned(struct output *output)
{
	if (output->error)
		return;
	output->error = ERR_TIMEOUT;
	error_set(&output->why, ERR_TIMEOUT, "%s takes no more: %llu bytes of records are lost%s", output->name,
		  (unsigned long long)(output->queued - output->written),
		  output->inside_line ? "; its last line is cut short" : "");
}

/* Writes all of `writing`, or fails. */
static void output_drain(struct output *output)
{
	while (buffer_length(&output->writing) > 0) {
		const uint8_t *bytes = buffer_bytes(&output->writing);
		ssize_t count = output_write_some(output, bytes, buffer_length(&output->writing));
		int number = errno;
		if (count > 0)
			output->inside_line = bytes[count - 1] != '\n';
		pthread_mutex_lock(&output->mutex);
		if (count > 0)
			output->written += (uint64_t)count;
		else if (count == 0)
			output_fail_abandoned(output);
		else
			output_fail(output, number);
		bool failed = output->error != 0;
		pthread_cond_broadcast(&output->progress);
		pthread_mutex_unlock(&output->mutex);
		if (failed)
			return;
		buffer_consume(&output->writing, (size_t)count);
	}
	if (output->writing.size > KEEP_MAX)
		buffer_free(&output->writing);
}

static struct timespec output_deadline(uint64_t from_now_ns)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	uint64_t end_ns = from_now_ns + (uint64_t)until.tv_nsec;
	until.tv_sec += (time_t)(end_ns / 1000000000u);
	until.tv_nsec = (long)(end_ns % 1000000000u);
	return until;
}

/* Waits for the first line, and then a moment for more. Called with the mutex held. */
static void output_gather(struct output *output)
{
	while (buffer_length(&output->waiting) == 0 && !output->closing && !output->error)
		pthread_cond_wait(&output->work, &output->mutex);
	struct timespec until = output_deadline(GATHER_NS);
	int late = 0;
	while (buffer_length(&output->waiting) < GATHER_BYTES && !output->closing && !output->hurry && !late)
		late = pthread_cond_timedwait(&output->work, &output->mutex, &until);
}

/* The writer thread: takes all that waits, writes it without holding the mutex, and so on until closed or failed. */
static void *output_run(void *argument)
{
	struct output *output = argument;
	pthread_mutex_lock(&output->mutex);
	for (;;) {
		output_gather(output);
		if (output->error || buffer_length(&output->waiting) == 0)
			break;
		struct buffer full = output->waiting;
		output->waiting = output->writing;
		output->writing = full;
		pthread_mutex_unlock(&output->mutex);
		output_drain(output);
		pthread_mutex_lock(&output->mutex);
	}
	pthread_mutex_unlock(&output->mutex);
	return NULL;
}

/* The thread inherits the mask of its creator: with everything blocked, signals (SIGPIPE too) stay with the main thread. */
static int output_start(struct output *output)
{
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int number = pthread_create(&output->thread, NULL, output_run, output);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return number;
}

static void output_free(struct output *output)
{
	if (output->owned && output->descriptor >= 0)
		close(output->descriptor);
	if (output->wake >= 0)
		close(output->wake);
	pthread_cond_destroy(&output->work);
	pthread_cond_destroy(&output->progress);
	pthread_mutex_destroy(&output->mutex);
	buffer_free(&output->waiting);
	buffer_free(&output->writing);
	free(output);
}

static struct output *output_create(int descriptor, bool owned, const char *name)
{
	struct output *output = calloc(1, sizeof *output);
	if (!output)
		return NULL;
	output->descriptor = descriptor;
	output->owned = owned;
	output->wake = -1;
	strncpy(output->name, name, sizeof output->name - 1);
	pthread_condattr_t attributes;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_mutex_init(&output->mutex, NULL);
	pthread_cond_init(&output->work, &attributes);
	pthread_cond_init(&output->progress, &attributes);
	pthread_condattr_destroy(&attributes);
	return output;
}

static int output_begin(struct output **out, int descriptor, bool owned, const char *name, struct error *why)
{
	struct stat status;
	int error;
	struct output *output = output_create(descriptor, owned, name);
	if (!output) {
		if (owned)
			close(descriptor);
		return error_set(why, ERR_NO_MEMORY, "%s: %s", name, error_text(ERR_NO_MEMORY));
	}
	if (fstat(descriptor, &status)) {
		error = error_errno(why, "cannot write to %s", name);
		goto cleanup;
	}
	output->regular = S_ISREG(status.st_mode);
	output->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	errno = output->wake < 0 ? errno : output_start(output);
	if (output->wake < 0 || errno) {
		error = error_errno(why, "cannot start a thread that writes to %s", name);
		goto cleanup;
	}
	*out = output;
	return 0;
cleanup:
	output_free(output);
	return error;
}

/* A file that was left in the middle of a line gets that line ended, so that the next record stands on its own. */
static int output_end_line(int descriptor)
{
	struct stat status;
	char last = '\n';
	if (fstat(descriptor, &status))
		return -1;
	if (!S_ISREG(status.st_mode) || status.st_size == 0)
		return 0;
	if (pread(descriptor, &last, 1, status.st_size - 1) < 0)
		return -1;
	return last == '\n' || write(descriptor, "\n", 1) == 1 ? 0 : -1;
}

int output_open(struct output **out, const char *path, unsigned flags, struct error *why)
{
	if (strcmp(path, "-") == 0)
		return output_begin(out, STDOUT_FILENO, false, "standard output", why);
	bool append = flags & OUTPUT_APPEND;
	int descriptor = open(path, (append ? O_RDWR | O_APPEND : O_WRONLY | O_TRUNC) | O_CREAT | O_CLOEXEC, 0644);
	if (descriptor < 0)
		return error_errno(why, "cannot open %s for writing", path);
	if (append && output_end_line(descriptor)) {
		int error = error_errno(why, "cannot append to %s", path);
		close(descriptor);
		return error;
	}
	return output_begin(out, descriptor, true, path, why);
}

int output_open_descriptor(struct output **out, int descriptor, const char *name, struct error *why)
{
	return output_begin(out, descriptor, false, name, why);
}

/* Called with the mutex held. */
static int output_queue(struct output *output, const uint8_t *bytes, size_t length)
{
	size_t held = buffer_length(&output->waiting);
	bool ended = length > 0 && bytes[length - 1] == '\n';
	if (length >= OUTPUT_PENDING_MAX - (output->queued - output->written))
		return ERR_FULL;
	int error = buffer_append(&output->waiting, bytes, length, OUTPUT_PENDING_MAX);
	if (!error && !ended)
		error = buffer_append(&output->waiting, "\n", 1, OUTPUT_PENDING_MAX);
	if (error) { /* no half lines */
		output->waiting.end = output->waiting.start + (uint32_t)held;
		return error;
	}
	output->queued += length + !ended;
	size_t holds = buffer_length(&output->waiting);
	if (held == 0 || (held < GATHER_BYTES && holds >= GATHER_BYTES))
		pthread_cond_signal(&output->work);
	return 0;
}

int output_write(struct output *output, const void *bytes, size_t length)
{
	pthread_mutex_lock(&output->mutex);
	int error = output->error ? output->error : output_queue(output, bytes, length);
	pthread_mutex_unlock(&output->mutex);
	return error;
}

size_t output_pending(struct output *output)
{
	pthread_mutex_lock(&output->mutex);
	size_t pending = (size_t)(output->queued - output->written);
	pthread_mutex_unlock(&output->mutex);
	return pending;
}

int output_error(struct output *output, struct error *why)
{
	pthread_mutex_lock(&output->mutex);
	int error = output->error;
	if (error && why)
		*why = output->why;
	pthread_mutex_unlock(&output->mutex);
	return error;
}

int output_flush(struct output *output, uint64_t timeout_ns)
{
	uint64_t most_ns = (uint64_t)INT32_MAX * 1000000000u;
	struct timespec until = output_deadline(timeout_ns < most_ns ? timeout_ns : most_ns);
	pthread_mutex_lock(&output->mutex);
	uint64_t goal = output->queued;
	int late = 0;
	output->hurry = true;
	pthread_cond_signal(&output->work);
	while (output->written < goal && !output->error && !late)
		late = pthread_cond_timedwait(&output->progress, &output->mutex, &until);
	output->hurry = false;
	int error = output->error ? output->error : output->written < goal ? ERR_TIMEOUT : 0;
	pthread_mutex_unlock(&output->mutex);
	return error;
}

void output_abandon(struct output *output)
{
	uint64_t one = 1;
	if (write(output->wake, &one, sizeof one) < 0)
		return; /* the counter is full: it is awake already */
}

int output_close(struct output *output, struct error *why)
{
	pthread_mutex_lock(&output->mutex);
	output->closing = true;
	pthread_cond_signal(&output->work);
	pthread_mutex_unlock(&output->mutex);
	pthread_join(output->thread, NULL);
	if (output->owned) {
		int number = close(output->descriptor) ? errno : 0;
		output->descriptor = -1;
		if (number && number != EINTR)
			output_fail(output, number);
	}
	int error = output->error;
	if (error && why)
		*why = output->why;
	output_free(output);
	return error;
}
