// SPDX-License-Identifier: Apache-2.0
#include "app/demo_script.h"

#include <fmt/format.h>

namespace m531x::app {
namespace {

constexpr std::string_view kOk = "OK";
constexpr std::string_view kEnd = "+HTTPDISCON:0";

constexpr const char* kCloseHeader =
    R"(AT+HTTPHEADER=0,"User-Agent: demo\r\nConnection: close\r\n")";
constexpr const char* kPostHeader =
    R"(AT+HTTPHEADER=0,"Connection: keep-alive\r\nAccept: */*\r\nUser-Agent: demo\r\n)"
    R"(Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n)"
    R"(Accept-Encoding: gzip, deflate\r\nAccept-Language: zh-CN,zh;q=0.9\r\n")";
constexpr const char* kPostContent = R"(AT+HTTPCONTENT=0,"num=1&type=1&info=%E6%B0%B4%E8%A1%A8")";

}  // namespace

std::vector<DemoStep> demo_script(std::uint16_t port) {
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
       kEnd,
       {"OK", "CONNECT OK", "+HTTPNMIH:0,0,313", "+HTTPNMIC:0,1,7960,1122,1122",
        "+HTTPNMIC:0,1,7960,2582,1460", "+HTTPNMIC:0,1,7960,4042,1460",
        "+HTTPNMIC:0,1,36632,36632,502", "+HTTPNMIC:0,0,37539,37539,0"},
       "GET /page"},
      {"Manual 2.1: a picture of known length", kCloseHeader, kOk, {}, ""},
      {"",
       R"(AT+HTTPSEND=0,0,"/picture.png")",
       kEnd,
       {"OK", "+HTTPNMIH:0,0,209", "+HTTPNMIC:0,1,7862,1460,1460", "+HTTPNMIC:0,1,7862,2920,1460",
        "+HTTPNMIC:0,1,7862,4380,1460", "+HTTPNMIC:0,1,7862,5840,1460",
        "+HTTPNMIC:0,1,7862,7300,1460", "+HTTPNMIC:0,0,7862,7862,562"},
       "GET /picture.png"},
      {"Manual 2.1: something that is not there",
       R"(AT+HTTPSEND=0,0,"/nowhere.png")",
       kEnd,
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
       kEnd,
       {"OK", "+HTTPNMIH:0,0,468", "+HTTPNMIC:0,1,63,63,63", "+HTTPNMIC:0,0,63,63,0",
        "+HTTPERR:0,-14"},
       "POST /readings"},
      {"", "AT+HTTPCLOSE=0", kOk, {}, ""},
  };
}

}  // namespace m531x::app
