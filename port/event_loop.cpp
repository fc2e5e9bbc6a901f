// SPDX-License-Identifier: Apache-2.0
#include "port/event_loop.h"

#include <csignal>
#include <utility>

namespace m531x::port {

EventLoop::EventLoop()
    : context_(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE), readiness_(context_), alarms_(context_) {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

std::chrono::microseconds EventLoop::uptime() const {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() -
                                                               start_);
}

std::span<char> EventLoop::read_buffer(std::size_t byte_count) {
  if (buffer_.size() < byte_count) buffer_.resize(byte_count);
  return std::span(buffer_).first(byte_count);
}

void EventLoop::stop_on_signals(std::function<void()> first) {
  signals_.emplace(context_, SIGINT, SIGTERM);
  struct sigaction hangup {};
  ::sigaction(SIGHUP, nullptr, &hangup);
  if (hangup.sa_handler != SIG_IGN) signals_->add(SIGHUP);
  wait_for_signal(std::move(first));
}

void EventLoop::wait_for_signal(std::function<void()> call) {
  if (!signals_) return;
  signals_->async_wait([this, call = std::move(call)](boost::system::error_code error, int) {
    if (error) return;
    if (!call) return context_.stop();
    wait_for_signal(nullptr);
    call();
  });
}

}  // namespace m531x::port
