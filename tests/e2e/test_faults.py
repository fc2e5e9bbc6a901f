# SPDX-License-Identifier: Apache-2.0
"""Faults on demand: scenarios of the program and of a file, and faults on the control side."""

import http.server
import os
import pathlib
import re
import subprocess
import sys
import threading
import tomllib
import zlib

import pytest

from control import Control
from host import OK, Host, info
from program import M531X, TcpLine, run
from server import Server

GUIDE = pathlib.Path(__file__).parents[2] / "docs/faults.md"
CONNECT_OK = info(b"CONNECT OK")
BODY = bytes(range(48, 112))
RESPONSE = b"HTTP/1.1 200 OK\r\nServer: a\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY
RESET = info(b"+HTTPERR:0,-14")
DISCONNECTED = info(b"+HTTPDISCON:0")


def answers(connection):
    """Answers each request until the modem is gone."""
    try:
        while connection.read_request():
            connection.write(RESPONSE)
    except (ConnectionError, AssertionError):
        pass


def send(host):
    host.command('AT+HTTPSEND=0,0,"/"')


def code_of(name):
    """What the guide has below `name`:, as a file."""
    guide = GUIDE.read_text(encoding="utf-8")
    return re.search(rf"`{re.escape(name)}`:\n\n```\w+\n(.*?)```", guide, re.S)[1]


def names():
    status, out, _ = run("scenarios")
    assert status == 0
    return [line.split()[0] for line in out.splitlines()]


# The command line.


def test_scenarios_are_listed_with_a_line_each():
    _, out, _ = run("scenarios")
    lines = out.splitlines()
    assert len(lines) >= 25
    assert all(re.fullmatch(r"[a-z-]+ +\w.{10,80}", line) for line in lines), out
    assert names() == sorted(names())


def test_each_scenario_is_printed_as_the_toml_that_it_is(tmp_path):
    for name in names():
        status, out, _ = run("scenarios", name)
        assert status == 0
        scenario = tomllib.loads(out)
        assert scenario["name"] == name and scenario["summary"] and scenario["fault"]


def test_a_printed_scenario_is_the_start_of_ones_own(modem, tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text(run("scenarios", "connect-refused")[1])
    host, _ = modem("--scenario", file)
    host.create("http://127.0.0.1")
    send(host)
    host.expect(RESET)


def test_an_unknown_scenario_is_told():
    for arguments in (["run", "--scenario", "nope"], ["scenarios", "nope"]):
        status, out, err = run(*arguments)
        assert status == 2 and out == ""
        assert "nope" in err and "m531x scenarios lists" in err


def test_a_scenario_that_cannot_be_read_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    (tmp_path / "loop").symlink_to("loop")
    for name, why in {
        "n" * 255: "No such file or directory",
        "n" * 256: "File name too long",
        str(tmp_path / "file/mine.toml"): "Not a directory",
        str(tmp_path / "loop"): "Too many levels of symbolic links",
        str(tmp_path): "Is a directory",
    }.items():
        status, out, err = run("run", "--scenario", name)
        assert (status, out) == (2, "")
        assert f"--scenario {name}: cannot read it: {why}" in err
        assert "m531x scenarios lists" in err


@pytest.mark.parametrize(
    "text, place, sentence",
    [
        ("[[fault]]\nkind = 'earthquake'\n", "2:8", "there is no fault \"earthquake\""),
        ("[[fault]]\nkind = 'reset'\nbyte = -1\n", "3:8", "byte must be 0 to 16777216 bytes"),
        ("seed = 1\nsede = 2\n", "2:1", 'there is no "sede" in a scenario'),
        ("[[fault]\n", "1:9", ""),
    ],
)
def test_a_bad_file_is_told_with_the_place(tmp_path, text, place, sentence):
    file = tmp_path / "bad.toml"
    file.write_text(text)
    status, out, err = run("run", "--scenario", file)
    assert (status, out) == (2, "")
    assert err.startswith(f"m531x: {file}:{place}: ") and sentence in err


def test_too_many_faults_are_told(tmp_path):
    file = tmp_path / "many.toml"
    file.write_text("[[fault]]\nkind = 'reset'\n" * 64)
    assert run("run", "--scenario", file, "--scenario", "server-down")[0] == 2


def test_the_greeting_names_the_scenario(start, tmp_path):
    program = start("run", "--scenario", "server-down", "--scenario", "dns-fails")
    program.wait_said(r"Scenario server-down, dns-fails")


# With a real server.


def test_a_reset_in_the_body(modem):
    with Server(answers, answers) as server:
        host, _ = modem("--scenario", "reset-in-body")
        host.create(server.url)
        send(host)
        host.expect(CONNECT_OK)
        reports = []
        while (report := host.read_report()).name != b"+HTTPERR":
            reports.append(report)
        assert report.fields == (0, -14)
        host.expect(DISCONNECTED)
        assert b"".join(r.data for r in reports if r.name == b"+HTTPNMIC") == BODY[:16]
        # And it goes on.
        send(host)
        host.expect(CONNECT_OK)
        assert host.read_response()[2] == BODY
        host.command("AT+HTTPCLOSE=0")


def test_a_late_body_is_whole(modem, tmp_path):
    file = tmp_path / "late.toml"
    file.write_text("[[fault]]\nkind = 'silence'\nat = 'body'\nbyte = 16\nfor_ms = 300\n")
    with Server(answers) as server:
        host, _ = modem("--scenario", file)
        host.create(server.url)
        send(host)
        host.expect(CONNECT_OK)
        reports, _, content = host.read_response()
        assert content == BODY
        assert [r.fields[-1] for r in reports if r.name == b"+HTTPNMIC"] == [16, len(BODY) - 16]
        host.command("AT+HTTPCLOSE=0")


def test_a_request_that_is_reset_half_way(modem):
    with Server(lambda connection: connection.wait_gone()) as server:
        host, _ = modem("--scenario", "reset-in-request")
        host.create(server.url)
        send(host)
        host.expect(CONNECT_OK, RESET, DISCONNECTED)


def test_the_module_restarts_in_the_body(modem):
    with Server(answers) as server:
        host, _ = modem("--scenario", "restart-in-body")
        host.create(server.url)
        send(host)
        host.read_until(b"REBOOT_CAUSE_APPLICATION_WATCHDOG")
        host.read_until(OK)
        host.command("AT")


def test_a_report_before_each_answer(modem):
    host, _ = modem("--set", "variant.echo=false", "--scenario", "urc-before-answers")
    host.command("AT", info(b"+CEREG:5") + OK)
    host.command("AT+CSQ", info(b"+CEREG:5") + info(b"+CSQ:23,99") + OK)


def test_noise_repeats_with_its_seed(modem, start, open_line, tmp_path):
    heard = {}
    for seed in ("1", "1", "2"):
        link = tmp_path / f"modem{len(heard)}{seed}"
        program = start("run", "--pty", link, "--scenario", "garbled-answers",
                        "--set", f"random.seed={seed}")
        program.wait_said(str(link))
        line = open_line(link)
        line.write(b"AT+CGMR\r" * 200)
        expected = 200 * len(info(b"M5310-A") + OK)
        data = b""
        line.timeout = 1
        while len(data) < expected and (more := line.read(4096)):
            data += more
        program.stop()
        if seed in heard:
            assert heard[seed] == data
        heard[seed] = data
    assert heard["1"] != heard["2"]


def test_the_trace_says_each_fault(traced):
    host, _, records = traced("--scenario", "connect-refused")
    host.create("http://127.0.0.1")
    send(host)
    host.expect(RESET)
    _, all_records = records()
    causes = [r["cause"] for r in all_records if r.get("event") == "note"]
    assert "fault: the connection is refused" in causes
    assert not [r for r in all_records if r.get("event") == "connecting"]


@pytest.mark.parametrize("place", range(len("AT+HTTPCREATE=") + 2))
@pytest.mark.parametrize("way", ["to_host", "from_host"])
def test_a_garbled_line_tells_no_secret(traced, tmp_path, way, place):
    """What carries a password is no line of a module any more: the trace hides it still."""
    before = len("ATE0\rATE1\r") if way == "from_host" else len("ATE0\r" + "\r\nOK\r\n" * 2)
    file = tmp_path / "garbled.toml"
    file.write_text(f"[[fault]]\nkind = 'garbled_{way}'\nbyte = {before + place}\n")
    host, _, records = traced("--model", "M5311", "--scenario", file)
    host.command("ATE1")
    host.type('AT+HTTPCREATE="http://127.0.0.1","user","Hunter2"')
    host.read_until(b'"Hunter2"\r')
    host.type("ATE0")
    host.read_until(OK)
    text, _ = records()
    assert "Hunter2" not in text and "fault: a byte" in text


def test_every_module_of_tcp_has_its_own(start):
    program = start("run", "--tcp", "0", "--scenario", "connect-refused")
    port = int(program.wait_said(r"TCP +127\.0\.0\.1:(\d+)")[1])
    for _ in range(2):
        line = TcpLine(port)
        host = Host(line)
        host.create("http://127.0.0.1")
        send(host)
        host.expect(RESET)
        line.close()


# Live.


@pytest.fixture
def controlled(modem, tmp_path):
    """controlled(option…): the host, and a client of the control side."""
    clients = []

    def run_controlled(*options):
        path = tmp_path / "control"
        host, _ = modem("--control", path, *options)
        clients.append(Control(path))
        return host, clients[-1]

    yield run_controlled
    for client in clients:
        client.close()


def test_a_standing_connection_is_reset_now(controlled):
    with Server(answers) as server:
        host, control = controlled()
        host.create(server.url)
        send(host)
        host.expect(CONNECT_OK)
        assert host.read_response()[2] == BODY
        assert control.do("fault", kind="reset") == {"ok": True, "number": 1}
        host.expect(RESET, DISCONNECTED)
        assert control.do("faults")["faults"] == [
            {"number": 1, "fault": "reset", "happened": 1, "over": True}
        ]


def test_faults_are_cleared(controlled):
    host, control = controlled("--scenario", "server-down")
    host.create("http://127.0.0.1")
    send(host)
    host.expect(RESET)
    control.do("fault", kind="coverage_lost")
    assert control.do("state")["coverage"] is False
    assert [f["happened"] for f in control.do("faults")["faults"]] == [1, 1]
    control.do("clear")
    assert control.do("state")["coverage"] is True
    assert control.do("faults")["faults"] == []


def test_a_scenario_is_added_live(controlled):
    host, control = controlled()
    control.do("scenario", name="connect-refused")
    host.create("http://127.0.0.1")
    send(host)
    host.expect(RESET)
    assert "no-such" in control.refusal("scenario", name="no-such")


def test_ctl_types_it(controlled, tmp_path):
    host, _ = controlled()
    path = tmp_path / "control"
    assert run("ctl", path, "fault", "kind=host_stuck", "for_ms=200")[:2] == (0, "number 1\n")
    host.command("AT")
    status, out, _ = run("ctl", path, "faults")
    assert status == 0 and "faults.0.fault host_stuck for_ms=200" in out
    status, _, err = run("ctl", path, "fault", "kind=reset", "at=line")
    assert status == 1 and "at must be request, response, header, chunk or body" in err
    status, _, err = run("ctl", path, "fault", "kind=reset", "byte=-1")
    assert status == 2 and "byte is out of range" in err


@pytest.mark.parametrize("ends_by", ["clear", "a signal"])
def test_a_host_that_is_stuck_for_ever_has_not_left(start, tmp_path, ends_by):
    """Its input has ended, and what the module has to say still waits."""
    file, path = tmp_path / "stuck.toml", tmp_path / "control"
    file.write_text("[[fault]]\nkind = 'host_stuck'\n")
    program = start(
        "run", "--stdio", "--scenario", file, "--control", path, stdin=subprocess.PIPE
    )
    program.wait_said("End ")
    program.stdin.write(b"AT\r")
    program.stdin.close()
    control = Control(path)
    while control.do("state")["counters"]["lines"] == 0:
        pass
    assert program.is_running()
    if ends_by == "clear":
        control.do("clear")
        assert program.wait() == 0 and program.said.endswith("\nOK\r\n")
    else:
        assert program.stop() == 0 and not program.said.endswith("\nOK\r\n")
    control.close()


def test_after_each_scenario_it_is_still_a_module(modem, open_line):
    """One program, all scenarios: the host clears them, and the module answers."""
    for name in names():
        if name.startswith("garbled") or name in ("bad-day", "restart-for-answer"):
            continue  # a host that types two lines meets these at once
        done = subprocess.run(
            [M531X, "run", "--stdio", "--quiet", "--scenario", name],
            input=b"ATE0\rAT\r",
            capture_output=True,
            timeout=20,
        )
        assert done.returncode == 0 and done.stdout.endswith(OK), (name, done)


# The guide.


def test_the_guide_has_every_kind_and_parameter():
    kinds, parameters = run("scenarios", "--help")[1].split("\nWhat these are:\n")
    kinds = re.findall(r"^  (\w+)\n      (.*)\n      (.*)$", kinds.split("\nKinds of ")[1], re.M)
    parameters = re.findall(r"^  (\w+)\n      (.*); (.*)$", parameters, re.M)
    assert len(kinds) >= 17 and len(parameters) >= 11
    guide = GUIDE.read_text(encoding="utf-8")
    for name, meaning, takes in kinds:
        takes = ", ".join(f"`{each}`" for each in takes.split(", "))
        assert f"| `{name}` | {meaning} | {takes} |" in guide
    for name, meaning, values in parameters:
        assert f"| `{name}` | {values} | {meaning} |" in guide


def test_the_scenario_of_the_guide_is_one(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text(re.search(r"```toml\n(.*?)```", GUIDE.read_text(), re.S)[1])
    done = subprocess.run([M531X, "run", "--stdio", "--quiet", "--scenario", file], input=b"AT\r",
                          capture_output=True, timeout=20)
    assert done.returncode == 0 and done.stdout == OK, done


@pytest.fixture
def job(tmp_path):
    """job(scenario, host): what the guide's survive.sh says, and its exit status."""
    page = b"0123456789abcdef" * 20
    page = b"%08x" % zlib.crc32(page) + page

    class Pages(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", len(page))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_):
            pass

    for name in ("meter.py", "survive.sh"):
        (tmp_path / name).write_text(code_of(name))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def survive(scenario, host=f"{sys.executable} meter.py"):
        url = f"http://127.0.0.1:{server.server_port}"
        done = subprocess.run(
            ["sh", "survive.sh", scenario], cwd=tmp_path, capture_output=True, text=True,
            timeout=120,
            env={**os.environ, "M531X": os.path.abspath(M531X), "HOST": host, "URL": url})
        return done.stdout, done.returncode

    yield survive
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    "scenario",
    ["connect-refused", "reset-in-body", "wrong-body", "wrong-status", "restart-in-body",
     "restart-for-answer", "urc-before-answers", "urc-before-content"],
)
def test_the_host_of_the_guide_survives(job, scenario):
    assert job(scenario) == (f"{scenario}: survived\n", 0)


def test_a_host_that_does_not_survive_fails_the_job(job):
    out, status = job("connect-refused", "false")
    assert status == 1 and out.startswith("connect-refused: the host ended with 1\n")
    assert job("no-such-scenario")[1] == 2


def test_what_did_not_happen_is_told(job):
    assert job("tls-alert") == ("tls-alert: did not happen\n", 0)


def test_the_job_of_the_guide_is_a_shell_script():
    for name in ("survive.sh", "job.sh"):
        assert subprocess.run(["sh", "-n"], input=code_of(name).encode()).returncode == 0
