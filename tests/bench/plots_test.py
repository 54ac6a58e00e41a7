#!/usr/bin/python3
"""Proves that the plots are pictures of the figures."""
import sys
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parent))
import plots  # noqa: E402

SVG = "{http://www.w3.org/2000/svg}"


def drawn(rows, lines=8_000_000):
    return {name: ElementTree.fromstring(picture) for name, picture in plots.pictures(rows, lines).items()}


class Plots(unittest.TestCase):
    def test_a_bar_is_as_long_as_its_program_is_fast(self):
        rows = [{"row": "reference", "who": who, "to": "null", "wall": wall} for who, wall in (("tcpflow", 8.0), ("logsniffd", 2.0))]
        picture = drawn(rows)["reference.svg"]
        own, peer = [each for each in picture.iter(SVG + "rect") if each.get("fill") in (plots.OWN, plots.PEER)]
        self.assertEqual((own.get("fill"), peer.get("fill")), (plots.OWN, plots.PEER))
        self.assertAlmostEqual(float(own.get("width")), 4 * float(peer.get("width")), delta=0.5)
        self.assertTrue({"4.00", "1.00"} <= {each.text for each in picture.iter(SVG + "text")})

    def test_a_point_is_as_high_as_its_cost(self):
        rows = [{"row": "connections", "who": "logsniffd", "connections": count, "ns_a_packet": cost} for count, cost in ((10, 100.0), (1000, 200.0))]
        low, high = drawn(rows)["connections.svg"].iter(SVG + "circle")
        bottom = float(next(drawn(rows)["connections.svg"].iter(SVG + "line")).get("y1"))
        self.assertAlmostEqual(bottom - float(high.get("cy")), 2 * (bottom - float(low.get("cy"))), delta=0.3)
        self.assertLess(float(low.get("cx")), float(high.get("cx")))

    def test_what_was_not_measured_is_not_drawn(self):
        for row in ("reference", "connections"):
            self.assertEqual(drawn([{"row": row, "who": "failed", "why": "no space"}]), {})


if __name__ == "__main__":
    unittest.main()
