// SPDX-License-Identifier: Apache-2.0
// What a person knows of each row of the command table and the table itself does not say: a line
// that is right. The matrix test makes every other form of it, and asks for a row here when one is
// missing.
#pragma once

#include <array>
#include <string_view>

#include "m531x/model.h"

namespace m531x::matrix {

// What a line leads to when its parameters are right.
enum class Outcome : std::uint8_t {
  ok,
  by_state,    // what HttpRules says of the state that the module is in
  refused,     // `not allowed`, whatever the parameters are
  restarts,    // no result code, or one before the module goes down; it is on again after the boot
  powers_off,  // the same, and it stays off until the reset line is pressed
};

struct Example {
  std::string_view name;
  // The parameters of the set form, right for a module that is registered and has one instance, id
  // 0. All that it can have, so that one more is too many. For S3, S4, S5 the number.
  std::string_view set = {};
  // Of a basic command: a number that it has, and the lowest that it has not.
  std::string_view number = {};
  std::string_view bad_number = {};
  Outcome of_set = Outcome::ok;
  Outcome of_action = Outcome::ok;
  Outcome of_empty_set = Outcome::by_state;  // `+X=`; by_state = wrong parameters, as nearly all
  CommandSets sets = 0xff;                   // the models that the example is for
  // What the answer to the name alone is, where that is not OK in words; of a restart, what it
  // begins with.
  std::string_view bare_answer = {};
  bool restores_profile = false;  // +CMEE goes back to 0 in the middle of the line
};

inline constexpr auto kExamples = std::to_array<Example>({
    {.name = "&C", .number = "1", .bad_number = "2"},
    {.name = "&D", .number = "2", .bad_number = "3"},
    {.name = "&F", .number = "0", .bad_number = "1", .restores_profile = true},
    {.name = "&V", .number = "0", .bad_number = "1"},
    {.name = "&W", .number = "0", .bad_number = "1"},
    {.name = "+CCLK", .set = R"("26/01/31,23:59:59+32")"},
    {.name = "+CEDRXS", .set = R"(1,5,"0101","0011")"},
    {.name = "+CEREG", .set = "1"},
    {.name = "+CESQ"},
    {.name = "+CFGDUALMODE", .set = "1,0"},
    {.name = "+CFGRATPRIO", .set = "2"},
    {.name = "+CFUN", .set = "1,0"},
    {.name = "+CGACT", .set = "1,0", .sets = kHi2115Commands},
    {.name = "+CGACT", .set = "1,1", .sets = kMt2625Commands},
    {.name = "+CGATT", .set = "1"},
    {.name = "+CGDCONT", .set = R"(1,"IP","cmnet","",0,0,0,0,0,0,0)"},
    {.name = "+CGMI"},
    {.name = "+CGMM"},
    {.name = "+CGMR"},
    {.name = "+CGPADDR", .set = "0", .sets = kHi2115Commands},
    {.name = "+CGPADDR", .set = "1", .sets = kMt2625Commands},
    {.name = "+CGSN", .set = "1"},
    {.name = "+CIMI"},
    {.name = "+CMDNS", .set = "127.0.0.1"},
    {.name = "+CMEE", .set = "1"},
    {.name = "+CMPING", .set = "127.0.0.1,12,10000,1"},
    {.name = "+CMRB", .of_action = Outcome::restarts, .bare_answer = "\r\nOK\r\n"},
    {.name = "+COPS", .set = R"(1,2,"46000",9)"},
    {.name = "+CPIN", .set = R"("1234","5678")", .of_set = Outcome::refused},
    {.name = "+CPOF", .of_action = Outcome::powers_off, .bare_answer = "\r\nOK\r\n"},
    {.name = "+CPSMS", .set = R"(1,,,"01000011","01000011")", .of_empty_set = Outcome::ok},
    {.name = "+CSCON", .set = "1"},
    {.name = "+CSCS", .set = R"("IRA")"},
    {.name = "+CSQ"},
    {.name = "+CTZR", .set = "1"},
    {.name = "+DNSSER", .set = R"("1.1.1.1",0,0)"},
    {.name = "+GSN"},
    {.name = "+HTTPCFG", .set = "0,8,1", .of_set = Outcome::by_state},
    {.name = "+HTTPCLOSE", .set = "0", .of_set = Outcome::by_state},
    {.name = "+HTTPCONTENT", .set = R"(0,"{"t": 21}",0)", .of_set = Outcome::by_state},
    {.name = "+HTTPCREATE",
     .set = R"("http://b.example","user","pass")",
     .of_set = Outcome::by_state},
    {.name = "+HTTPHEADER", .set = R"(0,"X-Of: host\r\n",0)", .of_set = Outcome::by_state},
    {.name = "+HTTPSEND", .set = R"(0,0,"/")", .of_set = Outcome::by_state},
    {.name = "+ICCID"},
    {.name = "+ICF", .set = "3,3"},
    {.name = "+IFC", .set = "0,0"},
    {.name = "+IPR", .set = "115200"},
    // No row is reached with a LwM2M instance: transcripts mipl_* have those answers.
    {.name = "+MIPLADDOBJ", .set = R"(0,3200,1,"1",0,1)", .of_set = Outcome::refused},
    {.name = "+MIPLCLOSE", .set = "0", .of_set = Outcome::refused},
    {.name = "+MIPLCREATE", .set = "49,1300,1,2,1"},
    {.name = "+MIPLCREATEEX", .set = R"("192.0.2.1:5684",1,"code","psk","id")"},
    {.name = "+MIPLDELETE", .set = "0", .of_set = Outcome::refused},
    {.name = "+MIPLDELOBJ", .set = "0,3200", .of_set = Outcome::refused},
    {.name = "+MIPLDISCOVERRSP", .set = R"(0,3200,1,9,"5500;5501")", .of_set = Outcome::refused},
    {.name = "+MIPLEXECUTERSP", .set = "0,1,2", .of_set = Outcome::refused},
    {.name = "+MIPLNOTIFY", .set = R"(0,1,3200,0,5500,5,1,"0",0,0,1)", .of_set = Outcome::refused},
    {.name = "+MIPLOBSERVERSP", .set = "0,1,1", .of_set = Outcome::refused},
    {.name = "+MIPLOPEN", .set = "0,3000,30", .of_set = Outcome::refused},
    {.name = "+MIPLPARAMETERRSP", .set = "0,1,2", .of_set = Outcome::refused},
    {.name = "+MIPLREADRSP", .set = R"(0,1,1,3200,0,5500,5,1,"0",0,0)", .of_set = Outcome::refused},
    {.name = "+MIPLUPDATE", .set = "0,3000,0", .of_set = Outcome::refused},
    {.name = "+MIPLVER"},
    {.name = "+MIPLWRITERSP", .set = "0,1,2", .of_set = Outcome::refused},
    {.name = "+NATSPEED", .set = "9600,30,1,2,1,0,0"},
    {.name = "+NBAND", .set = "8,5,3"},
    {.name = "+NCCID"},
    {.name = "+NCONFIG", .set = "AUTOCONNECT,TRUE"},
    {.name = "+NCSEARFCN"},
    {.name = "+NEARFCN", .set = "0,3738,07D"},
    {.name = "+NPING", .set = "127.0.0.1,12,10000,1"},
    {.name = "+NPSMR", .set = "1"},
    {.name = "+NRB", .of_action = Outcome::restarts, .bare_answer = "\r\nREBOOTING\r\n"},
    {.name = "+NUESTATS", .set = "ALL"},
    {.name = "+SM", .set = "LOCK"},
    {.name = "E", .number = "0", .bad_number = "2"},
    {.name = "I", .number = "0", .bad_number = "10"},
    {.name = "Q", .number = "0", .bad_number = "2"},
    {.name = "S3", .set = "13"},
    {.name = "S4", .set = "10"},
    {.name = "S5", .set = "8"},
    {.name = "V", .number = "1", .bad_number = "2", .bare_answer = "0\r"},
    {.name = "X", .number = "0", .bad_number = "5"},
    {.name = "Z", .number = "0", .bad_number = "1", .restores_profile = true},
});

}  // namespace m531x::matrix
