#!/usr/bin/python3
"""Proves that the comparison finds errors: small conversations, with one thing wrong in each."""
import sys
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parent))
from comparison import Comparison, Differences  # noqa: E402
from tshark import ACK, FIN, RST, SYN, Followed, Report, Segment, endpoint, merged, read_followed  # noqa: E402

CLIENT, SERVER = "10.0.0.1:50000", "10.0.0.2:514"
MS = 1_000_000


def segment(at_ms, flags, seq=0, payload=b"", ack=0, length=None, layers=("eth", "ip", "tcp")):
    """From the client if it has a payload, a SYN, a FIN or a RST; from the server if it only acknowledges."""
    src, dst = (SERVER, CLIENT) if flags == ACK and not payload else (CLIENT, SERVER)
    return Segment(at_ms * MS, 0, src, dst, seq, ack, flags, len(payload) if length is None else length, payload, list(layers))


SYN_AT_0 = segment(0, SYN, seq=99)  # the stream begins at 100


class OneDirection(unittest.TestCase):
    def compare(self, tshark, project, segments=(), listed="", kind="rule"):
        text = f"[{kind}.{listed}]\ncaptures = ['x']\n" if listed else ""
        self.differences = Differences(text)
        comparison = Comparison("x", self.differences)
        comparison.run(Report(0, "", list(segments), [Followed(0, CLIENT, SERVER, tshark)]), {(CLIENT, SERVER): project} if project else {})
        return comparison

    def assert_differs(self, *args, **kwargs):
        self.assertEqual(len(self.compare(*args, **kwargs).problems), 1)

    def assert_explained(self, rule, tshark, project, segments):
        """The rule explains only this stream, and only if it is listed: not a stream with another byte or hole."""
        self.assertEqual(self.compare(tshark, [project], segments, rule).problems, [])
        self.assertEqual(list(self.differences.stale({"x"})), [])
        self.assert_differs(tshark, [project], segments)
        self.assert_differs(tshark, [[*project, b"?"]], segments, rule)
        self.assert_differs(tshark, [[*project, 1]], segments, rule)


class Equality(OneDirection):
    def test_equal_streams_are_no_problem(self):
        self.assertEqual(self.compare([b"log", 3, b"end"], [[b"log", 3, b"end"]]).problems, [])

    def test_another_byte_is_found(self):
        self.assert_differs([b"log"], [[b"lag"]])

    def test_a_missing_byte_is_found(self):
        self.assert_differs([b"log"], [[b"lo"]])

    def test_another_hole_is_found(self):
        self.assert_differs([b"log", 3, b"end"], [[b"log", 4, b"end"]])

    def test_a_hole_elsewhere_is_found(self):
        self.assert_differs([b"log", 3, b"end"], [[b"lo", 3, b"gend"]])

    def test_halves_that_were_joined_are_found(self):
        self.assert_differs([b"log", 3, b"end"], [[b"logend"]])

    def test_a_stream_that_is_not_there_is_found(self):
        self.assert_differs([b"log"], [])

    def test_a_stream_in_two_parts_is_found(self):
        self.assert_differs([b"log"], [[b"l"], [b"og"]])

    def test_a_stream_that_tshark_does_not_have_is_found(self):
        self.assert_differs([], [[b"log"]])


class Rules(OneDirection):
    def test_ack_before_data(self):
        segments = [SYN_AT_0, segment(1, ACK, ack=106), segment(2, ACK, 103, b"end"), segment(3, ACK, 100, b"log")]
        self.assert_explained("ack-before-data", [3, b"end"], [b"logend"], segments)

    def test_data_long_after_its_ack_is_no_ack_before_data(self):
        segments = [SYN_AT_0, segment(1, ACK, ack=106), segment(2, ACK, 103, b"end"), segment(60, ACK, 100, b"log")]
        self.assert_differs([3, b"end"], [[b"logend"]], segments, "ack-before-data")

    def test_late(self):
        segments = [SYN_AT_0, segment(1, ACK, 100, b"log"), segment(2, ACK, ack=106), segment(60, ACK, 103, b"end")]
        self.assert_explained("late", [b"logend"], [b"log", 3], segments)

    def test_one_number_that_was_acknowledged_may_be_a_fin_and_is_not_late(self):
        segments = [SYN_AT_0, segment(1, ACK, 100, b"log"), segment(2, ACK, ack=104), segment(60, ACK, 103, b"s")]
        self.assert_differs([b"logs"], [[b"log", 1]], segments, "late")

    def test_unacknowledged(self):
        segments = [SYN_AT_0, segment(1, ACK, 100, b"log"), segment(2, ACK, 106, b"end")]
        self.assert_explained("unacknowledged", [b"log"], [b"log", 3, b"end"], segments)

    def test_what_was_acknowledged_is_not_unacknowledged(self):
        segments = [SYN_AT_0, segment(1, ACK, 100, b"log"), segment(2, ACK, 106, b"end"), segment(3, ACK, ack=109)]
        self.assert_differs([b"log"], [[b"log", 3, b"end"]], segments, "unacknowledged")

    def test_trailing_hole_before_a_fin(self):
        segments = [SYN_AT_0, segment(1, ACK, 100, b"log"), segment(2, FIN | ACK, 106), segment(3, ACK, ack=107)]
        self.assert_explained("trailing-hole", [b"log"], [b"log", 3], segments)

    def test_trailing_hole_that_was_acknowledged(self):
        segments = [SYN_AT_0, segment(1, ACK, 100, b"log"), segment(3, ACK, ack=106)]
        self.assert_explained("trailing-hole", [b"log"], [b"log", 3], segments)

    def test_one_number_more_may_be_a_fin(self):
        segments = [SYN_AT_0, segment(1, ACK, 100, b"log"), segment(3, ACK, ack=104)]
        self.assert_differs([b"log"], [[b"log", 1]], segments, "trailing-hole")

    def test_cut_segment(self):
        segments = [SYN_AT_0, segment(1, ACK, 100, b"log", length=5), segment(2, ACK, 105, b"end", length=4)]
        self.assert_explained("cut-segment", [b"logend"], [b"log", 2, b"end", 1], segments)

    def test_a_cut_segment_whose_rest_came_before_its_turn_is_whole(self):
        segments = [SYN_AT_0, segment(1, ACK, 103, b"lo", length=4), segment(2, ACK, 105, b"ng"), segment(3, ACK, 100, b"the")]
        self.assert_differs([b"thelong"], [[b"thelo", 2]], segments, "cut-segment")

    def test_long_outage(self):
        segments = [SYN_AT_0, segment(1, ACK, 100, b"log"), segment(2, ACK, 100 + 3 * 2**30, b"en"), segment(3, ACK, 102 + 3 * 2**30, b"d")]
        self.assertEqual(self.compare([b"log"], [[b"log", 3 * 2**30 - 3, b"end"]], segments, "long-outage").problems, [])
        self.assert_differs([b"log"], [[b"log", 3 * 2**30 - 2, b"end"]], segments, "long-outage")
        segments = [SYN_AT_0, segment(1, ACK, 100, b"log"), segment(2, ACK, (100 - 2**20) % 2**32, b"old")]
        self.assert_differs([b"log"], [[b"log", 2**32 - 2**20 - 3, b"old"]], segments, "long-outage")

    def test_early_start(self):
        syn_ack = Segment(0, 0, SERVER, CLIENT, 499, 100, SYN | ACK, 0, b"", ["tcp"])
        segments = [syn_ack, segment(1, ACK, 103, b"end"), segment(2, ACK, 100, b"log")]
        self.assert_explained("early-start", [b"end"], [b"logend"], segments)

    def test_without_a_syn_ack_nothing_tells_of_an_early_start(self):
        segments = [segment(0, ACK, ack=100), segment(1, ACK, 103, b"end"), segment(2, ACK, 100, b"log")]
        self.assert_differs([b"end"], [[b"logend"]], segments, "early-start")

    def unanswered_syn(self, segments, project):
        followed = [Followed(0, CLIENT, SERVER, [b"log"]), Followed(1, CLIENT, SERVER, [b"forged"])]
        comparison = Comparison("x", Differences("[rule.unanswered-syn]\ncaptures = ['x']\n"))
        comparison.run(Report(0, "", segments, followed), {(CLIENT, SERVER): project})
        return comparison.problems

    def test_unanswered_syn(self):
        segments = [SYN_AT_0, segment(1, ACK, 100, b"log"), segment(2, SYN, 4999, b"forged"), segment(3, ACK, ack=103),
                    segment(4, ACK, 103, b"end")]
        for each in segments[2:]:
            each.stream = 1
        self.assertEqual(self.unanswered_syn(segments, [[b"logend"]]), [])
        segments.append(Segment(3 * MS, 1, SERVER, CLIENT, 1, 5000, SYN | ACK, 0, b"", ["tcp"]))
        self.assertEqual(len(self.unanswered_syn(segments, [[b"logend"]])), 1)
        self.assertEqual(self.unanswered_syn(segments, [[b"log"], [b"forged"]]), [])

    def test_reset_payload(self):
        segments = [SYN_AT_0, segment(1, ACK, 100, b"log"), segment(2, RST | ACK, 103, length=4)]
        self.assert_explained("reset-payload", [b"logoops"], [b"log"], segments)

    def test_layer_not_decoded(self):
        segments = [segment(1, ACK, 100, b"log", layers=("eth", "ip", "gre", "ip", "tcp"))]
        self.assertEqual(self.compare([b"log"], [], segments, "layer-not-decoded").problems, [])
        self.assert_differs([b"log"], [], [segment(1, ACK, 100, b"log")], "layer-not-decoded")


class Books(OneDirection):
    def test_a_rule_that_is_not_needed_is_stale(self):
        self.compare([b"log"], [[b"log"]], listed="late")
        self.assertEqual(len(list(self.differences.stale({"x"}))), 1)
        self.assertEqual(list(self.differences.stale({"another"})), [])

    def test_an_open_difference_is_no_problem_until_it_is_gone(self):
        self.assertEqual(self.compare([b"log"], [[b"lag"]], listed="bug", kind="open").problems, [])
        self.assertEqual(list(self.differences.stale({"x"})), [])
        self.compare([b"log"], [[b"log"]], listed="bug", kind="open")
        self.assertEqual(len(list(self.differences.stale({"x"}))), 1)

    def test_a_ledger_that_does_not_balance_may_be_open_too(self):
        comparison = Comparison("x", Differences("[open.bug]\ncaptures = ['x']\n"))
        comparison.complain("the ledger")
        self.assertEqual((comparison.problems, list(comparison.differences.stale({"x"}))), ([], []))
        comparison = Comparison("x", Differences(""))
        comparison.complain("the ledger")
        self.assertEqual(comparison.problems, ["x: the ledger"])

    def test_a_rule_that_does_not_exist(self):
        self.assertRaises(ValueError, Differences, "[rule.whim]\ncaptures = ['x']\n")

    def test_a_capture_that_does_not_exist(self):
        differences = Differences("[rule.late]\ncaptures = ['golden/x', 'corpus/y']\n")
        self.assertEqual(len(list(differences.unknown({"golden/z"}, ("golden/",)))), 1)


class Reading(unittest.TestCase):
    def test_both_directions_and_a_hole(self):
        hole = b"[12 bytes missing in capture file]\0".hex()
        block = f"Follow: tcp,raw\nFilter: tcp.stream eq 4\nNode 0: [2001:db8::1]:5\nNode 1: [::ffff:10.0.0.1]:6\n61\n\t{hole}\n62\n\t63\n"
        first, second = read_followed(block)
        self.assertEqual(first, Followed(4, "[2001:db8::1]:5", "10.0.0.1:6", [b"ab"]))
        self.assertEqual(second, Followed(4, "10.0.0.1:6", "[2001:db8::1]:5", [12, b"c"]))

    def test_endpoints_are_written_in_one_way(self):
        self.assertEqual(endpoint("[2001:DB8:0::1]:80"), endpoint("2001:db8::1:80"))

    def test_neighbours_are_joined(self):
        self.assertEqual(merged([b"a", b"b", 0, b"c", 1, 2, b"", b"d"]), [b"abc", 3, b"d"])


if __name__ == "__main__":
    unittest.main()
