// SPDX-License-Identifier: Apache-2.0
// The lines of a journal, both ways, and what is wrong in those of strangers.
#include "app/journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "app/journal_modems.h"
#include "app/test_sentence.h"
#include "port/user_error.h"

namespace m531x::app {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const std::string kHead =
    "m531x journal 1\nprogram 0.1.0\nsecrets hidden\nset model=M5311\nset clock.start=7\n";

std::string line_refusal(const std::string& line) {
  return sentence([&] { static_cast<void>(parse_entry(line)); });
}

// All lines of it, read and written again.
std::string again(const std::string& text) {
  std::istringstream file(text);
  JournalReader reader(file, "j");
  std::string lines = text_of(reader.head());
  while (const auto entry = reader.next()) lines += line_of(*entry);
  return lines + (reader.is_complete() ? "end\n" : "") + (reader.is_cut() ? "cut" : "");
}
std::string refusal(const std::string& text) {
  return sentence([&] { static_cast<void>(again(text)); });
}

TEST(Journal, EveryLineIsReadAsItIsWritten) {
  const std::vector<std::string> kLines = {
      "0 0 on",
      "1 4294967295 > AT\\r",
      "1 0 >",
      "1 0 >  \\x00\\xff\\\\ \\t\\n\xc3\xa4 ",
      "2 0 < \\r\\nOK\\r\\n",
      "2 0 <... \\r\\n",
      "3 0 net 9 <... GET",
      "3 0 net 9 > HTTP/1.1 200 OK\\r\\n",
      "3 0 net 9 < GET / HTTP/1.1\\r\\n",
      "4 0 net 0 opened",
      "4 0 net 0 asked",
      "5 0 net 1 ended refused",
      "6 0 resolved 192.0.2.1",
      "6 0 resolved",
      "7 0 checked good",
      "7 0 checked bad",
      "8 0 reset pressed",
      "8 0 watchdog bites",
      "9 0 coverage found",
      "9 0 coverage lost",
      "10 0 signal 31 99 0 255 -30",
      "11 0 inject +TOLD",
      "11 0 fault reset at=body byte=100",
      "11 0 fault urc text=a \\xff\\\\ b",
      "11 0 faults cleared",
      "12 0 tick",
      "13 0 net 2 connect a.example:80",
      "13 0 net 2 connect tls ::1:443",
      "13 0 net 2 close",
      "14 0 resolve b.example",
      "15 0 check 4",
      "15 0 coap open dtls a.example:5684",
      "15 0 coap open ::1:5683",
      "15 0 coap opened",
      "15 0 coap sent",
      "15 0 coap > 0 65535 1 65535 11542 1 6 3 3200/0a=b",
      "15 0 coap > 1 3 65 65535 65535 0 4 0 rd/5\\x00 x",
      "15 0 coap acknowledged 77",
      "15 0 coap failed 2 77 1",
      "15 0 coap ended refused",
      "15 0 coap close",
      "16 0 off 0 \\r\\nOK\\r\\n",
      "16 1 off 2",
      "16 2 off",
  };
  std::string text = kHead;
  std::set<sim::Call::Kind> kinds;
  for (const std::string& line : kLines) {
    text += line + '\n';
    kinds.insert(parse_entry(line).call.kind);
  }
  EXPECT_EQ(again(text + "end\n"), text + "end\n");
  EXPECT_EQ(kinds.size(), sim::kCallKindCount);
}

TEST(Journal, EveryByteIsReadAsItIsWritten) {
  Entry entry{.call = {.kind = sim::Call::Kind::dte_received}};
  for (int byte = 0; byte < 256; ++byte) entry.bytes += static_cast<char>(byte);
  std::string line = line_of(entry);
  line.pop_back();
  EXPECT_EQ(parse_entry(line).bytes, entry.bytes);
  EXPECT_EQ(parse_entry(line).call.byte_count, 256U);
}

TEST(Journal, TheHeadHasWhatTheModelDoesNotDecide) {
  JournalHead head{.version = "9", .has_secrets = true, .settings = settings_of(models().front())};
  head.settings.modem.mss_bytes = 460;
  head.settings.conditions.air.latency = Millis(300);
  head.settings.pool_bytes = 65'536;
  head.settings.conditions.faults = {{.kind = sim::FaultKind::reset, .request = 2},
                                     {.kind = sim::FaultKind::urc, .text = "+A"}};
  head.settings.tls.ca_file = "/home/joe/ca.pem";
  head.settings.net.dns_server = "192.0.2.1";
  const std::string text = text_of(head);
  EXPECT_EQ(text,
            "m531x journal 1\nprogram 9\nsecrets kept\nset model=M5310-A\nset air.latency_ms=300\n"
            "set tcp.mss=460\nset pool.bytes=65536\nfault reset request=2\nfault urc text=+A\n");
  std::istringstream file(text);
  const JournalHead read = JournalReader(file, "j").head();
  EXPECT_TRUE(read.has_secrets);
  EXPECT_EQ(text_of(read), text);
}

TEST(Journal, WhatTheModuleKeptIsInIt) {
  Entry entry{.kind = Entry::Kind::on};
  entry.flash.has_profile = true;
  entry.flash.profile.echo = true;
  std::string line = line_of(entry);
  line.pop_back();
  EXPECT_EQ(parse_entry(line).flash, entry.flash);
  EXPECT_EQ(line_refusal(line + "0"), "what the module kept is damaged");
  line.back() = line.back() == '0' ? '1' : '0';
  EXPECT_EQ(line_refusal(line), "what the module kept is damaged");
}

TEST(Journal, ALineThatIsOnlyBegunIsNotThere) {
  EXPECT_EQ(again(kHead + "0 0 on\n5 0 ti"), kHead + "0 0 on\ncut");
  EXPECT_EQ(again(kHead + "# a remark\n0 0 on\n"), kHead + "0 0 on\n");
}

TEST(Journal, ABadHeadIsTold) {
  EXPECT_EQ(refusal(""), "j:0: it is not a journal of m531x run --record");
  EXPECT_EQ(refusal("AT\n"), "j:1: it is not a journal of m531x run --record");
  EXPECT_EQ(refusal("m531x journal 1"), "j:1: it is not a journal of m531x run --record");
  EXPECT_EQ(refusal("m531x journal 2\n"), "j:1: it is a journal of another version of m531x");
  EXPECT_EQ(refusal("m531x journal 1\nset model=M5311\n"),
            "j:2: the version of the program is missing");
  EXPECT_EQ(refusal("m531x journal 1\nprogram 1\nsecrets some\n"),
            "j:3: the line \"secrets\" is missing");
  const std::string start = "m531x journal 1\nprogram 1\nsecrets kept\n";
  EXPECT_EQ(refusal(start + "0 0 on\n"), "j:4: the model is missing");
  EXPECT_THAT(refusal(start + "set model=M9\n"), StartsWith("j:4: model must be "));
  EXPECT_EQ(refusal(start + "set tcp.mss=100\n"),
            "j:4: the model stands once, before the other settings");
  EXPECT_THAT(refusal(kHead + "set model=M5311\n"), StartsWith("j:6: the model stands once"));
  EXPECT_THAT(refusal(kHead + "set tcp.mss=63\n"),
              HasSubstr("j:6: tcp.mss must be a number from 64"));
  for (const char* const key : {"tcp.mss", "no.such=1", "tls.ca_file=/etc/passwd", "=", ""}) {
    EXPECT_EQ(refusal(kHead + "set " + key + "\n"), "j:6: there is no such setting") << key;
  }
}

TEST(Journal, ABadLineIsTold) {
  const std::vector<std::pair<std::string, std::string>> kLines = {
      {"", "the time must be a number from 0 to "},
      {"-1 0 tick", "the time must be"},
      {"x 0 tick", "the time must be"},
      {"99999999999999999999 0 tick", "the time must be"},
      {"0 4294967296 tick", "the modem must be a number from 0 to 4294967295"},
      {"0 tick", "the modem must be"},
      {"0 0", "that is no call of a modem"},
      {"0 0 jump", "that is no call of a modem"},
      {"0 0 ticks", "that is no call of a modem"},
      {"0 0 opened", "that is no call of a modem"},
      {"0 0 net 0 tick", "that is no call of a modem"},
      {"0 0 tick tock", "nothing follows \"tick\""},
      {"0 0 net 10 opened", "a connection must be a number from 0 to 9"},
      {"0 0 net 0 ended badly", "that is no cause"},
      {"0 0 signal 1 2 3 4", "a part of the signal must be a number from -30 to 40"},
      {"0 0 signal 1 2 3 4 5 6", "a signal has five numbers"},
      {"0 0 signal 32 2 3 4 5", "a part of the signal must be a number from 0 to 31"},
      {"0 0 net 0 connect a", "a target is HOST:PORT"},
      {"0 0 net 0 connect a:0", "a port must be a number from 1 to 65535"},
      {"0 0 check 5", "an instance must be a number from 0 to 4"},
      {"0 0 > \\q", "a backslash is followed by"},
      {"0 0 > \\", "a backslash is followed by"},
      {"0 0 > \\x4", "a backslash is followed by"},
      {"0 0 > a\tb", "a control character stands there"},
      {"0 0 on zz", "what the module kept is damaged"},
  };
  for (const auto& [line, words] : kLines) {
    EXPECT_THAT(refusal(kHead + line + '\n'), StartsWith("j:6: " + words)) << line;
  }
  EXPECT_EQ(refusal(kHead + "end\n0 0 on\n"), "j:7: there is something behind the end");
}

TEST(Journal, ACallHasSoManyBytes) {
  for (const std::size_t size : {kMaxEntryBytes - 1, kMaxEntryBytes}) {
    EXPECT_EQ(parse_entry("0 0 > " + std::string(size, 'x')).bytes.size(), size);
  }
  EXPECT_THAT(line_refusal("0 0 > " + std::string(kMaxEntryBytes + 1, 'x')),
              StartsWith("there are more than 2097152 bytes"));
}

TEST(Journal, ALineHasSoManyBytes) {
  const auto remark = [](std::size_t size) {
    return kHead + '#' + std::string(size - 1, 'x') + '\n';
  };
  EXPECT_EQ(again(remark(kMaxJournalLine - 1)), kHead);
  EXPECT_EQ(again(remark(kMaxJournalLine)), kHead);
  EXPECT_THAT(refusal(remark(kMaxJournalLine + 1)), StartsWith("j:6: the line is longer than "));
}

TEST(Journal, TimeHasAnEnd) {
  const auto at = [](std::int64_t ms) { return std::to_string(ms) + " 0 tick"; };
  const std::int64_t last = kMaxJournalTime.count();
  EXPECT_EQ(parse_entry(at(last - 1)).call.now.count(), last - 1);
  EXPECT_EQ(parse_entry(at(last)).call.now.count(), last);
  EXPECT_THAT(line_refusal(at(last + 1)), HasSubstr("the time must be"));
}

// Bytes, and then an error.
class Breaks : public std::stringbuf {
 public:
  using std::stringbuf::stringbuf;

 protected:
  int_type underflow() override {
    const int_type byte = std::stringbuf::underflow();
    if (byte == traits_type::eof()) throw port::UserError("cannot read it: it broke");
    return byte;
  }
};

TEST(Journal, AFileThatBreaksIsToldWhere) {
  for (const std::string& text : {kHead.substr(0, 20), kHead + "0 0 on\n# a rem"}) {
    Breaks bytes(text);
    std::istream file(&bytes);
    const auto lines = std::ranges::count(text, '\n') + 1;
    EXPECT_EQ(sentence([&] {
                JournalReader reader(file, "j");
                while (reader.next()) continue;
              }),
              "j:" + std::to_string(lines) + ": cannot read it: it broke");
  }
}

// A terminal obeys them; a program that is none of ours has written the file.
TEST(Journal, NoSentenceRepeatsAControlByte) {
  const std::string kControl =
      "\x1b]0;x\x07\x1b[2J\xc2\x9b"
      "2J\x7f\r";
  const std::string kSpelled = "\\x1b]0;x\\x07\\x9b2J";
  const std::string kSetting = "set " + kControl + "=" + kControl + "\n";
  std::vector<std::string> sentences = {
      refusal(kControl + "\n"),
      refusal("m531x journal " + kControl + "\n"),
      refusal("m531x journal 1\nprogram 1\nsecrets " + kControl + "\n"),
      refusal(kHead + kSetting),
      refusal(kHead + "set tcp.mss=" + kControl + "\n"),
      refusal(kHead + "set model=" + kControl + "\n"),
      refusal(kHead + "fault " + kSpelled + "\n"),
      refusal(kHead + "fault reset " + kSpelled + "=1\n"),
      refusal(kHead + "fault reset " + kSpelled + "\n"),
      refusal(kHead + "fault reset at=" + kSpelled + "\n"),
  };
  for (const std::string start :
       {"", "0 ", "0 0 ", "0 0 on ", "0 0 tick ", "0 0 net ", "0 0 net 0 ended ", "0 0 signal ",
        "0 0 > ", "0 0 fault ", "0 0 net 0 connect ", "0 0 check "}) {
    sentences.push_back(refusal(kHead + start + kControl + "\n"));
  }
  std::istringstream file("m531x journal 1\nprogram " + kControl +
                          "\nsecrets kept\nset model=M5311\n");
  sentences.push_back(JournalReader(file, "j").head().version);
  sentences.push_back(line_of(parse_entry("0 0 > \\x1b\xc2\x9b\x7f")).substr(0, 20));
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; };
  for (std::string& one : sentences) {
    if (one.ends_with('\n')) one.pop_back();
    EXPECT_THAT(one, Not(testing::IsEmpty()));
    EXPECT_EQ(std::ranges::count_if(one, is_control), 0) << one;
    EXPECT_THAT(one, Not(HasSubstr("\xc2\x9b"))) << one;
    EXPECT_THAT(one, Not(HasSubstr("\x9b"))) << one;
  }
}

class JournalModemsTest : public testing::Test {
 protected:
  static RunSettings settings() {
    RunSettings all = settings_of(models().front());
    all.pool_bytes = 1 << 20;
    all.modem.boot.text = false;
    all.modem.network.registration_delay = Millis(0);
    return all;
  }
  // What comes of a line.
  std::string play(const std::string& line) {
    std::string came = line_of(modems.play(parse_entry(line)));
    came.pop_back();
    return came;
  }
  std::string refusal(const std::string& line) {
    return sentence([&] { play(line); });
  }

  JournalModems modems{settings()};
};

TEST_F(JournalModemsTest, TellsWhatThisModemDoes) {
  play("0 0 on");
  EXPECT_EQ(play("0 0 > AT\\r"), "0 0 > AT\\r");
  EXPECT_EQ(play("0 0 < \\r\\nERROR\\r\\n"), "0 0 < \\r\\nOK\\r\\n");
  EXPECT_EQ(play("0 0 < \\r\\nOK\\r\\n"), "0 0 <");
  EXPECT_EQ(play("0 0 net 0 connect a:80"), "0 0 nothing");
  play("0 0 > AT+HTTPCREATE=\"http://a/\";+HTTPSEND=0,0,\"/\"\\r");
  EXPECT_EQ(play("0 0 net 0 connect b:80"), "0 0 net 0 connect a:80");
  EXPECT_EQ(play("0 0 net 0 < GET"), "0 0 net 0 <");
  play("0 0 net 0 opened");
  EXPECT_EQ(play("0 0 net 0 < xyz"), "0 0 net 0 <... GET");
  EXPECT_EQ(play("5 0 off"),
            "5 0 off 1 \\r\\n+HTTPCREATE:0\\r\\n\\r\\nOK\\r\\n\\r\\nCONNECT OK\\r\\n");
}

TEST_F(JournalModemsTest, AModemGetsNoMoreThanItTakes) {
  play("0 0 on");
  const std::string much(1 << 20, 'x');
  EXPECT_LT(play("0 0 > " + much).size(), much.size());
  EXPECT_EQ(play("0 0 net 3 > abc"), "0 0 net 3 >");
}

TEST_F(JournalModemsTest, RefusesWhatIsInNoOrder) {
  EXPECT_EQ(refusal("0 0 tick"), "modem 0 is not on");
  play("5 0 on");
  EXPECT_EQ(refusal("5 0 on"), "modem 0 is on already");
  EXPECT_EQ(refusal("4 0 tick"), "the time of modem 0 runs back");
  play("6 0 off");
  EXPECT_EQ(refusal("6 0 off"), "modem 0 is not on");
  play("3 0 on");  // it is another one
}

TEST_F(JournalModemsTest, SoManyAreOn) {
  // One block each at the least: with this pool the later ones have no memory, and are on.
  for (std::size_t i = 0; i < JournalModems::kMaxOn; ++i) play("0 " + std::to_string(i) + " on");
  EXPECT_EQ(refusal("0 10000 on"), "more than 10000 modems are on");
  play("0 9999 off");
  play("0 10000 on");
}

TEST_F(JournalModemsTest, AskingThatChangesNothingIsTold) {
  play("0 0 on");
  EXPECT_FALSE(modems.ask(parse_entry("0 0 net 0 asked")));
  play("0 0 > AT+HTTPCREATE=\"http://a/\";+HTTPSEND=0,0,\"/\"\\r");
  play("0 0 net 0 connect a:80");
  play("0 0 net 0 opened");
  EXPECT_TRUE(modems.ask(parse_entry("0 0 net 0 asked")));
  EXPECT_FALSE(modems.ask(parse_entry("0 0 net 0 asked")));
}

}  // namespace
}  // namespace m531x::app
