// SPDX-License-Identifier: Apache-2.0
// Settings, power, the host's side of the line and the clock.
#include <algorithm>
#include <string>

#include "lib/test_desk.h"
#include "settings/table.h"

namespace m531x::lib {
namespace {

using testing::HasSubstr;

TEST(LibraryVersion, HeaderAndLibraryAgree) {
  EXPECT_STREQ(m531x_version(), M531X_VERSION);
  EXPECT_EQ(M531X_VERSION_NUMBER, 100);
}

TEST(LibrarySettings, EveryKeyOfTheTableHasAValueThatItTakesBack) {
  Desk desk;
  for (const settings::Setting& setting : settings::module_table()) {
    const std::string key(setting.key);
    const char* const value = m531x_get(desk.m, key.c_str());
    ASSERT_NE(value, nullptr) << key;
    const std::string copy = value;
    EXPECT_EQ(m531x_set(desk.m, key.c_str(), copy.c_str()), M531X_OK) << m531x_error(desk.m);
    EXPECT_EQ(m531x_get(desk.m, key.c_str()), copy);
  }
}

TEST(LibrarySettings, ARangeIsHeldToItsEnds) {
  Desk desk;
  desk.set("tcp.mss", "64");
  desk.set("tcp.mss", "1460");
  constexpr auto kRange = "tcp.mss must be a number from 64 to 1460";
  desk.refused(m531x_set(desk.m, "tcp.mss", "63"), M531X_BAD_VALUE, kRange);
  desk.refused(m531x_set(desk.m, "tcp.mss", "1461"), M531X_BAD_VALUE, kRange);
  desk.refused(m531x_set(desk.m, "tcp.mss", ""), M531X_BAD_VALUE, kRange);
  EXPECT_STREQ(m531x_get(desk.m, "tcp.mss"), "1460");
}

TEST(LibrarySettings, AnUnknownKeyIsRefused) {
  Desk desk;
  desk.refused(m531x_set(desk.m, "tcp.ms", "1"), M531X_BAD_VALUE, "there is no setting tcp.ms");
  EXPECT_EQ(m531x_get(desk.m, "tls.verify"), nullptr) << "the program's alone";
  EXPECT_STREQ(m531x_error(desk.m), "there is no setting tls.verify");
  EXPECT_STREQ(m531x_get(desk.m, "model"), "M5310-A");
  EXPECT_STREQ(m531x_error(desk.m), "") << "the last call did not fail";
}

TEST(LibrarySettings, ATextMayBeAsLongAsTheHeaderSays) {
  Desk desk;
  const std::string most(M531X_MAX_TEXT_BYTES, '1');
  desk.refused(m531x_set(desk.m, "tcp.mss", most.substr(1).c_str()), M531X_BAD_VALUE, "must be");
  desk.refused(m531x_set(desk.m, "tcp.mss", most.c_str()), M531X_BAD_VALUE, "must be");
  desk.refused(m531x_set(desk.m, "tcp.mss", (most + '1').c_str()), M531X_TOO_LONG, "the value");
  desk.refused(m531x_set(desk.m, (most + '1').c_str(), "1"), M531X_TOO_LONG, "the key");
}

TEST(LibrarySettings, TheModelMayBeSetInAnyOrder) {
  Desk desk;
  desk.set("variant.echo", "false");
  desk.set("model", "m5311");
  EXPECT_STREQ(m531x_get(desk.m, "model"), "M5311");
  EXPECT_STREQ(m531x_get(desk.m, "variant.echo"), "false");
  EXPECT_STREQ(m531x_get(desk.m, "line.baud"), "115200") << "its default";
  desk.on();
  EXPECT_THAT(desk.type("AT+CGMM"), HasSubstr("M5311"));
}

TEST(LibrarySettings, WhatIsSetWinsOverHardware) {
  Desk desk;
  desk.set("air.latency_ms", "7");
  EXPECT_EQ(m531x_as_hardware(desk.m), M531X_OK);
  EXPECT_STREQ(m531x_get(desk.m, "air.latency_ms"), "7");
  EXPECT_STREQ(m531x_get(desk.m, "line.pace"), "true");
  desk.set("line.pace", "false");
  EXPECT_STREQ(m531x_get(desk.m, "line.pace"), "false");
}

TEST(LibrarySettings, NothingIsSetWhileItIsOn) {
  Desk desk;
  desk.on();
  desk.refused(m531x_set(desk.m, "tcp.mss", "100"), M531X_WRONG_STATE, "the module is on");
  desk.refused(m531x_as_hardware(desk.m), M531X_WRONG_STATE, "the module is on");
  EXPECT_STREQ(m531x_get(desk.m, "tcp.mss"), "1460");
  EXPECT_EQ(m531x_power_off(desk.m), M531X_OK);
  desk.set("tcp.mss", "100");
}

TEST(LibraryPower, OnAndOff) {
  Desk desk;
  desk.refused(m531x_power_off(desk.m), M531X_WRONG_STATE, "off already");
  EXPECT_EQ(desk.status().power, M531X_OFF);
  EXPECT_EQ(desk.status().signal.rssi, 99);
  desk.on();
  desk.refused(m531x_power_on(desk.m), M531X_WRONG_STATE, "on already");
  EXPECT_EQ(desk.status().power, M531X_ON);
  EXPECT_EQ(desk.type("AT"), "\r\nOK\r\n");
  EXPECT_EQ(m531x_power_off(desk.m), M531X_OK);
  EXPECT_EQ(desk.type("AT"), "") << "nobody hears it";
  EXPECT_EQ(m531x_advance(desk.m, 1'000), M531X_OK);
  EXPECT_EQ(m531x_now(desk.m), 1'000U) << "time passes without power";
  desk.on();
  EXPECT_EQ(m531x_now(desk.m), 1'000U);
}

TEST(LibraryPower, TheFlashIsKeptAndTheReceivedBytesToo) {
  Desk desk;
  desk.on();
  EXPECT_EQ(desk.type("ATE1&W"), "\r\nOK\r\n");
  desk.write("AT\r");
  EXPECT_EQ(m531x_power_off(desk.m), M531X_OK);
  EXPECT_EQ(m531x_host_available(desk.m), 9);
  desk.on();
  EXPECT_EQ(desk.heard(), "AT\r\r\nOK\r\n");
  EXPECT_EQ(desk.type("AT"), "AT\r\r\nOK\r\n") << "AT&W";
}

TEST(LibraryPower, AnotherModelIsAnotherModule) {
  Desk desk;
  desk.on();
  EXPECT_EQ(desk.type("ATE1&W"), "\r\nOK\r\n");
  EXPECT_EQ(m531x_power_off(desk.m), M531X_OK);
  desk.set("model", "M5311");
  desk.set("model", "M5310-A");
  desk.on();
  EXPECT_EQ(desk.type("AT"), "\r\nOK\r\n") << "it has another flash";
}

TEST(LibraryPower, AResetBoots) {
  Desk desk;
  desk.set("boot.duration_ms", "2000");
  desk.refused(m531x_reset(desk.m, M531X_RESET_PIN), M531X_WRONG_STATE, "no power");
  desk.on();
  EXPECT_EQ(desk.status().power, M531X_BOOTING);
  EXPECT_EQ(desk.type("AT"), "") << "deaf";
  EXPECT_EQ(m531x_advance(desk.m, 2'000), M531X_OK);
  EXPECT_EQ(desk.type("AT"), "\r\nOK\r\n");
  EXPECT_EQ(m531x_reset(desk.m, M531X_RESET_WATCHDOG), M531X_OK);
  EXPECT_EQ(desk.status().power, M531X_BOOTING);
  EXPECT_EQ(m531x_advance(desk.m, 2'000), M531X_OK);
  EXPECT_THAT(desk.heard(), HasSubstr("WATCHDOG"));
  EXPECT_EQ(desk.status().restarts, 1U);
  desk.refused(m531x_reset(desk.m, 2), M531X_BAD_VALUE, "pin");
}

TEST(LibraryHost, ReadsAtMostWhatItAsksFor) {
  Desk desk;
  desk.on();
  desk.write("AT\r");
  char bytes[4] = {'x', 'x', 'x', 'x'};
  EXPECT_EQ(m531x_host_read(desk.m, bytes, 0), 0);
  EXPECT_EQ(m531x_host_read(desk.m, bytes, 3), 3);
  EXPECT_EQ(std::string(bytes, 4), "\r\nOx");
  EXPECT_EQ(m531x_host_available(desk.m), 3);
  EXPECT_EQ(m531x_host_read(desk.m, bytes, 4), 3);
  EXPECT_EQ(m531x_host_read(desk.m, bytes, 4), 0);
}

TEST(LibraryHost, ThePaceOfTheLineIsVirtualTime) {
  Desk desk;
  desk.set("line.pace", "true");
  desk.set("line.baud", "9600");
  desk.on();
  desk.write("AT\r");
  EXPECT_EQ(desk.heard(), "");
  EXPECT_EQ(m531x_wait_output(desk.m, 1'000), 1);
  EXPECT_EQ(m531x_now(desk.m), 6U) << "10 bits each: three bytes there, one back";
  EXPECT_EQ(desk.heard(), "\r");
  EXPECT_EQ(m531x_advance(desk.m, 10), M531X_OK);
  EXPECT_EQ(desk.heard(), "\nOK\r\n");
}

// A module whose line is so slow that it takes nothing of what is written now.
TEST(LibraryHost, SoManyBytesMayWaitToBeSent) {
  Desk desk;
  desk.set("line.pace", "true");
  desk.on();
  constexpr int kFifo = 16;
  const std::string bytes(M531X_HOST_BUFFER_BYTES + 100, '\r');
  EXPECT_EQ(m531x_host_write(desk.m, bytes.data(), bytes.size()), M531X_HOST_BUFFER_BYTES);
  EXPECT_EQ(m531x_host_write(desk.m, bytes.data(), kFifo - 1), kFifo - 1)
      << "sixteen are on the way";
  EXPECT_EQ(m531x_host_write(desk.m, bytes.data(), 2), 1);
  EXPECT_EQ(m531x_host_write(desk.m, bytes.data(), 1), 0);
  EXPECT_EQ(m531x_advance(desk.m, 1'000), M531X_OK);
  EXPECT_GT(m531x_host_write(desk.m, bytes.data(), bytes.size()), 900);
}

TEST(LibraryHost, AWriteTakesNoMoreThanTheBufferWithoutPowerToo) {
  Desk desk;
  const std::string bytes(M531X_HOST_BUFFER_BYTES, '\r');
  constexpr std::size_t kMoreThanAnIntHolds = 3'000'000'000;
  for (const std::size_t more : {std::size_t{M531X_HOST_BUFFER_BYTES} + 1, kMoreThanAnIntHolds}) {
    EXPECT_EQ(m531x_host_write(desk.m, bytes.data(), more), M531X_HOST_BUFFER_BYTES);
  }
  EXPECT_EQ(m531x_host_write(desk.m, bytes.data(), bytes.size()), M531X_HOST_BUFFER_BYTES);
  EXPECT_EQ(m531x_host_write(desk.m, bytes.data(), bytes.size() - 1), M531X_HOST_BUFFER_BYTES - 1);
  desk.on();
  EXPECT_EQ(m531x_host_write(desk.m, bytes.data(), kMoreThanAnIntHolds), M531X_HOST_BUFFER_BYTES);
}

TEST(LibraryHost, SoManyBytesMayWaitToBeRead) {
  Desk desk;
  desk.set("limits.dte_queue", "1048576");
  desk.on();
  const std::uint32_t connection = desk.accepted();
  const std::string body(2 * M531X_HOST_BUFFER_BYTES, 'b');
  desk.send(connection, "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) +
                            "\r\n\r\n" + body);
  EXPECT_EQ(m531x_host_available(desk.m), M531X_HOST_BUFFER_BYTES);
  std::string all;
  for (std::string part = desk.heard(); !part.empty(); part = desk.heard()) {
    EXPECT_LE(part.size(), static_cast<std::size_t>(M531X_HOST_BUFFER_BYTES));
    all += part;
  }
  EXPECT_EQ(std::count(all.begin(), all.end(), 'b'), 2 * M531X_HOST_BUFFER_BYTES) << "none is lost";
}

TEST(LibraryHost, AHostThatIsNotReadyHoldsTheModule) {
  Desk desk;
  EXPECT_EQ(m531x_host_ready(desk.m, 0), M531X_OK) << "before power, too";
  desk.on();
  desk.write("AT\r");
  EXPECT_EQ(m531x_host_available(desk.m), 0);
  EXPECT_EQ(m531x_host_ready(desk.m, 1), M531X_OK);
  EXPECT_EQ(desk.heard(), "\r\nOK\r\n");
}

TEST(LibraryHost, AHostThatIsNotReadyHearsNothingOfTheStart) {
  Desk desk;
  desk.set("boot.text", "true");
  desk.set("boot.duration_ms", "0");
  EXPECT_EQ(m531x_host_ready(desk.m, 0), M531X_OK);
  desk.on();
  EXPECT_EQ(m531x_host_available(desk.m), 0);
  EXPECT_EQ(m531x_host_ready(desk.m, 1), M531X_OK);
  EXPECT_THAT(desk.heard(), HasSubstr("REBOOT"));
}

// A module that is switched on while so much waits for its host already.
TEST(LibraryHost, SoManyBytesMayWaitAtTheStart) {
  constexpr std::size_t kMost = M531X_HOST_BUFFER_BYTES;
  Desk started;
  started.set("boot.text", "true");
  started.on();
  const std::string text = started.heard();
  ASSERT_THAT(text, HasSubstr("REBOOT"));
  for (const std::size_t room : {text.size() - 1, text.size(), text.size() + 1}) {
    Desk desk;
    desk.on();
    while (desk.waiting() < kMost) desk.write("AT\r");
    EXPECT_EQ(m531x_power_off(desk.m), M531X_OK);
    std::string part(room, '\0');
    EXPECT_EQ(m531x_host_read(desk.m, part.data(), room), static_cast<int>(room));
    desk.set("boot.text", "true");
    desk.on();
    EXPECT_EQ(desk.waiting(), std::min(kMost, kMost - room + text.size())) << room;
    const std::string all = desk.heard();
    EXPECT_THAT(all + desk.heard(), testing::EndsWith(text)) << room;
  }
}

TEST(LibraryHost, AHostThatIsNotReadyLosesSegmentsAsOnHardware) {
  Desk desk;
  desk.set("tcp.overflow", "drop");
  desk.on();
  const std::uint32_t connection = desk.accepted();
  EXPECT_EQ(m531x_host_ready(desk.m, 0), M531X_OK);
  const std::string body(40'000, 'b');
  desk.send(connection, "HTTP/1.1 200 OK\r\nContent-Length: 40000\r\n\r\n" + body);
  EXPECT_EQ(m531x_host_ready(desk.m, 1), M531X_OK);
  EXPECT_THAT(desk.heard(), HasSubstr("+HTTPDROP:"));
  EXPECT_GT(desk.status().dropped_bytes, 0U);
}

TEST(LibraryClock, StepsFromMomentToMoment) {
  Desk desk;
  EXPECT_EQ(m531x_step(desk.m, 10), 0) << "nothing happens without power";
  EXPECT_EQ(m531x_now(desk.m), 10U);
  desk.set("boot.duration_ms", "100");
  desk.on();
  EXPECT_EQ(m531x_step(desk.m, 99), 0);
  EXPECT_EQ(m531x_now(desk.m), 109U);
  EXPECT_EQ(m531x_step(desk.m, 99), 1);
  EXPECT_EQ(m531x_now(desk.m), 110U) << "the end of the boot";
  EXPECT_EQ(m531x_step(desk.m, 0), 0);
}

TEST(LibraryClock, WaitsForOutputNoLongerThanItIsTold) {
  Desk desk;
  desk.set("boot.duration_ms", "100");
  desk.set("boot.text", "true");
  desk.on();
  EXPECT_EQ(m531x_wait_output(desk.m, 99), 0);
  EXPECT_EQ(m531x_now(desk.m), 99U);
  EXPECT_EQ(m531x_wait_output(desk.m, 1), 1);
  EXPECT_EQ(m531x_now(desk.m), 100U);
  EXPECT_EQ(m531x_wait_output(desk.m, 50), 1) << "at once: it has not been read";
  EXPECT_EQ(m531x_now(desk.m), 100U);
}

TEST(LibraryClock, GoesAsFarAsItsNumbersReach) {
  Desk desk;
  desk.on();
  EXPECT_EQ(m531x_advance(desk.m, UINT32_MAX), M531X_OK);
  EXPECT_EQ(m531x_advance(desk.m, UINT32_MAX), M531X_OK);
  EXPECT_EQ(m531x_now(desk.m), 2 * std::uint64_t{UINT32_MAX});
  EXPECT_EQ(desk.type("AT"), "\r\nOK\r\n");
}

}  // namespace
}  // namespace m531x::lib
