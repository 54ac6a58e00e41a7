"""What every row of the comparison needs: programs, files, and the list of figures."""

import glob
import os
import shutil
import subprocess

from live import INTERFACE
from measure import compare_lines, ledger, unaccounted

PORT = "9988"
NOWHERE = "/dev/null"
RAW = ("--format", "raw")


class Bench:
    def __init__(self, options, scratch):
        self.options = options
        self.scratch = scratch
        self.logsniffd = os.path.abspath(options.logsniffd or os.path.join(options.build, "logsniffd"))
        self.tools = os.path.abspath(os.path.join(options.build, "tests", "bench"))
        self.has_logsniffd = os.path.exists(self.logsniffd)
        self.rows = []

    def path(self, name):
        return os.path.join(self.scratch, name)

    def generate(self, name, lines, connections=1000, per_segment=1, leave_open=False, more=()):
        """(capture, expected lines, number of packets)"""
        capture, expected = self.path(name + ".pcap"), self.path(name + ".txt")
        command = [os.path.join(self.tools, "reference_capture"), capture, "--expect", expected, "--lines", str(lines),
                   "--connections", str(connections), "--lines-per-segment", str(per_segment), *more]
        packets = subprocess.run(command + ["--leave-open"] * leave_open, check=True, capture_output=True, text=True).stdout
        return capture, expected, int(packets)

    def lines(self, full):
        return max(1000, int(full * self.options.scale))

    def sniff(self, capture, output, how=RAW):
        return [self.logsniffd, "sniff", "-r", capture, PORT, *how, "-o", output, "--stats"]

    def sniff_live(self, output):
        return [self.logsniffd, "sniff", "-i", INTERFACE, PORT, *RAW, "-o", output, "--stats"]

    def add(self, row, who, cost=None, **more):
        self.rows.append({"row": row, "who": who, **(cost.as_dict() if cost else {}), **more})
        print(f"  {row:12} {who:10} " + " ".join(f"{key}={shown(value)}" for key, value in list(self.rows[-1].items())[2:]), flush=True)

    def forget(self, *names):
        for name in names:
            for path in glob.glob(self.path(name)):
                shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)


def shown(value):
    if isinstance(value, list):
        return "+".join(map(shown, value))
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def collected(bench, row, cost, expected, output, any_order=False, **more):
    """Adds a row of logsniffd itself. Speed is meaningful only if the lines are right."""
    verdict = compare_lines(expected, output) if os.path.exists(output) else {"exact": False}
    if any_order:
        exact = verdict.pop("exact")
        verdict["complete"] = exact or (bool(verdict) and not any(verdict.values()))
    bench.add(row, "logsniffd", cost, **verdict, unaccounted=unaccounted(cost.stderr), **more)


def counted(cost, lines):
    """What the ledger says of an output that nobody kept."""
    return {"complete": ledger(cost.stderr).get("records", {}).get("routed") == lines, "unaccounted": unaccounted(cost.stderr)}


def count_lines(path):
    with open(path, "rb") as file:
        return sum(1 for _ in file)
