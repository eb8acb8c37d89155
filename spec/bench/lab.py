"""The bench's network, and what stands at its far side."""
import contextlib
import ctypes
import json
import os
import re
import signal
import subprocess
import sys

OUT = "build/bench"
NEAR_CORE, FAR_CORE = 0, 1
HOSTS = 131072  # 198.18.0.0/15
PREFIX = "sonde-bench-"
# Percent of the addresses; the rest speaks HTTP. In the order of responder.bpf.c.
SPEECHES = ("greeting", "tls", "silent", "no_ack", "zero_window", "reset")
PR_SET_PDEATHSIG = 1


def sh(*words):
    return subprocess.run(words, check=True, stdout=subprocess.PIPE, universal_newlines=True).stdout


def die_with_parent():
    """In a child, before it becomes another program: whatever ends the bench ends the child."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def begin_session():
    """The same, and as nice as the bench is: the scheduler weighs sessions (autogroup), whatever is in them."""
    die_with_parent()
    with contextlib.suppress(OSError), open("/proc/self/autogroup", "w") as file:
        file.write(str(os.nice(0)))


def start(words, **how):
    """In a session of its own: Ctrl-C is the bench's to deal with."""
    return subprocess.Popen(words, preexec_fn=begin_session, start_new_session=True, **how)


def inside(namespace, words, cores=None):
    pin = ["taskset", "-c", str(cores)] if cores is not None else []
    return ["ip", "netns", "exec", namespace, *pin, *words]


def napi_threads():
    """{process id: interface} of the kernel threads that receive for interfaces named as ours."""
    found = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/comm" % pid) as file:
                match = re.match(r"napi/(near0|far0)-", file.read())
        except OSError:
            continue
        if match:
            found[int(pid)] = match.group(1)
    return found


def is_bench(pid):
    try:
        with open("/proc/%s/cmdline" % pid) as file:
            return "spec/bench/run" in file.read()
    except OSError:
        return False


def sweep():
    """Removes the networks of benches that were killed."""
    for name in re.findall(r"^%s(\d+)-near" % PREFIX, sh("ip", "netns", "list"), re.M):
        if not is_bench(name):
            sh("spec/bench/lab.sh", "down", PREFIX + name)


def speech_counts(shares):
    """How many of the hosts have each speech: {"http": N, ...}, as responder.bpf.c decides it."""
    counts = dict.fromkeys((*SPEECHES, "http"), 0)
    for host in range(HOSTS):
        x = int.from_bytes((0xC6120000 + host).to_bytes(4, "big"), sys.byteorder)
        x = (x ^ x >> 16) * 0x7FEB352D & 0xFFFFFFFF
        x = (x ^ x >> 15) * 0x846CA68B & 0xFFFFFFFF
        at = (x ^ x >> 16) % 100
        for name in SPEECHES:
            if at < shares.get(name, 0):
                break
            at -= shares.get(name, 0)
        else:
            name = "http"
        counts[name] += 1
    return counts


class Program:
    """One of the XDP programs on an interface, for as long as this lasts; read() is what it counted since the last time."""

    def __init__(self, namespace, name, interface, **settings):
        words = [OUT + "/far", "%s/%s.bpf.o" % (OUT, name), interface, *("%s=%d" % each for each in settings.items())]
        self.process = start(inside(namespace, words), stdin=subprocess.PIPE, stdout=subprocess.PIPE, universal_newlines=True)
        if self.process.stdout.readline() != "ready\n":
            self.close()
            raise RuntimeError("cannot put %s on %s" % (name, interface))

    def read(self, what=""):
        self.process.stdin.write(what + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Nginx:
    """The real nginx on every address of the far side, on the far core."""

    CONFIG = """daemon off; worker_processes 1; pid %(home)s/pid; error_log %(home)s/error crit;
events { worker_connections 16384; }
http { access_log off; client_body_temp_path %(home)s; proxy_temp_path %(home)s; fastcgi_temp_path %(home)s;
  uwsgi_temp_path %(home)s; scgi_temp_path %(home)s;
  server { listen 80 backlog=16384 reuseport; location / { return 200 "ok"; } } }"""

    def __init__(self, lab):
        home = os.path.abspath(OUT + "/nginx")
        os.makedirs(home, exist_ok=True)
        with open(home + "/conf", "w") as file:
            file.write(self.CONFIG % {"home": home})
        sh(*inside(lab.far, ["ip", "route", "replace", "local", "198.18.0.0/15", "dev", "lo"]))
        sh(*inside(lab.far, ["sysctl", "-qw", "net.core.somaxconn=16384", "net.ipv4.tcp_max_syn_backlog=16384"]))
        with open(home + "/log", "w") as log:
            self.process = start(inside(lab.far, ["nginx", "-p", home, "-c", home + "/conf"], FAR_CORE), stdout=log, stderr=log)
        self.lab = lab
        try:
            sh(*inside(lab.far, ["timeout", "5", "sh", "-c", "until ss -Hltn 'sport = 80' | grep -q .; do sleep 0.05; done"]))
            lab.servers = [int(pid) for pid in sh("pgrep", "-P", str(self.process.pid)).split()]
        except subprocess.CalledProcessError as problem:
            self.close()
            raise RuntimeError("nginx does not start: see %s/log" % home) from problem

    def close(self):
        self.lab.servers = []
        self.process.terminate()
        self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Lab:
    """Two namespaces and what joins them (lab.sh has the modes), for as long as this lasts."""

    def __init__(self, mode):
        self.name = PREFIX + str(os.getpid())
        self.servers = []  # process ids of those at the far side, if there are any but XDP programs
        self.up(mode)
        self.near, self.far = self.facts["near"], self.facts["far"]
        self.pin()
        # masscan 1.3.2 does not notice that it has finished before another frame comes in: ten a second, for everybody.
        beat = ("import socket,time\ns=socket.socket(socket.AF_INET,socket.SOCK_DGRAM)\n"
                "while 1: s.sendto(b'',('192.0.2.2',9)); time.sleep(.1)")
        self.beat = start(inside(self.far, [sys.executable, "-c", beat], FAR_CORE))

    def up(self, mode):
        """Our receiving threads are told by their being new: somebody else's new ones are a reason to try again."""
        wanted = ["far0", "near0"] if mode == "split" else []
        for _ in range(5):
            before = napi_threads()
            self.facts = json.loads(sh("spec/bench/lab.sh", "up", self.name, mode))
            self.threads = {pid: name for pid, name in napi_threads().items() if pid not in before}
            if sorted(self.threads.values()) == wanted:
                return
            sh("spec/bench/lab.sh", "down", self.name)
        raise RuntimeError("cannot tell the network's receiving threads")

    def pin(self, first=True):
        """Puts the receiving threads on their cores, `first` before all that runs there."""
        for pid, name in self.threads.items():
            os.sched_setaffinity(pid, {NEAR_CORE if name == "near0" else FAR_CORE})
            # As a card's interrupt does, it goes before the scanner: veth has room for 256 frames only.
            os.sched_setscheduler(pid, *((os.SCHED_FIFO, os.sched_param(1)) if first else (os.SCHED_OTHER, os.sched_param(0))))

    def near_words(self, words, cores=NEAR_CORE):
        return inside(self.near, words, cores)

    def receiving(self, brings_xdp=False):
        """What the near side needs for the responder's answers to come in, while this lasts: unless the scanner brings an XDP
        program itself, one that passes everything on."""
        return contextlib.nullcontext() if brings_xdp else Program(self.near, "pass", "near0")

    def not_delivered(self):
        """Answers that veth had no room for, so far."""
        text = sh(*inside(self.far, ["ethtool", "-S", "far0"]))
        return sum(int(x) for x in re.findall(r"xdp_tx_errors: (\d+)", text))

    def stall_far(self, seconds):
        """Keeps the far side from receiving: something more urgent has its core. veth fills up with 256 frames, then ENOBUFS."""
        hog = "import time\nend = time.monotonic() + %f\nwhile time.monotonic() < end: pass" % seconds
        sh("taskset", "-c", str(FAR_CORE), "chrt", "-f", "2", sys.executable, "-c", hog)

    def close(self):
        self.beat.kill()
        self.beat.wait()
        sh("spec/bench/lab.sh", "down", self.name)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
