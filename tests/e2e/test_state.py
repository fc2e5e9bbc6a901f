# SPDX-License-Identifier: Apache-2.0
"""--state: what a module keeps without power outlives the program, whatever ends it."""

import json
import os
import random
import resource
import select
import shutil
import signal
import subprocess
import tempfile
import time

import pytest

from host import OK, Host
from program import M531X, Pipes, run


def echoes(host):
    """Whether the modem repeats what is typed."""
    host.type("AT")
    return host.read_until(OK).startswith(b"AT\r")


@pytest.fixture
def power_on(start, open_line, tmp_path):
    """power_on(option…) runs a modem that keeps its state: (host, program)."""

    def run_modem(*options):
        link = tmp_path / "modem"
        program = start("run", "--pty", link, "--state", tmp_path / "state", *options)
        program.wait_said("End ")
        return Host(open_line(link)), program

    return run_modem


def test_stored_profile_outlives_the_program(power_on, tmp_path):
    host, program = power_on()
    assert not echoes(host)
    assert not (tmp_path / "state").exists()
    host.answer("ATE1")
    host.answer("AT&W")
    assert (tmp_path / "state").stat().st_mode & 0o7777 == 0o600
    host.answer("ATE0")
    assert program.stop() == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["state"]
    host, program = power_on()
    assert echoes(host)
    host.answer("ATE0&W")
    program.stop(signal.SIGKILL)
    host, program = power_on()
    assert not echoes(host)


def test_what_is_not_stored_is_forgotten(power_on):
    host, program = power_on()
    host.answer("ATE1")
    assert echoes(host)
    program.stop()
    host, _ = power_on()
    assert not echoes(host)


def refusal(*arguments):
    status, out, err = run("run", *arguments)
    assert status == 2 and out == "", (status, out, err)
    assert len(err.strip().splitlines()) == 1, err
    return err


@pytest.mark.parametrize("content", [b"", b"precious\n", b"m531x state of M5310-A\n" + bytes(256)])
def test_damaged_file_is_refused_and_left_alone(tmp_path, content):
    state = tmp_path / "state"
    state.write_bytes(content)
    assert f"--state {state}: it is " in refusal("--state", state)
    assert state.read_bytes() == content


def test_folder_and_missing_folder_are_refused(tmp_path):
    assert str(tmp_path) in refusal("--state", tmp_path)
    assert "No such file" in refusal("--state", tmp_path / "no" / "state")


def test_file_of_another_model_is_refused(power_on, tmp_path):
    host, program = power_on()
    host.answer("AT&W")
    program.stop()
    before = (tmp_path / "state").read_bytes()
    assert "state of an M5310-A" in refusal("--model", "M5311", "--state", tmp_path / "state")
    assert (tmp_path / "state").read_bytes() == before


def test_file_in_use_is_refused(power_on, tmp_path):
    host, program = power_on()
    for _ in range(2):
        assert "another program" in refusal("--state", tmp_path / "state")
        host.answer("AT&W")
    program.stop(signal.SIGKILL)
    power_on()


def test_state_of_many_modules_is_refused(tmp_path):
    assert "--tcp" in refusal("--tcp", "0", "--state", tmp_path / "state")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("folder_mode, file_mode", [(0o755, 0o600), (0o777, 0o000)])
def test_without_permission_it_is_refused(folder_mode, file_mode):
    """As a user who may not write the folder, or not read the file."""
    folders = [tempfile.mkdtemp(), tempfile.mkdtemp()]
    folder = folders[0]
    os.chmod(folders[1], 0o755)
    try:
        state = os.path.join(folder, "state")
        with open(state, "wb"):
            pass
        os.chmod(state, file_mode)
        os.chmod(folder, folder_mode)
        user = {"user": "nobody"} if os.getuid() == 0 else {}
        if not user and folder_mode == 0o755:
            os.chmod(folder, 0o555)
        # The checkout may be where nobody else may go.
        program = shutil.copy(M531X, folders[1])
        done = subprocess.run([program, "run", "--state", state], stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=20, text=True, **user)
        assert done.returncode == 2 and "Permission denied" in done.stderr, done
        assert len(done.stderr.strip().splitlines()) == 1 and state in done.stderr
    finally:
        os.chmod(folder, 0o700)
        for each in folders:
            shutil.rmtree(each)


def test_write_error_is_told_once_and_tried_again(power_on, tmp_path):
    """No file may grow so long any more: as on a full disk, the write stops before its end."""
    host, program = power_on()
    host.answer("ATE1&W")
    kept = (tmp_path / "state").read_bytes()
    unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    resource.prlimit(program.pid, resource.RLIMIT_FSIZE, (len(kept) - 1, resource.RLIM_INFINITY))
    for line in ("ATE0&W", "ATE1V1&W", "ATE0&W"):
        assert host.answer(line).endswith(OK)
    sentence = program.wait_said(r"m531x: --state .*: cannot write it: File too large")
    assert (tmp_path / "state").read_bytes() == kept
    resource.prlimit(program.pid, resource.RLIMIT_FSIZE, unlimited)
    host.answer("ATE1&W")
    host.answer("ATE0&W")
    assert (tmp_path / "state").read_bytes() != kept
    assert program.stop() == 0
    assert program.said.count(sentence[0]) == 1
    host, program = power_on()
    assert not echoes(host)


def test_write_error_is_told_in_the_trace(power_on, tmp_path):
    trace = tmp_path / "trace"
    host, program = power_on("--trace", trace)
    (tmp_path / "state.new").mkdir()
    host.answer("ATE1&W")
    host.answer("ATE0&W")
    assert program.stop() == 0
    records = [json.loads(line) for line in trace.read_text().splitlines()]
    told = [record for record in records if record.get("event") == "state not written"]
    assert len(told) == 1 and str(tmp_path / "state") in told[0]["text"]


def test_secrets_stay_hidden_when_the_stored_profile_echoes(power_on, tmp_path):
    """The trace has to know from the start what the module was told by an earlier program."""
    host, program = power_on()
    host.answer("ATE1S5=127&W")
    program.stop()
    trace = tmp_path / "trace"
    host, program = power_on("--trace", trace)
    host.answer('AT+HTTPCREATE="127.0.0.1","u","s3cret"')
    host.answer('AT+HTTPCREATEX\x7f="127.0.0.1","u","s3cret"')
    program.stop()
    assert "s3cret" not in trace.read_text() and '"dir":"modem"' in trace.read_text()


def test_killed_at_any_moment_the_file_is_whole(tmp_path):
    """The host stores two profiles in turn; the file is always one of the two, and never older than
    the last one to which it has read OK."""
    state = tmp_path / "state"
    images = {}
    for line in ("ATE0&W", "ATE1&W"):
        with Pipes("run", "--quiet", "--stdio", "--state", state) as pipes:
            Host(pipes).answer(line)
        images[line] = state.read_bytes()
    assert images["ATE0&W"] != images["ATE1&W"]

    seed = 5310
    print(f"seed {seed}")
    chance = random.Random(seed)
    lines = list(images)
    counts = []
    for kill in range(60):
        with Pipes("run", "--quiet", "--stdio", "--state", state) as pipes:
            host = Host(pipes)
            host.answer("ATE0")
            end = time.monotonic() + chance.uniform(0, 0.03)
            answered, count, typed = None, 0, None
            while time.monotonic() < end:
                typed = lines[count % 2]
                host.type(typed)
                left = max(0, end - time.monotonic())
                if not select.select([pipes._read_fd], [], [], left)[0]:
                    break
                host.read_until(OK)
                answered, typed = typed, None
                count += 1
        # Leaving the block kills it.
        counts.append(count)
        found = state.read_bytes()
        assert found in images.values(), f"kill {kill}"
        if answered and not typed:
            assert found == images[answered], f"kill {kill}: what was answered with OK is lost"
    assert sum(counts) > 0, "nothing was stored between the kills"
    with Pipes("run", "--quiet", "--stdio", "--state", state) as pipes:
        assert Host(pipes).answer("ATE0").endswith(OK)


STORED_BY_COMMANDS = [
    # model, commands that store, how to ask, what is answered after the program's restart
    ("M5310-A", ["AT+NCONFIG=AUTOCONNECT,FALSE"], "AT+CFUN?", b"+CFUN:0"),
    ("M5310-A", ["AT+NATSPEED=115200,30,1", "AT"], "AT+NATSPEED?", b"+NATSPEED:115200,2,1,0,0"),
    ("M5310-A", ["AT+NATSPEED=115200,30,0", "AT"], "AT+NATSPEED?", b"+NATSPEED:9600,2,1,0,0"),
    ("M5310-A", ['AT+CGDCONT=1,"IP","iot"'], "AT+CGDCONT?", b'+CGDCONT:1,"IP","iot",,0,0'),
    ("M5310-A", ["AT+CPSMS=1,,,01000011,00000001"], "AT+CPSMS?", b"+CPSMS:1,,,01000011,00000001"),
    ("M5310-A", ["AT+NBAND=5"], "AT+NBAND?", b"+NBAND:5"),
    ("M5311", ["AT+CFUN=4"], "AT+CFUN?", b"+CFUN: 4"),
    ("M5311", ["AT+IPR=57600", "AT&W"], "AT+IPR?", b"+IPR: 57600"),
    ("M5312", ["AT+CFGRATPRIO=4"], "AT+CFGRATPRIO?", b"+CFGRATPRIO: 4"),
]


@pytest.mark.parametrize("model, commands, query, answer", STORED_BY_COMMANDS)
def test_what_commands_store_outlives_the_program(power_on, model, commands, query, answer):
    options = ("--model", model, "--set", "variant.echo=false")
    host, program = power_on(*options)
    for command in commands:
        host.answer(command)
    assert program.stop() == 0
    host, program = power_on(*options)
    assert answer in host.answer(query)
