# SPDX-License-Identifier: Apache-2.0
"""Chapter 2.3 of the manual from its first line to its last: a host, the module and the stand-in of
the platform, all three as programs."""

import pytest

from host import OK, info
from mipl_host import answer_read, reported
from platform_onenet import READ, Onenet, body_of

KEY_LINE = r"api-key:ChangeForYourOwnKey\r\n"


@pytest.fixture
def onenet(start):
    return Onenet(start("onenet", "--http", "127.0.0.1:0", "--coap", "127.0.0.1:0"))


def test_chapter_2_3(onenet, modem):
    host, _ = modem(
        "--set", "module.imei=865820030265172", "--set", "sim.imsi=460043783403288"
    )
    host.create(f"http://127.0.0.1:{onenet.http}/")
    header = rf"{KEY_LINE}Content-Type:application/json\r\nConnection: Close\r\n"
    host.command(f'AT+HTTPHEADER=0,"{header}"')
    content = body_of().replace('",', r'"\x2C')
    host.command(f'AT+HTTPCONTENT=0,"{content}"')
    host.type('AT+HTTPSEND=0,1,"/devices"')
    host.expect(OK, info(b"CONNECT OK"))
    assert reported(host, "+HTTPNMIH") == [0, 0, 158]
    host.read(158)
    assert reported(host, "+HTTPNMIC") == [0, 0, 59, 59, 59]
    host.expect(b'{"errno":0,"data":{"device_id":"500500178"},"error":"succ"}\r\n')
    host.expect(info(b"+HTTPDISCON:0"))

    host.type(f'AT+MIPLCREATEEX="127.0.0.1:{onenet.coap}",1,""')
    host.expect(info(b"+MIPLCREATEEX:0"), OK)
    host.command('AT+MIPLADDOBJ=0,3200,1,"1",0,1')
    host.command("AT+MIPLOPEN=0,3000,30")
    host.expect(info(b"+MIPLEVENT:0,2"), info(b"+MIPLEVENT:0,6"))
    observed = reported(host, "+MIPLOBSERVE")
    assert observed[0] == 0 and observed[2:] == [1, 3200, 0, -1]
    discovered = reported(host, "+MIPLDISCOVER")
    assert discovered == [0, observed[1] + 1, 3200]

    host.command(rf'AT+HTTPHEADER=0,"{KEY_LINE}Connection: Close\r\n"')
    host.type('AT+HTTPSEND=0,0,"/nbiot?imei=865820030265172&obj_id=3200"')
    host.expect(OK, info(b"CONNECT OK"))
    answer_read(host)
    assert reported(host, "+HTTPNMIH") == [0, 0, 148]
    host.read(148)
    assert reported(host, "+HTTPNMIC") == [0, 1, 144, 144, 144]
    host.expect(READ, b"\r\n", info(b"+HTTPNMIC:0,0,144,144,0") + b"\r\n")
    host.expect(info(b"+HTTPDISCON:0"))
    host.command("AT+MIPLCLOSE=0")
    host.expect(info(b"+MIPLEVENT:0,15"))
    host.command("AT+MIPLDELETE=0")
