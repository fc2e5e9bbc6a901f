# SPDX-License-Identifier: Apache-2.0
"""The program stopped in mid-response: the host gets the rest of the record that it is in, on each
kind of line; one that reads nothing is not waited for long."""

import contextlib
import os
import select
import signal
import socket
import subprocess
import threading
import time
from multiprocessing.pool import ThreadPool

import pytest
import serial

from host import OK, info
from program import M531X, Program, turns_of, wait_turns
from server import Server, text

STUCK_S = 2  # port/last_words.h: Patience::stuck
LONGEST_S = 10  # and Patience::longest
SLACK_S = 3
TURNS_OF_A_STOP = 10  # for the AT and the signal a few, then one each 5 ms (port/last_words.cpp)
CONTENT_BYTES = 20_000_000  # more than the buffers of any line hold
CONTENT = text(CONTENT_BYTES)


class Line:
    """The host's end of a line, read as far as a test wants."""

    def __init__(self, read_fd, write_fd, is_cable_of=None):
        self.read_fd, self.write_fd, self.is_cable_of = read_fd, write_fd, is_cable_of
        self.heard = b""

    def type(self, command):
        os.write(self.write_fd, command.encode() + b"\r")

    def read_until(self, end):
        while not self.heard.endswith(end):
            assert select.select([self.read_fd], [], [], 20)[0], self.heard[-200:]
            self.heard += os.read(self.read_fd, 1)

    def read(self, size):
        """Up to `size` bytes; none at the end of the line. A cable has no end: there it is that of
        the program, once the cable has brought all."""
        while not select.select([self.read_fd], [], [], 0.3 if self.is_cable_of else 20)[0]:
            assert self.is_cable_of, "neither bytes nor an end"
            if not self.is_cable_of.is_running():
                return b""
        try:
            return os.read(self.read_fd, size)
        except OSError:  # how a terminal ends, and a connection that is reset
            return b""

    def read_to_end(self):
        heard = b""
        while data := self.read(65536):
            heard += data
        return heard


@contextlib.contextmanager
def pty_line(folder, *options):
    program = Program("run", "--pty", folder / "modem", *options)
    program.wait_said(str(folder / "modem"))
    with serial.Serial(str(folder / "modem"), 115200) as port:
        yield program, Line(port.fd, port.fd)
    program.stop(signal.SIGKILL)


@contextlib.contextmanager
def serial_line(folder, *options):
    """A cable of two pseudo-terminals; its middle passes on what comes in, as a UART does."""
    ends = folder / "modem-end", folder / "host-end"
    cable = subprocess.Popen(
        ["socat", "-d", "-d", *(f"pty,rawer,link={end}" for end in ends)], stderr=subprocess.PIPE
    )
    for line in cable.stderr:
        if b"starting data transfer loop" in line:
            break
    program = Program("run", "--serial", f"{ends[0]}@115200", *options)
    program.wait_said(r"Ctrl-C")
    with serial.Serial(str(ends[1]), 115200) as port:
        yield program, Line(port.fd, port.fd, is_cable_of=program)
    program.stop(signal.SIGKILL)
    cable.terminate()
    cable.communicate(timeout=20)


@contextlib.contextmanager
def tcp_host(port):
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.connect(("127.0.0.1", port))
        yield Line(sock.fileno(), sock.fileno())


@contextlib.contextmanager
def tcp_line(_folder, *options):
    program = Program("run", "--tcp", "127.0.0.1:0", *options)
    port = int(program.wait_said(r"127\.0\.0\.1:(\d+)")[1])
    with tcp_host(port) as line:
        yield program, line
    program.stop(signal.SIGKILL)


class StdioProgram:
    """A program whose standard output is the line: with the calls of Program that are needed."""

    def __init__(self, *options):
        self._process = subprocess.Popen(
            [M531X, "run", "--stdio", "--quiet", *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self.line = Line(self._process.stdout.fileno(), self._process.stdin.fileno())
        self.pid = self._process.pid
        self.send = self._process.send_signal
        self.wait = self._process.wait

    def stop(self, how):
        self.send(how)
        self.wait(20)
        self._process.stdin.close()
        self._process.stdout.close()


@contextlib.contextmanager
def stdio_line(_folder, *options):
    program = StdioProgram(*options)
    yield program, program.line
    program.stop(signal.SIGKILL)


LINES = {"pty": pty_line, "serial": serial_line, "tcp": tcp_line, "stdio": stdio_line}


def flood(blocked):
    """A server's script: sends until the modem takes no more."""

    def script(connection):
        connection.read_request()
        connection.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % CONTENT_BYTES)
        assert connection.write_until_blocked(CONTENT, blocked_s=0.5) < CONTENT_BYTES
        blocked.set()
        connection.wait_gone()

    return Server(script, send_buffer_bytes=65536)


def ask_for_it(line, server, hexadecimal=False):
    """The host reads no further than CONNECT OK."""
    line.type(f'AT+HTTPCREATE="{server.url}"')
    line.read_until(info(b"+HTTPCREATE:0") + OK)
    if hexadecimal:
        line.type("AT+HTTPCFG=0,8,1")
        line.read_until(OK)
    line.type('AT+HTTPSEND=0,0,"/"')
    line.read_until(OK + info(b"CONNECT OK"))


@contextlib.contextmanager
def in_mid_response(kind, folder, model="M5310-A", hexadecimal=False):
    """A line that is full, for its host has read nothing of the response: (program, line)."""
    blocked = threading.Event()
    options = ("--model", model, "--set", "variant.echo=false")
    with flood(blocked) as server, LINES[kind](folder, *options) as (program, line):
        ask_for_it(line, server, hexadecimal)
        assert blocked.wait(60)
        yield program, line


def check_records(heard, summation, hexadecimal, asked=False):
    """Header, then content, all whole, and the answer to an AT; returns how many bytes of content."""
    at, content = 0, b""
    while at < len(heard):
        if asked and heard.startswith(OK, at):
            at, asked = at + len(OK), False
            continue
        end = heard.find(b"\r\n", at + 2)
        assert heard[at : at + 2] == b"\r\n" and end > 0, f"half a line: {heard[at:]!r}"
        name, _, numbers = heard[at + 2 : end].partition(b":")
        fields = [int(n) for n in numbers.split(b",")]
        size = fields[-1] * (2 if hexadecimal else 1)
        data = heard[end + 2 : end + 2 + size]
        assert len(data) == size, f"{len(data)} of {size} bytes of a record"
        at = end + 2 + size + 2
        assert heard[at - 2 : at] == b"\r\n", "a record without its end"
        if name == b"+HTTPNMIC":
            content += bytes.fromhex(data.decode()) if hexadecimal else data
            assert fields[:3] == [0, 1, CONTENT_BYTES]
            assert not summation or fields[3] == len(content)
        else:
            assert name == b"+HTTPNMIH"
    assert content == CONTENT[: len(content)]
    return len(content)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("kind", LINES)
def test_record_is_ended_before_the_line(tmp_path, kind, how):
    """The host goes on reading, slowly, only after the signal."""
    with in_mid_response(kind, tmp_path) as (program, line):
        program.send(how)
        heard, steps = b"", 0
        while data := line.read(257 if kind != "tcp" else 65536):
            heard += data
            steps += 1
            if steps % 20 == 0:
                time.sleep(0.01)
        assert check_records(heard, summation=True, hexadecimal=False) > 0
        assert program.wait(SLACK_S) == 0


@pytest.mark.parametrize("kind", LINES)
def test_record_in_hex_is_ended_too(tmp_path, kind):
    with in_mid_response(kind, tmp_path, "M5311", hexadecimal=True) as (program, line):
        program.send(signal.SIGTERM)
        assert check_records(line.read_to_end(), summation=False, hexadecimal=True) > 0
        assert program.wait(SLACK_S) == 0


@pytest.mark.parametrize("kind", LINES)
def test_host_that_types_on_meanwhile(tmp_path, kind):
    """It is not heard any more, and takes nothing away from what it is told."""
    with in_mid_response(kind, tmp_path) as (program, line):
        last = turns_of(program.pid) + TURNS_OF_A_STOP
        line.type("AT")
        program.send(signal.SIGTERM)
        wait_turns(program.pid, last)
        line.type("AT+HTTPCLOSE=0")
        heard = line.read_to_end()
        assert check_records(heard, summation=True, hexadecimal=False, asked=True) > 0
        assert program.wait(SLACK_S) == 0


@pytest.mark.parametrize("kind", LINES)
def test_host_that_reads_nothing_is_not_waited_for(tmp_path, kind):
    with in_mid_response(kind, tmp_path) as (program, _):
        begin = time.monotonic()
        program.send(signal.SIGTERM)
        assert program.wait(STUCK_S + SLACK_S) == 0
        assert time.monotonic() - begin > STUCK_S / 2, "it did not wait at all"


def test_host_that_is_too_slow_is_waited_for_so_long(tmp_path):
    """What it takes is progress as far as a PTY tells of it, yet the end is not put off for ever."""
    with in_mid_response("pty", tmp_path) as (program, line):
        begin = time.monotonic()
        program.send(signal.SIGTERM)
        while program.is_running():
            assert time.monotonic() - begin < LONGEST_S + SLACK_S
            line.read(400)
            time.sleep(0.2)
        assert time.monotonic() - begin > STUCK_S - 0.5
        assert program.wait() == 0


@pytest.mark.parametrize("kind", LINES)
def test_second_signal_ends_it_at_once(tmp_path, kind):
    with in_mid_response(kind, tmp_path) as (program, _):
        begin = time.monotonic()
        program.send(signal.SIGTERM)
        program.send(signal.SIGINT)
        program.wait(SLACK_S)
        assert time.monotonic() - begin < STUCK_S


@pytest.mark.parametrize("kind", LINES)
def test_host_that_has_read_everything_is_not_waited_for(tmp_path, kind):
    with LINES[kind](tmp_path, "--set", "variant.echo=false") as (program, line):
        line.type("AT")
        line.read_until(OK)
        begin = time.monotonic()
        program.send(signal.SIGTERM)
        assert program.wait(SLACK_S) == 0
        assert time.monotonic() - begin < STUCK_S
        assert line.read(1) == b""


def test_pty_that_nobody_has_open_is_not_waited_for(tmp_path):
    """What was left unread there waits for a host that is not."""
    link = tmp_path / "modem"
    program = Program("run", "--pty", link)
    program.wait_said(str(link))
    with serial.Serial(str(link), 115200) as port:
        port.write(b"AT\r")
        assert select.select([port.fd], [], [], 20)[0]
    begin = time.monotonic()
    assert program.stop() == 0
    assert time.monotonic() - begin < STUCK_S


def test_each_tcp_module_ends_its_record(tmp_path):
    """Three hosts in mid-response at one program, and one that is idle."""
    program = Program("run", "--tcp", "127.0.0.1:0")
    port = int(program.wait_said(r"127\.0\.0\.1:(\d+)")[1])
    events = [threading.Event() for _ in range(3)]
    with contextlib.ExitStack() as stack:
        idle = stack.enter_context(tcp_host(port))
        lines = [stack.enter_context(tcp_host(port)) for _ in events]
        for line, blocked in zip(lines, events):
            ask_for_it(line, stack.enter_context(flood(blocked)))
        assert all(blocked.wait(60) for blocked in events)
        program.send(signal.SIGTERM)
        with ThreadPool(len(lines)) as pool:
            heard = pool.map(Line.read_to_end, lines)
        for one in heard:
            assert check_records(one, summation=True, hexadecimal=False) > 0
        assert idle.read(1) == b""
        assert program.wait(SLACK_S) == 0
