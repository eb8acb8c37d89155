"""The command lines of Sonde, of its peers, and of the bare ceilings; and how what they found is read."""
import os
import re
import shutil

from lab import NEAR_CORE, OUT, sh

ZMAP = os.environ.get("ZMAP", "zmap")
LZR = os.environ.get("LZR")
SYN_ONLY = "--syn-only"
PEER_ADDRESS = "192.0.2.3"  # not the kernel's, so that it resets nothing
RATE_NO_LIMIT = 100000000  # for those to whom 0 does not mean that

# The address in a line of what each of them writes.
FOUND_SONDE = r'"address":"([0-9.]+)"'
FOUND_SONDE_HTTP = FOUND_SONDE + '.*"service":"http"'
FOUND_ZMAP = r"^([0-9.]+)$"
FOUND_MASSCAN = r"^open tcp 80 ([0-9.]+) "
FOUND_MASSCAN_HTTP = r"^banner tcp 80 ([0-9.]+) .* http "
FOUND_NMAP_HTTP = r"Host: ([0-9.]+) .*80/open/tcp//http//nginx"
FOUND_LZR_HTTP = r'"saddr":"([0-9.]+)".*"fingerprint":"http"'


def sonde(link, how, seed, out="/dev/null", targets="198.18.0.0/15", ports="80", cooldown="50ms", rate=0, workers=1, more=()):
    """`how`: a policy, or SYN_ONLY."""
    asked = [SYN_ONLY] if how == SYN_ONLY else ["--policy", how]
    return ["./sonde", "scan", targets, "-p", ports, "--transport", "raw", "--link", link, "-i", "near0", *asked, "--workers",
            str(workers), "--no-default-blocklist", "--rate", str(rate), "--retries", "0", "--cooldown", cooldown, "-o", out,
            "--quiet", "--seed", str(seed), *more]


def zmap(lab, seed, out="/dev/null", targets="198.18.0.0/15", probes=1, cooldown=1, rate=RATE_NO_LIMIT, more=()):
    return [ZMAP, "-i", "near0", "-G", lab.facts["far_mac"], "-S", PEER_ADDRESS, "-p", "80", "-P", str(probes), "-r", str(rate),
            "-c", str(cooldown), "-T", "1", "--cores=%d" % NEAR_CORE, "-b", OUT + "/nothing", "-o", out, "-q",
            "-e", str(seed + 1), "--disable-syslog", *more, targets]


def masscan(lab, seed, out="/dev/null", targets="198.18.0.0/15", ports="80", wait=1, rate=RATE_NO_LIMIT, more=()):
    return ["masscan", targets, "-p", ports, "--adapter", "near0", "--adapter-ip", PEER_ADDRESS, "--adapter-port", "61000",
            "--router-mac", lab.facts["far_mac"], "--rate", str(rate), "--retries", "0", "--wait", str(wait), "--seed",
            str(seed + 1), "-oL", out, *more]


def nmap(out, targets):
    return ["nmap", "-sV", "-Pn", "-n", "-p", "80", "-T5", "--min-hostgroup", "256", "-oG", out, targets]


def lzr(lab, seed, out, targets, rate):
    """ZMap's answers, piped into LZR as its manual has it."""
    fields = ("-O", "json", "--output-filter=success = 1 && repeat = 0", "-f", "saddr,daddr,sport,dport,seqnum,acknum,window")
    words = zmap(lab, seed, "-", targets, rate=rate, cooldown=3, more=fields)
    pipe = " ".join("'%s'" % word for word in words)
    return ["sh", "-c", "%s | '%s' --handshakes http -sendInterface near0 -sourceIP %s -gatewayMac %s -f %s" % (
        pipe, LZR, PEER_ADDRESS, lab.facts["far_mac"], out)]


def ceiling_send(kind, interface, mac, count, *answer):
    return [OUT + "/ceiling_send", kind, interface, mac, str(count), *answer]


def ceiling_receive(kind):
    return [OUT + "/ceiling_receive", kind, "near0", OUT + "/steer.bpf.o"]


def versions():
    """{name: version} of who is measured."""
    found = {"sonde": sh("./sonde", "version").splitlines()[0]}
    for package in ("zmap", "masscan", "nmap", "nginx"):
        found[package] = sh("dpkg-query", "-W", "-f", "${Version}", package)
    if shutil.which(ZMAP) != "/usr/sbin/zmap":
        found["zmap"] = sh(ZMAP, "--version").strip()
    if LZR:
        found["lzr"] = LZR
    return found


def found_lines(path, pattern):
    """Distinct addresses among the lines that match, and how many lines there were."""
    seen, lines = set(), 0
    with open(path, errors="replace") as file:
        for line in file:
            match = re.search(pattern, line)
            if match:
                lines += 1
                seen.add(match.group(1))
    return len(seen), lines


def fresh(path):
    """An empty file that a scanner without privileges may write."""
    if os.path.exists(path):
        os.remove(path)
    open(path, "w").close()
    os.chmod(path, 0o666)
    return path
