// SPDX-License-Identifier: Apache-2.0
#include "app/demo_script.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/demo_server.h"

namespace m531x::app {
namespace {

constexpr const char* kCloseHeader =
    R"(AT+HTTPHEADER=0,"User-Agent: demo\r\nConnection: close\r\n")";
constexpr const char* kPostHeader =
    R"(AT+HTTPHEADER=0,"Connection: keep-alive\r\nAccept: */*\r\nUser-Agent: demo\r\n)"
    R"(Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n)"
    R"(Accept-Encoding: gzip, deflate\r\nAccept-Language: zh-CN,zh;q=0.9\r\n")";
constexpr const char* kPostContent = R"(AT+HTTPCONTENT=0,"num=1&type=1&info=%E6%B0%B4%E8%A1%A8")";

std::string content_of(std::string_view target) {
  const auto& all = demo_responses();
  const auto found = std::ranges::find(all, target, &DemoResponse::target);
  return found == all.end() ? std::string() : found->content;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

bool matches(std::string_view figure, std::string_view text, std::string& id) {
  const std::size_t at = figure.find(kMessageId);
  if (at == std::string_view::npos) return figure == text;
  const auto after = figure.substr(at + kMessageId.size());
  if (!text.starts_with(figure.substr(0, at)) || text.size() < at + 1 + after.size()) return false;
  const auto number = text.substr(at, text.size() - at - after.size());
  if (!text.ends_with(after) || !std::ranges::all_of(number, is_digit)) return false;
  id = number;
  return true;
}

std::optional<std::string> typed_with(std::string_view typed, std::string_view id) {
  std::string line(typed);
  const std::size_t at = line.find(kMessageId);
  if (at == std::string::npos) return line;
  if (id.empty()) return std::nullopt;
  return line.replace(at, kMessageId.size(), id);
}

std::vector<DemoStep> http_script(std::uint16_t port) {
  const std::string create = fmt::format("AT+HTTPCREATE=\"http://127.0.0.1:{}/\"", port);
  return {
      {"Manual 2.1: a page in chunks, cut where the TCP segments end",
       create,
       kOk,
       {"+HTTPCREATE:0"},
       ""},
      {"", kCloseHeader, kOk, {}, ""},
      {"",
       R"(AT+HTTPSEND=0,0,"/page")",
       kDisconnected,
       {"OK", "CONNECT OK", "+HTTPNMIH:0,0,313", "+HTTPNMIC:0,1,7960,1122,1122",
        "+HTTPNMIC:0,1,7960,2582,1460", "+HTTPNMIC:0,1,7960,4042,1460",
        "+HTTPNMIC:0,1,36632,36632,502", "+HTTPNMIC:0,0,37539,37539,0"},
       content_of("GET /page")},
      {"Manual 2.1: a picture of known length", kCloseHeader, kOk, {}, ""},
      {"",
       R"(AT+HTTPSEND=0,0,"/picture.png")",
       kDisconnected,
       {"OK", "+HTTPNMIH:0,0,209", "+HTTPNMIC:0,1,7862,1460,1460", "+HTTPNMIC:0,1,7862,2920,1460",
        "+HTTPNMIC:0,1,7862,4380,1460", "+HTTPNMIC:0,1,7862,5840,1460",
        "+HTTPNMIC:0,1,7862,7300,1460", "+HTTPNMIC:0,0,7862,7862,562"},
       content_of("GET /picture.png")},
      {"Manual 2.1: something that is not there",
       R"(AT+HTTPSEND=0,0,"/nowhere.png")",
       kDisconnected,
       {"OK", "+HTTPERR:0,404", "404 Not Found", "+HTTPNMIH:0,0,139", "+HTTPNMIC:0,0,0,0,0"},
       ""},
      {"", "AT+HTTPCLOSE=0", kOk, {}, ""},
      {"Manual 2.2: a POST whose connection is reset after the answer",
       create,
       kOk,
       {"+HTTPCREATE:0"},
       ""},
      {"", kPostHeader, kOk, {}, ""},
      {"", kPostContent, kOk, {}, ""},
      {"",
       R"(AT+HTTPSEND=0,1,"/readings")",
       kDisconnected,
       {"OK", "+HTTPNMIH:0,0,468", "+HTTPNMIC:0,1,63,63,63", "+HTTPNMIC:0,0,63,63,0",
        "+HTTPERR:0,-14"},
       content_of("POST /readings")},
      {"", "AT+HTTPCLOSE=0", kOk, {}, ""},
  };
}

}  // namespace m531x::app
