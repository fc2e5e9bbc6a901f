# SPDX-License-Identifier: Apache-2.0
"""Hosts of several styles (hosts/*.c), each a program of its own on the PTY: from the boot to the last byte.

They are written from how public firmware for these modules behaves: see docs/hosts.md.
"""

import os
import pathlib
import subprocess
import threading

import pytest

from server import Server

HOSTS = pathlib.Path(__file__).parent / "hosts"
DEADLINE_S = 60
FLAGS = "-std=c11 -D_DEFAULT_SOURCE -O1 -Wall -Wextra -Wpedantic -Werror -pthread".split()

# Long enough for a host to be there before its module speaks, on a busy machine, too.
BOOT_MS = 3000


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """built(name): the compiled hosts/<name>.c."""
    folder = tmp_path_factory.mktemp("hosts")

    def build(name):
        program = folder / name
        if not program.exists():
            compiler = os.environ.get("CC", "cc")
            subprocess.run([compiler, *FLAGS, "-o", program, HOSTS / f"{name}.c"], check=True)
        return program

    return build


@pytest.fixture
def play(built, start, tmp_path):
    """play(name, url, option…): runs the host against a module that has just been switched on, and
    whose line garbles what is sent at the wrong rate."""

    def play_host(name, url, *options):
        link = tmp_path / "modem"
        program = start("run", "--pty", link, "--set", "network.registration_delay_ms=300",
                        "--set", "line.strict=true", *options)
        program.wait_said(str(link))
        done = subprocess.run(
            [built(name), link, url], capture_output=True, timeout=DEADLINE_S, text=True
        )
        said = done.stdout.splitlines()
        assert done.returncode == 0 and said[-1] == "done", done.stdout
        return said

    return play_host


def answer(content, *lines):
    head = "".join(line + "\r\n" for line in lines).encode()
    return b"HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n%s" % (head, len(content), content)


def test_rtos_at_client_closes_from_inside_the_report_handler(play):
    def store(number):
        def script(connection):
            request = connection.read_request()
            assert request.startswith(b"POST /samples HTTP/1.1\r\n")
            assert request.endswith(b"\r\n\r\nsample %d" % number)
            connection.write(answer(b"ok"))
            connection.wait_closed()

        return script

    with Server(store(1), store(2), store(3)) as server:
        said = play("rtos_client", server.url)
    assert said[:4] == ["imei 868663000000017", "imsi 460040000000017", "signal 23", "registered"]
    each = ["instance 0", "report CONNECT OK", "report +HTTPNMIH:0,0,19", "stored",
            "closed 0, no answer seen in this thread"]
    assert said[4:-1] == each * 3


def test_bare_metal_host_that_closes_right_after_connect_ok(play):
    """The server looks at its connection only when the host is long done: the POST is whole."""
    closed, received = threading.Event(), []

    def script(connection):
        assert closed.wait(DEADLINE_S)
        received.append(connection.read_request())
        connection.write(answer(b"thanks"))
        connection.wait_closed()

    with Server(script) as server:
        said = play("dma_steps", server.url, "--set", "clock.start=1767225599", "--set", "clock.zone=0")
        closed.set()
    assert said == ["clock 2025-12-31 23:59:59", "done"]
    head, content = received[0].split(b"\r\n\r\n")
    assert head.startswith(b"POST /upload HTTP/1.1\r\n") and b"\r\nUser-Agent: Unknown\r\n" in head
    assert content.startswith(b"data={'Iden':{") and content.endswith(b"'Wqt_Ph':7.2}}")
    assert b"\r\nContent-Length: %d" % len(content) in head


def test_host_that_finds_the_id_before_ok(play):
    def script(connection):
        request = connection.read_request()
        assert request.startswith(b"POST /api/state?key=1 HTTP/1.1\r\n")
        assert b"\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n" in request
        assert request.endswith(b'{"state":1}')
        connection.write(answer(b"accepted"))
        connection.wait_closed()

    with Server(script) as server:
        said = play("byte_before_ok", server.url, "--model", "M5311",
                    "--set", "boot.text=true", "--set", f"boot.duration_ms={BOOT_MS}")
    assert said == [f"instance {n}" for n in range(5)] + ["content accepted", "done"]


def test_host_that_sends_pieces_and_waits_for_one_literal(play):
    received = []

    def script(connection):
        received.append(connection.read_request())
        connection.write(answer(b"OK"))
        connection.wait_closed()

    with Server(script) as server:
        said = play("pieces", server.url, "--model", "M5313",
                    "--set", "boot.text=true", "--set", f"boot.duration_ms={BOOT_MS}")
    assert said[:2] == ["imei 868663000000017", "signal 23"]
    content = received[0].split(b"\r\n\r\n", 1)[1]
    assert said[2] == f"sent {len(content)}" and len(content) > 7 * 127
    wanted = b"".join(b'{"sensor":"%d","open":%d},' % (n, 7 * n) for n in range(100))
    assert wanted.startswith(content)


def test_host_of_idle_line_packets_that_restarts_with_two_nrb(play):
    def script(connection):
        assert connection.read_request().startswith(b"GET /orders HTTP/1.1\r\n")
        connection.write(answer(b"68 01 16", "X-Order: 1"))

    with Server(script) as server:
        said = play("idle_line", server.url, "--set", "boot.duration_ms=1000",
                    "--set", "clock.start=1767225600")
    assert said == ["imei 868663000000017", "restarted", "imei 868663000000017", "year 2026",
                    "content 68 01 16", "done"]


def test_sketch_that_reads_lines_and_waits_for_diconn(play):
    """A firmware of the family that spells it +HTTPDICONN and writes no space: two settings."""
    content = b'{"code":200,"msg":"success","newslist":[' + b'"day",' * 200 + b"0]}"

    def script(connection):
        assert connection.read_request().startswith(b"GET /lunar/index?key=1&date=2026-01-01 ")
        connection.write(answer(content))

    with Server(script) as server:
        said = play("line_strings", server.url, "--model", "M5311",
                    "--set", "variant.disconnect_name=DICONN",
                    "--set", "variant.space_after_colon=false")
    assert said == ["content " + content.decode(), "done"]
