"""The row of the instructions: what callgrind counts for a packet and a record, in each scenario of the guard."""

import os
import shutil

from bench import PORT
from instructions import CAPTURE, SCENARIOS, Counter


def instructions(bench):
    """Instructions a packet and a record, start-up excluded; and those of tcpdump's copy."""
    folder = bench.path("instructions")
    os.mkdir(folder)
    os.chmod(bench.scratch, 0o711)  # the programs run as nobody
    counter = Counter(bench.logsniffd if bench.has_logsniffd else None, bench.tools, folder)
    if shutil.which("tcpdump"):
        cost = counter.count_copy([shutil.which("tcpdump"), "-r", CAPTURE, "-w", "/dev/null", f"tcp port {PORT}"])
        bench.add("instructions", "tcpdump", scenario="one line a segment", **cost)
    if bench.has_logsniffd:
        for scenario in SCENARIOS:
            bench.add("instructions", "logsniffd", scenario=scenario, **counter.count(scenario))
    bench.forget("instructions")
