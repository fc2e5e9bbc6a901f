// SPDX-License-Identifier: Apache-2.0
// What a modem had begun to say when it was switched off, on its way to the host: a record whose
// length has been announced must not end in the middle.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <string>

#include "port/byte_stream.h"
#include "port/observer.h"

namespace m531x::port {

// How long a host is waited for.
struct Patience {
  // It takes nothing: it is not there, or does not want to. A pseudo-terminal may show what is
  // taken only by 4 KiB.
  Millis stuck{2'000};
  Millis longest{10'000};  // it takes what there is, but slowly
};

class LastWords : public std::enable_shared_from_this<LastWords> {
 public:
  // `observer` may be null, and must live until `done` is called: once, when the host has it all or
  // is not waited for any longer. The line is closed then.
  LastWords(EventLoop& loop, std::shared_ptr<ByteStream> line, std::string words,
            Observer* observer, std::function<void()> done, Patience patience = {});
  // May call `done` at once.
  void start();
  // Closes the line at once; `done` is not called any more.
  void give_up();
  // For a wait of the line that began before start().
  void go_on();

 private:
  void write();
  void discard_input();
  void look();
  [[nodiscard]] auto go_on_later() {
    return [self = shared_from_this()] { self->go_on(); };
  }
  void expect_progress();
  void end();

  EventLoop& loop_;
  std::shared_ptr<ByteStream> line_;
  std::string words_;
  std::size_t written_ = 0;
  Observer* observer_;
  std::function<void()> done_;
  Patience patience_;
  std::size_t undelivered_ = 0;  // at the last look
  bool seems_over_ = false;      // at the last look
  bool input_is_over_ = false;
  boost::asio::steady_timer look_;
  boost::asio::steady_timer stuck_;
  boost::asio::steady_timer longest_;
};

}  // namespace m531x::port
