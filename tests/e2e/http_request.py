# SPDX-License-Identifier: Apache-2.0
"""A strict reader of requests, of the tests' own: RFC 9112 2 to 6 and RFC 9110 5, no leniency."""

import re
from collections import namedtuple

Request = namedtuple("Request", "method target fields content")

TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
REQUEST_LINE = re.compile(rb"(%s) ([!-~\x80-\xff]+) HTTP/1\.1" % TOKEN)
FIELD_LINE = re.compile(rb"(%s):[ \t]*((?:[!-~\x80-\xff](?:[ \t!-~\x80-\xff]*[!-~\x80-\xff])?)?)[ \t]*" % TOKEN)
# RFC 3986 3.2.2, with a port (RFC 9110 7.2).
HOST = re.compile(
    rb"(?:\[[0-9A-Fa-f:.]+\]|(?:[0-9A-Za-z\-._~!$&'()*+,;=]|%[0-9A-Fa-f]{2})+)(?::[0-9]+)?"
)
SINGLE = (b"host", b"content-length", b"authorization", b"transfer-encoding")


class Malformed(Exception):
    pass


def values(fields, name):
    return [value for n, value in fields if n.lower() == name]


def parse(stream):
    """The first request of `stream` and the bytes behind it; None when more has to come."""
    end = stream.find(b"\r\n\r\n")
    if end < 0:
        return None
    lines = stream[:end].split(b"\r\n")
    line = REQUEST_LINE.fullmatch(lines[0])
    if not line:
        raise Malformed(f"request line {lines[0]!r}")
    fields = []
    for text in lines[1:]:
        field = FIELD_LINE.fullmatch(text)
        if not field:
            raise Malformed(f"field line {text!r}")
        fields.append(field.groups())
    length = content_length(fields)
    rest = stream[end + 4 :]
    if len(rest) < length:
        return None
    return Request(line[1], line[2], fields, rest[:length]), rest[length:]


def content_length(fields):
    for name in SINGLE:
        if len(values(fields, name)) > 1:
            raise Malformed(f"{name!r} stands twice")
    host = values(fields, b"host")
    if not host or not HOST.fullmatch(host[0]):
        raise Malformed(f"Host {host!r}")
    if values(fields, b"transfer-encoding"):
        raise Malformed("a Transfer-Encoding, which this modem does not write")
    length = values(fields, b"content-length")
    if length and not re.fullmatch(rb"[0-9]+", length[0]):
        raise Malformed(f"Content-Length {length[0]!r}")
    return int(length[0]) if length else 0
