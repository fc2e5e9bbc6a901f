# SPDX-License-Identifier: Apache-2.0
"""Connections that are kept, refused, reset, cut short or never made, and what the host is told."""

import threading

import pytest

from dns_server import DnsServer
from host import OK, info
from server import Server, free_port, header_block, text

CONNECTED = info(b"CONNECT OK")
NO_CONTENT = b"HTTP/1.1 204 No Content\r\n\r\n"
NOTHING = info(b"+HTTPNMIH:0,0,0\r\n") + info(b"+HTTPNMIC:0,0,0,0,0\r\n")


def get(host, path="/"):
    host.type(f'AT+HTTPSEND=0,0,"{path}"')
    host.expect(OK)


def test_kept_connection_serves_the_next_request(modem):
    host, _ = modem()
    idle = threading.Event()

    def keep(connection):
        assert connection.read_request().startswith(b"GET /1 ")
        connection.write(NO_CONTENT)
        assert connection.read_request().startswith(b"GET /2 ")
        connection.write(NO_CONTENT)
        assert idle.wait(20)

    def again(connection):
        assert connection.read_request().startswith(b"GET /3 ")
        connection.write(NO_CONTENT)
        connection.wait_closed()

    with Server(keep, again) as server:
        host.create(server.url)
        get(host, "/1")
        host.expect(CONNECTED, NOTHING)
        get(host, "/2")
        host.expect(NOTHING)
        idle.set()
        host.expect(info(b"+HTTPDISCON:0"))
        get(host, "/3")
        host.expect(CONNECTED, NOTHING)
        host.command("AT+HTTPCLOSE=0")


def keep_then_drop(path):
    def script(connection):
        connection.read_request()
        connection.write(NO_CONTENT)
        assert connection.read_request().split()[1] == path

    return script


def test_dead_kept_connection_is_retried_for_get(modem):
    host, _ = modem()

    def again(connection):
        assert connection.read_request().startswith(b"GET /2 ")
        connection.write(NO_CONTENT)
        connection.wait_closed()

    with Server(keep_then_drop(b"/2"), again) as server:
        host.create(server.url)
        get(host, "/1")
        host.expect(CONNECTED, NOTHING)
        get(host, "/2")
        host.expect(CONNECTED, NOTHING)
        host.command("AT+HTTPCLOSE=0")


def test_dead_kept_connection_is_reported_for_post(modem):
    host, _ = modem()
    with Server(keep_then_drop(b"/2")) as server:
        host.create(server.url)
        get(host, "/1")
        host.expect(CONNECTED, NOTHING)
        host.type('AT+HTTPSEND=0,1,"/2"')
        host.expect(OK, info(b"+HTTPERR:0,-15"), info(b"+HTTPDISCON:0"))


@pytest.mark.parametrize("model", ["M5310-A", "M5311", "M5312", "M5313"])
def test_connection_refused(modem, model):
    host, _ = modem("--model", model)
    host.create(f"http://127.0.0.1:{free_port()}")
    get(host)
    if model == "M5310-A":
        host.expect(info(b"+HTTPERR:0,-14"))
    else:
        host.expect(info(b"CONNECT ERROR"), info(b"+HTTPDISCONN:0,-1"))
    host.expect_nothing_before("AT")


@pytest.mark.parametrize("model", ["M5310-A", "M5311"])
def test_name_that_does_not_exist(modem, model):
    with DnsServer({}) as names:
        host, _ = modem("--model", model, *names.option)
        host.create("http://no-such-module.invalid")
        get(host)
        if model == "M5310-A":
            host.expect(info(b"+HTTPERR:0,-5"))
        else:
            host.expect(info(b"CONNECT ERROR"), info(b"+HTTPDISCONN:0,-5"))


def test_name_of_this_machine(modem):
    host, _ = modem()

    def script(connection):
        assert b"\r\nHost: localhost:%d\r\n" % server.port in connection.read_request()
        connection.write(NO_CONTENT)
        connection.wait_closed()

    with Server(script) as server:
        host.create(f"http://localhost:{server.port}/ignored")
        get(host)
        host.expect(CONNECTED, NOTHING)
        host.command("AT+HTTPCLOSE=0")


@pytest.mark.parametrize(
    "end, model, reports",
    [
        ("close", "M5310-A", (b"+HTTPERR:0,-15", b"+HTTPDISCON:0")),
        ("reset", "M5310-A", (b"+HTTPERR:0,-14", b"+HTTPDISCON:0")),
        ("close", "M5311", (b"+HTTPDISCONN:0,-2",)),
        ("reset", "M5311", (b"+HTTPDISCONN:0,-2",)),
    ],
)
def test_connection_that_ends_inside_the_content(modem, end, model, reports):
    host, _ = modem("--model", model)
    header = header_block(100, "Content-Length: 1000")
    content = text(300)
    content_shown = threading.Event()

    def script(connection):
        connection.read_request()
        connection.write(b"HTTP/1.1 200 OK\r\n" + header + b"\r\n" + content)
        assert content_shown.wait(20)
        getattr(connection, end)()

    with Server(script) as server:
        host.create(server.url)
        get(host)
        host.expect(CONNECTED, b"\r\n+HTTPNMIH:0,0,100\r\n", header, b"\r\n")
        numbers = b"0,1,1000,300,300" if model == "M5310-A" else b"0,1,1000,300"
        host.expect(b"\r\n+HTTPNMIC:", numbers, b"\r\n", content, b"\r\n")
        content_shown.set()
        host.expect(*map(info, reports))
        host.expect_nothing_before("AT")


@pytest.mark.parametrize(
    "model, report", [("M5310-A", b"+HTTPERR:0,-4"), ("M5311", b"+HTTPDISCONN:0,-4")]
)
def test_response_that_is_no_http(modem, model, report):
    host, _ = modem("--model", model)

    def script(connection):
        connection.read_request()
        connection.write(b"SSH-2.0-OpenSSH_9.2\r\n")
        connection.wait_closed()

    with Server(script) as server:
        host.create(server.url)
        get(host)
        host.expect(CONNECTED, info(report))
        if model == "M5310-A":
            host.expect(info(b"+HTTPDISCON:0"))


def test_silent_server_runs_into_the_response_timeout(modem):
    host, _ = modem("--set", "http.response_timeout_ms=200")

    def script(connection):
        connection.read_request()
        connection.wait_closed()

    with Server(script) as server:
        host.create(server.url)
        get(host)
        host.expect(CONNECTED, info(b"+HTTPERR:0,-3"), info(b"+HTTPDISCON:0"))


def test_close_in_mid_response_is_followed_by_silence(modem):
    host, _ = modem()

    def script(connection):
        connection.read_request()
        connection.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + text(400))
        connection.wait_closed()

    with Server(script) as server:
        host.create(server.url)
        get(host)
        host.expect(CONNECTED)
        host.read_until(b"\r\n+HTTPNMIC:0,1,1000,400,400\r\n" + text(400) + b"\r\n")
        host.command("AT+HTTPCLOSE=0")
        host.expect_nothing_before("AT")
        host.create(server.url)


def test_packet_size_cuts_header_and_content_alike(modem):
    host, _ = modem()
    header = header_block(700, "Content-Length: 700")
    content = text(700)
    header_shown = threading.Event()

    def script(connection):
        connection.read_request()
        connection.write(b"HTTP/1.1 200 OK\r\n" + header + b"\r\n")
        assert header_shown.wait(20)
        connection.write(content)
        connection.wait_closed()

    with Server(script) as server:
        host.create(server.url)
        host.command("AT+HTTPCFG=0,6,300")
        host.command("AT+HTTPCFG=0,8,1")
        get(host)
        host.expect(CONNECTED)
        pieces = [(1, 0, 300), (1, 300, 600), (0, 600, 700)]
        for more, begin, end in pieces:
            host.expect(b"\r\n+HTTPNMIH:0,%d,%d\r\n" % (more, end - begin))
            host.expect(header[begin:end].hex().upper().encode(), b"\r\n")
        header_shown.set()
        for more, begin, end in pieces:
            host.expect(b"\r\n+HTTPNMIC:0,%d,700,%d,%d\r\n" % (more, end, end - begin))
            host.expect(content[begin:end].hex().upper().encode(), b"\r\n")
        host.command("AT+HTTPCLOSE=0")


def test_name_is_looked_up_for_real(modem):
    """localhost is in the machine's hosts file: nothing leaves it."""
    host, _ = modem()
    host.command('AT+CMDNS="localhost"', OK)
    host.expect(info(b"+CMDNS:127.0.0.1"))
