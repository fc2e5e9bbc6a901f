# SPDX-License-Identifier: Apache-2.0
"""Programs of others on the serial line, as Debian has them: how far each gets is in docs/hosts.md."""

import json
import os
import pty
import re
import select
import signal
import subprocess
import time

import pytest

DEADLINE_S = 30
BUS_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path={path}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/> <allow own="*"/> <allow send_type="method_call"/>
    <allow send_destination="*" eavesdrop="true"/> <allow eavesdrop="true"/>
  </policy>
</busconfig>
"""


@pytest.fixture
def module(start, tmp_path):
    """module(option…): a module on a PTY; the link to it."""

    def run_module(*options):
        link = tmp_path / "modem"
        start("run", "--pty", link, *options).wait_said(str(link))
        return link

    return run_module


def run(*arguments, **more):
    """A program that ends by itself; what it has printed."""
    done = subprocess.run(
        [str(a) for a in arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        timeout=DEADLINE_S, **more,
    )
    return done.returncode, done.stdout.decode(errors="replace")


def test_picocom_types_and_shows(module):
    typed = b'AT+CGSN=1\rAT+CEREG?\rAT+HTTPCREATE="127.0.0.1"\rAT+HTTPCLOSE=0\r'
    status, shown = run("picocom", "--quiet", "-b", "9600", "--echo", "--exit-after", "1000",
                        module(), input=typed)
    assert status == 0
    for answer in (r"\+CGSN:868663000000017", r"\+CEREG:0,[12]", r"\+HTTPCREATE:0"):
        assert re.search(f"\r\n{answer}\r\n\r\nOK\r\n", shown), shown


def test_picocom_at_a_model_that_echoes(module):
    status, shown = run("picocom", "--quiet", "-b", "115200", "--omap", "delbs", "--exit-after",
                        "1000", "--initstring", "AT+CSX\x7fQ\r", module("--model", "M5311"),
                        stdin=subprocess.DEVNULL)
    assert status == 0
    assert "AT+CSX" in shown and shown.endswith("\r\n+CSQ: 23,99\r\n\r\nOK\r\n"), shown


MINICOM_SCRIPT = r"""
verbose off
timeout 30
send "ATE0"
expect {
  "OK"
  timeout 5 goto failed
}
send "AT+HTTPCREATE=URL"
expect {
  "+HTTPCREATE:0"
  timeout 5 goto failed
}
send "AT+HTTPSEND=0,0,/small.txt"
expect {
  "hello, modem"
  timeout 10 goto failed
}
! echo done >$HOME/result
exit 0
failed:
! echo failed >$HOME/result
exit 1
"""


def test_minicom_runs_a_script(module, nginx, tmp_path):
    script = tmp_path / "script"
    script.write_text(MINICOM_SCRIPT.replace("URL", nginx.url))
    link = module("--model", "M5311")
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm", HOME=str(tmp_path), LANG="C")
        os.execvp("minicom", ["minicom", "-o", "-D", str(link), "-b", "115200", "-S", str(script)])
    shown, deadline, result = b"", time.monotonic() + DEADLINE_S, tmp_path / "result"
    try:
        while not (result.exists() and result.read_text()):
            assert time.monotonic() < deadline, shown
            if select.select([terminal], [], [], 0.1)[0]:
                shown += os.read(terminal, 65536)
    finally:
        os.kill(pid, signal.SIGTERM)
        os.waitpid(pid, 0)
        os.close(terminal)
    assert result.read_text() == "done\n", shown


def gammu(module, folder, command):
    config = folder / "gammurc"
    config.write_text(f"[gammu]\ndevice = {module}\nconnection = at115200\nmodel = at\n")
    return run("gammu", "-c", config, command, env={**os.environ, "LC_ALL": "C"})


@pytest.mark.parametrize("model", ["M5311", "M5312", "M5313"])
def test_gammu_identifies_the_module(module, tmp_path, model):
    status, said = gammu(module("--model", model), tmp_path, "identify")
    assert status == 0, said
    for name, value in (("Manufacturer", "CMIOT"), ("Model", model), ("Firmware", model + "_V"),
                        ("IMEI", "868663000000017"), ("SIM IMSI", "460040000000017")):
        assert re.search(rf"{name} +: .*{re.escape(value)}", said), said


def test_gammu_asks_the_m5310a_for_what_it_has_not(module, tmp_path):
    """Its chip's firmware has no +CSCS, and gammu does not go on without."""
    status, said = gammu(module(), tmp_path, "identify")
    assert status != 0 and "not supported" in said


@pytest.fixture
def modem_manager(tmp_path):
    """modem_manager(device): ModemManager on a bus of its own, told of the device; a function for mmcli."""
    running = []

    def begin(*arguments, **more):
        running.append(subprocess.Popen([str(a) for a in arguments], **more))
        return running[-1]

    def wait_for(condition, what):
        deadline = time.monotonic() + DEADLINE_S
        while not (found := condition()):
            assert time.monotonic() < deadline, what
            time.sleep(0.1)
        return found

    def run_manager(device):
        bus, port = tmp_path / "bus", tmp_path / "at"
        config = tmp_path / "bus.conf"
        config.write_text(BUS_CONFIG.format(path=bus))
        env = {**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={bus}", "LC_ALL": "C"}
        begin("dbus-daemon", f"--config-file={config}", "--nofork")
        begin("socat", f"UNIX-LISTEN:{port}", f"{device},raw,echo=0")
        wait_for(lambda: bus.exists() and port.exists(), "the bus")
        begin("/usr/sbin/ModemManager", "--test-enable", "--test-no-udev",
              "--test-no-suspend-resume", env=env, stderr=subprocess.DEVNULL)

        def mmcli(*arguments):
            return run("mmcli", *arguments, env=env)

        wait_for(lambda: mmcli("--version")[0] == 0 and mmcli("-L")[0] == 0, "ModemManager")
        status, said = run(
            "dbus-send", "--system", "--print-reply", "--dest=org.freedesktop.ModemManager1",
            "/org/freedesktop/ModemManager1", "org.freedesktop.ModemManager1.Test.SetProfile",
            "string:m531x", "string:generic", f"array:string:{port}", env=env,
        )
        assert status == 0, said

        def described():
            status, said = mmcli("-m", "0", "-J")
            found = json.loads(said)["modem"] if status == 0 else None
            return found if found and found["generic"]["state"] == "disabled" else None

        return wait_for(described, "ModemManager does not come to an end"), mmcli

    yield run_manager
    for program in reversed(running):
        program.terminate()
        program.wait(DEADLINE_S)


@pytest.mark.parametrize("model", ["M5310-A", "M5311", "M5313"])
def test_modemmanager_identifies_the_module_and_its_sim(module, modem_manager, model):
    modem, mmcli = modem_manager(module("--model", model))
    generic = modem["generic"]
    assert generic["manufacturer"] == "CMIOT" and generic["model"] == model
    assert generic["revision"].startswith(model + "_V")
    status, said = mmcli("-i", "0", "-J")
    assert status == 0
    assert json.loads(said)["sim"]["properties"]["imsi"] == "460040000000017"
