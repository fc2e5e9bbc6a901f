// SPDX-License-Identifier: Apache-2.0
#include "port/local_line.h"

#include <strings.h>

#include <algorithm>
#include <boost/asio/post.hpp>

namespace m531x::port {

LocalLine::LocalLine(EventLoop& loop, LocalHost& host)
    : ByteStream(loop), loop_(loop), host_(&host) {
  hold_reads();
}

bool LocalLine::type(Bytes bytes) {
  if (host_ == nullptr || typed_.size() - taken_ + bytes.size() > kMostTypedBytes) return false;
  typed_ += bytes;
  // A driver that is at work now reads it in its next round.
  allow_reads();
  wake_later();
  return true;
}

void LocalLine::reads_again() { wake_later(); }

// The driver may be in the middle of a write to this line.
void LocalLine::wake_later() {
  if (std::exchange(wakes_, true)) return;
  boost::asio::post(loop_.context(), [self = shared_from_this(), this] {
    wakes_ = false;
    if (host_ == nullptr) return;
    if (!typed_.empty()) resume_reads();
    if (host_ != nullptr && host_->window() > 0) {
      set_may_write(true);
      resume_writes();
    }
  });
}

LocalLine::Result LocalLine::read(std::span<char> room) {
  const std::size_t count = std::min(room.size(), typed_.size() - taken_);
  if (count > 0) typed_.copy(room.data(), count, taken_);
  taken_ += count;
  if (taken_ == typed_.size()) {
    // It may have been a password; and an idle line holds no memory.
    ::explicit_bzero(typed_.data(), typed_.size());
    typed_ = std::string();
    taken_ = 0;
    hold_reads();
  }
  return count > 0 ? Result{.byte_count = count} : Result{.blocked = true};
}

LocalLine::Result LocalLine::write(std::span<const Bytes> views) {
  std::size_t total = 0;
  for (const Bytes view : views) {
    const Bytes part = view.substr(0, host_ != nullptr ? host_->window() : 0);
    if (!part.empty()) host_->heard(part);
    total += part.size();
    if (part.size() < view.size()) {
      hold_writes();
      break;
    }
  }
  return total > 0 ? Result{.byte_count = total} : Result{.blocked = true};
}

void LocalLine::close() {
  host_ = nullptr;
  ::explicit_bzero(typed_.data(), typed_.size());
  typed_ = std::string();
  taken_ = 0;
  ByteStream::close();
}

}  // namespace m531x::port
