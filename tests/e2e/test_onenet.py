# SPDX-License-Identifier: Apache-2.0
"""m531x onenet: the HTTP API as curl sees it, and devices made of bytes (manual 2.3)."""

import json
import re
import signal
import socket
import struct

import pytest

from coap_device import (
    ACCEPT, ACK, CON, DELETE, FORMAT, GET, LINK, LOCATION, NON, OBSERVE, POST, PUT, RST, TLV, IMEI,
    IMSI, Message, code,
)
from platform_onenet import KEY, LINKS, OTHER, READ, VALUES, Onenet, body_of
from program import run


@pytest.fixture
def onenet(start):
    return lambda *options: Onenet(start("onenet", "--http", "0", "--coap", "0", *options))


def names_of(head):
    return [line.split(b":")[0].decode() for line in head.splitlines()]


def test_create_has_the_manuals_bytes(onenet):
    platform = onenet()
    head, body = platform.curl("/devices", "-d", body_of(), "-H", "Connection: Close")
    assert len(head) == 158
    assert names_of(head) == ["Date", "Content-Type", "Content-Length", "Connection", "Server", "Pragma"]
    assert body == b'{"errno":0,"data":{"device_id":"500500178"},"error":"succ"}'
    assert platform.program.wait_said(f"device created {IMEI} 500500178")


def test_a_connection_is_kept_or_closed_as_asked(onenet):
    platform = onenet()
    request = f"GET /devices/1 HTTP/1.1\r\nHost: a\r\napi-key: {KEY}\r\n"
    with socket.create_connection(("127.0.0.1", platform.http), 20) as line:
        stream = line.makefile("rb")
        for _ in range(2):
            line.sendall((request + "\r\n").encode())
            head = b"".join(iter(stream.readline, b"\r\n"))
            size = int(re.search(rb"Content-Length: (\d+)", head)[1])
            assert json.loads(stream.read(size))["error"] == "device not found"
        line.sendall((request + "Connection: Close\r\n\r\n").encode())
        assert stream.read().endswith(b"}")


def test_a_device_is_shown_and_removed(onenet):
    platform = onenet()
    number = platform.create()
    assert platform.create(OTHER) == str(int(number) + 1)
    shown = platform.ask(f"/devices/{number}")["data"]
    assert (shown["auth_info"], shown["online"]) == ({IMEI: IMSI}, False)
    assert platform.ask(f"/devices/{number}", "-X", "DELETE")["errno"] == 0
    assert platform.ask(f"/devices/{number}")["error"] == "device not found"
    assert platform.ask(f"/devices/{number}", "-X", "DELETE")["error"] == "device not found"


def test_what_is_wrong_is_told(onenet):
    platform = onenet()
    platform.create()
    again = platform.ask("/devices", "-d", body_of())
    assert (again["errno"], again["error"]) == (6, "the device is registered already")
    comma = body_of().replace('LWM2M"', 'LWM2M",').replace("}}", "},}")
    assert platform.ask("/devices", "-d", comma)["error"] == "invalid JSON"
    assert platform.ask("/devices", "-d", body_of(), key="other")["error"].startswith("unauthorized")
    read = f"/nbiot?imei={IMEI}&obj_id=3200"
    assert platform.ask(read)["error"] == "device not online"
    assert platform.ask(f"/nbiot?imei={OTHER}&obj_id=3200")["error"] == "device not found"
    assert platform.ask(read + "&timeout=41")["error"].startswith("invalid parameter: timeout")
    assert platform.ask("/other")["error"] == "no such call" and " 404 " in platform.status + " "


def test_header_and_body_have_their_bounds(onenet):
    platform = onenet()
    for size, status in ((64 * 1024, "200"), (64 * 1024 + 1, "413")):
        platform.curl("/devices", "-d", "x" * size, "-H", "Expect:")
        assert status in platform.status
    platform.curl("/devices/1", "-H", "Filler: " + "x" * 7000)
    assert "200" in platform.status
    platform.curl("/devices/1", "-H", "Filler: " + "x" * 9000)
    assert "431" in platform.status


def test_what_is_no_http_is_refused(onenet):
    platform = onenet()
    with socket.create_connection(("127.0.0.1", platform.http), 20) as line:
        line.sendall(b"AT+CSQ\r\n\r\n")
        assert line.makefile("rb").read().startswith(b"HTTP/1.1 400 ")


def test_devices_outlive_the_program(onenet, tmp_path):
    file = tmp_path / "devices.db"
    platform = onenet("--db", file)
    number = platform.create()
    assert platform.program.stop() == 0
    platform = onenet("--db", file)
    assert IMEI in platform.ask(f"/devices/{number}")["data"]["auth_info"]
    assert platform.ask("/devices", "-d", body_of())["errno"] == 6


def test_a_damaged_file_is_refused(tmp_path):
    file = tmp_path / "devices.db"
    file.write_bytes(b"no database" * 1000)
    status, _, said = run("onenet", "--http", "0", "--coap", "0", "--db", file)
    assert (status, said) == (2, f"m531x: --db {file}: it is damaged, or no database\n")
    assert file.read_bytes() == b"no database" * 1000


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_and_no_key_was_told(onenet, how):
    platform = onenet("--api-key", "hush-hush")
    assert platform.ask("/devices", "-d", body_of(), key="hush-hush")["errno"] == 0
    assert platform.program.stop(how) == 0
    assert "hush" not in platform.program.said


def test_an_address_in_use_is_told(onenet):
    platform = onenet()
    taken = f"127.0.0.1:{platform.http}"
    status, _, said = run("onenet", "--http", taken, "--coap", "0")
    assert status == 2 and said.startswith(f"m531x: --http {taken}: cannot listen there")
    taken = f"127.0.0.1:{platform.coap}"
    status, _, said = run("onenet", "--http", "0", "--coap", taken)
    assert status == 2 and said.startswith(f"m531x: --coap {taken}: cannot listen there")


def test_bootstrap_gives_the_address_to_register_at(onenet, device):
    platform = onenet()
    platform.create()
    module = device(platform)
    assert module.ask(POST, "bs", [module.name]).code == code("2.04")
    clear = module.request()
    assert (clear.code, clear.path) == (DELETE, "")
    module.answer(clear, "2.02")
    write = module.request()
    assert (write.code, write.path, write.number(FORMAT)) == (PUT, "0", TLV)
    uri = f"coap://127.0.0.1:{platform.coap}".encode()
    assert bytes([0xC8, 0, len(uri)]) + uri in write.payload
    assert write.payload.endswith(b"\xc1\x01\x00\xc1\x02\x03\xc1\x0a\x01")
    module.answer(write, "2.04")
    finish = module.request()
    assert (finish.code, finish.path) == (POST, "bs")
    module.answer(finish, "2.04")
    platform.program.wait_said(f"bootstrapped {IMEI}")


def test_a_stranger_is_refused(onenet, device):
    platform = onenet()
    platform.create()
    for imei, imsi in ((OTHER, IMSI), (IMEI, "460043783403289")):
        module = device(platform, imei, imsi)
        assert module.ask(POST, "bs", [module.name]).code == code("4.03")
        assert module.register().code == code("4.03")
    platform.program.wait_said(f"refused {OTHER} an unknown device")
    platform.program.wait_said(f"refused {IMEI} its imsi is another")
    assert device(platform).ask(POST, "rd", [b"ep=somebody"]).code == code("4.00")
    assert device(platform).ask(POST, "rd/77", [b"lt=60"]).code == code("4.04")


def test_a_read_has_the_manuals_bytes(onenet, device):
    platform = onenet()
    platform.create()
    module = device(platform)
    _, observe = module.go_online(VALUES, LINKS)
    platform.program.wait_said(f"discovered {IMEI} 3200")
    answer = platform.later(f"/nbiot?imei={IMEI}&obj_id=3200", "-H", "Connection: Close")
    read = module.request()
    assert (read.code, read.path, read.number(ACCEPT)) == (GET, "3200", TLV)
    assert read.mid == (observe.mid + 2) & 0xFFFF
    module.answer(read, "2.05", VALUES, TLV)
    head, body = answer()
    assert len(head) == 148
    assert names_of(head) == ["Date", "Content-Type", "Transfer-Encoding", "Connection", "Pragma"]
    assert body == READ and len(body) == 144
    listed = platform.ask(f"/nbiot/resources?imei={IMEI}&obj_id=3200")["data"]
    assert listed["item"] == [
        {"obj_id": 3200, "instances": [{"inst_id": 0, "resources": [5500, 5501, 5750]}]}
    ]


def test_write_and_execute(onenet, device):
    platform = onenet()
    platform.create()
    module = device(platform)
    module.go_online(VALUES, LINKS)
    for mode, method in ((1, PUT), (2, POST)):
        path = f"/nbiot?imei={IMEI}&obj_id=3200&obj_inst_id=0&mode={mode}"
        answer = platform.later(path, "-d", '{"data":[{"res_id":5750,"val":"new"}]}')
        write = module.request()
        assert (write.code, write.path, write.number(FORMAT)) == (method, "3200/0", TLV)
        assert write.payload == b"\xe3\x16\x76new"
        module.answer(write, "2.04")
        assert answer()[1] == b'{"errno":0,"error":"succ"}'
    path = f"/nbiot/execute?imei={IMEI}&obj_id=3200&obj_inst_id=0&res_id=5505"
    answer = platform.later(path, "-d", '{"args":"ping"}')
    execute = module.request()
    assert (execute.code, execute.path, execute.payload) == (POST, "3200/0/5505", b"ping")
    module.answer(execute, "4.05")
    assert json.loads(answer()[1]) == {"errno": 12, "error": "unsuccess: METHOD_NOT_ALLOWED"}


def test_no_answer_is_a_time_out_and_the_next_call_works(onenet, device):
    platform = onenet()
    platform.create()
    module = device(platform)
    module.go_online(VALUES, LINKS)
    answer = platform.later(f"/nbiot?imei={IMEI}&obj_id=3200&timeout=5")
    late = module.request()
    head, body = answer()
    assert json.loads(body) == {"errno": 11, "error": "unsuccess: TIME_OUT"} and b"chunked" in head
    module.answer(late, "2.05", VALUES, TLV)
    answer = platform.later(f"/nbiot?imei={IMEI}&obj_id=3200")
    read = module.request()
    while read.mid == late.mid:  # it was sent again
        read = module.request()
    module.answer(read, "2.05", VALUES, TLV)
    assert answer()[1] == READ


def test_a_notification_is_the_last_value(onenet, device):
    platform = onenet()
    number = platform.create()
    module = device(platform)
    _, observe = module.go_online(VALUES, LINKS)
    module.notify(observe.token, 2, b"\xe1\x15\x7d\x05")
    platform.program.wait_said(f"observed {IMEI} 3200/0", times=2)
    streams = platform.ask(f"/devices/{number}")["data"]["datastreams"]
    assert {"id": "3200_0_5501", "current_value": 5} in streams
    module.notify(b"none", 3, b"\xe1\x15\x7d\x06")
    reset = module.receive()
    assert reset.kind == RST


def test_an_older_notification_is_no_news_and_one_that_comes_again_is_acknowledged(onenet, device):
    platform = onenet()
    number = platform.create()
    module = device(platform)
    _, observe = module.go_online(VALUES, LINKS)

    def value():
        streams = platform.ask(f"/devices/{number}")["data"]["datastreams"]
        return next(each["current_value"] for each in streams if each["id"] == "3200_0_5501")

    def notify(mid, order, payload):
        module.send(Message(CON, code("2.05"), mid, observe.token,
                            [(OBSERVE, order.to_bytes(3, "big")), (FORMAT, struct.pack("!H", TLV))],
                            payload))
        ack = module.receive()
        assert (ack.kind, ack.code, ack.mid) == (ACK, 0, mid)

    half = 1 << 23
    for mid, order, told, now in (
        (901, 9, b"\x09", 9), (902, 8, b"\x08", 9), (902, 8, b"\x08", 9), (903, 10, b"\x0a", 10),
        (903, 10, b"\x0a", 10), (904, 10 + half - 1, b"\x0b", 11), (905, 9 + half + half // 2, b"\x0c", 12),
        (906, 3, b"\x0d", 13), (907, (1 << 24) - 1, b"\x0e", 13),
    ):
        notify(mid, order, b"\xe1\x15\x7d" + told)
        assert value() == now, order


def test_a_request_that_comes_again_has_one_effect(onenet, device):
    platform = onenet()
    platform.create()
    module = device(platform)
    first = module.register()
    module._mid -= 1
    assert module.register().options == first.options
    platform.create(OTHER)
    platform.program.wait_said(f"device created {OTHER}")
    assert platform.program.said.count("registered ") == 1


EXCHANGE_REPLIES = 16


@pytest.mark.parametrize("between, registrations", [
    (1, 1), (EXCHANGE_REPLIES - 1, 1), (EXCHANGE_REPLIES, 2),
])
def test_a_late_repetition_of_a_registration_ends_nothing(onenet, device, between, registrations):
    platform = onenet()
    platform.create()
    module = device(platform)
    module.objects = b"</>;rt=\"oma.lwm2m\",</1>"  # of these nothing is asked
    first = module.register()
    location = b"/".join(first.of(LOCATION)).decode()
    for _ in range(between):
        assert module.ask(POST, location, [b"lt=3000"]).code == code("2.04")
    module._mid -= between + 1
    again = module.register()
    assert again.code == code("2.01")
    module._mid += between
    platform.create(OTHER)
    platform.program.wait_said(f"device created {OTHER}")
    assert platform.program.said.count("registered ") == registrations
    if registrations == 1:
        assert again.options == first.options
        assert module.ask(POST, location, [b"lt=3000"]).code == code("2.04")


def test_a_stranger_cannot_answer_for_a_device(onenet, device):
    platform = onenet()
    platform.create()
    module = device(platform)
    _, observe = module.go_online(VALUES, LINKS)
    assert len(observe.token) == 8
    answer = platform.later(f"/nbiot?imei={IMEI}&obj_id=3200")
    read = module.request()
    assert len(set(read.token)) > 1 and read.token != observe.token
    stranger = device(platform)
    for number in range(256):
        for size in (4, 8):
            token = number.to_bytes(size, "little")
            stranger.send(Message(NON, code("2.05"), number, token,
                                  [(FORMAT, struct.pack("!H", TLV))], b"\x08\x00\x00"))
        if number % 16 == 15:  # all of it has been read: no buffer is full
            assert stranger.ask(POST, "rd/77", [b"lt=60"]).code == code("4.04")
    module.answer(read, "2.05", VALUES, TLV)
    assert answer()[1] == READ


def test_an_answer_from_a_new_address_is_taken_in_the_clear(onenet, device):
    platform = onenet()
    platform.create()
    module = device(platform)
    module.go_online(VALUES, LINKS)
    answer = platform.later(f"/nbiot?imei={IMEI}&obj_id=3200")
    read = module.request()
    module.move()
    module.send(Message(NON, code("2.05"), 900, read.token, [(FORMAT, struct.pack("!H", TLV))],
                        VALUES))
    assert answer()[1] == READ


def test_what_is_open_is_answered_when_the_platform_ends(onenet, device):
    platform = onenet()
    platform.create()
    module = device(platform)
    module.go_online(VALUES, LINKS)
    answers = [platform.later(f"/nbiot?imei={IMEI}&obj_id=3200") for _ in range(2)]
    platform.program.wait_said(f"reading {IMEI} 3200", times=2)
    assert platform.program.stop() == 0
    for answer in answers:
        assert json.loads(answer()[1]) == {"errno": 14, "error": "the platform ends"}
    assert " 500 " in platform.status + " "


def test_an_update_with_objects_lists_nothing_twice(onenet, device):
    platform = onenet()
    platform.create()
    module = device(platform)
    location, _ = module.go_online(VALUES, LINKS)
    discovers = []
    for _ in range(2):  # the second time what the first one asked is still open
        assert module.ask(POST, location, [b"lt=3000"], [(FORMAT, bytes([LINK]))],
                          module.objects).code == code("2.04")
        asked = module.request()
        while asked.path != "3200/0":  # what is sent again
            asked = module.request()
        module.answer(asked, "2.05", VALUES, TLV, observe=1)
        while asked.path != "3200" or asked.mid in [each.mid for each in discovers]:
            asked = module.request()
        discovers.append(asked)
    for discover in discovers:
        module.answer(discover, "2.05", LINKS, LINK)
    assert module.ask(POST, location, [b"lt=3000"]).code == code("2.04")  # all has been read
    listed = platform.ask(f"/nbiot/resources?imei={IMEI}")["data"]["item"]
    assert listed == [{"obj_id": 3200, "instances": [
        {"inst_id": 0, "resources": [5500, 5501, 5750]}]}]


def test_an_update_from_a_new_address_takes_the_session_over(onenet, device):
    platform = onenet()
    platform.create()
    module = device(platform)
    location, _ = module.go_online(VALUES, LINKS)
    module.move()
    assert module.ask(POST, location, [b"lt=3000"]).code == code("2.04")
    platform.program.wait_said(f"updated {IMEI} from a new address")
    answer = platform.later(f"/nbiot?imei={IMEI}&obj_id=3200")
    module.answer(module.request(), "2.05", VALUES, TLV)
    assert answer()[1] == READ
    assert module.ask(DELETE, location).code == code("2.02")
    assert platform.ask(f"/nbiot?imei={IMEI}&obj_id=3200")["error"] == "device not online"
    assert module.ask(POST, location, [b"lt=3000"]).code == code("4.04")


def test_a_registration_expires(onenet, device):
    platform = onenet()
    platform.create()
    module = device(platform)
    module.go_online(VALUES, LINKS, lifetime=1)
    platform.program.wait_said(f"expired {IMEI}")
    assert platform.ask(f"/nbiot?imei={IMEI}&obj_id=3200")["error"] == "device not online"


def test_two_devices_are_not_mixed_up(onenet, device):
    platform = onenet()
    platform.create()
    platform.create(OTHER)
    first, second = device(platform), device(platform, OTHER)
    first.go_online(VALUES, LINKS)
    second.go_online(VALUES, LINKS)
    answers = [platform.later(f"/nbiot?imei={imei}&obj_id=3200&obj_inst_id=0&res_id=5501")
               for imei in (IMEI, OTHER)]
    reads = [first.request(), second.request()]
    assert [read.path for read in reads] == ["3200/0/5501"] * 2
    second.answer(reads[1], "2.05", b"\xe1\x15\x7d\x02", TLV)
    first.answer(reads[0], "2.05", b"\xe1\x15\x7d\x01", TLV)
    values = [json.loads(answer()[1])["data"][0]["res"][0]["val"] for answer in answers]
    assert values == [1, 2]
