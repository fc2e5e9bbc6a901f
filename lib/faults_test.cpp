// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "lib/test_desk.h"

namespace m531x::lib {
namespace {

using testing::HasSubstr;

// A module whose server answers GET / with a body of 40 bytes.
struct Served : Desk {
  Served() {
    const std::string body(40, 'b');
    const m531x_route route = {.path = "/", .body = body.c_str()};
    EXPECT_EQ(m531x_serve(m, &route), 1);
    on();
  }
  // The instance for http://a.example, made.
  void create() {
    EXPECT_EQ(type(R"(AT+HTTPCREATE="http://a.example/")"), "\r\n+HTTPCREATE:0\r\n\r\nOK\r\n");
  }
  // Asks for the page; what is heard of it.
  std::string ask() { return type(R"(AT+HTTPSEND=0,0,"/")"); }
};

TEST(LibraryFaults, AFaultHappensWhereItsWordsSay) {
  Served desk;
  EXPECT_EQ(m531x_fault(desk.m, "reset request=2 at=body byte=16"), 1);
  desk.create();
  EXPECT_THAT(desk.ask(), HasSubstr(std::string(40, 'b')));
  EXPECT_EQ(m531x_fault_happened(desk.m, 1), 0);
  const std::string heard = desk.ask();
  EXPECT_THAT(heard, HasSubstr(",16\r\n" + std::string(16, 'b') + "\r\n"));
  EXPECT_THAT(heard, HasSubstr("+HTTPERR:0,-14"));
  EXPECT_EQ(m531x_fault_happened(desk.m, 1), 1);
}

TEST(LibraryFaults, AReadyScenarioIsPlayed) {
  Served desk;
  EXPECT_EQ(m531x_scenario(desk.m, "connect-refused", nullptr), M531X_OK) << m531x_error(desk.m);
  desk.create();
  EXPECT_THAT(desk.ask(), HasSubstr("+HTTPERR:0,-14"));
  EXPECT_THAT(desk.ask(), HasSubstr(std::string(40, 'b'))) << "the second attempt stands";
}

TEST(LibraryFaults, AScenarioOfOnesOwnTakesVirtualTime) {
  Served desk;
  constexpr const char* kToml =
      "[[fault]]\nkind = \"urc\"\nafter_ms = 3600000\ntext = \"+AN:HOUR\"\n"
      "[[fault]]\nkind = \"restart\"\nafter_ms = 7200000\n";
  EXPECT_EQ(m531x_scenario(desk.m, "mine.toml", kToml), M531X_OK) << m531x_error(desk.m);
  EXPECT_EQ(m531x_wait_output(desk.m, 7'000'000), 1);
  EXPECT_EQ(m531x_now(desk.m), 3'600'000U);
  EXPECT_EQ(desk.heard(), "\r\n+AN:HOUR\r\n");
  EXPECT_EQ(m531x_advance(desk.m, 3'600'000), M531X_OK);
  EXPECT_EQ(desk.status().restarts, 1U);
  EXPECT_EQ(m531x_fault_happened(desk.m, 2), 1);
}

TEST(LibraryFaults, ClearedTheyDoNotHappen) {
  Served desk;
  EXPECT_EQ(m531x_fault(desk.m, "urc after_ms=100 text=+LATE"), 1);
  EXPECT_EQ(m531x_clear_faults(desk.m), M531X_OK);
  m531x_advance(desk.m, 1'000);
  EXPECT_EQ(desk.heard(), "");
  desk.refused(m531x_fault_happened(desk.m, 1), M531X_BAD_VALUE, "that number");
}

TEST(LibraryFaults, SoManyAreToCome) {
  Served desk;
  for (int number = 1; number <= M531X_MAX_FAULTS; ++number) {
    EXPECT_EQ(m531x_fault(desk.m, "restart after_ms=1000000"), number);
  }
  desk.refused(m531x_fault(desk.m, "restart after_ms=1000000"), M531X_FULL, "64 faults");
  desk.refused(m531x_scenario(desk.m, "bad-day", nullptr), M531X_FULL, "64 faults");
  EXPECT_EQ(m531x_clear_faults(desk.m), M531X_OK);
  EXPECT_EQ(m531x_scenario(desk.m, "bad-day", nullptr), M531X_OK);
}

TEST(LibraryFaults, WhatIsWrongIsToldWithItsPlace) {
  Desk desk;
  desk.refused(m531x_fault(desk.m, "restart"), M531X_WRONG_STATE, "no power");
  desk.refused(m531x_scenario(desk.m, "server-down", nullptr), M531X_WRONG_STATE, "no power");
  desk.refused(m531x_clear_faults(desk.m), M531X_WRONG_STATE, "no power");
  desk.refused(m531x_fault_happened(desk.m, 1), M531X_WRONG_STATE, "no power");
  desk.on();
  desk.refused(m531x_fault(desk.m, "explode"), M531X_BAD_VALUE, "explode");
  desk.refused(m531x_fault(desk.m, "reset byte=x"), M531X_BAD_VALUE, "byte");
  desk.refused(m531x_fault(desk.m, nullptr), M531X_NULL_POINTER, "null pointer");
  desk.refused(m531x_scenario(desk.m, "nothing", nullptr), M531X_BAD_VALUE, "no scenario");
  desk.refused(m531x_scenario(desk.m, nullptr, nullptr), M531X_NULL_POINTER, "null pointer");
  desk.refused(m531x_scenario(desk.m, "mine.toml", "[[fault]]\nkind = \"restart\"\nbite = 1\n"),
               M531X_BAD_VALUE, "mine.toml:3:");
  EXPECT_EQ(m531x_fault(nullptr, "restart"), M531X_NULL_POINTER);
  EXPECT_EQ(m531x_scenario(nullptr, "x", nullptr), M531X_NULL_POINTER);
  EXPECT_EQ(m531x_clear_faults(nullptr), M531X_NULL_POINTER);
  EXPECT_EQ(m531x_fault_happened(nullptr, 1), M531X_NULL_POINTER);
}

}  // namespace
}  // namespace m531x::lib
