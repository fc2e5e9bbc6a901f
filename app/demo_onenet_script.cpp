// SPDX-License-Identifier: Apache-2.0
// What the demo's host types of the manual's chapter 2.3.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "app/demo_script.h"

namespace m531x::app {
namespace {

// The device's description, with `comma` where a comma would end the parameter.
std::string description(std::string_view comma) {
  return fmt::format(
      R"({{"title": "{0}"{2}"desc": "{0}"{2}"protocol": "LWM2M"{2}"auth_info": {{"{0}": "{1}"}})",
      kManualImei, kManualImsi, comma);
}

std::string hex_of(std::string_view bytes) {
  std::string digits;
  for (const char byte : bytes) {
    digits += fmt::format("{:02X}", static_cast<unsigned char>(byte));
  }
  return digits;
}

std::string header(std::string_view more) {
  return fmt::format(R"(AT+HTTPHEADER=0,"api-key:{}\r\n{}Connection: Close\r\n")", kManualApiKey,
                     more);
}

using Steps = std::vector<DemoStep>;

Steps creation(std::uint16_t http_port) {
  return {
      {"Manual 2.3.1: the host creates its device on the platform, by HTTP",
       fmt::format("AT+HTTPCREATE=\"http://127.0.0.1:{}/\"", http_port),
       kOk,
       {"+HTTPCREATE:0"},
       {}},
      {{}, header(R"(Content-Type:application/json\r\n)"), kOk, {}, {}},
      {{}, fmt::format(R"(AT+HTTPCONTENT=0,"{}}}")", description(R"(\x2C)")), kOk, {}, {}},
      {{},
       R"(AT+HTTPSEND=0,1,"/devices")",
       kDisconnected,
       {"OK", "CONNECT OK", "+HTTPNMIH:0,0,158", "+HTTPNMIC:0,0,59,59,59"},
       R"({"errno":0,"data":{"device_id":"500500178"},"error":"succ"})"},
  };
}

Steps registration(std::uint16_t coap_port) {
  return {
      {"Manual 2.3.1: the module registers as that device, by LwM2M",
       fmt::format(R"(AT+MIPLCREATEEX="127.0.0.1:{}",1,"")", coap_port),
       kOk,
       {"+MIPLCREATEEX:0"},
       {}},
      {{}, R"(AT+MIPLADDOBJ=0,3200,1,"1",0,1)", kOk, {}, {}},
      {{},
       "AT+MIPLOPEN=0,3000,30",
       "+MIPLDISCOVER:0,<msgid>,3200",
       {"OK", "+MIPLEVENT:0,2", "+MIPLEVENT:0,6", "+MIPLOBSERVE:0,<msgid>,1,3200,0,-1"},
       {}},
  };
}

Steps reading() {
  return {
      {"Manual 2.3.2: by HTTP the host asks what the platform then asks it by LwM2M",
       header({}),
       kOk,
       {},
       {}},
      {{},
       fmt::format(R"(AT+HTTPSEND=0,0,"/nbiot?imei={}&obj_id=3200")", kManualImei),
       "+MIPLREAD:0,<msgid>,3200,-1,-1",
       {"OK", "CONNECT OK"},
       {}},
      {{}, R"(AT+MIPLREADRSP=0,<msgid>,1,3200,0,5500,5,1,"0",2,1)", kOk, {}, {}},
      {{}, R"(AT+MIPLREADRSP=0,<msgid>,1,3200,0,5501,3,3,"-12",1,2)", kOk, {}, {}},
      {{},
       R"(AT+MIPLREADRSP=0,<msgid>,1,3200,0,5750,1,4,"test",0,0)",
       kDisconnected,
       {"OK", "+HTTPNMIH:0,0,148", "+HTTPNMIC:0,1,144,144,144", "+HTTPNMIC:0,0,144,144,0"},
       R"({"errno":0,"error":"succ","data":[{"res":[{"val":false,"res_id":5500},)"
       R"({"val":-12,"res_id":5501},{"val":"test","res_id":5750}],"obj_inst_id":0}]})"},
      {{}, "AT+MIPLCLOSE=0", "+MIPLEVENT:0,15", {"OK"}, {}},
      {{}, "AT+MIPLDELETE=0", kOk, {}, {}},
  };
}

// The manual's two other ways to write a comma in a parameter, with its one comma too many: this is
// shown, and not sent.
Steps commas() {
  return {
      {R"(Manual 2.3.2: a comma behind \r, and content in hex)",
       fmt::format(R"(AT+HTTPCONTENT=0,"{},}}")", description(R"(\r,)")),
       kOk,
       {},
       {}},
      {{}, "AT+HTTPCONTENT=0", kOk, {"+HTTPCONTENT:0,130"}, {}},
      {{}, R"(AT+HTTPCONTENT=0,"")", kOk, {}, {}},
      {{}, fmt::format("AT+HTTPCONTENT=0,{},1", hex_of(description(",") + ",}")), kOk, {}, {}},
      {{}, "AT+HTTPCONTENT=0", kOk, {"+HTTPCONTENT:0,127"}, {}},
      {{}, "AT+HTTPCLOSE=0", kOk, {}, {}},
  };
}

}  // namespace

std::vector<DemoStep> onenet_script(std::uint16_t http_port, std::uint16_t coap_port) {
  Steps steps = creation(http_port);
  for (Steps part : {registration(coap_port), reading(), commas()}) {
    std::ranges::move(part, std::back_inserter(steps));
  }
  return steps;
}

}  // namespace m531x::app
