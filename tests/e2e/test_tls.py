# SPDX-License-Identifier: Apache-2.0
"""https on an M5311: who is believed, who is refused and why, and what a host may give the module."""

import json
import re
import select
import subprocess
import threading

import pytest

from authority import Authority, as_der, as_escapes, openssl
from host import ERROR, OK, Host, info
from nginx import Nginx
from program import DEADLINE_S, M531X, FileLine, is_sanitized
from program import run as run_program
from server import Server, free_port, text
from tls_servers import OpensslServer, Relay, TlsServer, alert, write_until_blocked

REFUSED = info(b"CONNECT ERROR") + info(b"+HTTPDISCONN:0,-1")
YESTERDAY, LONG_AGO, LATER = "200102000000Z", "200101000000Z", "480101000000Z"
WEAK_KEY = ("-newkey", "rsa:1024")
OLD = ("-cipher", "DEFAULT:@SECLEVEL=0")


@pytest.fixture(scope="session")
def tls_nginx(tmp_path_factory, good):
    with Nginx(tmp_path_factory.mktemp("tls-nginx"), good) as running:
        yield running


def send(host, path="/", method=0):
    host.type(f'AT+HTTPSEND=0,{method},"{path}"')
    host.expect(OK)


def ask(host, path="/"):
    """Sends a request; returns the reports before the response and its content."""
    send(host, path)
    reports, _, content = host.read_response()
    return [report.name for report in reports], content


def set_certificate(host, type_number, data, parts=1):
    """By AT, in hex, in so many parts."""
    size = len(data) // parts + 1
    for at in range(0, len(data), size):
        host.command(f'AT+HTTPCFG=0,{type_number},"{data[at:at + size].hex()}",1')


def test_good(client, tls_nginx):
    one = client()
    one.host.create(tls_nginx.https_url)
    names, content = ask(one.host, "/small.txt")
    assert names[0] == b"CONNECT OK" and content == tls_nginx.small
    assert one.words() == ["TLS 1.3"]


def test_requests_share_one_connection(client, tls_nginx):
    one = client()
    one.host.create(tls_nginx.https_url)
    assert b"CONNECT OK" in ask(one.host, "/small.txt")[0]
    for _ in range(2):
        names, content = ask(one.host, "/small.txt")
        assert b"CONNECT OK" not in names and content == tls_nginx.small
    one.host.command("AT+HTTPCLOSE=0")
    assert one.words() == ["TLS 1.3"]


def test_large_response(client, tls_nginx):
    host = client().host
    host.create(tls_nginx.https_url)
    assert ask(host, "/large.bin")[1] == tls_nginx.large


def test_large_request(client, good):
    """More than a record, so that it goes in several."""
    content = text(60_000)
    requests = []

    def script(connection):
        requests.append(connection.read_request())
        connection.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        connection.wait_closed()

    host = client("--set", "limits.content=65536").host
    with TlsServer(good, script) as server:
        host.create(server.url)
        for at in range(0, len(content), 10_000):
            host.command(f'AT+HTTPCONTENT=0,"{content[at:at + 10_000].hex()}",1')
        send(host, method=1)
        host.read_response()
        host.command("AT+HTTPCLOSE=0")
    assert requests[0].endswith(b"\r\n\r\n" + content)


@pytest.mark.skipif(is_sanitized(), reason="the sanitizer's own memory grows")
def test_host_that_reads_nothing_while_the_server_sends(client, good):
    content = text(20_000_000)
    blocked = threading.Event()

    def script(connection):
        connection.read_request()
        connection.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(content))
        sent = write_until_blocked(connection.sock, content, blocked_s=1)
        assert sent < len(content)
        blocked.set()
        connection.write(content[sent:])
        connection.wait_closed()

    one = client()
    with TlsServer(good, script, send_buffer_bytes=65536) as server:
        one.host.create(server.url)
        before = one.program.resident_bytes()
        send(one.host)
        assert blocked.wait(60)
        assert one.program.resident_bytes() - before < 4_000_000
        assert one.host.read_response()[2] == content
        one.host.command("AT+HTTPCLOSE=0")


@pytest.mark.parametrize("option, name, words", [
    ("-tls1_2", b"TLSv1.2", "TLS 1.2"),
    ("-tls1_3", b"TLSv1.3", "TLS 1.3"),
])
def test_versions(client, good, option, name, words):
    one = client()
    with OpensslServer(good, option) as server:
        one.host.create(server.url)
        content = ask(one.host)[1]
        one.host.read_until(info(b"+HTTPDISCONN:0,-2"))
    assert re.search(rb"Protocol *: " + name, content)
    assert one.words()[0] == words


def test_server_name_is_told(client, good, stranger):
    """The server has the right certificate only for whom has asked for that name."""
    host = client().host
    named = ("-servername", "localhost", "-cert2", good.certificate, "-key2", good.key)
    with OpensslServer(stranger.issue("default"), *named) as server:
        host.create(server.url.replace("127.0.0.1", "localhost"))
        assert b"Protocol" in ask(host)[1]


def test_address_is_no_server_name(client, good):
    """RFC 6066 3. A server that insists on a name only looks when one was told."""
    host = client().host
    named = ("-servername", "localhost", "-cert2", good.certificate, "-key2", good.key)
    with OpensslServer(good, *named, "-servername_fatal") as server:
        host.create(server.url)
        assert b"Protocol" in ask(host)[1]


# What is wrong with the server, and the words of the trace.
def expired(ca, _):
    return ca.issue("expired", signed=("-startdate", LONG_AGO, "-enddate", YESTERDAY))


def not_yet_valid(ca, _):
    return ca.issue("early", signed=("-startdate", LATER, "-enddate", "480102000000Z"))


def of_another_name(ca, _):
    return ca.issue("othername", san="DNS:other.example,DNS:*.localhost")


def of_another_address(ca, _):
    return ca.issue("otheraddress", san="IP:127.0.0.2,DNS:127.0.0.1")


def self_signed(ca, _):
    return ca.self_signed("selfsigned")


def of_unknown_ca(_, stranger):
    return stranger.issue("unknown")


def with_weak_key(ca, _):
    return ca.issue("weak", new_key=WEAK_KEY)


def with_weak_signature(ca, _):
    return ca.issue("sha1", signed=("-md", "sha1"))


@pytest.mark.parametrize("make, host_name, words", [
    (expired, "127.0.0.1", "certificate has expired"),
    (not_yet_valid, "127.0.0.1", "certificate is not yet valid"),
    (of_another_name, "localhost", "hostname mismatch"),
    (of_another_address, "127.0.0.1", "IP address mismatch"),
    (self_signed, "127.0.0.1", "self-signed certificate"),
    (of_unknown_ca, "127.0.0.1", "unable to get local issuer certificate"),
    (with_weak_key, "127.0.0.1", "EE certificate key too weak"),
    (with_weak_signature, "127.0.0.1", "CA signature digest algorithm too weak"),
])
def test_server_that_is_not_believed(client, ca, stranger, make, host_name, words):
    one = client()
    with OpensslServer(make(ca, stranger), *OLD) as server:
        one.host.create(server.url.replace("127.0.0.1", host_name))
        send(one.host)
        one.host.expect(REFUSED)
        one.host.expect_nothing_before("AT")
    records = one.records()
    ended = [record for record in records if record.get("event") == "ended"]
    assert [(record["cause"], record["tls"]) for record in ended] == [
        ("TLS handshake or certificate refused", words)
    ]
    assert not [record for record in records if record["dir"] == "net"], "something left"


def test_unknown_ca_by_the_systems_store(untrusting, good):
    one = untrusting()
    with OpensslServer(good) as server:
        one.host.create(server.url)
        send(one.host)
        one.host.expect(REFUSED)
    assert one.words() == ["unable to get local issuer certificate"]


def test_the_systems_store(untrusting, ca, stranger, good, monkeypatch):
    """Until the instance has a server CA of its own."""
    monkeypatch.setenv("SSL_CERT_FILE", str(ca.certificate))
    one = untrusting()
    monkeypatch.delenv("SSL_CERT_FILE")  # the server would send the authority's certificate, too
    with OpensslServer(good) as server:
        one.host.create(server.url)
        assert b"Protocol" in ask(one.host)[1]
        one.host.expect(info(b"+HTTPDISCONN:0,-2"))
        set_certificate(one.host, 1, stranger.certificate.read_bytes())
        send(one.host)
        one.host.expect(REFUSED)
    assert one.words() == ["TLS 1.3", "unable to get local issuer certificate"]


def test_revoked(client, tmp_path_factory):
    ca = Authority(tmp_path_factory.mktemp("revoking"))
    revoked, kept = ca.issue("revoked"), ca.issue("kept")
    ca.revoke(revoked.certificate)
    one = client(
        "--set", f"tls.ca_file={ca.certificate}", "--set", f"tls.crl_file={ca.revocation_list()}"
    )
    with OpensslServer(revoked) as server:
        one.host.create(server.url)
        send(one.host)
        one.host.expect(REFUSED)
    with OpensslServer(kept) as server:
        one.host.create(server.url, 1)
        one.host.type('AT+HTTPSEND=1,0,"/"')
        one.host.expect(OK)
        assert b"Protocol" in one.host.read_response()[2]
    assert one.words()[:2] == ["certificate revoked", "TLS 1.3"]


@pytest.mark.parametrize("version, name", [("-tls1", "TLSv1"), ("-tls1_1", "TLSv1.1")])
def test_older_versions_are_refused(client, good, version, name):
    """By a server that speaks them with others."""
    one = client()
    with OpensslServer(good, version, *OLD) as server:
        told = openssl("s_client", "-connect", f"127.0.0.1:{server.port}", version, *OLD)
        assert re.search(rf"Protocol *: {name}$", told.decode(), re.MULTILINE)
        one.host.create(server.url)
        send(one.host)
        one.host.expect(REFUSED)
    assert one.words() == ["tlsv1 alert protocol version"]


def test_ip_address_in_the_certificate(client, ca):
    host = client().host
    with OpensslServer(ca.issue("address", san="IP:127.0.0.1")) as server:
        host.create(server.url)
        assert b"Protocol" in ask(host)[1]


def test_verification_switched_off(untrusting, stranger):
    one = untrusting("--set", "tls.verify=false")
    one.program.wait_said("warning: tls.verify = false: ")
    with OpensslServer(stranger.issue("anybody", san="DNS:other.example")) as server:
        one.host.create(server.url)
        assert b"Protocol" in ask(one.host)[1]
    records = one.records()
    assert [r for r in records if r.get("event") == "tls not verified"]
    assert [r["tls"] for r in records if r.get("event") == "connected"] == [
        "TLS 1.3, certificate not verified"
    ]


@pytest.mark.parametrize("setting", ["tls.ca_file", "tls.crl_file"])
def test_files_that_cannot_be_used(ca, tmp_path, setting):
    empty = tmp_path / "empty.pem"
    empty.write_text("nothing\n")
    broken = tmp_path / "broken.pem"
    broken.write_text(ca.certificate.read_text()[:200])
    for path in (tmp_path / "nowhere.pem", tmp_path, empty, broken):
        status, out, err = run_program("run", "--set", f"{setting}={path}")
        assert status != 0 and out == ""
        assert err.startswith(f"m531x: {setting}: ") and str(path) in err and err.count("\n") == 1


def test_m5310a_has_no_https(modem):
    host, _ = modem()
    host.command('AT+HTTPCREATE="https://127.0.0.1/"', ERROR)


# HTTPCFG type 1: the server's CA, over AT.
@pytest.mark.parametrize("form", ["PEM with escapes", "PEM in hex in parts", "DER in hex"])
def test_server_ca_of_the_instance(untrusting, ca, good, form):
    one = untrusting()
    with OpensslServer(good) as server:
        one.host.create(server.url)
        if form == "PEM with escapes":
            one.host.command(f'AT+HTTPCFG=0,1,"{as_escapes(ca.certificate)}"')
        elif form == "PEM in hex in parts":
            set_certificate(one.host, 1, ca.certificate.read_bytes(), parts=7)
        else:
            set_certificate(one.host, 1, as_der(ca.certificate))
        assert b"Protocol" in ask(one.host)[1]


def test_server_ca_of_the_instance_alone_is_trusted(client, stranger, good):
    one = client()
    with OpensslServer(good) as server:
        one.host.create(server.url)
        set_certificate(one.host, 1, stranger.certificate.read_bytes())
        send(one.host)
        one.host.expect(REFUSED)
        # Cleared, the program's own are trusted again.
        one.host.command('AT+HTTPCFG=0,1,""')
        assert b"Protocol" in ask(one.host)[1]


def test_several_server_cas(untrusting, ca, stranger, good):
    host = untrusting().host
    with OpensslServer(good) as server:
        host.create(server.url)
        set_certificate(host, 1, stranger.certificate.read_bytes())
        set_certificate(host, 1, ca.certificate.read_bytes())
        assert b"Protocol" in ask(host)[1]


def test_the_servers_own_certificate_as_its_ca(untrusting, good):
    host = untrusting().host
    with OpensslServer(good) as server:
        host.create(server.url)
        set_certificate(host, 1, as_der(good.certificate))
        assert b"Protocol" in ask(host)[1]


# HTTPCFG types 2 and 3: the client's certificate and key.
@pytest.fixture(params=["-tls1_2", "-tls1_3"])
def demanding(request, ca, good):
    """A server that wants a certificate of the authority."""
    wants = ("-Verify", 1, "-verify_return_error", "-CAfile", ca.certificate)
    with OpensslServer(good, request.param, *wants) as server:
        server.refuses = REFUSED
        server.misses = "sslv3 alert handshake failure"
        if request.param == "-tls1_3":
            server.misses = "tlsv13 alert certificate required"
            # The client has finished its handshake before the server judges (RFC 8446 4.4.2.4).
            server.refuses = info(b"CONNECT OK") + info(b"+HTTPDISCONN:0,-2")
        yield server


def test_client_certificate_missing(client, demanding):
    one = client()
    one.host.create(demanding.url)
    send(one.host)
    one.host.expect(demanding.refuses)
    assert one.words()[-1] == demanding.misses


def test_client_certificate_wrong(client, stranger, demanding):
    one = client()
    pair = stranger.issue("stranger")
    one.host.create(demanding.url)
    set_certificate(one.host, 2, as_der(pair.certificate))
    set_certificate(one.host, 3, as_der(pair.key))
    send(one.host)
    one.host.expect(demanding.refuses)
    assert one.words()[-1] == "tlsv1 alert unknown ca"


@pytest.mark.parametrize("form", ["PEM with escapes", "DER in hex"])
def test_client_certificate_right(client, ca, demanding, form):
    one = client()
    pair = ca.issue("client")
    one.host.create(demanding.url)
    for type_number, path in ((2, pair.certificate), (3, pair.key)):
        if form == "PEM with escapes":
            one.host.command(f'AT+HTTPCFG=0,{type_number},"{as_escapes(path)}"')
        else:
            set_certificate(one.host, type_number, as_der(path), parts=3)
    # The page shows whom the server has seen.
    assert pair.certificate.read_bytes() in ask(one.host)[1]


def test_key_is_in_no_trace(client, ca, demanding):
    """Nor on the program's own outputs; also with an echo."""
    one = client()
    pair = ca.issue("secretive")
    key, der = pair.key.read_text(), as_der(pair.key)
    one.host.create(demanding.url)
    one.host.command(f'AT+HTTPCFG=0,2,"{as_escapes(pair.certificate)}"')
    one.host.command(f'AT+HTTPCFG=0,3,"{as_escapes(pair.key)}"')
    one.host.type("AT+HTTPCFG=0,3")
    one.host.expect(info(b"+HTTPCFG:0,3,%d" % len(key)), OK)
    ask(one.host)
    one.host.expect(info(b"+HTTPDISCONN:0,-2"))
    for echo in (0, 1):
        one.host.type(f"ATE{echo}")
        one.host.read_until(OK)
        for line in (
            'AT+HTTPCFG=0,3,""',
            f'AT+HTTPCFG=0,3,"{as_escapes(pair.key)}"',
            'AT+HTTPCFG=0,3,""',
            f'AT+HTTPCFG=0,3,"{key.encode().hex()}",1',
            'AT+HTTPCFG=0,3,""',
            f'AT+HTTPCFG=0,3,"{der[:40].hex()}",1;+HTTPCFG=0,3,"{der[40:].hex().upper()}",1',
        ):
            one.host.type(line)
            one.host.read_until(OK)
    trace = json.dumps(one.records()).lower()
    assert trace.count("at+httpcfg") > 15, "the echo is in the trace, too"
    told = trace + one.program.said.lower()
    for line in key.splitlines()[1:-1]:
        assert line.lower() not in told and line.encode().hex() not in told
    for at in range(40, len(der) - 16, 16):
        assert der[at : at + 16].hex() not in told


def broken_ones(ca, stranger, good):
    """(types and their bytes, words of the trace)"""
    certificate, key = good.certificate.read_bytes(), good.key.read_bytes()
    other = stranger.issue("mismatch")
    weak = ca.issue("weakclient", new_key=WEAK_KEY)
    locked = openssl("pkey", "-in", good.key, "-aes256", "-passout", "pass:secret")
    together = "go together"
    return [
        ({1: b"neither"}, r"CA \(type 1\)"),
        ({1: certificate[: len(certificate) // 2]}, r"CA \(type 1\)"),
        ({1: certificate.replace(b"A", b"!", 1)}, r"CA \(type 1\)"),
        ({1: as_der(good.certificate)[:-1]}, r"CA \(type 1\)"),
        ({1: as_der(good.certificate) + b"0"}, r"CA \(type 1\)"),
        ({1: key}, r"CA \(type 1\)"),
        ({1: certificate + certificate[:100]}, r"CA \(type 1\)"),
        ({1: certificate + certificate[:20]}, r"CA \(type 1\)"),
        ({1: certificate + certificate[1:]}, r"CA \(type 1\)"),
        ({2: certificate + certificate[1:], 3: key}, r"client certificate \(type 2\)"),
        ({2: certificate}, together),
        ({3: key}, together),
        ({2: certificate, 3: other.key.read_bytes()}, "not that of the certificate"),
        ({2: b"neither", 3: key}, r"client certificate \(type 2\)"),
        ({2: certificate, 3: key[:60]}, r"client key \(type 3\)"),
        ({2: certificate, 3: as_der(good.key) + b"0"}, r"client key \(type 3\)"),
        ({2: certificate, 3: locked}, "password"),
        ({2: weak.certificate.read_bytes(), 3: weak.key.read_bytes()}, "too weak"),
    ]


def test_broken_certificates_are_an_error_at_httpsend(untrusting, ca, stranger, good):
    one = untrusting()
    cases = broken_ones(ca, stranger, good)
    for certificates, _ in cases:
        one.host.create(f"https://127.0.0.1:{free_port()}")
        for type_number, data in certificates.items():
            set_certificate(one.host, type_number, data)
        one.host.command('AT+HTTPSEND=0,0,"/"', ERROR)
        one.host.command("AT+HTTPCLOSE=0")
    one.host.command("AT")
    records = one.records()
    notes = [record for record in records if record.get("event") == "note" and "instance" in record]
    assert [record["instance"] for record in notes] == [0] * len(cases)
    for record, (_, words) in zip(notes, cases):
        assert re.search(words, record["cause"])
    assert not [record for record in records if record.get("event") == "connecting"]


# What a server may do instead of a handshake.
@pytest.mark.parametrize("last_words, words", [
    (b"", "the TCP connection ended before TLS did"),
    (b"HTTP/1.1 400 Bad Request\r\n\r\n", "wrong version number"),
    (alert(40), "handshake failure"),
    (alert(70), "protocol version"),
    (alert(112), "unrecognized name"),
    (b"\x16\x03\x03\xff\xff" + b"x" * 65535, "too long"),
])
def test_answer_that_is_no_handshake(client, last_words, words):
    def script(connection):
        assert connection.sock.recv(65536)[:1] == b"\x16"
        connection.write(last_words)

    one = client()
    with Server(script) as server:
        one.host.create(server.url.replace("http:", "https:"))
        send(one.host)
        one.host.expect(REFUSED)
    assert [words in said for said in one.words()] == [True]


def test_reset_instead_of_a_handshake(client):
    def script(connection):
        connection.sock.recv(65536)
        connection.reset()

    one = client()
    with Server(script) as server:
        one.host.create(server.url.replace("http:", "https:"))
        send(one.host)
        one.host.expect(REFUSED)
    assert one.words() == ["the TCP connection was reset"]


def test_handshake_that_hangs(client):
    """The modem's own time-out covers it."""
    go_on = threading.Event()

    def script(connection):
        connection.sock.recv(65536)
        assert connection.sock.recv(65536) == b""
        go_on.set()

    host = client("--set", "http.connect_timeout_ms=300").host
    with Server(script) as server:
        host.create(server.url.replace("http:", "https:"))
        send(host)
        host.expect(REFUSED)
        assert go_on.wait(DEADLINE_S)


def test_close_in_mid_handshake(client):
    """HTTPCLOSE answers at once; the connection goes at the time-out of the request it still owes."""
    has_begun, is_over = threading.Event(), threading.Event()

    def script(connection):
        connection.sock.recv(65536)
        has_begun.set()
        assert connection.sock.recv(65536) == b""
        is_over.set()

    host = client("--set", "http.connect_timeout_ms=300").host
    with Server(script) as server:
        host.create(server.url.replace("http:", "https:"))
        send(host)
        assert has_begun.wait(DEADLINE_S)
        host.command("AT+HTTPCLOSE=0")
        host.expect_nothing_before("AT")
        assert is_over.wait(DEADLINE_S)


# The server's records of a handshake: its hello, Certificate, ServerKeyExchange, ServerHelloDone,
# NewSessionTicket, ChangeCipherSpec; in TLS 1.3 its hello, ChangeCipherSpec, EncryptedExtensions,
# Certificate, CertificateVerify.
STEPS = [("-tls1_2", count) for count in range(1, 7)] + [("-tls1_3", n) for n in range(1, 6)]


@pytest.mark.parametrize("version, record_count", STEPS)
def test_handshake_that_ends_at_each_step(client, good, version, record_count):
    one = client()
    with OpensslServer(good, version) as far, Relay(far, record_count) as server:
        one.host.create(server.url)
        send(one.host)
        one.host.expect(REFUSED)
    assert one.words() == ["the TCP connection ended before TLS did"]


# Alerts are plain until ChangeCipherSpec; TlsAlertTest has the encrypted ones.
@pytest.mark.parametrize("record_count", range(1, 6))
def test_alert_at_each_step(client, good, record_count):
    one = client()
    with OpensslServer(good, "-tls1_2") as far, Relay(far, record_count, alert(80)) as server:
        one.host.create(server.url)
        send(one.host)
        one.host.expect(REFUSED)
    assert one.words() == ["tlsv1 alert internal error"]


# The end of a connection.
def test_end_in_good_order_is_the_end_of_the_content(client, good):
    def script(connection):
        connection.read_request()
        connection.write(b"HTTP/1.1 200 OK\r\n\r\nall of it")
        connection.sock.unwrap().close()

    host = client().host
    with TlsServer(good, script) as server:
        host.create(server.url)
        assert ask(host)[1] == b"all of it"
        host.expect(info(b"+HTTPDISCONN:0,-2"))


def test_end_of_tcp_alone_is_a_truncation(client, good):
    """No record says that this was all."""

    def script(connection):
        connection.read_request()
        connection.write(b"HTTP/1.1 200 OK\r\n\r\nnot all of it")

    one = client()
    with TlsServer(good, script) as server:
        one.host.create(server.url)
        send(one.host)
        one.host.expect(info(b"CONNECT OK"))
        assert one.host.read_report().name == b"+HTTPNMIH"
        content = one.host.read_report()
        assert content.data == b"not all of it" and content.fields[1] == 1
        one.host.expect(info(b"+HTTPDISCONN:0,-2"))
    assert one.words() == ["TLS 1.3", "the TCP connection ended before TLS did"]


def test_end_of_tcp_alone_while_idle(client, good):
    def script(connection):
        connection.read_request()
        connection.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    host = client().host
    with TlsServer(good, script) as server:
        host.create(server.url)
        assert ask(host)[1] == b"ok"
        host.expect(info(b"+HTTPDISCONN:0,-2"))


def test_modem_ends_in_good_order(client, good):
    """A recv that gives b"" is close_notify here: without it, Python raises an error."""

    def script(connection):
        connection.read_request()
        connection.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        connection.sock.suppress_ragged_eofs = False
        assert connection.sock.recv(65536) == b""

    host = client().host
    with TlsServer(good, script) as server:
        host.create(server.url)
        ask(host)
        host.command("AT+HTTPCLOSE=0")


def test_request_of_a_closed_instance_is_still_sent(client, good):
    requests = []

    def script(connection):
        requests.append(connection.read_request())
        connection.sock.suppress_ragged_eofs = False
        assert connection.sock.recv(65536) == b""

    host = client().host
    with TlsServer(good, script) as server:
        host.create(server.url)
        host.type('AT+HTTPCONTENT=0,"abc";+HTTPSEND=0,1,"/";+HTTPCLOSE=0')
        host.expect(OK)
    assert requests[0].endswith(b"\r\n\r\nabc")


def test_dead_kept_connection_is_retried(client, good):
    def first(connection):
        connection.read_request()
        connection.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1")
        connection.read_request()

    def second(connection):
        connection.read_request()
        connection.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n2")
        connection.wait_closed()

    host = client().host
    with TlsServer(good, first, second) as server:
        host.create(server.url)
        assert ask(host)[1] == b"1"
        names, content = ask(host)
        assert names[0] == b"CONNECT OK" and content == b"2"
        host.command("AT+HTTPCLOSE=0")


# gnutls-serv has no way to listen on loopback alone: it gets a network of its own, with nothing in
# it but loopback, and the program beside it.
ALONE = ("unshare", "--map-root-user", "--net", "--pid", "--fork", "--kill-child", "sh", "-c")


@pytest.mark.parametrize("priority, words", [
    ("NORMAL:-VERS-ALL:+VERS-TLS1.2", b"TLS1.2"),
    ("NORMAL:-VERS-ALL:+VERS-TLS1.3", b"TLS1.3"),
])
def test_gnutls(ca, good, priority, words):
    if subprocess.run([*ALONE, "true"], capture_output=True).returncode != 0:
        pytest.skip("this machine gives nobody a network of his own")
    script = (
        "ip link set lo up; gnutls-serv --http --port 4433"
        f" --x509certfile {good.certificate} --x509keyfile {good.key} --priority {priority} >&2 &"
        f" exec {M531X} run --stdio --quiet --model M5311 --set tls.ca_file={ca.certificate}"
    )
    pipe = subprocess.PIPE
    process = subprocess.Popen([*ALONE, script], stdin=pipe, stdout=pipe, stderr=pipe)
    try:
        said = b""
        while b"done" not in said:
            assert select.select([process.stderr], [], [], DEADLINE_S)[0], said
            line = process.stderr.readline()
            assert line, said
            said += line
        host = Host(FileLine(process.stdout.fileno(), process.stdin.fileno()))
        host.type("ATE0")
        host.read_until(OK)
        host.create("https://localhost:4433")
        assert words in ask(host)[1]
    finally:
        process.kill()
        process.wait(DEADLINE_S)
