-- Why a goal is missed, in the words of whoever measured it: key of the goal (goals.lua) -> a paragraph of docs/performance.md,
-- which stands there as long as something of the goal is missed.
return {
}
