# SPDX-License-Identifier: Apache-2.0
"""Servers of many connections at once, with and without TLS."""

import socket
import ssl
import threading

from server import DEADLINE_S, Connection


class Town:
    """handler(connection, n) serves the n-th connection, each in a thread of its own. What one
    asserts is raised again at the end of the `with` block."""

    def __init__(self, handler, pair=None, receive_buffer_bytes=None):
        self._handler = handler
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        if receive_buffer_bytes:
            self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer_bytes)
        self._context = None
        if pair:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(pair.certificate, pair.key)
        port = self._listener.getsockname()[1]
        self.url = f"http{'s' if pair else ''}://127.0.0.1:{port}"
        self._news = threading.Condition()
        self.accepted = 0
        self._serving = 0
        self._failures = []

    def _accept(self):
        while True:
            try:
                sock = self._listener.accept()[0]
            except OSError:
                return
            with self._news:
                number, self.accepted = self.accepted, self.accepted + 1
                self._serving += 1
            threading.Thread(target=self._serve, args=(sock, number), daemon=True).start()

    def _serve(self, sock, number):
        try:
            sock.settimeout(DEADLINE_S)
            if self._context:
                sock = self._context.wrap_socket(sock, server_side=True)
            self._handler(Connection(sock), number)
        except BaseException as failure:  # handed to the test's own thread
            self._failures.append(failure)
        finally:
            sock.close()
            with self._news:
                self._serving -= 1
                self._news.notify_all()

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def wait_all_served(self, and_also=lambda: True):
        """No connection is served any more; False when that does not come."""
        with self._news:
            return self._news.wait_for(lambda: self._serving == 0 and and_also(), DEADLINE_S)

    def __exit__(self, kind, *_):
        ended = self.wait_all_served()
        self._listener.close()
        if kind is not None:
            return
        if self._failures:
            raise self._failures[0]
        assert ended, "a connection is still served"
