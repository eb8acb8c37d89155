"""What is about time and memory: the rate kept, first packet and exit, connections held open, records written."""
import re
import signal
import subprocess
import threading
import time

import contenders as who
from lab import HOSTS, NEAR_CORE, Lab, Program, sh
from measure import Scanner, seconds_between
from turns import take_turns
from windows import SLOT_SECONDS, deviations

HOLD_POLICY = "spec/bench/hold.lua"
COROUTINE_POLICY = "spec/bench/hold_coroutine.lua"  # the same as one function, for which a coroutine waits
COROUTINE_OPEN = 100000
OPEN_RATE = 40000  # connections opened per second: how long each is held follows from it
OPEN_PATIENCE = 20  # seconds beyond the time for which a connection is held
OPEN_LONG = 1000000
OPEN_SECONDS = 1.5  # of the steady state, in which an event's cost is measured
DISTURBANCE_SECONDS = 0.3
STALL_SECONDS = 4  # in which nobody reads the output


# --- the rate -----------------------------------------------------------------------------------------------------------------


def disturb(lab, scanner):
    """Stops the scanner for a moment; later the far side takes nothing (ENOBUFS) for another. [(from, till)] in seconds."""
    def stop():
        scanner.signal(signal.SIGSTOP)
        time.sleep(DISTURBANCE_SECONDS)
        scanner.signal(signal.SIGCONT)

    when = []
    for start, action in ((1.5, stop), (3.2, lambda: lab.stall_far(DISTURBANCE_SECONDS))):
        time.sleep(max(0, scanner.began_ns / 1e9 + start - time.monotonic()))
        since = time.monotonic()
        action()
        when.append((since, time.monotonic() + 2 * SLOT_SECONDS))
    return when


def measure_rate(lab, far, words, rate, disturbed=False, brings_xdp=False):
    """Where it is disturbed, nobody reads the output at first either, which must not hold up the packets."""
    far.read("slots")
    with lab.receiving(brings_xdp), Scanner(lab, words, stdout=subprocess.PIPE) as scanner:
        reader = threading.Timer(STALL_SECONDS if disturbed else 0, scanner.process.stdout.read)
        reader.start()
        when = disturb(lab, scanner) if disturbed else []
        result = scanner.finish()
        reader.join()
    counted = far.read("slots")
    least, most = deviations(counted["slots"], counted["first_ns"] / 1e9, counted["last_syn_ns"] / 1e9, rate, when)
    result.update(least=least, most=most, frames=counted["frames"])
    return result


def rate_kept(runs, rate=50000, targets="198.18.0.0/16"):
    """All packets of a scan that identifies HTTP, in every window of one second, as the far side counts them."""
    with Lab("split") as lab, Program(lab.far, "responder", "far0", slots=1) as far:
        def ours(link):
            def turn(i):
                words = who.sonde(link, "expected", i, "-", targets, rate=rate, cooldown="500ms")
                return measure_rate(lab, far, words, rate, disturbed=True, brings_xdp=link == "xdp")
            return turn

        turns = {
            "sonde ring": ours("ring"), "sonde xdp": ours("xdp"),
            "zmap": lambda i: measure_rate(lab, far, who.zmap(lab, i, rate=rate), rate),
            "masscan": lambda i: measure_rate(lab, far, who.masscan(lab, i, rate=rate), rate),
        }
        return take_turns("Rate of %d packets per second kept" % rate, "packet", turns, runs, lab)


# --- first packet and exit ----------------------------------------------------------------------------------------------------


def measure_start(lab, far, words, last, seconds):
    """`last`: the count of the far side from which the last timeout, `seconds` later, is reckoned."""
    far.read()
    with Scanner(lab, words) as scanner:
        result = scanner.finish()
    counted = far.read()
    result.update(first_packet_s=seconds_between(scanner.began_ns, counted["first_ns"]),
                  exit_s=(scanner.ended_ns - counted[last]) / 1e9 - seconds)
    return result


def start_and_finish(runs):
    """254 addresses where nobody answers; then with connections that stay silent until their deadline of one second."""
    targets = "198.18.0.0/24"
    with Lab("split") as lab:
        with Program(lab.far, "sink", "far0") as far:
            turns = {
                "sonde ring": lambda i: measure_start(
                    lab, far, who.sonde("ring", who.SYN_ONLY, i, targets=targets, cooldown="1s"), "last_syn_ns", 1),
                "sonde xdp": lambda i: measure_start(
                    lab, far, who.sonde("xdp", who.SYN_ONLY, i, targets=targets, cooldown="1s"), "last_syn_ns", 1),
                "zmap": lambda i: measure_start(lab, far, who.zmap(lab, i, targets=targets), "last_syn_ns", 1),
                "masscan": lambda i: measure_start(lab, far, who.masscan(lab, i, targets=targets), "last_syn_ns", 1),
            }
            result = take_turns("First packet after the command, exit after the last timeout", "second", turns, runs, lab)
        with Program(lab.far, "responder", "far0", silent=100) as far, lab.receiving():
            words = {i: who.sonde("ring", "expected", i, targets=targets, cooldown="200ms", more=("--timeout", "1s"))
                     for i in range(runs)}
            turns = {"sonde ring, silent hosts": lambda i: measure_start(lab, far, words[i], "last_ns", 1)}
            silent = take_turns("", "second", turns, runs)
        result["runs"].update(silent["runs"])
        result["failed"].update(silent["failed"])
        return result


# --- many connections open ----------------------------------------------------------------------------------------------------


class OpenCount:
    """Follows the far side's counts: how many connections are open, and how many requests have come."""

    def __init__(self, far):
        self.far, self.open, self.most, self.requests, self.asked_ns = far, 0, 0, 0, None
        far.read()

    def look(self):
        counted = self.far.read()
        if counted["data"] and self.asked_ns is None:
            self.asked_ns = time.monotonic_ns()
        self.open += counted["opens"] - counted["data"]
        self.most = max(self.most, self.open)
        self.requests += counted["data"]


def measure_open(lab, far, count, i, policy=HOLD_POLICY):
    hold = count / OPEN_RATE
    ports = -(-int(count + OPEN_RATE * 2 * (OPEN_SECONDS + 1)) // HOSTS)
    words = who.sonde("ring", policy, i, ports="10001-%d" % (10000 + ports),
                      more=("--max-open", str(count), "--timeout", "%dms" % round(hold * 1000)))
    with Scanner(lab, words) as scanner:
        opened = OpenCount(far)
        # The steady state begins where the first connections have been held long enough.
        while opened.asked_ns is None or time.monotonic_ns() < opened.asked_ns + 5e8:
            if scanner.process.poll() is not None or time.monotonic_ns() > scanner.began_ns + (hold + OPEN_PATIENCE) * 1e9:
                raise RuntimeError("%s: %d open, %d asked" % (" ".join(words), opened.open, opened.requests))
            time.sleep(0.05)
            opened.look()
        requests, cpu, since = opened.requests, scanner.cpu_seconds(), time.monotonic()
        time.sleep(OPEN_SECONDS)
        opened.look()
        requests, cpu, seconds = opened.requests - requests, scanner.cpu_seconds() - cpu, time.monotonic() - since
        memory_kb = sum(scanner.sampler.peaks.values())
    if requests == 0:
        raise RuntimeError("%s: no request came while %d were open" % (" ".join(words), opened.open))
    return {"asked": count, "open": opened.most, "memory_kb": memory_kb, "memory_each": memory_kb * 1024 / max(1, opened.most),
            "rate": requests / seconds, "cpu_us": cpu * 1e6 / requests, "cpu_s": cpu}


def held_open(runs, runs_long, sizes):
    """From SYN to record with always so many connections open: each waits, and then asks. The largest takes long to open."""
    with Lab("split") as lab, Program(lab.far, "responder", "far0") as far, lab.receiving():
        turns = {"%d open" % size: lambda i, size=size: measure_open(lab, far, size, i) for size in sizes}
        coroutines = "%d open, coroutines" % COROUTINE_OPEN
        turns[coroutines] = lambda i: measure_open(lab, far, COROUTINE_OPEN, i, COROUTINE_POLICY)
        counts = {name: runs_long for name in [coroutines, *("%d open" % size for size in sizes if size >= OPEN_LONG)]}
        return take_turns("Connections held open", "target", turns, runs, lab, counts)


# --- records, instructions ----------------------------------------------------------------------------------------------------


def records(runs):
    """Encoding and writing alone, on one core."""
    def turn(kind):
        def measure(_):
            text = sh("timeout", "60", "taskset", "-c", str(NEAR_CORE), "luajit", "spec/bench/records.lua", kind)
            return {"rate": float(re.search(r"(\d+) records/s", text).group(1))}
        return measure

    return take_turns("Records written", "record", {"plain": turn("plain"), "full": turn("full")}, runs)


def instructions():
    """As callgrind counts them; they do not vary, so one run is enough."""
    text = sh("timeout", "300", "luajit", "spec/bench/identify.lua")
    counts = re.findall(r"^(\S+) +(\d+) instructions per target", text, re.M)
    return {"title": "Instructions of Sonde itself, from SYN to record", "unit": "target", "failed": {},
            "runs": {name: [{"instructions": int(count)}] for name, count in counts}}
