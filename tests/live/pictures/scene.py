"""What `logsniffd sniff`, `status` and `top` show on a terminal while senders log: always the same rows. For use inside
a network namespace and a mount namespace of its own."""
import contextlib
import json
import logging
import logging.handlers
import math
import re
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # the live tests

import journal
from collector import Rsyslog
from daemon import Daemon, eventually
from sniffer import BINARY, PATIENCE, own_network, run, send_tcp, tcp_listener, udp_listener
from top_test import BLOCKS, Terminal

SYSLOG, SHOP, PAYMENTS, SWITCHES, CENTRAL = 514, 9020, 9988, 5140, 601
WITHIN = 60  # seconds until a screen is complete; top's course alone takes 12
COLUMNS = 80

CONFIG = f"""
filters:
  - {{name: payments, port: {PAYMENTS}, exclude: ['GET /health'], to: [app-files, central]}}
  - {{name: shop, port: {SHOP}, severity: info, to: [app-files, central]}}
  - {{name: syslog, port: {SYSLOG}, to: [system-files, central]}}
  - {{name: switches, port: {SWITCHES}, to: [system-files]}}
sinks:
  app-files: {{type: file, path: '/var/log/logsniffd/{{filter}}.log', format: '{{time}} {{src}} {{message}}'}}
  system-files: {{type: file, path: '/var/log/logsniffd/{{host}}.log', format: '{{time}} {{src}} {{message}}'}}
  central: {{type: syslog, to: 'tcp://127.0.0.1:{CENTRAL}', spool: {{path: /var/log/logsniffd/spool}}}}
"""


def own_machine(folder):
    """Gives this process a network, and folders for the configuration, the control socket and the files, of its own."""
    own_network()
    journal.own_folders()
    subprocess.run(["cp", "-a", "/etc", folder], check=True)
    subprocess.run(["mount", "--bind", folder / "etc", "/etc"], check=True)


def python_logger(name, handler):
    logger = logging.Logger(name)
    logger.addHandler(handler)
    return logger


class Screen(Terminal):
    """A terminal whose user types the commands as they are in the pictures."""

    def __init__(self, folder, name, rows):
        super().__init__(folder / name, COLUMNS, rows)
        (folder / name).mkdir()
        (folder / name / "logsniffd").symlink_to(Path(BINARY).resolve())
        self.path = folder / name

    def __enter__(self):
        super().__enter__()
        self.type(f"PS1='$ ' TZ=UTC PATH={self.path}:$PATH; export TZ; clear")
        eventually("the prompt", lambda: self.text().strip() == "$")
        return self

    def picture(self, parts, meanwhile=lambda: None):
        """The screen with its colours, once these expressions are found on it, one after another. A screen that does not
        become complete is returned as it is, so that the difference is seen."""
        def is_complete():
            self.screen = self.tmux("capture-pane", "-e", "-p", "-N").rstrip()
            text, place = re.sub(r"\x1b\[[\d;]*m", "", self.screen), 0
            for part in parts:
                if not (found := re.compile(part, re.M).search(text, place)):
                    return False
                place = found.end()
            return True

        try:
            eventually(f"{parts} are shown", is_complete, meanwhile, WITHIN)
        except AssertionError as error:
            print(error, file=sys.stderr)
        return self.screen


def sniff(folder):
    with contextlib.ExitStack() as stack:
        for listener in (udp_listener(SYSLOG), tcp_listener(SHOP), tcp_listener(PAYMENTS)):
            stack.enter_context(listener)
        screen = stack.enter_context(Screen(folder, "sniff", 20))
        screen.type(f"logsniffd sniff {SYSLOG} {SHOP} {PAYMENTS}")
        screen.shows("capturing on")

        def logger(tag, text):
            run("logger", "-n", "127.0.0.1", "-P", str(SYSLOG), "-d", "-t", tag, text)
            screen.shows(text)

        shop = python_logger("shop", stack.enter_context(contextlib.closing(logging.handlers.SocketHandler("127.0.0.1", SHOP))))
        logger("sshd", "Accepted publickey for anna from 192.0.2.17 port 50122")
        shop.info("order %d accepted: %d items, %.2f EUR", 4711, 3, 59.7)
        screen.shows("order 4711 accepted")
        # One line in two segments.
        send_tcp(b"INFO  payment of 4711 author", b"ized by bank.example.net in 182 ms\n", port=PAYMENTS)
        screen.shows("in 182 ms")
        logger("postgres", "checkpoint complete: wrote 128 buffers (0.8%)")
        send_tcp(b"WARN  bank.example.net answers slowly: 2.4 s\nERROR payment of 4712 refused: card expired\n", port=PAYMENTS)
        screen.shows("card expired")
        shop.error("order %d cancelled: %s", 4712, "payment refused")
        screen.shows("order 4712 cancelled")
        send_tcp(json.dumps({"level": "error", "order": 4712, "message": "no stock to release for order 4712"}).encode() + b"\n",
                 port=PAYMENTS)
        screen.shows("no stock to release")
        logger("kernel", "eth0: link is down")
        return screen.picture(["link is down"])


class Traffic:
    """Senders that log until they are closed. Their rates rise and fall, and are always in the same order."""

    def __enter__(self):
        self.stack = contextlib.ExitStack()
        for listener in (udp_listener(SYSLOG), tcp_listener(SHOP), tcp_listener(PAYMENTS)):
            self.stack.enter_context(listener)
        self.payments = self.stack.enter_context(socket.create_connection(("127.0.0.1", PAYMENTS)))
        self.shop = python_logger("shop", self.stack.enter_context(contextlib.closing(logging.handlers.SocketHandler("127.0.0.1", SHOP))))
        self.syslog = python_logger("cron", self.stack.enter_context(contextlib.closing(logging.handlers.SysLogHandler(("127.0.0.1", SYSLOG)))))
        self.number = 4700
        return self

    def __exit__(self, *details):
        return self.stack.__exit__(*details)

    def send(self):
        """A moment's lines: many payments, fewer orders, and one message of cron."""
        now = time.monotonic()
        wave = math.sin(0.9 * now) + 0.6 * math.sin(1.7 * now)
        for _ in range(16 + round(8 * wave)):
            self.number += 1
            self.payments.sendall(f"INFO  payment of {self.number} authorized by bank.example.net\n".encode())
        self.payments.sendall(b"GET /health HTTP/1.1 200\n")
        for _ in range(3 + round(math.sin(now))):
            self.shop.info("order %d accepted", self.number)
        self.shop.debug("cache holds %d articles", self.number)
        self.syslog.info("cron[812]: (backup) CMD (/usr/local/bin/snapshot)")


# What a complete screen has: rates that are not 0, and in each row of top the course of 12 seconds.
RATE = r"[\d,.k]*[1-9][\d,.k]*"
COURSE = f"[{BLOCKS}]{{12}}"
STATUS = [*(rf"^{name} +[\d,]+ +{RATE} " for name in ("payments", "shop", "syslog")), "^switches ",
          *(rf"^{name} +\S+ +[\d,]+ +{RATE} " for name in ("app-files", "system-files", "central")), r"^unaccounted .*\n\$"]
TOP = ["refused", *(rf"^{name} +[\d,]+ +{RATE} {COURSE} " for name in ("payments", "shop", "syslog")), rf"^switches +0 +0\.0 {COURSE} ",
       *(rf"^{name} +\S+ +{RATE} {COURSE} " for name in ("app-files", "system-files")), rf"^central +\S+ +0\.0 {COURSE} ", "refused"]


def uptime():
    return json.loads(subprocess.run([BINARY, "status", "--json"], capture_output=True, timeout=PATIENCE).stdout)["uptime_s"]


def status_and_top(folder):
    """status while all is well, and top when the target of a sink is down."""
    Path("/etc/logsniffd.yaml").write_text(CONFIG)
    Path("/var/log/logsniffd").mkdir()
    Path("/run/logsniffd").mkdir()
    with contextlib.ExitStack() as stack:
        central = stack.enter_context(Rsyslog(folder, port=CENTRAL))
        daemon = stack.enter_context(Daemon("/etc/logsniffd.yaml"))
        traffic = stack.enter_context(Traffic())
        top = stack.enter_context(Screen(folder, "top", 24))
        top.type("logsniffd top")
        shell = stack.enter_context(Screen(folder, "status", 32))
        eventually("the daemon's rates, which are means of 10 s", lambda: uptime() > 10, traffic.send, WITHIN)
        shell.type("logsniffd status")
        pictures = {"status": shell.picture(STATUS, traffic.send).removesuffix("$").rstrip()}
        central.stop()
        return pictures | {"top": top.picture(TOP, traffic.send)}


def screens():
    """The name of each picture, and what the terminal showed."""
    with tempfile.TemporaryDirectory() as folder:
        own_machine(Path(folder))
        try:
            return {"sniff": sniff(Path(folder))} | status_and_top(Path(folder))
        finally:
            subprocess.run(["umount", "-l", "/etc"], check=True)
