// SPDX-License-Identifier: Apache-2.0
#include "lib/servers.h"

#include <algorithm>
#include <charconv>
#include <ranges>
#include <utility>

#include "http/status.h"
#include "m531x/ascii.h"

namespace m531x::lib {
namespace {

constexpr std::string_view kCrLf = "\r\n";
constexpr std::string_view kHeadEnd = "\r\n\r\n";
constexpr int kOk = 200;
constexpr int kLowestStatus = 100;
constexpr int kHighestStatus = 999;
constexpr int kNotFound = 404;

// The value of the field `name` in header lines; nullopt when there is none.
std::optional<std::string_view> field(std::string_view lines, std::string_view name) {
  while (!lines.empty()) {
    const auto end = std::min(lines.find(kCrLf), lines.size());
    const std::string_view line = lines.substr(0, end);
    lines.remove_prefix(std::min(end + kCrLf.size(), lines.size()));
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || !equal_ignoring_case(line.substr(0, colon), name)) {
      continue;
    }
    std::string_view value = line.substr(colon + 1);
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    return value;
  }
  return std::nullopt;
}

// RFC 9110 6.4.1
bool may_have_content(int status) { return status >= kOk && status != 204 && status != 304; }

std::string head_of(int status, std::string_view headers, std::size_t body_bytes) {
  std::string head = "HTTP/1.1 " + std::to_string(status) + ' ';
  head += http::reason_phrase(static_cast<std::uint16_t>(status));
  head += kCrLf;
  head += headers;
  const bool framed = field(headers, "Content-Length") || field(headers, "Transfer-Encoding");
  if (may_have_content(status) && !framed) {
    head += "Content-Length: " + std::to_string(body_bytes);
    head += kCrLf;
  }
  head += kCrLf;
  return head;
}

// `text` when it may be that long.
std::optional<std::string> optional_text(const char* text, const char* name) {
  if (text == nullptr) return std::nullopt;
  std::string copy = text;
  if (copy.size() > M531X_MAX_TEXT_BYTES) {
    throw Refusal{M531X_TOO_LONG, std::string("the route's ") + name + " is longer than " +
                                      std::to_string(M531X_MAX_TEXT_BYTES) + " bytes"};
  }
  return copy;
}

std::string body_of(const m531x_route& route) {
  if (route.body == nullptr) {
    require(route.body_bytes == 0, M531X_NULL_POINTER, "the route's body is a null pointer");
    return {};
  }
  const auto* const bytes = static_cast<const char*>(route.body);
  const std::string_view body =
      route.body_bytes == 0 ? std::string_view(bytes) : std::string_view(bytes, route.body_bytes);
  require(body.size() <= M531X_SERVER_BUFFER_BYTES, M531X_TOO_LONG,
          "the route's body is longer than a server's buffer");
  return std::string(body);
}

// How many bytes of content follow the head of a request.
std::size_t content_length(std::string_view headers) {
  std::size_t length = 0;
  const auto text = field(headers, "Content-Length").value_or("");
  std::from_chars(text.data(), text.data() + text.size(), length);
  return length;
}

}  // namespace

bool Servers::Route::matches(const Request& request) const {
  if (times_left == 0) return false;
  if (server && *server != request.server) return false;
  if (method && *method != request.method) return false;
  return !path || *path == request.target ||
         *path == std::string_view(request.target).substr(0, request.target.find('?'));
}

std::size_t Servers::add(const m531x_route& route) {
  require(routes_.size() < M531X_MAX_ROUTES, M531X_FULL,
          "there are as many routes as there may be; m531x_serve_nothing() makes room");
  const int status = route.status == 0 ? kOk : route.status;
  require(status >= kLowestStatus && status <= kHighestStatus, M531X_BAD_VALUE,
          "a status is a number from 100 to 999");
  const std::string headers = optional_text(route.headers, "headers").value_or("");
  require(headers.empty() || headers.ends_with(kCrLf), M531X_BAD_VALUE,
          "each of a route's headers must end in CR LF");
  Route added;
  added.server = optional_text(route.server, "server");
  added.method = optional_text(route.method, "method");
  added.path = optional_text(route.path, "path");
  added.body = std::make_shared<const std::string>(body_of(route));
  require(added.body->empty() || may_have_content(status), M531X_BAD_VALUE,
          "a response with that status has no body");
  added.head = head_of(status, headers, added.body->size());
  added.delay = Millis(route.delay_ms);
  added.segment_bytes = route.segment_bytes;
  added.gap = Millis(route.gap_ms);
  added.close = route.close != 0;
  if (route.times != 0) added.times_left = route.times;
  routes_.push_back(std::move(added));
  return routes_.size();
}

bool Servers::serves(std::string_view server) const {
  return std::ranges::any_of(
      routes_, [server](const Route& route) { return !route.server || *route.server == server; });
}

bool Servers::act(Network& network, Millis now) {
  for (Connection& connection : network.connections()) {
    if (!connection.served) continue;
    if (connection.state == Connection::State::ended) {
      talks_.erase(connection.number);
      continue;
    }
    if (connection.state == Connection::State::connecting) {
      talks_[connection.number];
      network.accept(connection);
      return true;
    }
    Talk& talk = talks_[connection.number];
    if (read(network, connection, talk, now) || answer(network, connection, talk, now)) return true;
  }
  return false;
}

bool Servers::read(Network& network, Connection& connection, Talk& talk, Millis now) {
  const std::string sent = network.take_sent(connection);
  if (sent.empty()) return false;
  if (talk.over) return true;
  talk.received += sent;
  take_requests(connection, talk, now);
  return true;
}

std::string_view Servers::Answer::body_left() const {
  return body == nullptr ? std::string_view() : std::string_view(*body).substr(body_at);
}

std::string Servers::Answer::cut() {
  std::string segment = std::exchange(head, {});
  std::size_t most = segment.empty() ? segment_bytes : 0;
  if (segment_bytes == 0) most = std::string_view::npos;
  const std::string_view part = body_left().substr(0, most);
  body_at += part.size();
  return segment += part;
}

// One segment at a time: the next one when the modem has taken the last.
bool Servers::answer(Network& network, Connection& connection, Talk& talk, Millis now) {
  if (talk.answers.empty() || talk.answers.front().due > now) return false;
  if (network.waiting(connection) > 0) return false;
  Answer& answer = talk.answers.front();
  const std::string segment = answer.cut();
  if (segment.empty()) {
    talk.answers.clear();
    network.end(connection, Cause::closed);
    return true;
  }
  network.send(connection, segment);
  if (!answer.body_left().empty()) {
    answer.due += answer.gap;
  } else if (!answer.close) {
    const Millis last = answer.due;
    talk.answers.pop_front();
    if (!talk.answers.empty()) talk.answers.front().due = std::max(talk.answers.front().due, last);
  }
  return true;
}

// The modem sends nothing but requests that are one: a line of three words, header lines, and the
// content that Content-Length counts.
void Servers::take_requests(const Connection& connection, Talk& talk, Millis now) {
  const std::string_view received = talk.received;
  std::size_t taken = 0;
  for (auto end = received.find(kHeadEnd); end != std::string_view::npos && !talk.over;
       end = received.find(kHeadEnd, taken)) {
    std::string_view head = received.substr(taken, end + kCrLf.size() - taken);
    const std::string_view method = head.substr(0, head.find(' '));
    head.remove_prefix(method.size() + 1);
    const std::string_view target = head.substr(0, head.find(' '));
    head.remove_prefix(head.find(kCrLf) + kCrLf.size());
    const std::string_view rest = received.substr(end + kHeadEnd.size());
    const std::size_t content = content_length(head);
    if (rest.size() < content) break;
    if (requests_.size() == M531X_MAX_REQUESTS) requests_.pop_front();
    requests_.push_back({.server = connection.server,
                         .method = std::string(method),
                         .target = std::string(target),
                         .headers = std::string(head),
                         .body = std::string(rest.substr(0, content)),
                         .at = now,
                         .tls = connection.tls});
    respond(requests_.back(), talk, now);
    taken = end + kHeadEnd.size() + content;
  }
  talk.received.erase(0, taken);
}

void Servers::respond(const Request& request, Talk& talk, Millis now) {
  auto latest_first = routes_ | std::views::reverse;
  const auto route =
      std::ranges::find_if(latest_first, [&](const Route& row) { return row.matches(request); });
  if (route == latest_first.end()) {
    talk.answers.push_back({.due = now, .head = head_of(kNotFound, {}, 0)});
    return;
  }
  if (auto& left = route->times_left) --*left;
  talk.answers.push_back({.due = now + route->delay,
                          .head = route->head,
                          .body = request.method == "HEAD" ? nullptr : route->body,
                          .segment_bytes = route->segment_bytes,
                          .gap = route->gap,
                          .close = route->close});
  talk.over = route->close;
}

std::optional<Millis> Servers::next(Millis now) const {
  std::optional<Millis> next;
  for (const auto& [number, talk] : talks_) {
    if (talk.answers.empty() || talk.answers.front().due <= now) continue;
    next = next ? std::min(*next, talk.answers.front().due) : talk.answers.front().due;
  }
  return next;
}

Request Servers::next_request() {
  if (requests_.empty()) return {};
  Request request = std::move(requests_.front());
  requests_.pop_front();
  return request;
}

}  // namespace m531x::lib
