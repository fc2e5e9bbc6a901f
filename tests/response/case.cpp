// SPDX-License-Identifier: Apache-2.0
#include "tests/response/case.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "settings/table.h"
#include "transcript/markdown.h"
#include "transcript/notation.h"

namespace m531x::response {

namespace {

// In the order of AT+HTTPSEND's numbers.
constexpr std::array<std::string_view, 5> kMethods = {"GET", "POST", "PUT", "DELETE", "HEAD"};
constexpr std::string_view kDiffers = "differs: ";

class CaseReader {
 public:
  explicit CaseReader(Case& c) : case_(c) {}

  void read(std::string_view line, int number) {
    if (line.empty() || line.starts_with('#')) return;
    const std::size_t space = line.find(' ');
    const std::string_view word = line.substr(0, space);
    const std::string_view rest =
        space == std::string_view::npos ? std::string_view() : line.substr(space + 1);
    if (!bytes(word, rest) && !fact(line, word, rest)) {
      case_.faults.push_back(case_.file + ":" + std::to_string(number) +
                             ": not a line of a case: " + std::string(line));
    }
  }

 private:
  bool bytes(std::string_view word, std::string_view rest) {
    using transcript::decode_raw;
    using transcript::expand_repeats;
    if (word == ">") {
      case_.sent += expand_repeats(rest) + "\r\n";
    } else if (word == "<") {
      case_.heard += "\r\n" + expand_repeats(rest) + "\r\n";
    } else if (const auto raw = decode_raw(rest); word == ">>" && raw) {
      case_.sent += *raw;
    } else if (word == "<<" && raw) {
      case_.heard += *raw;
    } else {
      return false;
    }
    return true;
  }

  bool fact(std::string_view line, std::string_view word, std::string_view rest) {
    if (line == "closed") {
      case_.end = End::closed;
    } else if (line == "reset") {
      case_.end = End::reset;
    } else if (line == "close") {
      case_.closes = true;
    } else if (word == "curl") {
      case_.curl = rest;
      return rest == "accepts" || rest == "refuses" ||
             (rest.starts_with(kDiffers) && rest.size() > kDiffers.size());
    } else if (word == "method") {
      const auto* const found = std::ranges::find(kMethods, rest);
      case_.method = static_cast<int>(found - kMethods.begin());
      return found != kMethods.end();
    } else if (word == "set") {
      const std::size_t equals = std::min(rest.find('='), rest.size());
      return settings::apply(rest.substr(0, equals), rest.substr(std::min(equals + 1, rest.size())),
                             case_.settings);
    } else {
      return false;
    }
    return true;
  }

  Case& case_;
};

std::vector<File> read_all() {
  std::vector<File> files;
  for (const auto& entry : std::filesystem::directory_iterator(M531X_RESPONSES)) {
    if (entry.path().extension() != ".md") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const std::string name = entry.path().stem().string();
    files.push_back({name, parse_cases(text, "tests/responses/" + name + ".md")});
  }
  std::ranges::sort(files, {}, &File::name);
  return files;
}

}  // namespace

std::vector<Case> parse_cases(std::string_view markdown, const std::string& file) {
  std::vector<Case> cases;
  for (const transcript::FencedBlock& fenced : transcript::fenced_blocks(markdown, "response")) {
    Case& c = cases.emplace_back();
    c.file = file;
    c.line = fenced.line;
    c.heading = fenced.heading;
    c.why = fenced.prose;
    c.settings = settings::settings_of(*find_model("M5310-A"));
    CaseReader reader(c);
    for (const auto& line : fenced.lines) reader.read(line.text, line.number);
    if (!fenced.ended) c.faults.push_back(file + ": the last block has no end");
  }
  return cases;
}

const std::vector<File>& corpus() {
  static const std::vector<File> files = read_all();
  return files;
}

}  // namespace m531x::response
