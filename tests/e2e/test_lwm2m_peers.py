# SPDX-License-Identifier: Apache-2.0
"""The LwM2M client with libcoap's own programs: a resource directory, DTLS with a key of both."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from coap_peers import COAP, COAPS, CoapPeer, own_address
from host import OK, Host, info
from program import Pipes
from udp_proxy import DOUBLE, DOWN, DROP, SWAP, UP, UdpProxy

LINKS = '</>;rt="oma.lwm2m",</3200/0>'
KEY, IDENTITY = "key-of-both", "module-1"


@pytest.fixture
def peer():
    """peer(program, option…) runs one of libcoap's programs."""
    running = []

    def run(*command):
        running.append(CoapPeer(*command))
        return running[-1]

    yield run
    for each in running:
        each.close()


def create(host, at, *more):
    fields = "".join(f',"{field}"' for field in more)
    host.command(f'AT+MIPLCREATEEX="{at}",0{fields}', info(b"+MIPLCREATEEX:0") + OK)
    host.command('AT+MIPLADDOBJ=0,3200,1,"1",0,1')


def events(host, *numbers):
    host.expect(*(info(b"+MIPLEVENT:0,%d" % number) for number in numbers))


def registrations(directory):
    """The paths under /rd, and what is kept there, of those that it lists."""
    listed = directory.get(".well-known/core")
    assert "</rd>" in listed
    paths = re.findall(r"</(rd/[^>]+)>", listed)
    return {path: directory.get(path) for path in paths}


def test_a_resource_directory_keeps_what_was_registered(peer, modem):
    directory = peer("coap-rd-notls")
    host, _ = modem()
    create(host, f"{directory.host}:{COAP}")
    assert registrations(directory) == {}
    host.command("AT+MIPLOPEN=0,3000,30")
    events(host, 6)
    assert list(registrations(directory).values()) == [LINKS]
    # It has no POST there (LwM2M 1.0 5.3.2), so an update is refused.
    host.command("AT+MIPLUPDATE=0,3000,0")
    events(host, 12)
    # It falls over each deletion (a pointer freed twice): then nobody is there, and that is an end.
    host.command("AT+MIPLCLOSE=0")
    events(host, 15)


# A link to each program that has DTLS, made with another library.
@pytest.mark.parametrize("library", ["openssl", "gnutls"])
def test_a_registration_through_dtls(peer, modem, library):
    directory = peer(f"coap-rd-{library}", "-k", KEY)
    host, _ = modem("--model", "M5311")
    create(host, f"{directory.host}:{COAPS}", "", KEY, IDENTITY)
    host.command("AT+MIPLOPEN=0,3000,30")
    events(host, 4, 6)
    assert list(registrations(directory).values()) == [LINKS]


@pytest.mark.parametrize("library", ["openssl", "gnutls"])
def test_another_key_is_no_connection(peer, modem, library):
    directory = peer(f"coap-rd-{library}", "-k", KEY)
    host, _ = modem("--model", "M5311")
    create(host, f"{directory.host}:{COAPS}", "", "another-key", IDENTITY)
    host.command("AT+MIPLOPEN=0,3000,3")
    events(host, 5)
    assert registrations(directory) == {}


def test_a_server_that_is_none_of_lwm2m_refuses_behind_the_handshake(peer, modem):
    server = peer("coap-server-openssl", "-k", KEY)
    host, _ = modem("--model", "M5311")
    create(host, f"{server.host}:{COAPS}", "", KEY, IDENTITY)
    host.command("AT+MIPLOPEN=0,3000,30")
    events(host, 4, 7)


def test_the_identity_is_the_one_that_was_given_or_the_endpoints(peer, modem, tmp_path):
    names = tmp_path / "identities"
    names.write_text(f"CoAP,{IDENTITY},{KEY}\nCoAP,865820030265172;460043783403288,other-key\n")
    server = peer("coap-server-openssl", "-k", "nobody's", "-i", names)
    host, _ = modem("--model", "M5311", "--set", "module.imei=865820030265172",
                    "--set", "sim.imsi=460043783403288")
    for more in (("", KEY, IDENTITY), ("", "other-key")):
        create(host, f"{server.host}:{COAPS}", *more)
        host.command("AT+MIPLOPEN=0,3000,30")
        events(host, 4, 7)
        host.command("AT+MIPLDELETE=0")
    create(host, f"{server.host}:{COAPS}", "", KEY, "somebody")
    host.command("AT+MIPLOPEN=0,3000,3")
    events(host, 5)


@pytest.mark.parametrize("trouble", [DROP, DOUBLE, SWAP])
def test_a_handshake_on_a_bad_network(peer, trouble):
    directory = peer("coap-rd-openssl", "-k", KEY)

    def register(script=()):
        there = (directory.host, COAPS)
        with (UdpProxy(there, script, at=(own_address(), COAPS)) as proxy,
              Pipes("run", "--stdio", "--quiet", "--model", "M5311") as line):
            host = Host(line)
            host.type("ATE0")
            host.read_until(OK)
            create(host, f"{proxy.host}:{COAPS}", "", KEY, IDENTITY)
            host.command("AT+MIPLOPEN=0,3000,30")
            events(host, 4, 6)
            return proxy.log

    log = register()
    scripts = [{(way, n): trouble} for way in (UP, DOWN)
               for n in range(sum(direction == way for direction, _ in log))]
    assert len(scripts) >= 8, log
    with ThreadPoolExecutor(len(scripts)) as workers:
        list(workers.map(register, scripts))
    assert set(registrations(directory).values()) == {LINKS}
