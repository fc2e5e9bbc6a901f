# SPDX-License-Identifier: Apache-2.0
"""Fixtures: the program, and a host on its PTY. What a test starts is ended after it."""

import json
import os

import pytest
import serial

from host import OK, Host
from nginx import Nginx
from program import M531X, Program


def pytest_report_header():
    assert os.access(M531X, os.X_OK), f"{M531X} is not built"
    return f"program: {os.path.normpath(M531X)}"


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
def nginx(tmp_path_factory):
    with Nginx(tmp_path_factory.mktemp("nginx")) as running:
        yield running
