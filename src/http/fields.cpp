// SPDX-License-Identifier: Apache-2.0
#include "http/fields.h"

#include <algorithm>
#include <array>

#include "http/token.h"
#include "http/url.h"
#include "m531x/ascii.h"
#include "m531x/settings.h"
#include "mem/text.h"

namespace m531x::http {
namespace {

// RFC 9110 5.5: what a value may hold beside CR, which ends it.
constexpr bool is_value_byte(char c) {
  return (static_cast<unsigned char>(c) >= ' ' && c != '\x7f') || c == '\t';
}

// Names and values that matter have their bounds; a longer one is only known to be longer.
template <std::size_t kCapacity>
struct Word {
  std::array<char, kCapacity> text;
  std::size_t size = 0;

  void add(Bytes bytes) {
    for (const char c : mem::first(bytes, kCapacity - std::min(size, kCapacity))) {
      text[size++] = to_lower(c);
      bytes.remove_prefix(1);
    }
    size += bytes.size();
  }
  [[nodiscard]] Bytes view() const {
    return size <= kCapacity ? Bytes(text.data(), size) : Bytes();
  }
};

Bytes trim(Bytes text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == Bytes::npos) return {};
  return mem::first(mem::after(text, first), text.find_last_not_of(" \t") - first + 1);
}

bool is_number(Bytes text, std::uint32_t number) {
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9' || value > number) return false;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return !text.empty() && value == number;
}

class Inspector {
 public:
  Inspector(std::uint32_t content_bytes, Fields& fields)
      : content_bytes_(content_bytes), fields_(fields) {}

  bool feed(Bytes run) {
    while (!run.empty()) {
      const bool ok = state_ == State::name    ? name(run)
                      : state_ == State::value ? value(run)
                                               : line_feed(run);
      if (!ok) return false;
    }
    return true;
  }

  bool finish() {
    if (state_ == State::value) {
      fields_.unterminated = true;
      return field();
    }
    return state_ == State::name && name_.size == 0;
  }

 private:
  enum class State : std::uint8_t { name, value, line_feed };

  bool name(Bytes& run) {
    const auto end =
        static_cast<std::size_t>(std::ranges::find_if_not(run, is_token) - run.begin());
    name_.add(mem::first(run, end));
    run.remove_prefix(end);
    if (run.empty()) return true;
    if (run.front() != ':' || name_.size == 0) return false;
    run.remove_prefix(1);
    state_ = State::value;
    return true;
  }

  bool value(Bytes& run) {
    const std::size_t end = std::min(run.find('\r'), run.size());
    const Bytes part = mem::first(run, end);
    if (!std::ranges::all_of(part, is_value_byte)) return false;
    add_members(part);
    run.remove_prefix(end);
    if (run.empty()) return true;
    run.remove_prefix(1);
    state_ = State::line_feed;
    return true;
  }

  // A value is judged by its list members, so that its length does not matter.
  void add_members(Bytes part) {
    while (true) {
      if (value_.size == 0)
        part.remove_prefix(std::min(part.find_first_not_of(" \t"), part.size()));
      const std::size_t comma = part.find(',');
      value_.add(mem::first(part, comma));
      if (comma == Bytes::npos) return;
      end_member();
      is_list_ = true;
      part = mem::after(part, comma + 1);
    }
  }

  void end_member() {
    if (name_.view() == "connection" && trim(value_.view()) == "close") {
      fields_.connection_close = true;
    }
    value_.size = 0;
  }

  bool line_feed(Bytes& run) {
    if (run.front() != '\n' || !field()) return false;
    run.remove_prefix(1);
    state_ = State::name;
    name_.size = 0;
    is_list_ = false;
    return true;
  }

  // A whole field line has been read.
  bool field() {
    const Bytes name = name_.view();
    if (name == "host") {
      if (fields_.host || !is_host()) return false;
      fields_.host = true;
    } else if (name == "authorization") {
      if (fields_.authorization) return false;
      fields_.authorization = true;
    } else if (name == "transfer-encoding") {
      return false;
    } else if (name == "content-length") {
      if (fields_.content_length || is_list_ || !is_number(trim(value_.view()), content_bytes_)) {
        return false;
      }
      fields_.content_length = true;
    }
    end_member();
    return true;
  }

  [[nodiscard]] bool is_host() const {
    Url url;
    return !is_list_ && parse_authority(trim(value_.view()), url);
  }

  static constexpr std::size_t kMostNameBytes = 40;
  static constexpr std::size_t kMostValueBytes = kMaxHostBytes + Bytes("[]:65535").size();

  std::uint32_t content_bytes_;
  Fields& fields_;
  State state_ = State::name;
  Word<kMostNameBytes> name_;
  Word<kMostValueBytes> value_;  // the list member that is being read
  bool is_list_ = false;
};

}  // namespace

bool inspect(mem::ChainView block, std::uint32_t content_bytes, Fields& fields) {
  if (block.empty()) return true;
  Inspector inspector(content_bytes, fields);
  return mem::for_each_run(block, [&](Bytes run) { return inspector.feed(run); }) &&
         inspector.finish();
}

}  // namespace m531x::http
