# SPDX-License-Identifier: Apache-2.0
"""The m531x program as a child process whose output is read as it comes."""

import fcntl
import functools
import math
import os
import pty
import re
import select
import signal
import socket
import struct
import subprocess
import termios
import threading
import time

DEADLINE_S = 20
M531X = os.environ.get(
    "M531X", os.path.join(os.path.dirname(__file__), "..", "..", "build", "m531x")
)


@functools.cache
def is_sanitized():
    """Whether the program is built with a sanitizer, which takes memory and descriptors itself."""
    with open(M531X, "rb") as program:
        words = program.read()
    return any(init in words for init in (b"__asan_init", b"__tsan_init"))


class Program:
    def __init__(self, *arguments, stdin=subprocess.DEVNULL, within=()):
        """`within`: a command that runs the program."""
        self._process = subprocess.Popen(
            [*map(str, within), M531X, *map(str, arguments)],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.pid = self._process.pid
        self.stdin = self._process.stdin
        self._said = ""
        self._open = 2
        self._news = threading.Condition()
        for stream in (self._process.stdout, self._process.stderr):
            threading.Thread(target=self._collect, args=(stream,), daemon=True).start()

    def _collect(self, stream):
        for line in stream:
            with self._news:
                self._said += line.decode(errors="replace")
                self._news.notify_all()
        with self._news:
            self._open -= 1
            self._news.notify_all()

    @property
    def said(self):
        """What it has printed so far, on both of its outputs."""
        with self._news:
            return self._said

    def wait_said(self, pattern, times=1):
        """Waits until it has printed `pattern` so often; returns the last match."""
        deadline = time.monotonic() + DEADLINE_S
        with self._news:
            while True:
                found = list(re.finditer(pattern, self._said))
                if len(found) >= times:
                    return found[times - 1]
                left = deadline - time.monotonic()
                assert left > 0 and self._open, f"wanted {pattern!r}, it said: {self._said}"
                self._news.wait(left)

    def send(self, how):
        self._process.send_signal(how)

    def is_running(self):
        return self._process.poll() is None

    def stop(self, how=signal.SIGTERM, deadline_s=DEADLINE_S):
        """Sends the signal; returns the exit status."""
        if self._process.poll() is None:
            self._process.send_signal(how)
        return self.wait(deadline_s)

    def wait(self, deadline_s=DEADLINE_S):
        try:
            status = self._process.wait(deadline_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise AssertionError(f"it did not end; it said: {self.said}") from None
        with self._news:
            assert self._news.wait_for(lambda: self._open == 0, DEADLINE_S)
        return status

    def memory(self):
        """Every piece of memory that it has and may write to: heap, blocks, stacks, variables.

        What is larger than any of these is only reserved (a sanitizer's shadow)."""
        fd = os.open(f"/proc/{self.pid}/mem", os.O_RDONLY)
        try:
            with open(f"/proc/{self.pid}/maps") as maps:
                for line in maps:
                    begin, end, rights = re.match("([0-9a-f]+)-([0-9a-f]+) (....)", line).groups()
                    at, end = int(begin, 16), int(end, 16)
                    if "w" not in rights or end - at > 1 << 30:
                        continue
                    piece = b""
                    while at + len(piece) < end:
                        piece += os.pread(fd, end - at - len(piece), at + len(piece))
                    yield piece
        finally:
            os.close(fd)

    def resident_bytes(self):
        with open(f"/proc/{self.pid}/status") as status:
            return int(re.search(r"VmRSS:\s*(\d+) kB", status.read())[1]) * 1024


def run_on_terminal(*arguments, width=0, **environment):
    """All that it shows on a terminal of so many columns (0: the terminal does not say)."""
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 40 if width else 0, width, 0, 0))
    variables = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    with subprocess.Popen(
        [M531X, *arguments], stdout=its, env={**variables, "TERM": "xterm", **environment}
    ) as program:
        os.close(its)
        shown = b""
        try:
            while data := os.read(ours, 65536):
                shown += data
        except OSError:  # how Linux says that the other end of a PTY is closed
            pass
        assert program.wait(DEADLINE_S) == 0
    os.close(ours)
    return shown.decode()


def turns_of(pid):
    """How often the process has waited for something; without end when it has ended."""
    with open(f"/proc/{pid}/status") as status:
        text = status.read()
    if re.search(r"^State:\s*Z", text, re.M):
        return math.inf
    return int(re.search(r"^voluntary_ctxt_switches:\s*(\d+)", text, re.M)[1])


def wait_turns(pid, last):
    """Until turns_of() has come so far."""
    end = time.monotonic() + DEADLINE_S
    while turns_of(pid) < last:
        assert time.monotonic() < end, "it does nothing"
        time.sleep(0.002)


def run(*arguments):
    """Runs the program to its end; returns status, stdout and stderr."""
    done = subprocess.run(
        [M531X, *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=DEADLINE_S,
        text=True,
    )
    return done.returncode, done.stdout, done.stderr


class FileLine:
    """A pair of file descriptors, read and written as pyserial's Serial is."""

    in_waiting = 0

    def __init__(self, read_fd, write_fd):
        self.timeout = DEADLINE_S
        self._read_fd, self._write_fd = read_fd, write_fd

    def read(self, _count):
        ready = select.select([self._read_fd], [], [], self.timeout)[0]
        return os.read(self._read_fd, 65536) if ready else b""

    def write(self, data):
        while data:
            data = data[os.write(self._write_fd, data) :]


class Pipes(FileLine):
    """The program with its standard input and output as the serial line."""

    def __init__(self, *arguments):
        self._process = subprocess.Popen(
            [M531X, *map(str, arguments)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        super().__init__(self._process.stdout.fileno(), self._process.stdin.fileno())

    def end_input(self):
        self._process.stdin.close()

    def wait(self):
        return self._process.wait(DEADLINE_S)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait(DEADLINE_S)


class TcpLine(FileLine):
    """One connection to the program's --tcp."""

    def __init__(self, port):
        self._socket = socket.create_connection(("127.0.0.1", port), DEADLINE_S)
        super().__init__(self._socket.fileno(), self._socket.fileno())

    def close(self):
        self._socket.close()
