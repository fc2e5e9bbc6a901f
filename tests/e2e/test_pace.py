# SPDX-License-Identifier: Apache-2.0
"""The line and the radio as they are, in real time (line.pace, air.*, --as-hardware)."""

import re
import time

import pytest

from host import OK, info
from server import Server, text

SLACK_S = 0.1  # this machine's, for a host that is woken late
CONNECTED = info(b"CONNECT OK")
PAGE = text(18_000)  # 5.8 s on the radio, 18.8 s at 9600 baud


def page(content):
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(content) + content


def serve(content):
    def script(connection):
        connection.read_request()
        connection.write(page(content))
        connection.wait_gone()

    return Server(script)


def get(host, server):
    host.create(server.url)
    host.command('AT+HTTPSEND=0,0,"/"')
    host.expect(CONNECTED)


def sums(heard):
    """What the records have, and what was dropped."""
    records = re.findall(rb"\r\n\+HTTPNMI[HC]:[0-9,]*?(\d+)\r\n", heard)
    drops = re.findall(rb"\r\n\+HTTPDROP:0,(\d+)\r\n", heard)
    return sum(map(int, records)), [int(drop) for drop in drops]


@pytest.mark.parametrize("baud, seconds", [(9600, 4), (57600, 2)])
def test_output_leaves_at_the_rate(modem, baud, seconds):
    """8N1: a tenth of the rate is bytes a second. The whole transfer counts, within 1 %."""
    host, _ = modem("--set", "line.pace=true", "--set", f"line.baud={baud}")
    with serve(text(baud // 10 * seconds)) as server:
        get(host, server)
        host.read(1)
        began = time.monotonic()
        heard = host.read_until(b"+HTTPNMIC:0,0,")
        took = time.monotonic() - began
        host.type("AT+HTTPCLOSE=0")
    wanted = len(heard) / (baud / 10)
    assert wanted * 0.99 - SLACK_S <= took <= wanted * 1.01 + SLACK_S


def test_echo_and_typing_take_their_time(modem):
    """500 bytes there, then their echo's last and the answer: at 9600 baud half a second."""
    host, _ = modem("--set", "line.pace=true")
    host.command("ATE1")
    line = b"AT" + b" " * 497 + b"\r"
    began = time.monotonic()
    host.write(line)
    host.expect(line + OK)
    assert 0.51 <= time.monotonic() - began <= 0.56 + SLACK_S


def test_without_a_pace_nothing_waits(modem):
    host, _ = modem()
    with serve(text(200_000)) as server:
        began = time.monotonic()
        get(host, server)
        host.read_until(b"+HTTPNMIC:0,0,")
        assert time.monotonic() - began < 5  # 208 s at 9600 baud
        host.type("AT+HTTPCLOSE=0")


def hurried(modem, *settings):
    """As hardware that has booted and is registered already."""
    settings = ("boot.duration_ms=0", "boot.text=false", "network.registration_delay_ms=0", *settings)
    sets = [word for setting in settings for word in ("--set", setting)]
    return modem("--as-hardware", *sets)[0]


def test_as_hardware_a_page_at_9600_baud_is_dropped(modem):
    host = hurried(modem)
    response = page(PAGE)
    with serve(PAGE) as server:
        get(host, server)
        heard = b""
        while sum(sums(heard)[1]) + sums(heard)[0] + len(b"HTTP/1.1 200 OK\r\n\r\n") < len(response):
            heard += host.read_until(b"\r\n")
        host.type("AT+HTTPCLOSE=0")
    records, drops = sums(heard)
    assert 1460 in drops
    # Bytes in = bytes out + bytes reported as dropped.
    assert records + sum(drops) + len(b"HTTP/1.1 200 OK\r\n\r\n") == len(response)


def test_as_hardware_the_same_page_at_230400_baud_is_whole(modem):
    host = hurried(modem)
    host.command("AT+NATSPEED=230400,30,0")
    host.command("AT")
    with serve(PAGE) as server:
        get(host, server)
        reports, _, content = host.read_response()
        host.type("AT+HTTPCLOSE=0")
    assert not [report for report in reports if report.name == b"+HTTPDROP"]
    assert content == PAGE


def test_as_hardware_takes_its_time(modem):
    """Connection, then request and answer: the first byte after two round trips at the earliest."""
    host = hurried(modem)
    with serve(b"ok") as server:
        host.command('AT+HTTPCREATE="%s"' % server.url, info(b"+HTTPCREATE:0") + OK)
        host.type('AT+HTTPSEND=0,0,"/"')
        host.read_until(OK)
        began = time.monotonic()
        host.read_until(CONNECTED)
        assert time.monotonic() - began >= 1.6
        host.read_until(b"\r\nok\r\n")
        assert 3.2 <= time.monotonic() - began
        host.type("AT+HTTPCLOSE=0")


def test_an_option_changes_what_as_hardware_sets(modem):
    host = hurried(modem, "air.latency_ms=0", "line.pace=false")
    with serve(b"ok") as server:
        began = time.monotonic()
        get(host, server)
        host.read_until(b"\r\nok\r\n")
        assert time.monotonic() - began < 1.6
        host.type("AT+HTTPCLOSE=0")
