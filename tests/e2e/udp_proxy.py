# SPDX-License-Identifier: Apache-2.0
"""A UDP proxy between one client and a server on loopback, with the troubles of a network by script:
what becomes of the n-th datagram of a direction is said before, so a run can be had again."""

import select
import socket
import threading

UP, DOWN = "up", "down"  # to the server, to the client

# What may become of a datagram.
DROP = "drop"
DOUBLE = "double"
SWAP = "swap"  # it passes behind the next one of its direction, however late that is


class UdpProxy:
    """`script`: of (direction, n), counted from 0, what becomes of that datagram; `log` has each
    that came, as (direction, datagram)."""

    def __init__(self, server, script=(), at=("127.0.0.1", 0)):
        self._server = server
        self._script = dict(script)
        self._client = None
        self._held = {}
        self._down = self._socket(at)
        self._up = self._socket()
        self._bell, self._ringer = socket.socketpair()
        self._open = True
        self.silent = False
        self.host, self.port = self._down.getsockname()
        self.log = []
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @staticmethod
    def _socket(at=("127.0.0.1", 0)):
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.bind(at)
        return sock

    def count(self, direction):
        return sum(way == direction for way, _ in self.log)

    def move(self):
        """From here on the client has another address, as the server sees it."""
        old, self._up = self._up, self._socket()
        self._ringer.send(b"!")
        old.close()

    def _run(self):
        while self._open:
            up = self._up
            try:
                ready = select.select([self._down, up, self._bell], [], [])[0]
                if self._bell in ready:
                    self._bell.recv(16)
                elif self._down in ready:
                    data, self._client = self._down.recvfrom(65536)
                    self._take(UP, data)
                elif up in ready:
                    self._take(DOWN, up.recvfrom(65536)[0])
            except (OSError, ValueError):
                assert up is not self._up, "the proxy's socket failed"

    def _take(self, direction, data):
        fate = self._script.get((direction, self.count(direction)))
        self.log.append((direction, data))
        if self.silent or fate == DROP:
            return
        if fate == SWAP:
            self._held[direction] = data
            return
        self._pass(direction, data)
        if fate == DOUBLE:
            self._pass(direction, data)
        if direction in self._held:
            self._pass(direction, self._held.pop(direction))

    def _pass(self, direction, data):
        if direction == UP:
            self._up.sendto(data, self._server)
        else:
            self._down.sendto(data, self._client)

    def close(self):
        self._open = False
        self._ringer.send(b"!")
        self._thread.join(10)
        for sock in (self._down, self._up, self._bell, self._ringer):
            sock.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
