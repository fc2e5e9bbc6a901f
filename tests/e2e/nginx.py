# SPDX-License-Identifier: Apache-2.0
"""A real nginx on loopback, with its files and its configuration in a folder of its own."""

import os
import shutil
import subprocess
import threading

from server import free_port, text

CONFIG = """
daemon off;
pid {folder}/nginx.pid;
error_log stderr notice;
worker_processes 1;
events {{ worker_connections 64; }}
http {{
  access_log {folder}/access.log;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};{tls}
    root {folder}/files;
    location /secret/ {{
      auth_basic "modems";
      auth_basic_user_file {folder}/users;
      alias {folder}/files/;
    }}
    location /empty {{ return 204; }}
    location /moved {{ return 302 /small.txt; }}
  }}
}}
"""

TLS = """
    listen 127.0.0.1:{port} ssl;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_certificate {certificate};
    ssl_certificate_key {key};"""


def start_nginx(folder, config, within=()):
    """An nginx that serves, with its configuration and whatever it writes in `folder`; the process.

    `within`: a command that runs it."""
    path = folder / "nginx.conf"
    path.write_text(("user root;" if os.geteuid() == 0 else "") + config)
    program = shutil.which("nginx", path=os.defpath + ":/usr/sbin:/sbin")
    process = subprocess.Popen(
        [*within, program, "-e", "stderr", "-p", folder, "-c", path], stderr=subprocess.PIPE
    )
    log = []
    for line in process.stderr:
        log.append(line.decode())
        if "start worker process " in log[-1]:
            threading.Thread(target=process.stderr.read, daemon=True).start()
            return process
    raise AssertionError("nginx did not start: " + "".join(log))


class Nginx:
    def __init__(self, folder, pair=None):
        """`pair`: certificate and key for https beside http."""
        self._folder = folder
        self._pair = pair
        self.small = b"hello, modem\n"
        self.large = text(1_000_000)
        files = folder / "files"
        files.mkdir()
        (files / "small.txt").write_bytes(self.small)
        (files / "large.bin").write_bytes(self.large)
        (folder / "users").write_text("meter:{PLAIN}s3cret\n")

    def __enter__(self):
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        tls = ""
        if self._pair:
            tls_port = free_port()
            self.https_url = f"https://localhost:{tls_port}"
            tls = TLS.format(
                port=tls_port, certificate=self._pair.certificate, key=self._pair.key
            )
        self._process = start_nginx(
            self._folder, CONFIG.format(folder=self._folder, port=port, tls=tls)
        )
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait(20)
