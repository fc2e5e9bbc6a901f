// SPDX-License-Identifier: Apache-2.0
// A pair of file descriptors that bytes come from and go to, never blocking.
#pragma once

#include <boost/asio/posix/stream_descriptor.hpp>
#include <memory>
#include <optional>
#include <span>

#include "m531x/bytes.h"
#include "port/event_loop.h"
#include "port/unique_fd.h"

namespace m531x::port {

// Remembers for each direction whether it may be ready, so that no call is made in vain. Every wait
// keeps the stream alive; close() ends all waits without calling anyone.
class ByteStream : public std::enable_shared_from_this<ByteStream> {
 public:
  static constexpr std::size_t kMostViews = 16;

  // One descriptor for both directions. Makes it non-blocking.
  ByteStream(EventLoop& loop, UniqueFd both);
  // One for each direction, both non-blocking already.
  ByteStream(EventLoop& loop, UniqueFd in, UniqueFd out);

  // Neither bytes nor an error: nothing is there now (`blocked`), or the far end has finished
  // (`ended`, reads only). `error` is an errno value.
  struct Result {
    std::size_t byte_count = 0;
    int error = 0;
    bool blocked = false;
    bool ended = false;
  };
  Result read(std::span<char> room);
  // Writes up to kMostViews of `views`, in order, and perhaps not all of their bytes.
  Result write(std::span<const Bytes> views);

  [[nodiscard]] bool may_read() const { return may_read_; }
  [[nodiscard]] bool may_write() const { return may_write_; }

  // Calls `ready` once when a read, or a write, is worth trying. A second wait for the same
  // direction is ignored while the first lasts.
  template <typename Ready>
  void wait_readable(Ready ready) {
    wait(in_, Descriptor::wait_read, may_read_, waits_readable_, std::move(ready));
  }
  template <typename Ready>
  void wait_writable(Ready ready) {
    wait(out(), Descriptor::wait_write, may_write_, waits_writable_, std::move(ready));
  }

  [[nodiscard]] bool closed() const { return closed_; }
  [[nodiscard]] int input_fd() { return in_.native_handle(); }
  // Takes the descriptors out of the loop and closes them.
  void close();
  // For a stream on one descriptor: close() without closing it.
  UniqueFd release();

 private:
  using Descriptor = boost::asio::posix::stream_descriptor;
  [[nodiscard]] Descriptor& out() { return out_ ? *out_ : in_; }

  template <typename Ready>
  void wait(Descriptor& descriptor, Descriptor::wait_type what, bool& may, bool& waits,
            Ready ready) {
    if (waits || closed_) return;
    waits = true;
    // A wait fails where epoll does not know the kind of file; such a file never blocks.
    descriptor.async_wait(what, [self = shared_from_this(), &may, &waits,
                                 ready = std::move(ready)](boost::system::error_code) mutable {
      waits = false;
      if (self->closed_) return;
      may = true;
      ready();
    });
  }

  Descriptor in_;
  std::optional<Descriptor> out_;
  bool may_read_ = false;
  bool may_write_ = true;
  bool waits_readable_ = false;
  bool waits_writable_ = false;
  bool closed_ = false;
};

}  // namespace m531x::port
