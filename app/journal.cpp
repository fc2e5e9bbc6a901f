// SPDX-License-Identifier: Apache-2.0
// The head of a journal, and its lines as they stand in a file.
#include "app/journal.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "app/redact.h"
#include "port/user_error.h"
#include "scenario/fault_table.h"

namespace m531x::app {
namespace {

using port::UserError;

constexpr std::string_view kFirstLine = "m531x journal 1";
constexpr std::string_view kProgram = "program ";
constexpr std::string_view kSecrets = "secrets ";
constexpr std::array<std::string_view, 2> kSecretWords = {"hidden", "kept"};
constexpr std::string_view kSet = "set ";
constexpr std::string_view kFault = "fault ";
constexpr std::string_view kEndLine = "end";
constexpr std::size_t kMaxVersion = 64;

// Whether a setting changes what a modem does, not how it is connected.
bool is_of_modem(std::string_view key) {
  constexpr std::string_view kMemory = "pool.bytes";
  return key == kMemory || find_setting(settings::module_table(), key) != nullptr;
}

}  // namespace

std::string text_of(const JournalHead& head) {
  const RunSettings defaults = settings_of(*head.settings.model);
  std::string text = fmt::format("{}\n{}{}\n{}{}\n", kFirstLine, kProgram, head.version, kSecrets,
                                 kSecretWords.at(head.has_secrets ? 1 : 0));
  for (const Setting& setting : run_table()) {
    const std::string value = settings::value_of(setting, head.settings);
    const bool told = setting.kind == Setting::Kind::model ||
                      (is_of_modem(setting.key) && value != settings::value_of(setting, defaults));
    if (told) text += fmt::format("{}{}={}\n", kSet, setting.key, value);
  }
  for (const sim::Fault& fault : head.settings.conditions.faults) {
    text += fmt::format("{}{}\n", kFault, escaped(scenario::words_of_fault(fault)));
  }
  return text;
}

JournalReader::JournalReader(std::istream& file, std::string name)
    : file_(file), name_(std::move(name)) {
  try {
    read_head();
  } catch (const UserError& error) {
    refuse(error.what());
  }
}

void JournalReader::refuse(const std::string& sentence) const {
  throw UserError(fmt::format("{}:{}: {}", name_, number_, sentence));
}

// False at the end, also in the middle of a line.
bool JournalReader::read_line() {
  if (std::exchange(held_, false)) return true;
  line_.clear();
  std::streambuf& bytes = *file_.rdbuf();
  using Traits = std::streambuf::traits_type;
  for (auto byte = bytes.sbumpc(); byte != Traits::eof(); byte = bytes.sbumpc()) {
    if (line_.empty()) ++number_;
    const char c = Traits::to_char_type(byte);
    if (c == '\n') return true;
    line_ += c;
    if (line_.size() > kMaxJournalLine) {
      throw UserError(fmt::format("the line is longer than {} bytes", kMaxJournalLine));
    }
  }
  cut_ = cut_ || !line_.empty();
  return false;
}

void JournalReader::read_head() {
  if (!read_line() || !line_.starts_with(kFirstLine.substr(0, kFirstLine.rfind(' ') + 1))) {
    throw UserError("it is not a journal of m531x run --record");
  }
  if (line_ != kFirstLine) throw UserError("it is a journal of another version of m531x");
  if (!read_line() || !line_.starts_with(kProgram) ||
      line_.size() > kProgram.size() + kMaxVersion) {
    throw UserError("the version of the program is missing");
  }
  head_.version = escaped(line_.substr(kProgram.size()));
  const auto secrets = read_line() && line_.starts_with(kSecrets)
                           ? std::ranges::find(kSecretWords, line_.substr(kSecrets.size()))
                           : kSecretWords.end();
  if (secrets == kSecretWords.end()) throw UserError("the line \"secrets\" is missing");
  head_.has_secrets = secrets != kSecretWords.begin();
  while (read_line()) {
    if (line_.starts_with(kSet)) {
      read_setting(std::string_view(line_).substr(kSet.size()));
    } else if (line_.starts_with(kFault)) {
      add_fault(std::string_view(line_).substr(kFault.size()));
    } else {
      held_ = true;
      break;
    }
  }
  if (head_.settings.model == nullptr) throw UserError("the model is missing");
}

void JournalReader::read_setting(std::string_view text) {
  const std::size_t equals = std::min(text.find('='), text.size());
  const std::string_view key = text.substr(0, equals);
  const Setting* const setting = find_setting(run_table(), key);
  if (setting == nullptr || !is_of_modem(key) || equals == text.size()) {
    throw UserError("there is no such setting");
  }
  const auto value = settings::parse_value(*setting, text.substr(equals + 1));
  if (!value) throw UserError(settings::complaint_about(*setting));
  const bool is_model = setting->kind == Setting::Kind::model;
  if (is_model != (head_.settings.model == nullptr)) {
    throw UserError("the model stands once, before the other settings");
  }
  if (is_model) {
    head_.settings =
        settings_of(models()[static_cast<std::size_t>(std::get<std::int64_t>(*value))]);
  } else {
    setting->set(head_.settings, *value);
  }
}

void JournalReader::add_fault(std::string_view text) {
  auto& faults = head_.settings.conditions.faults;
  if (faults.size() == sim::kMaxFaults) {
    throw UserError(fmt::format("there are more than {} faults", sim::kMaxFaults));
  }
  faults.push_back(read_fault(text));
}

std::optional<Entry> JournalReader::next() {
  try {
    while (read_line()) {
      if (line_.starts_with('#')) continue;
      if (complete_) throw UserError("there is something behind the end");
      if (line_ != kEndLine) return parse_entry(line_);
      complete_ = true;
    }
  } catch (const UserError& error) {
    refuse(error.what());
  }
  return std::nullopt;
}

}  // namespace m531x::app
