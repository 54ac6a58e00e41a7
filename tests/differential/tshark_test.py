#!/usr/bin/python3
"""TCP reassembly compared with tshark: the bytes and holes of each direction of each stream are equal, or
differences.toml says why.

    tshark_test.py generated                        the captures of capture_scenarios
    tshark_test.py corpus                           tests/golden/, and the corpus next to the source tree, if any
    tshark_test.py generated|corpus --only TEXT     those with TEXT in their name; without the search for stale entries
    tshark_test.py generated --seeds 100-200        other seeds than the usual one

STREAM_DUMP and CAPTURE_SCENARIOS name the programs.
"""
import argparse
import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import tshark
from comparison import Comparison, Differences, read_project

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CORPUS = ROOT.parent / "shared" / "corpus"
STREAMS_MORE = 8  # in tshark's output than with payload in the project's: enough for most files
CONVERSATIONS = 36  # per file, because starting tshark takes longer than all of them
BALANCE_FAILED = 1  # exit status of stream_dump
# A header of IPv4, of IPv6, or of IPv6 with extension headers before TCP, in any layers. tshark takes half a second
# for each file, and most files contain no such header. A file in which stream_dump finds TCP is compared anyway.
EXTENSION = rb"[\x00\x2b\x2c\x3c]"
MAY_HOLD_TCP = re.compile(rb"[\x45-\x4f].{8}\x06|[\x60-\x6f].{5}(?:\x06.{45}[\x50-\xff]|" + EXTENSION +
                          rb".{33}(?:" + EXTENSION + rb"[\x00-\x08].{6}(?:.{8}){0,8}?){0,3}\x06[\x00-\x08])", re.DOTALL)


def generated(folder, seeds, only):
    """Yields (name, path) for every scenario with `only` in its name, and every seed."""
    program = os.environ["CAPTURE_SCENARIOS"]
    for scenario in subprocess.run([program, "--list"], capture_output=True, text=True, check=True).stdout.split():
        for seed in seeds if only in f"generated/{scenario}" else ():
            path = Path(folder) / f"{scenario}-{seed}.pcap"
            subprocess.run([program, "--scenario", scenario, "--seed", str(seed), "--conversations", str(CONVERSATIONS), "--output", path],
                           check=True)
            yield f"generated/{scenario}", path


def on_disk(only):
    golden = [(f"golden/{path.parent.name}", path) for path in (ROOT / "tests" / "golden").glob("*/input.pcap*")]
    corpus = [(f"corpus/{path.relative_to(CORPUS)}", path) for path in CORPUS.rglob("*.pcap*")]
    return [(name, path) for name, path in sorted(golden + corpus) if only in name]


def compare(name, path, differences):
    """Returns None if there is no TCP payload."""
    status, complaint, project = read_project(os.environ["STREAM_DUMP"], path)
    if not project and not status < 0 and not MAY_HOLD_TCP.search(path.read_bytes()):
        return None
    comparison = Comparison(name, differences)
    report = tshark.read(path, STREAMS_MORE + sum(map(len, project.values())))
    if status == BALANCE_FAILED or status < 0:
        comparison.complain(f"stream_dump: exit status {status}: {complaint}")
    elif not name.startswith("corpus/") and (report.status or status):  # sound files: both must read them to the end
        comparison.complain(f"tshark: {report.status} {report.complaint}; stream_dump: {status} {complaint}")
    if name.startswith("generated/") and len(project) < CONVERSATIONS:
        comparison.complain(f"{len(project)} directions with data")
    comparison.run(report, project)
    return comparison


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=("generated", "corpus"))
    parser.add_argument("--only", default="")
    parser.add_argument("--seeds", default="1-1")
    return parser.parse_args()


def main():
    options = arguments()
    first, last = map(int, options.seeds.split("-"))
    differences = Differences((HERE / "differences.toml").read_text())
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as workers:
        seeds = range(first, last + 1)
        inputs = list(generated(folder, seeds, options.only) if options.what == "generated" else on_disk(options.only))
        done = [each for each in workers.map(lambda each: compare(*each, differences), inputs) if each]

    problems = [problem for comparison in done for problem in comparison.problems]
    if not options.only:
        problems += differences.stale({name for name, _ in inputs})
        kinds = ("generated/",) if options.what == "generated" else ("golden/", "corpus/") if CORPUS.is_dir() else ("golden/",)
        problems += differences.unknown({name for name, _ in inputs}, kinds)
    for problem in problems:
        print(problem)
    with_streams = sum(1 for comparison in done if comparison.streams)
    print(f"{len(inputs)} captures, {len(done)} looked at, {with_streams} with TCP payload: {sum(c.streams for c in done)} streams, "
          f"{sum(c.bytes for c in done)} bytes; {sum(c.explained for c in done)} explained by a rule, "
          f"{sum(c.open for c in done)} open; {len(problems)} problems")
    return 1 if problems or not with_streams else 0


if __name__ == "__main__":
    sys.exit(main())
