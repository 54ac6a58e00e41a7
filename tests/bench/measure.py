"""Runs programs and measures their cost; compares lines with what was expected."""

import contextlib
import filecmp
import json
import os
import re
import signal
import statistics
import subprocess
import threading
import time
from dataclasses import dataclass, asdict


@dataclass
class Cost:
    wall: float
    cpu: float  # user and system
    system: float
    threads: list[float]  # processor seconds of each, the main thread first, as last seen; they end a little later
    peak_rss_mib: float
    status: int
    stderr: str = ""

    def as_dict(self):
        return {key: value for key, value in asdict(self).items() if key != "stderr"}


class Process:
    """A running program whose cost is known when it ends. It is killed and reaped when the `with` block ends."""

    def __init__(self, command, stdout, scratch):
        self.started = time.monotonic()
        self._stderr_path = os.path.join(scratch, f"stderr.{time.monotonic_ns()}")
        with open(stdout, "wb") as out, open(self._stderr_path, "wb") as err:
            self._child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, cwd=scratch)
        self.pid = self._child.pid
        self.cost = None
        self._peak_kib = 0
        self._threads = {}
        self._ended = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.cost is None:
            self.signal(signal.SIGKILL)
            self.wait(10)

    def alive(self):
        return self.cost is None and os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None

    def said(self):
        """Standard error so far."""
        with open(self._stderr_path, errors="replace") as err:
            return err.read()

    def signal(self, number):
        os.kill(self.pid, number)

    def wait(self, seconds):
        """Returns the cost. A program that takes longer is killed, and its status is negative."""
        # Not Popen's own kill() and wait(): they reap the child, and its cost is lost.
        killer = threading.Timer(seconds, self.signal, [signal.SIGKILL])
        killer.start()
        try:
            _, status, usage = os.wait4(self.pid, 0)
        finally:
            killer.cancel()
        wall = time.monotonic() - self.started
        self._ended.set()
        self._watcher.join()
        self._child.returncode = os.waitstatus_to_exitcode(status)
        text = self.said()
        os.remove(self._stderr_path)
        threads = [seconds for _, seconds in sorted(self._threads.items())]
        self.cost = Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_stime, threads, self._peak_kib / 1024, self._child.returncode, text)
        return self.cost

    def _watch(self):
        # Not ru_maxrss: it starts from the peak of the process that forked, which is this interpreter.
        while not self._ended.wait(0.01):
            self._peak_kib = max(self._peak_kib, process_status(self.pid).get("VmHWM", 0))
            self._threads |= seconds_by_thread(self.pid)


def run(command, stdout, scratch, seconds=600):
    with Process(command, stdout, scratch) as process:
        return process.wait(seconds)


def process_status(pid):
    """The numbers in /proc/PID/status; empty if the process is gone."""
    try:
        with open(f"/proc/{pid}/status") as status:
            return {name: int(value) for name, value in re.findall(r"^(\w+):\s+(\d+)", status.read(), re.M)}
    except (FileNotFoundError, ProcessLookupError):
        return {}


def wake_ups(pid):
    """Voluntary context switches of all threads so far."""
    total = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        status = process_status(f"{pid}/task/{thread}")
        total += status.get("voluntary_ctxt_switches", 0)
    return total


def seconds_by_thread(pid):
    """{thread: processor seconds so far}; empty if the process is gone."""
    seconds = {}
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/schedstat") as stat:
                seconds[int(thread)] = int(stat.read().split()[0]) / 1e9
    return seconds


def processor_seconds(pid):
    """What all threads of a running process used so far. The clock is the one that clock_getcpuclockid(3) returns."""
    return time.clock_gettime((~pid << 3) | 2)


def median(costs, by="wall"):
    """The round whose wall time, or other figure, is the median."""
    return sorted(costs, key=lambda cost: getattr(cost, by))[(len(costs) - 1) // 2]


def percentile(values, percent):
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def compare_lines(expected_path, output_path):
    """Whether the output is exact and, if not, how many lines are missing and extra (as multisets) and how many are out
    of order in their connection."""
    if filecmp.cmp(expected_path, output_path, shallow=False):
        return {"exact": True, "missing": 0, "extra": 0, "disordered": 0}
    with open(expected_path, "rb") as file:
        expected = file.read().splitlines()
    with open(output_path, "rb") as file:
        output = file.read().splitlines()
    newest, disordered = {}, 0
    for line in output:
        match = re.match(rb"c(\d+) n(\d+) ", line)
        if match:
            connection, number = match[1], int(match[2])
            disordered += number <= newest.get(connection, -1)
            newest[connection] = number
    expected.sort()
    output.sort()
    missing = extra = i = j = 0
    while i < len(expected) or j < len(output):
        if j == len(output) or (i < len(expected) and expected[i] < output[j]):
            missing, i = missing + 1, i + 1
        elif i == len(expected) or output[j] < expected[i]:
            extra, j = extra + 1, j + 1
        else:
            i, j = i + 1, j + 1
    return {"exact": False, "missing": missing, "extra": extra, "disordered": disordered}


def ledger(stderr):
    """The object of --stats; empty if there is none."""
    for line in reversed(stderr.splitlines()):
        if line.startswith("{"):
            return json.loads(line)
    return {}


def unaccounted(stderr):
    """The sum of what the ledger cannot explain; None if there is no ledger."""
    rows = ledger(stderr).get("unaccounted")
    return None if rows is None else sum(map(abs, rows.values()))
