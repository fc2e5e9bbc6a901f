// SPDX-License-Identifier: Apache-2.0
#include "app/trace_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>

#include "port/user_error.h"

namespace m531x::app {
namespace {

// An open file description of our own, so that not blocking is not forced on others who have it.
int open_for_trace(const std::string& path) {
  constexpr int kFlags = O_WRONLY | O_APPEND | O_CLOEXEC | O_NONBLOCK;
  if (path != "-") return ::open(path.c_str(), kFlags | O_CREAT | O_TRUNC, 0666);
  const int own = ::open("/dev/stderr", kFlags);
  return own >= 0 ? own : ::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
}

}  // namespace

TraceFile::TraceFile(port::EventLoop& loop, const std::string& path)
    : loop_(loop), fd_(open_for_trace(path)) {
  if (!fd_.valid()) {
    throw port::UserError("--trace " + path + ": cannot write it: " + port::words_of(errno));
  }
}

TraceFile::~TraceFile() { flush(); }

void TraceFile::write(std::string_view line) {
  if (lost_count_ > 0 && pending_.empty()) {
    pending_ = fmt::format("{{\"event\":\"records lost\",\"count\":{}}}\n", lost_count_);
    lost_count_ = 0;
  }
  if (pending_.size() + line.size() > kMaxPendingBytes) {
    ++lost_count_;
    return;
  }
  pending_ += line;
  flush();
}

void TraceFile::flush() {
  while (!pending_.empty()) {
    const ssize_t size = ::write(fd_.get(), pending_.data(), pending_.size());
    if (size > 0) {
      pending_.erase(0, static_cast<std::size_t>(size));
    } else if (size < 0 && errno == EINTR) {
      continue;
    } else if (size < 0 && errno == EAGAIN) {
      flush_later();
      return;
    } else {
      // The reader is gone or the disk is full: the modem goes on without its trace.
      pending_.clear();
      return;
    }
  }
}

void TraceFile::flush_later() {
  if (waiting_) return;
  if (!waiter_) waiter_.emplace(loop_.context(), ::fcntl(fd_.get(), F_DUPFD_CLOEXEC, 0));
  waiting_ = true;
  waiter_->async_wait(boost::asio::posix::stream_descriptor::wait_write,
                      [this](boost::system::error_code error) {
                        if (error) return;
                        waiting_ = false;
                        flush();
                      });
}

}  // namespace m531x::app
