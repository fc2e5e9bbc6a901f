# SPDX-License-Identifier: Apache-2.0
"""The serial line's settings: of a real port, and on a PTY where the host's speed counts."""

import os
import termios
import time

import pytest
import serial

from host import DEADLINE_S, OK, Host, info

IFLAG, CFLAG, OSPEED = 0, 2, 5
STRICT = ("--set", "line.strict=true")
SWITCH = "AT+NATSPEED=115200,1,0"


def wait_way_back(trace, meanwhile=lambda: None):
    """Waits until the trace tells that the settings are the old ones again."""
    deadline = time.monotonic() + DEADLINE_S
    while "back to the old" not in trace.read_text():
        assert time.monotonic() < deadline, trace.read_text()
        meanwhile()
        time.sleep(0.02)


class NearSide:
    """The other end of the terminal that the program is the module on: its host, and what its
    settings are. A PTY passes no parity and no data bits on, so those cannot be seen here."""

    def __init__(self):
        self.fd, self._far = os.openpty()
        self.path = os.ttyname(self._far)
        self.timeout = DEADLINE_S
        self.in_waiting = 0
        os.set_blocking(self.fd, False)

    def settings(self):
        """Speed, two stop bits, hardware flow control, XON/XOFF towards the host, from it."""
        now = termios.tcgetattr(self.fd)
        return (
            now[OSPEED],
            bool(now[CFLAG] & termios.CSTOPB),
            bool(now[CFLAG] & termios.CRTSCTS),
            bool(now[IFLAG] & termios.IXON),
            bool(now[IFLAG] & termios.IXOFF),
        )

    def wait_settings(self, *wanted):
        # A change of termios is told to nobody.
        deadline = time.monotonic() + DEADLINE_S
        while self.settings() != wanted:
            assert time.monotonic() < deadline, f"wanted {wanted}, has {self.settings()}"
            time.sleep(0.002)

    def write(self, data):
        assert os.write(self.fd, data) == len(data)

    def read(self, _count):
        deadline = time.monotonic() + self.timeout
        while time.monotonic() < deadline:
            try:
                return os.read(self.fd, 4096)
            except BlockingIOError:
                time.sleep(0.001)
        return b""

    def close(self):
        os.close(self.fd)
        os.close(self._far)


@pytest.fixture
def near_side():
    side = NearSide()
    yield side
    side.close()


@pytest.fixture
def on_port(start, near_side):
    """on_port(option…) runs a module on a serial port; returns its host with the echo off."""

    def run(*options):
        start("run", "--serial", near_side.path, *options).wait_said("Serial")
        host = Host(near_side)
        host.type("ATE0")
        host.read_until(OK)
        return host

    return run


def test_port_follows_natspeed(on_port, near_side, tmp_path):
    trace = tmp_path / "trace"
    host = on_port("--trace", trace)
    near_side.wait_settings(termios.B9600, False, False, False, False)
    host.command("AT+NATSPEED=115200,30,0,2,2,0,1")
    near_side.wait_settings(termios.B115200, True, False, True, True)
    host.command("AT+NATSPEED=57600,30,0,2,1,0,0")
    near_side.wait_settings(termios.B57600, False, False, False, False)
    host.command("AT+NATSPEED?", info(b"+NATSPEED:57600,2,1,0,0") + OK)
    host.command(SWITCH)
    wait_way_back(trace)
    near_side.wait_settings(termios.B57600, False, False, False, False)


def test_port_follows_ipr_icf_ifc(on_port, near_side):
    host = on_port("--model", "M5311")
    near_side.wait_settings(termios.B115200, False, False, False, False)
    host.command("AT+IPR=460800")
    near_side.wait_settings(termios.B460800, False, False, False, False)
    host.command("AT+ICF=1")
    near_side.wait_settings(termios.B460800, True, False, False, False)
    host.command("AT+IFC=2,2")
    near_side.wait_settings(termios.B460800, True, True, False, False)
    host.command("AT+IFC=0,1")
    near_side.wait_settings(termios.B460800, True, False, False, True)
    host.command("AT+IPR=0;+ICF=3;+IFC=1,0")
    near_side.wait_settings(termios.B460800, False, False, True, False)
    host.command("AT&F")
    near_side.wait_settings(termios.B115200, False, False, False, False)


def strict_modem(start, tmp_path, rate, *options):
    """A module on a strict PTY, and a host that opens it at `rate`."""
    link = tmp_path / "modem"
    start("run", "--pty", link, *STRICT, *options).wait_said(str(link))
    line = serial.Serial(str(link), rate)
    return line, Host(line)


def test_host_that_switches(start, tmp_path):
    line, host = strict_modem(start, tmp_path, 9600)
    with line:
        host.command(SWITCH)
        line.baudrate = 115200
        host.command("AT")
        host.command("AT+NATSPEED?", info(b"+NATSPEED:115200,2,1,0,0") + OK)


def test_host_that_forgets_to_switch(start, tmp_path):
    trace = tmp_path / "trace"
    line, host = strict_modem(start, tmp_path, 9600, "--trace", trace)
    with line:
        host.command(SWITCH)
        wait_way_back(trace, lambda: host.type("AT"))
        host.type("AT+NATSPEED?")
        host.read_until(info(b"+NATSPEED:9600,2,1,0,0") + OK)
    assert "garbled" in trace.read_text()


def test_what_the_modem_says_is_garbled_too(start, tmp_path):
    line, host = strict_modem(start, tmp_path, 9600, "--set", "variant.echo=true")
    with line:
        host.command("ATE1", b"ATE1\r" + OK)
        line.baudrate = 4800
        host.type("AT")
        line.timeout = DEADLINE_S
        assert line.read(1) not in b"AT\r\n"


def test_automatic_rate_is_the_hosts(start, tmp_path):
    line, host = strict_modem(
        start, tmp_path, 115200, "--model", "M5311", "--set", "variant.echo=false"
    )
    with line:
        host.command("AT+IPR=0")
        for rate in (2400, 460800, 14400):
            line.baudrate = rate
            host.command("AT+IPR?", info(b"+IPR: 0") + OK)


def test_nothing_is_garbled_by_default(modem):
    host, _ = modem()
    host.command("AT+NATSPEED=2400,0,0")
    host.command("AT+NATSPEED?", info(b"+NATSPEED:2400,2,1,0,0") + OK)
