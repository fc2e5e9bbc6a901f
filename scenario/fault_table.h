// SPDX-License-Identifier: Apache-2.0
// The one table of faults: the name of each kind, what it does, its parameters with their ranges.
// Scenario files, transcripts, the control side, the help and the guide are made from it.
#pragma once

#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/fault.h"

namespace m531x::scenario {

// What is wrong with a fault or a scenario: a sentence that names the place.
class Error : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// A number, or a text: a choice is its name.
using Value = std::variant<std::int64_t, std::string>;

struct FaultParameter {
  enum class Kind : std::uint8_t { number, choice, text };

  std::string_view name;
  Kind kind;
  std::string_view meaning;
  std::int64_t low;  // of a number; of a text, its least and most bytes
  std::int64_t high;
  std::string_view unit;                    // of a number
  std::span<const std::string_view> names;  // of a choice, in the order of its values
  Value (*get)(const sim::Fault&);
  void (*set)(sim::Fault&, const Value&);
};

// Which parameters a kind has: a set of bits, 1 for the first of fault_parameters().
using ParameterSet = std::uint16_t;

struct FaultRow {
  std::string_view name;
  sim::FaultKind kind;
  std::string_view meaning;
  ParameterSet parameters;
  std::uint8_t places;  // of `at`: a set of bits, 1 for the first name
};

// All kinds, in the order of sim::FaultKind.
[[nodiscard]] std::span<const FaultRow> fault_table();
[[nodiscard]] std::span<const FaultParameter> fault_parameters();
// Those of a kind.
[[nodiscard]] std::vector<const FaultParameter*> parameters_of(const FaultRow& row);
// What may stand there, in any kind: "1 to 1000000 bytes", "pin or watchdog".
[[nodiscard]] std::string range_of(const FaultParameter& parameter);
// And in this one.
[[nodiscard]] std::string range_of(const FaultRow& row, const FaultParameter& parameter);

// Makes a fault of a kind's name and parameters, one after the other. Each throws Error, and what
// has been set stays.
class FaultMaker {
 public:
  explicit FaultMaker(std::string_view kind);
  void set(std::string_view name, const Value& value);
  // A value as a user writes it after `=`.
  void set_text(std::string_view name, std::string_view text);
  // The fault. Throws when what was set does not go together.
  [[nodiscard]] sim::Fault finish() const;

 private:
  const FaultParameter& find(std::string_view name);
  [[nodiscard]] bool has(std::string_view name) const;

  const FaultRow& row_;
  sim::Fault fault_;
  std::vector<std::string_view> given_;
};

// "reset request=2 at=body byte=100": what words_of_fault writes, perhaps with `kind=` in front. A
// text stands last, for all behind it is the text.
// Throws Error.
[[nodiscard]] sim::Fault parse_fault(std::string_view words);
[[nodiscard]] std::string words_of_fault(const sim::Fault& fault);

}  // namespace m531x::scenario
