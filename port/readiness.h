// SPDX-License-Identifier: Apache-2.0
// Waits for descriptors to become readable or writable, with an epoll instance of our own in which
// a descriptor stays for as long as somebody waits for it again and again. Asio arms its descriptor
// anew for each wait, which is one call of the system more for each.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstdint>
#include <vector>

#include "port/unique_fd.h"

namespace m531x::port {

enum class Direction : std::uint8_t { in = 1, out = 2 };

// Who waits.
class Waiter {
 public:
  // A wait for `direction` has ended: an attempt is worth its call. It may close or destroy the
  // watch, and wait again.
  virtual void ready(Direction direction) = 0;
  // The loop is gone: what waits will not be called any more.
  virtual void forgotten() = 0;

 protected:
  ~Waiter() = default;
};

class Watch;

// The waits of all watches on one loop; the loop has work while any of them lasts.
class Readiness {
 public:
  // Throws std::system_error when the system has no descriptor left for it.
  explicit Readiness(boost::asio::io_context& context);
  ~Readiness();
  Readiness(const Readiness&) = delete;
  Readiness& operator=(const Readiness&) = delete;

 private:
  friend class Watch;
  using Directions = std::uint8_t;
  // What came from the kernel under another generation was meant for a watch that is gone.
  struct Slot {
    Watch* watch = nullptr;
    std::uint32_t generation = 0;
    Directions waiting = 0;
    Directions asked = 0;       // of the kernel, which reports it until it is taken back
    bool always_ready = false;  // what epoll does not take never blocks
  };

  std::uint32_t add(Watch& watch);
  void remove(std::uint32_t index, int fd);
  void wait(std::uint32_t index, Direction direction);
  // False: the kernel does not take the descriptor.
  bool ask(std::uint32_t index, Directions asked);
  void stop_waiting(Slot& slot, Directions directions);
  void arm();
  void look();
  void look_once();
  void deliver(std::uint64_t id, std::uint32_t events);
  void fire(std::uint64_t id, Direction direction);
  [[nodiscard]] std::uint64_t id_of(std::uint32_t index) const;

  boost::asio::io_context& context_;
  boost::asio::posix::stream_descriptor epoll_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
  std::size_t wait_count_ = 0;  // of those that the kernel will end
  bool armed_ = false;
  bool looks_ = false;
};

// A descriptor and the waits for it.
class Watch {
 public:
  // `fd` does not block; without one, each wait ends at once. `waiter` outlives the watch.
  Watch(Readiness& readiness, UniqueFd fd, Waiter& waiter);
  ~Watch() { close(); }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  [[nodiscard]] int fd() const { return fd_.get(); }
  // Waiter::ready will be called once with `direction`, never before this returns. One that is
  // waited for already ends both waits.
  void wait(Direction direction);
  // Nobody is called any more.
  void close() { release().reset(); }
  UniqueFd release();

 private:
  friend class Readiness;
  Readiness* readiness_;
  Waiter* waiter_;
  UniqueFd fd_;
  std::uint32_t index_;
};

}  // namespace m531x::port
