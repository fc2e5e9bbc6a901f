# SPDX-License-Identifier: Apache-2.0
"""Connections that are kept, reused, closed and closed under a request, with http and https alike;
AT+HTTPCLOSE in every state; five instances at once."""

import collections
import hashlib
import itertools
import random
import socket
import subprocess
import sys
import threading
import time

import pytest

from host import OK, Host, info
from program import DEADLINE_S
from server import chunked, text
from worlds import Town

AT_ONCE_S = 1  # for a report that nothing is waited for
CONNECTED = info(b"CONNECT OK")
CLOSED = info(b"+HTTPDISCONN:0,-2")
EMPTY = info(b"+HTTPNMIH:0,0,0\r\n") + info(b"+HTTPNMIC:0,0,0,0\r\n")
NO_CONTENT = b"HTTP/1.1 204 No Content\r\n\r\n"
METHODS = ("GET", "POST", "PUT", "DELETE", "HEAD")


class World:
    """One scheme: a modem that trusts its servers, and the servers."""

    def __init__(self, scheme, modem, ca, good):
        self.pair = good if scheme == "https" else None
        self._trust = ("--set", f"tls.ca_file={ca.certificate}")
        self._modem = modem

    def modem(self, *options):
        return self._modem("--model", "M5311", *self._trust, *options)[0]

    def server(self, handler, **options):
        return Town(handler, self.pair, **options)


@pytest.fixture(params=["http", "https"])
def world(request, modem, ca, good):
    return World(request.param, modem, ca, good)


def send(host, path="/", method=0, instance=0):
    host.type(f'AT+HTTPSEND={instance},{method},"{path}"')
    host.expect(OK)


def first_request(host, server):
    """Its connection is kept."""
    host.create(server.url)
    send(host)
    host.expect(CONNECTED, EMPTY)


def type_partly(host, begin):
    """With an echo, which says that the modem has it: reports wait from here on."""
    host.command("ATE1")
    host.write(begin)
    host.expect(begin)


def type_rest(host, rest):
    host.write(rest + b"\r")
    host.expect(rest + b"\r", OK)
    host.command("ATE0", b"ATE0\r" + OK)


def test_each_instance_keeps_its_own_connection(world):
    """Five instances, three requests each: five connections."""
    paths = collections.defaultdict(list)

    def handler(connection, number):
        while request := connection.read_request():
            paths[number].append(request.split()[1].decode())
            connection.write(NO_CONTENT)

    host = world.modem()
    with world.server(handler) as server:
        for instance in range(5):
            host.create(server.url, instance)
        for turn, instance in itertools.product(range(3), range(5)):
            send(host, f"/{instance}/{turn}", instance=instance)
            if turn == 0:
                host.expect(CONNECTED)
            host.expect(EMPTY.replace(b":0,", b":%d," % instance, 1)[:20])
            host.read_until(b"+HTTPNMIC:%d,0,0,0\r\n\r\n" % instance)
        for instance in range(5):
            host.command(f"AT+HTTPCLOSE={instance}")
    assert server.accepted == 5
    assert sorted(paths.values()) == [[f"/{i}/{turn}" for turn in range(3)] for i in range(5)]


@pytest.mark.parametrize("how", ["close", "reset"])
def test_end_while_idle_is_reported_at_once(world, how):
    """Nobody types anything: the report comes by itself."""
    idle = threading.Event()

    def handler(connection, number):
        connection.read_request()
        connection.write(NO_CONTENT)
        if number == 0:
            assert idle.wait(DEADLINE_S)
            getattr(connection, how)()
        else:
            connection.wait_closed()

    host = world.modem()
    with world.server(handler) as server:
        first_request(host, server)
        begin = time.monotonic()
        idle.set()
        host.expect(CLOSED)
        assert time.monotonic() - begin < AT_ONCE_S
        send(host)
        host.expect(CONNECTED, EMPTY)
        host.command("AT+HTTPCLOSE=0")
    assert server.accepted == 2


@pytest.mark.parametrize("how", ["close", "reset"])
@pytest.mark.parametrize("method", range(5), ids=METHODS)
def test_connection_that_dies_under_the_next_request(world, method, how):
    """Sent once more on a new connection, unless it is a POST."""
    requests = []

    def handler(connection, number):
        requests.append(connection.read_request())
        connection.write(NO_CONTENT)
        request = connection.read_request()
        if request:
            requests.append(request)
            getattr(connection, how)()

    host = world.modem()
    with world.server(handler) as server:
        host.create(server.url)
        send(host, "/1")
        host.expect(CONNECTED, EMPTY)
        host.command('AT+HTTPHEADER=0,"A: b\\r\\n"')
        host.command('AT+HTTPCONTENT=0,"abc"')
        send(host, "/2", method)
        if METHODS[method] == "POST":
            host.expect(CLOSED)
        else:
            host.expect(CONNECTED, EMPTY)
        host.expect_nothing_before("AT+HTTPCLOSE=0")
    retried = METHODS[method] != "POST"
    assert server.accepted == 1 + retried
    assert len(requests) == 2 + retried and len(set(requests[1:])) == 1
    assert requests[1].startswith(METHODS[method].encode() + b" /2 ")
    assert requests[1].endswith(b"\r\n\r\nabc")


@pytest.mark.parametrize("how", ["close", "reset"])
def test_retried_once_only(world, how):
    def handler(connection, number):
        connection.read_request()
        if number == 0:
            connection.write(NO_CONTENT)
            connection.read_request()
        getattr(connection, how)()

    host = world.modem()
    with world.server(handler) as server:
        first_request(host, server)
        send(host)
        host.expect(CONNECTED, CLOSED)
        host.expect_nothing_before("AT")
    assert server.accepted == 2


def test_not_retried_after_the_first_byte(world):
    def handler(connection, _number):
        connection.read_request()
        connection.write(NO_CONTENT)
        connection.read_request()
        connection.write(b"H")

    host = world.modem()
    with world.server(handler) as server:
        first_request(host, server)
        send(host)
        host.expect(CLOSED)
        host.expect_nothing_before("AT")
    assert server.accepted == 1


@pytest.mark.parametrize("how", ["close", "reset"])
def test_request_and_end_that_pass_each_other(world, how):
    """The server ends the idle connection while the host types: the report and a new connection, or
    a retry; the request is answered in any case, once."""
    rounds = 12
    go, ended = threading.Semaphore(0), threading.Event()

    def handler(connection, _number):
        assert connection.read_request()
        connection.write(NO_CONTENT)
        assert go.acquire(timeout=DEADLINE_S)
        if not ended.is_set():
            getattr(connection, how)()

    host = world.modem()
    with world.server(handler) as server:
        first_request(host, server)
        for _ in range(rounds):
            go.release()
            host.type('AT+HTTPSEND=0,0,"/"')
            heard = host.read_until(EMPTY)
            assert heard in (
                CLOSED + OK + CONNECTED + EMPTY,  # it was known before
                OK + CLOSED + CONNECTED + EMPTY,  # while the line was executed
                OK + CONNECTED + EMPTY,  # after it: a retry
            ), heard
        ended.set()
        go.release()
        host.type("AT+HTTPCLOSE=0")
        host.read_until(OK)
    assert server.accepted == 1 + rounds


@pytest.mark.parametrize(
    "typed, response, kept",
    [
        ("", b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", True),
        ("", b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx", False),
        ("", b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nconnection: a, CLOSE\r\n\r\nx", False),
        ("", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n", True),
        ("", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
             b"1\r\nx\r\n0\r\n\r\n", False),
        ("Connection: close", b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", False),
        ("Connection: close",
         b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: keep-alive\r\n\r\nx", False),
        ("Connection: keep-alive", b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", True),
        ("", b"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", False),
        ("", b"HTTP/1.0 200 OK\r\nContent-Length: 1\r\nConnection: keep-alive\r\n\r\nx", True),
        ("", b"HTTP/1.0 200 OK\r\nContent-Length: 1\r\nConnection: Keep-Alive, close\r\n\r\nx",
         False),
        ("Connection: keep-alive", b"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", False),
        ("Connection: close",
         b"HTTP/1.0 200 OK\r\nContent-Length: 1\r\nConnection: keep-alive\r\n\r\nx", False),
    ],
)  # fmt: skip
def test_who_says_that_the_connection_stays(world, typed, response, kept):
    """The server leaves it open: what ends it is the modem alone."""

    def handler(connection, _number):
        while connection.read_request():
            connection.write(response)

    host = world.modem()
    with world.server(handler) as server:
        host.create(server.url)
        for turn in range(3):
            if typed:
                host.command(f'AT+HTTPHEADER=0,"{typed}\\r\\n"')
            send(host)
            if turn == 0 or not kept:
                host.expect(CONNECTED)
            assert host.read_response()[2] == b"x"
            if not kept:
                host.expect(CLOSED)
        host.expect_nothing_before("AT+HTTPCLOSE=0")
    assert server.accepted == (1 if kept else 3)


def test_content_until_http_1_0_closes(world):
    content = text(3000)

    def handler(connection, _number):
        connection.read_request()
        connection.write(b"HTTP/1.0 200 OK\r\n\r\n" + content)
        if hasattr(connection.sock, "unwrap"):
            connection.sock.unwrap()

    host = world.modem()
    with world.server(handler) as server:
        host.create(server.url)
        for _ in range(2):
            send(host)
            host.expect(CONNECTED)
            assert host.read_response()[2] == content
            host.expect(CLOSED)


# AT+HTTPCLOSE in every state of an instance. Each is a function that brings instance 0 there and
# gives back what the server has to do once the OK has come.


class Scene:
    def __init__(self, world, **options):
        self.host = world.modem("--set", "dte.urc_guard_ms=60000", "--set", "limits.content=1048576")
        self.reached, self.closed, self.over = (threading.Event() for _ in range(3))
        self.requests = []
        self.script = None
        self.is_typed = False  # all of the line but the id
        self.server = world.server(self._handle, **options)

    def _handle(self, connection, number):
        if number == 0 and self.script:
            self.script(connection)
            return
        while request := connection.read_request():
            self.requests.append(request)
            connection.write(NO_CONTENT)

    def get(self, *expected):
        self.host.create(self.server.url)
        send(self.host, "/1")
        self.host.expect(*expected)

    def say(self, data):
        """The server's script: these bytes, and all else when the instance is closed."""

        def script(connection):
            connection.read_request()
            connection.write(data)
            self.reached.set()
            assert self.closed.wait(DEADLINE_S)
            connection.wait_gone()

        self.script = script


def created(scene):
    scene.host.create(scene.server.url)


def with_header_and_content(scene):
    created(scene)
    scene.host.command('AT+HTTPHEADER=0,"A: b"')
    scene.host.command('AT+HTTPCONTENT=0,"c"')


def waiting_for_the_response(scene):
    scene.say(b"")
    scene.get(CONNECTED)
    assert scene.reached.wait(DEADLINE_S)


def in_mid_status_line(scene):
    scene.say(b"HTTP/1.1 2")
    scene.get(CONNECTED)
    assert scene.reached.wait(DEADLINE_S)


def in_mid_header(scene):
    scene.say(b"HTTP/1.1 200 OK\r\nA: b\r\nServ")
    scene.get(CONNECTED, b"\r\n+HTTPNMIH:0,1,10\r\nA: b\r\nServ\r\n")


def in_mid_content(scene):
    scene.say(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")
    scene.get(CONNECTED, b"\r\n+HTTPNMIH:0,0,19\r\nContent-Length: 9\r\n\r\n")
    scene.host.expect(b"\r\n+HTTPNMIC:0,1,9,3\r\nabc\r\n")


def in_mid_chunk(scene):
    scene.say(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc")
    scene.get(CONNECTED, b"\r\n+HTTPNMIH:0,0,28\r\nTransfer-Encoding: chunked\r\n\r\n")
    scene.host.expect(b"\r\n+HTTPNMIC:0,1,9,3\r\nabc\r\n")


def idle(scene):
    scene.say(NO_CONTENT)
    scene.get(CONNECTED, EMPTY)


def after_the_end_was_reported(scene):
    def script(connection):
        connection.read_request()
        connection.write(NO_CONTENT)

    scene.script = script
    scene.get(CONNECTED, EMPTY, CLOSED)


def ended_and_not_reported(scene):
    """The line that closes it is being typed, so the report waits."""

    def script(connection):
        connection.read_request()
        connection.write(NO_CONTENT)
        assert scene.reached.wait(DEADLINE_S)
        connection.sock.shutdown(socket.SHUT_WR)
        connection.wait_gone()
        scene.over.set()

    scene.script = script
    scene.get(CONNECTED, EMPTY)
    type_partly(scene.host, b"AT+HTTPCLOSE=")
    scene.reached.set()
    assert scene.over.wait(DEADLINE_S)
    scene.is_typed = True


def response_not_reported(scene):
    """It has come whole while the line is being typed."""
    typing = threading.Event()

    def script(connection):
        connection.read_request()
        scene.reached.set()
        assert typing.wait(DEADLINE_S)
        connection.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")
        connection.sock.shutdown(socket.SHUT_WR)
        scene.over.set()
        connection.wait_gone()

    scene.script = script
    scene.get(CONNECTED)
    assert scene.reached.wait(DEADLINE_S)
    type_partly(scene.host, b"AT+HTTPCLOSE=")
    typing.set()
    assert scene.over.wait(DEADLINE_S)
    scene.is_typed = True


def packets_that_wait_for_their_delay(scene):
    scene.say(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabcdefghi")
    scene.host.create(scene.server.url)
    scene.host.command("AT+HTTPCFG=0,7,3000")
    send(scene.host, "/1")
    scene.host.expect(CONNECTED, b"\r\n+HTTPNMIH:0,0,19\r\nContent-Length: 9\r\n\r\n")


STATES = [
    created, with_header_and_content, waiting_for_the_response, in_mid_status_line, in_mid_header,
    in_mid_content, in_mid_chunk, idle, after_the_end_was_reported, ended_and_not_reported,
    response_not_reported, packets_that_wait_for_their_delay,
]  # fmt: skip


def check_closed(scene):
    """Nothing comes behind the OK, and the id serves the next instance."""
    if scene.is_typed:
        type_rest(scene.host, b"0")
    else:
        scene.host.command("AT+HTTPCLOSE=0")
    scene.closed.set()
    scene.host.expect_nothing_before("AT+HTTPHEADER=0", info(b"ERROR"))
    scene.host.create(scene.server.url)
    scene.host.command("AT+HTTPHEADER=0")
    scene.script = None
    send(scene.host, "/next")
    scene.host.expect(CONNECTED, EMPTY)
    scene.host.command("AT+HTTPCLOSE=0")
    scene.host.expect_nothing_before("AT")


@pytest.mark.parametrize("state", STATES, ids=[state.__name__ for state in STATES])
def test_close(world, state):
    scene = Scene(world)
    with scene.server:
        state(scene)
        check_closed(scene)
    assert scene.requests[-1].startswith(b"GET /next ")


def test_close_with_a_request_queued_behind_the_last_end(world):
    queued, ended, asked = threading.Event(), threading.Event(), threading.Event()
    requests = []

    def handler(connection, number):
        requests.append(connection.read_request())
        if number == 0:
            connection.write(NO_CONTENT)
            assert queued.wait(DEADLINE_S)
            connection.sock.shutdown(socket.SHUT_WR)
            connection.wait_gone()
            ended.set()
        else:
            asked.set()
            assert connection.read_request() == b""

    host = world.modem("--set", "dte.urc_guard_ms=60000")
    with world.server(handler) as server:
        host.create(server.url)
        send(host, "/1")
        host.expect(CONNECTED, EMPTY)
        type_partly(host, b"AT+HTTPSEND=0,0,")
        queued.set()
        assert ended.wait(DEADLINE_S)
        type_rest(host, b'"/2";+HTTPCLOSE=0')
        host.expect_nothing_before("AT")
        assert asked.wait(DEADLINE_S)
    assert [request.split()[1] for request in requests] == [b"/1", b"/2"]


def test_close_in_mid_request_sends_it_whole(world):
    """A megabyte, of which the server reads nothing before the OK."""
    content = text(1_000_000)
    closed, whole, requests = threading.Event(), threading.Event(), []

    def handler(connection, _number):
        assert closed.wait(DEADLINE_S)
        requests.append(connection.read_request())
        whole.set()
        assert connection.read_request() == b""

    host = world.modem("--set", "limits.content=1048576")
    with world.server(handler, receive_buffer_bytes=4096) as server:
        host.create(server.url)
        for at in range(0, len(content), 18_000):
            host.command(f'AT+HTTPCONTENT=0,"{content[at:at + 18_000].hex()}",1')
        send(host, "/large", method=1)
        host.expect(CONNECTED)
        host.command("AT+HTTPCLOSE=0")
        closed.set()
        host.expect_nothing_before("AT")
        host.create(server.url)
        assert whole.wait(DEADLINE_S)
    assert requests[0].endswith(b"\r\n\r\n" + content)


def test_close_in_mid_connect(modem):
    """A server whose queue is full answers no SYN. When it does, the request is sent whole."""
    host, _ = modem("--model", "M5311")
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        address = listener.getsockname()
        filler = socket.create_connection(address, DEADLINE_S)
        host.create("http://127.0.0.1:%d" % address[1])
        send(host, "/late")
        host.command("AT+HTTPCLOSE=0")
        host.expect_nothing_before("AT")
        host.create("http://127.0.0.1:%d" % address[1])
        listener.settimeout(DEADLINE_S)
        listener.accept()[0].close()
        filler.close()
        with listener.accept()[0] as late:
            late.settimeout(DEADLINE_S)
            heard = b""
            while data := late.recv(4096):
                heard += data
        assert heard == b"GET /late HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n" % address[1]
        host.expect_nothing_before("AT+HTTPCLOSE=0")


# A name server of the test's own that never answers, in a network of its own with nothing in it but
# loopback, and the program beside it.
ALONE = ("unshare", "--map-root-user", "--net", "--mount")
SILENT_NAME_SERVER = (
    "import os, socket, sys, tempfile\n"
    "os.system('ip link set lo up')\n"
    "with tempfile.NamedTemporaryFile('w') as conf:\n"
    "    conf.write('nameserver 127.0.0.1\\n'); conf.flush()\n"
    "    assert os.system(f'mount --bind {conf.name} /etc/resolv.conf') == 0\n"
    "sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
    "sock.bind(('127.0.0.1', 53)); sock.set_inheritable(True)\n"
    "os.execv(sys.argv[1], sys.argv[1:])\n"
)


def test_close_while_the_name_is_looked_up(start, open_line, tmp_path):
    if subprocess.run([*ALONE, "true"], capture_output=True).returncode != 0:
        pytest.skip("this machine gives nobody a network of his own")
    link = tmp_path / "modem"
    within = (*ALONE, sys.executable, "-c", SILENT_NAME_SERVER)
    program = start("run", "--pty", link, "--model", "M5311", within=within)
    program.wait_said(str(link))
    host = Host(open_line(link))
    host.type("ATE0")
    host.read_until(OK)
    host.create("http://module.example")
    send(host)
    host.command("AT+HTTPCLOSE=0")
    host.expect_nothing_before("AT")
    host.create("http://module.example")
    host.command("AT+HTTPCLOSE=0")
    assert program.stop() == 0


# Five instances at once.

Plan = collections.namedtuple("Plan", "framing packet size")
PLANS = (
    Plan("length", 400, 120_000),
    Plan("chunked", 1, 4_000),
    Plan("close", 1000, 120_000),
    Plan("chunked", 0, 120_000),
    Plan("length", 65_535, 120_000),
)


def contents():
    return [text(plan.size, seed=10_000 * n) for n, plan in enumerate(PLANS)]


def respond(connection, content, framing, dice):
    """In pieces of any size."""
    if framing == "chunked":
        sizes, left = [], len(content)
        while left:
            sizes.append(dice.randint(1, min(left, 3000)))
            left -= sizes[-1]
        stream = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked(content, *sizes)
    elif framing == "length":
        stream = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(content) + content
    else:
        stream = b"HTTP/1.1 200 OK\r\n\r\n" + content
    while stream:
        size = dice.randint(1, 2500)
        connection.write(stream[:size])
        stream = stream[size:]


class Ear:
    """Reads the reports of five instances, which come in any order."""

    def __init__(self, host, hexadecimal, pause_s):
        self._host, self._hex, self._pause_s = host, hexadecimal, pause_s
        self.content = [hashlib.sha256() for _ in PLANS]
        self.size = [0] * len(PLANS)
        self.packets = [0] * len(PLANS)
        self.order = []

    def read_record(self):
        """One report, whole; returns (name, instance, fields)."""
        report = self._host.read_report(hexadecimal=self._hex)
        assert report.name in (b"CONNECT OK", b"+HTTPNMIH", b"+HTTPNMIC", b"+HTTPDISCONN"), report
        if report.name in (b"+HTTPNMIH", b"+HTTPNMIC"):
            self.order.append(report.fields[0])
        if report.name == b"+HTTPNMIC":
            instance = report.fields[0]
            data = bytes.fromhex(report.data.decode()) if self._hex else report.data
            packet = PLANS[instance].packet
            assert len(data) == report.fields[3] and (packet == 0 or len(data) <= packet)
            self.content[instance].update(data)
            self.size[instance] += len(data)
            self.packets[instance] += 1
        if self._pause_s and len(self.order) % 50 == 0:
            time.sleep(self._pause_s)
        return report

    def switches(self):
        return sum(a != b for a, b in zip(self.order, self.order[1:]))


@pytest.mark.parametrize("pause_s", [0, 0.005], ids=["fast", "slow"])
@pytest.mark.parametrize("hexadecimal", [False, True], ids=["bytes", "hex"])
def test_five_instances_at_once(world, hexadecimal, pause_s):
    """Each record is whole, and each content is its server's."""
    all_asked = threading.Barrier(len(PLANS), timeout=DEADLINE_S)
    wanted = contents()

    def handler(connection, number):
        instance = int(connection.read_request().split()[1][1:])
        all_asked.wait()
        respond(connection, wanted[instance], PLANS[instance].framing, random.Random(number))
        if PLANS[instance].framing != "close":
            assert connection.read_request() == b""
        elif hasattr(connection.sock, "unwrap"):
            connection.sock.unwrap()

    host = world.modem()
    ear = Ear(host, hexadecimal, pause_s)
    with world.server(handler) as server:
        for instance, plan in enumerate(PLANS):
            host.create(server.url, instance)
            host.command(f"AT+HTTPCFG={instance},6,{plan.packet}")
            host.command(f"AT+HTTPCFG={instance},8,{int(hexadecimal)}")
        host.type(";".join(["AT"] + [f'+HTTPSEND={n},0,"/{n}"' for n in range(len(PLANS))]))
        host.expect(OK)
        running = set(range(len(PLANS)))
        while running:
            report = ear.read_record()
            if report.name == b"+HTTPNMIC" and report.fields[1] == 0:
                running.remove(report.fields[0])
        for instance in range(len(PLANS)):
            host.type(f"AT+HTTPCLOSE={instance}")
            host.read_until(OK)
    assert server.accepted == len(PLANS)
    assert ear.size == [plan.size for plan in PLANS]
    assert [one.digest() for one in ear.content] == [hashlib.sha256(c).digest() for c in wanted]
    assert ear.packets[1] >= PLANS[1].size
    assert ear.switches() > 100, "they came one after the other"
