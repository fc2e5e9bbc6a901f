// SPDX-License-Identifier: Apache-2.0
// Faults as a user writes them: what is taken, what is refused, and how.
#include "scenario/fault_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scenario/fault_room.h"

namespace m531x::scenario {
namespace {

using sim::Fault;
using sim::FaultKind;
using sim::FaultPlace;
using testing::HasSubstr;

std::string complaint(std::string_view words) {
  try {
    static_cast<void>(parse_fault(words));
  } catch (const Error& error) {
    return error.what();
  }
  return "none";
}

TEST(FaultTable, EveryKindIsWrittenAndReadBack) {
  for (const FaultRow& row : fault_table()) {
    std::string words(row.name);
    for (const FaultParameter* const parameter : parameters_of(row)) {
      if (parameter->name == "every_ms" || parameter->name == "text") continue;
      words += ' ' + std::string(parameter->name) + '=';
      if (parameter->kind == FaultParameter::Kind::choice) {
        words += parameter->name == "at" ? "response" : "pin";
      } else {
        words += "7";
      }
    }
    if (row.kind == FaultKind::urc) words += " text=a report = of its own";
    SCOPED_TRACE(words);
    const Fault fault = parse_fault(words);
    EXPECT_EQ(fault.kind, row.kind);
    EXPECT_EQ(words_of_fault(fault), words);
    EXPECT_EQ(parse_fault(words_of_fault(fault)), fault);
  }
}

TEST(FaultTable, WhatIsNotSaidIsAsItIs) {
  EXPECT_EQ(parse_fault("reset"), Fault{.kind = FaultKind::reset});
  EXPECT_EQ(words_of_fault({.kind = FaultKind::reset}), "reset");
  EXPECT_EQ(parse_fault("kind=reset byte=1"), parse_fault("reset byte=1"));
  EXPECT_EQ(parse_fault("  reset   request=2 "), (Fault{.kind = FaultKind::reset, .request = 2}));
}

TEST(FaultTable, APlaceHasItsBytes) {
  EXPECT_EQ(parse_fault("reset byte=5"),
            (Fault{.kind = FaultKind::reset, .at = FaultPlace::response, .byte = 5}));
  EXPECT_EQ(parse_fault("reset at=body").byte, 1U);
  EXPECT_EQ(parse_fault("reset at=body byte=0").byte, 0U);
  EXPECT_EQ(parse_fault("reset at=request").byte, 0U);
  EXPECT_EQ(parse_fault("restart at=line").byte, 0U);
  EXPECT_EQ(parse_fault("garbled_to_host byte=5").at, FaultPlace::none);
}

struct Range {
  const char* words;
  const char* wrong;  // empty: taken
};
class FaultRanges : public testing::TestWithParam<Range> {};

TEST_P(FaultRanges, AreHeld) {
  const std::string found = complaint(GetParam().words);
  if (*GetParam().wrong == '\0') {
    EXPECT_EQ(found, "none");
  } else {
    EXPECT_THAT(found, HasSubstr(GetParam().wrong));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Values, FaultRanges,
    testing::Values(
        Range{"reset after_ms=604800000", ""},
        Range{"reset after_ms=604800001", "after_ms must be 0 to 604800000 ms"},
        Range{"reset request=0", "request must be 1 to 1000000"},
        Range{"reset request=1000000", ""}, Range{"reset request=1000001", "request must be"},
        Range{"reset byte=16777216", ""},
        Range{"reset byte=16777217", "byte must be 0 to 16777216 bytes"},
        Range{"silence for_ms=0", "for_ms must be 1 to"}, Range{"silence for_ms=1", ""},
        Range{"wrong_bytes count=0", "count must be 1 to 1000000 bytes"},
        Range{"wrong_bytes count=1000000", ""}, Range{"wrong_bytes count=1000001", "count must"},
        Range{"reset times=0", ""}, Range{"reset times=1000001", "times must"},
        Range{"reset chance=0", "chance must be 1 to 100 percent"}, Range{"reset chance=1", ""},
        Range{"reset chance=100", ""}, Range{"reset chance=101", "chance must"},
        Range{"reset request=-1", "request must"}, Range{"reset request=two", "request must"},
        Range{"reset request=2x", "request must"}, Range{"reset request=", "request must"},
        Range{"reset request=99999999999999999999", "request must"}, Range{"urc text=a", ""},
        Range{"urc text=", "text must be 1 to 256 bytes"}, Range{"urc", "text is missing"},
        Range{"restart cause=brownout", "cause must be pin or watchdog"},
        Range{"reset at=line", "at must be request, response, header, chunk or body"},
        Range{"wrong_bytes at=request", "at must be response, header, chunk or body"},
        Range{"restart at=line byte=1", "at = line has no bytes"},
        Range{"reset at=response byte=0", "byte must be 1 or more in a response"},
        Range{"restart every_ms=5 request=1", "every_ms is for what time alone decides"},
        Range{"restart times=2", "times needs every_ms"}, Range{"restart times=2 every_ms=5", ""},
        Range{"restart times=0 every_ms=5", ""},
        Range{"restart every_ms=5", "every_ms needs times: 2 or more, or 0 for always"},
        Range{"restart times=1 every_ms=5", "every_ms needs times"},
        Range{"restart times=2 at=body", ""}, Range{"", "there is no fault \"\""},
        Range{"earthquake", "there is no fault \"earthquake\"; there are dns_fails, dns_hangs"},
        Range{"dns_fails at=body",
              "dns_fails has no parameter \"at\"; it has after_ms, request, "
              "times or chance"},
        Range{"reset request", "write \"request\" as key=value"},
        Range{"reset request=1 request=2", "request is there twice"}));

TEST(FaultTable, TextsAreAsLongAsTheLimit) {
  EXPECT_EQ(complaint("urc text=" + std::string(sim::kMaxFaultTextBytes, 'a')), "none");
  EXPECT_THAT(complaint("urc text=" + std::string(sim::kMaxFaultTextBytes + 1, 'a')),
              HasSubstr("text must be 1 to 256 bytes"));
}

TEST(FaultRoom, IsForThoseThatAreToCome) {
  std::vector<sim::FaultEntry> faults;
  EXPECT_EQ(room_for_faults(faults), sim::kMaxFaults);
  faults.resize(sim::kMaxFaults - 1);
  EXPECT_EQ(room_for_faults(faults), 1U);
  faults.resize(sim::kMaxFaults);
  EXPECT_EQ(room_for_faults(faults), 0U);
  faults.front().over = true;
  EXPECT_EQ(room_for_faults(faults), 1U) << "it gives way";
}

TEST(FaultTable, AComplaintShowsNotTooMuch) {
  EXPECT_THAT(complaint(std::string(1'000, 'x')), HasSubstr('"' + std::string(40, 'x') + "...\""));
}

}  // namespace
}  // namespace m531x::scenario
