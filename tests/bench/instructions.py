#!/usr/bin/python3
"""Counts the instructions that a packet and a record cost, and compares them with those in instructions.json.

    instructions.py --tools DIR (--package DIR | --logsniffd FILE) [--record] [--only NAME,NAME] [--keep DIR]

Callgrind counts. Each scenario runs with a number of lines and with twice as many over the same connections, and the
difference is divided, so that start-up, handshakes and the end do not count. A scenario that costs more than 3 % more
than its record is a failure. One that costs more than 3 % less is one too, so that the record stays true: --record writes
it anew, and the commit says why.

The same program gives the same figures within 0.3 %, on a busy machine too, although its hash keys are random; one count
in a hundred was 0.9 % off, so a fault is counted a second time. The figures depend on the compiler and the libraries, which
are those of Debian 12. Others are compared all the same: a guard that compares nothing after an upgrade is none. The failure
names what is not as it was, and the upgrade records anew.

--package takes logsniffd out of the .deb in DIR, so that what is counted is what is shipped. With --keep, callgrind's
files remain, for callgrind_annotate; functions have names if the binary has symbols (build/release/logsniffd).
"""
import argparse
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

RECORD = Path(__file__).with_name("instructions.json")
BOUND = 0.03
PORT = "9988"
CAPTURE = "CAPTURE"  # in a command: the capture of the run
NOBODY = 65534
CONNECTIONS = 64
FILTERS = 64
RAW = ("--format", "raw")
SYSLOG = ("--decode", "syslog", "--format", "json")


@dataclass(frozen=True)
class Scenario:
    capture: tuple[str, ...] = ()  # options of reference_capture
    sniff: tuple[str, ...] = RAW  # options of logsniffd sniff; without any, logsniffd test with FILTERS filters
    lines: int = 3000


SCENARIOS = {
    "one line a segment": Scenario(),
    "eight lines a segment": Scenario(("--lines-per-segment", "8"), lines=32000),
    "datagrams": Scenario(("--udp",)),
    "syslog of RFC 3164 as json": Scenario(("--udp", "--form", "rfc3164"), SYSLOG),
    "syslog of RFC 5424 as json": Scenario(("--form", "rfc5424"), SYSLOG),
    "JSON lines as json": Scenario(("--form", "json"), ("--decode", "json", "--format", "json")),
    "as text": Scenario(sniff=("--format", "text")),
    "IPv6": Scenario(("--ipv6",)),
    "VLAN": Scenario(("--vlan",)),
    "5 % out of order": Scenario(("--out-of-order", "5")),
    "64 filters": Scenario(sniff=()),
}


def configuration():
    """One expression each, so that each record is found by the last of them or by one before it."""
    filters = [f"  - {{name: f{i}, port: {PORT}, match: ['^c{i} '], to: [out]}}" for i in range(FILTERS)]
    return "\n".join(["capture: {interfaces: [any]}", "filters:", *filters,
                      "sinks:", "  out: {type: file, path: /var/log/logsniffd/out.log, format: raw}", ""])


class Counter:
    """Counts in `folder`, with copies of what it needs, because what is counted may run as another user."""

    def __init__(self, logsniffd, tools, folder, keep=None):
        self.tools, self.folder, self.keep = Path(tools), Path(folder), keep
        self.folder.chmod(0o777)
        os.umask(0o022)
        if logsniffd:
            self.logsniffd = shutil.copy(logsniffd, self.folder / "logsniffd")
        (self.folder / "filters.yaml").write_text(configuration())

    def count(self, name):
        """What the scenario costs more with twice the lines: instructions for each packet and each record."""
        scenario = SCENARIOS[name]
        return difference(lambda lines: self._run(name, scenario, lines), scenario.lines)

    def count_copy(self, command):
        """The same for a program that copies the capture with one line a segment; CAPTURE in its command is that file."""
        return difference(lambda lines: self._instructions(command, lines, ())[:2], 3000)

    def _run(self, name, scenario, lines):
        """(instructions, packets) of one run. It must print each line: work that was not done costs nothing."""
        output = self.folder / "output"
        output.unlink(missing_ok=True)
        if scenario.sniff:
            command = ["sniff", "-r", CAPTURE, PORT, *scenario.sniff, "-o", output]
        else:
            command = ["test", CAPTURE, "--config", self.folder / "filters.yaml"]
        instructions, packets, done = self._instructions([self.logsniffd, *command], lines, scenario.capture)
        text = output.read_text() if scenario.sniff else done.stdout
        printed = len(re.findall(r"^(?!sink ).*\bc\d+ n\d+ ", text, re.MULTILINE))
        if printed != lines:
            raise RuntimeError(f"{name}: {printed} of {lines} lines were printed\n{done.stderr[-2000:]}")
        if self.keep:
            shutil.copy(self.folder / "callgrind.out", Path(self.keep, f"callgrind.out.{name.replace(' ', '-')}.{lines}"))
        return instructions, packets

    def _instructions(self, command, lines, options):
        """(instructions, packets, the ended run) of a command in which CAPTURE is a capture with that many lines."""
        capture, counted = self.folder / "capture.pcap", self.folder / "callgrind.out"
        made = call([self.tools / "reference_capture", capture, "--lines", lines, "--connections", CONNECTIONS, *options])
        # As root, logsniffd would become another user, who may not write callgrind's file. It is another user from the start.
        user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
        counted.unlink(missing_ok=True)
        done = call(["valgrind", "--tool=callgrind", "--vgdb=no", f"--callgrind-out-file={counted}", f"--log-file={self.folder}/valgrind.log",
                     *(capture if word == CAPTURE else word for word in command)], **user)
        instructions = int(re.search(r"^summary: (\d+)", counted.read_text(), re.MULTILINE)[1])
        return instructions, int(made.stdout), done


def difference(run, lines):
    """What twice the lines cost more: instructions for each packet and each record. `run` gives (instructions, packets)."""
    instructions, packets = zip(*(run(number) for number in (lines, 2 * lines)))
    more = instructions[1] - instructions[0]
    return {"packet": round(more / (packets[1] - packets[0]), 1), "record": round(more / lines, 1)}


def call(command, **user):
    # The environment is on the stack, so it is always the same.
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=300, check=False, **user,
                          env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC"})
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))}: status {done.returncode}\n{done.stderr[-2000:]}")
    return done


def packaged(packages, folder):
    """The program of the .deb."""
    found = list(Path(packages).glob("logsniffd_*.deb"))
    if not found:
        raise RuntimeError(f"{packages} has no logsniffd_*.deb; packaging/build-deb.sh {packages} makes it")
    extracted = Path(folder, "package")
    call(["dpkg-deb", "--extract", found[0], extracted])
    return extracted / "usr/bin/logsniffd"


def surroundings():
    """What the figures depend on beside the source."""
    return {"compiler": call(["c++", "--version"]).stdout.splitlines()[0],
            "valgrind": call(["valgrind", "--version"]).stdout.strip(),
            "C library": call(["dpkg-query", "-W", "-f=${Version}", "libc6"]).stdout,
            # Valgrind shows every program the same processor, one with AVX2, if the real one has AVX2.
            "AVX2 of the processor": bool(re.search(r"^flags.*\bavx2\b", Path("/proc/cpuinfo").read_text(), re.MULTILINE))}


def settled(count, name, record):
    """What a scenario costs. What is recorded is the median of three; and a fault must show twice, because once in some
    hundred runs the threads take turns in a way that costs 1 % more."""
    if record is None:
        return sorted((count() for _ in range(3)), key=lambda cost: cost["packet"])[1]
    recorded, counted = record["scenarios"].get(name), count()
    if recorded and judge(name, recorded, counted):
        counted = min(counted, count(), key=lambda cost: abs(cost["packet"] - recorded["packet"]))
    return counted


def judge(name, recorded, counted):
    """What is wrong with a scenario; None if nothing is."""
    if recorded is None:
        return f"{name}: not in {RECORD.name}; record it with --record"
    change = counted["packet"] / recorded["packet"] - 1
    if abs(change) <= BOUND:
        return None
    said = f"{name}: {counted['packet']} instructions a packet, recorded are {recorded['packet']}: {change:+.1%}"
    return said + ("; if that is wanted, record it with --record" if change > 0 else "; it became cheaper: record it with --record")


def faults_of(record, counted, around):
    """What is not as recorded, a line each. Another compiler or library is no excuse, but it is named."""
    faults = [fault for name, cost in counted.items() if (fault := judge(name, record["scenarios"].get(name), cost))]
    faults += [f"{name}: recorded, but there is no such scenario; use --record" for name in record["scenarios"].keys() - SCENARIOS.keys()]
    if faults:
        faults += [f"{what}: {was} when this was recorded, {around.get(what)} now; that may be the cause"
                   for what, was in record["recorded with"].items() if around.get(what) != was]
    return faults


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tools", required=True, help="where reference_capture was built, e.g. build/dev/tests/bench")
    binary = parser.add_mutually_exclusive_group(required=True)
    binary.add_argument("--package", help="the folder of the .deb, e.g. build/dev/package")
    binary.add_argument("--logsniffd", help="a binary, e.g. build/release/logsniffd")
    parser.add_argument("--record", action="store_true", help=f"write {RECORD.name}")
    parser.add_argument("--only", help="count only these scenarios")
    parser.add_argument("--keep", help="a folder for callgrind's files")
    options = parser.parse_args()
    names = options.only.split(",") if options.only else list(SCENARIOS)
    if unknown := set(names) - SCENARIOS.keys():
        parser.error(f"no such scenario: {', '.join(unknown)}; there are: {', '.join(SCENARIOS)}")
    if options.record and options.only:
        parser.error("--record records every scenario, so it does not go with --only")

    record = {} if options.record else json.loads(RECORD.read_text())
    with tempfile.TemporaryDirectory(prefix="logsniffd-instructions-") as folder:
        try:
            counter = Counter(options.logsniffd or packaged(options.package, folder), options.tools, folder, options.keep)
            counted = {}
            for name in names:
                counted[name] = settled(lambda: counter.count(name), name, None if options.record else record)
                print(f"{name:28} {counted[name]['packet']:10.1f} a packet {counted[name]['record']:10.1f} a record", flush=True)
            around = surroundings()
        except RuntimeError as error:
            print(error, file=sys.stderr)
            return 1
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"{usage.ru_utime + usage.ru_stime:.0f} s of processor time")
    if options.record:
        RECORD.write_text(json.dumps({"recorded with": around, "scenarios": counted}, indent=1) + "\n")
        return 0
    faults = faults_of(record, counted, around)
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
