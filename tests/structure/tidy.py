#!/usr/bin/python3
"""Runs clang-tidy over the sources of daemon/ and config/ that changed since they were last found clean.

    tidy.py BUILD       BUILD holds the compile_commands.json of a tree that clang compiles

A source is what the compiler is given: one that includes all of a target's files (cmake/Together.cmake) is looked at once,
with all of them. Prints each finding once, and exits with 1 if there are any. BUILD/tidy keeps one empty file for each source found clean,
named by the hash of everything that the finding depends on: the source, the project headers below it, its command line
and .clang-tidy.
"""
import concurrent.futures
import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
INCLUDE = re.compile(r'^#include "([^"]+)"', re.MULTILINE)
FINDING = re.compile(r"^(?=/[^\n]*: (?:error|warning): )", re.MULTILINE)


def below(source: Path, seen: dict[Path, bytes]) -> None:
    """Adds to `seen` the source and the project headers that it reaches."""
    if source in seen or not source.is_file():
        return
    seen[source] = source.read_bytes()
    for name in INCLUDE.findall(seen[source].decode()):
        below(ROOT / name, seen)


def stamp(source: Path, command: str) -> str:
    seen: dict[Path, bytes] = {}
    below(source, seen)
    whole = hashlib.sha256((ROOT / ".clang-tidy").read_bytes() + command.encode())
    for path in sorted(seen):
        whole.update(str(path).encode() + hashlib.sha256(seen[path]).digest())
    return whole.hexdigest()


def weight(source: Path) -> int:
    """The bytes of the source and the project headers below it."""
    seen: dict[Path, bytes] = {}
    below(source, seen)
    return sum(map(len, seen.values()))


def tidy(build: Path, source: Path) -> tuple[bool, str]:
    made = ["-checks=-bugprone-suspicious-include"] if source.is_relative_to(build) else []
    run = subprocess.run(["clang-tidy-14", "-quiet", *made, "-p", build, source], text=True, capture_output=True)
    return run.returncode == 0, run.stdout if run.stdout.strip() else run.stderr


def main() -> int:
    build = Path(sys.argv[1]).resolve()
    clean = build / "tidy"
    clean.mkdir(exist_ok=True)
    rooms = tuple(f"{place / folder}/" for place in (ROOT, build) for folder in ("daemon", "config"))
    stamps = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        if entry["file"].startswith(rooms):
            stamps[Path(entry["file"])] = clean / stamp(Path(entry["file"]), entry["command"])
    if not stamps:
        print("tidy.py: the compile database names no source of daemon/ or config/", file=sys.stderr)
        return 1
    for old in set(clean.iterdir()) - set(stamps.values()):
        old.unlink()

    # The largest first, because otherwise the last one may run alone.
    todo = sorted((source for source in stamps if not stamps[source].exists()), key=lambda path: -weight(path))
    dirty = 0
    printed: set[str] = set()  # findings in headers come with every source
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        running = {pool.submit(tidy, build, source): source for source in todo}
        for done in concurrent.futures.as_completed(running):
            fine, findings = done.result()
            if fine:
                stamps[running[done]].touch()
            else:
                dirty += 1
                new = [finding for finding in FINDING.split(findings) if finding not in printed]
                printed.update(new)
                print("".join(new), end="", flush=True)
    print(f"clang-tidy: {len(todo)} of {len(stamps)} sources looked at, {dirty} with findings")
    return 1 if dirty else 0


if __name__ == "__main__":
    sys.exit(main())
