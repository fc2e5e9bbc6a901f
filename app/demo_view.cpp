// SPDX-License-Identifier: Apache-2.0
#include "app/demo_view.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <limits>

#include "app/display_text.h"
#include "app/redact.h"

namespace m531x::app {
namespace {

constexpr std::size_t kLeastWidth = 20;
constexpr std::size_t kUsualWidth = 80;
constexpr std::size_t kDataWidth = 200;  // where there is no terminal
constexpr std::size_t kUnlimited = std::numeric_limits<std::size_t>::max();
constexpr std::size_t kGap = 2;  // between columns
constexpr std::size_t kMarkWidth = 2;

struct Style {
  std::string_view mark;
  std::string_view colour;
};
// In the order of Who.
constexpr std::array<Style, DemoView::kPartyCount> kStyles = {
    {{"> ", "\x1b[1;32m"}, {"< ", "\x1b[36m"}, {"| ", "\x1b[33m"}}};
constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kRed = "\x1b[1;31m";
constexpr std::string_view kGreen = "\x1b[1;32m";
constexpr std::string_view kPlain = "\x1b[0m";

bool is_set(const char* name) {
  const char* const value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

std::size_t terminal_width() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kUsualWidth;
  return std::max<std::size_t>(size.ws_col, kLeastWidth);
}

// The rows that `text` and `data` behind it take.
std::vector<std::string> rows_of(std::string_view text, Bytes data, std::size_t width) {
  const std::string all = shown(text);
  const auto pieces = wrapped(all, width);
  std::vector<std::string> rows(pieces.begin(), pieces.end());
  if (data.empty()) return rows;
  const std::string more = escaped(data);
  if (width == kUnlimited) {
    rows.back() += "  " + fitted(more, data.size(), kDataWidth);
    return rows;
  }
  const auto parts = wrapped(more, width);
  if (parts.size() > DemoView::kMaxDataRows) {
    rows.push_back(fitted(more, data.size(), width));
  } else {
    rows.insert(rows.end(), parts.begin(), parts.end());
  }
  return rows;
}

}  // namespace

DemoView::DemoView() {
  const bool terminal = ::isatty(STDOUT_FILENO) != 0;
  const char* const kind = std::getenv("TERM");
  coloured_ =
      terminal && !is_set("NO_COLOR") && kind != nullptr && std::string_view(kind) != "dumb";
  width_ = terminal ? terminal_width() : kUnlimited;
  has_columns_ = terminal && width_ >= kLeastForColumns;
  row_width_ = has_columns_ ? (width_ - (kPartyCount - 1) * kGap) / kPartyCount
               : terminal   ? width_ - kMarkWidth
                            : width_;
}

void DemoView::parties(const Parties& names) const {
  fmt::print("\n");
  if (!has_columns_) {
    for (std::size_t who = 0; who < names.size(); ++who) {
      print_wrapped(kBold, std::string(kStyles[who].mark) + names[who]);
    }
    return;
  }
  std::array<std::vector<std::string>, kPartyCount> columns;
  std::ranges::transform(names, columns.begin(),
                         [this](const std::string& name) { return rows_of(name, {}, row_width_); });
  const auto height = std::ranges::max(columns, {}, &std::vector<std::string>::size).size();
  for (std::size_t row = 0; row < height; ++row) {
    std::string all;
    for (std::size_t who = 0; who < columns.size(); ++who) {
      all.append(who * (row_width_ + kGap) - columns_of(all), ' ');
      if (row < columns[who].size()) all += columns[who][row];
    }
    print(kBold, all);
  }
}

void DemoView::heading(std::string_view text) const {
  fmt::print("\n");
  print_wrapped(kBold, text);
}

void DemoView::line(Who who, std::string_view text, Bytes data) const {
  const auto place = static_cast<std::size_t>(who);
  const Style& style = kStyles[place];
  std::string_view mark = style.mark;
  for (const std::string& row : rows_of(text, data, row_width_)) {
    if (has_columns_) {
      print(style.colour, row, place * (row_width_ + kGap));
    } else {
      print(style.colour, std::string(mark) + row);
      mark = "  ";
    }
  }
}

void DemoView::result(std::string_view text, bool good) const {
  fmt::print("\n");
  print_wrapped(good ? kGreen : kRed, text);
}

void DemoView::print_wrapped(std::string_view colour, std::string_view text) const {
  for (const std::string& row : rows_of(text, {}, width_)) print(colour, row);
}

void DemoView::print(std::string_view colour, std::string_view text, std::size_t indent) const {
  if (coloured_) {
    fmt::print("{:{}}{}{}{}\n", "", indent, colour, text, kPlain);
  } else {
    fmt::print("{:{}}{}\n", "", indent, text);
  }
}

}  // namespace m531x::app
