// SPDX-License-Identifier: Apache-2.0
// A modem that is recorded, and what is in the file.
#include "app/recording.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "app/text_file.h"
#include "port/user_error.h"

namespace m531x::app {
namespace {

using CallKind = sim::Call::Kind;
using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;
using testing::ThrowsMessage;

RunSettings settings() {
  RunSettings all = settings_of(*find_model("M5311"));
  all.pool_bytes = 1 << 20;
  all.modem.clock.start = 7;
  all.modem.network.registration_delay = Millis(0);
  return all;
}

RunSettings without_echo() {
  RunSettings all = settings();
  all.modem.variant.echo = false;
  return all;
}

// A modem, its host and its server, and a recorder between.
class Recorded {
 public:
  explicit Recorded(bool with_secrets = false, const RunSettings& all = settings(),
                    const Profile& profile = {})
      : pool_(memory_.blocks(), memory_.scratch()) {
    recording_.emplace(path(),
                       JournalHead{.version = "1", .has_secrets = with_secrets, .settings = all},
                       [this](const std::string& sentence) { complaints.push_back(sentence); });
    recorder_ = recording_->watch(0, profile);
    recorder_->switched_on({}, now);
    modem_.emplace(*all.model, all.modem, all.conditions, pool_, Flash(), now);
  }
  ~Recorded() { std::filesystem::remove(path()); }
  Recorded(const Recorded&) = delete;
  Recorded& operator=(const Recorded&) = delete;

  static std::string path() {
    return testing::TempDir() + "recording_test." +
           testing::UnitTest::GetInstance()->current_test_info()->name();
  }
  void tell(sim::Call call) {
    tell_recorder(call);
    call.now = now;
    sim::apply(*modem_, call);
  }
  // The modem itself takes no more than it has asked for.
  void tell_recorder(sim::Call call) {
    call.now = now;
    recorder_->called(*modem_, call);
  }
  // The host types, and takes what it is told.
  std::string type(std::string_view bytes) {
    tell({.kind = CallKind::dte_received, .bytes = bytes});
    return hear();
  }
  std::string hear() {
    std::array<Bytes, 64> views;
    std::string heard;
    for (const Bytes view : std::span(views).first(modem_->dte_output(views))) heard += view;
    if (!heard.empty()) tell({.kind = CallKind::dte_sent, .byte_count = heard.size()});
    while (const auto message = modem_->coap_output()) {
      last_coap_id = message->id;
      tell({.kind = CallKind::coap_sent});
    }
    while (const auto action = modem_->next_action()) {
      tell_recorder({.kind = CallKind::next_action, .action = *action});
    }
    return heard;
  }
  // The modem's output on its first connection.
  std::string send() {
    std::array<Bytes, 64> views;
    std::string sent;
    tell({.kind = CallKind::net_output});
    for (const Bytes view : std::span(views).first(modem_->net_output(0, views))) sent += view;
    if (!sent.empty()) tell({.kind = CallKind::net_sent, .byte_count = sent.size()});
    return sent;
  }
  void receive(std::string_view bytes) {
    tell({.kind = CallKind::net_received, .bytes = bytes});
    hear();
  }
  [[nodiscard]] static std::string so_far() { return read_file(path(), "the journal"); }
  // Off; all of the file.
  std::string end() {
    recorder_->switched_off(now);
    recording_.reset();
    return so_far();
  }

  std::vector<std::string> complaints;
  CoapId last_coap_id = 0;  // of the modem's last message
  Millis now{0};

 private:
  port::BlockMemory memory_{1 << 20, Limits().line_bytes};
  BlockPool pool_;
  std::optional<Recording> recording_;
  std::unique_ptr<port::Recorder> recorder_;
  std::optional<sim::Modem> modem_;
};

// Plays it; the line of the first difference.
std::string difference(const std::string& journal) {
  std::istringstream file(journal);
  JournalReader reader(file, "j");
  JournalModems modems(reader.head().settings);
  while (const auto entry = reader.next()) {
    const std::string came = line_of(modems.play(*entry));
    if (came != line_of(*entry)) return came;
  }
  EXPECT_TRUE(reader.is_complete());
  return "";
}

// A request with every secret there is.
std::string converse(Recorded& field) {
  std::string heard = field.type("AT+HTTPCREATE=\"https://a.example/\",\"joe\",\"s3cret\"\r");
  for (const char byte : std::string_view("AT+HTTPHEADER=0,\"X-Key: s3cret\\r\\n\"\r")) {
    heard += field.type(Bytes(&byte, 1));
  }
  heard += field.type("AT+HTTPCFG=0,3,\"-----BEGIN s3cret\"\rAT+HTTPCFG=0,2,733363726574");
  heard += field.type(",1\rAT+HTTPCONTENT=0,\"xx\b\bs3cret\"\r");
  heard += field.type("AT+HTTPCONTENT=0\r");
  heard += field.type("A/");
  heard += field.type("AT+HTTPSEND=0,1,\"/a?token=s3cret\"\r");
  field.tell({.kind = CallKind::net_checked, .yes = true});
  heard += field.hear();
  field.tell({.kind = CallKind::net_opened});
  heard += field.hear();
  heard += field.send();
  field.receive("HTTP/1.1 200 OK\r\nSet-Coo");
  field.receive("kie: s3cret\r\nContent-Length: 5\r\n\r\nhello");
  return heard;
}

TEST(Recording, NoSecretIsInIt) {
  Recorded field;
  const std::string heard = converse(field);
  EXPECT_THAT(heard, AllOf(HasSubstr("s3cret"), HasSubstr("POST /a?token=s3cret")));
  EXPECT_THAT(Recorded::so_far(), Not(HasSubstr("s3cret")));
  const std::string journal = field.end();
  EXPECT_THAT(journal, Not(HasSubstr("s3cret")));
  EXPECT_THAT(journal, Not(HasSubstr("733363726574")));
  EXPECT_THAT(journal, Not(HasSubstr("am9lOnMzY3JldA")));  // of Authorization
  EXPECT_THAT(journal, HasSubstr("Set-Coo"));
  EXPECT_THAT(journal, HasSubstr("kie: ******\\r\\nContent-Length: 5\\r\\n\\r\\nhello"));
  EXPECT_THAT(journal, HasSubstr("POST /a?token=****** HTTP/1.1"));
  EXPECT_EQ(difference(journal), "");
  EXPECT_THAT(field.complaints, IsEmpty());
}

TEST(Recording, SecretsAreInItWhenAskedFor) {
  Recorded field(true);
  const std::string heard = converse(field);
  const std::string journal = field.end();
  EXPECT_THAT(journal, AllOf(HasSubstr("secrets kept"), HasSubstr("\"joe\",\"s3cret\""),
                             HasSubstr("am9lOnMzY3JldA"), HasSubstr("Set-Coo")));
  EXPECT_EQ(difference(journal), "");
}

// A bootstrap with a key, a registration with another, a read and a notification.
std::string converse_lwm2m(Recorded& field, const std::string& create) {
  using Message = CoapMessage;
  std::string heard = field.type(create);
  heard += field.type("AT+MIPLADDOBJ=0,3200,1,\"1\",0,0\r");
  heard += field.type("AT+MIPLOPEN=0,86400\r");
  const auto opens = [&] {
    field.tell({.kind = CallKind::coap_opened});
    heard += field.hear();
  };
  const auto receive = [&](const Message& message) {
    sim::Call call = {.kind = CallKind::coap_received};
    call.coap = message;
    field.tell(call);
    heard += field.hear();
  };
  const auto answers = [&](CoapCode code, Bytes path = {}) {
    Message message = {.kind = Message::Kind::response, .id = field.last_coap_id, .code = code};
    message.path = path;
    receive(message);
  };
  const auto asks = [&](CoapId id, CoapCode code, Bytes path, Bytes payload = {}) {
    Message message = {.kind = Message::Kind::request, .id = id, .code = code};
    message.format = payload.empty() ? ContentFormat::none : ContentFormat::tlv;
    message.path = path;
    message.payload = payload;
    return message;
  };
  opens();
  answers(kCoapChanged);
  const std::string account = std::string("\xc8\x00\x11", 3) + "coaps://b.example" +
                              std::string("\xc1\x02\x00\xc2\x03me\xc6\x05s3cret", 15);
  receive(asks(7, kCoapPut, "0/0", account));
  receive(asks(8, kCoapPost, "bs"));
  opens();
  answers(kCoapCreated, "rd/1");
  receive(asks(9, kCoapGet, "3200/0/5500"));
  heard += field.type("AT+MIPLREADRSP=0,9,1,3200,0,5500,4,4,21.5,0,0\r");
  Message observe = asks(10, kCoapGet, "3200/0/5500");
  observe.observe = Message::Observe::start;
  receive(observe);
  heard += field.type("AT+MIPLOBSERVERSP=0,10,1\r");
  heard += field.type("AT+MIPLNOTIFY=0,10,3200,0,5500,4,4,22.5,0,0,77\r");
  sim::Call acknowledged = {.kind = CallKind::coap_acknowledged};
  acknowledged.coap.id = 10;
  field.tell(acknowledged);
  heard += field.hear();
  heard += field.type("AT+MIPLCLOSE=0\r");
  answers(kCoapDeleted);
  return heard;
}

// The keys are other ones in the file, of the same length, and the rest is what happened.
TEST(Recording, LwM2mWithoutItsKeys) {
  for (const std::string_view create :
       {"AT+MIPLCREATEEX=\"a.example:5684\",1,\"c0de\",\"s3cret\"\r",
        "AT+MIPLCREATE=70,"
        "130046f10003f2003804001180000000000000000e612e6578616d706c653a35363834001941757468436f6465"
        "3a633064653b50534b3a7333637265743bf30008c800000000,0,70,0\r"}) {
    Recorded field;
    const std::string heard = converse_lwm2m(field, std::string(create));
    EXPECT_THAT(heard, AllOf(HasSubstr("+MIPLEVENT:0,6"), HasSubstr("+MIPLREAD:0,9"),
                             HasSubstr("+MIPLEVENT:0,26,77"), HasSubstr("+MIPLEVENT:0,15")));
    const std::string journal = field.end();
    for (const std::string_view secret : {"s3cret", "c0de", "733363726574", "63306465"}) {
      EXPECT_THAT(journal, Not(HasSubstr(secret)));
    }
    EXPECT_THAT(journal, AllOf(HasSubstr("coap open dtls a.example:5684"),
                               HasSubstr("coap open dtls b.example:5684"), HasSubstr("coap sent"),
                               HasSubstr("coap acknowledged 10")));
    EXPECT_EQ(difference(journal), "");
    EXPECT_THAT(field.complaints, IsEmpty());
  }
}

TEST(Recording, LwM2mWithItsKeysWhenAskedFor) {
  Recorded field(true);
  converse_lwm2m(field, "AT+MIPLCREATEEX=\"a.example:5684\",1,\"c0de\",\"s3cret\"\r");
  const std::string journal = field.end();
  EXPECT_THAT(journal, AllOf(HasSubstr("\"c0de\",\"s3cret\""), HasSubstr("\\xc6\\x05s3cret")));
  EXPECT_EQ(difference(journal), "");
}

TEST(Recording, InTheFieldItIsTheSame) {
  RunSettings all = settings();
  be_as_hardware(all);
  Recorded field(false, all);
  for (; field.now < Millis(10'000); ++field.now) {
    field.tell({.kind = CallKind::tick});
    field.hear();
  }
  std::string heard;
  for (const char byte : std::string_view("AT+HTTPCREATE=\"http://a\",\"u\",\"s3cret\"\r")) {
    heard += field.type(Bytes(&byte, 1));
    for (int i = 0; i < 20; ++i) {
      ++field.now;
      field.tell({.kind = CallKind::tick});
      heard += field.hear();
    }
  }
  EXPECT_THAT(heard, HasSubstr("+HTTPCREATE:0"));
  const std::string journal = field.end();
  std::size_t hidden_count = 0;
  for (std::size_t at = 0; (at = journal.find("> *\n", at)) != std::string::npos; ++at) {
    ++hidden_count;
  }
  EXPECT_EQ(hidden_count, std::string_view("us3cret").size());
  EXPECT_EQ(difference(journal), "");
  EXPECT_THAT(field.complaints, IsEmpty());
}

TEST(Recording, ALineIsInItWhenItHasEnded) {
  Recorded field(false, without_echo());
  field.type("AT+CS");
  field.tell({.kind = CallKind::tick});
  EXPECT_THAT(Recorded::so_far(), Not(HasSubstr("AT+CS")));
  field.type("Q\r");
  EXPECT_THAT(Recorded::so_far(), HasSubstr("0 0 > AT+CS\n0 0 tick\n0 0 > Q\\r\n0 0 < "));
}

TEST(Recording, ARepeatHasNoOtherEnd) {
  Recorded field(false, without_echo());
  field.type("AT+CSQ\r");
  field.type("A/");
  EXPECT_THAT(Recorded::so_far(), HasSubstr("0 0 > A/\n0 0 < "));
}

TEST(Recording, WhatHasNoEndIsHidden) {
  Recorded field;
  field.type("AT+HTTPCREATE=a,u,s3cret");
  const std::string journal = field.end();
  EXPECT_THAT(journal, HasSubstr("> ************************\n"));
  EXPECT_EQ(difference(journal), "");
}

TEST(Recording, SoManyCallsWait) {
  const auto typed = [](std::size_t others) {
    Recorded field(false, without_echo());
    field.type("AT+CSQ");
    for (std::size_t i = 0; i < others; ++i) field.tell({.kind = CallKind::tick});
    std::string journal = Recorded::so_far();
    field.type(";+HTTPCREATE=a,u,s3cret\rAT+CSQ\r");
    journal += '|' + Recorded::so_far();
    EXPECT_EQ(difference(field.end()), "");
    return journal;
  };
  const auto has = [](const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
  };
  constexpr std::size_t kMost = Recording::kMaxWaitingCalls;
  for (const std::size_t count : {kMost - 1, kMost, kMost + 1}) {
    const std::string journal = typed(count - 1);
    EXPECT_EQ(has(journal, "> ******\n"), count > kMost) << count;
    EXPECT_EQ(has(journal, "> AT+CSQ\n"), count <= kMost) << count;
    EXPECT_TRUE(has(journal, count > kMost ? "> ***********************\\rAT+CSQ\\r\n"
                                           : "> ;+HTTPCREATE=a,*,******\\rAT+CSQ\\r\n"));
    EXPECT_FALSE(has(journal, "s3cret"));
  }
}

TEST(Recording, SoManyBytesWait) {
  constexpr std::size_t kMost = Recording::kMaxWaitingBytes;
  for (const std::size_t size : {kMost - 1, kMost, kMost + 1}) {
    Recorded field(false, without_echo());
    field.type(std::string(size, 'x'));
    EXPECT_EQ(Recorded::so_far().find("0 0 > *") != std::string::npos, size > kMost) << size;
  }
}

TEST(Recording, SoManyBytesOfAllCallsWait) {
  constexpr std::size_t kMost = Recording::kMaxWaitingBytes;
  constexpr std::string_view kTyped = "AT";
  const std::string window(64 << 10, 'x');
  for (const std::size_t size : {kMost - 1, kMost, kMost + 1}) {
    Recorded field(false, without_echo());
    field.type(kTyped);
    for (std::size_t left = size - kTyped.size(); left > 0;) {
      const std::string_view piece = std::string_view(window).substr(0, left);
      field.tell_recorder({.kind = CallKind::net_received, .bytes = piece});
      left -= piece.size();
    }
    EXPECT_EQ(Recorded::so_far().find("0 0 > **\n") != std::string::npos, size > kMost) << size;
    // They wait no more: others may.
    field.type("\r");
    field.type(kTyped);
    field.tell_recorder({.kind = CallKind::net_received, .bytes = window});
    EXPECT_FALSE(Recorded::so_far().ends_with(" > **\n0 0 net 0 >\n")) << size;
  }
}

TEST(Recording, ALineThatARestartMayHaveCutIsHidden) {
  Recorded field;
  field.type("AT+NPING=");
  field.tell({.kind = CallKind::reset});
  field.type("AT+HTTPCREATE=a,u,s3cret\r");
  for (int i = 0; i < 20; ++i) {
    field.now += Millis(1'000);
    field.tell({.kind = CallKind::tick});
  }
  field.hear();
  field.type("AT+CSQ\r");
  const std::string journal = field.end();
  EXPECT_THAT(journal, AllOf(Not(HasSubstr("s3cret")), HasSubstr("0 0 > *********\n"),
                             HasSubstr("0 0 > AT+CSQ\\r")));
  EXPECT_EQ(difference(journal), "");
}

TEST(Recording, AfterOtherLineEndsAllIsHidden) {
  for (const bool from_the_start : {false, true}) {
    Profile profile;
    if (from_the_start) profile.characters.terminator = '!';
    Recorded field(false, settings(), profile);
    if (!from_the_start) field.type("ATS3=33\r");
    field.type("AT+HTTPCREATE=a,u,s3cret!");
    field.type("AT+HTTPCREATE=a,u,s3");
    field.type("cret!");
    const std::string journal = field.end();
    EXPECT_THAT(journal, AllOf(Not(HasSubstr("u,s3")), Not(HasSubstr("cret!"))));
    EXPECT_EQ(difference(journal), "");
  }
}

// A name that is typed in two parts is hidden, and with it that it is an Authorization of its own.
TEST(Recording, AnotherWayWithoutSecretsIsTold) {
  Recorded field;
  field.type("AT+HTTPCREATE=\"http://a/\",\"joe\",\"s3cret\"\r");
  field.type("AT+HTTPHEADER=0,\"Authori\"\r");
  field.type("AT+HTTPHEADER=0,\"zation: s3cret\\r\\n\"\r");
  field.type("AT+HTTPSEND=0,0,\"/\"\r");
  field.tell({.kind = CallKind::net_opened});
  field.hear();
  EXPECT_THAT(field.complaints, IsEmpty());
  EXPECT_THAT(field.send(), HasSubstr("Authorization: s3cret\r\n"));
  const std::string journal = field.end();
  constexpr const char* kSentence = "without its secrets, modem 0 goes another way from here on";
  EXPECT_THAT(field.complaints, ElementsAre(HasSubstr(kSentence)));
  EXPECT_THAT(journal, AllOf(HasSubstr(kSentence), Not(HasSubstr("s3cret"))));
  EXPECT_EQ(difference(journal), "");
}

// Each line behind the first is hidden as a whole, so that the second modem sends no more.
TEST(Recording, HeaderValuesAreHiddenWhereverTheModemGoes) {
  constexpr std::string_view kPage =
      "HTTP/1.1 200 OK\r\nSet-Cookie: s3cret\r\nContent-Length: 2\r\n\r\nhi";
  for (const bool kept : {true, false}) {
    Recorded field;
    field.type("AT+HTTPCREATE=\"http://a/\";+HTTPSEND=0,0,\"/\";S3=33\r");
    for (int i = 0; i < 3; ++i) {
      if (i > 0) field.type("AT+HTTPSEND=0,0,\"/\"!");
      if (i == 0 || !kept) field.tell({.kind = CallKind::net_opened});
      field.hear();
      EXPECT_THAT(field.send(), HasSubstr("GET / HTTP/1.1\r\n")) << i;
      field.receive(kPage);
      if (!kept) field.tell({.kind = CallKind::net_closed});
      EXPECT_THAT(field.hear(), Not(HasSubstr("ERROR")));
    }
    const std::string journal = field.end();
    EXPECT_THAT(journal, AllOf(HasSubstr("goes another way"), Not(HasSubstr("s3cret"))));
    EXPECT_EQ(difference(journal), "");
  }
}

TEST(Recording, AFullDiskEndsItAndNothingElse) {
  std::vector<std::string> complaints;
  const JournalHead head{.version = "1", .has_secrets = false, .settings = settings()};
  Recording recording("/dev/full", head,
                      [&](const std::string& text) { complaints.push_back(text); });
  const auto recorder = recording.watch(0, Profile());
  recorder->switched_on({}, Millis(0));
  recorder->switched_off(Millis(0));
  EXPECT_THAT(complaints, ElementsAre("--record /dev/full: cannot write it: No space left on "
                                      "device; the recording ends there"));
}

TEST(Recording, AFileThatCannotBeMadeIsRefused) {
  const JournalHead head{.version = "1", .has_secrets = false, .settings = settings()};
  EXPECT_THROW(Recording("/nowhere/j", head, nullptr), port::UserError);
  EXPECT_THROW(Recording("/tmp", head, nullptr), port::UserError);
}

TEST(Recording, NobodyElseMayReadIt) {
  using std::filesystem::perms;
  for (const bool is_there : {false, true}) {
    if (is_there) {
      write_file(Recorded::path(), "", "");
      std::filesystem::permissions(Recorded::path(), perms::owner_all | perms::others_read);
    }
    Recorded field;
    EXPECT_EQ(std::filesystem::status(Recorded::path()).permissions(),
              perms::owner_read | perms::owner_write)
        << is_there;
    EXPECT_THAT(field.end(), AllOf(StartsWith("m531x journal"), EndsWith("\nend\n")));
  }
}

// No file there takes another mode.
TEST(Recording, AFileThatStaysOpenToOthersIsRefusedAndStaysAsItIs) {
  const std::string path = "/proc/self/comm";
  const std::string before = read_file(path, path);
  const JournalHead head{.version = "1", .has_secrets = false, .settings = settings()};
  EXPECT_THAT(
      [&] { Recording(path, head, nullptr); },
      ThrowsMessage<port::UserError>(StartsWith("--record /proc/self/comm: others may read it: ")));
  EXPECT_EQ(read_file(path, path), before);
}

}  // namespace
}  // namespace m531x::app
