"""Scans of hosts that answer: every address of the /15, or a part of it where the contender is too slow for all."""
import ipaddress
import re
from collections import Counter

import contenders as who
from lab import HOSTS, OUT, Lab, Nginx, Program, speech_counts
from measure import per_second, run, seconds_between
from turns import take_turns

FOUND = OUT + "/found"
SYN_POLICY = "spec/bench/syn.lua"
GENTLE_RATE = 10000  # packets per second, at which masscan finds more
MIX = {"greeting": 30, "tls": 20, "silent": 10}
MIX_SERVICES = ("http", "tls", "ssh", "ftp", "smtp")
UNEXPECTED_PORT = "7547"  # of a protocol that Sonde does not speak: each host is waited for, and asked this and that
MIDDLEBOXES = {"no_ack": 20, "zero_window": 20, "reset": 20, "silent": 20}
MIDDLEBOX_VERDICTS = {"no_ack": "no_ack", "zero_window": "zero_window", "reset": "reset", "silent": "silent",
                      "http": "service"}


def hosts_of(targets):
    return ipaddress.ip_network(targets).num_addresses


def measure(lab, far, words, brings_xdp, limit=60):
    """Runs a scanner against the hosts at the far side: what it took, the sampler, and what the far side counted."""
    who.fresh(FOUND)
    with lab.receiving(brings_xdp):
        far.read()
        lost = lab.not_delivered()
        result, sampler = run(lab, words, limit)
        counted = far.read()
    result.update(sampler.busy(counted["first_ns"], counted["last_ns"]), frames=counted["frames"],
                  not_delivered=lab.not_delivered() - lost)
    return result, counted


def measure_found(lab, far, words, pattern, hosts=HOSTS, brings_xdp=False):
    result, counted = measure(lab, far, words, brings_xdp)
    found, lines = who.found_lines(FOUND, pattern)
    seconds = seconds_between(counted["first_ns"], counted["last_ns"])
    each = 1e6 / max(1, found)
    result.update(hosts=hosts, found=found, repeated=lines - found, lost=1 - found / hosts, rate=per_second(found, seconds),
                  cpu_us=result["cpu_s"] * each, user_us=result["user_s"] * each,
                  per_cpu_second=per_second(found, result["cpu_s"]))
    return result


def sonde_turns(lab, far, how, pattern, name="sonde %s", targets="198.18.0.0/15"):
    def turn(link):
        def measure_one(i):
            words = who.sonde(link, how, i, FOUND, targets, cooldown="1s")
            return measure_found(lab, far, words, pattern, hosts_of(targets), brings_xdp=link == "xdp")
        return measure_one

    return {name % link: turn(link) for link in ("ring", "xdp")}


def banners_turn(lab, far, rate, targets="198.18.0.0/15"):
    def turn(i):
        words = who.masscan(lab, i, FOUND, targets, rate=rate, wait=2, more=("--banners",))
        return measure_found(lab, far, words, who.FOUND_MASSCAN_HTTP, hosts_of(targets))
    return turn


def syn(runs, runs_long):
    """A SYN scan: each host found once. With a policy, though it asks nothing, each connection is opened and closed."""
    with Lab("split") as lab, Program(lab.far, "responder", "far0") as far:
        turns = sonde_turns(lab, far, who.SYN_ONLY, who.FOUND_SONDE, "sonde %s --syn-only")
        opened = sonde_turns(lab, far, SYN_POLICY, who.FOUND_SONDE)
        turns.update(opened)
        turns["zmap"] = lambda i: measure_found(lab, far, who.zmap(lab, i, FOUND), who.FOUND_ZMAP)
        turns["masscan"] = lambda i: measure_found(lab, far, who.masscan(lab, i, FOUND), who.FOUND_MASSCAN)
        fewer = dict.fromkeys(opened, runs_long)
        return take_turns("SYN scan of %d hosts that all answer" % HOSTS, "host", turns, runs, lab, fewer)


def identify(runs, runs_slow, sample):
    """An HTTP request to each; `sample` has the targets of those that need a small part of the hosts."""
    with Lab("split") as lab, Program(lab.far, "responder", "far0") as far:
        turns = sonde_turns(lab, far, "expected", who.FOUND_SONDE_HTTP)
        turns["masscan --banners"] = banners_turn(lab, far, who.RATE_NO_LIMIT)
        turns["masscan --banners, %dk/s" % (GENTLE_RATE // 1000)] = banners_turn(lab, far, GENTLE_RATE, sample["masscan"])
        turns["nmap -sV"] = lambda i: measure_found(lab, far, who.nmap(FOUND, sample["nmap"]), who.FOUND_NMAP_HTTP,
                                                    hosts_of(sample["nmap"]))
        if who.LZR:
            turns["zmap | lzr"] = lambda i: measure_found(lab, far, who.lzr(lab, i, FOUND, sample["lzr"], 4000),
                                                          who.FOUND_LZR_HTTP, hosts_of(sample["lzr"]))
        slow = dict.fromkeys([name for name in turns if not name.startswith("sonde")], runs_slow)
        return take_turns("HTTP request to %d hosts, service named" % HOSTS, "service", turns, runs, lab, slow)


def count_words(pattern):
    """How often each word that the pattern captures is in a line of what was found."""
    with open(FOUND, errors="replace") as file:
        return Counter(match.group(1) for match in map(re.compile(pattern).search, file) if match)


def measure_mix(lab, far, i, port, expected):
    result, counted = measure(lab, far, who.sonde("ring", "sonde", i, FOUND, ports=port, cooldown="1s"), False)
    services = count_words(r'"service":"([a-z0-9_]+)"')
    found = sum(services[name] for name in MIX_SERVICES)
    # Silent hosts are asked again and again for half a minute, so it is CPU time that says how many go through a core.
    result.update(hosts=HOSTS, found=found, services=dict(services), missed=HOSTS - expected["silent"] - found,
                  cpu_us=result["cpu_s"] * 1e6 / HOSTS, user_us=result["user_s"] * 1e6 / HOSTS,
                  per_cpu_second=per_second(HOSTS, result["cpu_s"]), lost=1 - found / (HOSTS - expected["silent"]))
    return result


def mix(runs, port="80"):
    """30% speak first, 40% speak HTTP, 20% TLS, 10% say nothing; the policy is `sonde`."""
    expected = speech_counts(MIX)
    with Lab("split") as lab, Program(lab.far, "responder", "far0", **MIX) as far:
        turns = {"sonde ring": lambda i: measure_mix(lab, far, i, port, expected)}
        return take_turns("A mix of %d hosts on port %s, policy sonde" % (HOSTS, port), "target", turns, runs, lab)


def measure_middleboxes(lab, far, i, expected):
    words = who.sonde("ring", "expected", i, FOUND, cooldown="1s", more=("--timeout", "1s"))
    result, counted = measure(lab, far, words, False)
    verdicts = count_words(r'"verdict":"([a-z_]+)"')
    right = sum(min(verdicts[verdict], expected[name]) for name, verdict in MIDDLEBOX_VERDICTS.items())
    result.update(hosts=HOSTS, found=right, verdicts=dict(verdicts), lost=1 - right / HOSTS,
                  cpu_us=result["cpu_s"] * 1e6 / HOSTS,
                  rate=per_second(HOSTS, seconds_between(counted["first_ns"], counted["last_syn_ns"])))
    return result


def middleboxes(runs):
    """A fifth each: never acknowledges, keeps its window shut, resets after data, says nothing, speaks HTTP."""
    expected = speech_counts(MIDDLEBOXES)
    with Lab("split") as lab, Program(lab.far, "responder", "far0", **MIDDLEBOXES) as far:
        turns = {"sonde ring": lambda i: measure_middleboxes(lab, far, i, expected)}
        return take_turns("Middleboxes: %d hosts, four fifths of them dishonest" % HOSTS, "target", turns, runs, lab)


def nginx(runs, targets):
    """Real HTTP servers, behind the kernel's TCP."""
    with Lab("split") as lab, Nginx(lab), Program(lab.far, "pass", "far0") as far:
        turns = sonde_turns(lab, far, "expected", who.FOUND_SONDE_HTTP, targets=targets)
        turns["masscan --banners"] = banners_turn(lab, far, GENTLE_RATE, targets)
        return take_turns("HTTP request to nginx at %d addresses" % hosts_of(targets), "service", turns, runs, lab)
