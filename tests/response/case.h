// SPDX-License-Identifier: Apache-2.0
// A case of tests/responses as data (docs/responses.md): a server's bytes and what the host hears.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "settings/module_settings.h"

namespace m531x::response {

enum class End : std::uint8_t { open, closed, reset };

struct Case {
  std::string file;     // tests/responses/<…>.md
  int line = 0;         // in it
  std::string heading;  // the case's name
  std::string why;
  std::string curl;  // "accepts", "refuses", or "differs: " and how
  int method = 0;    // of AT+HTTPSEND
  settings::ModuleSettings settings;
  std::string sent;  // by the server, in one read
  End end = End::open;
  std::string heard;                // by the host, from the server's first byte on
  bool closes = false;              // the modem closes the connection
  std::vector<std::string> faults;  // "<file>:<line>: <what is wrong>"; such a case is not played
};

struct File {
  std::string name;  // without .md
  std::vector<Case> cases;
};

[[nodiscard]] std::vector<Case> parse_cases(std::string_view markdown, const std::string& file);

// All files of tests/responses, sorted by name. Read once.
[[nodiscard]] const std::vector<File>& corpus();

}  // namespace m531x::response
