// SPDX-License-Identifier: Apache-2.0
#include "app/trace_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <utility>

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

TraceFile::~TraceFile() { write_pending(); }

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
  if (!write_pending()) flush_later();
}

// False when the reader has to be waited for.
bool TraceFile::write_pending() noexcept {
  while (written_ < pending_.size()) {
    const ssize_t size = ::write(fd_.get(), pending_.data() + written_, pending_.size() - written_);
    if (size >= 0) {
      written_ += static_cast<std::size_t>(size);
    } else if (errno == EAGAIN) {
      return false;
    } else if (errno != EINTR) {
      // The reader is gone or the disk is full: the modem goes on without its trace.
      if (!std::exchange(failed_, true)) ::perror("m531x: --trace: cannot write it");
      break;
    }
  }
  pending_.clear();
  written_ = 0;
  return true;
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
