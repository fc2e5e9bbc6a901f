# SPDX-License-Identifier: Apache-2.0
"""m531x check: our own modem on a port as the module under check."""

import collections
import concurrent.futures
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import tomllib
import xml.etree.ElementTree as ElementTree

import pytest

from program import DEADLINE_S, Program, run

TRANSCRIPTS = pathlib.Path(__file__).parent.parent / "transcripts"
QUICK = ("--quiet-time", 60)
# As the transcripts have it, who do not wait for a registration; and no name is asked of anybody.
AT_ONCE = ("--set", "network.registration_delay_ms=0", "--set", "dns.server=127.0.0.1:9")
GET = """\
> AT+HTTPCREATE="a.example"
< +HTTPCREATE:0
< OK
> AT+HTTPSEND=0,0,"/"
< OK
net 0 connect a.example:80
net 0 opened
< CONNECT OK
net 0 < GET / HTTP/1.1
net 0 < Host: a.example
net 0 <
"""


def check(*arguments, deadline_s=DEADLINE_S):
    """Runs m531x check to its end: status and all that it said."""
    program = Program("check", *arguments)
    status = program.wait(deadline_s)
    return status, program.said


def transcript(path, *blocks, top=""):
    """A file of blocks, each a heading and lines."""
    text = "".join(f"## {name}\n\n```m531x\n{top}{lines}```\n\n" for name, lines in blocks)
    path.write_text(text)
    return path


def line_of(path, text, nth=1):
    """The number of the nth line that is `text`."""
    numbers = [n for n, line in enumerate(path.read_text().splitlines(), 1) if line == text]
    return numbers[nth - 1]


@pytest.fixture
def module(start, tmp_path):
    """module(option…) is a module on a PTY: the options that name it to the check."""

    def run_module(*options):
        link = tmp_path / "module"
        module.program = start("run", "--pty", link, *AT_ONCE, *options)
        module.program.wait_said(str(link))
        return ("--port", link, *QUICK)

    module = run_module
    return run_module


# ---- our own transcripts ----


def blocks_by_settings():
    """{(model, settings…): ["file:line ", …]} of all blocks in tests/transcripts."""
    groups = collections.defaultdict(list)
    for path in sorted(TRANSCRIPTS.glob("**/*.md")):
        where, model, sets = None, "", []
        for number, line in enumerate(path.read_text(errors="surrogateescape").splitlines(), 1):
            if line == "```m531x":
                where, model, sets = number, "M5310-A", []
            elif where and line.startswith("model "):
                model = line[6:]
            elif where and line.startswith("set "):
                sets.append(line[4:])
            elif where and line.startswith("```"):
                groups[(model, *sorted(sets))].append(f"{path}:{where} ")
                where = None
    return groups


def check_own_modem(link, model, sets, names):
    """Plays the blocks of these names to a module with these settings: (exit status, output)."""
    device = ["--model", model, *(word for text in sets for word in ("--set", text))]
    module = Program("run", "--pty", link, *AT_ONCE, *device)
    try:
        module.wait_said(str(link))
        files = sorted({name.rsplit(":", 1)[0] for name in names})
        only = [word for name in names for word in ("--only", name)]
        restart = "AT+NRB" if model == "M5310-A" else "AT+CMRB"
        return check(
            *files, *only, "--port", link, *QUICK, *device, "--reset", restart,
            "--longest-wait", 2500, "--patience", 10_000, deadline_s=400,
        )  # fmt: skip
    finally:
        module.stop()


def test_our_own_modem_passes_its_transcripts(tmp_path, capsys):
    counts, reasons, wrong = collections.Counter(), collections.Counter(), []
    groups = blocks_by_settings()
    total = sum(map(len, groups.values()))
    # A module that is deaf when the check begins is no module to the check.
    deaf = [key for key in groups if any(text.startswith("boot.duration_ms") for text in key[1:])]
    for names in map(groups.pop, deaf):
        counts["skipped"] += len(names)
        reasons["the module is still deaf when the check begins"] += len(names)
    # They wait for silence most of the time.
    with concurrent.futures.ThreadPoolExecutor(max_workers=4) as pool:
        checks = [
            (names, pool.submit(check_own_modem, tmp_path / f"module{number}", model, sets, names))
            for number, ((model, *sets), names) in enumerate(groups.items())
        ]
    for names, playing in checks:
        status, said = playing.result()
        results = re.findall(r"^(ok|skipped|differs) +\S+:\d+ \S+?(?:: (.*))?$", said, re.M)
        assert len(results) == len(names), said
        counts.update(result for result, _ in results)
        reasons.update(why for result, why in results if result == "skipped")
        if status != (0 if "ok" in dict(results) else 2):
            wrong.append(said)
    with capsys.disabled():
        print(f"\n{total} blocks: {counts['ok']} played, {counts['skipped']} skipped")
        for why, count in reasons.most_common():
            print(f"{count:6} skipped: {why}")
    assert not wrong, "\n".join(re.sub(r"(?m)^(ok|skipped| +\d+ skipped).*\n", "", said) for said in wrong)
    # Nobody makes a module on a desk go wrong.
    faulty = reasons["the check cannot make a module go wrong"]
    assert faulty > 0
    # Nor has the check a LwM2M server.
    coap = reasons["the check has no LwM2M server"]
    assert coap > 0
    assert counts["ok"] >= 0.58 * (total - faulty - coap)
    assert counts["ok"] + counts["skipped"] == total


# ---- what differs ----

DIFFERENT = (
    ("Too much is expected", "> AT\n< OK\n< OK\n", "> AT", "- << \\r\\n"),
    ("Too little is expected", "> AT\n", "> AT", "+ << OK\\r\\n"),
    ("Something else is expected", "> AT\n< ERROR\n", "> AT", "- << ERROR\\r\\n"),
    ("No connection comes", GET.replace("> AT+HTTPSEND=0,0,\"/\"", "> AT"), "net 0 opened", "net 0 connect"),
    ("Another request", GET.replace("GET", "PUT"), "net 0 opened", "- net 0 << PUT / HTTP/1.1\\r\\n"),
    ("A connection that nobody expects",
     GET + 'net 0 reset\n< +HTTPERR:0,-14\n< +HTTPDISCON:0\n> AT+HTTPSEND=0,0,"/2"\n< OK\n',
     '> AT+HTTPSEND=0,0,"/2"', "+ net ? connect"),
    ("It does not close", GET + "> AT+HTTPCREATE=\"b.example\"\n< +HTTPCREATE:1\n< OK\nnet 0 close\n",
     '> AT+HTTPCREATE="b.example"', "- net 0 close"),
    ("It closes", GET + "> AT+HTTPCLOSE=0\n< OK\n", "> AT+HTTPCLOSE=0", "+ net 0 close"),
    ("After anything, not this", "> AT\n< ...\n< ERROR\n", "> AT", "- < ..."),
    ("It comes before its time",
     GET + "net 0 > HTTP/1.1 200 OK\nnet 0 >\n< +HTTPNMIH:0,0,0\n<< \\r\\n\n> AT+HTTP\\\nnet 0 closed\n"
     "+1999ms\n+1ms\n< +HTTPNMIC:0,0,0,0,0\n<< \\r\\n\n< +HTTPDISCON:0\n", "+1999ms", "+HTTPNMIC"),
    ("It does not come in time", "> AT\n< OK\n+100ms\n< +CEREG:1\n", "+100ms", "- << +CEREG:1"),
)  # fmt: skip


def test_each_difference_is_shown_with_its_line(module, tmp_path):
    port = module()
    path = transcript(tmp_path / "bad.md", *((name, lines) for name, lines, _, _ in DIFFERENT))
    blocks = [("Good before", "> AT\n< OK\n"), *((name, lines) for name, lines, _, _ in DIFFERENT),
              ("Good after", GET + "> AT+HTTPCLOSE=0\n< OK\nnet 0 close\n")]  # fmt: skip
    transcript(path, *blocks)
    status, said = check(path, *port, "--patience", 600, "--tolerance", 100)
    assert status == 1
    assert re.search(r"^ok .*Good_before$", said, re.M) and re.search(r"^ok .*Good_after$", said, re.M)
    for name, _, after, shown in DIFFERENT:
        part = re.search(rf"^differs +\S+:\d+ {name.replace(' ', '_').replace(',', '')}\n(.*?)^\S* +/",
                         said, re.M | re.S)  # fmt: skip
        assert part, (name, said)
        head, *lines = part[1].splitlines()
        where = re.fullmatch(rf"{re.escape(str(path))}:(\d+): after `(.*)` \(- expected, \+ received\)", head)
        assert where, head
        assert path.read_text().splitlines()[int(where[1]) - 1] == where[2].removesuffix(" ...") == after
        assert any(shown in line for line in lines), (name, lines)
    assert f"{len(DIFFERENT) + 2} blocks: 2 ok, {len(DIFFERENT)} differ, 0 skipped" in said


def test_modem_of_another_variant_differs(module, tmp_path):
    port = module("--set", "variant.disconnect_name=DICONN")
    report = tmp_path / "check.xml"
    path = TRANSCRIPTS / "variants.md"
    status, said = check(path, *port, "--junit", report)
    assert status == 1
    line = line_of(path, "net 0 closed")
    assert f"{path}:{line}: after `net 0 closed`" in said
    assert "    - << +HTTPDISCON:0\\r\\n\n    + << +HTTPDICONN:0\\r\\n\n" in said
    suites = ElementTree.parse(report).getroot()
    assert (suites.tag, suites.get("failures"), suites.get("errors")) == ("testsuites", "1", "0")
    [suite] = suites
    assert suite.get("name") == str(path)
    assert len(suite) == int(suites.get("tests")) == path.read_text().count("```m531x\n")
    [failed] = [case for case in suite if case.find("failure") is not None]
    assert (failed.get("file"), failed.get("line")) == (str(path), str(line_of(path, "```m531x")))
    assert failed.get("name") == "variant_disconnect_name"
    assert "+ << +HTTPDICONN:0\\r\\n" in failed.find("failure").text
    assert failed.find("failure").get("message").startswith(f"{path}:{line}: ")
    skipped = [case.find("skipped") for case in suite if case.find("skipped") is not None]
    assert len(skipped) == int(suites.get("skipped")) > 0
    assert all(case.get("message") for case in skipped)


def test_what_cannot_be_played_is_skipped_with_its_reason(module, tmp_path):
    port = module()
    reasons = {
        "Other model": ("model M5311\n> AT\n< OK\n", "it is for the M5311"),
        "Setting": ("set tcp.mss=460\n> AT\n< OK\n", "tcp.mss=460 is not what the module is said"),
        "Reset": ("reset pressed\n", "press reset"),
        "Coverage": ("coverage lost\n", "the coverage"),
        "Host": ("host stops reading\n", "the host does not"),
        "Names": ("> AT+CMDNS=a\n< OK\nresolve a\n", "no name server"),
        "Unanswered": (
            '> AT+HTTPCREATE="a.example";+HTTPCREATE="b.example"\n< +HTTPCREATE:0\n< +HTTPCREATE:1\n< OK\n'
            '> AT+HTTPSEND=0,0,"/";+HTTPSEND=1,0,"/"\n< OK\n'
            "net 0 connect a.example:80\nnet 1 connect b.example:80\n> AT\n< OK\n",
            "several connections would have to stay unanswered",
        ),
        "Late": (
            GET.replace("net 0 opened", "> AT\n< OK\nnet 0 opened") + "+300ms\n",
            "an answer to a connection that was held takes too long",
        ),
        "Clock": ("> AT+CCLK?\n< ...\n< OK\n", "the time of day"),
        "Attempt": (GET[: GET.index("net 0 opened")] + "net 0 no_route\n", "an attempt to connect"),
        "End": (GET + "net 0 silence_timeout\n", "a connection end like that"),
        "TLS": (GET.replace("connect a", "connect tls a"), "TLS"),
        "Stores": ("> AT&W\n< OK\n", "&W changes what"),
        "Changes": ("> AT+CEREG=1\n< OK\n", "--reset"),
        "Off": ("> AT+CPOF\n< ERROR\n", "switches the module off"),
        "Line end": ("> ATS3=30\n< OK\n", "ends a line"),
        "Too long": ("+11s\n", "--longest-wait"),
        "Server": (GET.replace('"a.example"', '"http://u@a.example"'), "where it can be replaced"),
    }
    path = transcript(tmp_path / "a.md", *((name, lines) for name, (lines, _) in reasons.items()))
    status, said = check(path, *port)
    assert status == 2 and "no block could be played" in said
    for name, (_, why) in reasons.items():
        name = name.replace(" ", "_")
        assert re.search(rf"^skipped +\S+ {name}: .*{re.escape(why)}", said, re.M), (name, said)
    status, said = check(path, *port, "--set", "tcp.mss=460", "--only", "Setting")
    assert status == 0 and "1 ok" in said


def test_connection_that_stays_unanswered(module, tmp_path):
    port = module()
    path = transcript(
        tmp_path / "a.md",
        ("Later", GET.replace("net 0 opened", "> AT+HTTPHEADER=0,\"A: b\"\n< ERROR\nnet 0 opened")),
        ("Refused later", GET[: GET.index("net 0 opened")] + "> AT\n< OK\nnet 0 refused\n< +HTTPERR:0,-14\n"),
        ("Never", GET[: GET.index("net 0 opened")]),
        ("After it", GET),
        ("It is answered", GET[: GET.index("net 0 opened")] + "> AT\n< OK\n< CONNECT OK\n"),
    )
    status, said = check(path, *port, "--patience", 8000, "--only", "Later", "--only", "later",
                         "--only", "Never", "--only", "After_it")  # fmt: skip
    assert status == 0 and "4 ok" in said, said
    status, said = check(path, *port, "--patience", 600, "--only", "answered")
    assert status == 1 and "    - << CONNECT OK" in said
    with socket.create_server(("127.0.0.1", 0)) as free:
        at = free.getsockname()
    status, said = check(path, *port, "--listen", f"127.0.0.1:{at[1]}", "--only", "Later")
    assert status == 2 and "unanswered, on a port of its own" in said


def test_block_that_needs_a_restart_has_it(module, tmp_path):
    port = module()
    path = transcript(
        tmp_path / "a.md",
        ("Changes", "> AT+CEREG=1\n< OK\n> AT+CEREG?\n< +CEREG:1,1\n< OK\n"),
        ("Has forgotten", "> AT+CEREG?\n< +CEREG:0,1\n< OK\n"),
    )
    status, said = check(path, *port, "--reset", "AT+NRB")
    assert status == 0, said
    status, said = check(path, *port, "--reset", "AT", "--patience", 300)
    assert status == 2 and "does not say REBOOT_CAUSE_ after AT" in said


# ---- limits ----


def test_longest_wait(module, tmp_path):
    port = module()
    path = transcript(tmp_path / "a.md", ("A", "> AT\n< OK\n+60ms\n> AT\n< OK\n+40ms\n"))
    for longest, status in ((99, 2), (100, 0), (101, 0)):
        assert check(path, *port, "--longest-wait", longest, "--tolerance", 1)[0] == status


def test_silence_that_nobody_can_tell(module, tmp_path):
    port = module()
    path = transcript(tmp_path / "a.md", ("A", "> AT\n< OK\n+60ms\n"))
    for tolerance, status in ((59, 0), (60, 0), (61, 2)):
        status_now, said = check(path, *port, "--tolerance", tolerance)
        assert status_now == status
    assert "a silence of 60 ms is shorter than --tolerance" in said


@pytest.mark.parametrize("option", ["--patience", "--quiet-time", "--tolerance", "--longest-wait"])
def test_times_have_bounds(option, module, tmp_path):
    path = transcript(tmp_path / "a.md", ("A", "> AT\n< OK\n"))
    for value in ("0", "3600001", "x"):
        status, said = check(path, "--port", tmp_path / "none", option, value)
        assert status == 2 and option in said
    for value in ("1", "3600000"):
        status, said = check(path, "--port", tmp_path / "none", option, value)
        assert status == 2 and "cannot open it: No such file" in said


# ---- what goes wrong ----


def test_port_that_is_unplugged_in_the_middle(module, tmp_path):
    port = module()
    report = tmp_path / "check.xml"
    path = transcript(
        tmp_path / "a.md", ("First", "> AT\n< OK\n"), ("Second", "+5s\n> AT\n< OK\n"), ("Third", "> AT\n< OK\n")
    )
    running = Program("check", path, *port, "--junit", report)
    running.wait_said(r"ok .*First")
    assert module.program.stop(signal.SIGKILL) == -signal.SIGKILL
    assert running.wait() == 2
    assert re.search(r"^m531x: \S*module is gone: .+$", running.said, re.M)
    assert "3 blocks: 1 ok, 0 differ, 1 skipped, 1 stopped" in running.said
    suites = ElementTree.parse(report).getroot()
    assert (suites.get("errors"), suites.get("skipped")) == ("1", "1")
    assert "is gone" in suites[0][1].find("error").text


def test_port_that_never_answers(tmp_path):
    near, far = os.openpty()
    path = transcript(tmp_path / "a.md", ("A", "> AT\n< OK\n"))
    try:
        status, said = check(path, "--port", os.ttyname(far), "--patience", 300)
    finally:
        os.close(near)
        os.close(far)
    assert status == 2
    assert re.search(r"^m531x: \S+ does not answer ATQ0V1E0 within 300 ms$", said, re.M)


def test_server_port_in_use(module, tmp_path):
    port = module()
    path = transcript(tmp_path / "a.md", ("A", "> AT\n< OK\n"))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        at = f"127.0.0.1:{taken.getsockname()[1]}"
        status, said = check(path, *port, "--listen", at)
    assert status == 2
    assert said == f"m531x: --listen {at}: cannot listen there: Address already in use\n"


def test_signal_ends_it(module, tmp_path):
    port = module()
    path = transcript(tmp_path / "a.md", ("First", "> AT\n< OK\n"), ("Second", "+9s\n> AT\n< OK\n"))
    running = Program("check", path, *port)
    running.wait_said(r"ok .*First")
    assert running.stop() == 2
    assert "ended by a signal" in running.said


@pytest.mark.parametrize(
    "arguments, words",
    [
        (("{md}",), "say --port or --tcp"),
        (("--port", "x"), "name transcripts, or --learn"),
        (("{md}", "--port", "x", "--tcp", "1"), "excludes"),
        (("{md}", "--port", "{dir}/none"), "cannot open it"),
        (("{md}", "--port", "/dev/null"), "it is not a serial port"),
        (("{md}", "--port", "/dev/null@1"), "--port /dev/null@1: the rate must be"),
        (("{md}", "--tcp", "x"), "--tcp x: the port must be"),
        (("{md}", "--port", "x", "--listen", "x"), "--listen x: the port must be"),
        (("{md}", "--port", "x", "--listen", "0.0.0.0:0"), "say with --url"),
        (("{md}", "--port", "x", "--url", "ftp://a"), "write http://HOST:PORT"),
        (("{md}", "--port", "x", "--url", "http://"), "write http://HOST:PORT"),
        (("{dir}/none.md", "--port", "x"), "none.md: cannot read it: No such file"),
        (("{dir}", "--port", "x"), "cannot read it: Is a directory"),
        (("{empty}", "--port", "x"), "it has no ```m531x block"),
        (("{faulty}", "--port", "x"), "faulty.md:5: not a line of a transcript: hello"),
        (("{md}", "--port", "x", "--only", "nothing"), "no block has that name"),
        (("{md}", "--port", "x", "--set", "a=b"), "there is no setting a"),
    ],
)
def test_mistakes(arguments, words, tmp_path):
    places = {
        "md": transcript(tmp_path / "a.md", ("A", "> AT\n< OK\n")),
        "dir": tmp_path,
        "empty": transcript(tmp_path / "empty.md"),
        "faulty": transcript(tmp_path / "faulty.md", ("A", "> AT\nhello\n")),
    }
    status, said, errors = run("check", *(text.format(**places) for text in arguments))
    assert (status, said) == (2, "")
    assert words in errors and errors.startswith("m531x: ") and errors.count("\n") == 1


# ---- other ways to the module ----


def test_serial_port_with_a_rate(start, tmp_path):
    host_side, module_side = tmp_path / "host", tmp_path / "board"
    cable = subprocess.Popen(
        ["socat", "-d", "-d", f"PTY,raw,echo=0,link={host_side}", f"PTY,raw,echo=0,link={module_side}"],
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        while "starting data transfer loop" not in cable.stderr.readline():
            assert cable.poll() is None
        start("run", "--serial", f"{module_side}@115200", *AT_ONCE).wait_said("Serial")
        path = transcript(tmp_path / "a.md", ("A", GET + "> AT+HTTPCLOSE=0\n< OK\nnet 0 close\n"))
        status, said = check(path, "--port", f"{host_side}@115200", *QUICK)
        assert status == 0, said
        settings = subprocess.run(
            ["stty", "-F", host_side, "-a"], capture_output=True, text=True, check=True
        ).stdout
        assert "speed 115200 baud" in settings and "-icanon" in settings
    finally:
        cable.terminate()
        cable.wait(DEADLINE_S)


def test_module_behind_tcp(start, tmp_path):
    module = start("run", "--tcp", "0", *AT_ONCE)
    at = module.wait_said(r"127\.0\.0\.1:\d+")[0]
    path = transcript(tmp_path / "a.md", ("A", GET + "> AT+HTTPCLOSE=0\n< OK\nnet 0 close\n"))
    status, said = check(path, "--tcp", at, *QUICK)
    assert status == 0, said
    module.stop()
    status, said = check(path, "--tcp", at)
    assert status == 2 and f"--tcp {at}: cannot connect to it: Connection refused" in said


def test_url_is_what_the_module_types(module, tmp_path):
    port = module()
    path = transcript(tmp_path / "a.md", ("A", GET + "> AT+HTTPCLOSE=0\n< OK\nnet 0 close\n"))
    with socket.create_server(("127.0.0.1", 0)) as free:
        at = free.getsockname()[1]
    where = ("--listen", f"127.0.0.1:{at}", "--url", f"http://localhost:{at}")
    status, said = check(path, *port, *where)
    assert status == 0, said
    two = GET + '> AT+HTTPCREATE="b.example"\n< +HTTPCREATE:1\n< OK\n'
    two += GET[GET.index("> AT+HTTPSEND") :].replace("0,0,", "1,0,").replace("net 0", "net 1").replace("a.ex", "b.ex")
    two += "> AT+HTTPCLOSE=0;+HTTPCLOSE=1\n< OK\nnet 0 close\nnet 1 close\n"
    transcript(path, ("Two", two))
    status, said = check(path, *port, *where)
    assert status == 2 and "it has two servers, --url one" in said
    assert check(path, *port)[0] == 0


# ---- learning ----

MODELS = {row["model"]: row["settings"] for row in json.loads(run("models", "--json")[1])}


def variants():
    """(key, value) for every value of every variant setting, as the help lists them."""
    rows = re.findall(r"^  (variant\.\w+)\n      .*; (.*); default", run("run", "--help")[1], re.M)
    assert {key for key, _ in rows} == {key for key in MODELS["M5310-A"] if key.startswith("variant.")}
    return [(key, value) for key, names in rows for value in re.split(", | or ", names)]


def learned(port, path):
    status, said = check("--learn", path, *port, "--patience", 15_000)
    assert status == 0, said
    profile = tomllib.loads(path.read_text())
    values = {
        f"variant.{field}": str(value).lower() if isinstance(value, bool) else value
        for field, value in profile["variant"].items()
    }
    return profile["model"], values


@pytest.mark.parametrize("key, value", variants())
@pytest.mark.parametrize("model", ["M5310-A", "M5311"])
def test_learned_profile_is_the_variant(model, key, value, module, tmp_path):
    port = module("--model", model, "--set", f"{key}={value}")
    wanted = {k: v for k, v in MODELS[model].items() if k.startswith("variant.")} | {key: value}
    assert learned(port, tmp_path / "desk.toml") == (model, wanted)


@pytest.mark.parametrize("model", ["M5312", "M5313"])
def test_learned_model(model, module, tmp_path):
    port = module("--model", model)
    wanted = {k: v for k, v in MODELS[model].items() if k.startswith("variant.")}
    assert learned(port, tmp_path / "desk.toml") == (model, wanted)


def test_learned_profile_is_taken_by_run(start, module, tmp_path):
    changed = ("disconnect_name=DICONN", "reason_line=false", "query_order=ok_then_text", "echo=true")
    port = module(*(word for text in changed for word in ("--set", f"variant.{text}")))
    first, second = tmp_path / "first.toml", tmp_path / "second.toml"
    learned(port, first)
    module.program.stop()
    learned(module("--config", first), second)
    assert second.read_text() == first.read_text()
    assert tomllib.loads(first.read_text())["variant"]["disconnect_name"] == "DICONN"


def test_what_cannot_be_learned_is_said(module, tmp_path):
    """A server that the module cannot reach: what needs one is left out, with the reason."""
    port = module()
    path = tmp_path / "desk.toml"
    with socket.create_server(("127.0.0.1", 0)) as other:
        nowhere = f"http://127.0.0.1:{other.getsockname()[1]}"
        status, said = check("--learn", path, *port, "--url", nowhere, "--patience", 400)
    assert status == 0, said
    text = path.read_text()
    for field in ("nmih_form", "nmic_summation", "reason_line", "disconnect_name", "error_report"):
        assert re.search(rf"^# {field} is not known: no request came", text, re.M), text
    variant = tomllib.loads(text)["variant"]
    assert set(variant) == {"query_order", "cfg_readback", "empty_value", "space_after_colon", "echo"}


def test_module_that_does_not_tell_its_model(module, tmp_path):
    port = module("--set", "module.name=X1", "--set", "module.revision=2")
    path = tmp_path / "desk.toml"
    status, said = check("--learn", path, *port)
    assert status == 2 and "does not tell its model: say it with --model" in said
    assert not path.exists()
    status, said = check("--learn", path, *port, "--model", "M5310-A")
    assert status == 0 and tomllib.loads(path.read_text())["model"] == "M5310-A"


def test_profile_that_cannot_be_written(module, tmp_path):
    port = module()
    path = tmp_path / "none" / "desk.toml"
    status, said = check("--learn", path, *port)
    assert status == 2
    assert f"--learn {path}: cannot write it: No such file or directory" in said
