// SPDX-License-Identifier: Apache-2.0
#include "port/readiness.h"

#include <sys/epoll.h>

#include <array>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <system_error>
#include <utility>

#include "port/scoped_flag.h"

namespace m531x::port {
namespace {

// So many are told before the rest of the loop has its turn.
constexpr std::size_t kMostEvents = 256;

constexpr std::uint8_t bit(Direction direction) { return static_cast<std::uint8_t>(direction); }
constexpr std::uint8_t kIn = bit(Direction::in);
constexpr std::uint8_t kOut = bit(Direction::out);

int make_epoll() {
  const int fd = ::epoll_create1(EPOLL_CLOEXEC);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
  return fd;
}

}  // namespace

Readiness::Readiness(boost::asio::io_context& context)
    : context_(context), epoll_(context, make_epoll()) {}

// Who is told may let go of the last that keeps a watch, this one or another.
Readiness::~Readiness() {
  for (Slot& slot : slots_) {
    Watch* const watch = std::exchange(slot.watch, nullptr);
    if (watch == nullptr) continue;
    watch->readiness_ = nullptr;
    watch->waiter_->forgotten();
  }
}

std::uint64_t Readiness::id_of(std::uint32_t index) const {
  return std::uint64_t{slots_[index].generation} << 32 | index;
}

std::uint32_t Readiness::add(Watch& watch) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const std::uint32_t index = free_.back();
  free_.pop_back();
  slots_[index] = {
      .watch = &watch, .generation = slots_[index].generation, .always_ready = watch.fd() < 0};
  return index;
}

// By itself the kernel forgets a descriptor only when its last copy is closed.
void Readiness::remove(std::uint32_t index, int fd) {
  Slot& slot = slots_[index];
  stop_waiting(slot, kIn | kOut);
  if (slot.asked != 0) ::epoll_ctl(epoll_.native_handle(), EPOLL_CTL_DEL, fd, nullptr);
  slot.watch = nullptr;
  ++slot.generation;
  free_.push_back(index);
  if (wait_count_ == 0 && armed_) epoll_.cancel();
}

void Readiness::wait(std::uint32_t index, Direction direction) {
  Slot& slot = slots_[index];
  if ((slot.waiting & bit(direction)) != 0) return;
  slot.waiting |= bit(direction);
  if (!slot.always_ready) {
    ++wait_count_;
    if (ask(index, slot.asked | bit(direction))) return arm();
    stop_waiting(slot, bit(direction));
    slot.waiting |= bit(direction);
    slot.always_ready = true;
  }
  boost::asio::post(context_, [this, id = id_of(index), direction] { fire(id, direction); });
}

bool Readiness::ask(std::uint32_t index, Directions asked) {
  Slot& slot = slots_[index];
  if (asked == slot.asked) return true;
  epoll_event event{};
  if ((asked & kIn) != 0) event.events |= EPOLLIN;
  if ((asked & kOut) != 0) event.events |= EPOLLOUT;
  event.data.u64 = id_of(index);
  // With nothing to be asked it has to be taken out: the kernel always reports a hang-up.
  const int operation = asked == 0        ? EPOLL_CTL_DEL
                        : slot.asked == 0 ? EPOLL_CTL_ADD
                                          : EPOLL_CTL_MOD;
  const int result = ::epoll_ctl(epoll_.native_handle(), operation, slot.watch->fd(), &event);
  if (result == 0) slot.asked = asked;
  return result == 0;
}

void Readiness::stop_waiting(Slot& slot, Directions directions) {
  for (const Directions one : {kIn, kOut}) {
    if ((slot.waiting & directions & one) != 0 && !slot.always_ready) --wait_count_;
  }
  slot.waiting &= static_cast<Directions>(~directions);
}

void Readiness::arm() {
  if (armed_ || looks_ || wait_count_ == 0) return;
  armed_ = true;
  epoll_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                    [this](boost::system::error_code error) {
                      if (error && error != boost::asio::error::operation_aborted) return;
                      armed_ = false;
                      if (error) return arm();
                      look();
                    });
}

// What is not told now is reported once more.
void Readiness::look() {
  look_once();
  arm();
}

void Readiness::look_once() {
  const ScopedFlag looking(looks_);
  std::array<epoll_event, kMostEvents> events{};
  const int count =
      ::epoll_wait(epoll_.native_handle(), events.data(), static_cast<int>(events.size()), 0);
  for (int i = 0; i < count && !context_.stopped(); ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    deliver(event.data.u64, event.events);
  }
}

// What nobody waits for any more is taken back only when it happens: most are waited for again.
void Readiness::deliver(std::uint64_t id, std::uint32_t events) {
  const auto index = static_cast<std::uint32_t>(id);
  if (id_of(index) != id) return;
  Directions happened = 0;
  if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) happened |= kIn;
  if ((events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0) happened |= kOut;
  const Slot& slot = slots_[index];
  ask(index, slot.asked & static_cast<Directions>(~happened | slot.waiting));
  if ((happened & kIn) != 0) fire(id, Direction::in);
  if ((happened & kOut) != 0) fire(id, Direction::out);
}

void Readiness::fire(std::uint64_t id, Direction direction) {
  const auto index = static_cast<std::uint32_t>(id);
  if (id_of(index) != id) return;
  Slot& slot = slots_[index];
  if ((slot.waiting & bit(direction)) == 0) return;
  stop_waiting(slot, bit(direction));
  slot.watch->waiter_->ready(direction);
}

Watch::Watch(Readiness& readiness, UniqueFd fd, Waiter& waiter)
    : readiness_(&readiness), waiter_(&waiter), fd_(std::move(fd)), index_(readiness.add(*this)) {}

void Watch::wait(Direction direction) {
  if (readiness_ != nullptr) readiness_->wait(index_, direction);
}

UniqueFd Watch::release() {
  if (readiness_ != nullptr) std::exchange(readiness_, nullptr)->remove(index_, fd_.get());
  return std::move(fd_);
}

}  // namespace m531x::port
