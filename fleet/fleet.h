// SPDX-License-Identifier: Apache-2.0
// n modems on one loop, each with its host, until their time or their cycles are over.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <queue>
#include <string>
#include <vector>

#include "fleet/host.h"
#include "fleet/script.h"
#include "fleet/tally.h"
#include "port/driver.h"
#include "settings/module_settings.h"

namespace m531x::fleet {

struct Plan {
  std::size_t modem_count = 1;
  std::string server;  // a URL
  std::string path;
  Micros ramp_up{0};                    // the modems are switched on one by one over this time
  std::optional<Micros> duration;       // no cycle begins after it
  std::optional<std::uint64_t> cycles;  // of each modem
  double rate = 0;                      // cycles a second that begin, of all; 0 = any
  Micros think_least{0};                // between the cycles of a host, each alike
  Micros think_most{0};
  Micros patience{30'000'000};  // with what a step expects
  std::uint32_t seed = 1;

  // Behind that cycle of a modem. What the others do has no say in it.
  [[nodiscard]] Micros think_time(std::size_t modem, std::uint64_t cycle) const;
};

class Fleet : public Club {
 public:
  // What runs when time is up is given so much longer, at most.
  static constexpr Micros kGrace{10'000'000};

  // `loop`, `pool` and `tls` must outlive the fleet. `over` is called once, not before
  // start() returns.
  Fleet(port::EventLoop& loop, settings::ModuleSettings settings, BlockPool& pool,
        port::TlsTrust* tls, port::NetOptions net, Plan plan, Script script,
        std::function<void()> over);
  ~Fleet() override;
  Fleet(const Fleet&) = delete;
  Fleet& operator=(const Fleet&) = delete;

  void start();
  // No cycle begins any more; `over` is called when those that run have ended, or are given up.
  void finish();
  // To be called when the loop has ended: what still runs has failed.
  void cut_off();
  [[nodiscard]] const Tally& tally() const { return tally_; }
  [[nodiscard]] const Plan& plan() const { return plan_; }
  [[nodiscard]] Micros elapsed() const { return now() - began_; }
  // The process and the counts at this moment.
  [[nodiscard]] Sample sample() const;

  // Club
  [[nodiscard]] Micros now() const override { return loop_.uptime(); }
  [[nodiscard]] const Script& script() const override { return script_; }
  [[nodiscard]] Tally& tally() override { return tally_; }
  [[nodiscard]] std::string expanded(const Host& host, std::string_view text) const override;
  void call_at(Micros time, Host& host) override;
  [[nodiscard]] std::optional<Micros> next_cycle(Host& host, bool after) override;
  void done(Host& host) override;

 private:
  struct Alarm {
    Micros time;
    std::uint32_t host;
    bool operator<(const Alarm& other) const {
      return time != other.time ? time > other.time : host > other.host;
    }
  };

  void power_on();
  void arm();
  void ring();
  void look_at_clocks();
  void end();

  port::EventLoop& loop_;
  const settings::ModuleSettings settings_;
  BlockPool& pool_;
  port::TlsTrust* tls_;
  const port::NetOptions net_;
  const Plan plan_;
  const Script script_;
  std::function<void()> over_;
  Tally tally_;
  std::vector<std::unique_ptr<Host>> hosts_;
  std::priority_queue<Alarm> alarms_;
  boost::asio::steady_timer alarm_;
  boost::asio::steady_timer power_;
  boost::asio::steady_timer clock_;
  boost::asio::steady_timer end_;
  std::optional<Micros> armed_for_;
  Micros began_{0};
  Micros next_slot_{0};
  Micros last_sample_{0};
  std::size_t done_count_ = 0;
  bool finishing_ = false;
  bool ended_ = false;
};

}  // namespace m531x::fleet
