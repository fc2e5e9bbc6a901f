// SPDX-License-Identifier: Apache-2.0
// What bytes come from and go to, never blocking: a pair of file descriptors, or something within
// the program.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "m531x/bytes.h"
#include "m531x/uart.h"
#include "port/event_loop.h"
#include "port/readiness.h"
#include "port/unique_fd.h"

namespace m531x::port {

// Remembers for each direction whether it may be ready, so that no call is made in vain. Every wait
// keeps the stream alive; close() ends all waits without calling anyone.
class ByteStream : public std::enable_shared_from_this<ByteStream>, private Waiter {
 public:
  static constexpr std::size_t kMostViews = 16;

  // One descriptor for both directions. Makes it non-blocking.
  ByteStream(EventLoop& loop, UniqueFd both);
  // One for each direction, both non-blocking already.
  ByteStream(EventLoop& loop, UniqueFd in, UniqueFd out);
  virtual ~ByteStream() = default;
  ByteStream(const ByteStream&) = delete;
  ByteStream& operator=(const ByteStream&) = delete;

  // Neither bytes nor an error: nothing is there now (`blocked`), or the far end has finished
  // (`ended`, reads only). `error` is an errno value.
  struct Result {
    std::size_t byte_count = 0;
    int error = 0;
    bool blocked = false;
    bool ended = false;
  };
  virtual Result read(std::span<char> room);
  // Writes up to kMostViews of `views`, in order, and perhaps not all of their bytes.
  virtual Result write(std::span<const Bytes> views);
  // The serial line's settings are these for all that is read and written from now on. A stream
  // that is no serial line has none.
  virtual void follow(const Uart&) {}
  // Says to the far end, as far as that goes at once, that nothing more will be written. A stream
  // says so by being closed, unless it has words of its own for that.
  virtual void finish_writing() {}
  // How many of the bytes that were written may be lost if it is closed now, as far as the system
  // tells; it asks for no more than what is ahead of a close.
  [[nodiscard]] virtual std::size_t undelivered();
  // At most so much may be put together before it is written: what the system keeps for the far
  // side anyway. 0: each piece is written as it comes, and what is not taken stays where it is.
  [[nodiscard]] virtual std::size_t batch_bytes() const;
  // What else there is to say of the stream or of the last error; static text.
  [[nodiscard]] virtual std::string_view words() const { return {}; }

  [[nodiscard]] bool may_read() const { return may_read_ && !reads_held_; }
  [[nodiscard]] bool may_write() const { return may_write_ && !writes_held_; }

  // Calls `ready` once when a read, or a write, is worth trying. A second wait for the same
  // direction is ignored while the first lasts.
  void wait_readable(std::function<void()> ready);
  void wait_writable(std::function<void()> ready);

  [[nodiscard]] bool closed() const { return closed_; }
  [[nodiscard]] int input_fd() const { return in_.fd(); }
  // Takes the descriptors out of the loop and closes them.
  virtual void close();
  // For a stream on one descriptor: close() without closing it.
  UniqueFd release();

 protected:
  // Without a descriptor: who derives from it says when there is something to read or room to
  // write, by holds.
  explicit ByteStream(EventLoop& loop) : ByteStream(loop, UniqueFd(), UniqueFd()) {}
  // For a stream that does not read and write the descriptor itself. A read may have to wait until
  // it can write, and the other way round.
  void set_may_read(bool may, bool waits_to_write = false) {
    may_read_ = may;
    read_waits_for_ = waits_to_write ? Direction::out : Direction::in;
  }
  void set_may_write(bool may, bool waits_to_write = true) {
    may_write_ = may;
    write_waits_for_ = waits_to_write ? Direction::out : Direction::in;
  }
  // From the first to the second, nothing is to be read.
  void hold_reads() { reads_held_ = true; }
  // Who waited is told by the second, so that it can be left for later.
  void allow_reads() {
    reads_held_ = false;
    may_read_ = true;
  }
  void resume_reads() {
    allow_reads();
    end_wait(on_readable_);
  }
  // From the first to the second, nothing is to be written.
  void hold_writes() { writes_held_ = true; }
  void resume_writes() {
    writes_held_ = false;
    end_wait(on_writable_);
  }

 private:
  void ready(Direction direction) override;
  void forgotten() override { forget_waits(); }
  [[nodiscard]] Watch& watch_of(Direction direction);
  void end_wait(std::function<void()>& wait);
  void forget_waits();

  Watch in_;
  std::unique_ptr<Watch> out_;  // where it is another descriptor
  Direction read_waits_for_ = Direction::in;
  Direction write_waits_for_ = Direction::out;
  bool may_read_ = false;
  bool may_write_ = true;
  bool closed_ = false;
  bool writes_held_ = false;
  bool reads_held_ = false;
  std::function<void()> on_readable_;
  std::function<void()> on_writable_;
  std::shared_ptr<ByteStream> kept_;  // itself, while anyone waits
};

}  // namespace m531x::port
