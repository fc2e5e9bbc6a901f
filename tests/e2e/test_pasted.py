# SPDX-License-Identifier: Apache-2.0
"""Pasted input: a host that types many lines without waiting loses none, and gets its answers in order."""

import os
import re
import select
import socket
import termios
import time
import tty

import pytest

from host import ERROR, OK, info
from server import Server, text

DEADLINE_S = 20
ANSWER = b'{"stored": true}'
WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(ANSWER), ANSWER)


class Paste:
    """A file descriptor of its own, written and read as one wants: pyserial would wait for us."""

    def __init__(self, fd):
        self._fd = fd
        os.set_blocking(fd, False)

    def write_without_reading(self, data):
        """Reads nothing until all is written; returns how much was written when it first blocked."""
        blocked_at, deadline = None, time.monotonic() + DEADLINE_S
        at = 0
        while at < len(data):
            try:
                at += os.write(self._fd, data[at:])
            except BlockingIOError:
                blocked_at = at if blocked_at is None else blocked_at
                left = deadline - time.monotonic()
                assert select.select([], [self._fd], [], left)[1], f"stuck at byte {at}"
        return blocked_at

    def write_and_read(self, data, end):
        """Writes as fast as it is taken and reads all the while, until `end` has come."""
        heard, at, deadline = b"", 0, time.monotonic() + DEADLINE_S
        while not heard.endswith(end) or at < len(data):
            writers = [self._fd] if at < len(data) else []
            readable, writable, _ = select.select(
                [self._fd], writers, [], deadline - time.monotonic()
            )
            assert readable or writable, f"written {at} of {len(data)}, heard …{heard[-200:]!r}"
            if readable:
                heard += os.read(self._fd, 65536)
            if writable:
                at += os.write(self._fd, data[at:])
        return heard

    def read_until(self, end):
        return self.write_and_read(b"", end)


@pytest.fixture
def paste(start, tmp_path):
    """paste(line, option…): a modem on a PTY or on TCP, its echo off, and a Paste to it."""
    opened = []

    def open_paste(line, *options):
        if line == "tcp":
            program = start("run", "--tcp", "127.0.0.1:0", *options)
            port = int(program.wait_said(r"127\.0\.0\.1:(\d+)")[1])
            opened.append(socket.create_connection(("127.0.0.1", port), DEADLINE_S))
            fd = opened[-1].fileno()
        else:
            link = tmp_path / "modem"
            start("run", "--pty", link, *options).wait_said(str(link))
            fd = os.open(link, os.O_RDWR | os.O_NOCTTY)
            tty.setraw(fd, termios.TCSANOW)
            opened.append(os.fdopen(fd, "rb", buffering=0))
        host = Paste(fd)
        assert host.write_and_read(b"ATE0\r", OK).endswith(OK)
        return host

    yield open_paste
    for line in opened:
        line.close()


def ten_lines(url):
    return "".join(
        line + "\r"
        for line in (
            f'AT+HTTPCREATE="{url}"',
            'AT+HTTPHEADER=0,"Content-Type: application/json\\r\\n"',
            'AT+HTTPHEADER=0,"X-Pasted: yes\\r\\n"',
            'AT+HTTPCONTENT=0,"{"t": 21"',
            "AT+HTTPCONTENT=0,7D,1",
            "AT+HTTPCONTENT=0",
            "AT+HTTPCFG=0,8,0",
            'AT+HTTPSEND=0,1,"/samples"',
            "AT+HTTPCLOSE=0",
            "AT+HTTPCLOSE=0",
        )
    ).encode()


TEN_ANSWERS = (
    info(b"+HTTPCREATE:0") + OK * 5
    + info(b"+HTTPCONTENT:0,9") + b'{"t": 21}\r\n' + OK * 4 + ERROR
)


@pytest.mark.parametrize("line", ["pty", "tcp"])
def test_ten_lines_in_one_write(paste, line):
    """The instance is closed before the connection stands; the request arrives whole all the same."""
    host = paste(line)

    def script(connection):
        request = connection.read_request()
        assert request.startswith(b"POST /samples HTTP/1.1\r\n")
        assert b"\r\nX-Pasted: yes\r\n" in request and request.endswith(b'\r\n\r\n{"t": 21}')
        connection.write(WHOLE)
        connection.wait_gone()

    with Server(script) as server:
        assert host.write_and_read(ten_lines(server.url), TEN_ANSWERS) == TEN_ANSWERS


@pytest.mark.parametrize("line", ["pty", "tcp"])
def test_ten_lines_of_a_host_that_reads_only_afterwards(paste, line):
    host = paste(line)

    def script(connection):
        assert connection.read_request().endswith(b'{"t": 21}')
        connection.wait_closed()

    with Server(script) as server:
        assert host.write_without_reading(ten_lines(server.url)) is None
        assert host.read_until(TEN_ANSWERS) == TEN_ANSWERS


def numbered(count, instance=0):
    """Lines that differ, and their answers, so that one that is lost or doubled is seen."""
    lines, answers = ['AT+HTTPCREATE="127.0.0.1"'], [info(b"+HTTPCREATE:%d" % instance) + OK]
    name = f"+HTTPHEADER={instance}"
    for n in range(count - 1):
        if n % 4 == 3:
            lines.append(f"AT+NOBODY={n}")
            answers.append(ERROR)
        else:
            lines.append(f'AT{name},"";{name},"line {n}";{name}')
            value = b"line %d" % n
            answers.append(info(b"+HTTPHEADER:%d,%d" % (instance, len(value))) + value + b"\r\n" + OK)
    return "".join(line + "\r" for line in lines).encode(), b"".join(answers)


@pytest.mark.parametrize("line", ["pty", "tcp"])
@pytest.mark.parametrize("count", [200, 5000])
def test_many_lines_in_one_write(paste, line, count):
    lines, answers = numbered(count)
    assert paste(line).write_and_read(lines, answers[-200:]) == answers


@pytest.mark.parametrize("line", ["pty", "tcp"])
def test_200_lines_of_a_host_that_reads_only_afterwards(paste, line):
    """Their answers fit into what the modem and the kernel hold; a PTY's queues are 4 KiB."""
    lines, answers = numbered(200)
    host = paste(line)
    host.write_without_reading(lines)
    assert host.read_until(answers[-200:]) == answers


def test_a_host_that_never_reads_is_held_and_loses_nothing(paste):
    """Far more than the queues hold: the write blocks, nothing grows, and all is there afterwards."""
    lines, answers = numbered(5000)
    host = paste("pty")
    written = 0
    while select.select([], [host._fd], [], 1)[1]:
        written += os.write(host._fd, lines[written : written + 1024])
    assert 4096 <= written < len(lines)
    assert host.write_and_read(lines[written:], answers[-200:]) == answers


@pytest.mark.parametrize("line", ["pty", "tcp"])
def test_lines_pasted_while_reports_come_out(paste, line):
    """200 KB of content come while the host pastes: no line, no answer and no report is lost or cut."""
    host = paste(line)
    content = text(200_000)
    lines, answers = numbered(2000, instance=1)

    def script(connection):
        connection.read_request()
        head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(content)
        connection.write(head, *(content[at : at + 5000] for at in range(0, len(content), 5000)))
        connection.wait_closed()

    with Server(script) as server:
        create = f'AT+HTTPCREATE="{server.url}"\rAT+HTTPSEND=0,0,"/"\r'.encode()
        sent = info(b"+HTTPCREATE:0") + OK + OK
        heard = host.write_and_read(create + lines, answers[-12:])
        while b"+HTTPNMIC:0,0," not in heard or not heard.endswith(b"\r\n"):
            heard += host.read_until(b"\r\n")
        said, received = without_reports(heard)
        assert received == content
        assert said == sent + answers
        host.write_and_read(b"AT+HTTPCLOSE=0\r", OK)


def without_reports(heard):
    """What was heard without the reports of a response, and the content that they brought."""
    said, content, at = b"", b"", 0
    report = re.compile(
        rb"\r\n(?:CONNECT OK|\+HTTPNMIH:0,\d+,(\d+)|\+HTTPNMIC:0,\d+,\d+,\d+,(\d+))\r\n"
    )
    while match := report.search(heard, at):
        said += heard[at : match.start()]
        at = match.end()
        if match[1] or match[2]:
            data = heard[at : at + int(match[1] or match[2])]
            content += data if match[2] else b""
            at += len(data) + 2
            assert heard[at - 2 : at] == b"\r\n"
    return said + heard[at:], content


def test_lines_end_in_cr_lf_and_the_echo_is_in_order(paste):
    """A terminal program pastes with its line ends, and the echo of all lines comes in their order."""
    host = paste("pty", "--set", "variant.echo=true")
    host.write_and_read(b"ATE1\r", OK)
    lines = [b"ATS5?", b"ATS3?", b"AT+NOBODY", b"AT"] * 25
    wanted = b"".join(
        line + b"\r" + {b"ATS5?": info(b"008") + OK, b"ATS3?": info(b"013") + OK,
                        b"AT+NOBODY": ERROR, b"AT": OK}[line]
        for line in lines
    )
    assert host.write_and_read(b"".join(line + b"\r\n" for line in lines), wanted) == wanted


def test_a_host_of_pyserial_pastes_too(modem):
    host, _ = modem()
    lines, answers = numbered(200)
    host.write(lines)
    host.expect(answers)
