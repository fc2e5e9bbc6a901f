# SPDX-License-Identifier: Apache-2.0
"""The numbers that the manual prints come out, byte for byte, over a real PTY."""

import threading

import pytest

from host import ERROR, OK, info
from server import Server, chunked, header_block, text

CONNECTED = info(b"CONNECT OK")


def nmih(more, data, instance=0):
    return b"\r\n+HTTPNMIH:%d,%d,%d\r\n%s\r\n" % (instance, more, len(data), data)


def nmic(more, total, summation, data, instance=0):
    numbers = (instance, more, total, summation, len(data))
    return b"\r\n+HTTPNMIC:%d,%d,%d,%d,%d\r\n%s\r\n" % (*numbers, data)


def nmic4(more, total, data, instance=0):
    return b"\r\n+HTTPNMIC:%d,%d,%d,%d\r\n%s\r\n" % (instance, more, total, len(data), data)


def answer(status_line, header, body):
    return status_line + b"\r\n" + header + b"\r\n" + body


def in_writes(stream, size):
    return [stream[at : at + size] for at in range(0, len(stream), size)]


def test_header_query_shows_two_appended_blocks(modem):
    host, _ = modem()
    host.create("http://127.0.0.1")
    first = "User-Agent: Modem/1\\r\\nContent-Type: application/json\\r\\n"
    host.command(f'AT+HTTPHEADER=0,"{first}"')
    host.command('AT+HTTPHEADER=0,"X-Key: 123456789\\r\\n"')
    stored = b"User-Agent: Modem/1\r\nContent-Type: application/json\r\nX-Key: 123456789\r\n"
    assert len(stored) == 71
    host.command("AT+HTTPHEADER=0", b"\r\n+HTTPHEADER:0,71\r\n" + stored + b"\r\n" + OK)
    host.command('AT+HTTPHEADER=0,""')
    host.command("AT+HTTPHEADER=0")


# Both ways round the `",` trap that the manual's two contents take, and their lengths.
CONTENT = (
    b'{"name": "meter-000000000000001"%s,"info": "123456789012"%s,"type": "LWM2M"%s,'
    b'"auth": {"123456789012345": "123456789012345"}}'
)


def test_content_with_cr_between_quote_and_comma_is_130_bytes(modem):
    host, _ = modem()
    host.create("http://127.0.0.1")
    stored = CONTENT % (b"\r", b"\r", b"\r")
    stored = stored[:-2] + b" " * (130 - len(stored)) + stored[-2:]
    assert len(stored) == 130
    typed = stored.replace(b"\r", b"\\r").decode()
    host.command(f'AT+HTTPCONTENT=0,"{typed}"')
    host.command("AT+HTTPCONTENT=0", b"\r\n+HTTPCONTENT:0,130\r\n" + stored + b"\r\n" + OK)


def test_the_same_content_as_hex_is_127_bytes(modem):
    host, _ = modem()
    host.create("http://127.0.0.1")
    stored = CONTENT % (b"", b"", b"")
    stored = stored[:-2] + b" " * (127 - len(stored)) + stored[-2:]
    assert len(stored) == 127
    host.command(f'AT+HTTPCONTENT=0,"{stored.hex().upper()}",1')
    host.command("AT+HTTPCONTENT=0", b"\r\n+HTTPCONTENT:0,127\r\n" + stored + b"\r\n" + OK)


def test_content_with_a_bare_quote_and_comma_is_refused(modem):
    host, _ = modem()
    host.create("http://127.0.0.1")
    host.command('AT+HTTPCONTENT=0,"{"a": "b","c": 1}"', ERROR)
    host.command("AT+HTTPCONTENT=0")


@pytest.mark.parametrize("write_bytes", [1460, 2920, 14600, 43800])
def test_chunked_page_of_37539_bytes(modem, write_bytes):
    host, _ = modem()
    page = text(37539)
    header = header_block(313, "Server: test", "Transfer-Encoding: chunked")
    stream = answer(
        b"HTTP/1.1 200 OK", header, chunked(page, 7960, 8192, 8192, 8192, 4096, 907)
    )

    def script(connection):
        request = connection.read_request()
        assert request.startswith(b"GET /page/index/name/culture HTTP/1.1\r\n")
        connection.write(*in_writes(stream, write_bytes))
        connection.wait_closed()

    with Server(script) as server:
        host.create(server.url)
        host.command('AT+HTTPHEADER=0,"User-Agent: Unknown\\r\\nConnection: close\\r\\n"')
        host.type('AT+HTTPSEND=0,0,"/page/index/name/culture"')
        host.expect(OK, CONNECTED, nmih(0, header))
        host.expect(nmic(1, 7960, 1122, page[:1122]))
        host.expect(nmic(1, 7960, 2582, page[1122:2582]))
        host.expect(nmic(1, 7960, 4042, page[2582:4042]))
        host.expect(nmic(1, 7960, 5502, page[4042:5502]))
        host.expect(nmic(1, 7960, 6962, page[5502:6962]))
        # 998 bytes end the chunk; 2 + 6 bytes of framing later the slice goes on with the next.
        host.expect(nmic(1, 7960, 7960, page[6962:7960]))
        host.expect(nmic(1, 16152, 8414, page[7960:8414]))
        assert len(page[36130:36632]) == 502
        host.read_until(nmic(1, 36632, 36632, page[36130:36632]))
        host.expect(nmic(1, 37539, 37539, page[36632:]))
        host.expect(nmic(0, 37539, 37539, b""), info(b"+HTTPDISCON:0"))
        host.expect_nothing_before("AT")


def test_image_whose_header_is_a_segment_of_its_own(modem):
    host, _ = modem()
    image = bytes(n * 7 % 256 for n in range(7862))
    header = header_block(209, "Server: test", "Content-Type: image/png", "Content-Length: 7862")
    header_shown = threading.Event()

    def script(connection):
        connection.read_request()
        connection.write(answer(b"HTTP/1.1 200 OK", header, b""))
        assert header_shown.wait(20)
        connection.write(*in_writes(image, 1460))

    with Server(script) as server:
        host.create(server.url)
        host.type('AT+HTTPSEND=0,0,"/image.png"')
        host.expect(OK, CONNECTED, nmih(0, header))
        header_shown.set()
        for at in range(0, 7300, 1460):
            host.expect(nmic(1, 7862, at + 1460, image[at : at + 1460]))
        host.expect(nmic(0, 7862, 7862, image[7300:]))
        assert len(image[7300:]) == 562
        host.expect(info(b"+HTTPDISCON:0"))


def test_page_not_found(modem):
    host, _ = modem()
    header = header_block(139, "Server: test", "Transfer-Encoding: chunked", "Connection: close")

    def script(connection):
        connection.read_request()
        connection.write(answer(b"HTTP/1.1 404 Not Found", header, b"0\r\n\r\n"))

    with Server(script) as server:
        host.create(server.url)
        host.type('AT+HTTPSEND=0,0,"/nothing.png"')
        host.expect(OK, CONNECTED, b"\r\n+HTTPERR:0,404\r\n404 Not Found\r\n")
        host.expect(nmih(0, header), nmic(0, 0, 0, b""), info(b"+HTTPDISCON:0"))
        host.command("AT+HTTPCLOSE=0")


def test_post_whose_connection_is_reset_afterwards(modem):
    host, _ = modem()
    header = header_block(468, "Server: test", "Transfer-Encoding: chunked")
    body = bytes(range(63))
    response_shown = threading.Event()

    def script(connection):
        request = connection.read_request()
        assert request.startswith(b"POST /common/point HTTP/1.1\r\n")
        assert request.endswith(b"\r\nContent-Length: 11\r\n\r\nnum=1&t=%20"), request
        connection.write(answer(b"HTTP/1.1 200 OK", header, chunked(body, 63)))
        assert response_shown.wait(20)
        connection.reset()

    with Server(script) as server:
        host.create(server.url)
        host.command('AT+HTTPCONTENT=0,"num=1&t=%20"')
        host.type('AT+HTTPSEND=0,1,"/common/point"')
        host.expect(OK, CONNECTED, nmih(0, header))
        host.expect(nmic(1, 63, 63, body), nmic(0, 63, 63, b""))
        response_shown.set()
        host.expect(info(b"+HTTPERR:0,-14"), info(b"+HTTPDISCON:0"))


def test_onenet_create_answer(modem):
    host, _ = modem()
    header = header_block(158, "Content-Type: application/json", "Content-Length: 59")
    body = text(59)

    def script(connection):
        connection.read_request()
        connection.write(answer(b"HTTP/1.1 200 OK", header, body))

    with Server(script) as server:
        host.create(server.url)
        host.command('AT+HTTPHEADER =0,"api-key:k\\r\\nConnection: Close\\r\\n"')
        host.command('AT+HTTPCONTENT=0,"{"title": "1"\\x2C"desc": "2"}"')
        host.type('AT+HTTPSEND=0,1,"/devices"')
        host.expect(OK, CONNECTED, nmih(0, header), nmic(0, 59, 59, body), info(b"+HTTPDISCON:0"))


def test_onenet_read_answer(modem):
    host, _ = modem()
    header = header_block(148, "Content-Type: application/json", "Transfer-Encoding: chunked")
    body = text(144)

    def script(connection):
        connection.read_request()
        connection.write(answer(b"HTTP/1.1 200 OK", header, chunked(body, 144)))

    with Server(script) as server:
        host.create(server.url)
        host.type('AT+HTTPSEND=0,0,"/nbiot?imei=1"')
        host.expect(OK, CONNECTED, nmih(0, header))
        host.expect(nmic(1, 144, 144, body), nmic(0, 144, 144, b""), info(b"+HTTPDISCON:0"))


def test_segments_of_460_bytes_in_the_four_field_form(modem):
    host, _ = modem("--set", "tcp.mss=460", "--set", "variant.nmic_summation=false")
    header = header_block(878, "Content-Type: image/svg+xml", "Transfer-Encoding: chunked")
    image = text(937)

    def script(connection):
        connection.read_request()
        stream = answer(b"HTTP/1.1 200 OK", header, chunked(image, 906, 21, 10))
        connection.write(*in_writes(stream, 460))

    with Server(script) as server:
        host.create(server.url)
        host.type('AT+HTTPSEND=0,0,"/page/index/name/zhangcheng"')
        host.expect(OK, CONNECTED, nmih(1, header[:443]), nmih(0, header[443:]))
        assert len(header[443:]) == 435
        host.expect(nmic4(1, 906, image[:18]))
        host.expect(nmic4(1, 906, image[18:478]))
        host.expect(nmic4(1, 906, image[478:906]))
        host.expect(nmic4(1, 927, image[906:927]))
        host.expect(nmic4(1, 937, image[927:937]))
        host.expect(nmic4(0, 937, b""), info(b"+HTTPDISCON:0"))
