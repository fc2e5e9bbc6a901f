# SPDX-License-Identifier: Apache-2.0
"""Every code that the manual lists (4.1 and 1.12), each made by what it is there for: something
that happens in the network or on the machine, or a named limit."""

import contextlib
import resource
import select
import socket
import subprocess
import threading

import pytest

from dns_server import NXDOMAIN, DnsServer
from host import OK, info
from program import is_sanitized
from server import Hanging, Server, free_port
from system import alone, failing

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
LOOPBACK_UP = "ip link set lo up"


class Scene:
    """One modem of a model, and what is around it for as long as the test lasts."""

    def __init__(self, traced, model):
        self._traced = traced
        self._model = model
        self.around = contextlib.ExitStack()
        self.host = self.program = self.records = None

    def start(self, *settings, within=()):
        sets = [part for setting in settings for part in ("--set", setting)]
        self.host, self.program, self.records = self._traced(
            "--model", self._model, *sets, within=within
        )

    def serve(self, *scripts):
        return self.around.enter_context(Server(*scripts))

    def request(self, url):
        self.host.create(url)
        self.host.type('AT+HTTPSEND=0,1,"/"')
        self.host.expect(OK)

    def connected_request(self, url):
        self.request(url)
        self.host.expect(info(b"CONNECT OK"))


def read_request_and(*then):
    def script(connection):
        connection.read_request()
        for step in then:
            step(connection)

    return script


def wait_closed(connection):
    connection.wait_closed()


def until_it_ends(connection):
    with contextlib.suppress(ConnectionError):
        while connection.read_request():
            pass


# In the order of the M5310-A's codes. Each makes the failure and returns whether there was a
# connection.


def no_descriptor_left(scene):
    if is_sanitized():
        pytest.skip("the sanitizer needs descriptors of its own")
    scene.start()
    used = max(int(fd) for fd in _descriptors(scene.program.pid))
    resource.prlimit(scene.program.pid, resource.RLIMIT_NOFILE, (used + 1, used + 1))
    scene.request(f"http://127.0.0.1:{free_port()}")
    return False


def _descriptors(pid):
    return subprocess.run(["ls", f"/proc/{pid}/fd"], capture_output=True, check=True,
                          text=True).stdout.split()  # fmt: skip




def no_block_left_for_the_response(scene):
    scene.start("pool.bytes=65536", "limits.content=65535", "http.response_timeout_ms=4000")
    filled = threading.Event()

    def script(connection):
        connection.read_request()
        assert filled.wait(20)
        connection.write(HEAD)
        until_it_ends(connection)  # by a reset, for its bytes were not read

    scene.connected_request(scene.serve(script).url)
    scene.host.create("http://127.0.0.1", 1)
    for size in (4000, 400, 1):
        while scene.host.answer(f'AT+HTTPCONTENT=1,"{"c" * size}"') == OK:
            pass
    filled.set()
    return True


def request_beyond_the_send_buffer(scene):
    scene.start("limits.send_buffer=100")
    server = scene.serve(wait_closed)
    scene.host.create(server.url)
    scene.host.command(f'AT+HTTPCONTENT=0,"{"c" * 100}"')
    scene.host.type('AT+HTTPSEND=0,1,"/"')
    scene.host.expect(OK, info(b"CONNECT OK"))
    return True


def connect_that_hangs(scene):
    scene.start("http.connect_timeout_ms=300")
    scene.request(scene.around.enter_context(Hanging()).url)
    return False


def server_that_is_silent(scene):
    scene.start("http.response_timeout_ms=300")
    scene.connected_request(scene.serve(read_request_and(wait_closed)).url)
    return True


def whole_time_over(scene):
    scene.start("http.request_timeout_ms=300")
    scene.connected_request(scene.serve(read_request_and(wait_closed)).url)
    return True


def no_route(scene):
    scene.start(within=alone(LOOPBACK_UP))
    scene.request("http://192.0.2.1")
    return False


def not_attached(scene):
    scene.start("network.registration=denied")
    scene.request("http://192.0.2.1")
    return False


def answer_that_is_no_http(scene):
    scene.start()
    script = read_request_and(lambda c: c.write(b"SSH-2.0-OpenSSH_9.2\r\n"), wait_closed)
    scene.connected_request(scene.serve(script).url)
    return True


def name_that_does_not_exist(scene):
    names = scene.around.enter_context(DnsServer({"gone.example": NXDOMAIN}))
    scene.start(f"dns.server={names.address}")
    scene.request("http://gone.example")
    return False


def name_that_cannot_be_asked_for(scene):
    names = scene.around.enter_context(DnsServer({}))
    scene.start(f"dns.server={names.address}")
    scene.request(f"http://{'a' * 64}.example")
    return False


def server_that_takes_nothing(scene):
    scene.start("http.send_timeout_ms=500", "limits.content=1000000", "limits.line=1000000")
    listener = scene.around.enter_context(socket.socket())
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    scene.host.create(f"http://127.0.0.1:{listener.getsockname()[1]}")
    scene.host.command(f'AT+HTTPCONTENT=0,"{"c" * 900_000}"')
    scene.host.type('AT+HTTPSEND=0,1,"/"')
    scene.host.expect(OK, info(b"CONNECT OK"))
    return True


def no_local_port_left(scene):
    ipv4 = "/proc/sys/net/ipv4"
    scene.start(within=alone(f"{LOOPBACK_UP}; echo 40000 40000 >{ipv4}/ip_local_port_range; "
                             f"echo 40000 >{ipv4}/ip_local_reserved_ports"))  # fmt: skip
    scene.request("http://127.0.0.1:7000")
    return False


def connect_failing_with(error):
    def event(scene):
        scene.start(within=failing("connect", error))
        scene.request(f"http://127.0.0.1:{free_port()}")
        return False

    event.__name__ = error
    return event


def interface_that_is_down(scene):
    scene.start("tcp.interface=lo", within=alone("true"))
    scene.request("http://127.0.0.1:7000")
    return False


def interface_that_is_not_there(scene):
    scene.start("tcp.interface=none0")
    scene.request(f"http://127.0.0.1:{free_port()}")
    return False


def detach(scene):
    scene.start()
    scene.connected_request(scene.serve(read_request_and(wait_closed)).url)
    scene.host.command("AT+CGATT=0")
    return True


def port_where_nobody_listens(scene):
    scene.start()
    scene.request(f"http://127.0.0.1:{free_port()}")
    return False


def reset_instead_of_an_answer(scene):
    scene.start()
    scene.connected_request(scene.serve(read_request_and(lambda c: c.reset())).url)
    return True


def end_instead_of_an_answer(scene):
    scene.start()
    scene.connected_request(scene.serve(read_request_and()).url)
    return True


def link_local_address_without_its_link(scene):
    scene.start()
    scene.request("http://[fe80::1]")
    return False


# What happens, the M5310-A's code, the others', and the words of the trace.
EVENTS = [
    (no_descriptor_left, -1, -3, "out of memory"),
    (no_block_left_for_the_response, -1, -3, "out of memory"),
    (request_beyond_the_send_buffer, -2, -3, "send buffer full"),
    (connect_that_hangs, -3, -1, "connect timed out"),
    (server_that_is_silent, -3, -3, "the server did not answer in time"),
    (whole_time_over, -3, -3, "the whole request took too long"),
    (no_route, -4, -1, "no route to the server"),
    (not_attached, -4, -1, "not attached to the network"),
    (answer_that_is_no_http, -4, -4, "the response cannot be parsed"),
    (name_that_does_not_exist, -5, -5, "the name cannot be resolved"),
    (name_that_cannot_be_asked_for, -6, -6, "the URL cannot be used"),
    (server_that_takes_nothing, -7, -3, "the server takes nothing of the request"),
    (no_local_port_left, -8, -3, "address in use"),
    (connect_failing_with("EALREADY"), -9, -3, "already connecting"),
    (connect_failing_with("EISCONN"), -10, -3, "already connected"),
    (connect_failing_with("ENOTCONN"), -11, -3, "not connected"),
    (interface_that_is_down, -12, -1, "network interface down"),
    (interface_that_is_not_there, -12, -1, "network interface down"),
    (detach, -13, -3, "connection aborted locally"),
    (port_where_nobody_listens, -14, -1, "connection refused"),
    (reset_instead_of_an_answer, -14, -2, "connection reset by the server"),
    (end_instead_of_an_answer, -15, -2, "closed by the server before the response was whole"),
    (link_local_address_without_its_link, -16, -3, "illegal argument"),
]


def test_the_table_has_every_code():
    assert {code for _, code, _, _ in EVENTS} == set(range(-16, 0))
    assert {code for _, _, code, _ in EVENTS} == set(range(-6, 0))


@pytest.mark.parametrize("model", ["M5310-A", "M5311"])
@pytest.mark.parametrize("event, http_error, disconnect_code, words", EVENTS,
                         ids=[event[0].__name__ for event in EVENTS])  # fmt: skip
def test_code(traced, model, event, http_error, disconnect_code, words):
    scene = Scene(traced, model)
    code = http_error if model == "M5310-A" else disconnect_code
    with scene.around:
        connected = event(scene)
        if model == "M5310-A":
            scene.host.expect(info(b"+HTTPERR:0,%d" % code))
            if connected:
                scene.host.expect(info(b"+HTTPDISCON:0"))
        else:
            if not connected:
                scene.host.expect(info(b"CONNECT ERROR"))
            scene.host.expect(info(b"+HTTPDISCONN:0,%d" % code))
        scene.host.expect_nothing_before("AT")
    _, records = scene.records()
    told = [record for record in records if record.get("code") == code]
    assert [(record["instance"], record["cause"]) for record in told] == [(0, words)]


@pytest.mark.parametrize(
    "model, reports",
    [("M5310-A", (b"+HTTPERR:0,-13", b"+HTTPDISCON:0")), ("M5311", (b"+HTTPDISCONN:0,-3",))],
)
def test_connection_that_the_system_ends(traced, model, reports):
    scene = Scene(traced, model)
    with scene.around:
        scene.start()
        server = scene.serve(until_it_ends)
        scene.connected_request(server.url)
        kill = ["ss", "-K", "-t", "-n", "dst", "127.0.0.1", "dport", "=", str(server.port)]
        killed = subprocess.run(kill, capture_output=True, text=True)
        if str(server.port) not in killed.stdout:
            scene.host.command("AT+HTTPCLOSE=0")
            pytest.skip(f"nobody may end connections on this machine: {killed.stderr.strip()}")
        scene.host.expect(*map(info, reports))
    _, records = scene.records()
    assert "connection aborted locally" in [record.get("cause") for record in records]


# Time-outs within a response: what has come of it is shown before.


def test_silence_within_a_response(traced):
    host, _, records = traced("--set", "http.between_bytes_timeout_ms=300")
    script = read_request_and(lambda c: c.write(HEAD + b"a"), wait_closed)
    with Server(script) as server:
        host.create(server.url)
        host.type('AT+HTTPSEND=0,1,"/"')
        host.expect(OK, info(b"CONNECT OK"))
        host.read_until(b"\r\n+HTTPNMIC:0,1,1000,1,1\r\na\r\n")
        host.expect(info(b"+HTTPERR:0,-3"), info(b"+HTTPDISCON:0"))
    _, lines = records()
    causes = [line["cause"] for line in lines if line.get("code") == -3]
    assert causes == ["the server fell silent in its response"]


def test_response_that_trickles_is_ended_by_the_time_of_the_whole(traced):
    host, _, records = traced(
        "--set", "http.request_timeout_ms=1000", "--set", "http.between_bytes_timeout_ms=500"
    )

    def trickle(connection):
        connection.write(HEAD)
        sent = 0
        try:
            while not select.select([connection.sock], [], [], 0.05)[0]:
                connection.write(b"x")
                sent += 1
        except ConnectionError:
            pass
        assert 5 < sent < 25

    with Server(read_request_and(trickle)) as server:
        host.create(server.url)
        host.type('AT+HTTPSEND=0,1,"/"')
        host.expect(OK, info(b"CONNECT OK"))
        host.read_until(info(b"+HTTPERR:0,-3"))
        host.expect(info(b"+HTTPDISCON:0"))
    _, lines = records()
    causes = [line["cause"] for line in lines if line.get("code") == -3]
    assert causes == ["the whole request took too long"]
