# SPDX-License-Identifier: Apache-2.0
"""The bounds of m531x onenet, each at it, one below and one above, and what nobody should send."""

import json
import select
import socket
import struct
import threading
import time

import pytest

from coap_device import (
    ACK, CON, DEADLINE_S, DELETE, FORMAT, GET, IMEI, IMSI, LINK, OBSERVE, POST, PUT, RST, TLV,
    URI_PATH, URI_QUERY, Message, code, decode,
)
from host import info
from mipl_host import open_device, reported
from platform_onenet import KEY, LINKS, READ, VALUES, Onenet, body_of

BLOCK2, BLOCK1, SIZE1, UNKNOWN_CRITICAL = 23, 27, 60, 13
MAX_CONNECTIONS, MAX_HEADER, MAX_BODY, MAX_PAYLOAD = 256, 8192, 65536, 16384
SHORT_S = 0.4  # for what must not come


@pytest.fixture
def onenet(start):
    def run_platform(*options, http=0, coap=0):
        return Onenet(start("onenet", "--http", http, "--coap", coap, *options))

    return run_platform


class Client:
    """A connection to the HTTP API, by hand."""

    def __init__(self, platform):
        self._socket = socket.create_connection(("127.0.0.1", platform.http), 20)
        self._stream = self._socket.makefile("rb")

    def send(self, data):
        self._socket.sendall(data)

    def ask(self):
        self.send(f"GET /devices/1 HTTP/1.1\r\nHost: a\r\napi-key: {KEY}\r\n\r\n".encode())

    def is_answered(self, within_s):
        return bool(select.select([self._socket], [], [], within_s)[0])

    def answer(self):
        """Status, header block and content."""
        status = int(self._stream.readline().split()[1])
        head = b"".join(iter(self._stream.readline, b"\r\n"))
        size = next((int(line.split(b":")[1]) for line in head.splitlines()
                     if line.startswith(b"Content-Length")), None)
        return status, head, self._stream.read() if size is None else self._stream.read(size)

    def rest(self):
        return self._stream.read()

    def close(self):
        self._stream.close()
        self._socket.close()


# HTTP

def test_so_many_connections_are_served_at_a_time(onenet):
    platform = onenet()
    clients = []
    for _ in range(MAX_CONNECTIONS):
        clients.append(Client(platform))
        clients[-1].ask()
        assert clients[-1].answer()[0] == 200
    one_more = Client(platform)
    one_more.ask()
    assert not one_more.is_answered(SHORT_S)
    clients.pop().close()
    assert one_more.answer()[0] == 200
    for client in (*clients, one_more):
        client.close()


@pytest.mark.parametrize("size, status", [
    (MAX_HEADER - 1, 200), (MAX_HEADER, 200), (MAX_HEADER + 1, 431), (MAX_HEADER * 4, 431),
])
def test_a_header_has_so_many_bytes(onenet, size, status):
    client = Client(onenet())
    head = f"GET /devices/1 HTTP/1.1\r\nHost: a\r\napi-key: {KEY}\r\nX: ".encode()
    client.send(head + b"x" * (size - len(head) - 4) + b"\r\n\r\n")
    answer = client.answer()
    assert answer[0] == status
    assert json.loads(answer[2])["errno"] in (4, 8)
    client.close()


@pytest.mark.parametrize("size, status", [
    (MAX_BODY - 1, 200), (MAX_BODY, 200), (MAX_BODY + 1, 413), (20 << 20, 413),
])
def test_a_body_has_so_many_bytes_and_its_sender_hears_of_it(onenet, tmp_path, size, status):
    platform = onenet()
    body = tmp_path / "body"
    body.write_bytes(b"x" * size)
    answer = platform.ask("/devices", "--data-binary", f"@{body}", "-H", "Expect:")
    assert str(status) in platform.status
    assert answer["error"] == (
        "invalid JSON" if status == 200 else "the body is too long"
    )


def test_who_expects_to_be_told_to_continue_is_told(onenet):
    client = Client(onenet())
    body = body_of().encode()
    head = f"POST /devices HTTP/1.1\r\nHost: a\r\napi-key: {KEY}\r\nExpect: 100-Continue\r\n"
    for _ in range(2):
        client.send(f"{head}Content-Length: {len(body)}\r\n\r\n".encode())
        assert client._stream.readline() == b"HTTP/1.1 100 Continue\r\n"
        assert client._stream.readline() == b"\r\n"
        client.send(body)
        status, _, answer = client.answer()
        assert status == 200
    assert json.loads(answer)["error"] == "the device is registered already"
    client.send(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)  # without waiting
    client._stream.readline(), client._stream.readline()
    assert client.answer()[0] == 200
    client.send(f"{head}Content-Length: {MAX_BODY + 1}\r\n\r\n".encode())
    assert client.answer()[0] == 413
    assert client.rest() == b""
    client.close()


@pytest.mark.parametrize("request_head, words", [
    (b"GET /devices/1 HTTP/1.1\r\n", "the request has not one Host"),
    (b"GET /devices/1 HTTP/1.1\r\nHost: a\r\nHost: b\r\n", "the request has not one Host"),
    (b"GET /devices/1\r\n", "the request is no HTTP"),
    (b"GET /devices/1 HTTP/9\r\n", "the request is no HTTP"),
    (b"GET /dev ices HTTP/1.1\r\nHost: a\r\n", "the request is no HTTP"),
    (b"GET /devices/1 HTTP/1.1\r\nHost a\r\n", "the request is no HTTP"),
    (b"POST /devices HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n", "the request is no HTTP"),
    (b"POST /devices HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n",
     "the request is no HTTP"),
    (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "the request is no HTTP"),
])
def test_what_is_no_request_is_told_so_and_the_connection_ends(onenet, request_head, words):
    platform = onenet()
    client = Client(platform)
    client.send(request_head + b"\r\n")
    status, _, body = client.answer()
    assert (status, json.loads(body)) == (400, {"errno": 4, "error": words})
    assert client.rest() == b""
    client.close()
    assert platform.ask("/devices/1")["errno"] == 8


def test_head_has_the_header_alone(onenet):
    client = Client(onenet())
    for _ in range(2):
        client.send(f"HEAD /devices/1 HTTP/1.1\r\nHost: a\r\napi-key: {KEY}\r\n\r\n".encode())
        head = b"".join(iter(client._stream.readline, b"\r\n"))
        assert head.startswith(b"HTTP/1.1 200 ")
    client.ask()
    assert json.loads(client.answer()[2])["error"] == "device not found"
    client.close()


def test_http_1_0_gets_no_chunks(onenet):
    platform = onenet()
    head, body = platform.curl(f"/nbiot?imei={IMEI}&obj_id=3200", "-0")
    assert b"chunked" not in head and json.loads(body)["error"] == "device not found"


@pytest.mark.parametrize("title, taken", [
    ("t" * 255, True), ("t" * 256, True), ("t" * 257, False), ("表" * 85, True), ("表" * 86, False),
    ("", False),
])
def test_a_title_has_so_many_bytes_and_may_be_chinese(onenet, title, taken):
    platform = onenet()
    body = json.dumps({**json.loads(body_of()), "title": title}, ensure_ascii=False)
    answer = platform.ask("/devices", "--data-binary", body)
    if not taken:
        assert answer["error"] == "invalid parameter: title has not 1 to 256 bytes"
        return
    assert platform.ask(f"/devices/{answer['data']['device_id']}")["data"]["title"] == title


@pytest.mark.parametrize("seconds, taken", [(4, False), (5, True), (40, True), (41, False)])
def test_a_time_out_has_its_range(onenet, seconds, taken):
    platform = onenet()
    platform.create()
    answer = platform.ask(f"/nbiot?imei={IMEI}&obj_id=3200&timeout={seconds}")
    wrong = "invalid parameter: timeout is not from 5 to 40"
    assert answer["error"] == ("device not online" if taken else wrong)


def test_deeply_nested_json_is_an_ordinary_mistake(onenet):
    platform = onenet()
    for body in ("[" * 60000, "[" * 30000 + "]" * 30000, '{"a":' * 10000):
        assert platform.ask("/devices", "--data-binary", body)["errno"] in (4, 5)


# Reads

def test_so_many_reads_of_a_device_are_under_way_at_a_time(onenet, device):
    platform = onenet()
    platform.create()
    module = device(platform)
    module.go_online(VALUES, LINKS)
    platform.program.wait_said(f"discovered {IMEI} 3200")
    answers = [platform.later(f"/nbiot?imei={IMEI}&obj_id=3200") for _ in range(9)]
    platform.program.wait_said(f"reading {IMEI} 3200", times=9)
    reads = {}
    while len(reads) < 8:
        read = module.request()
        reads[read.mid] = read
    module._socket.settimeout(SHORT_S)
    with pytest.raises(TimeoutError):
        while module.request().mid in reads:  # what is sent again is not the ninth
            pass
    module._socket.settimeout(20)
    first = reads.pop(next(iter(reads)))
    module.answer(first, "2.05", VALUES, TLV)
    ninth = module.request()
    while ninth.mid in reads or ninth.mid == first.mid:
        ninth = module.request()
    for read in (*reads.values(), ninth):
        module.answer(read, "2.05", VALUES, TLV)
    assert [answer()[1] for answer in answers] == [READ] * 9


def test_a_module_has_eight_requests_open_and_refuses_the_ninth(onenet, modem):
    platform = onenet()
    platform.create()
    host, _ = modem("--set", f"module.imei={IMEI}", "--set", f"sim.imsi={IMSI}")
    open_device(host, (f"127.0.0.1:{platform.coap}", ""), bootstraps=False)
    reported(host, "+MIPLDISCOVER")
    path = f"/nbiot?imei={IMEI}&obj_id=3200&obj_inst_id=0&res_id=5501"
    answers, ids = [], []
    for _ in range(8):
        answers.append(platform.later(path))
        ids.append(reported(host, "+MIPLREAD")[1])
    assert platform.ask(path)["error"] == "unsuccess: SERVICE_UNAVAILABLE"
    for number, message in enumerate(ids):
        host.command(f'AT+MIPLREADRSP=0,{message},1,3200,0,5501,3,1,"{number}",0,0')
    values = [json.loads(answer()[1])["data"][0]["res"][0]["val"] for answer in answers]
    assert values == list(range(8))


# The file

def test_after_a_restart_devices_are_there_and_registrations_are_not(onenet, device, tmp_path):
    file = tmp_path / "devices.db"
    platform = onenet("--db", file)
    number = platform.create()
    module = device(platform)
    location, _ = module.go_online(VALUES, LINKS)
    assert platform.program.stop() == 0
    platform = onenet("--db", file, http=platform.http, coap=platform.coap)
    assert platform.ask(f"/devices/{number}")["data"]["online"] is False
    assert platform.ask(f"/nbiot?imei={IMEI}&obj_id=3200")["error"] == "device not online"
    # Another device registers: the old location is not its.
    platform.create("865820030265173")
    other = device(platform, "865820030265173")
    there, _ = other.go_online(VALUES, LINKS)
    assert there != location
    assert module.ask(POST, location, [b"lt=3000"]).code == code("4.04")
    module.go_online(VALUES, LINKS)
    answer = platform.later(f"/nbiot?imei={IMEI}&obj_id=3200")
    module.answer(module.request(), "2.05", VALUES, TLV)
    assert answer()[1] == READ


def test_a_module_hears_of_a_restart_and_comes_back(onenet, modem, tmp_path):
    file = tmp_path / "devices.db"
    platform = onenet("--db", file)
    platform.create()
    host, _ = modem("--set", f"module.imei={IMEI}", "--set", f"sim.imsi={IMSI}")
    server = (f"127.0.0.1:{platform.coap}", "")
    open_device(host, server, bootstraps=False)
    reported(host, "+MIPLDISCOVER")
    assert platform.program.stop() == 0
    platform = onenet("--db", file, http=platform.http, coap=platform.coap)
    host.type("AT+MIPLUPDATE=0,3000,0")  # the observation's end may be told before its OK
    host.read_until(info(b"+MIPLEVENT:0,12"))
    host.command("AT+MIPLDELETE=0")
    open_device(host, server, bootstraps=False)
    reported(host, "+MIPLDISCOVER")
    platform.program.wait_said(f"discovered {IMEI} 3200")


# CoAP

def path_options(path):
    return [(URI_PATH, part.encode()) for part in path.split("/")]


@pytest.mark.parametrize("number, path, queries, payload, answer", [
    (GET, "rd", [], b"", "4.05"),
    (DELETE, "bs", [], b"", "4.05"),
    (PUT, "rd", [], b"", "4.05"),
    (POST, "", [], b"", "4.04"),
    (POST, "nowhere", [], b"", "4.04"),
    (POST, "rd/x", [], b"", "4.04"),
    (POST, "rd/99999999999999999999999", [], b"", "4.04"),
    (POST, "rd", [b"ep=somebody"], b"", "4.00"),
    (POST, "rd", [b"ep=86582003026517;460043783403288"], b"", "4.00"),
    (POST, "rd", [b"ep=865820030265172;46004"], b"", "4.00"),
    (POST, "rd", [b"ep=865820030265172;4600437834032881"], b"", "4.00"),
    (POST, "rd", [b"OK", b"lt=0"], b"", "4.00"),
    (POST, "rd", [b"OK", b"lt=1"], b"", "2.01"),
    (POST, "rd", [b"OK", b"lt=2147483647"], b"", "2.01"),
    (POST, "rd", [b"OK", b"lt=2147483648"], b"", "4.00"),
    (POST, "rd", [b"OK", b"lt=-1"], b"", "4.00"),
    (POST, "rd", [b"OK"], b"</3200/0", "4.00"),
    (POST, "rd", [b"OK"], b"\xff\xfe\x00", "4.00"),
    (POST, "rd", [b"OK", b"x=" + b"y" * 200], b"", "2.01"),
    (POST, "rd", [b"OK", b"x=" + b"y" * 250], b"", "4.02"),
    (POST, "a" * 255, [], b"", "4.04"),
    (POST, "a" * 250 + "/bcdef", [], b"", "4.02"),
])
def test_coap_that_is_wrong_has_a_code(onenet, device, number, path, queries, payload, answer):
    platform = onenet()
    platform.create()
    module = device(platform)
    queries = [module.name if query == b"OK" else query for query in queries]
    response = module.ask(number, path, queries, [(FORMAT, bytes([LINK]))], payload)
    assert response.code == code(answer)


@pytest.mark.parametrize("count, answer", [(255, "2.01"), (256, "2.01"), (257, "4.00")])
def test_a_registration_has_so_many_links(onenet, device, count, answer):
    platform = onenet()
    platform.create()
    module = device(platform)
    module.objects = b",".join(b"</1>" for _ in range(count))  # of these nothing is asked
    blocks = [module.objects[at : at + 1024] for at in range(0, len(module.objects), 1024)]
    assert send_blocks(module, blocks).code == code(answer)


def send_blocks(module, blocks, announced=None, queries=None):
    """Registers with a payload in blocks of 1024; returns the last response."""
    for number, block in enumerate(blocks):
        more = number + 1 < len(blocks)
        options = [(FORMAT, bytes([LINK]))]
        value = (number << 4 | (8 if more else 0) | 6).to_bytes(3, "big").lstrip(b"\0")
        tail = [(BLOCK1, value)]
        if announced is not None:
            tail.append((SIZE1, struct.pack("!I", announced)))
        module._mid += 1
        options = path_options("rd") + options
        options += [(URI_QUERY, query) for query in queries or (module.name, b"lt=3000")] + tail
        module.send(Message(CON, POST, module._mid, b"\x09", options, block))
        response = module.receive()
        assert (response.kind, response.mid) == (ACK, module._mid)
        if response.code != code("2.31"):
            return response
    return response


@pytest.mark.parametrize("size, answer", [
    (MAX_PAYLOAD - 1, "2.01"), (MAX_PAYLOAD, "2.01"), (MAX_PAYLOAD + 1, "4.13"),
])
def test_a_payload_has_so_many_bytes(onenet, device, size, answer):
    platform = onenet()
    platform.create()
    module = device(platform)
    text = b'</1>;a="' + b"x" * (size - 9) + b'"'
    blocks = [text[at : at + 1024] for at in range(0, size, 1024)]
    assert send_blocks(module, blocks).code == code(answer)


def test_what_is_announced_takes_no_memory(onenet, device):
    platform = onenet()
    platform.create()
    before = platform.program.resident_bytes()
    for _ in range(20):
        module = device(platform)
        response = send_blocks(module, [b"</1>" * 256, b"x"], announced=0xFFFFFFFF)
        assert response.code == code("4.00")  # two links with no comma between
    assert platform.program.resident_bytes() - before < 8 << 20
    assert device(platform).register().code == code("2.01")


def test_a_block_that_is_missing_is_told(onenet, device):
    platform = onenet()
    platform.create()
    module = device(platform)
    options = path_options("rd") + [(FORMAT, bytes([LINK])), (URI_QUERY, module.name)]
    module.send(Message(CON, POST, 900, b"\x09", options + [(BLOCK1, b"\x26")], b"</1>"))
    assert module.receive().code == code("4.08")


def test_a_long_answer_comes_in_blocks_up_to_the_limit(onenet, device):
    platform = onenet()
    platform.create()
    module = device(platform)
    module.go_online(VALUES, LINKS)
    for size, good in ((MAX_PAYLOAD, True), (MAX_PAYLOAD + 1, False)):
        # An opaque resource of the length that the TLV's header leaves.
        value = b"\xf8" + struct.pack("!HBH", 5522, 0, size - 6) + b"z" * (size - 6)
        answer = platform.later(f"/nbiot?imei={IMEI}&obj_id=3200&obj_inst_id=0")
        number = 0
        while number * 1024 < size:
            block = value[number * 1024 : (number + 1) * 1024]
            more = (number + 1) * 1024 < size
            request = module.request()
            options = [(FORMAT, struct.pack("!H", TLV)),
                       (23, (number << 4 | (8 if more else 0) | 6).to_bytes(2, "big"))]
            module.send(Message(ACK, code("2.05"), request.mid, request.token, options, block))
            number += 1
        answered = json.loads(answer()[1])
        if good:
            assert len(answered["data"][0]["res"][0]["val"]) == size - 6
        else:
            assert answered["errno"] == 11


def test_a_request_between_the_blocks_of_another_changes_nothing(onenet, device):
    platform = onenet()
    platform.create()
    platform.create("865820030265173")
    module = device(platform)
    links = b",".join([b"</1>"] * 300)
    head = path_options("rd") + [(FORMAT, bytes([LINK])), (URI_QUERY, module.name)]
    module.send(Message(CON, POST, 900, b"\x09", head + [(BLOCK1, b"\x0e")], links[:1024]))
    assert module.receive().code == code("2.31")
    assert module.ask(POST, "rd/77", [b"lt=60"], payload=b"</1>").code == code("4.04")
    module.send(Message(CON, POST, 901, b"\x09", head + [(BLOCK1, b"\x16")], b"</1>"))
    assert module.receive().code == code("4.00")  # the whole: two links with no comma between


def test_an_observation_may_be_answered_in_blocks(onenet, device):
    platform = onenet()
    number = platform.create()
    module = device(platform)
    assert module.register().code == code("2.01")

    def answer_in_blocks(kind, first, order, value):
        size = 64
        value = b"\xe8" + struct.pack("!HB", 5750, len(value)) + value
        request, at = first, 0
        while True:
            block = (at << 4 | (8 if (at + 1) * size < len(value) else 0) | 2).to_bytes(1, "big")
            options = [(OBSERVE, bytes([order]))] if at == 0 else []
            options += [(FORMAT, struct.pack("!H", TLV)), (BLOCK2, block)]
            module.send(Message(kind if at == 0 else ACK, code("2.05"), request.mid, request.token,
                                options, value[at * size : (at + 1) * size]))
            at += 1
            if at * size >= len(value):
                return
            request = module.request()

    def value():
        streams = platform.ask(f"/devices/{number}")["data"]["datastreams"]
        return next(each["current_value"] for each in streams if each["id"] == "3200_0_5750")

    observe = module.request()
    answer_in_blocks(ACK, observe, 1, b"a" * 100)
    discover = module.request()
    module.answer(discover, "2.05", LINKS, LINK)
    platform.program.wait_said(f"observed {IMEI} 3200/0")
    assert value() == "a" * 100
    observe.mid = 950
    answer_in_blocks(CON, observe, 2, b"b" * 150)
    platform.program.wait_said(f"observed {IMEI} 3200/0", times=2)
    assert value() == "b" * 150
    module.notify(observe.token, 3, b"\xe3\x16\x76abc")
    platform.program.wait_said(f"observed {IMEI} 3200/0", times=3)
    assert value() == "abc"


def test_what_was_told_to_be_a_time_out_is_not_done_afterwards(onenet, device):
    platform = onenet()
    platform.create()
    module = device(platform)
    module.go_online(VALUES, LINKS)
    platform.program.wait_said(f"discovered {IMEI} 3200")
    # As many as may be open at a time: they hold up nothing afterwards.
    path = f"/nbiot/execute?imei={IMEI}&obj_id=3200&obj_inst_id=0&res_id=5505&timeout=5"
    answers = [platform.later(path, "-X", "POST") for _ in range(8)]
    for answer in answers:
        assert json.loads(answer()[1])["errno"] == 11
    module._socket.settimeout(SHORT_S)
    with pytest.raises(TimeoutError):
        while True:  # what was sent until then
            module.receive()
    module._socket.settimeout(8)  # the next time would have been 6 to 9 s after the last one
    with pytest.raises(TimeoutError):
        module.receive()
    module._socket.settimeout(20)
    answer = platform.later(f"/nbiot?imei={IMEI}&obj_id=3200")
    read = module.request()
    assert read.code == GET
    module.answer(read, "2.05", VALUES, TLV)
    assert answer()[1] == READ


def test_an_option_that_has_to_be_known_is_refused(onenet, device):
    platform = onenet()
    platform.create()
    module = device(platform)
    response = module.ask(POST, "rd", [module.name], [(UNKNOWN_CRITICAL, b"x")])
    assert response.code == code("4.02")


def ping(peer, mid=b"\x12\x34"):
    """Until it is answered, as one does (RFC 7252 4.2): libcoap sends no more than one Reset to a
    ping in a quarter of a second, and the first one no sooner than that after its start."""
    end = time.monotonic() + DEADLINE_S
    while time.monotonic() < end:
        peer.send(b"\x40\x00" + mid)
        while select.select([peer], [], [], 0.3)[0]:
            answer = decode(peer.recv(2048))
            if (answer.kind, answer.mid) == (RST, int.from_bytes(mid, "big")):
                return
    raise AssertionError("no answer to a ping")


def test_bytes_that_are_no_coap_change_nothing(onenet, device):
    platform = onenet()
    platform.create()
    module = device(platform)
    module.go_online(VALUES, LINKS)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.connect(("127.0.0.1", platform.coap))
        for junk in (b"", b"x", b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 1400, b"\x40\x02",
                     b"\x4f\x02\x00\x01" + b"\0" * 8, b"\x40\x02\x00\x02\xf0", b"\x40\xff\x00\x03"):
            stranger.send(junk)
        ping(stranger)
    answer = platform.later(f"/nbiot?imei={IMEI}&obj_id=3200")
    module.answer(module.request(), "2.05", VALUES, TLV)
    assert answer()[1] == READ


def test_many_strangers_do_not_push_a_device_out(onenet, device):
    platform = onenet()
    platform.create()
    module = device(platform)
    module.go_online(VALUES, LINKS)
    for _ in range(300):  # more than the sessions that are kept of peers without a registration
        stranger = device(platform, "865820030265173")
        assert stranger.ask(POST, "bs", [stranger.name]).code == code("4.03")
    answer = platform.later(f"/nbiot?imei={IMEI}&obj_id=3200")
    module.answer(module.request(), "2.05", VALUES, TLV)
    assert answer()[1] == READ
