// SPDX-License-Identifier: Apache-2.0
// What a check found: as text while it runs, and as JUnit XML at its end.
#pragma once

#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

namespace m531x::app {

struct CheckResult {
  // `stopped`: the module could not be talked to any more.
  enum class Status : std::uint8_t { ok, differs, skipped, stopped };
  Status status;
  std::string file;
  std::string name;
  int line;
  std::string words;  // how it differs, or why it was skipped or stopped
  std::chrono::steady_clock::duration time{};
};

class CheckReport {
 public:
  // Adds a result and prints it.
  void add(CheckResult result);
  // How many of each, and why so many were skipped.
  void print_summary() const;
  [[nodiscard]] std::size_t count(CheckResult::Status status) const;
  // Throws UserError when the file cannot be written.
  void write_junit(const std::string& path) const;

 private:
  std::vector<CheckResult> results_;
};

}  // namespace m531x::app
