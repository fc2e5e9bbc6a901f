// SPDX-License-Identifier: Apache-2.0
// Servers that answer by a table of routes: they accept, read requests (RFC 9112) and answer in
// virtual time.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/network.h"
#include "m531x.h"

namespace m531x::lib {

// A request as a server has got it; m531x_request views it.
struct Request {
  std::string server;
  std::string method;
  std::string target;
  std::string headers;
  std::string body;
  Millis at{0};
  bool tls = false;
};

class Servers {
 public:
  // Returns how many routes there are. Refuses what no server can answer.
  std::size_t add(const m531x_route& route);
  void clear() { routes_.clear(); }
  // The module has no power any more: nothing that has been begun goes on.
  void hang_up() { talks_.clear(); }

  [[nodiscard]] bool any() const { return !routes_.empty(); }
  // Whether there is, or was, a route of that server.
  [[nodiscard]] bool serves(std::string_view server) const;

  // Does the next thing that is to be done now. False: there is none.
  bool act(Network& network, Millis now);
  // When something is to be done without the modem.
  [[nodiscard]] std::optional<Millis> next(Millis now) const;

  // The oldest request; an empty one when there is none.
  [[nodiscard]] bool has_request() const { return !requests_.empty(); }
  Request next_request();

 private:
  struct Route {
    std::optional<std::string> server;
    std::optional<std::string> method;
    std::optional<std::string> path;
    std::string head;
    std::shared_ptr<const std::string> body;  // an answer outlives its route
    Millis delay{0};
    std::size_t segment_bytes = 0;
    Millis gap{0};
    bool close = false;
    std::optional<std::uint32_t> times_left;

    [[nodiscard]] bool matches(const Request& request) const;
  };
  // What is still to be sent of an answer. A segment is cut when it is due, for there may be
  // millions.
  struct Answer {
    Millis due;                                         // of its next segment
    std::string head;                                   // a segment of its own, unless all is one
    std::shared_ptr<const std::string> body = nullptr;  // none
    std::size_t segment_bytes = 0;
    Millis gap{0};
    bool close = false;  // behind it
    std::size_t body_at = 0;

    [[nodiscard]] std::string_view body_left() const;
    // The next segment; empty when there is none.
    std::string cut();
  };
  // What one connection is about.
  struct Talk {
    std::string received;
    std::deque<Answer> answers;
    bool over = false;  // nothing more is answered
  };

  bool read(Network& network, Connection& connection, Talk& talk, Millis now);
  bool answer(Network& network, Connection& connection, Talk& talk, Millis now);
  void take_requests(const Connection& connection, Talk& talk, Millis now);
  void respond(const Request& request, Talk& talk, Millis now);

  std::vector<Route> routes_;
  std::map<std::uint32_t, Talk> talks_;  // by the number of the connection
  std::deque<Request> requests_;
};

}  // namespace m531x::lib
