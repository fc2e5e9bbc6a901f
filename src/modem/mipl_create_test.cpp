// SPDX-License-Identifier: Apache-2.0
// AT+MIPLCREATE with a configuration: its parts, its limits, what is wrong with it. The forms that
// work are in tests/transcripts/mipl_create.md too.
#include <gtest/gtest.h>

#include "modem/lwm2m_client.h"
#include "modem/lwm2m_test_server.h"

namespace m531x {
namespace {

using modem::Lwm2mClient;

constexpr Bytes kCreated = "\r\n+MIPLCREATE:0\r\n\r\nOK\r\n";
constexpr std::size_t kMaxConfigBytes = 500;

std::string number(std::size_t n) {
  return {static_cast<char>(n >> 8U), static_cast<char>(n & 0xffU)};
}
std::string text(const std::string& bytes) { return number(bytes.size()) + bytes; }

std::string config(const std::string& server, const std::string& user_data = "",
                   const std::string& apn = "", unsigned flags = 0) {
  const std::string net = std::string("\x04\x00\x11", 3) + static_cast<char>(flags) + text(apn) +
                          text("") + text("") + text(server) + text(user_data);
  const std::string sections = std::string("\xf1\x00\x03\xf2", 4) + number(net.size() + 3) + net +
                               std::string("\xf3\x00\x08\xc8\x00\x00\x00\x00", 8);
  return "\x13" + number(sections.size() + 3) + sections;
}

std::string part(std::size_t total, Bytes bytes, std::size_t index, unsigned flag) {
  constexpr Bytes kDigits = "0123456789abcdef";
  std::string hex;
  for (const char byte : bytes) {
    const auto value = static_cast<unsigned char>(byte);
    hex += {kDigits[value >> 4U], kDigits[value & 15U]};
  }
  return "AT+MIPLCREATE=" + std::to_string(total) + "," + hex + "," + std::to_string(index) + "," +
         std::to_string(bytes.size()) + "," + std::to_string(flag);
}
std::string whole(const std::string& bytes) { return part(bytes.size(), bytes, 0, 0); }

// In `count` parts, as even as they get. Each but the last is OK.
std::string create_in_parts(TestModem& bench, const std::string& bytes, std::size_t count) {
  const std::size_t size = bytes.size() / count;
  for (std::size_t i = 0; i + 1 < count; ++i) {
    EXPECT_EQ(bench.command(
                  part(bytes.size(), bytes.substr(i * size, size), count - 1 - i, i == 0 ? 1 : 2)),
              kOk)
        << i;
  }
  return bench.command(part(bytes.size(), bytes.substr((count - 1) * size), 0, 0));
}

Lwm2mState state_of(TestModem& bench) { return bench.modem.status(bench.now).lwm2m; }

TEST(MiplCreate, CutAtEachLength) {
  const std::string bytes = config("a.example:5683", "AuthCode:a;PSK:k;");
  TestModem bench;
  bench.command("ATI");
  bench.command("AT");
  const std::size_t idle = bench.pool.used_count();
  for (std::size_t size = 1; size < bytes.size(); ++size) {
    std::string cut = bytes.substr(0, size);
    EXPECT_EQ(bench.command(whole(cut)), kError) << size;
    if (size >= 3) cut.replace(1, 2, number(size));
    EXPECT_EQ(bench.command(whole(cut)), kError) << size << ", with the length that it has";
    EXPECT_EQ(state_of(bench), Lwm2mState::none);
  }
  bench.command("AT");
  EXPECT_EQ(bench.pool.used_count(), idle);
  EXPECT_EQ(bench.command(whole(bytes)), kCreated);
}

// A wrong last part leaves those before it: the right one may follow.
TEST(MiplCreate, EachCutOfALastPartLosesNothing) {
  const std::string bytes = config("a.example:5683");
  TestModem bench;
  EXPECT_EQ(bench.command(part(bytes.size(), bytes.substr(0, 10), 1, 1)), kOk);
  const std::string last = bytes.substr(10);
  for (std::size_t size = 1; size < last.size(); ++size) {
    EXPECT_EQ(bench.command(part(bytes.size(), last.substr(0, size), 0, 0)), kError) << size;
  }
  EXPECT_EQ(bench.command(part(bytes.size(), last + "x", 0, 0)), kError);
  EXPECT_EQ(bench.command(part(bytes.size() + 1, last, 0, 0)), kError) << "another total";
  EXPECT_EQ(bench.command(part(bytes.size(), last, 1, 2)), kError) << "the same index again";
  EXPECT_EQ(bench.command(part(bytes.size(), last, 0, 2)), kError) << "the last is flagged as such";
  EXPECT_EQ(bench.command(part(bytes.size(), last, 0, 0)), kCreated);
}

TEST(MiplCreate, BytesOfAConfiguration) {
  const std::size_t frame = config("a.example:5683").size();
  const auto of_size = [frame](std::size_t size) {
    return config("a.example:5683", "", std::string(size - frame, 'a'));
  };
  for (const std::size_t count : {1U, 2U, 3U, 32U}) {
    TestModem bench;
    EXPECT_EQ(create_in_parts(bench, of_size(kMaxConfigBytes), count), kCreated) << count;
    EXPECT_EQ(bench.command("AT+MIPLOPEN=0,100"), kOk);
    EXPECT_TRUE(bench.coap);
  }
  TestModem bench;
  EXPECT_EQ(bench.command(whole(of_size(kMaxConfigBytes + 1))), kError);
  EXPECT_EQ(bench.command(whole(of_size(kMaxConfigBytes - 1))), kCreated);
}

TEST(MiplCreate, PartsOfAConfiguration) {
  const std::string bytes = config("a.example:5683");
  TestModem bench;
  EXPECT_EQ(bench.command(part(bytes.size(), bytes.substr(0, 1), 32, 1)), kError);
  EXPECT_EQ(bench.command(part(bytes.size(), bytes.substr(0, 1), 31, 2)), kError) << "no first";
  EXPECT_EQ(bench.command(part(bytes.size(), bytes.substr(0, 1), 31, 0)), kError);
  EXPECT_EQ(bench.command(part(bytes.size(), bytes.substr(1), 0, 0)), kError) << "no first";
  EXPECT_EQ(bench.command(part(bytes.size(), bytes, 1, 1)), kError)
      << "all of it, and not the last";
  EXPECT_EQ(bench.command(part(bytes.size(), bytes.substr(0, 1), 31, 1)), kOk);
  EXPECT_EQ(bench.command(part(bytes.size(), bytes.substr(1, 1), 29, 2)), kError) << "one left out";
  EXPECT_EQ(bench.command(part(bytes.size(), bytes.substr(0, 1), 31, 1)), kOk) << "from the front";
  EXPECT_EQ(bench.command(part(bytes.size(), bytes.substr(1, 1), 30, 2)), kOk);
  EXPECT_EQ(bench.command(whole(bytes)), kCreated) << "a whole one needs nothing before it";
  EXPECT_EQ(bench.command("AT+MIPLDELETE=0"), kOk);
  EXPECT_EQ(bench.command(part(bytes.size(), bytes.substr(2, 1), 29, 2)), kError)
      << "what was there before is gone";
}

TEST(MiplCreate, HexOfAPart) {
  TestModem bench;
  const std::string good = whole(config("a.example:5683"));
  const auto changed = [&good](std::size_t at, const std::string& to) {
    std::string line = good;
    return line.replace(at, 1, to);
  };
  const std::size_t hex = good.find(',') + 1;
  EXPECT_EQ(bench.command(changed(hex, "g")), kError);
  EXPECT_EQ(bench.command(changed(hex, "")), kError) << "an odd count";
  EXPECT_EQ(bench.command(changed(hex, "111")), kError) << "more than is said";
  EXPECT_EQ(bench.command(good + ",0"), kError);
  EXPECT_EQ(bench.command(good.substr(0, good.size() - 2)), kError);
  EXPECT_EQ(bench.command("AT+MIPLCREATE="), kError);
  EXPECT_EQ(bench.command("AT+MIPLCREATE=0,,0,0,0"), kError);
  EXPECT_EQ(bench.command(good), kCreated);
  EXPECT_EQ(bench.command(good), kError) << "there is an instance";
}

TEST(MiplCreate, ServersAndSecretsOfAConfiguration) {
  const auto create = [](const std::string& server, const std::string& user_data) {
    TestModem bench;
    const std::string answer = bench.command(whole(config(server, user_data)));
    EXPECT_EQ(answer.find("secret"), std::string::npos);
    return answer;
  };
  EXPECT_EQ(create("", ""), kError);
  EXPECT_EQ(create("a b", ""), kError);
  EXPECT_EQ(create("a.example:0", ""), kError);
  EXPECT_EQ(create("a.example", ""), kCreated);
  EXPECT_EQ(create("[::1]:5683", ""), kCreated);
  EXPECT_EQ(create("a.example:5684", ""), kError) << "DTLS without a key";
  EXPECT_EQ(create("a.example:5684", "PSK:secret;"), kCreated);
  const std::string key(Lwm2mClient::kMaxKeyBytes, 'k');
  EXPECT_EQ(create("a.example:5684", "PSK:" + key + ";"), kCreated);
  EXPECT_EQ(create("a.example:5684", "PSK:" + key + "k;"), kError);
  const std::string code(Lwm2mClient::kMaxAuthCodeBytes, 'c');
  EXPECT_EQ(create("a.example", "AuthCode:" + code + ";"), kCreated);
  EXPECT_EQ(create("a.example", "AuthCode:" + code + "c;"), kError);
}

TEST(MiplCreate, AKeyMeansDtls) {
  TestModem bench;
  EXPECT_EQ(bench.command(whole(config("a.example:5684", "AuthCode:c;PSK:secret;", "", 0x80))),
            kCreated);
  EXPECT_EQ(bench.command("AT+MIPLOPEN=0,100"), kOk);
  EXPECT_EQ(bench.coap_key, "secret");
  EXPECT_EQ(bench.coap_identity, "868663000000017;460040000000017");
  EXPECT_EQ(state_of(bench), Lwm2mState::bootstrapping);
  bench.modem.reset(ResetCause::pin, bench.now);
  bench.settle();
  bench.advance(Millis(10'000));
  EXPECT_EQ(bench.command(whole(config("a.example:5683", "PSK:secret;"))), kCreated);
  EXPECT_EQ(bench.command("AT+MIPLOPEN=0,100"), kOk);
  EXPECT_EQ(bench.coap_key, "secret") << "on any port";
  EXPECT_EQ(state_of(bench), Lwm2mState::registering) << "bit 7 is not set";
}

// Parts that nobody completes are forgotten with a restart, and give their block back.
TEST(MiplCreate, ARestartForgetsParts) {
  TestModem bench;
  bench.command("ATI");
  bench.command("AT");
  const std::size_t idle = bench.pool.used_count();
  const std::string bytes = config("a.example:5683");
  EXPECT_EQ(bench.command(part(bytes.size(), bytes.substr(0, 10), 1, 1)), kOk);
  EXPECT_GT(bench.pool.used_count(), idle);
  bench.modem.reset(ResetCause::pin, bench.now);
  bench.settle();
  bench.advance(Millis(10'000));
  EXPECT_EQ(bench.command(part(bytes.size(), bytes.substr(10), 0, 0)), kError);
  EXPECT_LE(bench.pool.used_count(), idle);
}

TEST(MiplCreate, MemoryRunsOut) {
  const std::string bytes = config("a.example:5684", "PSK:secret;");
  bool passed = false;
  for (std::size_t n = 0; !passed && n < 20; ++n) {
    TestModem bench;
    bench.pool.fail_after(n);
    const std::string first = bench.command(part(bytes.size(), bytes.substr(0, 10), 1, 1));
    bench.pool.fail_after(BlockPool::kNeverFail);
    EXPECT_EQ(final_count(first), 1U) << n;
    if (first != kOk) {
      EXPECT_EQ(bench.command(part(bytes.size(), bytes.substr(0, 10), 1, 1)), kOk);
    }
    bench.pool.fail_after(n);
    const std::string last = bench.command(part(bytes.size(), bytes.substr(10), 0, 0));
    bench.pool.fail_after(BlockPool::kNeverFail);
    passed = first == kOk && last == kCreated;
    if (last != kCreated) {
      EXPECT_EQ(state_of(bench), Lwm2mState::none) << n;
      EXPECT_EQ(bench.command(part(bytes.size(), bytes.substr(10), 0, 0)), kCreated) << n;
    }
  }
  EXPECT_TRUE(passed);
}

}  // namespace
}  // namespace m531x
