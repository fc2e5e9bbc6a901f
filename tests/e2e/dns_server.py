# SPDX-License-Identifier: Apache-2.0
"""A name server on loopback that knows what a test tells it, and nothing else (RFC 1035)."""

import ipaddress
import socket
import struct
import threading

NO_ERROR, SERVFAIL, NXDOMAIN = 0, 2, 3
SILENCE = object()
A, AAAA = 1, 28
TTL_S = 60


class DnsServer:
    """`names`: of each its addresses, a response code, or SILENCE. All others do not exist."""

    def __init__(self, names):
        self._names = names
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self.option = ("--set", f"dns.server={self.address}")
        self.asked = []
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def _serve(self):
        while True:
            query, client = self._socket.recvfrom(512)
            if not query:
                return
            answer = self._answer(query)
            if answer:
                self._socket.sendto(answer, client)

    def _answer(self, query):
        labels, at = [], 12
        while query[at]:
            labels.append(query[at + 1 : at + 1 + query[at]].decode())
            at += 1 + query[at]
        question = query[12 : at + 5]
        kind = struct.unpack("!H", query[at + 1 : at + 3])[0]
        name = ".".join(labels)
        self.asked.append(name)
        known = self._names.get(name, NXDOMAIN)
        if known is SILENCE:
            return None
        records = []
        if not isinstance(known, int):
            for text in known:
                address = ipaddress.ip_address(text)
                if kind == (A if address.version == 4 else AAAA):
                    head = struct.pack("!HHHIH", 0xC00C, kind, 1, TTL_S, len(address.packed))
                    records.append(head + address.packed)
        code = known if isinstance(known, int) else NO_ERROR
        head = query[:2] + struct.pack("!HHHHH", 0x8180 | code, 1, len(records), 0, 0)
        return head + question + b"".join(records)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", self._socket.getsockname())
        self._thread.join(10)
        assert not self._thread.is_alive(), "the name server has not ended"
        self._socket.close()
