"""Contenders take turns, so that what else the machine does hits them alike."""
import subprocess
import sys


def take_turns(title, unit, contenders, runs, lab=None, fewer=()):
    """{"title", "unit", "lab": facts, "runs": {contender: [what each run gave]}, "failed": {contender: why}}. `contenders` are
    functions of the number of the run. One that fails is left out from then on. `fewer`: {contender: runs} of those with less."""
    results, failed, counts = {name: [] for name in contenders}, {}, dict(fewer)
    for i in range(runs):
        for name, measure in contenders.items():
            if name in failed or i >= counts.get(name, runs):
                continue
            try:
                results[name].append(measure(i))
            except (RuntimeError, OSError, subprocess.CalledProcessError) as problem:
                failed[name] = str(problem)
                print("  %s: %s" % (name, problem), file=sys.stderr)
    return {"title": title, "unit": unit, "lab": lab.facts if lab else None, "runs": results, "failed": failed}
