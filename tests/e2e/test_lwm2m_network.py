# SPDX-License-Identifier: Apache-2.0
"""The LwM2M client on a bad network: what is lost, doubled or late is nothing that a host sees."""

import re
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest

from coap_device import (
    ACK, CON, DEADLINE_S, DELETE, FORMAT, GET, LOCATION, OBSERVE, POST, TLV, URI_PATH, Message,
    code, decode,
)
from dns_server import DnsServer
from host import OK, Host
from platform_onenet import READ, Onenet
from program import Pipes, TcpLine
from udp_proxy import DOUBLE, DOWN, DROP, SWAP, UP, UdpProxy

IMSI = "460043783403288"


HERE = "127.0.0.1"


@pytest.fixture
def onenet(start):
    return Onenet(start("onenet", "--http", "0", "--coap", "0"))


@pytest.fixture
def module():
    """module(line…) is a modem of its own process, or of what the line leads to."""
    modules = []

    def make(*given, **named):
        modules.append(Module(*given, **named))
        return modules[-1]

    yield make
    for each in modules:
        each.close()


def free_udp_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((HERE, 0))
        return probe.getsockname()[1]


def imei_of(number):
    return f"8658200302{number:05}"


def numbers_of(line):
    return [int(number) for number in re.findall(rb"-?\d+", line.partition(b":")[2])]


class Module(Host):
    """A module's host, and what it has heard, with message ids counted from the first one."""

    def __init__(self, imei=None, *options, line=None):
        self._line_of = line or Pipes("run", "--stdio", "--quiet", "--set", f"module.imei={imei}",
                                      "--set", f"sim.imsi={IMSI}", *options)
        super().__init__(self._line_of)
        self.heard = []
        self._lines = []  # of which the test has asked for none yet
        self._first = None
        self.type("ATE0")
        self.read_until(OK)

    def do(self, command):
        """Types it and waits for its OK."""
        self.type(command)
        self.hear(b"OK")

    def hear(self, begin):
        """Waits for the line that begins so, or had it already; returns its numbers."""
        while True:
            found = next((line for line in self._lines if line.startswith(begin)), None)
            if found:
                self._lines.remove(found)
                return numbers_of(found)
            self._keep()

    def _keep(self):
        """One more line."""
        assert self.read(2) == b"\r\n"
        line = self.read_until(b"\r\n")[:-2]
        self._lines.append(line)
        if re.match(rb"\+MIPL(READ|OBSERVE|DISCOVER):", line):
            name, numbers = line.partition(b":")[0], numbers_of(line)
            self._first = numbers[1] if self._first is None else self._first
            self.heard.append((name, (numbers[1] - self._first) & 0xFFFF, *numbers[2:]))
        else:
            self.heard.append(line)

    def create(self, port, host=HERE, bootstraps=0):
        self.do(f'AT+MIPLCREATEEX="{host}:{port}",{bootstraps}')
        self.do('AT+MIPLADDOBJ=0,3200,1,"1",0,1')

    def register(self, port, host=HERE):
        self.create(port, host)
        self.do("AT+MIPLOPEN=0,3000,60")
        self.hear(b"+MIPLEVENT:0,6")

    def observed(self):
        """The message id of the observation, after it and the discovery behind it."""
        _, message, *_ = self.hear(b"+MIPLOBSERVE")
        self.hear(b"+MIPLDISCOVER")
        return message

    def answer_read(self):
        _, message, *_ = self.hear(b"+MIPLREAD")
        self.do(f'AT+MIPLREADRSP=0,{message},1,3200,0,5500,5,1,"0",2,1')
        self.do(f'AT+MIPLREADRSP=0,{message},1,3200,0,5501,3,3,"-12",1,2')
        self.do(f'AT+MIPLREADRSP=0,{message},1,3200,0,5750,1,4,"test",0,0')

    def close(self):
        if isinstance(self._line_of, Pipes):
            self._line_of.__exit__()
        else:
            self._line_of.close()


def read(platform, module, imei):
    answer = platform.later(f"/nbiot?imei={imei}&obj_id=3200")
    module.answer_read()
    assert answer()[1] == READ


def session(platform, number, script=()):
    """A session of everything through a proxy; returns what the host heard and the proxy's log."""
    imei = imei_of(number)
    device = platform.create(imei)
    with UdpProxy((HERE, platform.coap), script) as proxy:
        module = Module(imei)
        module.deadline_s = 40  # some retransmissions, one after the other
        try:
            module.register(proxy.port)
            observed = module.observed()
            read(platform, module, imei)
            module.do(f'AT+MIPLNOTIFY=0,{observed},3200,0,5501,3,2,"20",0,0')
            module.do(f'AT+MIPLNOTIFY=0,{observed},3200,0,5501,3,2,"21",0,0,7')
            module.hear(b"+MIPLEVENT:0,26,7")
            streams = platform.ask(f"/devices/{device}")["data"]["datastreams"]
            assert {"id": "3200_0_5501", "current_value": 21} in streams
            module.do("AT+MIPLCLOSE=0")
            module.hear(b"+MIPLEVENT:0,15")
            module.do("AT+MIPLDELETE=0")
        finally:
            module.close()
        return module.heard, proxy.log


def bootstrap(platform, number, script=()):
    """The same of a bootstrap; it ends at the address to register at, which is behind no proxy."""
    imei = imei_of(number)
    platform.create(imei)
    with UdpProxy((HERE, platform.coap), script) as proxy:
        module = Module(imei)
        module.deadline_s = 40
        try:
            module.create(proxy.port, bootstraps=1)
            module.do("AT+MIPLOPEN=0,3000,60")
            module.hear(b"+MIPLEVENT:0,2")
            module.hear(b"+MIPLEVENT:0,6")
            module.observed()
            read(platform, module, imei)
        finally:
            module.close()
        return module.heard, proxy.log


# The answer to the registration may come behind what the server asks next: then so does its event.
LATE_ANSWER = {DROP: (DOWN, 0), SWAP: (DOWN, 0)}


def in_order(heard, case, trouble):
    if LATE_ANSWER.get(trouble) != case:
        return heard
    registered = b"+MIPLEVENT:0,6"
    return sorted(heard, key=lambda line: line != registered)


@pytest.mark.parametrize("trouble", [DROP, DOUBLE, SWAP])
@pytest.mark.parametrize("session, datagrams", [(session, 14), (bootstrap, 8)])
def test_the_host_sees_nothing_of_a_bad_network(onenet, session, datagrams, trouble):
    heard, log = session(onenet, 0)
    assert (b"+MIPLREAD", 2, 3200, -1, -1) in heard
    cases = [(way, n) for way in (UP, DOWN)
             for n in range(sum(direction == way for direction, _ in log))]
    assert len(cases) >= datagrams, log

    def differs(numbered):
        number, case = numbered
        try:
            now, _ = session(onenet, number, {case: trouble})
        except AssertionError as failure:
            return f"{case}: {failure}"
        same = in_order(now, case, trouble) == in_order(heard, case, trouble)
        return None if same else f"{case}: {now}"

    with ThreadPoolExecutor(len(cases)) as workers:
        found = [one for one in workers.map(differs, enumerate(cases, 1)) if one]
    assert not found, f"wanted {heard}, but\n" + "\n".join(found)


# A server that is away.


def test_nobody_is_there_at_registration(onenet, module):
    onenet.create(imei_of(0))
    host = module(imei_of(0))
    host.create(free_udp_port())
    host.do("AT+MIPLOPEN=0,3000,30")
    host.hear(b"+MIPLEVENT:0,7")
    host.do("AT+MIPLDELETE=0")
    host.register(onenet.coap)
    host.observed()
    read(onenet, host, imei_of(0))


def test_a_silent_server_at_registration_and_back_again(onenet, module):
    onenet.create(imei_of(0))
    host = module(imei_of(0))
    with UdpProxy((HERE, onenet.coap)) as proxy:
        proxy.silent = True
        host.create(proxy.port)
        host.do("AT+MIPLOPEN=0,3000,3")
        host.hear(b"+MIPLEVENT:0,8")
        assert proxy.count(UP) >= 1 and proxy.count(DOWN) == 0
        proxy.silent = False
        host.do("AT+MIPLOPEN=0,3000,30")
        host.hear(b"+MIPLEVENT:0,6")
        host.observed()
        read(onenet, host, imei_of(0))


def test_a_server_that_goes_and_comes_back_without_its_registrations(start, tmp_path, module):
    def platform(port=0):
        return Onenet(start("onenet", "--http", "0", "--coap", port, "--db", tmp_path / "devices"))

    first = platform()
    first.create(imei_of(0))
    host = module(imei_of(0))
    host.register(first.coap)
    host.observed()
    assert first.program.stop() == 0
    host.do("AT+MIPLUPDATE=0,3000,0")
    host.hear(b"+MIPLEVENT:0,12")
    second = platform(first.coap)
    # It asks by itself again, and hears that nobody knows it.
    host.hear(b"+MIPLEVENT:0,12")
    host.do("AT+MIPLOPEN=0,3000,30")
    host.hear(b"+MIPLEVENT:0,6")
    host.observed()
    read(second, host, imei_of(0))


def test_a_server_that_moves_is_found_by_its_name(onenet, module):
    onenet.create(imei_of(0))
    names = {"lwm2m.test": [HERE]}
    with DnsServer(names) as dns:
        host = module(imei_of(0), *dns.option)
        with UdpProxy((HERE, onenet.coap)) as old:
            host.register(old.port, "lwm2m.test")
            host.observed()
        names["lwm2m.test"] = ["127.0.0.2"]
        with UdpProxy((HERE, onenet.coap), at=("127.0.0.2", old.port)):
            host.do("AT+MIPLUPDATE=0,3000,0")
            host.hear(b"+MIPLEVENT:0,12")
            onenet.program.wait_said(f"updated {imei_of(0)} from a new address")
            read(onenet, host, imei_of(0))


def test_a_module_whose_address_changes_is_heard_from_there(onenet, module):
    onenet.create(imei_of(0))
    host = module(imei_of(0))
    with UdpProxy((HERE, onenet.coap)) as proxy:
        host.register(proxy.port)
        observed = host.observed()
        proxy.move()
        host.do(f'AT+MIPLNOTIFY=0,{observed},3200,0,5501,3,2,"22",0,0,9')
        host.hear(b"+MIPLEVENT:0,26,9")
        proxy.move()
        host.do("AT+MIPLUPDATE=0,3000,0")
        host.hear(b"+MIPLEVENT:0,11")
        onenet.program.wait_said(f"updated {imei_of(0)} from a new address")
        read(onenet, host, imei_of(0))


# Two modems in one process.


class Server:
    """A LwM2M server of bytes, for several modules on one socket."""

    def __init__(self):
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((HERE, 0))
        self._socket.settimeout(DEADLINE_S)
        self.port = self._socket.getsockname()[1]

    def receive(self, wanted):
        """The next message that is wanted, and from where; empty acknowledgements are passed over."""
        while True:
            data, at = self._socket.recvfrom(2048)
            message = decode(data)
            if (message.kind, message.code) != (ACK, 0):
                assert wanted(message), (message.kind, message.code, message.path)
                return message, at

    def answer(self, message, at, number, options=()):
        self._socket.sendto(
            Message(ACK, number, message.mid, message.token if number else b"", options).encode(), at)

    def get(self, at, mid, path, observe=None):
        options = [] if observe is None else [(OBSERVE, bytes([observe]))]
        options += [(URI_PATH, part.encode()) for part in path.split("/")]
        self._socket.sendto(Message(CON, GET, mid, b"%d" % mid, options).encode(), at)

    def close(self):
        self._socket.close()


def test_two_modems_of_one_process_are_not_mixed_up(start, module):
    program = start("run", "--tcp", "0")
    port = int(program.wait_said(r"127\.0\.0\.1:(\d+)")[1])
    server = Server()
    hosts = [module(line=TcpLine(port)) for _ in range(2)]
    places = []
    for number, host in enumerate(hosts):
        host.create(server.port)
        host.do("AT+MIPLOPEN=0,3000,30")
        asked, at = server.receive(lambda it: (it.code, it.path) == (POST, "rd"))
        server.answer(asked, at, code("2.01"), [(LOCATION, b"rd"), (LOCATION, b"%d" % number)])
        host.hear(b"+MIPLEVENT:0,6")
        places.append(at)
    assert places[0] != places[1]
    # The same message ids and tokens to both.
    for at in places:
        server.get(at, 700, "3200/0", observe=0)
        answer, came = server.receive(lambda it: it.code == code("2.05"))
        assert (came, answer.mid, answer.token) == (at, 700, b"700")
    for host in hosts:
        assert host.hear(b"+MIPLOBSERVE") == [0, 700, 1, 3200, 0, -1]
    for at in places:
        server.get(at, 701, "3200/0/5501")
    for host in hosts:
        assert host.hear(b"+MIPLREAD") == [0, 701, 3200, 0, 5501]
    for number in (1, 0):
        hosts[number].do(f"AT+MIPLREADRSP=0,701,1,3200,0,5501,3,1,{number},0,0")
        answer, came = server.receive(lambda it: it.code == code("2.05"))
        assert (came, answer.payload) == (places[number], b"%d" % number)
        server.answer(answer, came, 0)
    # An acknowledgement to one is not one to the other.
    waiting = []
    for number, host in enumerate(hosts):
        host.do(f"AT+MIPLNOTIFY=0,700,3200,0,5501,3,1,{5 + number},0,0,{number}")
        answer, came = server.receive(lambda it: it.code == code("2.05"))
        assert (came, answer.number(FORMAT), answer.payload[-1]) == (places[number], TLV, 5 + number)
        waiting.append((answer, came))
    server.answer(*waiting[1], 0)
    hosts[1].hear(b"+MIPLEVENT:0,26,1")
    hosts[0].expect_nothing_before("AT")
    server.answer(*waiting[0], 0)
    hosts[0].hear(b"+MIPLEVENT:0,26,0")
    # One goes, the other stays.
    hosts[0].do("AT+MIPLCLOSE=0")
    asked, at = server.receive(lambda it: (it.code, it.path) == (DELETE, "rd/0"))
    assert at == places[0]
    server.answer(asked, at, code("2.02"))
    hosts[0].hear(b"+MIPLEVENT:0,15")
    server.get(places[1], 702, "3200/0/5501")
    hosts[1].hear(b"+MIPLREAD")
    hosts[1].do("AT+MIPLREADRSP=0,702,1,3200,0,5501,3,1,9,0,0")
    answer, _ = server.receive(lambda it: it.code == code("2.05"))
    assert answer.payload == b"9"
    server.close()
