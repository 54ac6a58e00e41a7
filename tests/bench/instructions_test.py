#!/usr/bin/python3
"""Proves that instructions.py finds what costs more, or less, than its record."""
import sys
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parent))
import instructions  # noqa: E402

AROUND = {"compiler": "a"}


def cost(packet):
    return {"packet": packet, "record": 1.5 * packet}


def faults(recorded, counted, around=None):
    return instructions.faults_of({"recorded with": AROUND, "scenarios": recorded}, counted, around or AROUND)


class Verdict(unittest.TestCase):
    def test_a_cost_within_the_bound_is_as_recorded(self):
        for packet in (971.0, 1000.0, 1029.0):
            self.assertEqual(faults({"IPv6": cost(1000.0)}, {"IPv6": cost(packet)}), [])

    def test_a_scenario_that_grew_is_a_fault(self):
        [fault] = faults({"IPv6": cost(1000.0), "VLAN": cost(1.0)}, {"IPv6": cost(1031.0), "VLAN": cost(1.0)})
        self.assertRegex(fault, r"IPv6: 1031\.0 .* 1000\.0: \+3\.1%; if that is wanted")

    def test_a_scenario_that_became_cheaper_must_be_recorded(self):
        [fault] = faults({"IPv6": cost(1000.0)}, {"IPv6": cost(969.0)})
        self.assertRegex(fault, r"-3\.1%; it became cheaper: record it with --record")

    def test_the_record_names_the_scenarios_that_there_are(self):
        self.assertRegex(faults({}, {"IPv6": cost(1.0)})[0], "IPv6: not in instructions.json")
        self.assertRegex(faults({"IPv5": cost(1.0)}, {})[0], "IPv5: recorded, but there is no such scenario")

    def test_a_fault_must_show_twice(self):
        record = {"scenarios": {"IPv6": cost(1000.0)}}
        for counts, settled in (([1040.0, 1001.0], 1001.0), ([1040.0, 1050.0], 1040.0), ([1010.0], 1010.0)):
            left = [cost(count) for count in counts]
            self.assertEqual(instructions.settled(lambda: left.pop(0), "IPv6", record), cost(settled))
            self.assertEqual(left, [])

    def test_the_median_of_three_is_recorded(self):
        left = [cost(1000.0), cost(1040.0), cost(1010.0)]
        self.assertEqual(instructions.settled(lambda: left.pop(0), "IPv6", None), cost(1010.0))

    def test_another_compiler_is_named_only_with_a_fault(self):
        self.assertEqual(faults({"IPv6": cost(1000.0)}, {"IPv6": cost(1000.0)}, {"compiler": "b"}), [])
        self.assertIn("compiler: a when", faults({"IPv6": cost(1000.0)}, {"IPv6": cost(2000.0)}, {"compiler": "b"})[1])


if __name__ == "__main__":
    unittest.main()
