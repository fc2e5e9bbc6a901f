# SPDX-License-Identifier: Apache-2.0
"""m531x onenet --coaps: devices with a pre-shared key, and who has not got it (RFC 6347, 4279)."""

import json
import os
import re
import select
import socket
import sqlite3
import subprocess

import pytest

from coap_device import (
    ACK, CON, DEADLINE_S, DELETE, FORMAT, IMEI, IMSI, NON, POST, TLV, URI_PATH, URI_QUERY, Device,
    Message, code,
)
from host import OK, info
from mipl_host import answer_read, open_device, reported
from platform_onenet import LINKS, OTHER, READ, VALUES, Onenet, body_of
from program import run

KEY = "s3cretKey12"
WRONG = "s3cretKey13"
MAX_HANDSHAKES = 64


@pytest.fixture
def onenet(start):
    return lambda *options: Onenet(
        start("onenet", "--http", "0", "--coap", "0", "--coaps", "0", *options)
    )


@pytest.fixture
def module(traced):
    """module(imei): host, and a function that ends it and returns its trace."""

    def run_module(imei=IMEI, imsi=IMSI):
        host, _, records = traced(
            "--set", f"module.imei={imei}", "--set", f"sim.imsi={imsi}"
        )
        return host, records

    return run_module


def coaps_of(platform):
    return f"127.0.0.1:{platform.coaps}"


def create(platform, imei=IMEI, psk=KEY):
    body = json.loads(body_of(imei))
    return platform.ask("/devices", "-d", json.dumps({**body, "psk": psk}))


@pytest.mark.parametrize("bootstraps", [True, False])
def test_a_device_registers_and_is_read_by_dtls(onenet, module, bootstraps):
    platform = onenet()
    number = create(platform)["data"]["device_id"]
    host, trace = module()
    open_device(host, (coaps_of(platform), "", KEY), bootstraps=bootstraps)
    if bootstraps:
        host.expect(info(b"+MIPLEVENT:0,2"))
    host.expect(info(b"+MIPLEVENT:0,6"))
    reported(host, "+MIPLDISCOVER")
    answer = platform.later(f"/nbiot?imei={IMEI}&obj_id=3200")
    answer_read(host)
    assert answer()[1] == READ
    shown = platform.curl(f"/devices/{number}")[1].decode()
    assert json.loads(shown)["data"]["online"] is True
    host.command("AT+MIPLCLOSE=0")
    host.expect(info(b"+MIPLEVENT:0,15"))
    platform.program.wait_said(f"deregistered {IMEI}")
    text, records = trace()
    assert any(record.get("dtls") for record in records), text
    for output in (text, platform.program.said, shown):
        assert KEY not in output


def test_a_wrong_key_is_refused(onenet, module):
    platform = onenet()
    create(platform)
    host, trace = module()
    open_device(host, (coaps_of(platform), "", WRONG), bootstraps=False, timeout=3)
    host.expect(info(b"+MIPLEVENT:0,5"))
    assert platform.ask(f"/nbiot?imei={IMEI}&obj_id=3200")["error"] == "device not online"
    assert "secured" not in platform.program.said and "registered" not in platform.program.said
    # The next one with the right key gets in.
    host.command("AT+MIPLDELETE=0")
    open_device(host, (coaps_of(platform), "", KEY), bootstraps=False)
    host.expect(info(b"+MIPLEVENT:0,6"))
    assert KEY not in platform.program.said + trace()[0] and WRONG not in platform.program.said


@pytest.mark.parametrize("identity, words", [
    ("somebody", "by DTLS: its identity is not <IMEI>;<IMSI>"),
    ("\\x", "by DTLS: its identity is not <IMEI>;<IMSI>"),
    ("865820030265174;" + IMSI, "865820030265174 by DTLS: an unknown device"),
    (f"{OTHER};{IMSI}", f"{OTHER} by DTLS: it was created without a psk"),
    (f"{IMEI};{IMSI}0", f"{IMEI} by DTLS: its imsi is another"),
    (IMEI, f"{IMEI} by DTLS: its imsi is another"),
])
def test_a_strangers_identity_is_refused(onenet, module, identity, words):
    platform = onenet()
    create(platform)
    platform.create(OTHER)  # it has no key
    host, _ = module()
    open_device(host, (coaps_of(platform), "", KEY, identity), bootstraps=False, timeout=10)
    platform.program.wait_said(f"refused {words}")
    host.read_until(info(b"+MIPLEVENT:0,5"))
    assert "registered" not in platform.program.said


@pytest.mark.parametrize("bootstraps", [True, False])
def test_a_key_proves_its_own_device_alone(onenet, module, bootstraps):
    platform = onenet()
    create(platform)
    create(platform, OTHER, "anotherKey1")
    host, _ = module(OTHER)
    open_device(host, (coaps_of(platform), "", KEY, f"{IMEI};{IMSI}"), bootstraps=bootstraps)
    platform.program.wait_said(f"refused {OTHER} its psk is not proven by DTLS")
    reported(host, "+MIPLEVENT")
    assert "registered" not in platform.program.said


def test_a_device_with_a_key_is_refused_in_the_clear(onenet, module, tmp_path):
    platform = onenet()
    create(platform)
    host, _ = module()
    open_device(host, (coaps_of(platform), "", KEY), bootstraps=False)
    host.expect(info(b"+MIPLEVENT:0,6"))
    plain = Device(platform.coap, IMEI, IMSI)
    assert plain.ask(POST, "bs", [plain.name]).code == code("4.03")
    assert plain.register().code == code("4.03")
    # Nor may it touch what has been registered.
    location = re.search(r"rd/\d+", (tmp_path / "trace.jsonl").read_text())[0]
    assert plain.ask(POST, location, [b"lt=1"]).code == code("4.03")
    assert plain.ask(DELETE, location).code == code("4.03")
    plain.close()
    assert "expired" not in platform.program.said and "deregistered" not in platform.program.said


@pytest.fixture
def openssl():
    """openssl(platform, identity, key) makes a DTLS client that is not ours; returns it running."""
    clients = []

    def connect(platform, identity, key, *options):
        clients.append(subprocess.Popen(
            ["openssl", "s_client", "-dtls1_2", "-psk_identity", identity, "-psk",
             key.encode().hex(), "-connect", coaps_of(platform), *options],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            encoding="latin1",
        ))
        return clients[-1]

    yield connect
    for client in clients:
        client.kill()
        client.communicate()


def test_openssl_gets_in_with_the_key_and_not_without(onenet, openssl):
    platform = onenet()
    create(platform)
    assert "alert unknown psk identity" in openssl(platform, "somebody", KEY).communicate()[0]
    wrong = openssl(platform, f"{IMEI};{IMSI}", WRONG)  # a server is silent to a wrong key
    openssl(platform, f"{IMEI};{IMSI}", KEY)
    platform.program.wait_said(f"secured {IMEI} by DTLS")
    with pytest.raises(subprocess.TimeoutExpired):
        wrong.communicate(timeout=15)
    assert platform.program.said.count("secured") == 1
    # Of a wrong key OpenSSL tells nothing, but of a handshake that did not end in its 31 s.
    platform.program.wait_said(f"refused {IMEI} by DTLS: its psk was not proven")


def post(path, query):
    options = [(URI_PATH, path.encode()), (URI_QUERY, query.encode())]
    return Message(CON, POST, 900, b"\x07", options)


def say(client, message):
    """Sends it by OpenSSL's client."""
    client.stdin.write(message.encode().decode("latin1"))
    client.stdin.flush()


def test_an_earlier_key_proves_nothing(onenet, openssl):
    platform = onenet()
    number = create(platform)["data"]["device_id"]
    client = openssl(platform, f"{IMEI};{IMSI}", KEY, "-quiet")
    platform.program.wait_said(f"secured {IMEI} by DTLS")
    assert platform.ask(f"/devices/{number}", "-X", "DELETE")["errno"] == 0
    assert create(platform, psk="anotherKey1")["errno"] == 0
    say(client, post("bs", f"ep={IMEI};{IMSI}"))
    platform.program.wait_said(f"refused {IMEI} its psk is not proven by DTLS")
    assert "bootstrapping" not in platform.program.said


def test_a_token_alone_does_not_answer_for_a_device_with_a_key(onenet, openssl):
    platform = onenet()
    create(platform)
    client = openssl(platform, f"{IMEI};{IMSI}", KEY, "-quiet")

    def heard(pattern):
        got = b""
        while not (found := re.search(pattern, got, re.DOTALL)):
            assert select.select([client.stdout], [], [], DEADLINE_S)[0]
            got += os.read(client.stdout.fileno(), 4096)
        return found

    platform.program.wait_said(f"secured {IMEI} by DTLS")
    say(client, post("rd", f"ep={IMEI};{IMSI}"))
    platform.program.wait_said(f"registered {IMEI}")
    answer = platform.later(f"/nbiot?imei={IMEI}&obj_id=3200")
    # A confirmable GET with a token of 8 bytes (RFC 7252 3).
    mid, token = heard(rb"\x48\x01(..)(.{8})\xb43200").groups()
    tlv = [(FORMAT, TLV.to_bytes(2, "big"))]
    stranger = Device(platform.coap, IMEI, IMSI)
    stranger.send(Message(NON, code("2.05"), 7, token, tlv, b"\x08\x00\x00"))
    assert stranger.ask(POST, "rd/77", [b"lt=60"]).code == code("4.04")  # it has been read
    stranger.close()
    say(client, Message(ACK, code("2.05"), int.from_bytes(mid, "big"), token, tlv, VALUES))
    assert answer()[1] == READ


def client_hello():
    """A DTLS record with a ClientHello without a cookie (RFC 6347 4.2.1), of one suite with a psk."""
    hello = bytes.fromhex("fefd") + os.urandom(32) + bytes.fromhex("00 00 0002 00a8 01 00")
    size = len(hello).to_bytes(3, "big")
    message = b"\x01" + size + bytes(2) + bytes(3) + size + hello
    return bytes.fromhex("16 fefd 0000 000000000000") + len(message).to_bytes(2, "big") + message


def test_so_many_handshakes_are_under_way_at_a_time(onenet):
    platform = onenet()
    create(platform)
    begun = []
    for _ in range(MAX_HANDSHAKES + 1):
        begun.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        begun[-1].connect(("127.0.0.1", platform.coaps))
        begun[-1].send(client_hello())
    for each in begun[:-1]:
        assert select.select([each], [], [], DEADLINE_S)[0], "it is asked for its cookie"
    platform.create(OTHER)  # all datagrams have been read
    assert not select.select(begun[-1:], [], [], 0)[0]
    for each in begun:
        each.close()


def test_both_ways_in_are_open_at_a_time(onenet, module):
    platform = onenet()
    create(platform)
    platform.create(OTHER)
    plain = Device(platform.coap, OTHER, IMSI)
    plain.go_online(VALUES, LINKS)
    host, _ = module()
    open_device(host, (coaps_of(platform), "", KEY), bootstraps=True)
    reported(host, "+MIPLDISCOVER")
    answer = platform.later(f"/nbiot?imei={IMEI}&obj_id=3200")
    answer_read(host)
    assert answer()[1] == READ
    answer = platform.later(f"/nbiot?imei={OTHER}&obj_id=3200")
    plain.answer(plain.request(), "2.05", VALUES, 11542)
    assert answer()[1] == READ
    plain.close()


@pytest.mark.parametrize("psk, taken", [
    ("a" * 7, False), ("a" * 8, True), ("Zz09" * 4, True), ("a" * 17, False),
    ("with space", False), ("水表水表水表", False), ("", False), (12345678, False), (None, False),
])
def test_a_key_has_8_to_16_letters_and_digits(onenet, psk, taken):
    answer = create(onenet(), psk=psk)
    wrong = "invalid parameter: psk has not 8 to 16 letters and digits"
    assert answer["error"] == ("succ" if taken else wrong)


def test_without_the_option_a_device_with_a_key_stays_out(start):
    platform = Onenet(start("onenet", "--http", "0", "--coap", "0"))
    assert platform.coaps is None
    create(platform)
    platform.program.wait_said(
        f"unreachable {IMEI} it has a psk, and without --coaps it can never register"
    )
    platform.create(OTHER)
    assert f"unreachable {OTHER}" not in platform.program.said
    plain = Device(platform.coap, IMEI, IMSI)
    assert plain.register().code == code("4.03")
    plain.close()


def test_keys_outlive_the_program_in_a_file_of_its_owner(onenet, module, tmp_path):
    file = tmp_path / "devices.db"
    platform = onenet("--db", file)
    create(platform)
    assert file.stat().st_mode & 0o777 == 0o600
    assert platform.program.stop() == 0
    platform = onenet("--db", file)
    host, _ = module()
    open_device(host, (coaps_of(platform), "", KEY), bootstraps=False)
    host.expect(info(b"+MIPLEVENT:0,6"))


def test_a_file_of_the_first_version_is_brought_up_to_date(onenet, tmp_path):
    file = tmp_path / "devices.db"
    db = sqlite3.connect(file)
    db.executescript(
        "CREATE TABLE devices(id INTEGER PRIMARY KEY AUTOINCREMENT, imei TEXT NOT NULL UNIQUE,"
        " imsi TEXT NOT NULL, title TEXT NOT NULL, description TEXT NOT NULL);"
        f"INSERT INTO devices VALUES(500500178, '{IMEI}', '{IMSI}', 'meter', '');"
        "PRAGMA application_id = 1295332145; PRAGMA user_version = 1;"
    )
    db.close()
    platform = onenet("--db", file)
    assert platform.ask("/devices/500500178")["data"]["title"] == "meter"
    plain = Device(platform.coap, IMEI, IMSI)
    plain.go_online(VALUES, LINKS)
    plain.close()
    assert create(platform, OTHER)["data"]["device_id"] == "500500179"


def test_an_address_in_use_is_told():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{taken.getsockname()[1]}"
        status, _, said = run("onenet", "--http", "0", "--coap", "0", "--coaps", place)
    assert status == 2 and said.startswith(f"m531x: --coaps {place}: cannot listen there")
