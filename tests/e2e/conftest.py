# SPDX-License-Identifier: Apache-2.0
"""Fixtures: the program, and a host on its PTY. What a test starts is ended after it."""

import json
import os
from collections import namedtuple

import pytest
import serial

from authority import Authority
from coap_device import IMEI, IMSI, Device
from host import OK, Host
from nginx import Nginx
from program import M531X, Program

Client = namedtuple("Client", "host program words records")


def pytest_report_header():
    assert os.access(M531X, os.X_OK), f"{M531X} is not built"
    return f"program: {os.path.normpath(M531X)}"


@pytest.fixture
def device():
    """device(platform) is the manual's device, with a LwM2M client in the test's hands."""
    devices = []

    def make(platform, imei=IMEI, imsi=IMSI):
        devices.append(Device(platform.coap, imei, imsi))
        return devices[-1]

    yield make
    for each in devices:
        each.close()


@pytest.fixture
def start():
    """start(argument…) runs the program."""
    running = []

    def start_program(*arguments, **streams):
        running.append(Program(*arguments, **streams))
        return running[-1]

    yield start_program
    for program in running:
        program.stop()


@pytest.fixture
def open_line():
    """open_line(device) opens a serial line as pyserial does."""
    lines = []

    def open_serial(device):
        lines.append(serial.Serial(str(device), 115200))
        return lines[-1]

    yield open_serial
    for line in lines:
        line.close()


@pytest.fixture
def modem(start, open_line, tmp_path):
    """modem(option…) runs a modem on a PTY: (its host with the echo off, the program)."""

    def run_modem(*options, **process):
        link = tmp_path / "modem"
        program = start("run", "--pty", link, *options, **process)
        program.wait_said(str(link))
        host = Host(open_line(link))
        host.type("ATE0")
        host.read_until(OK)
        return host, program

    return run_modem


@pytest.fixture
def traced(modem, tmp_path):
    """traced(option…): host, program, and a function that ends it and returns its records."""
    path = tmp_path / "trace.jsonl"

    def run_traced(*options, **process):
        host, program = modem("--trace", path, *options, **process)

        def records():
            assert program.stop() == 0
            text = path.read_text()
            return text, [json.loads(line) for line in text.splitlines()]

        return host, program, records

    return run_traced


@pytest.fixture(scope="session")
def ca(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="session")
def good(ca):
    return ca.issue("good")


@pytest.fixture(scope="session")
def nginx(tmp_path_factory):
    with Nginx(tmp_path_factory.mktemp("nginx")) as running:
        yield running


@pytest.fixture(scope="session")
def stranger(tmp_path_factory):
    """An authority that nobody trusts."""
    return Authority(tmp_path_factory.mktemp("stranger"))


@pytest.fixture
def untrusting(modem, tmp_path):
    """untrusting(option…) runs an M5311 with a trace: host, program, words(), records().

    words() ends it and tells what TLS said of each connection; records() has the whole trace.
    """

    def run(*options):
        path = tmp_path / "trace.jsonl"
        host, program = modem("--model", "M5311", "--trace", path, *options)

        def records():
            assert program.stop() == 0
            return [json.loads(line) for line in path.read_text().splitlines()]

        def words():
            return [record["tls"] for record in records() if "tls" in record]

        return Client(host, program, words, records)

    return run


@pytest.fixture
def client(untrusting, ca):
    """The same, and the test's authority is trusted."""
    return lambda *options: untrusting("--set", f"tls.ca_file={ca.certificate}", *options)
