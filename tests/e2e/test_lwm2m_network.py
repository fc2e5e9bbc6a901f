# SPDX-License-Identifier: Apache-2.0
"""The LwM2M client on a bad network: what is lost, doubled or late is nothing that a host sees."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from host import OK, Host, info
from program import Pipes
from test_onenet import READ, Onenet
from udp_proxy import DOUBLE, DOWN, DROP, SWAP, UP, UdpProxy

IMSI = "460043783403288"


@pytest.fixture
def onenet(start):
    return Onenet(start("onenet", "--http", "0", "--coap", "0"))


def imei_of(number):
    return f"8658200302{number:05}"


class Module(Host):
    """A module as a process, its host, and what that has heard, with message ids counted from the
    first one."""

    def __init__(self, imei, *options):
        self.process = Pipes("run", "--stdio", "--quiet", "--set", f"module.imei={imei}",
                             "--set", f"sim.imsi={IMSI}", *options)
        super().__init__(self.process)
        self.heard = []
        self._first = None
        self.type("ATE0")
        self.read_until(OK)

    def do(self, command):
        """Types it and keeps what is heard up to its OK."""
        self.type(command)
        self.hear(b"OK")

    def hear(self, begin):
        """Keeps what is heard up to the line that begins so; returns the numbers of that line."""
        while True:
            assert self.read(2) == b"\r\n"
            line = self.read_until(b"\r\n")[:-2]
            numbers = [int(n) for n in re.findall(rb"-?\d+", line.partition(b":")[2])]
            if re.match(rb"\+MIPL(READ|OBSERVE|DISCOVER):", line):
                self._first = numbers[1] if self._first is None else self._first
                name = line.partition(b":")[0]
                self.heard.append((name, (numbers[1] - self._first) & 0xFFFF, *numbers[2:]))
            else:
                self.heard.append(line)
            if line.startswith(begin):
                return numbers

    def register(self, port, lifetime=3000):
        self.do(f'AT+MIPLCREATEEX="127.0.0.1:{port}",0')
        self.do('AT+MIPLADDOBJ=0,3200,1,"1",0,1')
        self.do(f"AT+MIPLOPEN=0,{lifetime},60")
        self.hear(b"+MIPLEVENT:0,6")

    def answer_read(self):
        _, message, *_ = self.hear(b"+MIPLREAD")
        self.do(f'AT+MIPLREADRSP=0,{message},1,3200,0,5500,5,1,"0",2,1')
        self.do(f'AT+MIPLREADRSP=0,{message},1,3200,0,5501,3,3,"-12",1,2')
        self.do(f'AT+MIPLREADRSP=0,{message},1,3200,0,5750,1,4,"test",0,0')

    def close(self):
        self.process.__exit__()


def session(platform, number, script=()):
    """A session of everything through a proxy; returns what the host heard and the proxy's log."""
    imei = imei_of(number)
    device = platform.create(imei)
    with UdpProxy(("127.0.0.1", platform.coap), script) as proxy:
        module = Module(imei)
        module.deadline_s = 40  # some retransmissions, one after the other
        try:
            module.register(proxy.port)
            _, observed, *_ = module.hear(b"+MIPLOBSERVE")
            module.hear(b"+MIPLDISCOVER")
            answer = platform.later(f"/nbiot?imei={imei}&obj_id=3200")
            module.answer_read()
            assert answer()[1] == READ
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


@pytest.mark.parametrize("trouble", [DROP, DOUBLE, SWAP])
def test_the_host_sees_nothing_of_a_bad_network(onenet, trouble):
    heard, log = session(onenet, 0)
    assert (b"+MIPLREAD", 2, 3200, -1, -1) in heard
    cases = [(way, n) for way in (UP, DOWN)
             for n in range(sum(direction == way for direction, _ in log))]
    assert len(cases) >= 14, log

    def differs(numbered):
        number, case = numbered
        try:
            now, _ = session(onenet, number, {case: trouble})
        except AssertionError as failure:
            return f"{case}: {failure}"
        return None if now == heard else f"{case}: {now}"

    with ThreadPoolExecutor(len(cases)) as workers:
        found = [one for one in workers.map(differs, enumerate(cases, 1)) if one]
    assert not found, f"wanted {heard}, but\n" + "\n".join(found)
