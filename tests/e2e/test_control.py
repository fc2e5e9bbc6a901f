# SPDX-License-Identifier: Apache-2.0
"""--control and m531x ctl: what a test can do to a module, and how it is refused."""

import json
import os
import pathlib
import re
import signal
import socket
import threading
import time

import pytest

from control import Control
from host import ERROR, OK, Host, info
from program import DEADLINE_S, TcpLine, is_sanitized, run
from server import Server, free_port

MAX_LINE_BYTES = 4096
MAX_CLIENTS = 16
MAX_INJECTED_BYTES = 1024
COMMANDS = ["state", "reset", "coverage", "signal", "inject", "fault", "scenario", "faults",
            "clear", "modems", "help"]
REFERENCE = pathlib.Path(__file__).parents[2] / "docs/control.md"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "control"


@pytest.fixture
def connect(path):
    """connect() is a new client of the program."""
    clients = []

    def connect_client():
        clients.append(Control(path))
        return clients[-1]

    yield connect_client
    for client in clients:
        client.close()


@pytest.fixture
def controlled(modem, path, connect):
    """controlled(option…): the host, the program, a client of its control side."""

    def run_controlled(*options):
        host, program = modem("--control", path, *options)
        return host, program, connect()

    return run_controlled


def ctl(path, *arguments):
    return run("ctl", path, *arguments)


def wait_until(holds):
    end = time.monotonic() + DEADLINE_S
    while not holds():
        assert time.monotonic() < end, "it never came true"


# The commands.


def test_state_follows_the_modem(controlled):
    host, _, control = controlled("--model", "M5311")
    state = control.do("state")
    assert state["modem"] == 0 and state["model"] == "M5311" and state["power"] == "on"
    assert state["instances"] == ["none"] * 5
    lines = state["counters"]["lines"]
    host.create("http://127.0.0.1")
    host.command("AT+NONSENSE", ERROR)
    state = control.do("state")
    assert state["instances"] == ["idle"] + ["none"] * 4
    assert state["counters"]["lines"] == lines + 2
    assert state["counters"]["failed_lines"] == 1


def test_reset_in_mid_request(controlled):
    host, _, control = controlled()
    ended = threading.Event()

    def script(connection):
        connection.read_request()
        connection.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc")
        try:
            while connection.sock.recv(1):
                pass
        except ConnectionError:
            pass
        ended.set()

    with Server(script) as server:
        host.create(server.url)
        host.type('AT+HTTPSEND=0,0,"/"')
        host.read_until(b"\r\n+HTTPNMIC:0,1,1000,3,3\r\nabc\r\n")
        assert control.do("state")["instances"] == ["responding", "none"]
        control.do("reset")
        assert ended.wait(DEADLINE_S), "the connection was not closed"
    state = control.do("state")
    assert state["instances"] == ["none", "none"]
    assert state["counters"]["restarts"] == 1
    host.read_until(b"REBOOT_")
    host.read_until(OK)
    host.create("http://127.0.0.1")


def type_partly(host, text):
    """Types the beginning of a line; the echo shows that the modem has it."""
    host.command("ATE1")
    host.write(text)
    host.expect(text)


def test_watchdog(controlled):
    host, _, control = controlled()
    control.do("reset", watchdog=True)
    host.expect(info(b"REBOOT_CAUSE_APPLICATION_WATCHDOG") + info(b"M5310-A") + OK)
    control.do("reset", watchdog=False)
    host.expect(info(b"REBOOT_CAUSE_SECURITY_RESET_PIN") + info(b"M5310-A") + OK)
    assert control.do("state")["counters"]["restarts"] == 2


def test_reset_forgets_a_partly_typed_line(controlled):
    host, _, control = controlled()
    type_partly(host, b"AT+NONSENSE=")
    control.do("reset")
    host.read_until(b"REBOOT_")
    host.read_until(OK)
    host.command("AT")


def test_coverage_lost_and_found(controlled):
    host, _, control = controlled("--set", "network.attach_wait_ms=1",
                                  "--set", "network.registration_delay_ms=0")
    wait_until(lambda: control.do("state")["registration"] == "home")
    control.do("coverage", on=False)
    state = control.do("state")
    assert not state["coverage"] and state["registration"] == "searching" and not state["attached"]
    assert state["signal"] == {"rssi": 99, "ber": 99, "rsrq": 255, "rsrp": 255, "sinr": -30}
    host.create(f"http://127.0.0.1:{free_port()}")
    host.type('AT+HTTPSEND=0,0,"/"')
    host.expect(OK, info(b"+HTTPERR:0,-4"))
    control.do("coverage", on=True)
    state = control.do("state")
    assert state["coverage"] and state["registration"] == "home"
    assert state["signal"]["rssi"] == 23


def test_signal(controlled):
    _, _, control = controlled("--set", "signal.rssi=7", "--set", "signal.sinr=-3")
    control.do("signal", rsrp=0, rsrq=255)
    assert control.do("state")["signal"] == {
        "rssi": 7, "ber": 99, "rsrq": 255, "rsrp": 0, "sinr": -3}
    assert "at least one" in control.refusal("signal")


def test_injected_report_comes_at_once(controlled):
    host, _, control = controlled()
    control.do("inject", text='+CMTI: "SM",1')
    host.expect(info(b'+CMTI: "SM",1'))
    control.do("inject", text="x" * MAX_INJECTED_BYTES)
    host.expect(info(b"x" * MAX_INJECTED_BYTES))


def test_injected_report_waits_for_a_partly_typed_line(controlled):
    host, _, control = controlled("--set", "dte.urc_guard_ms=60000")
    type_partly(host, b"A")
    control.do("inject", text="+CMTI: 1")
    host.write(b"T\r")
    host.expect(b"T\r", OK, info(b"+CMTI: 1"))


def test_injected_report_is_refused_while_the_modem_boots_or_too_much_waits(controlled, start, path):
    host, _, control = controlled("--set", "dte.urc_guard_ms=60000")
    type_partly(host, b"A")
    half = "x" * (MAX_INJECTED_BYTES // 2)
    control.do("inject", text=half)
    assert "too much waits" in control.refusal("inject", text=half)
    host.write(b"T\r")
    host.expect(b"T\r", OK, info(half.encode()))
    program = start("run", "--set", "boot.duration_ms=60000", "--control", path.with_name("other"))
    program.wait_said("End ")
    other = Control(path.with_name("other"))
    assert other.do("state")["power"] == "booting"
    assert "booting" in other.refusal("inject", text="x")
    other.close()


def test_modems_and_help(controlled):
    _, _, control = controlled()
    assert control.do("modems")["modems"] == [0]
    assert list(control.do("help")["commands"]) == COMMANDS


def test_each_tcp_module_has_its_number(start, path, connect):
    program = start("run", "--tcp", "127.0.0.1:0", "--control", path)
    port = int(program.wait_said(r"127\.0\.0\.1:(\d+)")[1])
    program.wait_said("End ")
    control = connect()
    assert "no modem is on" in control.refusal("state")
    lines = [TcpLine(port) for _ in range(2)]
    hosts = [Host(line) for line in lines]
    for host in hosts:
        host.command("AT")
    assert control.do("modems")["modems"] == [0, 1]
    assert "0, 1" in control.refusal("inject", text="+CMTI: 1")
    assert "0, 1" in control.refusal("state", modem=2)
    for number, host in enumerate(hosts):
        control.do("inject", modem=number, text=f"+CMTI: {number}")
        host.expect(info(b"+CMTI: %d" % number))
    control.do("coverage", modem=1, on=False)
    assert control.do("state", modem=0)["coverage"] and not control.do("state", modem=1)["coverage"]
    lines[0].close()
    wait_until(lambda: control.do("modems")["modems"] == [1])
    assert control.do("state")["modem"] == 1
    assert "on: 1" in control.refusal("state", modem=0)


# Refusals: the sentences themselves are in app/control_test.cpp.


@pytest.mark.parametrize("line, place", [
    (b"", "byte 1"),
    (b"hello", "byte 1"),
    (b'{"command":"state"', "byte 19"),
    (b'{"command":"state"}{}', "byte 20"),
    (b'{"command":"state"}\0', "byte 20"),
    (b'{"command":"\xff"}', "byte 13"),
    (b"[]", "object"),
    (b"{}", "command"),
    (b'{"command":1}', "command"),
    (b'{"command":"nonsense"}', "nonsense"),
    (b'{"command":"state","nonsense":1}', "nonsense"),
    (b'{"command":"state","command":"help"}', "twice"),
    (b'{"command":"state","modem":7}', "modem 7"),
    (b'{"command":"state","modem":"0"}', "modem"),
    (b'{"command":"coverage"}', "on"),
    (b'{"command":"coverage","on":1}', "on"),
    (b'{"command":"signal","rssi":"1"}', "rssi"),
    (b'{"command":"signal","rssi":32}', "31, or 99"),
    (b'{"command":"inject"}', "text"),
    (b'{"command":"inject","text":""}', "text"),
    (b'{"command":"inject","text":"%s"}' % (b"x" * 1025), "1024"),
])
def test_mistakes(controlled, line, place):
    _, _, control = controlled()
    before = control.do("state")
    control.send(line + b"\n")
    answer = control.answer()
    assert list(answer) == ["ok", "error"] and answer["ok"] is False and place in answer["error"]
    assert control.do("state") == before


@pytest.mark.parametrize("size, good", [
    (MAX_LINE_BYTES - 1, True), (MAX_LINE_BYTES, True), (MAX_LINE_BYTES + 1, False),
    (10 * MAX_LINE_BYTES, False)])
def test_longest_line(controlled, size, good):
    _, _, control = controlled()
    request = b'{"command":"reset"}'
    control.send(request + b" " * (size - len(request)) + b"\n" + b'{"command":"modems"}\n')
    answer = control.answer()
    assert answer["ok"] == good
    assert good or answer["error"] == f"the line is longer than {MAX_LINE_BYTES} bytes"
    assert control.answer() == {"ok": True, "modems": [0]}
    assert control.do("state")["counters"]["restarts"] == (1 if good else 0)


def test_line_in_single_bytes_and_lines_in_one_write(controlled):
    _, _, control = controlled()
    for byte in b'{"command":"modems"}\r\n':
        control.send(bytes([byte]))
    assert control.answer()["modems"] == [0]
    count = 500
    control.send(b'{"command":"reset"}\n{"command":"modems"}\n' * count)
    for _ in range(count):
        assert control.answer() == {"ok": True}
        assert control.answer() == {"ok": True, "modems": [0]}
    assert control.do("state")["counters"]["restarts"] == count


def test_half_line_is_not_executed_when_its_client_leaves(controlled, connect):
    _, _, control = controlled()
    leaving = connect()
    leaving.send(b'{"command":"modems"}\n{"command":"reset"}')
    leaving.socket.shutdown(socket.SHUT_WR)
    assert leaving.answer() == {"ok": True, "modems": [0]}
    assert leaving.answer() is None
    assert control.do("state")["counters"]["restarts"] == 0


def test_two_clients_at_once(controlled, connect):
    _, _, first = controlled()
    second = connect()
    first.send(b'{"command":"mo')
    assert second.do("modems")["modems"] == [0]
    first.send(b'dems"}\n')
    assert first.answer()["modems"] == [0]


@pytest.mark.skipif(is_sanitized(), reason="the sanitizer's own memory grows")
def test_client_that_reads_nothing_is_not_read_from(controlled, connect):
    host, program, control = controlled()
    silent = connect()
    silent.socket.setblocking(False)
    request = b'{"command":"help"}\n'
    sent = b""
    try:
        while len(sent) < 1 << 24:
            sent += (request * 100)[: silent.socket.send((request * 100))]
    except BlockingIOError:
        pass
    assert len(sent) < 1 << 24, "it was read from without end"
    before = program.resident_bytes()
    for _ in range(100):
        assert control.do("modems")["modems"] == [0]
        host.command("AT")
    assert program.resident_bytes() < before + (1 << 20)
    silent.socket.settimeout(DEADLINE_S)
    for _ in range(sent.count(b"\n")):
        assert silent.answer()["ok"]


def test_more_clients_than_there_are_places(controlled, connect):
    _, _, control = controlled()
    others = [connect() for _ in range(MAX_CLIENTS - 1)]
    for client in others:
        client.do("modems")
    extra = connect()
    assert extra.answer() == {"ok": False,
                              "error": f"{MAX_CLIENTS} clients are connected already"}
    assert extra.answer() is None
    others.pop().close()
    wait_until(lambda: connect().ask_or_none("modems"))
    control.do("modems")


# The socket.


def test_socket_is_for_its_user_alone_and_goes_with_the_program(controlled, path):
    _, program, _ = controlled()
    assert path.stat().st_mode & 0o7777 == 0o600 and path.is_socket()
    assert program.stop(signal.SIGTERM) == 0
    assert not os.path.lexists(path)


def test_socket_left_by_a_killed_program_is_taken_over(controlled, start, path, connect):
    _, program, _ = controlled()
    program.stop(signal.SIGKILL)
    assert path.is_socket()
    start("run", "--control", path).wait_said("End ")
    assert connect().do("modems")["modems"] == [0]


def refusal(path):
    status, out, err = run("run", "--control", path)
    assert status == 2 and out == "", (status, out, err)
    assert len(err.strip().splitlines()) == 1 and str(path) in err, err
    return err


def test_socket_in_use_and_other_files_are_left_alone(controlled, path, tmp_path):
    _, _, control = controlled()
    assert "another program listens there" in refusal(path)
    control.do("modems")
    precious = tmp_path / "precious"
    precious.write_text("precious")
    assert "not a socket" in refusal(precious)
    assert precious.read_text() == "precious"
    refusal(tmp_path)
    refusal(tmp_path / "no" / "control")
    refusal(tmp_path / ("x" * 108))


def test_replaced_socket_is_not_removed(controlled, path):
    _, program, _ = controlled()
    path.unlink()
    path.write_text("somebody else's")
    assert program.stop() == 0
    assert path.read_text() == "somebody else's"


# The trace.


def test_each_command_is_traced(controlled, tmp_path):
    trace = tmp_path / "trace"
    _, program, control = controlled("--trace", trace)
    control.do("signal", rssi=5)
    control.do("modems")
    control.refusal("inject")
    control.send(b"hello\n")
    control.answer()
    assert program.stop() == 0
    records = [json.loads(line) for line in trace.read_text().splitlines()]
    told = [(record["event"], record.get("modem"), record["text"])
            for record in records if record.get("event", "").startswith("control")]
    assert told == [
        ("control", 0, "signal rssi=5"),
        ("control", None, "modems"),
        ("control refused", None, "inject: text is missing: 1 to 1024 bytes"),
        ("control refused", None, "byte 1 of the line is not what JSON has there"),
    ]


# m531x ctl.


def test_ctl_tells_and_does(controlled, path):
    host, _, control = controlled()
    assert ctl(path, "modems") == (0, "modems.0 0\n", "")
    assert ctl(path, "modems", "--json") == (0, '{"ok":true,"modems":[0]}\n', "")
    assert ctl(path, "signal", "rssi=5", "sinr=-7", "modem=0") == (0, "", "")
    status, out, err = ctl(path, "state")
    assert status == 0 and err == ""
    for line in ("model M5310-A", "power on", "signal.rssi 5", "signal.sinr -7",
                 "instances.1 none", "counters.restarts 0"):
        assert line in out.splitlines()
    assert ctl(path, "coverage", "on=false")[0] == 0
    assert not control.do("state")["coverage"]
    assert ctl(path, "inject", 'text=+CMTI: "SM",1=2')[0] == 0
    host.expect(info(b'+CMTI: "SM",1=2'))
    assert ctl(path, "reset")[0] == 0
    assert control.do("state")["counters"]["restarts"] == 1
    assert ctl(path, "help")[0] == 0


def test_ctl_tells_what_the_modem_refuses(controlled, path):
    controlled()
    assert ctl(path, "state", "modem=7") == (1, "", "m531x: state: there is no modem 7; on: 0\n")
    status, out, err = ctl(path, "--json", "state", "modem=7")
    assert status == 1 and err == "" and json.loads(out)["ok"] is False


@pytest.mark.parametrize("arguments, place", [
    ((), "command"),
    (("nonsense",), "nonsense"),
    (("state", "rssi=5"), "rssi"),
    (("signal", "rssi"), "rssi: write it as key=value"),
    (("signal", "rssi=x"), "rssi must be a whole number"),
    (("signal", "rssi=32"), "31, or 99"),
    (("signal", "rssi=1", "rssi=2"), "twice"),
    (("coverage",), "on is missing"),
    (("coverage", "on=1"), "true or false"),
    (("inject", "text="), "text"),
    (("inject", "text=a\udcff"), "text is not UTF-8"),  # the byte FF
    (("state", "--nonsense"), "--nonsense"),
])
def test_ctl_misused(controlled, path, arguments, place):
    controlled()
    status, out, err = ctl(path, *arguments)
    assert status == 2 and out == "" and place in err, (status, out, err)
    assert len(err.strip().splitlines()) == 1


def test_ctl_without_a_socket(tmp_path):
    for path in (tmp_path / "none", tmp_path, tmp_path / ("x" * 200)):
        status, out, err = ctl(path, "state")
        assert status == 2 and out == "" and str(path) in err and len(err.splitlines()) == 1


@pytest.mark.parametrize("answer, words", [
    (b"", "hung up"), (b'{"ok":true}', "hung up"), (b"hello\n", "not one of m531x"),
    (b'{"ok":1}\n', "not one of m531x"), (b"[]\n", "not one of m531x"),
    (b"x" * ((1 << 20) + 5000), "too long"), (None, "no answer within 5000 ms"),
], ids=["end", "no LF", "no JSON", "no truth", "no object", "too long", "silence"])
def test_ctl_with_a_strange_server(tmp_path, answer, words):
    path = tmp_path / "control"
    done = threading.Event()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()

        def serve():
            client, _ = listener.accept()
            with client:
                client.recv(65536)
                if answer is None:
                    done.wait(DEADLINE_S)
                else:
                    try:
                        client.sendall(answer)
                    except BrokenPipeError:
                        pass

        thread = threading.Thread(target=serve)
        thread.start()
        began = time.monotonic()
        status, out, err = ctl(path, "state")
        assert time.monotonic() - began < DEADLINE_S / 2
        done.set()
        thread.join()
    assert status == 1 and out == "" and words in err and len(err.splitlines()) == 1


# The reference.


def documented():
    """What docs/control.md says: {command: (help, {parameter: (range, required, help)})}."""
    commands = {}
    section = REFERENCE.read_text(encoding="utf-8").split("\n## Commands\n")[1].split("\n## ")[0]
    for part in section.split("\n### ")[1:]:
        name, rest = part.split("\n", 1)
        rows = {}
        for row in re.findall(r"^\| `(\w+)` \|(.*)\|(.*)\|(.*)\|$", rest, re.M):
            key, values, required, meaning = (cell.strip().replace("\\", "") for cell in row)
            rows[key] = (values, {"yes": True, "no": False}[required], meaning)
        commands[name.strip("`")] = (rest.strip().splitlines()[0], rows)
    return commands


def test_reference_agrees_with_the_table(controlled):
    _, _, control = controlled()
    table = control.do("help")["commands"]
    parameters = {
        name: {key: (row["range"], row["required"], row["help"])
               for key, row in command["parameters"].items() if key != "modem"}
        for name, command in table.items()}
    found = documented()
    assert list(found) == list(table)
    for name, command in table.items():
        sentence = command["help"][0].upper() + command["help"][1:] + "."
        assert found[name] == (sentence, parameters[name]), name


def test_reference_has_every_value_of_the_state(controlled):
    _, _, control = controlled()
    section = REFERENCE.read_text(encoding="utf-8").split("### `state`")[1].split("### ")[0]
    state = control.do("state")
    for key in [*state, *state["counters"]]:
        assert key == "ok" or f"`{key}`" in section, key


def test_help_man_page_and_completion_have_every_command():
    pages = [run("ctl", "--help")[1], run("man")[1].replace("\\-", "-")]
    pages += [run("completion", shell)[1] for shell in ("bash", "zsh", "fish")]
    for page in pages:
        for word in [*COMMANDS, "--json"[2:]]:
            assert re.search(rf"\b{word}\b", page), word
    for page in pages[:3] + pages[4:]:
        assert re.search(r"\brssi\b", page) and re.search(r"\bsinr\b", page)
