# SPDX-License-Identifier: Apache-2.0
"""What a host with the object 3200 of the manual's chapter 2.3 says and hears."""

import re

from host import OK, info


def reported(host, name):
    """The numbers of the next report of that name; what comes before it is passed over."""
    host.read_until(b"\r\n" + name.encode() + b":")
    return [int(number) for number in re.split(rb",", host.read_until(b"\r\n")[:-2])]


def open_device(host, server, *, bootstraps, timeout=30):
    """AT+MIPLCREATEEX with `server`, its first parameter, and what may follow <flag>."""
    where, *more = server
    parameters = "".join(f',"{value}"' for value in more)
    host.type(f'AT+MIPLCREATEEX="{where}",{int(bootstraps)}{parameters}')
    host.expect(info(b"+MIPLCREATEEX:0"), OK)
    host.command('AT+MIPLADDOBJ=0,3200,1,"1",0,1')
    host.command(f"AT+MIPLOPEN=0,3000,{timeout}")


def answer_read(host):
    """Waits for +MIPLREAD of the object and answers it as the manual's host does."""
    _, message, *path = reported(host, "+MIPLREAD")
    assert path == [3200, -1, -1]
    host.command(f'AT+MIPLREADRSP=0,{message},1,3200,0,5500,5,1,"0",2,1')
    host.command(f'AT+MIPLREADRSP=0,{message},1,3200,0,5501,3,3,"-12",1,2')
    host.command(f'AT+MIPLREADRSP=0,{message},1,3200,0,5750,1,4,"test",0,0')
