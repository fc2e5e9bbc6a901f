// SPDX-License-Identifier: Apache-2.0
// One look-up of a name (or a numeric address) by c-ares, without a thread and without blocking.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "m531x/error.h"
#include "port/event_loop.h"

namespace m531x::port {

struct Address {
  sockaddr_storage storage;
  socklen_t size;
  // Without the port: 127.0.0.1 or ::1.
  [[nodiscard]] std::string text() const;
  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

struct Question {
  std::string host;
  std::uint16_t port = 0;
  std::string server;  // NetOptions::dns_server
  // However many name servers are silent.
  Millis time_limit{15'000};
};

// A look-up that is destroyed ends without a word. Each one reads the system's configuration anew,
// so that a change of network needs no restart.
class Lookup {
 public:
  // More of one name are not tried.
  static constexpr std::size_t kMaxAddresses = 16;
  // Empty addresses: it failed, `why` says how and `words`, static text, what c-ares says of it.
  using Done =
      std::function<void(std::vector<Address> addresses, Cause why, std::string_view words)>;

  // Calls `done` once, never before this returns.
  Lookup(EventLoop& loop, const Question& question, Done done);
  ~Lookup();
  Lookup(const Lookup&) = delete;
  Lookup& operator=(const Lookup&) = delete;

 private:
  class State;
  std::shared_ptr<State> state_;
};

}  // namespace m531x::port
