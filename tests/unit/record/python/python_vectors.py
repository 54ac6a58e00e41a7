#!/usr/bin/python3
"""Writes python_vectors.cpp into this folder: what Python 3.11 pickles, prints and formats, for the tests of the record
room. With --seeds, also the seeds of the fuzz targets python and percent_format.

Each run on the same version of Python writes the same bytes.
"""
import collections
import datetime
import decimal
import logging
import logging.handlers
import pickle
import pickletools
import random
import sys
from pathlib import Path

REFUSED = {
    "GLOBAL", "STACK_GLOBAL", "REDUCE", "BUILD", "INST", "OBJ", "NEWOBJ", "NEWOBJ_EX", "EXT1", "EXT2", "EXT4", "PERSID",
    "BINPERSID", "NEXT_BUFFER", "READONLY_BUFFER"
}
PROTOCOLS = range(6)


def literal(data):
    """Bytes or a text as a C++ string literal with its size."""
    if isinstance(data, str):
        data = data.encode("utf-8", "surrogatepass")
    shown = "".join(chr(b) if 32 <= b < 127 and b not in b'"\\?' else f"\\{b:03o}" for b in data)
    return f'"{shown}"sv'


def refused_in(pickled):
    return sum(op.name in REFUSED for op, _, _ in pickletools.genops(pickled))


class Custom:
    def __init__(self):
        self.x = 1


Custom.__module__ = "program"
Custom.__qualname__ = "Custom"
sys.modules["program"] = sys.modules["__main__"]

NUMBERS = [
    0, 1, -1, 7, 42, -42, 255, 256, 65535, 65536, 2**31 - 1, -2**31, 2**31, 2**32, 2**63 - 1, -2**63, 2**63, 2**64, -2**64,
    2**64 - 1, 10**30, -10**30, 2**200 + 12345, -(2**255), 2**510, 9007199254740993, 2**64 + 2**11 + 1, 2**65 + 2**12, 2**100 - 1
]
FLOATS = [
    0.0, -0.0, 1.0, -1.0, 0.1, 1 / 3, 2.5, 3.5, 0.5, -0.5, 1e15, 1e16, 1.5e16, 123456789012345680.0, 1e-4, 1e-5, 0.00012345, 1e22,
    1e100, 1.7976931348623157e308, 5e-324, 2.2250738585072014e-308, float("inf"), float("-inf"), float("nan"), 1234.5678, 99999.95,
    0.000001, 1e5, 1e6, 100.0, 1700000000.123456
]
TEXTS = [
    "", "a", "hello", "it's", 'say "hi"', """both ' and " here""", "back\\slash", "tab\tline\nreturn\r", "nul\0del\x7f\x1b[0m",
    "Grüße", "日本語", "\x80\x9f\xa0\xad", "\u200b\u2028\u202e\ufeff", "😀 ok", "\U000e0001\U0010ffff", "\ud800 lone", "é" * 20, "%s %d"
]
BYTES = [b"", b"plain", b"it's", b"'\"", b"\0\x01\x7f\x80\xff\t\n\r\\"]
CONTAINERS = [
    [], [1], [1, 2, 3], (), (1, ), (1, "b", None), {}, {"a": 1}, {"a": 1, "b": [1, 2]}, {1: "x", None: 2.5, (1, 2): True},
    [[1, [2, [3, ()]]], {"k": ({"deep": []}, )}], {1}, set(), frozenset([1]), frozenset(), {1, 2, 3}, ["it's", 'q"', b"b"],
    [True, False, None], bytearray(b"arr'ay"), bytearray(b"'\""), list(range(50)), [0.1, 1e16, float("nan")], [10**30]
]
OTHERS = [None, True, False]


def recursive():
    inside = [1]
    inside.append(inside)
    table = {"x": 1}
    table["self"] = table
    both = ([], )
    both[0].append(both)
    return [inside, table, both]


def pickle_cases():
    """Each plain value in each protocol, and what it prints."""
    shared = ["shared"]
    values = NUMBERS + FLOATS + TEXTS + BYTES + CONTAINERS + OTHERS + recursive() + [[shared, shared, (shared, )]]
    values += ["x" * 300, b"y" * 300, 2**500, -(2**505)]
    long = [list(range(1500)), {str(i): i for i in range(1200)}]  # more than one APPENDS or SETITEMS
    for value in values + long:
        seen = set()
        for protocol in (1, 4) if value in long else PROTOCOLS:
            pickled = pickle.dumps(value, protocol)
            if pickled in seen:
                continue
            seen.add(pickled)
            refused = refused_in(pickled)
            shown = ("", "", "") if refused else (str(value), repr(value), ascii(value))
            if len(shown[0]) > 2000:
                shown = ("", "", "")
            yield f"{{{literal(pickled)}, {refused}, {', '.join(map(literal, shown))}}}"


def percent_case(spec, args):
    try:
        printed, raises = spec % args, "false"
    except (TypeError, ValueError, KeyError, OverflowError):
        printed, raises = "", "true"
    pickled = pickle.dumps(args, 5)
    return f"{{{literal(spec)}, {literal(pickled)}, {raises}, {literal(printed)}}}"


def percent_cases():
    flags = ["", "-", "+", " ", "0", "#", "+0", "-0", "#0", " +", "#-", " 0"]
    widths = ["", "5", "12", "30"]
    precisions = ["", ".0", ".", ".1", ".3", ".10", ".25"]
    rng = random.Random(20261011)
    values = NUMBERS + FLOATS + TEXTS + BYTES + CONTAINERS + OTHERS
    for conversion in "srad" + "iuxXoc" + "feEgGF":
        pool = NUMBERS + FLOATS + OTHERS if conversion not in "sra" else values
        for value in pool if conversion in "srdxfg" else []:
            yield f"%{conversion}", (value, )
        for _ in range(40):
            spec = "%" + rng.choice(flags) + rng.choice(widths) + rng.choice(precisions) + rng.choice(["", "", "l", "h"])
            yield spec + conversion, (rng.choice(pool), )
        yield f"%{conversion}", ("text", )
        yield f"%{conversion}", ("é", )
        yield f"%5{conversion}|", ("é", )
        yield f"%-05{conversion}|", (5, )
        yield f"%{conversion}", ([1], )
    for precision in (0, 1, 17, 400):
        for value in (0.1, 1e308, 5e-324, 123.456, 0.0):
            for conversion in "feg":
                yield f"%.{precision}{conversion}", (value, )
                yield f"%#.{precision}{conversion}", (value, )
    yield from [
        ("no arguments", ()), ("100%", ()), ("100%%", ()), ("%s", ()), ("plain", (1, )), ("%s %s", (1, )), ("%s", (1, 2)),
        ("%s and %s", ("a", "b")), ("%d%%", (50, )), ("%5%|", ()), ("%-5%|", ()), ("%", (1, )), ("%5", (1, )), ("%.", (1, )), ("%l", (1, )),
        ("%y", (1, )), ("%ls|%hd|%Lf", ("a", 1, 2.0)), ("%lld", (1, )), ("%*d|", (5, 42)), ("%-*d|", (5, 42)), ("%*d|", (-5, 42)),
        ("%.*f|", (2, 3.14159)), ("%.*f|", (-2, 3.14159)), ("%*.*f|", (10, 3, 2.71828)), ("%*d", ("x", 1)), ("%*d", (5, )), ("%*d", (True, 1)),
        ("%.*s|", (3, "abcdef")), ("%c%c%c", (72, "i", 0x1f600)), ("%c", (-1, )), ("%c", (0x110000, )), ("%c", ("ab", )), ("%c", ("", )),
        ("%c", (b"a", )), ("%c", (1.5, )), ("%05c|", ("x", )), ("%.0c|", ("x", )), ("%05s|", ("x", )), ("%+s|", ("x", )), ("% s|", ("x", )), ("%#s|", ("x", )),
        ("%(a)s", {"a": 1}), ("%(a)s %(b)d", {"a": "x", "b": 2}), ("%(a)s", {"b": 1}), ("%(a)s %(a)r", {"a": "x"}), ("%(a b)s", {"a b": 1}),
        ("%(a(b)c)s", {"a(b)c": 1}), ("%(a", {"a": 1}), ("%()s", {"": 5}), ("%s", {"a": 1}), ("%s %s", {"a": 1}), ("%(a)s %s", {"a": 1}),
        ("%s %(a)s", {"a": 1}), ("%(a)*d", {"a": 1}), ("%%", {"a": 1}), ("%(a)%", {"a": 1}), ("none", {"a": 1}), ("%(a)s", (1, )),
        ("%(a)s", ({"a": 1}, )), ("%(a)-8s|%(n)08.3f", {"a": "é", "n": 3.14159}), ("%s", [1, 2]), ("%s %s", [1, 2]), ("none", [1]), ("%(a)s", [1]),
        ("%s", 5), ("%d", 5), ("%s %s", 5), ("none", 5), ("%s", "text"), ("none", "text"), ("none", b"bytes"), ("%s", b"bytes"), ("%d", True),
        ("none", {1}), ("%s", {1}), ("none", None), ("%s", None), ("%d", None), ("%(1)s", {1: 2}), ("%(a)s", {b"a": 2}), ("%.5r|", ("it's", )),
        ("%.3a|", ("é", )), ("%.2s|", ("😀😀😀", )), ("%6.2s|", ("😀😀😀", )), ("%-6.2s|", ("日本語", )), ("日本 %s 語", ("x", )), ("%.0s|", ("x", )),
        ("%.3s", ([1, 2, 3], )), ("%10.4s|", ({"a": 1}, )), ("%x", (1.0, )), ("%d", ("1", )), ("%f", ("1", )), ("%d", (1e300, )), ("%d", (-1.9, )),
        ("%i", (float("inf"), )), ("%d", (float("nan"), )), ("%08.3f|%+d|% d|%#x|%#o", (3.14159, 5, 5, 255, 8)), ("%#.3x", (5, )), ("%#010x", (-255, )),
        ("%+#10o|", (8, )), ("%.5d", (-42, )), ("%010.5d|", (-42, )), ("%-10.5d|", (42, )), ("%.0d", (0, )), ("%s %s %s", (1, "a", 2.5)), ("%f", (2**64 + 1, )),
        ("%.30g", (2**200 + 1, )), ("%e", (-(2**500), )), ("%s" * 20, tuple(range(20))), ("%r %r", ("a\nb", "c\u2028d"))
    ]


class Frozen(logging.LogRecord):
    """A record of a known moment, process and thread."""

    def __init__(self, level, msg, args=(), name="shop.cart", exc_text=None, stack=None, **extra):
        super().__init__(name, level, "/srv/shop/cart.py", 57, msg, args, None, "checkout", stack)
        self.created, self.msecs, self.relativeCreated = 1791749655.123456, 123.0, 5021.25
        self.process, self.processName = 4711, "MainProcess"
        self.thread, self.threadName = 140234567890123, "MainThread"
        self.exc_text = exc_text
        self.__dict__.update(extra)


SEVERITY = {10: 7, 20: 6, 30: 4, 40: 3, 50: 2}
STANDARD = set(logging.LogRecord("", 0, "", 0, "", (), None).__dict__) | {"message", "asctime", "taskName"}
PLACE = {"pathname", "lineno", "module", "funcName", "threadName", "processName", "taskName"}


def without_args(record):
    """What SocketHandler.makePickle pickles."""
    d = dict(record.__dict__)
    d["msg"], d["args"], d["exc_info"] = record.getMessage(), None, None
    d.pop("message", None)
    return d


def severity(level):
    return SEVERITY[max([n for n in SEVERITY if n <= level], default=10)]


def shown(value, protocol):
    """str(value), or the text that stands for an object that the reader does not make."""
    if isinstance(value, datetime.datetime):
        return "<datetime.datetime>"
    if isinstance(value, decimal.Decimal):
        return "<decimal.Decimal>"
    if isinstance(value, collections.OrderedDict):
        return "<collections.OrderedDict>"
    if isinstance(value, Custom):
        return "<program.Custom>"
    if value is ValueError:
        return "<exceptions.ValueError>" if protocol < 3 else "<builtins.ValueError>"
    if isinstance(value, bytes) and protocol < 3:
        return "<_codecs.encode>" if value else ("<__builtin__.bytes>")
    return str(value)


def record_case(name, record, d, pickled, protocol):
    message = record.getMessage()
    for more in (record.exc_text, record.stack_info):
        if more:
            message += ("" if message.endswith("\n") else "\n") + more
    fields = [(key, shown(value, protocol)) for key, value in d.items()
              if key not in STANDARD or (key in PLACE and value is not None)]
    if record.levelname != {10: "DEBUG", 20: "INFO", 30: "WARNING", 40: "ERROR", 50: "CRITICAL"}.get(record.levelno):
        fields.append(("levelname", record.levelname))
    pairs = ", ".join(f"{{{literal(k)}, {literal(v)}}}" for k, v in fields)
    body = [
        literal(f"{name}_protocol{protocol}"),
        literal(pickled),
        str(refused_in(pickled[4:] if pickled[:4] == (len(pickled) - 4).to_bytes(4, "big") else pickled)),
        str(severity(record.levelno)),
        literal(record.name),
        literal(message), f"{{{pairs}}}"
    ]
    return "{" + ", ".join(body) + "}"


def record_cases():
    logging.addLevelName(25, "NOTICE")
    handler = logging.handlers.SocketHandler("localhost", 9020)
    records = [
        ("Typical", Frozen(20, "user %s has %d items", ("alice", 3))),
        ("Debug", Frozen(10, "x")), ("Warning", Frozen(30, "x")), ("Error", Frozen(40, "x")), ("Critical", Frozen(50, "x")),
        ("OwnLevel", Frozen(25, "between two")), ("LevelBelow", Frozen(5, "trace")), ("LevelAbove", Frozen(60, "worse")),
        ("Exception", Frozen(40, "failed", exc_text="Traceback (most recent call last):\n  File \"x\"\nValueError: no")),
        ("ExceptionAndStack", Frozen(40, "failed\n", exc_text="Traceback", stack="Stack (most recent call last):\n  File")),
        ("Unicode", Frozen(20, "Grüße, 日本語 😀 %s", ("\u2028", ))),
        ("ManyLines", Frozen(20, "one\ntwo\n")),
        ("Empty", Frozen(20, "")),
        ("Extra", Frozen(20, "x", request_id="a-1", count=5, ratio=0.25, on=True, nothing=None, tags=["a", "b'c"], where={"k": (1, )})),
        ("ExtraBig", Frozen(20, "x", big=2**80, negative=-1, long_text="t" * 400)),
        ("ExtraObjects",
         Frozen(20, "still readable", when=datetime.datetime(2026, 10, 11, 22, 14, 15), price=decimal.Decimal("1.50"), kind=ValueError,
                order=collections.OrderedDict(a=1, b=[2]), thing=Custom(), after="here")),
        ("ExtraBytes", Frozen(20, "x", raw=b"\0\xff")),
        ("RootLogger", Frozen(20, "x", name="root")),
        ("ThreadsOff", Frozen(20, "x", thread=None, threadName=None, taskName=None)),
        ("Asctime", Frozen(20, "x", asctime="2026-10-11 22:14:15,123", message="x")),
    ]
    for name, record in records:
        yield record_case(name, record, without_args(record), handler.makePickle(record), 1)
        for protocol in PROTOCOLS:
            d = without_args(record)
            yield record_case(name + "_Bare", record, d, pickle.dumps(d, protocol), protocol)
    # A sender of its own that pickles the record as it is.
    for name, record in [
        ("ArgsTuple", Frozen(20, "user %s has %d items", ("alice", 3))),
        ("ArgsMapping", Frozen(20, "%(who)s: %(n).2f", ({"who": "bob", "n": 2.5}, ))),
        ("ArgsEmpty", Frozen(20, "100%", ())),
        ("MsgIsDict", Frozen(20, {"event": "login", "ok": True})),
        ("MsgIsNumber", Frozen(20, 42)),
    ]:
        for protocol in PROTOCOLS:
            d = dict(record.__dict__)
            yield record_case(name, record, d, pickle.dumps(d, protocol), protocol)


def table(kind, name, rows):
    return f"const std::vector<{kind}>& {name}() {{\n  static const std::vector<{kind}> kCases = {{\n" + "".join(
        f"      {row},\n" for row in rows) + "  };\n  return kCases;\n}\n"


def main():
    text = "// Made by python_vectors.py with Python 3.11. Do not edit.\n// clang-format off\n"
    text += '#include "tests/unit/record/python_vectors.hpp"\n\nnamespace logsniffd::record {\n\nusing namespace std::string_view_literals;\n\n'
    text += table("PickleCase", "pickle_cases", pickle_cases()) + "\n"
    text += table("PercentCase", "percent_cases", [percent_case(*case) for case in percent_cases()]) + "\n"
    text += table("RecordCase", "record_cases", record_cases())
    text += "\n}  // namespace logsniffd::record\n"
    Path(__file__).with_name("python_vectors.cpp").write_text(text)


def seeds():
    corpus = Path(__file__).parents[2] / "fuzz" / "corpus"
    handler = logging.handlers.SocketHandler("localhost", 9020)
    python, formats = corpus / "python", corpus / "percent_format"
    for folder in (python, formats):
        folder.mkdir(exist_ok=True)
    record = Frozen(20, "user %s has %d items", ("alice", 3), exc_text="Traceback", stack="Stack", big=2**80, raw=b"\0", tags=[1, (2, {3})],
                    when=datetime.datetime(2026, 10, 11), price=decimal.Decimal("1.5"), thing=Custom(), ratio=0.1, none=None)
    (python / "socket-handler").write_bytes(handler.makePickle(record))
    for protocol in PROTOCOLS:
        (python / f"args-protocol{protocol}").write_bytes(pickle.dumps(dict(record.__dict__), protocol))
    (python / "recursive").write_bytes(pickle.dumps({"msg": recursive(), "levelno": 20}, 1))
    for name, data in {
            "os-system": b"cos\nsystem\n(S'id'\ntR.",
            "stack-global": b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x02id\x85R.",
            "inst-obj": b"}(U\x03msg(S'id'\nios\nsystem\nU\x01x(cos\nsystem\nS'id'\nou.",
            "newobj-ext-persid": b"\x80\x05}(U\x03msgcos\nx\n)\x81U\x01acos\nx\n)}\x92U\x01b\x82\x01U\x01cPid\nU\x01dNQU\x01e\x97\x98u.",
            "protocol0-texts": b"(S'msg'\nS'a\\n\\x41\\101'\nS'x'\nV\xe9\\u20ac\nS'y'\nI01\nS'z'\nF1.5\nS'l'\nL12345678901234567890L\nd.",
            "memo": b"](]q\x00h\x00h\x002e0].",
    }.items():
        (python / name).write_bytes(data)
    for number, (spec, args) in enumerate([
        ("%s %r %a", ("it's", "é\u2028", b"\xff")), ("%(a)-8s|%(n)+08.3f", {"a": "x", "n": 3.14}), ("%*.*f|%-*d", (10, 3, 2.5, 5, 4)),
        ("%#x %#o %X %i %u %c%c", (255, 8, 2**100, -5, 7, 65, "z")), ("%e %G %.17g %#.3g", (0.1, 1e300, 1 / 3, 2.0)), ("100%% %.3s", ([1, {2: (3, )}], )),
        ("%d", (2**500, )), ("%5%", (1, )), ("%s", 5)
    ]):
        (formats / f"case{number}").write_bytes(pickle.dumps((spec, args), 4))
        (formats / f"case{number}-protocol1").write_bytes(pickle.dumps((spec, args), 1))


if __name__ == "__main__":
    main()
    if sys.argv[1:] == ["--seeds"]:
        seeds()
