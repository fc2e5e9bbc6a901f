// SPDX-License-Identifier: Apache-2.0
// A host that knows just enough to be quick: it types lines and finds the end of a response.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace m531x::reference {

class Host {
 public:
  Host(std::string url, std::string path);

  // The next line to type, first AT+HTTPCREATE, then AT+HTTPSEND for each cycle.
  [[nodiscard]] std::string_view next_line();
  // The next line is AT+HTTPCLOSE.
  void leave() { leaving_ = true; }
  // What the modem says, in any pieces. True: all that the last line brings has come.
  bool hears(std::string_view bytes);
  [[nodiscard]] std::uint64_t content_bytes() const { return content_bytes_; }
  // Something else came than what the host waits for.
  [[nodiscard]] bool failed() const { return failed_; }

 private:
  bool end_line();

  std::string create_;
  std::string send_;
  std::string line_;           // of the modem, that has not ended
  std::uint64_t to_skip_ = 0;  // bytes of a record
  std::uint64_t content_bytes_ = 0;
  bool created_ = false;
  bool leaving_ = false;
  bool last_record_ = false;
  bool failed_ = false;
};

}  // namespace m531x::reference
