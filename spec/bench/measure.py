"""Runs a scanner: what it takes of time, CPU and memory, and which side of the network was busy meanwhile."""
import contextlib
import os
import re
import select
import signal
import subprocess
import threading
import time

from lab import NEAR_CORE, OUT, start

SAMPLE_SECONDS = 0.025
TREE_EVERY = 10  # samples


def read(path):
    try:
        with open(path) as file:
            return file.read()
    except (OSError, ProcessLookupError):
        return ""


def scheduled_seconds(path):
    """CPU time of a thread, exact where ticks are not; 0 where it has gone."""
    return int((read(path + "/schedstat") or "0").split()[0]) / 1e9


def thread_seconds(pid):
    return scheduled_seconds("/proc/%d" % pid)


def softirq_threads():
    """The thread that takes over what interrupts left undone on the scanners' core."""
    name = "ksoftirqd/%d\n" % NEAR_CORE
    return [int(pid) for pid in filter(str.isdigit, os.listdir("/proc")) if read("/proc/%s/comm" % pid) == name]


def process_seconds(pid):
    """CPU time of a process, all its threads."""
    with contextlib.suppress(OSError):
        return sum(scheduled_seconds("/proc/%d/task/%s" % (pid, task)) for task in os.listdir("/proc/%d/task" % pid))
    return 0.0


def process_tree(root):
    children = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        fields = read("/proc/%s/stat" % pid).rpartition(")")[2].split()
        if fields:
            children.setdefault(int(fields[1]), []).append(int(pid))
    found = [root]
    for pid in found:
        found.extend(children.get(pid, ()))
    return found


def peak_kb(pid):
    """The most memory that a process ever had resident; 0 where it has gone."""
    peak = re.search(r"VmHWM:\s+(\d+)", read("/proc/%d/status" % pid))
    return int(peak.group(1)) if peak else 0


class Sampler(threading.Thread):
    """Looks at a process and its children again and again: memory, and CPU time by side as [monotonic ns, near, far]."""

    def __init__(self, root, lab):
        super().__init__(daemon=True)
        self.root, self.lab, self.tree = root, lab, [root]
        self.peaks, self.cpu, self.timeline = {}, {}, []
        self.ended = threading.Event()
        self.start()

    def sample(self):
        for pid in self.tree:
            self.peaks[pid] = max(self.peaks.get(pid, 0), peak_kb(pid))
            self.cpu[pid] = max(self.cpu.get(pid, 0.0), process_seconds(pid))
        sides = {"near0": sum(self.cpu.values()), "far0": sum(map(process_seconds, self.lab.servers))}
        for pid, name in self.lab.threads.items():
            sides[name] += thread_seconds(pid)
        self.timeline.append((time.monotonic_ns(), sides["near0"], sides["far0"]))

    def run(self):
        count = 0
        while not self.ended.wait(SAMPLE_SECONDS):
            count += 1
            if count % TREE_EVERY == 0:
                self.tree = process_tree(self.root)
            self.sample()

    def stop(self):
        self.ended.set()
        self.join()

    def busy(self, first_ns, last_ns):
        """Shares of the time between two moments that the near and the far side's work took."""
        within = [each for each in self.timeline if first_ns <= each[0] <= last_ns]
        if len(within) < 2:
            return {}
        seconds = (within[-1][0] - within[0][0]) / 1e9
        return {"busy_near": (within[-1][1] - within[0][1]) / seconds, "busy_far": (within[-1][2] - within[0][2]) / seconds}


class Scanner:
    """A command in the near namespace, on the scanners' core. finish() gives what it took; close() ends it in any case."""

    def __init__(self, lab, words, cores=NEAR_CORE, stdout=None):
        self.lab, self.words = lab, words
        self.softirq = softirq_threads()
        self.before = {pid: thread_seconds(pid) for pid in (*lab.threads, *self.softirq)}
        self.log = open(OUT + "/log", "w")
        self.began_ns = time.monotonic_ns()
        self.process = start(lab.near_words(words, cores), stdin=subprocess.DEVNULL, stdout=stdout or self.log, stderr=self.log)
        self.ended = os.pidfd_open(self.process.pid)
        self.sampler = Sampler(self.process.pid, lab)

    def kernel_seconds(self, side):
        """Of the threads that receive for an interface."""
        threads = [pid for pid, name in self.lab.threads.items() if name == side]
        return sum(max(0.0, thread_seconds(pid) - self.before.get(pid, 0.0)) for pid in threads)

    def cpu_seconds(self):
        """So far, kernel included."""
        return sum(map(process_seconds, self.sampler.tree)) + self.kernel_seconds("near0")

    def wait(self, limit):
        if not select.select([self.ended], [], [], limit)[0]:
            raise RuntimeError("%s: did not end within %d s" % (" ".join(self.words), limit))
        self.ended_ns = time.monotonic_ns()
        self.sampler.stop()
        _, status, usage = os.wait4(self.process.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        return usage

    def signal(self, number):
        """To the command and its children."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)

    def finish(self, limit=40):
        usage = self.wait(limit)
        if self.process.returncode != 0:
            raise RuntimeError("%s: status %d: %s" % (" ".join(self.words), self.process.returncode, read(OUT + "/log")[-500:]))
        # Softirqs that interrupt the scanner are in its own time already: this kernel's clock of a task does not stop for them.
        kernel = self.kernel_seconds("near0") + sum(thread_seconds(pid) - self.before[pid] for pid in self.softirq)
        return {
            "wall_s": (self.ended_ns - self.began_ns) / 1e9, "user_s": usage.ru_utime, "system_s": usage.ru_stime,
            "kernel_s": kernel, "far_s": self.kernel_seconds("far0"), "cpu_s": usage.ru_utime + usage.ru_stime + kernel,
            "memory_kb": max(usage.ru_maxrss, sum(self.sampler.peaks.values())),
            "far_memory_kb": sum(map(peak_kb, self.lab.servers)),
        }

    def close(self):
        self.sampler.stop()
        if self.process.returncode is None:
            self.signal(signal.SIGKILL)
            self.process.wait()
        os.close(self.ended)
        self.log.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def run(lab, words, limit=40, cores=NEAR_CORE):
    """Runs a command to its end; what it took, and the sampler that watched it."""
    with Scanner(lab, words, cores) as scanner:
        return scanner.finish(limit), scanner.sampler


def seconds_between(first_ns, last_ns):
    return max(0, last_ns - first_ns) / 1e9


def per_second(count, seconds):
    return count / seconds if seconds > 0 else 0.0
