# SPDX-License-Identifier: Apache-2.0
"""The ways to reach a modem: PTY, serial port, standard input and output, TCP."""

import os
import re
import signal
import subprocess

import pytest

from host import ERROR, OK, Host, info
from program import Pipes, TcpLine, run
from server import Server


def test_no_option_makes_a_pty_and_says_how_to_use_it(start, open_line):
    program = start("run")
    path = program.wait_said(r"/dev/pts/\d+")[0]
    said = program.wait_said(r"AT\+HTTPCREATE").string
    assert "M5310-A" in said and re.search(r"picocom .*" + path, said)
    host = Host(open_line(path))
    host.command("AT")


def test_link_is_stable_and_goes_with_the_program(start, open_line, tmp_path):
    link = tmp_path / "modem"
    program = start("run", "--pty", link)
    program.wait_said(str(link))
    assert os.readlink(link).startswith("/dev/pts/")
    assert program.stop(signal.SIGTERM) == 0
    assert not os.path.lexists(link)


def test_link_left_by_a_killed_program_is_taken_over(start, open_line, tmp_path):
    link = tmp_path / "modem"
    first = start("run", "--pty", link)
    first.wait_said(str(link))
    first.stop(signal.SIGKILL)
    assert os.path.lexists(link)
    start("run", "--pty", link).wait_said(str(link))
    Host(open_line(link)).command("AT")


def test_link_of_a_program_that_runs_is_refused(start, open_line, tmp_path):
    link = tmp_path / "modem"
    start("run", "--pty", link).wait_said(str(link))
    target = os.readlink(link)
    status, out, err = run("run", "--pty", link)
    assert status == 2 and str(link) in err and len(err.strip().splitlines()) == 1, err
    assert os.readlink(link) == target
    Host(open_line(link)).command("AT")


@pytest.mark.parametrize("kind", ["file", "folder", "foreign link"])
def test_link_replaces_nothing_of_another_kind(tmp_path, kind):
    place = tmp_path / "modem"
    if kind == "file":
        place.write_text("precious")
    elif kind == "folder":
        place.mkdir()
    else:
        place.symlink_to("/etc/hostname")
    before = os.lstat(place)
    status, out, err = run("run", "--pty", place)
    assert status == 2 and str(place) in err and len(err.strip().splitlines()) == 1, err
    assert os.lstat(place).st_ino == before.st_ino


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_signal_ends_it_at_once_even_in_mid_request(modem, tmp_path, how):
    host, program = modem()

    def script(connection):
        connection.read_request()
        connection.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc")
        connection.sock.recv(1)

    with Server(script) as server:
        host.create(server.url)
        host.type('AT+HTTPSEND=0,0,"/"')
        host.read_until(b"\r\n+HTTPNMIC:0,1,1000,3,3\r\nabc\r\n")
        assert program.stop(how, deadline_s=2) == 0
    assert not os.path.lexists(tmp_path / "modem")


def test_host_that_closes_and_opens_again_finds_the_modem_as_it_was(start, open_line, tmp_path):
    link = tmp_path / "modem"
    program = start("run", "--pty", link)
    program.wait_said(str(link))
    line = open_line(link)
    host = Host(line)
    host.create("http://127.0.0.1")
    host.command('AT+HTTPHEADER=0,"X-Kept: 1\\r\\n"')
    for _ in range(3):
        line.close()
        line = open_line(link)
        host = Host(line)
        host.command("AT+HTTPHEADER=0", info(b"+HTTPHEADER:0,11") + b"X-Kept: 1\r\n\r\n" + OK)


def test_standard_input_and_output():
    with Pipes("run", "--stdio") as pipes:
        host = Host(pipes)
        host.create("http://127.0.0.1")
        host.command("AT+HTTPCLOSE=0")
        host.command("AT+HTTPCLOSE=0", ERROR)
        pipes.end_input()
        assert pipes.wait() == 0


def test_standard_input_that_ends_does_not_wait_for_the_network():
    """A day is left until the module registers, and nobody waits for that."""
    setting = "network.registration_delay_ms=86400000"
    with Pipes("run", "--stdio", "--quiet", "--set", setting) as pipes:
        Host(pipes).command("AT")
        pipes.end_input()
        assert pipes.wait() == 0


def listening_port(program):
    return int(program.wait_said(r"127\.0\.0\.1:(\d+)")[1])


def test_each_tcp_connection_is_a_module_of_its_own(start):
    program = start("run", "--tcp", "127.0.0.1:0")
    port = listening_port(program)
    first_line = TcpLine(port)
    first, second = Host(first_line), Host(TcpLine(port))
    first.create("http://127.0.0.1")
    second.command("AT+HTTPHEADER=0", ERROR)
    second.create("http://127.0.0.1")
    first.command('AT+HTTPHEADER=0,"X-Of: first\\r\\n"')
    second.command("AT+HTTPHEADER=0")
    first_line.close()
    second.command('AT+HTTPHEADER=0,"X-Of: second\\r\\n"')
    third = Host(TcpLine(port))
    third.command("AT+HTTPHEADER=0", ERROR)
    assert program.stop(signal.SIGINT, deadline_s=2) == 0


def test_two_tcp_modules_load_at_the_same_time(start, nginx):
    port = listening_port(start("run", "--tcp", "127.0.0.1:0"))
    hosts = [Host(TcpLine(port)) for _ in range(2)]
    for host in hosts:
        host.create(nginx.url)
    for host in hosts:
        host.type('AT+HTTPSEND=0,0,"/large.bin"')
    for host in hosts:
        host.expect(OK)
        assert host.read_response()[2] == nginx.large


def test_address_beyond_loopback_is_warned_of(start):
    program = start("run", "--tcp", "0.0.0.0:0")
    program.wait_said(r"(?i)warning[^\n]*0\.0\.0\.0")


class SocatCable:
    """Two PTYs joined: what a null-modem cable between two serial ports is."""

    def __init__(self, folder):
        self.modem_end, self.host_end = folder / "modem-end", folder / "host-end"
        self._socat = None

    def plug(self):
        ends = [f"pty,rawer,link={end}" for end in (self.modem_end, self.host_end)]
        self._socat = subprocess.Popen(["socat", "-d", "-d", *ends], stderr=subprocess.PIPE)
        for line in self._socat.stderr:
            if b"starting data transfer loop" in line:
                return
        raise AssertionError("socat did not start")

    def unplug(self):
        self._socat.terminate()
        self._socat.communicate(timeout=20)


@pytest.fixture
def cable(tmp_path):
    joined = SocatCable(tmp_path)
    joined.plug()
    yield joined
    joined.unplug()


def test_serial_port_that_is_unplugged_and_plugged_again(start, open_line, cable):
    program = start("run", "--serial", f"{cable.modem_end}@115200")
    program.wait_said(str(cable.modem_end))
    line = open_line(cable.host_end)
    host = Host(line)
    host.create("http://127.0.0.1")
    line.close()
    cable.unplug()
    program.wait_said(f"{cable.modem_end} is not there")
    cable.plug()
    program.wait_said(f"{cable.modem_end} is open", times=2)
    host = Host(open_line(cable.host_end))
    host.command("AT+HTTPCLOSE=0")
    assert program.stop() == 0


def test_serial_port_that_comes_later_is_waited_for(start, open_line, tmp_path):
    cable = SocatCable(tmp_path)
    program = start("run", "--serial", cable.modem_end)
    program.wait_said(f"{cable.modem_end} is not there")
    cable.plug()
    try:
        program.wait_said(f"{cable.modem_end} is open")
        Host(open_line(cable.host_end)).command("AT")
    finally:
        cable.unplug()
