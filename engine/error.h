/* Error codes, and the one sentence that goes with a failure a person will read. */
#ifndef SONDE_ERROR_H
#define SONDE_ERROR_H

#define ERROR_LIST(X)                                              \
	X(NO_MEMORY, "out of memory")                              \
	X(INVALID, "invalid value")                                \
	X(SYSTEM, "system call failed")                            \
	X(FULL, "no room left")                                    \
	X(TRUNCATED, "ends too early")                             \
	X(CHECKSUM, "wrong checksum")                              \
	X(UNSUPPORTED, "not supported")                            \
	X(NOT_FOUND, "not found")                                  \
	X(PERMISSION, "not permitted")                             \
	X(BLOCKED, "on the block list")                            \
	X(CLOSED, "closed")                                        \
	X(RESET, "reset by the peer")                              \
	X(TIMEOUT, "timed out")                                    \
	X(AGAIN, "nothing there yet")                              \
	X(SCRIPT, "script error")

enum error_code {
	ERR_NONE_ = 0,
#define X(name, text) ERR_POSITIVE_##name,
	ERROR_LIST(X)
#undef X
};

/* Functions return 0 (or a count) on success and one of these, all negative, on failure. */
enum error_value {
#define X(name, text) ERR_##name = -ERR_POSITIVE_##name,
	ERROR_LIST(X)
#undef X
};

/* What went wrong and where, for the person at the terminal. Owned by the caller; `why` may be NULL where accepted. */
struct error {
	char text[320];
};

/* Fixed text of a code, e.g. "out of memory"; never NULL. */
const char *error_text(int code);

/* Formats the sentence into `why` (when not NULL) and returns `code`, so that `return error_set(...)` works. */
int error_set(struct error *why, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* As error_set with ERR_SYSTEM, or ERR_PERMISSION for EPERM and EACCES; appends ": " and strerror(errno). */
int error_errno(struct error *why, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
