// SPDX-License-Identifier: Apache-2.0
// The smallest firmware that uses every call of the public interface: it exists to be measured
// (scripts/check-firmware), not to be run.
#include <array>

#include "m531x/modem.h"

namespace {

std::array<m531x::Block, 32> blocks;

void serve(m531x::Modem& modem, m531x::Bytes from_host, m531x::Bytes from_server) {
  volatile std::size_t sink = 0;
  m531x::Millis now{0};
  modem.dte_received(from_host.substr(0, modem.dte_window()), now);
  while (const auto action = modem.next_action()) {
    if (action->kind == m531x::Action::Kind::resolve) modem.net_resolved("127.0.0.1", now);
    std::array<m531x::Bytes, 4> views;
    if (action->kind == m531x::Action::Kind::check) {
      sink = modem.net_certificate(*action, m531x::Certificate::client_key, views);
      modem.net_checked(sink != 0, now);
    }
    if (action->kind != m531x::Action::Kind::connect) continue;
    modem.net_opened(action->conn, now);
    sink = modem.net_output(action->conn, views);
    modem.net_sent(action->conn, views[0].size(), now);
    std::array<char, 64> room;  // a UART's buffer
    from_server = from_server.substr(0, modem.net_window(action->conn));
    sink = modem.net_received(action->conn, from_server, room, now);
    modem.net_closed(action->conn, m531x::Cause::closed, now);
  }
  if (const auto deadline = modem.next_deadline()) now = *deadline;
  modem.tick(now);
  while (const auto note = modem.next_note()) sink = note->words.size();
  modem.dte_sent(modem.dte_output().size(), now);
  sink = modem.uart().baud;
  static_cast<void>(sink);
}

}  // namespace

// What the library's checked views end in; newlib's own would bring signals and a heap.
extern "C" [[noreturn]] void abort() {
  for (;;) {
  }
}

extern "C" [[noreturn]] void reset_handler() {
  const m531x::Model& model = m531x::models().front();
  m531x::BlockPool pool(blocks);
  m531x::Modem modem(model, m531x::default_settings(model), pool);
  for (;;) serve(modem, "AT+HTTPCREATE=\"http://a\"\r", "HTTP/1.1 204 No Content\r\n\r\n");
}
