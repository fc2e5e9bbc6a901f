// SPDX-License-Identifier: Apache-2.0
// One look-up of a name (or a numeric address) by c-ares, without a thread and without blocking.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <functional>
#include <memory>
#include <string>
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

// A look-up that is destroyed ends without a word. Each one reads the system's configuration anew,
// so that a change of network needs no restart.
class Lookup {
 public:
  // Empty addresses: it failed, and `why` says how.
  using Done = std::function<void(std::vector<Address> addresses, Cause why)>;

  // Calls `done` once, never before this returns.
  Lookup(EventLoop& loop, const std::string& host, std::uint16_t port, Done done);
  ~Lookup();
  Lookup(const Lookup&) = delete;
  Lookup& operator=(const Lookup&) = delete;

 private:
  class State;
  std::shared_ptr<State> state_;
};

}  // namespace m531x::port
