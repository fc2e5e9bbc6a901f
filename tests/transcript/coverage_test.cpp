// SPDX-License-Identifier: Apache-2.0
// Every row of the modem's command table is typed in some transcript, and every file has blocks.
#include <gtest/gtest.h>

#include <cctype>
#include <set>

#include "tests/transcript/command_names.h"
#include "tests/transcript/library.h"

namespace m531x::transcript {

namespace {

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

bool is_letter(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Adds the names of the commands in one line (upper case): "E", "&F", "S3", "+HTTPSEND".
void add_names(std::string_view line, std::set<std::string>& names) {
  if (line.starts_with("A/")) names.insert("A/");
  std::size_t at = line.find("AT");
  if (at == std::string_view::npos) return;
  at += 2;
  while (at < line.size()) {
    const char first = line[at];
    std::size_t end = at + 1;
    if (first == '+') {
      while (end < line.size() && (is_letter(line[end]) || is_digit(line[end]))) ++end;
      names.insert(std::string(line.substr(at, end - at)));
      at = line.find(";+", end);
      if (at == std::string_view::npos) return;
      ++at;
    } else if (first == '&' || first == 'S') {
      if (end < line.size()) ++end;
      names.insert(std::string(line.substr(at, end - at)));
      at = end;
    } else {
      if (is_letter(first)) names.insert(std::string(1, first));
      at = end;
    }
  }
}

std::set<std::string> names_typed() {
  std::set<std::string> names;
  for (const File& file : library()) {
    for (const Block& block : file.blocks) {
      for (const Step& step : block.steps) {
        if (step.stimulus.kind != Stimulus::Kind::host_types) continue;
        add_names(upper(step.stimulus.bytes), names);
      }
    }
  }
  return names;
}

TEST(Coverage, EveryCommandHasATranscript) {
  const auto typed = names_typed();
  const auto commands = command_names();
  EXPECT_FALSE(commands.empty());
  for (const std::string& name : commands) {
    EXPECT_TRUE(typed.contains(name)) << "no transcript types AT" << name;
  }
}

TEST(Coverage, EveryFileHasBlocks) {
  EXPECT_FALSE(library().empty());
  for (const File& file : library()) {
    EXPECT_FALSE(file.blocks.empty()) << file.name << " has no ```m531x block";
  }
}

}  // namespace

}  // namespace m531x::transcript
