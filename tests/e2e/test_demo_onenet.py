# SPDX-License-Identifier: Apache-2.0
"""m531x demo --onenet: chapter 2.3 with host, modem and platform in one program, as it is shown."""

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import termios
import unicodedata

import pytest

from program import M531X, run, run_on_terminal

FIGURES = (
    "+HTTPNMIH:0,0,158", "+HTTPNMIC:0,0,59,59,59", "+HTTPNMIH:0,0,148",
    "+HTTPNMIC:0,1,144,144,144", "+HTTPNMIC:0,0,144,144,0",
    "+HTTPCONTENT:0,130", "+HTTPCONTENT:0,127",
)


def columns_of(text):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def on_terminal(width, **environment):
    """Runs it on a terminal of that width; returns the lines."""
    shown = run_on_terminal("demo", "--onenet", width=width, **environment)
    return shown.replace("\r\n", "\n").split("\n")


def test_chapter_2_3_is_played_and_its_figures_come_out():
    status, out, err = run("demo", "--onenet")
    assert (status, err) == (0, "")
    assert out.endswith("\nAll figures are those of the manual.\n")
    lines = out.split("\n")
    said = [line[2:].split("  ")[0] for line in lines if line.startswith("< ")]
    assert [line for line in said if line in FIGURES] == list(FIGURES)
    events = [line[2:] for line in lines if line.startswith("| ")]
    for event in ("device created 865820030265172 500500178", "bootstrapped 865820030265172",
                  "registered 865820030265172 for 3000 s", "observed 865820030265172 3200/0",
                  "discovered 865820030265172 3200", "read 865820030265172 3200",
                  "deregistered 865820030265172"):
        assert event in events
    assert "\x1b" not in out and not re.search(r" $", out, re.M)


def test_the_host_answers_with_the_message_id_that_was_reported():
    _, out, _ = run("demo", "--onenet")
    read = re.search(r"^< \+MIPLREAD:0,(\d+),3200,-1,-1$", out, re.M)[1]
    answers = re.findall(r"^> AT\+MIPLREADRSP=0,(\d+),1,3200,0,(\d+),", out, re.M)
    assert answers == [(read, "5500"), (read, "5501"), (read, "5750")]
    typed = re.findall(r"^> (.*)$", out, re.M)
    assert not any("<msgid>" in line for line in typed)


@pytest.mark.parametrize("width", [72, 80, 120])
def test_each_party_has_a_column(width):
    lines = on_terminal(width, NO_COLOR="1")
    assert max(columns_of(line) for line in lines) <= width
    assert "\x1b" not in "".join(lines)
    place = (width - 4) // 3 + 2
    begins = {place * column for column in range(3)}
    talk = lines[lines.index("Manual 2.3.1: the module registers as that device, by LwM2M") :]
    events = [line for line in talk if "+MIPLEVENT:0,6" in line]
    assert events == [" " * place + "+MIPLEVENT:0,6"]
    assert any(line.startswith(" " * (2 * place) + "registered ") for line in talk)
    assert {len(line) - len(line.lstrip(" ")) for line in talk if line.strip()} <= begins
    # What was cut into rows is whole.
    column = "".join(line[2 * place :] for line in lines if line.startswith(" " * 2 * place))
    assert "device created 865820030265172 500500178" in column


@pytest.mark.parametrize("width", [20, 40, 71])
def test_a_narrow_terminal_has_marks_instead(width):
    lines = on_terminal(width, NO_COLOR="1")
    assert max(columns_of(line) for line in lines) <= width
    for mark in "><|":
        assert any(line.startswith(mark + " ") for line in lines)
    assert "".join(lines[-3:]).strip() == "All figures are those of the manual."


def test_colours_tell_who_speaks_unless_they_are_not_wanted():
    lines = on_terminal(80)
    assert any(re.search(r"\x1b\[[0-9;]+mOK\x1b\[0m$", line) for line in lines)
    for unwanted in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        assert "\x1b" not in "".join(on_terminal(80, **unwanted))


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("options", [[], ["--onenet"]])
def test_who_is_interrupted_says_so(options, how):
    ours, its = pty.openpty()  # shows each line at once, and stops it where nobody reads
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 40, 0, 0))
    with subprocess.Popen([M531X, "demo", *options], stdout=its, stderr=subprocess.PIPE) as program:
        os.close(its)
        shown = b""
        while b"Manual 2" not in shown:
            shown += os.read(ours, 1)
        program.send_signal(how)
        try:
            while data := os.read(ours, 65536):
                shown += data
        except OSError:  # how Linux says that the other end of a PTY is closed
            pass
        said = program.stderr.read().decode()
        assert (program.wait(20), said) == (
            1, "m531x: the demo was interrupted, not all of it was played\n"
        )
    os.close(ours)
    assert b"All figures" not in shown


@pytest.mark.parametrize("options", [[], ["--onenet"]])
def test_what_cannot_be_shown_is_an_error(options):
    with open("/dev/full", "wb") as full:
        done = subprocess.run([M531X, "demo", *options], stdout=full, stderr=subprocess.PIPE,
                              timeout=60)
    assert done.returncode == 1 and done.stderr.startswith(b"m531x: cannot write")


def test_the_option_is_in_help_man_page_and_completion():
    assert "--onenet" in run("demo", "--help")[1]
    assert r"\-\-onenet" in run("man")[1]
    for shell in ("bash", "zsh", "fish"):
        assert re.search(r"--onenet\b|-l onenet\b", run("completion", shell)[1])
