# SPDX-License-Identifier: Apache-2.0
"""run --record and replay: a run is done again from one file, byte for byte, and no secret is in it."""

import base64
import os
import re
import signal
import subprocess

import pytest

from control import Control
from host import ERROR, OK, Host, info
from program import DEADLINE_S, M531X, Pipes, TcpLine, run
from server import Server, free_port
from tls_servers import TlsServer

SECRET = "s3cret"
PAGE = b"HTTP/1.1 200 OK\r\nSet-Cookie: " + SECRET.encode() + b"\r\nContent-Length: 5\r\n\r\nhello"
SAME = "and the same output"
AS_HARDWARE = (
    "--as-hardware", "--set", "boot.duration_ms=0", "--set", "boot.text=false",
    "--set", "network.registration_delay_ms=0",
)  # fmt: skip


def replay(journal, *options):
    """Elsewhere, and with nothing else of this machine."""
    done = subprocess.run(
        [os.path.abspath(M531X), "replay", str(journal), *options],
        stdin=subprocess.DEVNULL, capture_output=True, timeout=DEADLINE_S, text=True, cwd="/", env={},
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


def assert_same(journal, *options):
    status, out, err = replay(journal, *options)
    assert (status, err) == (0, ""), (out, err)
    assert out.splitlines()[-1].endswith(SAME), out


def answer(connection):
    assert connection.read_request()
    connection.write(PAGE)


@pytest.fixture
def recorded(modem, tmp_path):
    """recorded(option…): host, program, and a function that ends it and returns the journal."""
    path = tmp_path / "journal"

    def run_recorded(*options):
        host, program = modem("--record", path, *options)

        def end():
            assert program.stop() == 0
            return path

        return host, program, end

    return run_recorded


def request(host, url, path="/", user=f',"meter","{SECRET}"', instance=0):
    host.type(f'AT+HTTPCREATE="{url}"{user}')
    host.expect(info(b"+HTTPCREATE:%d" % instance), OK)
    host.command(f'AT+HTTPHEADER={instance},"X-Api-Key: {SECRET}\\r\\n"')
    host.command(f'AT+HTTPCONTENT={instance},"pin={SECRET}"')
    host.type(f'AT+HTTPSEND={instance},1,"{path}"')
    host.expect(OK)
    return host.read_response()[2]


def answer_at_length(connection):
    assert connection.read_request()
    connection.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + b"x" * 100)


def test_faults_go_wrong_again(recorded, tmp_path):
    """Of a scenario and of the control side, at random and at a byte of what was hidden, too."""
    control_path = tmp_path / "control"
    host, _, end = recorded("--control", control_path, "--scenario", "reset-in-body")
    control = Control(control_path)
    with Server(answer_at_length) as server:
        host.type(f'AT+HTTPCREATE="{server.url}","meter","{SECRET}"')
        host.expect(info(b"+HTTPCREATE:0"), OK)
        host.type('AT+HTTPSEND=0,0,"/"')
        host.read_until(info(b"+HTTPDISCON:0"))
    control.do("fault", kind="garbled_from_host", chance=10, times=0)
    for _ in range(20):
        host.type(f'AT+HTTPCREATE="http://127.0.0.1:1","meter","{SECRET}"')
    control.do("clear")
    host.type("")
    control.do("fault", kind="urc", text="+THE:END")
    host.read_until(info(b"+THE:END"))
    journal = end()
    assert_same(journal)
    text = journal.read_text()
    assert "\nfault reset " in text and " fault garbled_from_host " in text and " faults cleared\n" in text
    assert SECRET not in text


@pytest.mark.parametrize("options", [(), AS_HARDWARE])
def test_a_run_is_the_same_again(recorded, tmp_path, options):
    control_path = tmp_path / "control"
    host, _, end = recorded("--control", control_path, *options)
    control = Control(control_path)
    control.do("signal", rssi=3)
    assert b"+CSQ:3,99" in host.answer("AT+CSQ").replace(b" ", b"")
    with Server(answer) as server:
        assert request(host, server.url, f"/a?token={SECRET}") == b"hello"
        assert host.read_report().name == b"+HTTPDISCON"
    host.type(f'AT+HTTPCREATE="http://127.0.0.1:{free_port()}"')
    host.read_until(OK)
    host.type('AT+HTTPSEND=1,0,"/"')
    host.read_until(b",-14\r\n")
    control.do("inject", text="+TOLD:1")
    host.read_until(info(b"+TOLD:1"))
    control.do("coverage", on=False)
    control.do("coverage", on=True)
    control.do("reset")
    control.close()
    host.read_until(b"REBOOT_")
    host.read_until(OK)
    journal = end()
    text = journal.read_text()
    for part in ("signal 3 ", "coverage lost", "reset pressed", "ended refused", "inject +TOLD:1"):
        assert part in text, part
    assert SECRET not in text
    assert base64.b64encode(f"meter:{SECRET}".encode()).decode() not in text
    assert "net 0 < POST /a?token=****** HTTP/1.1" in text or options
    assert_same(journal)


def test_tls_and_certificates(recorded, ca, good):
    host, _, end = recorded("--model", "M5311")
    with TlsServer(good, answer) as server:
        host.type(f'AT+HTTPCREATE="{server.url}"')
        host.expect(info(b"+HTTPCREATE:0"), OK)
        certificate = ca.certificate.read_bytes().hex()
        host.command(f'AT+HTTPCFG=0,1,"{certificate}",1')
        host.command(f'AT+HTTPCFG=0,2,"{good.certificate.read_bytes().hex()}",1')
        host.command(f'AT+HTTPCFG=0,3,"{good.key.read_bytes().hex()}",1')
        host.type('AT+HTTPSEND=0,0,"/"')
        host.expect(OK)
        assert host.read_response()[2] == b"hello"
    journal = end()
    text = journal.read_text()
    assert "connect tls 127.0.0.1:" in text and "checked good" in text
    for line in good.key.read_bytes().splitlines() + ca.certificate.read_bytes().splitlines():
        assert line.hex() not in text and line.decode() not in text, line
    assert_same(journal)


def test_what_is_typed_byte_by_byte_and_edited(recorded):
    host, _, end = recorded("--set", "variant.echo=true")
    host.command("ATE1")
    for byte in f'AT+HTTPCREATE="a.b","u","{SECRET}x\b"\rA/'.encode():
        host.write(bytes([byte]))
        if byte != ord("/"):
            host.expect(bytes([byte]))
        if byte == ord("\r"):
            host.expect(info(b"+HTTPCREATE:0"), OK)
    host.read_until(info(b"+HTTPCREATE:1") + OK)
    journal = end()
    assert SECRET[:3] not in journal.read_text().replace("secrets hidden", "")
    assert_same(journal)


def test_each_connection_is_a_modem(start, tmp_path):
    path = tmp_path / "journal"
    program = start("run", "--tcp", "0", "--record", path)
    port = int(program.wait_said(r"127\.0\.0\.1:(\d+)")[1])
    hosts = []
    for number in range(3):
        line = TcpLine(port)
        hosts.append(Host(line))
        hosts[-1].create(f"http://{number}.example")
        hosts[-1].create("http://b.example", instance=1)
    line.close()
    assert program.stop() == 0
    text = path.read_text()
    for number in range(3):
        assert f' {number} > AT+HTTPCREATE="http://{number}.example"\\r' in text
    assert_same(path)
    status, out, _ = replay(path, "--print", "--modem", "1")
    assert status == 0 and "http://1.example" in out and "http://2.example" not in out
    assert f"of 3 modems, {SAME}" in out
    status, _, err = replay(path, "--modem", "3")
    assert status == 2 and "there is no modem 3 in it" in err


def test_a_run_that_is_killed(recorded, tmp_path):
    host, program, _ = recorded()
    host.create("http://a.example")
    assert program.stop(signal.SIGKILL) == -signal.SIGKILL
    status, out, err = replay(tmp_path / "journal")
    assert status == 0 and out.strip().endswith(SAME)
    assert "it has no end: the program was killed, or still runs" in err


def test_secrets_are_kept_when_asked_for(recorded):
    with Server(answer) as server:
        host, program, end = recorded("--record-secrets")
        assert request(host, server.url) == b"hello"
        journal = end()
    text = journal.read_text()
    assert "--record-secrets" in program.said
    assert f'"meter","{SECRET}"' in text and f"Set-Cookie: {SECRET}" in text
    assert base64.b64encode(f"meter:{SECRET}".encode()).decode() in text
    assert_same(journal)


def test_what_the_module_kept_is_recorded(recorded, tmp_path):
    state = tmp_path / "state"
    for round_number in range(2):
        host, _, end = recorded("--state", state, "--set", "variant.echo=false")
        host.command("AT+CMEE=1")
        host.command("AT&W")
        journal = end()
        kept = re.search(r"(?m)^\d+ 0 on(.*)$", journal.read_text())[1]
        assert bool(kept) == (round_number == 1)
        assert_same(journal)
        journal.unlink()


def test_a_recording_is_written_over_nothing(short):
    path, text = short
    status, _, err = run("run", "--stdio", "--record", path)
    assert status == 2 and f"--record {path}: it is there already" in err
    assert path.read_text() == text


@pytest.fixture
def short(tmp_path):
    """A journal of two lines, over standard input and output, and its text."""
    path = tmp_path / "short"
    with Pipes("run", "--stdio", "--quiet", "--record", path) as line:
        host = Host(line)
        host.command("AT")
        host.command("AT+HTTPCLOSE=0", ERROR)
        line.end_input()
        assert line.wait() == 0
    assert_same(path)
    return path, path.read_text()


def test_the_first_difference_is_named(short):
    path, text = short
    lines = text.splitlines()
    number = next(n for n, line in enumerate(lines, 1) if "ERROR" in line)
    path.write_text(text.replace("\\r\\nERROR\\r\\n", "\\r\\nMISTAKE\\r\\n"))
    status, out, err = replay(path)
    assert (status, err) == (1, "")
    first, recorded_line, now = out.splitlines()
    at = float(lines[number - 1].split()[0]) / 1000
    calls = sum(bool(re.match(r"\d", line)) for line in lines[:number])
    assert first == f"{path}:{number}: call {calls}, at {at:.3f} s: modem 0 does something else"
    assert recorded_line == "  recorded  < \\r\\nMISTAKE\\r\\n"
    assert now == "  now       < \\r\\nERROR\\r\\n"


def test_a_missing_and_an_additional_output_are_named(short):
    path, text = short
    ok = next(line for line in text.splitlines(True) if "OK" in line)
    path.write_text(text.replace(ok, ok + ok))
    status, out, _ = replay(path)
    assert status == 1 and out.endswith("  now       <\n")
    path.write_text(text.replace(ok, ""))
    status, out, _ = replay(path)
    assert status == 1 and "  now       <... \\r\\nOK\\r\\n" in out


def test_more_output_than_recorded_is_named_where_it_comes(short):
    path, text = short
    path.write_text(text.replace("OK\\r\\n", "OK", 1))
    number = next(n for n, line in enumerate(path.read_text().splitlines(), 1) if line.endswith("OK"))
    status, out, _ = replay(path)
    assert status == 1 and out.startswith(f"{path}:{number}: "), out
    assert out.endswith("  now       <... \\r\\nOK\n"), out


@pytest.mark.parametrize("missing", [" net 0 < ", " net 0 close"])
def test_what_is_not_recorded_of_the_network_is_a_difference(recorded, missing):
    def answer_and_stay(connection):
        answer(connection)
        connection.wait_gone()

    host, _, end = recorded()
    with Server(answer_and_stay) as server:
        request(host, server.url)
        host.command("AT+HTTPCLOSE=0")
    path = end()
    lines = path.read_text().splitlines(True)
    kept = [line for line in lines if missing not in line]
    assert len(kept) < len(lines)
    path.write_text("".join(kept))
    status, out, _ = replay(path)
    assert status == 1 and "does something else" in out, out


def test_a_file_that_is_cut_is_played_to_its_last_whole_line(short):
    path, text = short
    data = text.encode()
    head = re.search(rb"(?m)^\d+ 0 on", data).start()
    for size in range(len(data)):
        if size > head and size % 7:
            continue
        path.write_bytes(data[:size])
        status, _, err = replay(path)
        told = err.strip().splitlines()
        assert len(told) == 1, (size, err)
        if status == 0:
            whole = data[:size].endswith(b"\n")
            assert ("it has no end" if whole else "its last line is not whole") in err, (size, err)
        else:
            assert status == 2 and size < head, (size, err)


def test_another_version_is_told(short):
    path, text = short
    path.write_text(re.sub("program .*", "program 99.1", text))
    status, _, err = replay(path)
    assert status == 0 and "it was recorded by m531x 99.1, and this is " in err


def test_print_shows_the_conversation(short):
    path, _ = short
    status, out, _ = replay(path, "--print")
    assert status == 0
    assert re.search(r"(?m)^ +\d+\.\d{3}   0  > AT\\r$", out), out
    assert re.search(r"(?m)^ +\d+\.\d{3}   0  < \\r\\nERROR\\r\\n$", out), out


@pytest.mark.parametrize("content, place", [
    ("", ":0: it is not a journal"),
    ("hello\n", ":1: it is not a journal"),
    ("m531x journal 7\n", ":1: it is a journal of another version"),
    ("HEAD0 0 jump\n", ":5: that is no call of a modem"),
    ("HEAD0 0 tick\n", ":5: modem 0 is not on"),
    ("HEAD0 0 on\n9 0 tick\n8 0 tick\n", ":7: the time of modem 0 runs back"),
    ("HEADset no.such=1\n", ":5: there is no such setting"),
    ("HEAD0 0 on\n0 0 > " + 9_000_000 * "x" + "\n", ":6: the line is longer than"),
])
def test_a_file_that_is_no_journal_is_told_where(tmp_path, content, place):
    path = tmp_path / "bad"
    head = "m531x journal 1\nprogram 1\nsecrets hidden\nset model=M5311\n"
    path.write_text(content.replace("HEAD", head))
    status, out, err = replay(path)
    assert status == 2 and out == "", (out, err)
    assert place in err.splitlines()[-1], err


@pytest.mark.parametrize("path, words", [
    ("/no/such/file", "No such file or directory"),
    ("/", "Is a directory"),
    ("/proc/self/mem", "Input/output error"),
])
def test_a_file_that_cannot_be_read(path, words):
    status, _, err = run("replay", path)
    assert status == 2 and err.rstrip().endswith(f"{path}: cannot read it: {words}"), err
    assert len(err.splitlines()) == 1


def test_what_a_stranger_wrote_does_not_rule_the_terminal(tmp_path):
    path = tmp_path / "hostile"
    head = b"m531x journal 1\nprogram \x1b[2J\xc2\x9b2J\nsecrets hidden\nset model=M5311\n"
    path.write_bytes(head + b"0 0 on\n0 0 < \\x1b[2J\xc2\x9b2J\n")
    status, out, err = replay(path, "--print")
    assert status == 1 and r"< \x1b[2J\xc2\x9b2J" in out and r"\x1b[2J\xc2\x9b2J" in err
    path.write_bytes(head + rb"fault \x1b[2J" + b"\n")
    status, _, refusal = replay(path)
    assert status == 2 and r"\x1b[2J" in refusal
    for text in (out, err, refusal):
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", text), text


@pytest.mark.parametrize("options, place", [
    (("--record", "/no/such/folder/j"), "--record /no/such/folder/j: cannot write it: "),
    (("--record", "/"), "--record /: cannot write it: "),
    (("--record-secrets",), "--record"),
])
def test_a_record_that_cannot_be(options, place):
    status, _, err = run("run", *options)
    assert status == 2 and place in err and len(err.splitlines()) == 1


def test_a_full_disk_is_told_once_and_the_modem_goes_on(modem):
    host, program = modem("--record", "/dev/full")
    for _ in range(5):
        host.command("AT")
    assert program.stop() == 0
    assert program.said.count("--record /dev/full: cannot write it: No space left on device") == 1
