# SPDX-License-Identifier: Apache-2.0
"""A host that reads nothing makes the modem stop reading from the network; nothing is lost."""

import threading

from host import OK, info
from server import Server, text

CONTENT_BYTES = 20_000_000
KERNEL_BYTES = 12_000_000  # what both sockets' buffers can hold at most
GROWTH_BYTES = 2_000_000


def test_host_that_reads_nothing_while_20_mb_come(modem):
    host, program = modem()
    content = text(CONTENT_BYTES)
    blocked_after, blocked = [], threading.Event()

    def script(connection):
        connection.read_request()
        connection.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % CONTENT_BYTES)
        sent = connection.write_until_blocked(content, blocked_s=1)
        blocked_after.append(sent)
        blocked.set()
        connection.write(content[sent:])
        connection.wait_closed()

    with Server(script, send_buffer_bytes=65536) as server:
        host.create(server.url)
        host.type('AT+HTTPSEND=0,0,"/"')
        host.expect(OK, info(b"CONNECT OK"))
        before = program.resident_bytes()
        assert blocked.wait(60)
        assert blocked_after[0] < KERNEL_BYTES
        assert program.resident_bytes() - before < GROWTH_BYTES
        reports, _, received = host.read_response()
        assert received == content
        assert reports[-1].fields[:4] == (0, 0, CONTENT_BYTES, CONTENT_BYTES)
        assert program.resident_bytes() - before < GROWTH_BYTES
        host.command("AT+HTTPCLOSE=0")


def test_commands_are_answered_while_the_network_is_held(modem):
    host, _ = modem()
    content = text(CONTENT_BYTES)
    blocked, go_on = threading.Event(), threading.Event()

    def script(connection):
        connection.read_request()
        connection.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(content))
        connection.write_until_blocked(content, blocked_s=0.2)
        blocked.set()
        assert go_on.wait(20)

    with Server(script, send_buffer_bytes=16384) as server:
        host.create(server.url)
        host.type('AT+HTTPSEND=0,0,"/"')
        host.expect(OK, info(b"CONNECT OK"))
        assert blocked.wait(60)
        host.type("AT+HTTPCLOSE=0")
        host.read_until(OK)
        go_on.set()
        host.expect_nothing_before("AT")
