"""Frames as fast as they go, one way: SYNs into a sink, answers into a receiver."""
import json
import os
import subprocess

from contenders import SYN_ONLY, ceiling_receive, ceiling_send, masscan, sonde, zmap
from lab import FAR_CORE, HOSTS, NEAR_CORE, Lab, Program, inside, sh, start
from measure import per_second, run, seconds_between, thread_seconds
from turns import take_turns


def measure_send(lab, sink, words, count, cores=NEAR_CORE):
    sink.read()
    result, sampler = run(lab, words, cores=cores)
    counted = sink.read()
    syns = max(1, counted["syns"])
    result.update(sampler.busy(counted["first_ns"], counted["last_ns"]))
    result.update(frames=counted["syns"], lost=1 - counted["syns"] / count, cpu_us=result["cpu_s"] * 1e6 / syns,
                  rate=per_second(counted["syns"], seconds_between(counted["first_ns"], counted["last_ns"])))
    return result


def send(mode, runs, ports):
    """SYNs to every address, `ports` ports each, in a lab of this mode."""
    count, port_range = HOSTS * ports, "1-%d" % ports
    with Lab(mode) as lab, Program(lab.far, "sink", "far0") as sink:
        mac = lab.facts["far_mac"]
        commands = {
            "ceiling sendmmsg": lambda i: ceiling_send("sendmmsg", "near0", mac, count),
            "ceiling TX ring": lambda i: ceiling_send("ring", "near0", mac, count),
            "ceiling AF_XDP": lambda i: ceiling_send("xdp", "near0", mac, count),
            "sonde ring": lambda i: sonde("ring", SYN_ONLY, i, ports=port_range),
            "sonde xdp": lambda i: sonde("xdp", SYN_ONLY, i, ports=port_range),
            "zmap": lambda i: zmap(lab, i, probes=ports, cooldown=0),
            "masscan": lambda i: masscan(lab, i, ports=port_range, wait=0),
        }
        turns = {name: lambda i, words=words: measure_send(lab, sink, words(i), count) for name, words in commands.items()}
        where = {"inline": "one core does both sides", "split": "the sink on the other core"}[mode]
        return take_turns("SYNs into a sink, " + where, "SYN", turns, runs, lab)


def workers(runs, ports):
    """One worker against two, where each has a core and a queue of its own."""
    count = HOSTS * ports
    with Lab("pair") as lab, Program(lab.far, "sink", "far0") as sink:
        def measure(link, number):
            def turn(i):
                words = sonde(link, SYN_ONLY, i, ports="1-%d" % ports, workers=number)
                return measure_send(lab, sink, words, count, ",".join(map(str, (NEAR_CORE, FAR_CORE)[:number])))
            return turn

        turns = {"sonde %s, %d worker%s" % (link, number, "s" if number > 1 else ""): measure(link, number)
                 for link in ("ring", "xdp") for number in (1, 2)}
        return take_turns("SYNs into a sink, one worker and two, each on its own core", "SYN", turns, runs, lab)


def measure_receive(lab, kind, count):
    receiver = start(["timeout", "30", *lab.near_words(ceiling_receive(kind))], stdout=subprocess.PIPE, universal_newlines=True)
    try:
        receiver.stdout.readline()
        near = [pid for pid, side in lab.threads.items() if side == "near0"]
        kernel = sum(map(thread_seconds, near))
        sh("timeout", "30", *inside(lab.far, ceiling_send("xdp", "far0", lab.facts["near_mac"], count, "answer"), FAR_CORE))
        result = json.loads(receiver.stdout.readline() or "{}")
        _, status, usage = os.wait4(receiver.pid, 0)
        receiver.returncode = os.waitstatus_to_exitcode(status)
    finally:
        if receiver.returncode is None:
            receiver.kill()
            receiver.wait()
    if receiver.returncode != 0:
        raise RuntimeError("ceiling_receive %s failed" % kind)
    cpu = usage.ru_utime + usage.ru_stime + sum(map(thread_seconds, near)) - kernel
    return {**result, "rate": per_second(result["frames"], result["seconds"]), "lost": 1 - result["frames"] / count, "cpu_s": cpu,
            "cpu_us": cpu * 1e6 / max(1, result["frames"]), "memory_kb": usage.ru_maxrss}


def receive(runs, count):
    """Nothing is done with the frames."""
    with Lab("split") as lab:
        # Before the receiver, the thread would take the whole core; side by side with it they hold the sender back.
        lab.pin(first=False)
        kinds = {"ceiling TPACKET_V3": "tpacket", "ceiling AF_XDP": "afxdp", "link ring": "ring", "link xdp": "xdp"}
        turns = {name: lambda i, kind=kind: measure_receive(lab, kind, count) for name, kind in kinds.items()}
        return take_turns("Frames received and thrown away, the sender on the other core", "frame", turns, runs, lab)
