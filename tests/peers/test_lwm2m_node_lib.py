# SPDX-License-Identifier: Apache-2.0
"""The LwM2M client with a server of others: npm's lwm2m-node-lib, in a process of its own."""

import json
import os
import queue
import subprocess
import threading

import pytest

from host import OK, info

DEADLINE_S = 20
IMEI, IMSI = "865820030265172", "460043783403288"
NAME = f"{IMEI};{IMSI}"
SCRIPT = os.path.join(os.path.dirname(__file__), "lwm2m_server.js")


class NodeServer:
    def __init__(self):
        self._process = subprocess.Popen(
            ["node", SCRIPT], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True, bufsize=1,
        )
        self._events, self._answers, self._last = queue.Queue(), {}, 0
        threading.Thread(target=self._collect, daemon=True).start()
        self.port = self.event("listening")["port"]

    def _collect(self):
        for line in self._process.stdout:
            said = json.loads(line)
            (self._answers[said["id"]] if "id" in said else self._events).put(said)

    def event(self, name):
        """The next event, which has this name."""
        event = self._events.get(timeout=DEADLINE_S)
        assert event.pop("event") == name, event
        return event

    def begin(self, action, *given):
        """Begins it; the result waits for its answer."""
        self._last += 1
        answer = self._answers[self._last] = queue.Queue()
        request = {"id": self._last, "do": action, "with": given}
        self._process.stdin.write(json.dumps(request) + "\n")

        def wait():
            said = answer.get(timeout=DEADLINE_S)
            return said.get("result"), said.get("failure"), said.get("code")

        return wait

    def do(self, action, *given):
        return self.begin(action, *given)()

    def close(self):
        self._process.stdin.close()
        self._process.wait(DEADLINE_S)


@pytest.fixture
def server():
    server = NodeServer()
    yield server
    server.close()


@pytest.fixture
def registered(server, modem):
    """registered(model): a host with an object, and its number at the server."""

    def register(model):
        host, _ = modem("--model", model, "--set", f"module.imei={IMEI}", "--set", f"sim.imsi={IMSI}")
        host.command(f'AT+MIPLCREATEEX="127.0.0.1:{server.port}",0', info(b"+MIPLCREATEEX:0") + OK)
        host.command('AT+MIPLADDOBJ=0,3200,1,"1",0,1')
        host.command("AT+MIPLOPEN=0,3000,30")
        if model != "M5310-A":
            host.expect(info(b"+MIPLEVENT:0,4"))
        host.expect(info(b"+MIPLEVENT:0,6"))
        assert server.event("registration") == {
            "name": NAME, "lifetime": "3000", "binding": "U",
            "payload": '</>;rt="oma.lwm2m",</3200/0>',
        }
        return host, server.do("device", NAME)[0]["id"]

    return register


def asked(host, name, *rest):
    """The message id of the next report, which has this name and these fields behind it."""
    host.expect(f"\r\n+MIPL{name}:0,".encode())
    message = int(host.read_until(b",")[:-1])
    host.expect(",".join(map(str, rest)).encode() + b"\r\n")
    return message


BOTH = pytest.mark.parametrize("model", ["M5310-A", "M5311"])


@BOTH
def test_registration_update_and_end(server, registered, model):
    host, _ = registered(model)
    host.command("AT+MIPLUPDATE=0,4000,0")
    host.expect(info(b"+MIPLEVENT:0,11"))
    assert server.event("updateRegistration") == {"name": NAME, "lifetime": "4000"}
    host.command("AT+MIPLCLOSE=0")
    host.expect(info(b"+MIPLEVENT:0,15"))
    assert server.event("unregistration") == {"name": NAME}
    assert server.do("device", NAME)[1] == "DEVICE_NOT_FOUND"


@BOTH
def test_read(server, registered, model):
    host, device = registered(model)
    for kind, typed, read in ((3, "-12", "-12"), (4, '"2.5"', "2.5"), (1, '"test"', "test"), (5, "1", "1")):
        answer = server.begin("read", device, 3200, 0, 5501)
        message = asked(host, "READ", 3200, 0, 5501)
        host.command(f"AT+MIPLREADRSP=0,{message},1,3200,0,5501,{kind},3,{typed},0,0")
        assert answer() == (read, None, None)
    answer = server.begin("read", device, 3200, 0, 5999)
    message = asked(host, "READ", 3200, 0, 5999)
    host.command(f"AT+MIPLREADRSP=0,{message},13")
    assert answer()[1] == "RESOURCE_NOT_FOUND"
    assert server.do("read", device, 3201, 0, 1)[1] == "RESOURCE_NOT_FOUND"


# Its default format is 1541, text of the drafts.
@BOTH
def test_write_and_execute(server, registered, model):
    host, device = registered(model)
    answer = server.begin("write", device, 3200, 0, 5750, "new name")
    message = asked(host, "WRITE", 3200, 0, 5750, 1, 8, '"new name"', 0, 0)
    host.command(f"AT+MIPLWRITERSP=0,{message},2")
    assert answer() == ("", None, None)
    answer = server.begin("write", device, 3200, 0, 5750, "x")
    message = asked(host, "WRITE", 3200, 0, 5750, 1, 1, '"x"', 0, 0)
    host.command(f"AT+MIPLWRITERSP=0,{message},14")
    assert answer()[1:] == ("CLIENT_ERROR", "4.05")
    answer = server.begin("execute", device, 3200, 0, 5505, "ping")
    message = asked(host, "EXECUTE", 3200, 0, 5505, 4, '"ping"')
    host.command(f"AT+MIPLEXECUTERSP=0,{message},2")
    assert answer() == ("", None, None)


def test_attributes(server, registered):
    host, device = registered("M5311")
    answer = server.begin("attributes", device, 3200, 0, 5501, {"pmin": 1, "pmax": 60})
    message = asked(host, "PARAMETER", 3200, 0, 5501, 14, '"pmin=1;pmax=60"')
    host.command(f"AT+MIPLPARAMETERRSP=0,{message},2")
    assert answer() == ("", None, None)


def test_discover_is_answered_by_the_module(server, registered):
    host, device = registered("M5310-A")
    for path, links in (((3200,), "</3200>,</3200/0>"), ((3200, 0), "</3200/0>")):
        answer = server.begin("discover", device, *path)
        asked(host, "DISCOVER", 3200)
        assert answer() == (links, None, None)


def test_discover_is_answered_by_the_host(server, registered):
    host, device = registered("M5311")
    answer = server.begin("discover", device, 3200)
    message = asked(host, "DISCOVER", 3200)
    host.command(f'AT+MIPLDISCOVERRSP=0,{message},1,9,"5501;5750"')
    assert answer()[0] == "</3200>,</3200/0>,</3200/0/5501>,</3200/0/5750>"


# The answer to its request has no value yet. It never acknowledges what comes to it confirmable, for
# it asks through a proxy of its own that passes on no acknowledgement: there is no event 26.
@BOTH
def test_observe_and_notify(server, registered, model):
    host, device = registered(model)
    answer = server.begin("observe", device, 3200, 0, 5501)
    message = asked(host, "OBSERVE", 1, 3200, 0, 5501)
    if model != "M5310-A":
        host.command(f"AT+MIPLOBSERVERSP=0,{message},1")
    assert answer() == ("", None, None)
    for value in ("20", "21"):
        host.command(f"AT+MIPLNOTIFY=0,{message},3200,0,5501,3,2,{value},0,0")
        assert server.event("notified") == {"path": "3200/0/5501", "value": value}
