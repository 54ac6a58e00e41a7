"""What real senders put on the wire is seen line by line, each line once."""
import logging
import logging.handlers
import socket
import unittest

from sniffer import PORT, LiveTest, Sniffer, own_network, run, send_tcp, send_udp, tcp_listener, udp_listener


def setUpModule():
    own_network()


class PythonLogging(LiveTest):
    def log(self, socktype):
        handler = logging.handlers.SysLogHandler(address=("127.0.0.1", PORT), socktype=socktype)
        logger = logging.Logger("live")
        logger.addHandler(handler)
        logger.info("user %s logged in", "anna")
        logger.error("disk is full: näh")
        handler.close()

    def test_syslog_handler_udp(self):
        with udp_listener(), Sniffer(PORT) as sniffer:
            self.log(socket.SOCK_DGRAM)
            self.assert_seen(sniffer, ["user anna logged in", "disk is full: näh"])

    def test_syslog_handler_tcp(self):
        with tcp_listener(), Sniffer(PORT) as sniffer:
            self.log(socket.SOCK_STREAM)
            self.assert_seen(sniffer, ["user anna logged in", "disk is full: näh"])

    def test_severity_and_message_only_filter(self):
        with udp_listener(), Sniffer("--format", "{severity} {facility} {message}", PORT) as sniffer:
            self.log(socket.SOCK_DGRAM)
            first = sniffer.lines(2)
            self.assertEqual(first + sniffer.stop()[1],
                             [b"info user user anna logged in", "err user disk is full: näh".encode()])


class Logger(LiveTest):
    def log(self, *arguments):
        for text in ("first line", "second (2) line"):
            run("logger", "-n", "127.0.0.1", "-P", str(PORT), "-t", "backup", "-p", "local3.warning", *arguments, text)

    def assert_logged(self, sniffer):
        first = sniffer.lines(2)
        status, rest = sniffer.stop()
        self.assertEqual((status, first + rest), (0, [b"backup warning local3 first line", b"backup warning local3 second (2) line"]))

    def sniffer(self):
        return Sniffer("--format", "{app} {severity} {facility} {message}", PORT)

    def test_udp_rfc3164(self):
        with udp_listener(), self.sniffer() as sniffer:
            self.log("-d", "--rfc3164")
            self.assert_logged(sniffer)

    def test_udp_rfc5424(self):
        with udp_listener(), self.sniffer() as sniffer:
            self.log("-d", "--rfc5424")
            self.assert_logged(sniffer)

    def test_tcp_rfc3164(self):
        with tcp_listener(), self.sniffer() as sniffer:
            self.log("-T", "--rfc3164")
            self.assert_logged(sniffer)

    def test_tcp_rfc5424(self):
        with tcp_listener(), self.sniffer() as sniffer:
            self.log("-T", "--rfc5424")
            self.assert_logged(sniffer)


class Netcat(LiveTest):
    def test_hello_tcp_is_seen_once_although_loopback_shows_it_twice(self):
        with tcp_listener(), Sniffer(PORT) as sniffer:
            run("nc", "-N", "127.0.0.1", str(PORT), stdin=b"hello ('127.0.0.1', 61129)\n")
            self.assert_seen(sniffer, ["hello ('127.0.0.1', 61129)"])

    def test_udp(self):
        with udp_listener(), Sniffer(f"{PORT}/udp") as sniffer:
            run("nc", "-u", "-q", "0", "127.0.0.1", str(PORT), stdin=b"plain over udp\n")
            self.assert_seen(sniffer, ["plain over udp"])


class Shapes(LiveTest):
    def test_line_split_over_segments_is_one_line(self):
        with tcp_listener(), Sniffer(PORT) as sniffer:
            send_tcp(b"one li", b"ne, three seg", b"ments\nand ", b"another\n")
            self.assert_seen(sniffer, ["one line, three segments", "and another"])

    def test_last_line_without_line_feed_is_shown_at_the_end(self):
        with tcp_listener(), Sniffer(PORT) as sniffer:
            send_tcp(b"whole\nunfinished")
            self.assert_seen(sniffer, ["whole", "unfinished"])

    def test_equal_datagrams_stay_apart(self):
        with udp_listener(), Sniffer(PORT) as sniffer:
            send_udp(b"same", b"same", b"same")
            self.assert_seen(sniffer, ["same"] * 3)

    def test_ten_thousand_lines_in_order(self):
        lines = [f"line {number} of a long connection" for number in range(10_000)]
        with tcp_listener(), Sniffer(PORT) as sniffer:
            send_tcp("".join(line + "\n" for line in lines).encode())
            self.assert_seen(sniffer, lines)

    def test_both_directions_by_default(self):
        with tcp_listener(reply=b"welcome\n"), Sniffer(PORT) as sniffer:
            send_tcp(b"request\n")
            self.assertEqual(sorted(self.messages(sniffer.lines(2) + sniffer.stop()[1])), ["request", "welcome"])

    def test_direction_to_hides_the_answers(self):
        with tcp_listener(reply=b"welcome\n"), Sniffer("--direction", "to", PORT) as sniffer:
            send_tcp(b"request\n")
            self.assert_seen(sniffer, ["request"])

    def test_direction_from_shows_the_answers_only(self):
        with tcp_listener(reply=b"welcome\n"), Sniffer("--direction", "from", PORT) as sniffer:
            send_tcp(b"request\n")
            self.assert_seen(sniffer, ["welcome"])

    def test_other_ports_stay_out(self):
        with udp_listener(), udp_listener(PORT + 1), Sniffer(PORT) as sniffer:
            send_udp(b"not asked for", port=PORT + 1)
            send_udp(b"asked for")
            self.assert_seen(sniffer, ["asked for"])

    def test_any_shows_loopback_once(self):
        with udp_listener(), Sniffer(PORT, interface="any") as sniffer:
            send_udp(b"seen on any")
            self.assert_seen(sniffer, ["seen on any"])

    def test_control_characters_do_not_break_the_line(self):
        with udp_listener(), Sniffer(PORT) as sniffer:
            send_udp(b"red \x1b[31m back\\slash \x07")
            self.assert_seen(sniffer, [r"red \x1b[31m back\\slash \x07"])


if __name__ == "__main__":
    unittest.main()
