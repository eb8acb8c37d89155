#include "replay_targets.h"

#include <stdlib.h>

#define IDLE_MAX 256u /* targets kept although nothing is open to them */

int replay_targets_init(struct replay_targets *targets, struct recording *recording)
{
	*targets = (struct replay_targets){ .recording = recording };
	targets->loaded = calloc(recording_count(recording) + 1, sizeof(struct replay_target *));
	return targets->loaded ? 0 : ERR_NO_MEMORY;
}

static void idle_remove(struct replay_targets *targets, struct replay_target *target)
{
	*(target->newer ? &target->newer->older : &targets->newest) = target->older;
	*(target->older ? &target->older->newer : &targets->oldest) = target->newer;
	target->newer = target->older = NULL;
	targets->idle_count--;
}

static void target_free(struct replay_targets *targets, struct replay_target *target)
{
	targets->loaded[target->index] = NULL;
	recorded_target_free(target->recorded);
	free(target);
}

static void idle_add(struct replay_targets *targets, struct replay_target *target)
{
	target->older = targets->newest;
	*(targets->newest ? &targets->newest->newer : &targets->oldest) = target;
	targets->newest = target;
	targets->idle_count++;
	while (targets->idle_count > IDLE_MAX) {
		struct replay_target *oldest = targets->oldest;
		idle_remove(targets, oldest);
		target_free(targets, oldest);
	}
}

int replay_targets_take(struct replay_targets *targets, const struct endpoint *remote, struct replay_target **out,
			struct error *why)
{
	struct recording *recording = targets->recording;
	char text[ENDPOINT_TEXT_MAX];
	size_t index;
	if (!recording_find(recording, remote, &index))
		return error_set(why, ERR_NOT_FOUND, "the recording %s has no %s", recording_path(recording),
				 endpoint_format(remote, text));
	struct replay_target *target = targets->loaded[index];
	if (!target) {
		target = calloc(1, sizeof *target);
		if (!target)
			return error_set(why, ERR_NO_MEMORY, "out of memory");
		target->index = index;
		int error = recording_load(recording, index, &target->recorded, why);
		if (error) {
			free(target);
			return error;
		}
		targets->loaded[index] = target;
	} else if (target->streams == 0) {
		idle_remove(targets, target);
	}
	target->streams++;
	*out = target;
	return 0;
}

void replay_targets_release(struct replay_targets *targets, struct replay_target *target)
{
	if (--target->streams == 0)
		idle_add(targets, target);
}

void replay_targets_free(struct replay_targets *targets)
{
	while (targets->newest) {
		struct replay_target *target = targets->newest;
		idle_remove(targets, target);
		target_free(targets, target);
	}
	free(targets->loaded);
}
