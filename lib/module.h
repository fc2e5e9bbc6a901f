// SPDX-License-Identifier: Apache-2.0
// The module of a host test: settings, power, the host's side of the line, the clock. What is asked
// of it and cannot be is refused (lib/refusal.h) before anything has changed.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/network.h"
#include "lib/servers.h"
#include "settings/table.h"

namespace m531x::lib {

class Module {
 public:
  Module();

  void set(std::string_view key, std::string_view value);
  [[nodiscard]] std::string get(std::string_view key) const;
  void be_as_hardware();

  void power_on();
  void power_off();
  void reset(ResetCause cause);

  // Each returns how many bytes it has taken, or given.
  std::size_t host_write(Bytes bytes);
  std::size_t host_read(std::span<char> to);
  [[nodiscard]] std::size_t host_available() const;
  void set_host_ready(bool ready);

  [[nodiscard]] Millis now() const { return now_; }
  void advance(Millis by);
  // True: a moment at which something happened; false: `most` is over.
  bool step(Millis most);
  // Until that holds; false: `most` is over.
  template <typename Holds>
  bool wait(Millis most, Holds holds) {
    const Millis target = now_ + most;
    while (!holds()) {
      if (now_ == target) return false;
      step(target - now_);
    }
    return true;
  }

  // A call that goes to the network, and what follows from it.
  template <typename Call>
  int with_network(Call call) {
    const int result = call(network_);
    settle();
    return result;
  }
  Network& network() { return network_; }
  Servers& servers() { return servers_; }

  void set_coverage(bool coverage);
  void set_signal(const Signal& signal);
  void inject(Bytes text);
  [[nodiscard]] Status status() const;

  // Returns its number.
  std::uint32_t add_fault(std::string_view words);
  // All of them, or none.
  void add_faults(const std::vector<sim::Fault>& faults);
  void clear_faults();
  [[nodiscard]] std::uint32_t fault_happened(std::uint32_t number) const;

 private:
  struct Assignment {
    const settings::Setting* setting;
    settings::Value value;
  };

  [[nodiscard]] static const settings::Setting& find(std::string_view key);
  [[nodiscard]] settings::ModuleSettings compose() const;
  void require_off() const;
  void require_power() const;
  // The same for one that goes to the modem. It must have power.
  template <typename Call>
  void with_modem(Call call) {
    require_power();
    call(bench_->modem());
    bench_->settle();
    settle();
  }
  void settle();
  [[nodiscard]] std::optional<Millis> next_moment() const;

  const Model* model_;
  bool as_hardware_ = false;
  std::vector<Assignment> assignments_;
  settings::ModuleSettings settings_;
  Flash flash_;  // while it has no power
  Millis now_{0};
  bool host_ready_ = true;
  std::string received_;  // by the host, while the module has no power
  std::unique_ptr<stand::Bench> bench_;
  Network network_;
  Servers servers_;
};

}  // namespace m531x::lib
