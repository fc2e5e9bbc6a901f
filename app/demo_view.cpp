// SPDX-License-Identifier: Apache-2.0
#include "app/demo_view.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>

#include "app/redact.h"

namespace m531x::app {
namespace {

constexpr std::size_t kUsualWidth = 100;
constexpr std::size_t kLeastWidth = 40;
constexpr std::size_t kWide = 140;        // from here on the server has a column
constexpr std::size_t kServerWidth = 48;  // of that column

struct Style {
  std::string_view mark;
  std::string_view colour;
};
// In the order of Who.
constexpr std::array<Style, 3> kStyles = {
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

// What of `text` fits, and `byte_count` behind it if something does not.
std::string fitted(std::string_view text, std::size_t byte_count, std::size_t width) {
  if (text.size() <= width) return std::string(text);
  const std::string tail = fmt::format(" ... ({} bytes)", byte_count);
  std::size_t end = width > tail.size() ? width - tail.size() : 0;
  // Not in the middle of a UTF-8 sequence.
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80) --end;
  return std::string(text.substr(0, end)) + tail;
}

}  // namespace

DemoView::DemoView() {
  const bool terminal = ::isatty(STDOUT_FILENO) != 0;
  const char* const kind = std::getenv("TERM");
  coloured_ =
      terminal && !is_set("NO_COLOR") && kind != nullptr && std::string_view(kind) != "dumb";
  const std::size_t width = terminal ? terminal_width() : kUsualWidth;
  has_column_ = width >= kWide;
  width_ = has_column_ ? width - kServerWidth : width;
}

void DemoView::heading(std::string_view text) const {
  fmt::print("\n");
  print(kBold, text);
}

void DemoView::line(Who who, std::string_view text, Bytes data) const {
  const Style& style = kStyles[static_cast<std::size_t>(who)];
  const bool aside = who == Who::server && has_column_;
  const std::size_t room = (aside ? kServerWidth : width_) - style.mark.size();
  if (aside) fmt::print("{:{}}", "", width_);
  const std::string all =
      data.empty() ? std::string(text) : fmt::format("{}  {}", text, escaped(data));
  const std::size_t byte_count = data.empty() ? text.size() : data.size();
  print(style.colour, std::string(style.mark) + fitted(all, byte_count, room));
}

void DemoView::result(std::string_view text, bool good) const {
  fmt::print("\n");
  print(good ? kGreen : kRed, text);
}

void DemoView::print(std::string_view colour, std::string_view text) const {
  if (coloured_) {
    fmt::print("{}{}{}\n", colour, text, kPlain);
  } else {
    fmt::print("{}\n", text);
  }
}

}  // namespace m531x::app
