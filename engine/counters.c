#include "counters.h"

void counters_add(struct counters *to, const struct counters *from)
{
#define X(name, text) to->name += from->name;
	COUNTER_LIST(X)
#undef X
}
