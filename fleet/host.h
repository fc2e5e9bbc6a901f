// SPDX-License-Identifier: Apache-2.0
// The host of one modem of a fleet: plays the script, judges what it hears, and measures.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fleet/script.h"
#include "fleet/tally.h"
#include "port/driver.h"
#include "port/local_line.h"
#include "transcript/modem_records.h"

namespace m531x::fleet {

class Host;

// What the hosts of a fleet share: who knows the time and the script.
class Club {
 public:
  virtual ~Club() = default;
  [[nodiscard]] virtual Micros now() const = 0;
  [[nodiscard]] virtual const Script& script() const = 0;
  [[nodiscard]] virtual Tally& tally() = 0;
  // `text` for that host.
  [[nodiscard]] virtual std::string expanded(const Host& host, std::string_view text) const = 0;
  // Calls host.go_on() at that time.
  virtual void call_at(Micros time, Host& host) = 0;
  // When the host may begin a cycle; nullopt: there are to be no more. `after`: the end of a cycle.
  [[nodiscard]] virtual std::optional<Micros> next_cycle(Host& host, bool after) = 0;
  // The host has nothing left to do.
  virtual void done(Host& host) = 0;
};

class Host : public port::Observer, public port::LocalHost {
 public:
  // More than that may not come without what is expected.
  static constexpr std::size_t kMaxHeardBytes = 1U << 20;
  // So long a host waits before it tries once more what is no cycle, and so often in a row it
  // tries.
  static constexpr Micros kPause{1'000'000};
  static constexpr int kMaxTries = 5;

  Host(Club& club, std::size_t number) : club_(club), number_(number) {}
  ~Host() override { stop(); }
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  // Plugs the host into its modem, and begins.
  void start(port::EventLoop& loop, std::shared_ptr<port::Driver> driver);
  void stop();
  // The time that it asked for has come.
  void go_on();
  // Gives what it waits for up if it was due.
  void look_at_clock(Micros now);
  // Cycles are not begun any more: it is done when that which runs is over.
  void finish();
  // The run is over: a cycle that still runs has failed.
  void cut_off();

  [[nodiscard]] std::size_t number() const { return number_; }
  // Cycles that it has begun.
  std::uint64_t begun_count = 0;
  void set_patience(Micros patience) { patience_ = patience; }

  // port::LocalHost
  [[nodiscard]] std::size_t window() const override { return kMaxHeardBytes; }
  void heard(Bytes bytes) override;

  // port::Observer
  void from_host(Bytes bytes) override;
  void to_host(Bytes bytes) override;
  void from_server(ConnId conn, Bytes bytes) override;
  void to_server(ConnId conn, Bytes bytes) override;
  void connecting(ConnId conn, Bytes host, std::uint16_t port) override;
  void connected(ConnId conn, std::string_view tls) override;
  void ended(ConnId conn, Cause why, std::string_view words) override;
  void closed(ConnId conn) override;
  void noted(const Note& note) override;

 private:
  enum class State : std::uint8_t { off, pausing, waiting, listening, done };
  enum class Part : std::uint8_t { start, cycle, recover };
  // Only while an answer is on its way.
  struct Listening {
    transcript::ModemRecords records;
    std::vector<transcript::Expected::Piece> expanded;
    std::string heard;
  };

  [[nodiscard]] const std::vector<ScriptStep>& steps() const;
  void begin(Part part);
  void begin_step();
  void listen();
  void rest();
  void hear(const transcript::ModemRecord& record);
  [[nodiscard]] const std::vector<transcript::Expected::Piece>& expected() const;
  [[nodiscard]] bool expects(std::string_view text) const;
  void step_is_over();
  void part_is_over();
  void want_cycle(bool after);
  void fail(const std::string& code, std::string_view words);

  Club& club_;
  std::size_t number_;
  std::shared_ptr<port::Driver> driver_;
  std::shared_ptr<port::LocalLine> line_;
  std::unique_ptr<Listening> listening_;
  Micros patience_{0};
  Micros due_{0};
  Micros connect_began_{0};
  Micros cycle_began_{0};
  std::string_view words_;  // of what went wrong last; static text
  std::uint16_t step_ = 0;
  std::uint8_t tries_ = 0;  // of a part that is no cycle
  State state_ = State::off;
  Part part_ = Part::start;
  std::uint16_t open_ = 0;  // connections, one bit each
  bool awaits_first_byte_ = false;
  bool finishing_ = false;
};

}  // namespace m531x::fleet
