# SPDX-License-Identifier: Apache-2.0
"""TLS servers on loopback: openssl s_server, a raw one in Python, and a relay that can harm."""

import re
import select
import socket
import ssl
import struct
import subprocess
import threading

from server import DEADLINE_S, Server, free_port


class OpensslServer:
    """openssl s_server; its answer to any request is a page with what TLS has agreed on."""

    def __init__(self, pair, *options):
        self.port = free_port()
        self.url = f"https://127.0.0.1:{self.port}"
        self._command = [
            "openssl", "s_server", "-accept", f"127.0.0.1:{self.port}", "-www",
            "-cert", pair.certificate, "-key", pair.key, *options,
        ]  # fmt: skip

    def __enter__(self):
        self._process = subprocess.Popen(
            list(map(str, self._command)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        said = b""
        for line in self._process.stdout:
            said += line
            if line.startswith(b"ACCEPT"):
                break
        else:
            raise AssertionError("s_server did not start: " + said.decode())
        threading.Thread(target=self._process.stdout.read, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait(DEADLINE_S)
        self._process.stdout.close()


class TlsServer(Server):
    """Server, over TLS: a connection's scripts see the plain text."""

    def __init__(self, pair, *scripts, **options):
        super().__init__(*scripts, **options)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pair.certificate, pair.key)
        self.url = self.url.replace("http:", "https:")
        self._wrap = lambda sock: context.wrap_socket(sock, server_side=True)


def write_until_blocked(sock, data, blocked_s):
    """Sends until nothing more goes for `blocked_s`; returns how many bytes went."""
    sock.setblocking(False)
    sent = 0
    while sent < len(data):
        try:
            sent += sock.send(data[sent : sent + 65536])
        except ssl.SSLWantWriteError:
            if not select.select([], [sock], [], blocked_s)[1]:
                break
    sock.settimeout(DEADLINE_S)
    return sent


def alert(description):
    """A fatal alert as a record (RFC 8446 6)."""
    return struct.pack(">BHHBB", 21, 0x0303, 2, 2, description)


class Relay(Server):
    """Passes a connection on to another server until `record_count` records have come from there
    (RFC 8446 5.1); then it says `last_words` instead, and closes."""

    def __init__(self, to, record_count, last_words=b""):
        port = int(re.search(r":(\d+)$", to.url)[1])

        def script(connection):
            with socket.create_connection(("127.0.0.1", port), DEADLINE_S) as far:
                pump(connection.sock, far, record_count)
            connection.write(last_words)
            connection.sock.shutdown(socket.SHUT_WR)
            while connection.sock.recv(65536):
                pass

        super().__init__(script)
        self.url = self.url.replace("http:", "https:")


def pump(near, far, record_count):
    """record_count 0: only the first flight of the client is read."""
    ahead = b""
    while True:
        ready = select.select([near, far], [], [], DEADLINE_S)[0]
        assert ready, "nothing passes"
        if near in ready:
            far.sendall(near.recv(65536))
        if far in ready:
            ahead += far.recv(65536)
        while record_count and len(ahead) >= 5:
            size = 5 + int.from_bytes(ahead[3:5], "big")
            if len(ahead) < size:
                break
            near.sendall(ahead[:size])
            ahead, record_count = ahead[size:], record_count - 1
        if not record_count:
            return
