#!/usr/bin/python3
"""Reads capture files with the real program, one process each: a file is read and the ledger balances, or the program
ends with exit code 1 and one line that says why.

    refusals_test.py PATH... [--if-there PATH...]

A folder stands for all files in it. The paths after --if-there may be missing. The program is $LOGSNIFFD.
"""
import collections
import concurrent.futures
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

BINARY = os.environ["LOGSNIFFD"]
MOST_SECONDS = 10
NOT_PRINTABLE = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]")  # line feeds end records, tabs are text
UNREAD = re.compile(r"logsniffd: TCP(, other connections| \S+ -> \S+): \d+ bytes [a-z0-9, ]+")

Outcome = collections.namedtuple("Outcome", "packets refusal problems")


def files_in(arguments):
    must_be_there = True
    for argument in arguments:
        path = Path(argument)
        if argument == "--if-there":
            must_be_there = False
        elif path.is_dir():
            files = sorted(p for p in path.rglob("*") if p.is_file())
            print(f"{path}: {len(files)} files")
            yield from files
        elif must_be_there or path.exists():
            yield path
        else:
            print(f"{path}: not there")


def judge_ledger(line):
    """The number of packets in the ledger, and what is wrong with the ledger."""
    try:
        ledger = json.loads(line)
    except ValueError:
        return 0, [f"the last line is no ledger: {line!r}"]
    problems = [f"unaccounted {what}: {count}" for what, count in ledger["unaccounted"].items() if count != 0]
    if sorted(ledger["unaccounted"]) != ["bytes", "packets", "records"]:
        problems.append("unaccounted does not speak of bytes, packets and records")
    if ledger["streams"]["buffered"] != 0:
        problems.append(f"{ledger['streams']['buffered']} bytes are still held at the end")
    return ledger["packets"]["received"], problems


def judge(path, code, shown, said):
    lines = [line for line in said.decode(errors="replace").splitlines() if not UNREAD.fullmatch(line)]
    problems = []
    if NOT_PRINTABLE.search(shown):
        problems.append("control characters reach the terminal")
    if code not in (0, 1):
        return Outcome(0, None, problems + [f"ended with {code}: {said[-2000:]!r}"])

    packets, refusal = 0, None
    if lines and lines[-1].startswith("{"):
        packets, wrong = judge_ledger(lines.pop())
        problems += wrong
    elif code == 0:
        problems.append("no ledger")
    if code == 1 and len(lines) == 1:
        refusal = lines.pop()
        if not refusal.startswith(f"logsniffd: {path}: "):
            problems.append(f"the line does not name the file: {refusal!r}")
        if not re.fullmatch(r"[\x20-\x7e]+", refusal):
            problems.append(f"not a plain line: {refusal!r}")
    elif code == 1:
        problems.append(f"not one line that says why: {lines}")
    # The one line that says why there is no record is tested elsewhere.
    lines = [line for line in lines if not line.startswith("logsniffd: nothing was shown: ")]
    if code == 0 and lines:
        problems.append(f"says more than the ledger: {lines}")
    return Outcome(packets, refusal, problems)


def run(path):
    began = time.monotonic()
    try:
        done = subprocess.run([BINARY, "sniff", "-r", path, "--stats"], capture_output=True, stdin=subprocess.DEVNULL,
                              timeout=MOST_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return Outcome(0, None, [f"not done after {MOST_SECONDS} s"]), MOST_SECONDS
    return judge(path, done.returncode, done.stdout, done.stderr), time.monotonic() - began


def main(arguments):
    files = list(files_in(arguments))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(run, files))
    failures = 0
    for path, (outcome, _) in zip(files, results):
        for problem in outcome.problems:
            failures += 1
            print(f"{path}: {problem}")
    refusals = [outcome.refusal for outcome, _ in results if outcome.refusal]
    for refusal in refusals:
        print(refusal)
    slowest, seconds = max(((path, seconds) for path, (_, seconds) in zip(files, results)), key=lambda entry: entry[1])
    packets = sum(outcome.packets for outcome, _ in results)
    print(f"{len(files)} files, {len(refusals)} of them refused; {packets} packets; longest: {seconds:.1f} s, {slowest}")
    return 1 if failures or not packets else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
