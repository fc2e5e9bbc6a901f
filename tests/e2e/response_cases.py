# SPDX-License-Identifier: Apache-2.0
"""Reads the cases of tests/responses (docs/responses.md) for tests that play them over sockets."""

import pathlib
import re
from dataclasses import dataclass, field

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "responses"
METHODS = {"GET": 0, "POST": 1, "PUT": 2, "DELETE": 3, "HEAD": 4}
END = re.compile(r"closed|reset")
CURL = re.compile(r"curl (accepts|refuses|differs: .+)")


@dataclass
class Case:
    name: str
    method: str = "GET"
    curl: str = ""  # accepts, refuses, or "differs: " and how
    sent: bytes = b""  # by the server
    end: str = "open"  # what the server does then: open, closed or reset
    heard: bytes = b""  # by the host, when all of `sent` is one read
    settings: list = field(default_factory=list)  # "key=value"


def expand_repeats(text):
    return re.sub(r"\{(\d+)\*([^}]*)\}", lambda found: found[2] * int(found[1]), text)


def decode_raw(text):
    """Bytes as they are spelled in transcripts: repeats, then \\r \\n \\\\ and \\xhh."""
    spelled = {"\\r": b"\r", "\\n": b"\n", "\\\\": b"\\"}
    out = b""
    for part in re.split(r"(\\x[0-9a-fA-F]{2}|\\[rn\\])", expand_repeats(text)):
        if part.startswith("\\x"):
            out += bytes.fromhex(part[2:])
        elif part in spelled:
            out += spelled[part]
        else:
            assert "\\" not in part, f"a bad escape: {part}"
            out += part.encode()
    return out


def read_line(case, line):
    word, _, rest = line.partition(" ")
    if word == ">":
        case.sent += expand_repeats(rest).encode() + b"\r\n"
    elif word == ">>":
        case.sent += decode_raw(rest)
    elif word == "<":
        case.heard += b"\r\n" + expand_repeats(rest).encode() + b"\r\n"
    elif word == "<<":
        case.heard += decode_raw(rest)
    elif word == "method":
        assert rest in METHODS, line
        case.method = rest
    elif word == "set":
        case.settings.append(rest)
    elif END.fullmatch(line):
        case.end = line
    elif CURL.fullmatch(line):
        case.curl = rest
    else:
        assert not line or line == "close", f"{case.name}: not a line of a case: {line}"


def read_cases():
    cases = []
    for path in sorted(FOLDER.glob("*.md")):
        heading, inside = "", False
        for line in path.read_text(encoding="utf-8").splitlines():
            if line == "```response":
                inside = True
                cases.append(Case(f"{path.stem}.{heading}"))
            elif line == "```":
                inside = False
            elif inside:
                read_line(cases[-1], line)
            elif line.startswith("## "):
                heading = line[3:]
    return cases
