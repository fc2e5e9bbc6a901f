# SPDX-License-Identifier: Apache-2.0
"""m531x fleet against a server on loopback, and what --metrics tells."""

import collections
import http.server
import json
import re
import signal
import threading
import urllib.error
import urllib.request

import pytest

PAGE = b"twenty-four hours, fine.\n"


class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        self.server.asked[self.path] += 1
        if self.path == "/silent":
            self.server.silent.release()
            self.server.over.wait(20)
            self.close_connection = True
            return
        if self.path == "/mixed/0":
            self.server.over.wait(20)
            self.close_connection = True
            return
        if self.path == "/mixed/1":
            self.endless_line()
            return
        self.send_response(404 if self.path == "/nowhere" else 200)
        self.send_header("Content-Length", str(len(PAGE)))
        if self.path == "/closing":
            self.send_header("Connection", "close")
        self.end_headers()
        if self.path == "/mixed/2":
            for byte in PAGE:
                self.wfile.write(bytes([byte]))
            return
        self.wfile.write(PAGE)

    def endless_line(self):
        self.close_connection = True
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
        try:
            while not self.server.over.wait(0.001):
                self.wfile.write(b"a" * 1000)
        except OSError:
            pass

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 256
    daemon_threads = True
    block_on_close = False


@pytest.fixture
def web():
    running = Server(("127.0.0.1", 0), Answer)
    running.over = threading.Event()
    running.asked = collections.Counter()
    running.silent = threading.Semaphore(0)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield running
    running.over.set()
    running.shutdown()
    running.server_close()


@pytest.fixture
def server(web):
    return f"http://127.0.0.1:{web.server_port}"


@pytest.fixture
def fleet(start, tmp_path):
    """fleet(option…) runs one to its end: the exit status, the JSON report, the text."""

    def run(*options):
        path = tmp_path / "report.json"
        program = start("fleet", "--report", path, *options)
        status = program.wait()
        return status, json.loads(path.read_text()), program.said

    return run


def test_hundred_modems(fleet, server):
    status, report, said = fleet("--modems", 100, "--server", server + "/page", "--cycles", 3)
    assert status == 0, said
    assert (report["cycles"], report["failed_cycles"], report["errors"]) == (300, 0, [])
    assert report["latency"]["cycle"]["count"] == 300
    assert report["latency"]["connect"]["count"] == 100
    assert 0 < report["latency"]["cycle"]["p50_s"] <= report["latency"]["cycle"]["max_s"]
    assert report["bytes"]["from_server"] >= 300 * len(PAGE)
    assert report["samples"][-1]["cycles"] == 300
    assert "300 as expected, 0 failed" in said


def test_errors_by_code(fleet, server):
    status, report, said = fleet("--modems", 5, "--server", server + "/nowhere", "--cycles", 2)
    assert status == 1, said
    assert report["failed_cycles"] == 10
    assert [(error["code"], error["count"]) for error in report["errors"]] == [
        ("+HTTPERR:404", 10)
    ]


def test_silence(fleet, server):
    options = ("--server", server + "/silent", "--cycles", 1, "--patience", "500ms")
    status, report, said = fleet("--modems", 3, *options)
    assert status == 1, said
    assert ("no answer", 3) in [(error["code"], error["count"]) for error in report["errors"]]


def test_cycles_that_the_end_cuts_off(start, server, web, tmp_path):
    path = tmp_path / "report.json"
    options = ("--modems", 3, "--server", server + "/silent", "--report", path)
    program = start("fleet", *options)
    for _ in range(3):
        assert web.silent.acquire(timeout=20)
    program.send(signal.SIGINT)
    program.send(signal.SIGTERM)  # at once
    assert program.wait() == 1, program.said
    report = json.loads(path.read_text())
    assert report["failed_cycles"] == 3
    assert [(error["code"], error["count"]) for error in report["errors"]] == [("unfinished", 3)]


def test_nothing_done_is_no_success(start, server):
    program = start("fleet", "--modems", 2, "--server", server + "/", "--duration", "0ms")
    assert program.wait() == 1, program.said
    assert "0 as expected, 0 failed" in program.said


@pytest.mark.parametrize("model", ["M5310-A", "M5311"])
def test_a_server_that_closes_in_good_order(fleet, server, model):
    options = ("--modems", 5, "--server", server + "/closing", "--cycles", 3, "--model", model)
    status, report, said = fleet(*options)
    assert (status, report["cycles"], report["errors"]) == (0, 15, []), said


def test_a_host_that_cannot_begin_gives_up(fleet, server, tmp_path):
    script = tmp_path / "host.md"
    script.write_text("# Start\n```m531x\n> AT\n< NO\n```\n# Cycle\n```m531x\n> AT\n< OK\n```\n")
    status, report, said = fleet("--modems", 2, "--server", server, "--script", script)
    assert status == 1, said
    assert {error["code"]: error["count"] for error in report["errors"]} == {
        "not expected": 10,
        "gave up": 2,
    }


def test_a_host_thinks_after_a_failure_too(fleet, server):
    options = ("--server", server + "/nowhere", "--duration", "2s", "--think", "1h")
    status, report, said = fleet("--modems", 5, *options)
    assert status == 1, said
    assert report["failed_cycles"] == 5


def test_as_hardware_begins_with_a_network(fleet, server):
    options = ("--server", server + "/", "--cycles", 1, "--as-hardware")
    status, report, said = fleet("--modems", 3, *options)
    assert (status, report["cycles"], report["errors"]) == (0, 3, []), said


def test_script_with_variables(fleet, server, tmp_path):
    script = tmp_path / "host.md"
    script.write_text(
        "# Cycle\n```m531x\n> AT+CGSN=1\n< +CGSN:${imei}\n< OK\n+10ms\n> AT+CIMI\n< ${imsi}\n< OK\n"
        "```\n"
    )
    options = ("--modems", 20, "--server", server, "--cycles", 2, "--script", script)
    status, report, said = fleet(*options)
    assert status == 0, said
    assert report["cycles"] == 40


def test_what_is_not_expected(fleet, server, tmp_path):
    script = tmp_path / "host.md"
    script.write_text("# Cycle\n```m531x\n> AT\n< NO\n```\n")
    options = ("--modems", 2, "--server", server, "--cycles", 1, "--script", script)
    status, report, said = fleet(*options)
    assert status == 1, said
    assert report["errors"][0]["code"] == "not expected"
    assert report["errors"][0]["count"] == 2


def test_same_seed_same_choices(fleet, server, web, tmp_path):
    """Which modem is refused how often is up to the seed, and not to who comes first."""
    script = tmp_path / "host.md"
    script.write_text(
        '# Cycle\n```m531x\n> AT+HTTPCREATE="${server}"\n< ...\n< OK\n'
        '> AT+HTTPSEND=0,0,"/of/${n}"\n< OK\n< ...\n<< \\r\\n+HTTPNMIC:0,0,\n< ...\n'
        "> AT+HTTPCLOSE=0\n< ...\n< OK\n```\n# Recover\n```m531x\n> AT+HTTPCLOSE=0\n< ...\n```\n"
    )
    scenario = tmp_path / "refused.toml"
    scenario.write_text('[[fault]]\nkind = "connect_refused"\ntimes = 0\nchance = 40\n')
    options = ("--server", server, "--cycles", 6, "--script", script, "--scenario", scenario)
    runs = []
    for seed in (7, 7, 8):
        web.asked.clear()
        _, report, said = fleet("--modems", 20, "--think", "0ms..20ms", "--seed", seed, *options)
        assert report["cycles"] + report["failed_cycles"] == 6 * 20, said
        assert report["cycles"] == web.asked.total()
        runs.append((dict(web.asked), report["errors"]))
    assert runs[0] == runs[1]
    assert runs[0][0] != runs[2][0]


def test_rate(fleet, server):
    options = ("--server", server + "/", "--duration", "3s", "--rate", 20)
    status, report, said = fleet("--modems", 50, *options)
    assert status == 0, said
    assert 30 <= report["cycles"] <= 61


def values_at(url):
    with urllib.request.urlopen(url, timeout=20) as answer:
        assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        lines = answer.read().decode().splitlines()
    return {
        line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1])
        for line in lines
        if not line.startswith("#")
    }


def test_interrupted(start, server, tmp_path):
    path = tmp_path / "report.html"
    options = ("--server", server + "/", "--think", "10ms..50ms", "--report", path)
    program = start("fleet", "--modems", 10, "--metrics", "0", *options)
    url = program.wait_said(r"metrics at (http://\S+)")[1]
    while values_at(url)["m531x_cycles_total"] == 0:
        pass
    assert values_at(url)["m531x_modems"] == 10
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(url + "x", timeout=20)
    assert program.stop(signal.SIGINT) == 0
    assert re.search(r"Cycles +[1-9]\d* as expected, 0 failed", program.said)
    assert "<polyline" in path.read_text()


def test_metrics_of_run(modem):
    host, program = modem("--metrics", "0")
    url = program.wait_said(r"metrics at (http://127\.0\.0\.1:\S+)")[1]
    before = values_at(url)["m531x_lines_total"]
    host.type("AT")
    host.read_until(b"\r\nOK\r\n")
    values = values_at(url)
    assert values["m531x_lines_total"] == before + 1
    assert values["m531x_modems"] == 1
    assert values["process_open_fds"] > 0


@pytest.mark.parametrize(
    "options, complaint",
    [
        (["--server", "127.0.0.1"], "it must be a URL"),
        (["--server", "http://127.0.0.1/", "--think", "2s..1s"], "from the shorter to the longer"),
        (["--server", "http://127.0.0.1/", "--duration", "3"], "write a time as"),
        (["--server", "http://127.0.0.1/", "--report", "a.pdf"], "must end in .json"),
        (["--server", "http://127.0.0.1/", "--modems", "1000000"], r"bind first: \d+ modems"),
        (["--server", "https://127.0.0.1/", "--model", "M5310-A"], "the M5310-A has no https"),
        (["--server", "http://me:secret@127.0.0.1/"], "parameters of AT.HTTPCREATE"),
        (["--server", "http://127.0.0.1/", "--cycles", "0"], "not in range"),
        ([], "--server is required"),
    ],
)
def test_refused(start, options, complaint):
    program = start("fleet", *options)
    assert program.wait() != 0
    assert re.search(complaint, program.said)


def test_misbehaving_modems_among_others(fleet, server, tmp_path):
    """A server that is silent, one that never ends a header line, one that sends single bytes: the
    other modems of the process do all their cycles."""
    script = tmp_path / "host.md"
    script.write_text(
        '# Start\n```m531x\n+500ms\n> AT+HTTPCREATE="${server}"\n< ...\n< OK\n```\n'
        '# Cycle\n```m531x\n> AT+HTTPSEND=0,0,"/mixed/${n}"\n< OK\n< ...\n'
        "<< \\r\\n+HTTPNMIC:0,0,\n< ...\n```\n"
    )
    options = ("--server", server, "--cycles", 5, "--patience", "2s", "--script", script)
    status, report, said = fleet("--modems", 40, *options)
    assert status == 1, said
    assert report["cycles"] == 5 * 38, said
    assert report["failed_cycles"] == 5 * 2
