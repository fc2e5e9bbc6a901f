# SPDX-License-Identifier: Apache-2.0
"""Whatever is typed, the server gets one well-formed request, or the host ERROR: each attempt of
split_attempts.py at a server that keeps every byte."""

import base64

import pytest
import serial

from host import ERROR, OK, Host, info
from http_request import Malformed, parse, values
from program import Program
from split_attempts import ATTEMPTS, METHODS
from worlds import Town

NO_CONTENT = b"HTTP/1.1 204 No Content\r\n\r\n"
WHOLE = info(b"+HTTPNMIH:0,0,0\r\n") + info(b"+HTTPNMIC:0,0,0,0,0\r\n")


class RawServer(Town):
    """Keeps all that comes on each connection, in the order of the connections; answers the first
    whole request on each, and hangs up on what can be none."""

    def __init__(self):
        super().__init__(self._keep)
        self.address = self.url.removeprefix("http://")
        self._received = {}  # by the number of the connection

    def _keep(self, connection, number):
        answered = False
        received = self._received[number] = bytearray()
        try:
            while data := connection.sock.recv(65536):
                received += data
                if not answered and parse(bytes(received)):
                    answered = True
                    connection.write(NO_CONTENT)
        except (OSError, Malformed):
            pass

    def take_until(self, marker):
        """What came on each connection up to one that begins with `marker`, once all are closed."""

        def complete():
            return any(received.startswith(marker) for received in self._received.values())

        assert self.wait_all_served(complete), self._received
        taken, self._received = [bytes(self._received[n]) for n in sorted(self._received)], {}
        return taken


class Bench:
    """One program for all attempts, on a PTY."""

    def __init__(self, folder):
        link = folder / "modem"
        self._program = Program("run", "--pty", link)
        self._program.wait_said(str(link))
        self._line = serial.Serial(str(link), 115200)
        self.host = Host(self._line)
        self.server = RawServer().__enter__()
        self._marker = 0

    def close(self):
        self.server.__exit__(None)
        self._line.close()
        self._program.stop()

    def type(self, command, answer=OK):
        """Types a command, which may have any byte in it; its result has to be this one."""
        self.host.write(command.encode("latin-1").replace(b"{server}", self.server.address.encode()))
        self.host.write(b"\r")
        self.host.expect(answer)

    def received(self):
        """What has come on all connections so far. A request of the test's own, on a connection of
        its own, says that no other is on its way."""
        self._marker += 1
        marker = b"GET /marker-%d HTTP/1.1\r\n" % self._marker
        self.host.create(f"http://{self.server.address}")
        self.host.type(f'AT+HTTPSEND=0,0,"/marker-{self._marker}"')
        self.host.expect(OK, info(b"CONNECT OK"), WHOLE)
        self.host.command("AT+HTTPCLOSE=0")
        taken = self.server.take_until(marker)
        assert taken[-1].startswith(marker), taken
        return taken[:-1]


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    running = Bench(tmp_path_factory.mktemp("splitting"))
    yield running
    running.close()


def commands(attempt):
    """(what it is called, the command line) in the order of typing."""
    yield "create", f"AT+HTTPCREATE={attempt.create}"
    for part in attempt.header:
        yield "header", f"AT+HTTPHEADER=0,{part}"
    for part in attempt.content:
        yield "content", f"AT+HTTPCONTENT=0,{part}"
    yield "send", f"AT+HTTPSEND=0,{attempt.method},{attempt.path}"


def type_refused(bench, attempt):
    for name, line in commands(attempt):
        if name == attempt.refused:
            bench.type(line, ERROR)
            break
        bench.type(line, info(b"+HTTPCREATE:0") + OK if name == "create" else OK)
    bench.host.command("AT+HTTPCLOSE=0", ERROR if attempt.refused == "create" else OK)


def type_sent(bench, attempt):
    for name, line in commands(attempt):
        if name == "create":
            bench.type(line, info(b"+HTTPCREATE:0") + OK)
        else:
            bench.type(line, info(attempt.answer.encode()) if name == "send" else OK)
    bench.host.expect(info(b"CONNECT OK"), WHOLE)
    closes = any(n == "Connection" and "close" in v.lower() for n, v in attempt.fields)
    if closes:
        bench.host.expect(info(b"+HTTPDISCON:0"))
    bench.host.command("AT+HTTPCLOSE=0")


def expected_fields(bench, attempt):
    """All fields of the request, by RFC 9112 and what was typed."""
    typed = [(n.encode(), v.encode("latin-1")) for n, v in attempt.fields]
    fields = []
    if attempt.typed_host is None:
        fields.append((b"Host", bench.server.address.encode()))
    if attempt.user:
        word = base64.b64encode(attempt.user.encode("latin-1"))
        fields.append((b"Authorization", b"Basic " + word))
    fields += typed
    needs_length = attempt.body or METHODS[attempt.method] in ("POST", "PUT")
    if needs_length and not values(typed, b"content-length"):
        fields.append((b"Content-Length", b"%d" % len(attempt.body)))
    return fields


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=[attempt.why for attempt in ATTEMPTS])
def test_one_request_or_error(bench, attempt):
    if attempt.refused:
        type_refused(bench, attempt)
        assert bench.received() == []
        return
    type_sent(bench, attempt)
    received = bench.received()
    assert len(received) == 1, received
    request, rest = parse(received[0])
    assert rest == b"" and b"evil" not in request.target
    assert request.method == METHODS[attempt.method].encode()
    assert request.target == attempt.target.encode("latin-1")
    assert request.fields == expected_fields(bench, attempt)
    assert request.content == attempt.body.encode("latin-1")


def test_attempts_are_many_and_distinct():
    """The reader itself is strict, and no attempt is there twice."""
    typed = {tuple(line for _, line in commands(attempt)) for attempt in ATTEMPTS}
    assert len(typed) == len(ATTEMPTS) >= 100
    assert len({attempt.why for attempt in ATTEMPTS}) == len(ATTEMPTS)


@pytest.mark.parametrize(
    "stream",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.0\r\nHost: a\r\n\r\n",
        b"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /\tHTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /a\nX: y HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\rX: y\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nA: b\r\n c\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nA : b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nA: b\0\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\na",
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
        b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
)
def test_the_reader_is_strict(stream):
    with pytest.raises(Malformed):
        parse(stream)
