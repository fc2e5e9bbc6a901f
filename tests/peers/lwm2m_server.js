// SPDX-License-Identifier: Apache-2.0
// The LwM2M server of npm's lwm2m-node-lib with its own defaults, as a process for tests: it reads
// one JSON object a line, {"id": ..., "do": "read", "with": [...]}, and writes one a line: the answer
// with that id, or {"event": ...} for what a device did.
"use strict";

const dgram = require("dgram");
const readline = require("readline");
const { server } = require("lwm2m-node-lib");

const config = { ...require("lwm2m-node-lib/config").server };

const say = (what) => process.stdout.write(JSON.stringify(what) + "\n");

// The library cannot tell which port it was given.
function free_port(then) {
  const probe = dgram.createSocket("udp4");
  probe.bind(0, "127.0.0.1", () => {
    const { port } = probe.address();
    probe.close(() => then(port));
  });
}

function started(error, info) {
  if (error) throw error;
  const handle = (type, tell) =>
    server.setHandler(info, type, (...given) => {
      say({ event: type, ...tell(...given) });
      given.at(-1)();
    });
  handle("registration", (name, lifetime, version, binding, payload) => ({
    name, lifetime, binding, payload,
  }));
  handle("updateRegistration", ({ name, lifetime }) => ({ name, lifetime }));
  handle("unregistration", ({ name }) => ({ name }));

  const told = (value, object, instance, resource) =>
    say({ event: "notified", path: `${object}/${instance}/${resource}`, value });
  const actions = {
    device: server.getDevice,
    read: server.read,
    write: server.write,
    execute: server.execute,
    discover: server.discover,
    attributes: server.writeAttributes,
    observe: (device, object, instance, resource, then) =>
      server.observe(device, object, instance, resource, told, then),
    cancel: server.cancelObserver,
  };
  readline.createInterface({ input: process.stdin }).on("line", (line) => {
    const request = JSON.parse(line);
    actions[request.do](...request.with, (failure, result) =>
      say(failure ? { id: request.id, failure: failure.name, code: failure.code }
                  : { id: request.id, result }));
  }).on("close", () => process.exit(0));
  say({ event: "listening", port: config.port });
}

free_port((port) => {
  config.port = port;
  server.start(config, started);
});
