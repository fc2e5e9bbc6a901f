# SPDX-License-Identifier: Apache-2.0
"""A key or a password is nowhere in the program's memory any more once its instance is closed."""

import base64
import re

import pytest

from authority import EC_KEY, as_der, as_escapes, openssl
from host import ERROR, OK, info
from server import free_port
from tls_servers import OpensslServer

RSA_KEY = ("-newkey", "rsa:2048")
USER, PASSWORD = "Aladdin", "OpenSesameOpenSesame"
BASIC = base64.b64encode(f"{USER}:{PASSWORD}".encode())
PIECE_BYTES = 20


def pieces(name, data):
    """The beginning and the end, which is where a freed block keeps most."""
    return {f"{name}, first": data[:PIECE_BYTES], f"{name}, last": data[-PIECE_BYTES:]}


def numbers_of(key):
    """The secret numbers of a key, by name."""
    told = openssl("pkey", "-in", key, "-text", "-noout").decode()
    found = re.findall(r"^(\w+):.*\n((?: +[0-9a-f:]+\n)+)", told, re.MULTILINE)
    of_rsa = {"privateExponent", "prime1", "prime2", "exponent1", "exponent2", "coefficient"}
    return {
        name: bytes.fromhex(re.sub(r"[\s:]", "", digits)).lstrip(b"\0")
        for name, digits in found
        if name in of_rsa | {"priv"}
    }


def secrets_of(key):
    """What to look for: the key as typed, as numbers in either order, and the password."""
    wanted = {"password": PASSWORD.encode(), "basic": BASIC[:PIECE_BYTES]}
    for number, line in enumerate(key.read_text().splitlines()[1:-1]):
        # The first line says only what kind of key it is.
        wanted |= pieces(f"line {number}", line.encode()) if number else {}
    for name, number in numbers_of(key).items():
        wanted |= pieces(name, number) | pieces(f"{name} backwards", number[::-1])
        wanted |= pieces(f"{name} in hex", number.hex().encode())
    return wanted


def found_in(program, wanted):
    names = set()
    for memory in program.memory():
        names |= {name for name, secret in wanted.items() if secret in memory}
    return names


def set_key(host, form, key):
    if form == "PEM":
        host.command(f'AT+HTTPCFG=0,3,"{as_escapes(key)}"')
        return
    der = as_der(key)
    for part in (der[:50], der[50:]):
        host.command(f'AT+HTTPCFG=0,3,"{part.hex()}",1')


@pytest.mark.parametrize("form", ["PEM", "DER in hex"])
@pytest.mark.parametrize("kind", [RSA_KEY, EC_KEY], ids=["RSA", "EC"])
def test_closed_instance_leaves_nothing(modem, tmp_path, ca, good, kind, form):
    pair = ca.issue("wiped", new_key=kind)
    wanted = secrets_of(pair.key)
    trusted = ("--set", f"tls.ca_file={ca.certificate}", "--set", "pool.bytes=1048576")
    host, program = modem("--model", "M5311", "--trace", tmp_path / "trace", *trusted)
    wants = ("-Verify", 1, "-verify_return_error", "-CAfile", ca.certificate)
    with OpensslServer(good, *wants) as far:
        create = f'AT+HTTPCREATE="{far.url}","{USER}","{PASSWORD}"'
        host.command(create, info(b"+HTTPCREATE:0") + OK)
        host.command(f'AT+HTTPCFG=0,2,"{as_escapes(pair.certificate)}"')
        set_key(host, form, pair.key)
        assert "password" in found_in(program, wanted), "this test sees what there is"
        host.command('AT+HTTPSEND=0,0,"/"')
        assert host.read_report().name == b"CONNECT OK"
        host.read_response()
        host.expect(info(b"+HTTPDISCONN:0,-2"))
    host.command("AT+HTTPCLOSE=0")
    host.command("AT")
    assert found_in(program, wanted) == set()


def test_refused_key_leaves_nothing(modem, tmp_path, ca, good):
    """A key of another certificate, and one that is cut off behind its secret numbers."""
    pair = ca.issue("refused", new_key=RSA_KEY)
    wanted = secrets_of(pair.key)
    host, program = modem(
        "--model", "M5311", "--trace", tmp_path / "trace", "--set", "pool.bytes=1048576"
    )  # fmt: skip
    for key in (as_der(pair.key), as_der(pair.key)[:-1]):
        host.create(f"https://127.0.0.1:{free_port()}")
        host.command(f'AT+HTTPCFG=0,2,"{as_escapes(good.certificate)}"')
        host.command(f'AT+HTTPCFG=0,3,"{key.hex()}",1')
        host.command('AT+HTTPSEND=0,0,"/"', ERROR)
        host.command("AT+HTTPCLOSE=0")
        host.command("AT")
        assert found_in(program, wanted) == set()
