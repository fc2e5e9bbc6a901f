// SPDX-License-Identifier: Apache-2.0
#include "app/check_port.h"

#include <fmt/format.h>

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <cerrno>

#include "port/serial_port.h"
#include "port/tcp_listener.h"
#include "port/user_error.h"

namespace m531x::app {
namespace {

namespace ip = boost::asio::ip;
using port::UserError;

constexpr std::size_t kReadBytes = 16'384;

}  // namespace

std::size_t end_of_result(std::string_view text) {
  constexpr std::string_view kEnd = "\r\n";
  std::size_t found = std::string_view::npos;
  for (const std::string_view result :
       {"\r\nOK\r\n", "\r\nERROR\r\n", "\r\n+CME ERROR:", "\r\n+CMS ERROR:"}) {
    const std::size_t at = text.find(result);
    if (at == std::string_view::npos) continue;
    const std::size_t end = text.find(kEnd, at + kEnd.size());
    if (end != std::string_view::npos) found = std::min(found, end + kEnd.size());
  }
  return found;
}

std::unique_ptr<CheckPort> CheckPort::open_serial(port::EventLoop& loop, std::string_view name,
                                                  std::uint32_t default_baud) {
  const auto serial = port::parse_serial_name(name, default_baud, "--port");
  port::UniqueFd fd = port::open_serial(serial.device, {.baud = serial.baud});
  if (!fd.valid()) {
    throw UserError(fmt::format(
        "--port {}: {}", serial.device,
        errno == ENOTTY ? "it is not a serial port" : "cannot open it: " + port::words_of(errno)));
  }
  return std::make_unique<CheckPort>(loop, std::move(fd), serial.device);
}

std::unique_ptr<CheckPort> CheckPort::connect(port::EventLoop& loop, std::string_view endpoint,
                                              Millis patience) {
  const auto there = port::parse_endpoint(endpoint);
  ip::tcp::socket socket(loop.context());
  boost::system::error_code error = boost::asio::error::would_block;
  socket.async_connect(there, [&error](boost::system::error_code result) { error = result; });
  CheckWait(loop).until([&] { return error != boost::asio::error::would_block; },
                        from_now(patience));
  if (error) {
    const int reason = error == boost::asio::error::would_block ? ETIMEDOUT : error.value();
    socket.close(error);
    loop.context().poll();
    throw UserError(
        fmt::format("--tcp {}: cannot connect to it: {}", endpoint, port::words_of(reason)));
  }
  socket.set_option(ip::tcp::no_delay(true), error);
  return std::make_unique<CheckPort>(loop, port::UniqueFd(socket.release(error)),
                                     std::string(endpoint));
}

CheckPort::CheckPort(port::EventLoop& loop, port::UniqueFd fd, std::string name)
    : loop_(loop),
      name_(std::move(name)),
      stream_(std::make_shared<port::ByteStream>(loop, std::move(fd))) {
  stream_->wait_readable([this] { read(); });
}

void CheckPort::type(Bytes bytes) {
  to_type_ += bytes;
  write();
}

std::string& CheckPort::heard() {
  if (!lost_.empty() && heard_.empty()) {
    throw CheckStopped(fmt::format("{} is gone: {}", name_, lost_));
  }
  return heard_;
}

void CheckPort::read() {
  const auto room = loop_.read_buffer(kReadBytes);
  const auto result = stream_->read(room);
  if (result.ended) return fail("the far end has closed it");
  if (result.error != 0) return fail(port::words_of(result.error));
  heard_.append(room.data(), result.byte_count);
  heard_count_ += result.byte_count;
  stream_->wait_readable([this] { read(); });
}

void CheckPort::write() {
  if (to_type_.empty() || !lost_.empty()) return;
  const std::array<Bytes, 1> views = {to_type_};
  const auto result = stream_->write(views);
  if (result.error != 0) return fail(port::words_of(result.error));
  to_type_.erase(0, result.byte_count);
  if (!to_type_.empty()) stream_->wait_writable([this] { write(); });
}

void CheckPort::wait_quiet(CheckWait& wait, Millis time) {
  std::size_t count = 0;
  do {
    count = heard_count_;
  } while (wait.until([&] { return heard_count_ != count; }, from_now(time)));
}

std::string CheckPort::command(CheckWait& wait, std::string_view line, Millis patience) {
  wait.poll();
  static_cast<void>(heard());
  heard_.clear();
  type(fmt::format("{}\r", line));
  std::size_t end = std::string::npos;
  const bool answered = wait.until(
      [&] {
        end = end_of_result(heard());
        return end != std::string::npos;
      },
      from_now(patience));
  if (!answered) {
    throw CheckStopped(
        fmt::format("{} does not answer {} within {} ms", name_, line, patience.count()));
  }
  std::string answer = heard_.substr(0, end);
  heard_.erase(0, end);
  return answer;
}

}  // namespace m531x::app
