# SPDX-License-Identifier: Apache-2.0
"""A raw server on loopback that does, connection by connection, what a test's script says."""

import re
import select
import socket
import struct
import threading

DEADLINE_S = 30


class Connection:
    def __init__(self, sock):
        self.sock = sock
        self._ahead = b""
        sock.settimeout(DEADLINE_S)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def read_request(self):
        """One whole request, head and content; b"" when the modem has closed the connection."""
        while b"\r\n\r\n" not in self._ahead:
            if not self._receive():
                assert not self._ahead, f"half a request: {self._ahead!r}"
                return b""
        head_bytes = self._ahead.index(b"\r\n\r\n") + 4
        length = re.search(rb"(?i)\r\ncontent-length: *(\d+)\r\n", self._ahead[:head_bytes])
        whole = head_bytes + (int(length[1]) if length else 0)
        while len(self._ahead) < whole:
            assert self._receive(), f"half a content: {self._ahead!r}"
        request, self._ahead = self._ahead[:whole], self._ahead[whole:]
        return request

    def _receive(self):
        data = self.sock.recv(65536)
        self._ahead += data
        return data

    def write(self, *parts):
        """Sends each part with a write of its own."""
        for part in parts:
            self.sock.sendall(part)

    def write_until_blocked(self, data, blocked_s):
        """Sends until nothing more goes for `blocked_s`; returns how many bytes went."""
        self.sock.setblocking(False)
        sent = 0
        while sent < len(data) and select.select([], [self.sock], [], blocked_s)[1]:
            sent += self.sock.send(data[sent : sent + 65536])
        self.sock.settimeout(DEADLINE_S)
        return sent

    def wait_closed(self):
        """The modem closes the connection, and sends nothing before."""
        assert self.read_request() == b""

    def wait_gone(self):
        """The connection ends, in whatever way; what comes before is thrown away."""
        try:
            while self.sock.recv(65536):
                pass
        except ConnectionError:
            pass

    def close(self):
        self.sock.close()

    def reset(self):
        """Ends the connection with a RST."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()


class Server:
    """Runs scripts[n] for the n-th connection, each in turn, in a thread of its own.

    A script gets the Connection; the connection is closed after it. What a script asserts is
    raised again at the end of the `with` block.
    """

    def __init__(self, *scripts, send_buffer_bytes=None, at=("127.0.0.1", 0)):
        self._scripts = scripts
        family = socket.AF_INET6 if ":" in at[0] else socket.AF_INET
        self._listener = socket.create_server(at, family=family)
        self._listener.settimeout(DEADLINE_S)
        if send_buffer_bytes:
            self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, send_buffer_bytes)
        self.port = self._listener.getsockname()[1]
        self.url = f"http://{f'[{at[0]}]' if ':' in at[0] else at[0]}:{self.port}"
        self.requests = []
        self._wrap = lambda sock: sock
        self._failure = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self):
        try:
            for script in self._scripts:
                connection = Connection(self._wrap(self._listener.accept()[0]))
                try:
                    script(connection)
                finally:
                    connection.close()
        except BaseException as failure:  # handed to the test's own thread
            self._failure = failure
        finally:
            self._listener.close()

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, kind, failure, trace):
        if kind is not None:
            return
        self._thread.join(DEADLINE_S)
        assert not self._thread.is_alive(), "the server's script has not ended"
        if self._failure:
            raise self._failure


class Hanging:
    """A port that neither accepts nor refuses: nobody accepts, and its queue is full."""

    def __init__(self, at=("127.0.0.1", 0)):
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind(at)
        self._listener.listen(0)
        self.port = self._listener.getsockname()[1]
        self.url = f"http://{at[0]}:{self.port}"
        self._waiting = []
        # The last one is in no queue: its SYN was dropped, as the modem's will be.
        while True:
            self._waiting.append(socket.socket())
            self._waiting[-1].setblocking(False)
            self._waiting[-1].connect_ex(self._listener.getsockname())
            if not select.select([], self._waiting[-1:], [], 0.2)[1]:
                break
            assert len(self._waiting) < 16, "the queue does not get full"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for sock in (*self._waiting, self._listener):
            sock.close()


def free_port():
    """A port on loopback where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def header_block(size, *lines):
    """Header lines, each with its CRLF, filled up to `size` bytes with a field of no meaning."""
    block = "".join(line + "\r\n" for line in lines).encode()
    filler = size - len(block) - len(b"X-Fill: \r\n")
    assert filler > 0 or len(block) == size, f"{len(block)} bytes do not fit into {size}"
    return block if len(block) == size else block + b"X-Fill: " + b"f" * filler + b"\r\n"


def chunked(content, *sizes):
    """The content in chunks of these sizes, with the last chunk of size 0."""
    assert sum(sizes) == len(content)
    stream, at = b"", 0
    for size in sizes:
        stream += b"%x\r\n%s\r\n" % (size, content[at : at + size])
        at += size
    return stream + b"0\r\n\r\n"


def text(size, seed=0):
    """Readable bytes that differ from place to place, so that a lost or doubled one is seen."""
    line = b"%07d abcdefghijklmnopqrstuvwxyz 0123456789 ABCDEFGHIJKLMNOPQR\n"
    return b"".join(line % n for n in range(seed, seed + size // 60 + 1))[:size]
