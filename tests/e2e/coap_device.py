# SPDX-License-Identifier: Apache-2.0
"""A LwM2M device of bytes (RFC 7252 3): it says and reads CoAP messages on a UDP socket itself."""

import socket
import struct

DEADLINE_S = 20
IMEI, IMSI = "865820030265172", "460043783403288"
CON, NON, ACK, RST = range(4)
GET, POST, PUT, DELETE = 1, 2, 3, 4
OBSERVE, URI_PATH, FORMAT, URI_QUERY, ACCEPT, LOCATION = 6, 11, 12, 15, 17, 8
LINK, TLV = 40, 11542


def code(text):
    return int(text[0]) << 5 | int(text[2:])


class Message:
    def __init__(self, kind, number, mid, token=b"", options=(), payload=b""):
        self.kind, self.code, self.mid, self.token = kind, number, mid, token
        self.options, self.payload = list(options), payload

    def of(self, option):
        return [value for number, value in self.options if number == option]

    @property
    def path(self):
        return b"/".join(self.of(URI_PATH)).decode()

    def number(self, option):
        values = self.of(option)
        return int.from_bytes(values[0], "big") if values else None

    def encode(self):
        data = struct.pack("!BBH", 0x40 | self.kind << 4 | len(self.token), self.code, self.mid)
        data += self.token
        last = 0
        for number, value in self.options:
            fields, extra = 0, b""
            for part, shift in ((number - last, 4), (len(value), 0)):
                if part < 13:
                    fields |= part << shift
                elif part < 269:
                    fields |= 13 << shift
                    extra += bytes([part - 13])
                else:
                    fields |= 14 << shift
                    extra += struct.pack("!H", part - 269)
            data += bytes([fields]) + extra + value
            last = number
        return data + (b"\xff" + self.payload if self.payload else b"")


def decode(data):
    first, number, mid = struct.unpack("!BBH", data[:4])
    at = 4 + (first & 15)
    message = Message(first >> 4 & 3, number, mid, data[4:at])
    option = 0
    while at < len(data) and data[at] != 0xFF:
        sizes = [data[at] >> 4, data[at] & 15]
        at += 1
        for which, size in enumerate(sizes):
            if size == 13:
                sizes[which], at = data[at] + 13, at + 1
            elif size == 14:
                sizes[which], at = struct.unpack("!H", data[at : at + 2])[0] + 269, at + 2
        option += sizes[0]
        message.options.append((option, data[at : at + sizes[1]]))
        at += sizes[1]
    message.payload = data[at + 1 :]
    return message


class Device:
    """One device: its requests, and what the server asks of it."""

    def __init__(self, port, imei, imsi, objects=b'</>;rt="oma.lwm2m",</3200/0>'):
        self.imei, self.objects = imei, objects
        self.name = f"ep={imei};{imsi}".encode()
        self._server = ("127.0.0.1", port)
        self._mid = 1
        self._waiting = []
        self._socket = None
        self.move()

    def move(self):
        """To another address: a new port."""
        old, self._socket = self._socket, socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        if old:
            old.close()
        self._socket.settimeout(DEADLINE_S)
        self._socket.connect(self._server)

    def close(self):
        self._socket.close()

    def send(self, message):
        self._socket.send(message.encode())

    def receive(self):
        return decode(self._socket.recv(2048))

    def ask(self, number, path, queries=(), options=(), payload=b""):
        """Sends a request; returns its response, piggybacked as this server's are."""
        self._mid += 1
        both = [(URI_PATH, part.encode()) for part in path.split("/")] + list(options)
        both += [(URI_QUERY, query) for query in queries]
        self.send(Message(CON, number, self._mid, b"\x07", both, payload))
        while True:
            message = self.receive()
            if message.kind == ACK and message.mid == self._mid:
                return message
            self._waiting.append(message)

    def request(self):
        """What the server asks next."""
        while True:
            message = self._waiting.pop(0) if self._waiting else self.receive()
            if message.kind == CON and message.code in (GET, POST, PUT, DELETE):
                return message

    def answer(self, request, number, payload=b"", form=None, observe=None):
        options = [] if observe is None else [(OBSERVE, bytes([observe]))]
        options += [] if form is None else [(FORMAT, struct.pack("!H", form))]
        self.send(Message(ACK, code(number), request.mid, request.token, options, payload))

    def notify(self, token, observe, payload):
        self._mid += 1
        options = [(OBSERVE, bytes([observe])), (FORMAT, struct.pack("!H", TLV))]
        self.send(Message(NON, code("2.05"), self._mid, token, options, payload))

    def register(self, lifetime=3000):
        """Registers; returns the response."""
        queries = (self.name, b"b=U", f"lt={lifetime}".encode())
        return self.ask(POST, "rd", queries, [(FORMAT, bytes([LINK]))], self.objects)

    def go_online(self, values, links, lifetime=3000):
        """Registers and answers the server's own questions; returns (location, observation)."""
        response = self.register(lifetime)
        assert response.code == code("2.01")
        observe = self.request()
        assert (observe.path, observe.number(OBSERVE)) == ("3200/0", 0)
        self.answer(observe, "2.05", values, TLV, observe=1)
        discover = self.request()
        assert (discover.path, discover.number(ACCEPT)) == ("3200", LINK)
        assert discover.mid == (observe.mid + 1) & 0xFFFF
        self.answer(discover, "2.05", links, LINK)
        location = b"/".join(response.of(LOCATION)).decode()
        return location, observe
