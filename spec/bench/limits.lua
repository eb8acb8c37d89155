-- Why a goal is missed, in the words of whoever measured it: key of the goal (goals.lua) -> a paragraph of docs/performance.md.
return {
}
