# SPDX-License-Identifier: Apache-2.0
"""Every case of tests/responses, asked for by curl and by the modem on one server."""

import gzip
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import SimpleNamespace

import pytest

from curl import CannedServer, ask
from host import OK, Host
from program import Pipes
from response_cases import METHODS, read_cases

CASES = read_cases()
MAX_REASON_BYTES = 128
UNPARSABLE, RESET, CLOSED_EARLY = -4, -14, -15


class Replay:
    """A line that says what a case has written down."""

    in_waiting = 0
    timeout = 0

    def __init__(self, data):
        self._data = data

    def read(self, _count):
        data, self._data = self._data, b""
        return data


@dataclass
class Response:
    """What a host makes of the reports of one response."""

    status: int = 0  # 0: one of 2xx, which is not told
    reason: bytes = b""
    header: bytes = b""
    content: bytes = b""
    error: int = 0
    whole: bool = False


def read_response(host):
    response = Response()
    while True:
        report = host.read_report()
        if report.name == b"+HTTPERR" and report.fields[1] < 0:
            response.error = report.fields[1]
        elif report.name == b"+HTTPERR":
            response.status = report.fields[1]
            response.reason = host.read_until(b"\r\n")[:-2].partition(b" ")[2]
        elif report.name == b"+HTTPNMIH":
            response.header += report.data
        elif report.name == b"+HTTPNMIC":
            response.content += report.data
            if report.fields[1] == 0:
                response.whole = True
                return response
        elif report.name == b"+HTTPDISCON":
            return response
        else:
            assert report.name == b"CONNECT OK", report


def ask_modem(host, url, path, method):
    """One request on an instance of its own."""
    host.create(url)
    host.type(f'AT+HTTPSEND=0,{METHODS[method]},"{path}"')
    host.expect(OK)
    response = read_response(host)
    host.type("AT+HTTPCLOSE=0")
    host.read_until(OK)
    return response


def ask_modem_all(url, cases):
    """One program for all cases of the same settings."""
    responses = {}
    for settings in sorted({tuple(case.settings) for case in cases}):
        options = [word for setting in settings for word in ("--set", setting)]
        with Pipes("run", "--stdio", *options) as line:
            host = Host(line)
            for number, case in enumerate(cases):
                if tuple(case.settings) == settings:
                    responses[number] = ask_modem(host, url, f"/{number}", case.method)
    return [responses[number] for number in range(len(cases))]


@dataclass
class Answers:
    curl: list
    modem: list


@pytest.fixture(scope="module")
def answers():
    with CannedServer(CASES) as server:
        with ThreadPoolExecutor(4) as pool:
            asked = pool.map(lambda n: ask(f"{server.url}/{n}", CASES[n].method), range(len(CASES)))
            curl = list(asked)
        return Answers(curl, ask_modem_all(server.url, CASES))


def difference(curl, modem):
    """How the two responses differ; nothing when both are accepted and the same, or refused."""
    if curl.accepts != modem.whole:
        return f"curl: {curl.error or 'accepted'}; modem: {modem.error or 'accepted'}"
    if not curl.accepts:
        return ""
    status_line, header = curl.final_head()
    status, _, reason = status_line.partition(b" ")[2].strip().partition(b" ")
    if int(status[:3]) != (modem.status or 200) and (modem.status or status[:1] != b"2"):
        return f"status {status_line!r}, {modem.status}"
    if modem.status and reason and reason[:MAX_REASON_BYTES].strip() != modem.reason.strip():
        return f"reason {reason!r}, {modem.reason!r}"
    if header != modem.header:
        return f"header {header!r}, {modem.header!r}"
    if curl.content != modem.content:
        return f"content {curl.content!r}, {modem.content!r}"
    return ""


def pick(kind):
    return [n for n, case in enumerate(CASES) if case.curl.startswith(kind)]


def told(case, curl, modem):
    return f"{case.name}: {difference(curl, modem)}"


def test_every_case_says_what_curl_does():
    assert len(CASES) >= 300
    assert sorted(pick("accepts") + pick("refuses") + pick("differs: ")) == list(range(len(CASES)))


def test_what_curl_accepts_the_modem_reports_alike(answers):
    wrong = [told(CASES[n], answers.curl[n], answers.modem[n]) for n in pick("accepts")
             if not answers.curl[n].accepts or difference(answers.curl[n], answers.modem[n])]
    assert not wrong, "\n".join(wrong)


def test_what_curl_refuses_the_modem_refuses(answers):
    wrong = [told(CASES[n], answers.curl[n], answers.modem[n]) for n in pick("refuses")
             if answers.curl[n].accepts or answers.modem[n].whole
             or answers.modem[n].error not in (UNPARSABLE, RESET, CLOSED_EARLY)]
    assert not wrong, "\n".join(wrong)


def test_where_they_are_said_to_differ_they_do(answers):
    wrong = [CASES[n].name for n in pick("differs: ")
             if not difference(answers.curl[n], answers.modem[n])]
    assert not wrong, "\n".join(wrong)


def test_modem_reports_what_the_case_says(answers):
    """The same as on the bench, whatever reads the network makes of the bytes."""
    for case, modem in zip(CASES, answers.modem):
        expected = read_response(Host(Replay(case.heard)))
        if not expected.whole:  # how much of a header goes out before its fault depends on the reads
            expected.header = modem.header
        assert modem == expected, case.name


def test_gzip_is_handed_on_and_curl_inflates_it(answers):
    names = ["transfer_encoding.gzip, then chunked", "transfer_encoding.gzip alone"]
    numbers = [n for n, case in enumerate(CASES) if case.name in names]
    assert len(numbers) == len(names)
    for n in numbers:
        assert gzip.decompress(answers.modem[n].content) == answers.curl[n].content == b"ab"


STATUS_LINE = b"HTTP/1.1 200 OK\r\n"
END = b"Content-Length: 2\r\n\r\nab"
MAX_LINE_BYTES = 102_399
MAX_HEADER_BYTES = 307_200


def line_of(size):
    return STATUS_LINE + b"A: " + b"v" * (size - 5) + b"\r\n" + END


def header_of(size):
    lines = b"".join(b"A: " + b"v" * 50_000 + b"\r\n" for _ in range(6))
    left = size - len(STATUS_LINE + lines + END) + len(b"ab")
    return STATUS_LINE + lines + b"B: " + b"w" * (left - 5) + b"\r\n" + END


@pytest.mark.parametrize("make, limit", [(line_of, MAX_LINE_BYTES), (header_of, MAX_HEADER_BYTES)])
def test_default_limits_are_those_of_curl(make, limit):
    cases = [SimpleNamespace(name=str(size), method="GET", settings=[], end="closed",
                             sent=make(size))
             for size in (limit - 1, limit, limit + 1)]
    with CannedServer(cases) as server:
        curl = [ask(f"{server.url}/{n}", "GET") for n in range(len(cases))]
        modem = ask_modem_all(server.url, cases)
    assert [result.accepts for result in curl] == [True, True, False]
    for case, by_curl, by_modem in zip(cases, curl, modem):
        assert not difference(by_curl, by_modem), case.name
    assert modem[2].error == UNPARSABLE
