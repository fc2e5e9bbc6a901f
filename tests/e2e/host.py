# SPDX-License-Identifier: Apache-2.0
"""The host's side of the serial line, over any byte stream with pyserial's read and write."""

import re
import time
from collections import namedtuple

DEADLINE_S = 20

# One report: b"+HTTPNMIC", its numbers, and the bytes that came with it.
Report = namedtuple("Report", "name fields data")


def info(text):
    """One information line or report, as V.250 frames it."""
    return b"\r\n" + text + b"\r\n"


OK = info(b"OK")
ERROR = info(b"ERROR")


class Host:
    def __init__(self, line):
        self._line = line
        self.deadline_s = DEADLINE_S
        self._ahead = b""

    def type(self, command):
        """Types one command line."""
        self.write(command.encode() + b"\r")

    def write(self, data):
        self._line.write(data)

    def _more(self, deadline):
        left = deadline - time.monotonic()
        if left <= 0:
            return False
        self._line.timeout = left
        data = self._line.read(1)
        if data and self._line.in_waiting:
            data += self._line.read(self._line.in_waiting)
        self._ahead += data
        return True

    def _take(self, count):
        taken, self._ahead = self._ahead[:count], self._ahead[count:]
        return taken

    def read(self, count):
        """The next `count` bytes."""
        deadline = time.monotonic() + self.deadline_s
        while len(self._ahead) < count:
            assert self._more(deadline), (
                f"wanted {count} bytes, got {len(self._ahead)}: {self._ahead[-200:]!r}"
            )
        return self._take(count)

    def read_until(self, end):
        """All bytes up to and with `end`."""
        deadline = time.monotonic() + self.deadline_s
        searched = 0
        while (at := self._ahead.find(end, searched)) < 0:
            searched = max(0, len(self._ahead) - len(end) + 1)
            assert self._more(deadline), f"wanted …{end!r}, got {self._ahead[-500:]!r}"
        return self._take(at + len(end))

    def expect(self, *parts):
        """The next bytes are these, to the byte; a difference is told as soon as it comes."""
        wanted = b"".join(parts)
        deadline = time.monotonic() + self.deadline_s
        while True:
            have = self._ahead[: len(wanted)]
            if not wanted.startswith(have):
                same = next(i for i, (a, b) in enumerate(zip(have, wanted)) if a != b)
                around = max(0, same - 60)
                raise AssertionError(
                    f"at byte {same}:\n  wanted …{wanted[around:same + 80]!r}…\n"
                    f"  got    …{self._ahead[around:same + 80]!r}…"
                )
            if len(have) == len(wanted):
                self._take(len(wanted))
                return
            assert self._more(deadline), f"wanted {wanted!r}, got only {self._ahead!r}"

    def answer(self, command):
        """Types a command; returns all up to and with its final result code."""
        self.type(command)
        answer = b""
        while not answer.endswith((OK, ERROR)):
            answer += self.read_until(b"\r\n")
        return answer

    def expect_nothing_before(self, command, *answer):
        """Types a command whose answer has to be the very next thing on the line."""
        self.type(command)
        self.expect(*(answer or (OK,)))

    def command(self, command, answer=OK):
        """Types a command and expects this answer, to the byte."""
        self.type(command)
        self.expect(answer)

    def create(self, url, instance=0):
        self.command(f'AT+HTTPCREATE="{url}"', info(b"+HTTPCREATE:%d" % instance) + OK)

    def read_report(self, hexadecimal=False):
        """The next report, with the bytes of +HTTPNMIH and +HTTPNMIC."""
        self.expect(b"\r\n")
        line = self.read_until(b"\r\n")[:-2]
        match = re.fullmatch(rb"([+A-Z ]+):([-0-9,]+)", line)
        if not match:
            return Report(line, (), b"")
        name, fields = match[1], tuple(int(n) for n in match[2].split(b","))
        if name not in (b"+HTTPNMIH", b"+HTTPNMIC"):
            return Report(name, fields, b"")
        data = self.read(fields[-1] * (2 if hexadecimal else 1))
        self.expect(b"\r\n")
        return Report(name, fields, data)

    def read_response(self):
        """All reports up to the +HTTPNMIC with `more` 0: (reports, header bytes, content)."""
        reports = []
        while True:
            report = self.read_report()
            reports.append(report)
            assert report.name not in (b"+HTTPDISCON", b"+HTTPDISCONN"), reports
            if report.name == b"+HTTPNMIC" and report.fields[1] == 0:
                break
        header = b"".join(r.data for r in reports if r.name == b"+HTTPNMIH")
        content = b"".join(r.data for r in reports if r.name == b"+HTTPNMIC")
        return reports, header, content
