#include "error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *error_text(int code)
{
	switch (code) {
	case 0:
		return "no error";
#define X(name, text)    \
	case ERR_##name: \
		return text;
		ERROR_LIST(X)
#undef X
	default:
		return "unknown error";
	}
}

int error_set(struct error *why, int code, const char *format, ...)
{
	if (why) {
		va_list arguments;
		va_start(arguments, format);
		vsnprintf(why->text, sizeof why->text, format, arguments);
		va_end(arguments);
	}
	return code;
}

int error_errno(struct error *why, const char *format, ...)
{
	int saved = errno;
	if (why) {
		va_list arguments;
		va_start(arguments, format);
		int used = vsnprintf(why->text, sizeof why->text, format, arguments);
		va_end(arguments);
		if (used >= 0 && (size_t)used < sizeof why->text)
			snprintf(why->text + used, sizeof why->text - (size_t)used, ": %s", strerror(saved));
	}
	return saved == EPERM || saved == EACCES ? ERR_PERMISSION : ERR_SYSTEM;
}
