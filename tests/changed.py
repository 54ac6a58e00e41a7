#!/usr/bin/python3
"""Runs the tests of a preset, without those that passed before and whose every input is still the same.

    changed.py PRESET [CTEST-ARGUMENT...]

ctest runs whatever CTEST-ARGUMENTs select, with one exception: a test that needs no other process, network or clock
(its label is in PURE) keeps its result while the key under which it passed stays the same. The key is a hash of all
that the result can depend on:

  - its command line, environment and other properties, and the content of each file of the build folder that they name;
  - every file of the source tree and of the folders beside it (SHARED) that the test might read. That is all of them,
    except for what the programs are compiled from, and what only tests read that always run (UNREAD);
  - the installed packages, the kernel, the user and the variables in VARIABLES.

build/PRESET/passed holds the keys. Where that file is missing, where CI is set, and with LOGSNIFFD_TEST_ALL=1,
every test runs.
"""
import hashlib
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PURE = {"unit", "golden", "fuzz", "corpus", "property", "differential"}
SHARED = ("../shared/cases", "../shared/corpus")
UNREAD = re.compile(r"""(build|\.git|tests/(live|system|structure|bench|cases))(/|$) | .*\.[ch]pp$ | .*/__pycache__(/|$)
    | (.*/)?CMakeLists\.txt$ | .*\.cmake$ | [^/]*\.(md|sh)$ | \.clang-(format|tidy)$""", re.VERBOSE)
UNREAD_BUT_BY_UNIT_TESTS = re.compile("docs(/|$)")  # they compare the pages with the code
VARIABLES = re.compile(r"(PATH|HOME|USER|TMPDIR|TZ|LANG|LC_.*|LD_.*|.*SAN_OPTIONS|GTEST_.*|GLIBC_.*|MALLOC_.*|LOGSNIFFD_(?!TEST_ALL$).*)$")


def digest(*parts: bytes) -> bytes:
    """The hash of the parts; no two lists of parts give the same bytes to hash."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8, "big") + part)
    return whole.digest()


@cache
def content(path: Path) -> bytes:
    return digest(path.read_bytes())


def tree(folder: Path, unread: re.Pattern[str] | None = None) -> bytes:
    """The hash of all files below the folder, by name, kind and content, but for those that `unread` matches."""
    parts = []
    for place, folders, files in os.walk(folder):
        names = {name: os.path.relpath(os.path.join(place, name), folder) for name in [*folders, *files]}
        read = {name for name in names if not (unread and unread.match(names[name]))}
        folders[:] = sorted(read.intersection(folders))
        for name in sorted(read):
            path = Path(place, name)
            if path.is_symlink():
                parts += [names[name].encode(), b"link", os.readlink(path).encode()]
            elif path.is_file():
                parts += [names[name].encode(), str(path.stat().st_mode).encode(), content(path)]
    return digest(*parts)


def machine() -> bytes:
    variables = sorted(f"{name}={value}" for name, value in os.environ.items() if VARIABLES.match(name))
    files = [Path(name) for name in ("/var/lib/dpkg/status", "/etc/localtime")]
    return digest(platform.release().encode(), str(os.geteuid()).encode(), *map(os.fsencode, variables),
                  *(content(path) if path.exists() else b"" for path in files))


def surroundings(unread: str) -> bytes:
    """The hash of everything that is not the test's own program."""
    return digest(machine(), tree(ROOT, re.compile(unread, re.VERBOSE)), *(tree(ROOT / folder) for folder in SHARED))


def key_of(test: dict, build: Path, around: bytes) -> str:
    """The key of a test of ctest's JSON. What the command line or a property names in the build folder counts by its
    content. A name alone says nothing."""
    said = json.dumps([test["name"], test["command"], test["properties"]], sort_keys=True)
    named = sorted(set(re.findall(re.escape(str(build)) + r"/[^\s\"';]+", said)))
    return digest(around, said.encode(), *(content(Path(name)) for name in named if Path(name).is_file())).hex()


def labels(test: dict) -> set[str]:
    return {label for property in test["properties"] if property["name"] == "LABELS" for label in property["value"]}


def keys_of(tests: list[dict], build: Path) -> list[str | None]:
    """The key of each test, or None where the test always runs."""
    around = {True: surroundings(UNREAD.pattern), False: surroundings(f"{UNREAD.pattern} | {UNREAD_BUT_BY_UNIT_TESTS.pattern}")}
    return [key_of(test, build, around["unit" in labels(test)]) if labels(test) & PURE else None for test in tests]


def outcomes(report: Path) -> dict[str, bool]:
    """Whether each test of ctest's report passed. One that was skipped did not."""
    cases = ElementTree.parse(report).getroot().iter("testcase")
    return {case.attrib["name"]: case.attrib["status"] == "run" for case in cases}


def main() -> int:
    preset, *arguments = sys.argv[1:]
    build = ROOT / "build" / preset
    ctest = ["ctest", "--preset", preset, *arguments]
    shown = subprocess.run([*ctest, "--show-only=json-v1"], cwd=ROOT, stdout=subprocess.PIPE, check=True)
    tests = json.loads(shown.stdout)["tests"]
    keys = keys_of(tests, build)

    record = build / "passed"
    everything = "CI" in os.environ or os.environ.get("LOGSNIFFD_TEST_ALL") == "1"
    known = set() if everything or not record.exists() else set(record.read_text().split())
    todo = [number for number, key in enumerate(keys, 1) if key not in known]
    if kept := len(tests) - len(todo):
        print(f"{kept} of {len(tests)} tests passed before and nothing that they depend on has changed; "
              "LOGSNIFFD_TEST_ALL=1 runs them as well", flush=True)
    if tests and not todo:
        return 0

    with tempfile.TemporaryDirectory() as folder:
        report, numbers = Path(folder, "report.xml"), Path(folder, "numbers")
        numbers.write_text("0,0,0," + ",".join(map(str, todo)) + "\n")
        selection = ["-I", str(numbers)] if kept else []
        status = subprocess.run([*ctest, *selection, "--output-junit", str(report)], cwd=ROOT).returncode
        ran = outcomes(report) if report.exists() else {}
    if status == 0 and (difference := ran.keys() ^ {tests[number - 1]["name"] for number in todo}):
        print(f"changed.py: ctest was asked for other tests than it ran: {sorted(difference)}", file=sys.stderr)
        return 1
    known |= {key for test, key in zip(tests, keys) if key and ran.get(test["name"])}
    fresh = build / "passed.new"
    fresh.write_text("\n".join(sorted(known.intersection(filter(None, keys)))) + "\n")
    fresh.replace(record)
    return status


if __name__ == "__main__":
    sys.exit(main())
