"""Two network namespaces joined by a veth pair, so the traffic of the live benchmarks never leaves the machine."""

import os
import signal
import subprocess
import time

from measure import Process

SENDER_ADDRESS = "10.255.0.2"
RECEIVER_ADDRESS = "10.255.0.1"
INTERFACE = "lsb0"


class Veth:
    """The namespaces are made on entering and removed on leaving; needs root."""

    def __init__(self):
        self.sender = f"lsb-tx-{os.getpid()}"
        self.receiver = f"lsb-rx-{os.getpid()}"

    def __enter__(self):
        try:
            for namespace in (self.sender, self.receiver):
                ip("netns", "add", namespace)
                # Neighbour discovery would be traffic that no benchmark asked for.
                ip("netns", "exec", namespace, "sysctl", "-q", "-w", "net.ipv6.conf.default.disable_ipv6=1")
            ip("link", "add", INTERFACE, "netns", self.sender, "type", "veth", "peer", "name", INTERFACE, "netns", self.receiver)
            for namespace, address in ((self.sender, SENDER_ADDRESS), (self.receiver, RECEIVER_ADDRESS)):
                ip("-n", namespace, "address", "add", f"{address}/30", "dev", INTERFACE)
                ip("-n", namespace, "link", "set", INTERFACE, "up")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for namespace in (self.sender, self.receiver):
            subprocess.run(["ip", "netns", "del", namespace], stderr=subprocess.DEVNULL, check=False)

    def in_sender(self, command):
        return ["ip", "netns", "exec", self.sender, *command]

    def in_receiver(self, command):
        return ["ip", "netns", "exec", self.receiver, *command]

    def wait_for_capture(self, process, seconds=10):
        """Waits until a packet socket is open in the receiver's namespace."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and process.alive():
            sockets = subprocess.run(self.in_receiver(["cat", "/proc/net/packet"]), capture_output=True, text=True, check=True).stdout
            if len(sockets.splitlines()) > 1:
                time.sleep(0.5)  # libpcap opens its socket before it has set the filter and mapped the ring
                return
            time.sleep(0.05)
        raise RuntimeError("the collector did not start to capture: " + process.said().strip()[-500:])

    def collect(self, command, stdout, scratch, send):
        """The cost of a collector that runs while send() sends, and 1.5 seconds longer."""
        with Process(self.in_receiver(command), stdout, scratch) as process:
            self.wait_for_capture(process)
            send()
            time.sleep(1.5)
            process.signal(signal.SIGINT)
            return process.wait(30)


def ip(*arguments):
    subprocess.run(["ip", *arguments], check=True)
