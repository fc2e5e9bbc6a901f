# SPDX-License-Identifier: Apache-2.0
"""The command line: what it promises, and one sentence with exit status 2 for each mistake."""

import re
import socket
import subprocess

import pytest

from program import run, run_on_terminal

MODELS = ["M5310-A", "M5311", "M5312", "M5313"]


def assert_refused(*arguments, place):
    status, out, err = run(*arguments)
    assert status == 2, (status, out, err)
    assert out == ""
    assert len(err.strip().splitlines()) == 1, err
    assert place in err, err


@pytest.mark.parametrize("arguments, place", [
    (("run", "--nonsense"), "--nonsense"),
    (("nonsense",), "nonsense"),
    (("run", "--model", "M9999"), "M9999"),
    (("run", "--set", "no.such_key=1"), "no.such_key"),
    (("run", "--set", "tcp.mss=many"), "tcp.mss"),
    (("run", "--set", "tcp.mss=0"), "tcp.mss"),
    (("run", "--set", "tcp.mss"), "tcp.mss"),
    (("run", "--set", "dns.server=dns.example"), "dns.server"),
    (("run", "--set", "tcp.interface=a/b"), "tcp.interface"),
    (("run", "--tcp", "127.0.0.1"), "127.0.0.1"),
    (("run", "--tcp", "127.0.0.1:99999"), "99999"),
    (("run", "--pty", "/no/such/folder/modem"), "/no/such/folder"),
    (("run", "--config", "/no/such/file.toml"), "/no/such/file.toml"),
    (("run", "--trace", "/no/such/folder/trace"), "/no/such/folder/trace"),
    (("run", "--stdio", "--pty", "/tmp/modem"), "--pty"),
])
def test_mistakes(arguments, place):
    assert_refused(*arguments, place=place)


def test_port_in_use():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = "127.0.0.1:%d" % taken.getsockname()[1]
        assert_refused("run", "--tcp", address, place=address)


@pytest.mark.parametrize("content, line", [
    ("model = \"M5311\"\n[tcp\nmss = 460\n", 2),
    ("[tcp]\nmss = 460\nmsss = 1\n", 3),
    ("[tcp]\n\nmss = \"x\"\n", 3),
    ("[nonsense]\nkey = 1\n", 1),
])
def test_mistake_in_the_file_is_told_with_its_line(tmp_path, content, line):
    config = tmp_path / "modem.toml"
    config.write_text(content)
    assert_refused("run", "--config", config, place=f"{config}:{line}")


def test_file_is_read_and_set_wins_over_it(modem, tmp_path):
    config = tmp_path / "modem.toml"
    config.write_text('[tcp]\nmss = 460\n[limits]\nheader = 20\n')
    host, _ = modem("--config", config, "--set", "limits.header=10")
    host.create("http://127.0.0.1")
    host.type('AT+HTTPHEADER=0,"X-Eleven: 1"')
    host.expect(b"\r\nERROR\r\n")
    host.command('AT+HTTPHEADER=0,"X-Ten: 12\\n"')


@pytest.mark.parametrize("model", MODELS)
def test_model_option(modem, model):
    host, _ = modem("--model", model)
    count = 2 if model == "M5310-A" else 5
    for instance in range(count):
        host.create("http://127.0.0.1", instance)
    host.type('AT+HTTPCREATE="http://127.0.0.1"')
    host.expect(b"\r\nERROR\r\n")


def test_models_lists_all_models_and_variants():
    status, out, err = run("models")
    assert status == 0 and err == ""
    for model in MODELS:
        assert model in out
    for word in ("disconnect_name", "nmic_summation", "discon", "disconn"):
        assert word in out.lower()


@pytest.mark.parametrize("command", [(), ("run",), ("models",), ("demo",)])
def test_help(command):
    status, out, err = run(*command, "--help")
    assert status == 0 and err == ""
    assert "m531x" in out and len(out.splitlines()) > 3


def test_help_has_examples_and_every_option():
    _, out, _ = run("run", "--help")
    for option in "--model --pty --serial --stdio --tcp --config --set --trace".split():
        assert option in out
    assert "m531x run --" in out


def test_version():
    status, out, _ = run("--version")
    assert status == 0 and re.search(r"\b\d+\.\d+\.\d+\b", out)


def test_man_page_has_every_option():
    status, out, _ = run("man")
    assert status == 0 and out.startswith((".TH M531X", '.TH "M531X"', ".TH m531x"))
    for option in ("model", "pty", "serial", "stdio", "tcp", "config", "set", "trace"):
        assert option in out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_has_every_command_and_option(shell):
    status, out, _ = run("completion", shell)
    assert status == 0
    for word in ("run", "models", "demo", "model", "pty", "serial", "trace"):
        assert word in out


def test_bash_completion_is_a_bash_script():
    _, script, _ = run("completion", "bash")
    done = subprocess.run(["bash", "-n"], input=script, text=True, capture_output=True)
    assert done.returncode == 0, done.stderr


def test_demo_shows_the_conversation():
    status, out, err = run("demo")
    assert status == 0, err
    assert "\x1b[" not in out
    for typed in ("AT+HTTPCREATE=", "AT+HTTPSEND=0,0,", "AT+HTTPSEND=0,1,"):
        assert typed in out
    for told in ("CONNECT OK", "+HTTPNMIH:0,0,313", "7960,1122,1122", "37539,37539,0",
                 "+HTTPNMIH:0,0,468", "0,63,63,0", "+HTTPERR:0,404", "404 Not Found",
                 "+HTTPNMIH:0,0,139", "GET /"):
        assert told in out


def test_demo_is_coloured_on_a_terminal():
    assert "\x1b[" in run_on_terminal("demo")
