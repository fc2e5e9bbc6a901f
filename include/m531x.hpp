// SPDX-License-Identifier: Apache-2.0
// m531x.h for C++20: one class that frees itself, strings for buffers, and an exception for each
// result that is an error. What a call means, its limits and its errors stand in m531x.h. Header
// only; nothing of it is in the library.
#pragma once

#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "m531x.h"

namespace m531x {

// A call was refused; what() is m531x_error().
class ModuleError : public std::runtime_error {
 public:
  ModuleError(m531x_result result, const char* sentence)
      : std::runtime_error(sentence), result_(result) {}
  [[nodiscard]] m531x_result result() const { return result_; }

 private:
  m531x_result result_;
};

// m531x_route.
// NOLINTBEGIN(readability-redundant-member-init): else GCC warns of fields that are left out.
struct Route {
  std::optional<std::string> server = {};
  std::optional<std::string> method = {};
  std::optional<std::string> path = {};
  int status = 200;
  std::string headers = {};
  std::string body = {};
  std::uint32_t delay_ms = 0;
  std::uint32_t segment_bytes = 0;
  std::uint32_t gap_ms = 0;
  bool close = false;
  std::uint32_t times = 0;
};
// NOLINTEND(readability-redundant-member-init)

// m531x_request, with its own copy of all.
struct Request {
  std::string server;
  std::string method;
  std::string target;
  std::string headers;
  std::string body;
  std::uint64_t at_ms = 0;
  bool tls = false;
};

// A module for a host's tests. May be moved; one that has been moved from can only be assigned to
// or destroyed.
class Module {
 public:
  // Off. Throws std::bad_alloc.
  Module() : module_(m531x_make()) {
    if (!module_) throw std::bad_alloc();
  }
  // For what is not here.
  [[nodiscard]] m531x_t* get() const { return module_.get(); }

  void set(const std::string& key, const std::string& value) {
    check(m531x_set(get(), c_str(key), c_str(value)));
  }
  [[nodiscard]] std::string setting(const std::string& key) const {
    const char* const value = m531x_get(get(), c_str(key));
    if (value == nullptr) check(M531X_BAD_VALUE);
    return value;
  }
  void as_hardware() { check(m531x_as_hardware(get())); }
  void power_on() { check(m531x_power_on(get())); }
  void power_off() { check(m531x_power_off(get())); }
  void reset(m531x_reset_cause cause = M531X_RESET_PIN) { check(m531x_reset(get(), cause)); }

  // How many were taken.
  std::size_t host_write(std::string_view bytes) {
    return count(m531x_host_write(get(), bytes.data(), bytes.size()));
  }
  // All that has come.
  std::string host_read() {
    std::string bytes(count(m531x_host_available(get())), '\0');
    check(m531x_host_read(get(), bytes.data(), bytes.size()));
    return bytes;
  }
  [[nodiscard]] std::size_t host_available() const { return count(m531x_host_available(get())); }
  void host_ready(bool ready) { check(m531x_host_ready(get(), ready ? 1 : 0)); }

  [[nodiscard]] std::uint64_t now() const { return m531x_now(get()); }
  void advance(std::uint32_t ms) { check(m531x_advance(get(), ms)); }
  bool step(std::uint32_t most_ms) { return check(m531x_step(get(), most_ms)) == 1; }
  bool wait_output(std::uint32_t most_ms) { return check(m531x_wait_output(get(), most_ms)) == 1; }

  void serve(const Route& route) {
    const auto text = [](const std::optional<std::string>& t) { return t ? c_str(*t) : nullptr; };
    m531x_route c{};
    c.server = text(route.server);
    c.method = text(route.method);
    c.path = text(route.path);
    c.status = route.status == 0 ? -1 : route.status;  // no default: it is refused
    c.headers = c_str(route.headers);
    c.body = route.body.empty() ? nullptr : route.body.data();
    c.body_bytes = route.body.size();
    c.delay_ms = route.delay_ms;
    c.segment_bytes = route.segment_bytes;
    c.gap_ms = route.gap_ms;
    c.close = route.close ? 1 : 0;
    c.times = route.times;
    check(m531x_serve(get(), &c));
  }
  void serve_nothing() { check(m531x_serve_nothing(get())); }
  std::optional<Request> next_request() {
    m531x_request c;
    if (check(m531x_next_request(get(), &c)) == 0) return std::nullopt;
    return Request{c.server, c.method,  c.target, c.headers, {c.body, c.body_bytes},
                   c.at_ms,  c.tls != 0};
  }

  std::optional<m531x_event> next_event() {
    m531x_event event;
    if (check(m531x_next_event(get(), &event)) == 0) return std::nullopt;
    return event;
  }
  std::optional<m531x_event> wait_event(std::uint32_t most_ms) {
    m531x_event event;
    if (check(m531x_wait_event(get(), most_ms, &event)) == 0) return std::nullopt;
    return event;
  }
  void accept(std::uint32_t connection) { check(m531x_accept(get(), connection)); }
  void send(std::uint32_t connection, std::string_view bytes) {
    check(m531x_send(get(), connection, bytes.data(), bytes.size()));
  }
  // All that has come.
  std::string receive(std::uint32_t connection) {
    constexpr std::size_t kPart = 4096;
    std::string bytes;
    std::size_t part = kPart;
    while (part == kPart) {
      const std::size_t before = bytes.size();
      bytes.resize(before + kPart);
      part = count(m531x_receive(get(), connection, bytes.data() + before, kPart));
      bytes.resize(before + part);
    }
    return bytes;
  }
  void server_ready(std::uint32_t connection, bool ready) {
    check(m531x_server_ready(get(), connection, ready ? 1 : 0));
  }
  void end(std::uint32_t connection, m531x_cause cause) {
    check(m531x_end(get(), connection, cause));
  }
  // nullopt: the name has no address.
  void resolved(const std::optional<std::string>& address) {
    check(m531x_resolved(get(), address ? c_str(*address) : nullptr));
  }
  void checked(bool good) { check(m531x_checked(get(), good ? 1 : 0)); }

  void set_coverage(bool coverage) { check(m531x_set_coverage(get(), coverage ? 1 : 0)); }
  void set_signal(const m531x_signal& signal) { check(m531x_set_signal(get(), &signal)); }
  // Returns its number.
  int fault(const std::string& words) { return check(m531x_fault(get(), c_str(words))); }
  // One of the library's, or the text of a file of that name.
  void scenario(const std::string& name) { check(m531x_scenario(get(), c_str(name), nullptr)); }
  void scenario(const std::string& name, const std::string& toml) {
    check(m531x_scenario(get(), c_str(name), c_str(toml)));
  }
  void clear_faults() { check(m531x_clear_faults(get())); }
  [[nodiscard]] int fault_happened(int number) {
    return check(m531x_fault_happened(get(), number));
  }
  void inject(const std::string& text) { check(m531x_inject(get(), c_str(text))); }
  [[nodiscard]] m531x_status status() const {
    m531x_status status;
    check(m531x_status_of(get(), &status));
    return status;
  }

 private:
  struct Free {
    void operator()(m531x_t* m) const { m531x_free(m); }
  };

  // A text for C, which must not end before its end.
  static const char* c_str(const std::string& text) {
    if (text.find('\0') != std::string::npos) {
      throw ModuleError(M531X_BAD_VALUE, "a text has a NUL in it");
    }
    return text.c_str();
  }
  // The result, unless it is an error.
  int check(int result) const {
    if (result == M531X_NO_MEMORY) throw std::bad_alloc();
    if (result < 0) throw ModuleError(static_cast<m531x_result>(result), m531x_error(get()));
    return result;
  }
  std::size_t count(int result) const { return static_cast<std::size_t>(check(result)); }

  std::unique_ptr<m531x_t, Free> module_;
};

}  // namespace m531x
