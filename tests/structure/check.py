#!/usr/bin/python3
"""Checks the structure of the source tree: prints every violation as FILE:LINE: what, and exits with 1 if there is one.

    check.py [ROOT]

  - every #include of a project header follows an edge of ROOMS, and no header includes itself through others;
  - the LINKS of each room's CMakeLists.txt are edges of ROOMS, and what a room includes it also links;
  - every edge of ROOMS is used by an #include;
  - outside libraries are included only by the rooms that DOORS names;
  - two files of a target that is compiled from one source (cmake/Together.cmake) have no private name in common;
  - every header begins with a comment that says what it is, and has #pragma once; no source file exceeds MAX_LINES, and
    none under tests does, except what a script generates.
"""
import re
import sys
from pathlib import Path

# The rooms that each room may include (docs/architecture.md); all may include `base`. One line for each room, in the
# order of a packet's way.
ROOMS = {
    "base": set(),
    "loop": set(),
    "control": {"loop"},
    "text": set(),
    "pattern": {"text"},
    "privilege": set(),
    "capture": set(),
    "link": {"capture"},
    "ip": {"link"},
    "udp": {"ip"},
    "tcp": {"ip"},
    "packet_path": {"capture", "link", "ip", "udp", "tcp"},
    "framing": {"text"},
    "record": {"text"},
    "record/value": {"record", "text"},
    "record/syslog": {"record", "record/value", "framing", "text"},
    "record/json": {"record", "record/value", "text"},
    "record/python": {"record", "text"},
    "decoder": {"framing", "record", "record/syslog", "record/json", "record/python", "text"},
    "filter": {"framing", "record", "pattern"},
    "queue": set(),
    "record_path": {"tcp", "packet_path", "framing", "record", "decoder", "filter", "queue"},
    "pipeline": {"capture", "packet_path", "record_path"},
    "survey": {"capture", "packet_path", "tcp", "udp", "filter"},
    "learn": {"capture", "packet_path", "tcp", "framing", "decoder", "record", "record_path", "pipeline", "filter", "pattern", "survey", "text"},
    "format": {"record", "text"},
    "sink": {"record", "queue", "format"},
    "sink/net": {"sink", "format"},
    "sink/file": {"sink", "format", "text"},
    "sink/syslog": {"record", "sink", "sink/net", "format", "text"},
    "sink/journald": {"record", "sink", "sink/net", "format"},
    "spool": {"sink", "record", "queue"},
    "config": {"text", "framing", "record", "filter", "pattern", "format", "sink/file", "sink/net"},
    "metrics": {"loop", "control", "text", "capture", "record_path", "pipeline", "sink"},
    "own_log": {"format"},
    "app": {"loop", "control", "metrics", "own_log", "text", "pattern", "capture", "record_path", "pipeline", "survey", "format", "sink", "sink/file", "sink/net", "sink/syslog", "sink/journald", "spool", "config"},
    "cli": {"loop", "control", "text", "capture", "survey", "learn", "config", "app", "privilege"},
    "main": {"cli"},
}

# Outside headers, by prefix, and the rooms that may include them.
DOORS = {
    "pcap": {"capture"},
    "yaml-cpp/": {"config"},
    "re2/": {"pattern"},
    "spdlog/": {"own_log"},
    "systemd/": {"loop", "app"},
    "CLI/": {"cli"},
    "dtl/": {"cli"},
    "curses": {"cli"},
    "term.h": {"cli"},
    "openssl/": {"sink/net"},
    "simdjson": {"record/json"},
    "zlib.h": {"capture", "record/json", "sink/file"},
    "zstd.h": {"capture", "sink/file"},
    "lz4": {"capture"},
    "seccomp.h": {"privilege"},
    "cap-ng.h": {"privilege"},
    "boost/histogram": {"sink"},
    "prometheus/": {"metrics"},
    "boost/beast": {"metrics"},
}

MAX_LINES = 400
GENERATED = {"tests/unit/record/python/python_vectors.cpp"}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^">]+)[">]')


def room_of(path, root):
    """The room that a source file belongs to, or None."""
    parts = path.relative_to(root).parts
    if parts[0] == "config":
        return "config"
    return "/".join(parts[1:-1]) or "main"


def sources(root):
    for folder in ("daemon", "config"):
        yield from sorted(p for p in (root / folder).rglob("*") if p.suffix in (".cpp", ".hpp"))


def includes(path):
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if match := INCLUDE.match(line):
            yield number, match[1], match[2]


def may_see(room, other):
    return other in (room, "base") or other in ROOMS.get(room, ())


def check_include(root, path, room, quote, target):
    """What is wrong with one #include, or None."""
    if quote == "<":
        for prefix, rooms in DOORS.items():
            if target.startswith(prefix) and room not in rooms:
                return f"<{target}> belongs to {' and '.join(sorted(rooms))} alone, not to {room}"
        return None
    # A header may also be made from a template of that name (version.hpp.in).
    exists = (root / target).is_file() or (root / (target + ".in")).is_file()
    if not exists or not target.startswith(("daemon/", "config/")):
        return f'"{target}" is no header of the project, written from its root'
    other = room_of(root / target, root)
    if other not in ROOMS:
        return f'"{target}" is in no room that is drawn'
    if not may_see(room, other):
        return f'"{target}": {room} may not see {other}, only {", ".join(sorted(ROOMS[room] | {"base"}))}'
    return None


def check_tests(root):
    for path in sorted(p for p in (root / "tests").rglob("*") if p.suffix in (".cpp", ".hpp")):
        lines = path.read_text().splitlines()
        if len(lines) > MAX_LINES and path.relative_to(root).as_posix() not in GENERATED:
            yield f"{path.relative_to(root)}:{len(lines)}: longer than {MAX_LINES} lines"


def check_sources(root):
    for path in sources(root):
        name, room = path.relative_to(root), room_of(path, root)
        if room not in ROOMS:
            yield f"{name}:1: the room {room} is not drawn"
            continue
        for number, quote, target in includes(path):
            if problem := check_include(root, path, room, quote, target):
                yield f"{name}:{number}: {problem}"
        lines = path.read_text().splitlines()
        if len(lines) > MAX_LINES:
            yield f"{name}:{len(lines)}: longer than {MAX_LINES} lines"
        if path.suffix == ".hpp":
            if not (lines and lines[0].startswith("//")):
                yield f"{name}:1: a header begins with a comment that says what it is"
            if "#pragma once" not in lines:
                yield f"{name}:1: no #pragma once"


def linked_rooms(cmake_text):
    """The rooms that a CMakeLists.txt links: LINKS of logsniffd_room, and logsniffd_* of target_link_libraries."""
    text = re.sub(r"#.*", "", cmake_text)
    rooms = set()
    for body in re.findall(r"logsniffd_room\s*\(([^)]*)\)", text):
        if links := re.search(r"\bLINKS\b(.*?)(?=\b(?:SOURCES|LIBRARIES)\b|$)", body, re.S):
            rooms |= set(links[1].split())
    for body in re.findall(r"target_link_libraries\s*\(\s*\S+([^)]*)\)", text):
        rooms |= {name.removeprefix("logsniffd_") for name in body.split() if name.startswith("logsniffd_")}
    return rooms - {"compiler"}


def check_links(root):
    """The LINKS of CMake are edges of ROOMS, and cover what a room's files include (directly or through a
    linked room)."""
    links = {}
    for room in ROOMS:
        folder = root / {"config": "config", "main": "daemon"}.get(room, f"daemon/{room}")
        if (folder / "CMakeLists.txt").is_file():
            links[room] = linked_rooms((folder / "CMakeLists.txt").read_text())
            for other in sorted(links[room] - {"base"} - ROOMS[room]):
                yield f"{(folder / 'CMakeLists.txt').relative_to(root)}:1: {room} links {other}, an edge that is not drawn"

    def reachable(room, seen):
        for other in links.get(room, set()) - seen:
            seen.add(other)
            reachable(other, seen)
        return seen

    for path in sources(root):
        room = room_of(path, root)
        for number, quote, target in includes(path):
            if quote == '"' and (root / target).is_file() and room in links:
                other = room_of(root / target, root)
                if other != room and may_see(room, other) and other not in reachable(room, set()):
                    yield f"{path.relative_to(root)}:{number}: {room} includes {other} but does not link it"


def check_cycles(root):
    graph = {str(p.relative_to(root)): [t for _, quote, t in includes(p) if quote == '"'] for p in sources(root)}
    done = set()

    def visit(name, trail):
        if name in trail:
            yield f"{name}:1: includes itself: {' -> '.join(trail[trail.index(name):] + [name])}"
        elif name not in done:
            for target in graph.get(name, []):
                yield from visit(target, trail + [name])
            done.add(name)

    for name in graph:
        yield from visit(name, [])


def check_arrows(root):
    """Every edge of ROOMS is used by an #include."""
    used = {}
    for path in sources(root):
        room = room_of(path, root)
        used.setdefault(room, set()).update(room_of(root / target, root) for _, quote, target in includes(path)
                                            if quote == '"' and (root / target).is_file())
    for room in used:
        for other in sorted(ROOMS.get(room, set()) - used[room]):
            yield f"tests/structure/check.py:1: no #include uses the arrow from {room} to {other}"


PRIVATE = (re.compile(r"(?:class|struct|enum class|enum) (\w+)"), re.compile(r"[^=({]*?(?<!::)\b([a-z]\w*)\("),
           re.compile(r"[^({]*?\b(k[A-Z]\w*)\b"))


def private_names(path):
    """What the file defines in unnamed namespaces, each as (namespace, name)."""
    space, inside = "", False
    for line in path.read_text().splitlines():
        if found := re.match(r"namespace (logsniffd[\w:]*) \{", line):
            space = found[1]
        elif line == "namespace {" or line.startswith("}  // namespace"):
            inside = line == "namespace {"
        elif inside and re.match(r"(?!using |template|TEST|INSTANTIATE)\w", line):
            yield from ((space, found[1]) for pattern in PRIVATE if (found := pattern.match(line)))


def check_together(root):
    """Two files of a joined target have no private name in common, not even functions with other parameters."""
    listed = root / "cmake/Together.cmake"
    for prefix, name in re.findall(r"\b(logsniffd|unit)_(\w+)", listed.read_text() if listed.is_file() else ""):
        rooms = root / ("daemon" if prefix == "logsniffd" else "tests/unit")
        seen = {}
        for folder in {rooms / name, rooms / name.replace("_", "/", 1)}:
            for path in sorted(folder.glob("*.cpp")):
                for private in set(private_names(path)):
                    other = seen.setdefault(private, path)
                    if other != path:
                        yield (f"{path.relative_to(root)}:1: {private[1]} is also a private name of {other.name}, and both are "
                               "compiled from one source (cmake/Together.cmake)")


def check(root):
    return [*check_sources(root), *check_tests(root), *check_links(root), *check_arrows(root), *check_cycles(root), *check_together(root)]


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[2]).resolve()
    problems = check(root)
    if not any(sources(root)):
        problems.append(f"{root}: no sources of the daemon here")
    print("\n".join(problems) or "the house stands as drawn")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
