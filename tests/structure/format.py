#!/usr/bin/python3
"""Checks that every C++ file is as clang-format writes it, and changes nothing. Exits with 1 if one is not.

    format.py ROOT
"""
import subprocess
import sys
from pathlib import Path


def main() -> int:
    root = Path(sys.argv[1])
    files = sorted(path for folder in ("daemon", "config", "tests") for path in (root / folder).rglob("*.[ch]pp"))
    if not files:
        print(f"{root}: no sources", file=sys.stderr)
        return 1
    return subprocess.run(["clang-format-14", "--dry-run", "-Werror", *files]).returncode


if __name__ == "__main__":
    sys.exit(main())
