// SPDX-License-Identifier: Apache-2.0
// Faults as a user writes them: found by name, judged, read and written.
#include <algorithm>
#include <charconv>

#include "scenario/fault_table.h"
#include "settings/words.h"

namespace m531x::scenario {
namespace {

using settings::in_quotes;
using settings::listed;
using sim::Fault;
using sim::FaultGroup;
using sim::FaultPlace;

bool has_parameter(const FaultRow& row, const FaultParameter& parameter) {
  const auto index = &parameter - fault_parameters().data();
  return (row.parameters >> index & 1) != 0;
}

std::vector<std::string_view> names_of(const FaultRow& row, const FaultParameter& parameter) {
  const bool of_places = parameter.name == "at";
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < parameter.names.size(); ++i) {
    if (!of_places || (row.places >> i & 1) != 0) names.push_back(parameter.names[i]);
  }
  return names;
}

const FaultRow& row_of(std::string_view kind) {
  const auto table = fault_table();
  const auto row = std::ranges::find(table, kind, &FaultRow::name);
  if (row != table.end()) return *row;
  std::vector<std::string_view> names;
  for (const FaultRow& each : table) names.push_back(each.name);
  throw Error("there is no fault " + in_quotes(kind) + "; there are " + listed(names));
}

bool is_in_range(const FaultRow& row, const FaultParameter& parameter, const Value& value) {
  if (parameter.kind == FaultParameter::Kind::number) {
    const auto* const number = std::get_if<std::int64_t>(&value);
    return number != nullptr && *number >= parameter.low && *number <= parameter.high;
  }
  const auto* const text = std::get_if<std::string>(&value);
  if (text == nullptr) return false;
  if (parameter.kind == FaultParameter::Kind::choice) {
    return std::ranges::count(names_of(row, parameter), std::string_view(*text)) > 0;
  }
  const auto size = static_cast<std::int64_t>(text->size());
  return size >= parameter.low && size <= parameter.high;
}

std::string text_of(const Value& value) {
  const auto* const number = std::get_if<std::int64_t>(&value);
  return number != nullptr ? std::to_string(*number) : std::get<std::string>(value);
}

}  // namespace

std::vector<const FaultParameter*> parameters_of(const FaultRow& row) {
  std::vector<const FaultParameter*> found;
  for (const FaultParameter& parameter : fault_parameters()) {
    if (has_parameter(row, parameter)) found.push_back(&parameter);
  }
  return found;
}

std::string range_of(const FaultParameter& parameter) {
  if (parameter.kind == FaultParameter::Kind::choice) {
    return listed(parameter.names);
  }
  const std::string_view unit =
      parameter.kind == FaultParameter::Kind::text ? "bytes" : parameter.unit;
  return std::to_string(parameter.low) + " to " + std::to_string(parameter.high) +
         (unit.empty() ? "" : " ") + std::string(unit);
}

std::string range_of(const FaultRow& row, const FaultParameter& parameter) {
  return parameter.kind == FaultParameter::Kind::choice ? listed(names_of(row, parameter))
                                                        : range_of(parameter);
}

FaultMaker::FaultMaker(std::string_view kind) : row_(row_of(kind)) { fault_.kind = row_.kind; }

const FaultParameter& FaultMaker::find(std::string_view name) {
  const auto all = fault_parameters();
  const auto parameter = std::ranges::find(all, name, &FaultParameter::name);
  if (parameter != all.end() && has_parameter(row_, *parameter)) {
    if (has(name)) throw Error(std::string(name) + " is there twice");
    given_.push_back(parameter->name);
    return *parameter;
  }
  std::vector<std::string_view> names;
  for (const FaultParameter* const each : parameters_of(row_)) names.push_back(each->name);
  throw Error(std::string(row_.name) + " has no parameter " + in_quotes(name) + "; it has " +
              listed(names));
}

bool FaultMaker::has(std::string_view name) const {
  return std::ranges::find(given_, name) != given_.end();
}

void FaultMaker::set(std::string_view name, const Value& value) {
  const FaultParameter& parameter = find(name);
  if (!is_in_range(row_, parameter, value)) {
    throw Error(std::string(name) + " must be " + range_of(row_, parameter));
  }
  parameter.set(fault_, value);
}

void FaultMaker::set_text(std::string_view name, std::string_view text) {
  const auto all = fault_parameters();
  const auto parameter = std::ranges::find(all, name, &FaultParameter::name);
  Value value = std::string(text);
  if (parameter != all.end() && parameter->kind == FaultParameter::Kind::number) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc() && end == text.data() + text.size()) value = number;
  }
  set(name, value);
}

Fault FaultMaker::finish() const {
  Fault fault = fault_;
  const FaultGroup group = group_of(fault.kind);
  if (fault.kind == sim::FaultKind::urc && fault.text.empty()) {
    throw Error("urc: text is missing: the report");
  }
  if (group == FaultGroup::line) return fault;
  if (fault.at == FaultPlace::line && has("byte")) {
    throw Error("at = line has no bytes: leave byte out");
  }
  // The first bytes are in the middle of it already.
  if (has("byte") && fault.at == FaultPlace::none) fault.at = FaultPlace::response;
  if (fault.at >= FaultPlace::response && !has("byte")) fault.byte = 1;
  if (fault.at == FaultPlace::response && fault.byte == 0) {
    throw Error("byte must be 1 or more in a response; at = request is before it");
  }
  const bool by_time = group == FaultGroup::module && is_timed(fault);
  if (has("every_ms") && !by_time) {
    throw Error("every_ms is for what time alone decides: leave request, at and byte out");
  }
  if (has("every_ms") && fault.times == 1) {
    throw Error("every_ms needs times: 2 or more, or 0 for always");
  }
  if (by_time && fault.times != 1 && !has("every_ms")) {
    throw Error("times needs every_ms here, or a request or a place");
  }
  return fault;
}

Fault parse_fault(std::string_view words) {
  const auto take_word = [&words] {
    words.remove_prefix(std::min(words.find_first_not_of(' '), words.size()));
    std::string_view word = words.substr(0, words.find(' '));
    if (word.starts_with("text=")) word = words;
    words.remove_prefix(word.size());
    return word;
  };
  constexpr std::string_view kKind = "kind=";
  std::string_view kind = take_word();
  if (kind.starts_with(kKind)) kind.remove_prefix(kKind.size());
  FaultMaker maker(kind);
  while (true) {
    const std::string_view word = take_word();
    if (word.empty()) return maker.finish();
    const std::size_t equals = word.find('=');
    if (equals == std::string_view::npos) {
      throw Error("write " + in_quotes(word) + " as key=value");
    }
    maker.set_text(word.substr(0, equals), word.substr(equals + 1));
  }
}

std::string words_of_fault(const Fault& fault) {
  const FaultRow& row = fault_table()[static_cast<std::size_t>(fault.kind)];
  std::string words(row.name);
  const Fault as_it_is;
  for (const FaultParameter* const parameter : parameters_of(row)) {
    const Value value = parameter->get(fault);
    const bool of_place =
        parameter->name == "byte" && fault.at != FaultPlace::none && fault.at != FaultPlace::line;
    if (value == parameter->get(as_it_is) && !of_place) continue;
    words += ' ' + std::string(parameter->name) + '=' + text_of(value);
  }
  return words;
}

}  // namespace m531x::scenario
