#include "notes.h"

#include <stdarg.h>
#include <stdio.h>

void notes_add(struct notes *notes, const char *format, ...)
{
	va_list arguments;
	if (notes->count == NOTES_MAX)
		return;
	struct error *note = &notes->list[notes->count++];
	if (notes->count == NOTES_MAX) {
		error_set(note, 0, "more was to be said, and there is no room for it");
		return;
	}
	va_start(arguments, format);
	vsnprintf(note->text, sizeof note->text, format, arguments);
	va_end(arguments);
}
