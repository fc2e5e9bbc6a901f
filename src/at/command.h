// SPDX-License-Identifier: Apache-2.0
// Commands: how one is cut out of a line (V.250 5.3, 5.4), and the table rows that serve them.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <optional>
#include <span>

#include "at/name.h"
#include "at/result.h"
#include "m531x/bytes.h"

namespace m531x::at {

inline constexpr std::size_t kMaxParameters = 16;

// One parameter as typed: what stands between the quotes, or an unquoted value without the spaces
// at its ends.
struct Parameter {
  const char* data;
  std::uint32_t size;
  std::uint32_t number;
  bool is_number;  // unquoted decimal digits, at least one, and `number` is their value
  bool quoted;

  [[nodiscard]] Bytes text() const { return {data, size}; }
};

// The parameters of one set command. Views into the command line.
class Args {
 public:
  [[nodiscard]] std::size_t size() const { return count_; }
  [[nodiscard]] const Parameter& operator[](std::size_t i) const { return items_[i]; }
  // Parameter i as an unquoted decimal number from `low` to `high`; nullopt when it is missing or
  // anything else.
  [[nodiscard]] std::optional<std::uint32_t> number(std::size_t i, std::uint32_t low,
                                                    std::uint32_t high) const {
    if (i >= count_) return std::nullopt;
    const Parameter& item = items_[i];
    if (!item.is_number || item.number < low || item.number > high) return std::nullopt;
    return item.number;
  }
  void clear() { count_ = 0; }
  // False when there is no room for another. A value is what was typed without quotes.
  [[nodiscard]] bool add_string(Bytes text);
  [[nodiscard]] bool add_value(Bytes text);
  [[nodiscard]] bool add(const Parameter& parameter) {
    if (count_ == items_.size()) return false;
    items_[count_++] = parameter;
    return true;
  }

 private:
  std::array<Parameter, kMaxParameters> items_;
  std::size_t count_ = 0;
};

enum class Form : std::uint8_t {
  basic,      // E1, &F: the number, if any, is in `args`
  action,     // +X
  read,       // +X?
  test,       // +X=?
  set,        // +X=...
  malformed,  // its parameters cannot be told apart
};

using Forms = std::uint8_t;  // a bit set of Form
constexpr Forms operator|(Form a, Form b) {
  return static_cast<Forms>((1U << static_cast<unsigned>(a)) | (1U << static_cast<unsigned>(b)));
}
constexpr Forms only(Form form) { return static_cast<Forms>(1U << static_cast<unsigned>(form)); }
constexpr bool has(Forms forms, Form form) { return (forms & only(form)) != 0; }

// One command as typed.
struct Call {
  Name name;  // upper case, with its `+` or `&`
  Form form = Form::action;
  Args args;
};

// Cuts a line into commands, from left to right.
class LineParser {
 public:
  // `body` is the line without AT; it must outlive the parser.
  explicit LineParser(Bytes body) : at_(body.data()), end_(body.data() + body.size()) {
    while (end_ != at_ && end_[-1] == ' ') --end_;
  }

  // Reads the next command into `call`; false at the end of the line.
  [[nodiscard]] bool next(Call& call);
  // How much of the line has not been read, without the spaces at its end.
  [[nodiscard]] std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }
  // How far `line`, of which the body is the end, has been read.
  [[nodiscard]] std::size_t position(Bytes line) const {
    return static_cast<std::size_t>(at_ - line.data());
  }
  [[nodiscard]] bool at_end() const { return at_ == end_; }

 private:
  Form basic(Call& call);
  Form extended(Call& call);
  bool read_name(Name& name);
  bool parameters(Args& args);
  bool quoted(Args& args);
  bool unquoted(Args& args);
  Bytes digits();
  [[nodiscard]] bool is_at(char byte) const { return at_ != end_ && *at_ == byte; }
  [[nodiscard]] bool at_separator() const { return at_ == end_ || *at_ == ';'; }
  [[nodiscard]] bool at_end_of_parameter() const { return is_at(',') || at_separator(); }
  void skip_spaces() {
    while (is_at(' ')) ++at_;
  }

  const char* at_;
  const char* end_;
};

// Whether information texts of a command follow 27.007, with the model's space after the colon, or
// are the maker's own and have none.
enum class Style : std::uint8_t { standard, own };

// Written for who reads the row; the program does not keep it.
struct Syntax {
  consteval Syntax() = default;
  // NOLINTNEXTLINE(google-explicit-constructor): rows are written with plain text.
  consteval Syntax(std::string_view) {}
  // NOLINTNEXTLINE(google-explicit-constructor)
  consteval Syntax(const char*) {}
};

// A command is one row: its name, its forms, its function, and its documentation.
template <typename Context>
struct Command {
  Name name;          // "+HTTPSEND", "&F", "S3"
  std::uint8_t sets;  // a bit set of the context's own: who has the command
  Style style;
  Forms forms;  // the test form comes with every extended command
  Final (*run)(Context&, const Call&);
  // What the test form says after `<name>:`; empty = OK alone. `#` stands for the range of instance
  // ids.
  std::string_view ranges;
  [[no_unique_address]] Syntax syntax;  // what may follow the name
};

// One table of several lists, sorted by name.
template <typename Context, std::size_t... N>
consteval auto merged(const std::array<Command<Context>, N>&... lists) {
  std::array<Command<Context>, (0 + ... + N)> rows{};
  auto end = rows.begin();
  ((end = std::ranges::copy(lists, end).out), ...);
  std::ranges::sort(rows, {}, [](const auto& row) { return row.name.view(); });
  return rows;
}

template <typename Context, std::size_t N>
consteval bool sorted_unique(const std::array<Command<Context>, N>& rows) {
  return std::ranges::adjacent_find(rows, [](const auto& a, const auto& b) {
           return a.name.view() >= b.name.view();
         }) == rows.end();
}

// Finds a row by a hash of its name, so that a table's size costs nothing.
template <std::size_t N>
class Index {
 public:
  template <typename Context>
  consteval explicit Index(const std::array<Command<Context>, N>& rows) {
    static_assert(N < 255);
    for (std::size_t i = 0; i < N; ++i) {
      std::size_t slot = slot_of(rows[i].name);
      while (rows_[slot] != 0) slot = (slot + 1) % kSlots;
      rows_[slot] = static_cast<std::uint8_t>(i + 1);
    }
  }

  // The row of that name, or nullptr. `rows` are those that the index was made of.
  template <typename Context>
  [[nodiscard]] constexpr const Command<Context>* find(const std::array<Command<Context>, N>& rows,
                                                       const Name& name) const {
    for (std::size_t slot = slot_of(name); rows_[slot] != 0; slot = (slot + 1) % kSlots) {
      const Command<Context>& row = rows[rows_[slot] - 1U];
      if (row.name == name) return &row;
    }
    return nullptr;
  }

 private:
  static constexpr std::size_t kSlots = std::bit_ceil(4 * N);
  static constexpr std::size_t slot_of(const Name& name) { return name.hash() % kSlots; }
  std::array<std::uint8_t, kSlots> rows_{};
};

}  // namespace m531x::at
