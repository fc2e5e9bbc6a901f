// SPDX-License-Identifier: Apache-2.0
// The serial line's settings: when they change, come back, are stored, and keep the module awake.
#include "modem/serial_line.h"

#include <gtest/gtest.h>

#include "modem/test_modem.h"

namespace m531x {
namespace {

Flash restarted_flash(const TestModem& bench) {
  Flash read;
  EXPECT_TRUE(decode(encode(bench.modem.flash()), read));
  return read;
}

TEST(UartOf, EveryFormatAndParity) {
  constexpr Uart kExpected[] = {{9600, 8, 1, Parity::none, Flow::none, Flow::none},
                                {9600, 8, 2, Parity::none, Flow::none, Flow::none},
                                {9600, 8, 1, Parity::even, Flow::none, Flow::none},
                                {9600, 8, 1, Parity::none, Flow::none, Flow::none},
                                {9600, 7, 2, Parity::none, Flow::none, Flow::none},
                                {9600, 7, 1, Parity::even, Flow::none, Flow::none},
                                {9600, 7, 1, Parity::none, Flow::none, Flow::none},
                                {9600, 8, 2, Parity::even, Flow::none, Flow::none}};
  Profile profile;
  profile.rate = 9600;
  for (std::size_t format = 0; format < std::size(kExpected); ++format) {
    profile.framing = {static_cast<std::uint8_t>(format), 1};
    EXPECT_EQ(uart_of(profile), kExpected[format]) << format;
  }
  constexpr Parity kParities[] = {Parity::odd, Parity::even, Parity::mark, Parity::space};
  for (std::size_t parity = 0; parity < std::size(kParities); ++parity) {
    profile.framing = {2, static_cast<std::uint8_t>(parity)};
    EXPECT_EQ(uart_of(profile).parity, kParities[parity]) << parity;
  }
}

TEST(SerialLine, BeginsWithTheModelsRate) {
  for (const Model& model : models()) {
    const TestModem bench(model.name);
    EXPECT_EQ(bench.modem.uart().baud, model.default_baud) << model.name;
  }
}

TEST(SerialLine, ChangesOnlyWhenTheLastByteOfTheAnswerIsSent) {
  TestModem bench;
  bench.host_reads = false;
  bench.type("AT+NATSPEED=115200,30,0\r");
  const std::size_t size = bench.modem.dte_output().size();
  for (std::size_t i = 0; i < size; ++i) {
    EXPECT_EQ(bench.modem.uart().baud, 9600U) << i;
    bench.modem.dte_sent(1, bench.now);
  }
  EXPECT_EQ(bench.modem.uart().baud, 115200U);
}

TEST(SerialLine, NoReportStartsWhileAChangeWaits) {
  TestModem bench;
  bench.command("AT+HTTPCREATE=a.b");
  bench.command("AT+HTTPSEND=0,0,/");
  bench.heard.clear();
  bench.host_reads = false;
  bench.type("AT+NATSPEED=115200,30,0\r");
  bench.accept(bench.wanted().value_or(0));
  EXPECT_EQ(bench.modem.dte_output(), "\r\nOK\r\n");
  bench.modem.dte_sent(bench.modem.dte_output().size(), bench.now);
  EXPECT_EQ(bench.modem.uart().baud, 115200U);
  EXPECT_EQ(bench.modem.dte_output(), "\r\nCONNECT OK\r\n") << "at the new settings";
}

TEST(SerialLine, TheDeadlineIsThatOfTheTimeOut) {
  TestModem bench;
  EXPECT_EQ(bench.modem.next_deadline(), std::nullopt);
  bench.advance(Millis(500));
  bench.command("AT+NATSPEED=115200,30,0");
  EXPECT_EQ(bench.modem.next_deadline(), Millis(30'500));
  bench.command("AT");
  EXPECT_EQ(bench.modem.next_deadline(), std::nullopt);
}

TEST(SerialLine, TheWayBackIsToldToTheTrace) {
  TestModem bench;
  bench.command("AT+NATSPEED=115200,1,0");
  EXPECT_FALSE(bench.modem.next_note());
  bench.advance(Millis(1000));
  EXPECT_EQ(bench.modem.uart().baud, 9600U);
  const Note note = bench.modem.next_note().value_or(Note{});
  EXPECT_EQ(note.instance, Note::kNoInstance);
  EXPECT_NE(note.words.find("serial line"), Bytes::npos) << note.words;
}

TEST(SerialLine, ARateThatIsProvenIsStoredAndThereAfterARestart) {
  TestModem bench;
  bench.command("AT+NATSPEED=115200,30,1");
  EXPECT_EQ(bench.modem.flash_version(), 0U) << "not before the proof";
  bench.command("AT");
  EXPECT_EQ(bench.modem.flash_version(), 1U);
  EXPECT_EQ(bench.modem.flash().baud, 115200U);
  bench.modem.reset(ResetCause::pin, bench.now);
  bench.settle();
  EXPECT_EQ(bench.modem.uart().baud, 115200U);

  mem::TestPool pool(64, 4, TestModem::kScratchBytes);
  const Modem next(model_named("M5310-A"), default_settings(model_named("M5310-A")), pool,
                   restarted_flash(bench));
  EXPECT_EQ(next.uart().baud, 115200U);
}

TEST(SerialLine, WithTheTimeOutOf0ItIsStoredAtOnce) {
  TestModem bench;
  bench.command("AT+NATSPEED=57600,0,1");
  EXPECT_EQ(bench.modem.flash().baud, 57600U);
}

TEST(SerialLine, ARateThatIsNotProvenIsNotStored) {
  TestModem bench;
  bench.command("AT+NATSPEED=115200,1,1");
  bench.advance(Millis(1000));
  bench.command("AT");
  EXPECT_EQ(bench.modem.flash_version(), 0U);
}

TEST(SerialLine, ARestartEndsTheTrial) {
  TestModem bench;
  bench.command("AT+NATSPEED=115200,1,1,3,2");
  bench.modem.reset(ResetCause::pin, bench.now);
  bench.settle();
  bench.advance(Millis(5000));
  EXPECT_EQ(bench.modem.uart(), (Uart{.baud = 9600}));
  EXPECT_EQ(bench.command("AT+NATSPEED?"), "\r\n+NATSPEED:9600,2,1,0,0\r\n\r\nOK\r\n");
  EXPECT_EQ(bench.modem.flash_version(), 0U);
}

TEST(SerialLine, ARestartTakesARateThatIsNotStoredBack) {
  TestModem bench("M5311");
  bench.command("AT+IPR=9600;+ICF=1;+IFC=2,2");
  EXPECT_EQ(bench.modem.uart(), (Uart{9600, 8, 2, Parity::none, Flow::circuits, Flow::circuits}));
  bench.modem.reset(ResetCause::pin, bench.now);
  bench.settle();
  EXPECT_EQ(bench.modem.uart(), (Uart{.baud = 115200}));
}

TEST(SerialLine, AProfileThatIsStoredHasTheLineToo) {
  TestModem bench("M5311");
  bench.command("AT+IPR=9600;+ICF=1;&W");
  bench.modem.reset(ResetCause::pin, bench.now);
  bench.settle();
  EXPECT_EQ(bench.modem.uart(), (Uart{.baud = 9600, .stop_bits = 2}));
}

TEST(SerialLine, TheRateStoredLastCounts) {
  TestModem bench;
  bench.command("AT&W");
  bench.command("AT+NATSPEED=115200,0,1");
  bench.modem.reset(ResetCause::pin, bench.now);
  bench.settle();
  EXPECT_EQ(bench.modem.uart().baud, 115200U);
}

class Sleep : public testing::Test {
 protected:
  static Flash saving() {
    Flash flash;
    flash.power_saving = {true, "00100001", "00000001"};  // active for 2 s
    return flash;
  }
  // Whether a module whose line has `baud` sleeps when nothing passes.
  static bool sleeps(std::string_view model, std::uint32_t baud) {
    Settings settings = quiet_settings(model_named(model));
    settings.baud = baud;
    mem::TestPool pool(64, 4, TestModem::kScratchBytes);
    Modem modem(model_named(model), settings, pool, saving());
    const Millis then = settings.network.inactivity + Millis(2000);
    modem.tick(then);
    return modem.status(then).asleep;
  }
};

TEST_F(Sleep, TheM5310ASleepsUpTo9600) {
  EXPECT_TRUE(sleeps("M5310-A", 4800));
  EXPECT_TRUE(sleeps("M5310-A", 9600));
  EXPECT_FALSE(sleeps("M5310-A", 19200));
  EXPECT_FALSE(sleeps("M5310-A", 115200));
}

TEST_F(Sleep, TheOthersSleepAtAnyRate) {
  EXPECT_TRUE(sleeps("M5311", 460800));
  EXPECT_TRUE(sleeps("M5312", 115200));
  EXPECT_TRUE(sleeps("M5313", 57600));
}

TEST_F(Sleep, AChangeOfTheRateCountsWhenItTakesEffect) {
  Settings settings = quiet_settings(model_named("M5310-A"));
  mem::TestPool pool(64, 4, TestModem::kScratchBytes);
  Modem modem(model_named("M5310-A"), settings, pool, saving());
  Millis now = settings.network.inactivity + Millis(2000);
  modem.dte_received("AT+NATSPEED=115200,0,0\r", now);
  EXPECT_TRUE(modem.status(now).asleep);
  modem.dte_sent(modem.dte_output().size(), now);
  EXPECT_FALSE(modem.status(now).asleep);
  modem.dte_received("AT+NATSPEED=9600,0,0\r", now);
  modem.dte_sent(modem.dte_output().size(), now);
  EXPECT_TRUE(modem.status(now).asleep);
}

}  // namespace
}  // namespace m531x
