# SPDX-License-Identifier: Apache-2.0
"""A modem on a PTY asks a real nginx."""

import pytest

from host import OK, info

GET, POST, HEAD = 0, 1, 4


def ask(host, path, method=GET):
    """Sends a request; returns the reports before the response, its header and its content."""
    host.type(f'AT+HTTPSEND=0,{method},"{path}"')
    host.expect(OK)
    return host.read_response()


def test_get(modem, nginx):
    host, _ = modem()
    host.create(nginx.url)
    reports, header, content = ask(host, "/small.txt")
    assert reports[0].name == b"CONNECT OK"
    assert content == nginx.small
    assert b"Content-Type: text/plain\r\n" in header and b"\r\n\r\n" not in header
    assert not header.startswith(b"HTTP/")
    size = len(nginx.small)
    assert reports[-1].fields == (0, 0, size, size, size)


def test_requests_share_one_connection(modem, nginx):
    host, _ = modem()
    host.create(nginx.url)
    ask(host, "/small.txt")
    for _ in range(3):
        reports, _, content = ask(host, "/small.txt")
        assert content == nginx.small
        assert b"CONNECT OK" not in [report.name for report in reports]


def test_head_has_no_content(modem, nginx):
    host, _ = modem()
    host.create(nginx.url)
    reports, header, content = ask(host, "/large.bin", HEAD)
    assert b"\r\nContent-Length: %d\r\n" % len(nginx.large) in header
    assert content == b"" and reports[-1].fields == (0, 0, 0, 0, 0)
    _, _, content = ask(host, "/small.txt")
    assert content == nginx.small


def test_no_content(modem, nginx):
    host, _ = modem()
    host.create(nginx.url)
    reports, _, content = ask(host, "/empty")
    assert content == b"" and reports[-1].fields == (0, 0, 0, 0, 0)


@pytest.mark.parametrize("path, method, status, reason", [
    ("/nothing", GET, 404, b"Not Found"),
    ("/moved", GET, 302, b"Moved Temporarily"),
    ("/small.txt", POST, 405, b"Not Allowed"),
])
def test_status_outside_2xx(modem, nginx, path, method, status, reason):
    host, _ = modem()
    host.create(nginx.url)
    host.type(f'AT+HTTPSEND=0,{method},"{path}"')
    host.expect(OK, info(b"CONNECT OK"))
    host.expect(b"\r\n+HTTPERR:0,%d\r\n%d %s\r\n" % (status, status, reason))
    reports, header, content = host.read_response()
    assert header.startswith(b"Server: nginx")
    assert b"<title>%d " % status in content
    assert reports[-1].fields[2:4] == (len(content), len(content))


def test_basic_authentication(modem, nginx):
    host, _ = modem()
    host.create(nginx.url)
    host.type('AT+HTTPCREATE="%s","meter","s3cret"' % nginx.url)
    host.expect(info(b"+HTTPCREATE:1"), OK)
    host.type('AT+HTTPSEND=0,0,"/secret/small.txt"')
    host.expect(OK, info(b"CONNECT OK"), b"\r\n+HTTPERR:0,401\r\n401 Unauthorized\r\n")
    host.read_response()
    host.type('AT+HTTPSEND=1,0,"/secret/small.txt"')
    host.expect(OK)
    _, _, content = host.read_response()
    assert content == nginx.small


def test_large_file_arrives_whole(modem, nginx):
    host, _ = modem()
    host.create(nginx.url)
    reports, _, content = ask(host, "/large.bin")
    pieces = [report.fields for report in reports if report.name == b"+HTTPNMIC"]
    assert content == nginx.large
    assert sum(fields[4] for fields in pieces) == len(nginx.large)
    assert all(fields[2] == len(nginx.large) and fields[4] <= 1460 for fields in pieces)
    summation = 0
    for fields in pieces:
        summation += fields[4]
        assert fields[3] == summation


def test_two_instances_at_once(modem, nginx):
    host, _ = modem()
    host.create(nginx.url)
    host.create(nginx.url, 1)
    host.type('AT+HTTPSEND=0,0,"/large.bin";+HTTPSEND=1,0,"/large.bin"')
    host.expect(OK)
    content, open_ids = {0: b"", 1: b""}, {0, 1}
    while open_ids:
        report = host.read_report()
        if report.name == b"+HTTPNMIC":
            content[report.fields[0]] += report.data
            if report.fields[1] == 0:
                open_ids.remove(report.fields[0])
    assert content == {0: nginx.large, 1: nginx.large}
