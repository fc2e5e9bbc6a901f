# SPDX-License-Identifier: Apache-2.0
"""The trace: JSON lines that say what happened in words, and keep every secret."""

import base64
import fcntl
import json
import os
import signal
import subprocess

import pytest

from control import Control
from host import ERROR, OK, info
from program import M531X
from server import free_port

SECRET = "s3cret"


def test_conversation_is_told_in_json_lines(traced, nginx):
    host, _, records = traced()
    host.create(nginx.url)
    host.type('AT+HTTPSEND=0,0,"/small.txt"')
    host.expect(OK)
    host.read_response()
    text, lines = records()
    directions = {line["dir"] for line in lines}
    assert directions >= {"host", "modem", "net"}
    times = [line["t"] for line in lines]
    assert times == sorted(times)
    assert "AT+HTTPSEND=0,0" in text and "+HTTPNMIC:0,0,13,13,13" in text
    assert "GET /small.txt HTTP/1.1" in text and "hello, modem" in text


def test_dash_traces_to_standard_error(modem):
    host, program = modem("--trace", "-")
    host.command("AT")
    line = json.loads(program.wait_said(r'(?m)^.*"AT\\\\r".*$')[0])
    assert line["dir"] == "host" and line["data"] == "AT\\r"


@pytest.mark.parametrize("model, code", [("M5310-A", -14), ("M5311", -1)])
def test_each_code_has_its_cause_in_words(traced, model, code):
    host, _, records = traced("--model", model)
    host.create(f"http://127.0.0.1:{free_port()}")
    host.type('AT+HTTPSEND=0,0,"/"')
    host.expect(OK)
    host.read_until(b",%d\r\n" % code)
    _, lines = records()
    causes = [line for line in lines if line.get("code") == code]
    assert causes and all("refused" in json.dumps(line) for line in causes)
    assert all(line.get("instance") == 0 for line in causes)


def test_each_error_has_its_words(traced):
    host, _, records = traced()
    for line in ("AT+NOSUCH", "AT+HTTPCLOSE=x", "AT+HTTPCLOSE=0"):
        host.command(line, ERROR)
    _, lines = records()
    told = [line.get("cause") for line in lines if line.get("event") == "note"]
    assert told == ["operation not supported", "Incorrect parameters", "operation not allowed"]


def test_password_is_never_told(traced, nginx):
    host, program, records = traced()
    host.type(f'AT+HTTPCREATE="{nginx.url}","meter","{SECRET}"')
    host.expect(info(b"+HTTPCREATE:0"), OK)
    host.type('AT+HTTPSEND=0,0,"/secret/small.txt"')
    host.expect(OK)
    assert host.read_response()[2] == nginx.small
    for typed in (
        f'at+httpcreate = "a.b" , "u" , "{SECRET}"',
        f'ATE0;+HTTPCREATE="a.b","u","{SECRET}"',
        f'AT+HTTPCREATE="a.b","u",{SECRET}',
        f'AT+HTTPCREATE=,,"{SECRET}"',
    ):
        host.answer(typed)
    text, _ = records()
    assert "AT+HTTPCREATE" in text
    assert SECRET not in text + program.said
    for plain in (f"meter:{SECRET}", f"u:{SECRET}"):
        assert base64.b64encode(plain.encode()).decode() not in text


def test_password_typed_byte_by_byte_is_never_told(traced):
    host, _, records = traced("--set", "variant.echo=true")
    host.command("ATE1")
    for byte in f'AT+HTTPCREATE="a.b","u","{SECRET}"\r'.encode():
        host.write(bytes([byte]))
        host.expect(bytes([byte]))
    host.expect(info(b"+HTTPCREATE:0"), OK)
    _, lines = records()
    host_bytes = "".join(line.get("data", "") for line in lines if line["dir"] == "host")
    echoed = "".join(line.get("data", "") for line in lines if line["dir"] == "modem")
    assert SECRET not in host_bytes and SECRET not in echoed


@pytest.mark.parametrize("partly", ["AT+NPING=", 'AT+CMDNS="', "AT+HTTPCFG=0,6,"])
def test_password_after_a_line_that_a_restart_dropped_is_never_told(traced, tmp_path, partly):
    path = tmp_path / "control"
    host, _, records = traced("--control", path, "--set", "variant.echo=true")
    host.command("ATE1")
    host.write(partly.encode())
    host.expect(partly.encode())
    control = Control(path)
    control.do("reset")
    control.close()
    host.read_until(b"REBOOT_")
    host.read_until(OK)
    host.type(f'AT+HTTPCREATE="http://a.b","meter","{SECRET}"')
    host.read_until(info(b"+HTTPCREATE:0") + OK)
    text, _ = records()
    assert partly.partition("=")[0] in text
    assert SECRET not in text


def test_password_after_what_was_typed_during_the_boot_is_never_told(traced, tmp_path):
    path = tmp_path / "control"
    host, _, records = traced("--control", path, "--set", "boot.duration_ms=2000",
                              "--set", "boot.text=true")
    control = Control(path)
    control.do("reset")
    assert control.do("state")["power"] == "booting"
    host.write(b"AT+NPING=")
    host.read_until(OK)
    assert control.do("state")["power"] == "on"
    control.close()
    host.type(f'AT+HTTPCREATE="http://a.b","meter","{SECRET}"')
    host.read_until(info(b"+HTTPCREATE:0") + OK)
    text, _ = records()
    assert "AT+NPING=" in text and SECRET not in text


@pytest.mark.parametrize("typed", ["1234", '"12345678"', "1234,5678", '"1234","5678"'])
def test_pin_is_never_told(traced, typed):
    host, _, records = traced("--set", "variant.echo=true")
    host.command("ATE1")
    host.type(f"AT+CPIN={typed}")
    host.read_until(b"ERROR")
    host.read_until(b"\r\n")
    _, lines = records()
    told = "".join(line.get("data", "") for line in lines)
    assert told.count("AT+CPIN=") == 2
    assert "1234" not in told and "5678" not in told


def test_private_key_and_api_key_are_never_told(traced):
    host, _, records = traced("--model", "M5311")
    host.create("http://127.0.0.1")
    host.command(f'AT+HTTPCFG=0,3,"{SECRET}-private"')
    host.command(f'AT+HTTPCFG=0,3,"{SECRET.encode().hex()}",1')
    host.command(f'AT+HTTPHEADER=0,"api-key: {SECRET}-api\\r\\n"')
    host.command(f'AT+HTTPHEADER=0,"Authorization: Bearer {SECRET}\\r\\n"')
    host.answer("AT+HTTPHEADER=0")
    text, _ = records()
    assert "AT+HTTPCFG=0,3" in text
    assert SECRET not in text and SECRET.encode().hex() not in text


def test_a_trace_that_nobody_reads_stops_nothing():
    """The trace goes into a pipe that is never read; the modem answers and ends at once."""
    read_end, write_end = os.pipe()
    try:
        fcntl.fcntl(write_end, fcntl.F_SETPIPE_SZ, 4096)
        run = subprocess.Popen([M531X, "run", "--stdio", "--trace", "-"], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=write_end)
        for _ in range(200):
            run.stdin.write(b"AT\r")
            run.stdin.flush()
            assert run.stdout.read(6) == b"\r\nOK\r\n"
        run.send_signal(signal.SIGTERM)
        assert run.wait(timeout=5) == 0
    finally:
        os.close(read_end)
        os.close(write_end)
