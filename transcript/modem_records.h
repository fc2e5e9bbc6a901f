// SPDX-License-Identifier: Apache-2.0
// Cuts what a modem says into records, as a host has to (manual 1.2, 1.3, 1.8 to 1.12).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "m531x/bytes.h"

namespace m531x::transcript {

// One answer, one report, or one echoed line.
struct ModemRecord {
  enum class Kind : std::uint8_t {
    line,           // no bytes follow
    header,         // +HTTPNMIH
    content,        // +HTTPNMIC
    header_query,   // +HTTPHEADER
    content_query,  // +HTTPCONTENT
  };
  Kind kind = Kind::line;
  std::string line;                  // with the line ends around it
  std::vector<std::size_t> numbers;  // that follow the name, if bytes follow
  std::string data;
  bool hex = false;  // `data` is hex digits (HTTPCFG type 8)
  std::string end;   // the line end behind `data`

  // `line` without its line ends.
  [[nodiscard]] std::string_view text() const;
};

class ModemRecords {
 public:
  // Takes bytes in any pieces; returns the records that they complete. The CR of an echoed line
  // ends its record when the next byte shows that no LF follows.
  [[nodiscard]] std::vector<ModemRecord> take(Bytes bytes);
  // No record has begun that has not ended.
  [[nodiscard]] bool is_between() const {
    return record_.kind == ModemRecord::Kind::line && record_.line.empty();
  }

 private:
  bool take_byte(char byte);
  void find_data();
  bool take_data(char byte);

  ModemRecord record_;
  std::size_t data_bytes_ = 0;  // as the report says
};

}  // namespace m531x::transcript
