"""A real rsyslogd that listens over TCP or TLS and can be stopped and started, and what it wrote."""
import subprocess
from pathlib import Path

from daemon import eventually
from sniffer import PATIENCE

COLLECTOR_PORT = 10514  # not captured
FIELDS = "%pri%|%timereported:::date-rfc3339%|%hostname%|%app-name%|%procid%|%msgid%|%structured-data%|%msg%"
RAW = "%rawmsg%"

RSYSLOG_CONF = """
global(workDirectory="{folder}" maxMessageSize="64k"{tls_files})
main_queue(queue.workerThreads="1")
module(load="imtcp"{tls_mode})
input(type="imtcp" address="127.0.0.1" port="{port}")
template(name="written" type="string" string="{template}\\n")
action(type="omfile" file="{folder}/received" template="written")
"""
TLS_FILES = ' defaultNetstreamDriverCAFile="{0}/ca.pem" defaultNetstreamDriverCertFile="{0}/server.pem" defaultNetstreamDriverKeyFile="{0}/server.key"'
TLS_MODE = ' StreamDriver.Name="ossl" StreamDriver.Mode="1" StreamDriver.AuthMode="x509/name" PermittedPeer="the-client"'


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, timeout=PATIENCE)


def make_certificates(folder):
    """An authority, a server called localhost and a client called the-client, valid for a day."""
    new_key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    openssl("req", "-x509", *new_key, "-days", 1, "-subj", "/CN=authority", "-keyout", folder / "ca.key", "-out", folder / "ca.pem")
    for name, subject in (("server", "localhost"), ("client", "the-client")):
        openssl("req", *new_key, "-subj", f"/CN={subject}", "-addext", f"subjectAltName=DNS:{subject}",
                "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.csr")
        openssl("x509", "-req", "-days", 1, "-in", folder / f"{name}.csr", "-CA", folder / "ca.pem", "-CAkey", folder / "ca.key",
                "-copy_extensions", "copy", "-out", folder / f"{name}.pem")


def syslog_sink(folder, tls, port=COLLECTOR_PORT, more=""):
    """The configuration of a sink for such a collector. The TLS files are those of make_certificates()."""
    if not tls:
        return f"{{type: syslog, to: 'tcp://127.0.0.1:{port}', protocol: rfc5424{more}}}"
    files = f"ca: {folder}/ca.pem, certificate: {folder}/client.pem, key: {folder}/client.key"
    return f"{{type: syslog, to: 'tls://127.0.0.1:{port}', protocol: rfc5424, tls: {{{files}, server_name: localhost}}{more}}}"


class Rsyslog:
    """Listens while the `with` block or start() ... stop() lasts. With TLS, its folder holds the certificates."""

    def __init__(self, folder, tls=False, port=COLLECTOR_PORT, template=FIELDS):
        self.folder, self.port, self.process = folder, port, None
        self.received = folder / "received"
        (folder / "rsyslog.conf").write_text(RSYSLOG_CONF.format(
            folder=folder, port=port, template=template, tls_files=TLS_FILES.format(folder) if tls else "", tls_mode=TLS_MODE if tls else ""))

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        if self.process:
            self.stop()

    def start(self):
        self.process = subprocess.Popen(["rsyslogd", "-n", "-f", self.folder / "rsyslog.conf", "-i", self.folder / "pid"],
                                        stdin=subprocess.DEVNULL)
        eventually("rsyslogd listens", self.listens)

    def stop(self):
        """Stops it as an operator does: sends SIGTERM and waits for its end."""
        self.process.terminate()
        self.process.wait(PATIENCE)
        self.process = None

    def listens(self):
        assert self.process.poll() is None, "rsyslogd ended by itself"
        table = Path("/proc/net/tcp").read_text()
        return f"0100007F:{self.port:04X} 00000000:0000 0A" in table

    def lines(self):
        if not self.received.exists():
            return []
        return [line for line in self.received.read_text().split("\n") if line]
