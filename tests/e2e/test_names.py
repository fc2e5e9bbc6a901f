# SPDX-License-Identifier: Apache-2.0
"""Servers by address and by name: every address of a name is tried, and a name server that is
wrong, late or silent holds up nobody else. All names are answered by the test's own server."""

import time

import pytest

from dns_server import SERVFAIL, SILENCE, DnsServer
from host import OK, info
from server import Hanging, Server, free_port

CONNECTED = info(b"CONNECT OK")
NO_CONTENT = b"HTTP/1.1 204 No Content\r\n\r\n"
NOTHING = info(b"+HTTPNMIH:0,0,0\r\n") + info(b"+HTTPNMIC:0,0,0,0,0\r\n")
MAX_ADDRESSES = 16


def answer(connection):
    connection.read_request()
    connection.write(NO_CONTENT)
    connection.wait_closed()


def send(host, instance=0):
    host.type(f'AT+HTTPSEND={instance},0,"/"')
    host.expect(OK)


def expect_answer(host):
    send(host)
    host.expect(CONNECTED, NOTHING)
    host.command("AT+HTTPCLOSE=0")


def tried(records):
    return [(r["address"], r["cause"]) for r in records()[1] if r.get("event") == "tried"]


def ended(records):
    return [(r["cause"], r.get("dns")) for r in records()[1] if r.get("event") == "ended"]


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_address(modem, address):
    host, _ = modem()
    with Server(answer, at=(address, 0)) as server:
        host.create(server.url)
        expect_answer(host)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_name(modem, address):
    with DnsServer({"a.example": [address]}) as names, Server(answer, at=(address, 0)) as server:
        host, _ = modem(*names.option)
        host.create(f"http://a.example:{server.port}")
        expect_answer(host)
    assert set(names.asked) == {"a.example"}


def test_name_in_the_hosts_file_is_asked_of_nobody(modem):
    with DnsServer({"localhost": ["127.0.0.2"]}) as names, Server(answer) as server:
        host, _ = modem(*names.option)
        host.create(f"http://localhost:{server.port}")
        expect_answer(host)
        host.command('AT+CMDNS="localhost"', OK)
        host.expect(info(b"+CMDNS:127.0.0.1"))
    assert not names.asked


def test_cmdns_asks_the_same_server(modem):
    with DnsServer({"a.example": ["127.0.0.9"]}) as names:
        host, _ = modem(*names.option)
        host.command('AT+CMDNS="a.example"', OK)
        host.expect(info(b"+CMDNS:127.0.0.9"))
        host.command('AT+CMDNS="b.example"', OK)
        host.expect(info(b"+CMDNS:FAIL"))


def test_next_address_when_the_first_refuses(traced):
    with DnsServer({"a.example": ["127.0.0.3", "127.0.0.1"]}) as names, Server(answer) as server:
        host, _, records = traced(*names.option)
        host.create(f"http://a.example:{server.port}")
        expect_answer(host)
    assert tried(records) == [("127.0.0.3", "connection refused")]


def test_addresses_without_a_route_come_last(traced):
    unreachable = ["255.255.255.255", "fe80::1"]
    with DnsServer({"a.example": [*unreachable, "127.0.0.1"]}) as names, Server(answer) as server:
        host, _, records = traced(*names.option)
        host.create(f"http://a.example:{server.port}")
        expect_answer(host)
    assert tried(records) == []


def tried_in_vain(traced, *addresses):
    """What is tried of a name whose addresses are these, where nobody listens."""
    with DnsServer({"a.example": list(addresses)}) as names:
        host, _, records = traced(*names.option)
        host.create(f"http://a.example:{free_port()}")
        send(host)
        host.expect(info(b"+HTTPERR:0,-14"))
    return tried(records)


def test_a_missing_route_is_not_told_when_another_address_had_more_to_say(traced):
    assert tried_in_vain(traced, "255.255.255.255", "127.0.0.3") == [
        ("127.0.0.3", "connection refused"),
        ("255.255.255.255", "no route to the server"),
    ]


def test_next_address_when_the_first_hangs_has_half_of_the_time(traced):
    with Hanging(("127.0.0.2", 0)) as hanging:
        with (
            DnsServer({"a.example": ["127.0.0.2", "127.0.0.1"]}) as names,
            Server(answer, at=("127.0.0.1", hanging.port)) as server,
        ):
            host, _, records = traced(*names.option, "--set", "http.connect_timeout_ms=2000")
            host.create(f"http://a.example:{server.port}")
            expect_answer(host)
    _, lines = records()
    events = [(line["event"], line["t"]) for line in lines if "event" in line]
    times = dict(reversed(events))
    assert 0.9 <= (times["tried"] - times["connecting"]) / 1000 <= 1.5
    causes = [line["cause"] for line in lines if line.get("event") == "tried"]
    assert causes == ["connect timed out"]


def test_last_address_that_hangs_has_what_is_left_of_the_time(traced):
    with Hanging(("127.0.0.2", 0)) as hanging:
        with DnsServer({"a.example": ["127.0.0.3", "127.0.0.2"]}) as names:
            host, _, records = traced(*names.option, "--set", "http.connect_timeout_ms=600")
            host.create(f"http://a.example:{hanging.port}")
            began = time.monotonic()
            send(host)
            host.expect(info(b"+HTTPERR:0,-3"))
            assert time.monotonic() - began >= 0.59
    assert tried(records) == [("127.0.0.3", "connection refused")]


def test_when_no_address_does_the_last_one_says_why(traced):
    refused = "connection refused"
    tries = tried_in_vain(traced, "127.0.0.2", "127.0.0.3")
    assert tries == [("127.0.0.2", refused), ("127.0.0.3", refused)]


@pytest.mark.parametrize("count", [MAX_ADDRESSES - 1, MAX_ADDRESSES, MAX_ADDRESSES + 1])
def test_as_many_addresses_are_tried_as_there_may_be(traced, count):
    addresses = [f"127.0.1.{n}" for n in range(1, count)] + ["127.0.0.1"]
    reached = count <= MAX_ADDRESSES
    with (
        DnsServer({"a.example": addresses}) as names,
        Server(*[answer] * reached) as server,
    ):
        host, _, records = traced(*names.option)
        host.create(f"http://a.example:{server.port}")
        if reached:
            expect_answer(host)
        else:
            send(host)
            host.expect(info(b"+HTTPERR:0,-14"))
    assert [address for address, _ in tried(records)] == addresses[: min(count - 1, MAX_ADDRESSES)]


@pytest.mark.parametrize(
    "known, words",
    [
        ({}, "Domain name not found"),
        ({"a.example": []}, "DNS server returned answer with no data"),
        # Each try ends with it at once, and c-ares has no other words for that.
        ({"a.example": SERVFAIL}, "Could not contact DNS servers"),
        ({"a.example": SILENCE}, "Timeout while contacting DNS servers"),
    ],
    ids=["unknown", "without an address", "server failure", "silence"],
)
@pytest.mark.parametrize("model", ["M5310-A", "M5311"])
def test_name_without_an_answer(traced, model, known, words):
    with DnsServer(known) as names:
        host, _, records = traced(
            *names.option, "--model", model, "--set", "http.connect_timeout_ms=3000"
        )
        host.create("http://a.example")
        began = time.monotonic()
        send(host)
        if model == "M5310-A":
            host.expect(info(b"+HTTPERR:0,-5"))
        else:
            host.expect(info(b"CONNECT ERROR"), info(b"+HTTPDISCONN:0,-5"))
        took = time.monotonic() - began
        assert (1.5 if known.get("a.example") is SILENCE else 0) <= took < 3
    assert ended(records) == [("the name cannot be resolved", words)]


def test_silent_name_server_holds_up_nobody_else(modem):
    with DnsServer({"a.example": SILENCE}) as names, Server(answer) as server:
        host, _ = modem(*names.option, "--set", "http.connect_timeout_ms=4000")
        host.create("http://a.example")
        host.create(server.url, 1)
        send(host, 0)
        began = time.monotonic()
        send(host, 1)
        host.expect(CONNECTED, NOTHING.replace(b":0,", b":1,"))
        assert time.monotonic() - began < 2
        host.command("AT+HTTPCLOSE=1")
        host.expect(info(b"+HTTPERR:0,-5"))


def test_no_name_server_at_all(modem):
    """Nobody listens there: the look-up ends at once."""
    host, _ = modem("--set", f"dns.server=127.0.0.1:{free_port()}")
    host.create("http://a.example")
    send(host)
    host.expect(info(b"+HTTPERR:0,-5"))


def test_close_in_mid_lookup(modem):
    with DnsServer({"a.example": SILENCE}) as names:
        host, _ = modem(*names.option, "--set", "http.connect_timeout_ms=500")
        host.create("http://a.example")
        send(host)
        host.command("AT+HTTPCLOSE=0")
        host.create("http://a.example")
        send(host)
        host.expect(info(b"+HTTPERR:0,-5"))
