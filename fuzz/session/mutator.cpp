// SPDX-License-Identifier: Apache-2.0
// Mutations of a script by its lines: libFuzzer's own change bytes, these change calls.
#include <algorithm>
#include <array>
#include <random>
#include <vector>

#include "fuzz/fuzz.h"
#include "fuzz/session/script.h"

// NOLINTBEGIN(readability-identifier-naming): libFuzzer's names.
extern "C" {
std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);
std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                    unsigned seed);
std::size_t LLVMFuzzerCustomCrossOver(const std::uint8_t* data1, std::size_t size1,
                                      const std::uint8_t* data2, std::size_t size2,
                                      std::uint8_t* out, std::size_t max_size, unsigned seed);
}
// NOLINTEND(readability-identifier-naming)

namespace m531x::fuzz {
namespace {

using Lines = std::vector<std::string>;

// Calls that a session is made of.
constexpr auto kUsual = std::to_array<Bytes>({
    R"(>AT+HTTPCREATE="http://a.example"\r)",
    R"(>AT+HTTPCREATE="https://a.example:8443",u,p\r)",
    R"(>AT+HTTPHEADER=0,"X: y\r\n"\r)",
    R"(>AT+HTTPCONTENT=0,"data"\r)",
    R"(>AT+HTTPCONTENT=0\r)",
    R"(>AT+HTTPSEND=0,0,"/"\r)",
    R"(>AT+HTTPSEND=0,1,"/p"\r)",
    R"(>AT+HTTPSEND=1,4,"/"\r)",
    R"(>AT+HTTPCFG=0,6,100\r)",
    R"(>AT+HTTPCFG=0,7,500\r)",
    R"(>AT+HTTPCFG=0,8,1\r)",
    R"(>AT+HTTPCFG=0,1,"cert"\r)",
    R"(>AT+HTTPCLOSE=0\r)",
    R"(>AT+MIPLCREATEEX="a.example",0\r)",
    R"(>AT+MIPLCREATEEX="a.example",1\r)",
    R"(>AT+MIPLCREATE=49,130031F10003F20023040011,1,12,1\r)",
    R"(>AT+MIPLADDOBJ=0,3200,2,"11",0,0\r)",
    R"(>AT+MIPLDELOBJ=0,3200\r)",
    R"(>AT+MIPLOPEN=0,100\r)",
    R"(>AT+MIPLUPDATE=0,100,1\r)",
    R"(>AT+MIPLREADRSP=0,5,1,3200,0,1,3,1,7,1,1\r)",
    R"(>AT+MIPLREADRSP=0,5,1,3200,0,2,1,1,"x",0,0\r)",
    R"(>AT+MIPLWRITERSP=0,6,2\r)",
    R"(>AT+MIPLEXECUTERSP=0,7,2\r)",
    R"(>AT+MIPLPARAMETERRSP=0,8,2\r)",
    R"(>AT+MIPLOBSERVERSP=0,9,1\r)",
    R"(>AT+MIPLDISCOVERRSP=0,10,1,4,"1;2"\r)",
    R"(>AT+MIPLNOTIFY=0,9,3200,0,1,3,1,7,0,0,77\r)",
    R"(>AT+MIPLCLOSE=0\r)",
    R"(>AT+MIPLDELETE=0\r)",
    "O",
    "E0 0",
    "C1 0 65 65535 65535 0 rd/1  ",
    "C1 0 68 65535 65535 0   ",
    R"(C0 4 3 11542 65535 0 0/0  \xc8\x00\x10coap://b.example)",
    "C0 4 2 65535 65535 0 bs  ",
    "C0 5 1 65535 65535 0 3200/0  ",
    "C0 6 3 0 65535 0 3200/0/1  on",
    R"(C0 6 3 11542 65535 0 3200/0  \xc1\x01\x07\xc1\x02\x08)",
    "C0 7 2 65535 65535 0 3200/0/1  ",
    "C0 8 3 65535 65535 0 3200/0 pmin=1&st=0.5 ",
    "C0 9 1 65535 65535 1 3200/0  ",
    "C0 9 1 65535 65535 2 3200/0  ",
    "C0 10 1 65535 40 0 3200  ",
    "K9",
    "F9",
    "F0",
    R"(>ATE1\r)",
    R"(>ATV0\r)",
    R"(>ATQ1\r)",
    R"(>AT+CMEE=1\r)",
    R"(>AT+CEREG=2\r)",
    R"(>AT+CSCON=1\r)",
    R"(>AT+CFUN=0\r)",
    R"(>AT+CFUN=1\r)",
    R"(>AT+NRB\r)",
    R"(>AT+CMRB\r)",
    R"(>AT+NPING=1.2.3.4\r)",
    R"(>AT+CMDNS="a.example"\r)",
    R"(>AT&W\r)",
    R"(>A/)",
    R"(>AT)",
    R"(>\r)",
    "o0",
    "o1",
    R"(<0HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfour)",
    R"(<0HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n)",
    R"(<0HTTP/1.0 200 OK\r\n\r\nuntil close)",
    R"(<0HTTP/1.1 204 No Content\r\n\r\n)",
    R"(<1HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok)",
    "<0more",
    "e0 0",
    "e0 18",
    "e1 0",
    "w00",
    "w01",
    "r0",
    "r1",
    "r255",
    "c1",
    "c0",
    "a1.2.3.4",
    "+10",
    "+1000",
    "+60000",
    "n0",
    "n1",
    "p",
    "d",
    "iinjected",
    "m0",
    "m3",
    "m512",
    "q2",
});

Lines lines_of(Bytes text) {
  Lines lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(mem::first(text, end));
    text = mem::after(text, end + 1);
  }
  return lines;
}

std::size_t write(const Lines& lines, std::uint8_t* data, std::size_t max_size) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  text.resize(std::min(text.size(), max_size));
  std::ranges::copy(text, data);
  return text.size();
}

class Mutation {
 public:
  Mutation(Lines& lines, unsigned seed) : lines_(lines), random_(seed) {}

  // False: this one cannot be done.
  bool apply() {
    constexpr auto kSizes = std::to_array<unsigned>({0, 1, 1, 2, 5, 20, 64, 100, 500, 3000});
    switch (random_() % 8) {
      case 0:
      case 1:
        lines_.insert(place(), std::string(kUsual[random_() % kUsual.size()]));
        return true;
      case 7:
        lines_.insert(lines_.begin(), "=" + std::string(names_[random_() % names_.size()]) + " " +
                                          std::to_string(kSizes[random_() % kSizes.size()]));
        return true;
      case 2:
        if (lines_.empty()) return false;
        lines_.erase(line());
        return true;
      case 3:
        if (lines_.empty()) return false;
        lines_.insert(place(), std::string(*line()));
        return true;
      case 4:
        if (lines_.size() < 2) return false;
        std::swap(*line(), *line());
        return true;
      case 5:
        return split();
      default:
        return change_number();
    }
  }

 private:
  Lines::iterator place() {
    return lines_.begin() + static_cast<std::ptrdiff_t>(random_() % (lines_.size() + 1));
  }
  Lines::iterator line() {
    return lines_.begin() + static_cast<std::ptrdiff_t>(random_() % lines_.size());
  }

  // What the host types or the server sends, in two calls.
  bool split() {
    if (lines_.empty()) return false;
    const auto at = line();
    const std::size_t head = at->starts_with('<') ? 2 : 1;
    const bool has_bytes = at->starts_with('<') || at->starts_with('>');
    if (!has_bytes || at->size() < head + 2) return false;
    const std::size_t cut = head + 1 + random_() % (at->size() - head - 1);
    const std::string rest = at->substr(0, head) + at->substr(cut);
    at->resize(cut);
    lines_.insert(at + 1, rest);
    return true;
  }

  bool change_number() {
    if (lines_.empty()) return false;
    constexpr auto kNumbers = std::to_array<Bytes>(
        {"0",    "1",    "2",    "3",     "4",     "7",     "8",     "16",
         "63",   "64",   "100",  "255",   "256",   "499",   "500",   "501",
         "1000", "1460", "4096", "30000", "60000", "65535", "99999", "4294967296"});
    std::string& text = *line();
    const std::size_t begin = text.find_first_of("0123456789", random_() % (text.size() + 1));
    if (begin == std::string::npos) return false;
    const std::size_t end = std::min(text.find_first_not_of("0123456789", begin), text.size());
    text.replace(begin, end - begin, kNumbers[random_() % kNumbers.size()]);
    return true;
  }

  Lines& lines_;
  std::span<const std::string_view> names_ = setting_names();
  std::minstd_rand random_;
};

}  // namespace
}  // namespace m531x::fuzz

std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                    unsigned seed) {
  using namespace m531x::fuzz;
  if (seed % 3 == 0) return LLVMFuzzerMutate(data, size, max_size);
  Lines lines = lines_of(Source(data, size).rest());
  Mutation mutation(lines, seed);
  for (int tries = 0; tries < 8; ++tries) {
    if (mutation.apply()) return write(lines, data, max_size);
  }
  return LLVMFuzzerMutate(data, size, max_size);
}

// The beginning of one, the end of the other.
std::size_t LLVMFuzzerCustomCrossOver(const std::uint8_t* data1, std::size_t size1,
                                      const std::uint8_t* data2, std::size_t size2,
                                      std::uint8_t* out, std::size_t max_size, unsigned seed) {
  using namespace m531x::fuzz;
  Lines lines = lines_of(Source(data1, size1).rest());
  const Lines others = lines_of(Source(data2, size2).rest());
  std::minstd_rand random(seed);
  lines.resize(random() % (lines.size() + 1));
  const auto from = static_cast<std::ptrdiff_t>(random() % (others.size() + 1));
  lines.insert(lines.end(), others.begin() + from, others.end());
  return write(lines, out, max_size);
}
