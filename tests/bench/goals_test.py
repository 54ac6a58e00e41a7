#!/usr/bin/python3
"""Proves that goals.py reads the figure of the right row, and judges it."""
import sys
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parent))
import goals  # noqa: E402


def line(rows, begin):
    [found] = [line for line in goals.judge(rows, 1) if line.startswith(begin)]
    return found


class Goals(unittest.TestCase):
    def test_a_ratio_is_of_one_destination(self):
        rows = [{"row": "reference", "who": who, "to": to, "wall": wall} for who, to, wall in
                (("logsniffd", "null", 2.0), ("tcpdump", "null", 1.0), ("logsniffd", "tmpfs", 3.0), ("tcpdump", "tmpfs", 4.0))]
        self.assertRegex(line(rows, "reference to /dev/null"), r" 2\.00  at most 1\.0: NOT REACHED$")
        self.assertRegex(line(rows, "reference to a file"), r" 0\.75  at most 1\.0: reached$")

    def test_a_peer_must_be_slower_by_a_factor(self):
        rows = [{"row": "reference", "who": who, "to": "tmpfs", "wall": wall} for who, wall in (("logsniffd", 1.0), ("tcpflow", 7.9))]
        self.assertRegex(line(rows, "reference, times faster than tcpflow"), r" 7\.90  at least 8: NOT REACHED$")

    def test_a_row_without_the_figure_is_passed_over(self):
        rows = [{"row": "idle", "who": "logsniffd", "wake_ups_a_second": 0.2}, {"row": "idle", "who": "logsniffd", "room": "tcp"}]
        self.assertRegex(line(rows, "idle, wake-ups"), r" 0\.20  at most 2: reached$")

    def test_a_row_of_wrong_lines_proves_nothing(self):
        tcpdump = {"row": "reference", "who": "tcpdump", "to": "null", "wall": 1.0}
        good = {"row": "reference", "who": "logsniffd", "to": "null", "wall": 0.5, "complete": True, "unaccounted": 0, "status": 0}
        self.assertRegex(line([tcpdump, good], "reference to /dev/null"), r"reached$")
        for wrong in ({"complete": False}, {"exact": False}, {"unaccounted": 1}, {"unaccounted": None}, {"status": -9}):
            self.assertRegex(line([tcpdump, good | wrong], "reference to /dev/null"), r"not measured$", wrong)
        self.assertRegex(line([tcpdump | {"status": 1}, good], "reference to /dev/null"), r"not measured$")

    def test_a_failed_row_of_connections_is_not_judged(self):
        rows = [{"row": "connections", "who": "logsniffd", "ns_a_packet": 100.0}, {"row": "connections", "who": "failed", "why": "no space"}]
        self.assertRegex(line(rows, "10 to 1,000,000"), r"not measured$")

    def test_what_was_not_measured_is_not_reached(self):
        self.assertTrue(all(line.endswith("not measured") for line in goals.judge([], 1)[1:]))

    def test_a_part_of_the_work_proves_nothing(self):
        self.assertIn("nothing is proved", goals.judge([], 0.1)[0])


if __name__ == "__main__":
    unittest.main()
