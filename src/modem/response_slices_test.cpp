// SPDX-License-Identifier: Apache-2.0
// Slices that are reported where they lie say the same as those that had to be stored first.
#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "modem/test_modem.h"

namespace m531x {
namespace {

const std::vector<std::string> kResponses = {
    "HTTP/1.1 200 OK\r\nServer: a\r\nContent-Length: 10\r\nConnection: "
    "keep-alive\r\n\r\n0123456789",
    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc",
    "HTTP/1.1 404 Nowhere\r\nContent-Type: text/plain\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 \r\nX: y\r\n\r\n",
    "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n5;a\r\nhello\r\n1\r\n!\r\n0\r\nT: u\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length : 3\r\n\r\nabc",
    "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcand more",
    "nonsense\r\n\r\n",
};

struct Limits {
  std::uint16_t mss_bytes;
  std::uint32_t queue_bytes;
  std::size_t block_count;
  std::optional<std::size_t> host_room{};
};

std::string name_of(const testing::TestParamInfo<Limits>& info) {
  const Limits& limits = info.param;
  return "Mss" + std::to_string(limits.mss_bytes) + "Queue" + std::to_string(limits.queue_bytes) +
         "Blocks" + std::to_string(limits.block_count) +
         (limits.host_room ? "Room" + std::to_string(*limits.host_room) : "");
}

void PrintTo(const Limits& limits, std::ostream* out) {
  *out << limits.mss_bytes << ' ' << limits.queue_bytes << ' ' << limits.block_count;
  if (limits.host_room) *out << ' ' << *limits.host_room;
}

// What the host hears of a response that comes in two pieces, with `configuration` of its instance.
std::string reports(const Limits& limits, const std::string& response, std::size_t cut,
                    const char* configuration, bool is_stored) {
  const Model& model = model_named("M5310-A");
  Settings settings = quiet_settings(model);
  settings.mss_bytes = limits.mss_bytes;
  settings.limits.dte_queue_bytes = limits.queue_bytes;
  TestModem test(model, settings, limits.block_count);
  EXPECT_NE(test.command("AT+HTTPCREATE=a"), "");
  EXPECT_EQ(test.command(configuration), "\r\nOK\r\n");
  EXPECT_EQ(test.command("AT+HTTPSEND=0,0,/"), "\r\nOK\r\n");
  const auto conn = test.wanted();
  if (!conn) return "no connection";
  test.accept(*conn);
  test.heard.clear();
  test.host_room = limits.host_room;
  // Nothing is reported while the host is typing.
  if (is_stored) test.type("A");
  test.serve(*conn, mem::first(response, cut));
  test.serve(*conn, mem::after(response, cut));
  if (!is_stored) return test.heard;
  EXPECT_EQ(test.heard, "");
  test.type("T\r");
  constexpr std::string_view kAnswer = "\r\nOK\r\n";
  EXPECT_TRUE(test.heard.starts_with(kAnswer)) << test.heard;
  return test.heard.substr(kAnswer.size());
}

constexpr std::uint32_t kQueueBytes = 4096;
constexpr std::size_t kPlenty = 512;

class WhereSlicesLie : public testing::TestWithParam<Limits> {};

TEST_P(WhereSlicesLie, TheirReportsSayTheSameAsFromTheStore) {
  for (const char* const configuration :
       {"AT", "AT+HTTPCFG=0,8,1", "AT+HTTPCFG=0,6,7", "AT+HTTPCFG=0,6,1"}) {
    for (const std::string& response : kResponses) {
      for (std::size_t cut = 0; cut < response.size(); ++cut) {
        const std::string lies = reports(GetParam(), response, cut, configuration, false);
        ASSERT_NE(lies, "") << response << cut;
        ASSERT_EQ(lies, reports(GetParam(), response, cut, configuration, true))
            << response << "\ncut at " << cut << ", " << configuration;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(OneInACall, WhereSlicesLie,
                         testing::Values(Limits{kMaxMssBytes, kQueueBytes, kPlenty}), name_of);
// The reports begin where the slices lie and, with a short queue, end in the store.
INSTANTIATE_TEST_SUITE_P(ManyInACall, WhereSlicesLie,
                         testing::Values(Limits{16, kQueueBytes, kPlenty},
                                         Limits{5, kQueueBytes, kPlenty},
                                         Limits{1, kQueueBytes, kPlenty}, Limits{16, 40, kPlenty},
                                         Limits{5, 1, kPlenty}),
                         name_of);

// The reports begin in the host's room and end in its queue, or in the store.
INSTANTIATE_TEST_SUITE_P(InTheHostsRoom, WhereSlicesLie,
                         testing::Values(Limits{kMaxMssBytes, kQueueBytes, kPlenty, 10'000},
                                         Limits{kMaxMssBytes, kQueueBytes, kPlenty, 240},
                                         Limits{16, kQueueBytes, kPlenty, 300},
                                         Limits{16, 40, kPlenty, 260}, Limits{5, 1, kPlenty, 500},
                                         Limits{5, 1, kPlenty, 0}),
                         name_of);

// A modem in the middle of a body, at rest.
struct InABody {
  InABody() {
    for (const char* const line : {"AT+HTTPCREATE=a", "AT+HTTPSEND=0,0,/"}) {
      EXPECT_TRUE(test.command(line).ends_with("\r\nOK\r\n"));
    }
    test.accept(0);
    test.serve(0, "HTTP/1.1 200 OK\r\nContent-Length: 300\r\n\r\n");
    test.heard.clear();
  }
  // What of the record of 100 bytes is said in so large a room.
  std::string said_in(std::size_t room_bytes) {
    std::string room(room_bytes, 'r');
    room.resize(test.modem.net_received(0, std::string(100, 'c'), room, test.now));
    return room;
  }

  TestModem test{model_named("M5310-A"), quiet_settings(model_named("M5310-A"))};
};
const std::string kRecord = "\r\n+HTTPNMIC:0,1,300,100,100\r\n" + std::string(100, 'c') + "\r\n";

TEST(HostRoom, WhatFitsIsSaidThereAndTheRestIsQueuedBehindIt) {
  const std::size_t whole = kRecord.size();
  constexpr std::size_t kMost = 100 + 80;  // its bytes, and the most that may surround them
  for (const auto& [room, said] :
       std::vector<std::pair<std::size_t, std::size_t>>{{kMost + 1, whole},
                                                        {kMost, whole},
                                                        {kMost - 1, whole},
                                                        {whole + 1, whole},
                                                        {whole, whole},
                                                        {whole - 1, whole - 2},
                                                        {whole - 2, whole - 2},
                                                        {whole - 3, whole - 102},
                                                        {1, 0},
                                                        {0, 0}}) {
    SCOPED_TRACE(room);
    InABody body;
    EXPECT_EQ(body.said_in(room), kRecord.substr(0, said));
    body.test.settle();
    EXPECT_EQ(body.test.heard, kRecord.substr(said));
  }
}

TEST(HostRoom, IsNotUsedBehindWhatWaits) {
  InABody body;
  body.test.modem.dte_received("AT\r", body.test.now);
  EXPECT_EQ(body.said_in(1'000), "");
  body.test.settle();
  EXPECT_EQ(body.test.heard, "\r\nOK\r\n" + kRecord);
}

TEST(HostRoom, IsNotUsedWhileTheHostTypes) {
  InABody body;
  body.test.type("A");
  EXPECT_EQ(body.said_in(1'000), "");
  body.test.settle();
  EXPECT_EQ(body.test.heard, "");
}

// With little memory, too: what is not reported must still find its place.
TEST(ResponseSlices, SayTheSameWithAnyMemory) {
  const std::string response =
      "HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n" + std::string(4'000, 'c');
  constexpr std::uint32_t kNoEnd = 1'000'000;
  constexpr std::size_t kCut = 1;
  for (const std::uint16_t mss : std::array<std::uint16_t, 2>{700, kMaxMssBytes}) {
    const auto said = [&](std::size_t block_count, bool is_stored) {
      return reports({mss, kNoEnd, block_count}, response, kCut, "AT+HTTPCFG=0,8,1", is_stored);
    };
    const std::string all = said(kPlenty, true);
    for (std::size_t block_count = 36; block_count < 100; ++block_count) {
      ASSERT_TRUE(said(block_count, false) == all) << mss << ' ' << block_count;
    }
  }
}

}  // namespace
}  // namespace m531x
