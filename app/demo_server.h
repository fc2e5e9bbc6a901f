// SPDX-License-Identifier: Apache-2.0
// The demo's HTTP server: answers a few paths with responses that are scripted to the byte, so that
// the figures of the manual's sections 2.1 and 2.2 come out.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "port/byte_stream.h"
#include "port/tcp_listener.h"

namespace m531x::app {

struct DemoResponse {
  enum class End : std::uint8_t { waits, resets };  // for the modem to close; or resets at once
  std::string target;                               // "GET /page"
  std::vector<std::string> pieces;                  // each is a segment of its own
  End end;
  std::string content;  // what is in it, without the chunks
};

// The responses to all that the demo's host asks for.
[[nodiscard]] const std::vector<DemoResponse>& demo_responses();

class DemoServer {
 public:
  // Tells what the server sees and does, one line each.
  using Tell = std::function<void(const std::string& line)>;

  DemoServer(port::EventLoop& loop, Tell tell);

  [[nodiscard]] std::uint16_t port() const { return listener_.endpoint().port(); }
  // The modem has read so many bytes more. A piece is sent when the one before it has been read.
  void was_read(std::size_t byte_count);

 private:
  class Session;

  port::EventLoop& loop_;
  Tell tell_;
  port::TcpListener listener_;
  std::shared_ptr<Session> session_;
};

}  // namespace m531x::app
