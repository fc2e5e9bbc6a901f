// SPDX-License-Identifier: Apache-2.0
#include "app/check_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <pugixml.hpp>
#include <string_view>

#include "port/user_error.h"

namespace m531x::app {
namespace {

using Status = CheckResult::Status;
constexpr std::array<std::string_view, 4> kStatusNames = {"ok", "differs", "skipped", "stopped"};
// The element of JUnit in which a result other than ok has its words.
constexpr std::array<const char*, 4> kElements = {"", "failure", "skipped", "error"};

std::string seconds(std::chrono::steady_clock::duration time) {
  return fmt::format("{:.3f}", std::chrono::duration<double>(time).count());
}

void append_case(pugi::xml_node suite, const CheckResult& result) {
  auto test = suite.append_child("testcase");
  test.append_attribute("classname") = result.file.c_str();
  test.append_attribute("name") = result.name.c_str();
  test.append_attribute("file") = result.file.c_str();
  test.append_attribute("line") = result.line;
  test.append_attribute("time") = seconds(result.time).c_str();
  if (result.status == Status::ok) return;
  auto why = test.append_child(kElements[static_cast<std::size_t>(result.status)]);
  why.append_attribute("message") = result.words.substr(0, result.words.find('\n')).c_str();
  why.text() = result.words.c_str();
}

// How many of the results are `status`, as the attribute `name`.
void append_count(pugi::xml_node suite, const char* name, const std::vector<CheckResult>& results,
                  Status status) {
  suite.append_attribute(name) =
      static_cast<unsigned>(std::ranges::count(results, status, &CheckResult::status));
}

void append_totals(pugi::xml_node node, const std::vector<CheckResult>& results) {
  std::chrono::steady_clock::duration time{};
  for (const auto& result : results) time += result.time;
  node.append_attribute("tests") = static_cast<unsigned>(results.size());
  append_count(node, "failures", results, Status::differs);
  append_count(node, "errors", results, Status::stopped);
  append_count(node, "skipped", results, Status::skipped);
  node.append_attribute("time") = seconds(time).c_str();
}

}  // namespace

void CheckReport::add(CheckResult result) {
  fmt::print("{:<8} {}:{} {}", kStatusNames[static_cast<std::size_t>(result.status)], result.file,
             result.line, result.name);
  if (result.status == Status::differs) {
    fmt::print("\n{}", result.words);
  } else {
    fmt::print("{}{}\n", result.words.empty() ? "" : ": ", result.words);
  }
  std::fflush(stdout);
  results_.push_back(std::move(result));
}

std::size_t CheckReport::count(Status status) const {
  return static_cast<std::size_t>(std::ranges::count(results_, status, &CheckResult::status));
}

void CheckReport::print_summary() const {
  fmt::print("{} blocks: {} ok, {} differ, {} skipped", results_.size(), count(Status::ok),
             count(Status::differs), count(Status::skipped));
  if (count(Status::stopped) > 0) fmt::print(", {} stopped", count(Status::stopped));
  fmt::print("\n");
  std::map<std::string_view, int> reasons;
  for (const auto& result : results_) {
    if (result.status == Status::skipped) ++reasons[result.words];
  }
  for (const auto& [reason, number] : reasons) fmt::print("{:>6} skipped: {}\n", number, reason);
}

void CheckReport::write_junit(const std::string& path) const {
  pugi::xml_document document;
  auto suites = document.append_child("testsuites");
  suites.append_attribute("name") = "m531x check";
  append_totals(suites, results_);
  std::map<std::string_view, std::vector<CheckResult>> files;
  for (const auto& result : results_) files[result.file].push_back(result);
  for (const auto& [file, results] : files) {
    auto suite = suites.append_child("testsuite");
    suite.append_attribute("name") = std::string(file).c_str();
    append_totals(suite, results);
    for (const auto& result : results) append_case(suite, result);
  }
  errno = 0;
  if (!document.save_file(path.c_str(), "  ")) {
    throw port::UserError(fmt::format("--junit {}: cannot write it: {}", path,
                                      port::words_of(errno != 0 ? errno : EIO)));
  }
}

}  // namespace m531x::app
