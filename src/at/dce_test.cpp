// SPDX-License-Identifier: Apache-2.0
// The framing of V.250 5.7 and the bound of the host's queue.
#include "at/dce.h"

#include <gtest/gtest.h>

#include "mem/test_memory.h"

namespace m531x::at {
namespace {

using mem::TestPool;
using namespace std::string_literals;

constexpr std::uint32_t kQueueBytes = 100;
constexpr std::uint32_t kBlock = Block::kCapacity;

std::string output_of(const Dce& dce) { return text_of(dce.output().view()); }

Profile profile(void (*change)(Profile&)) {
  Profile changed;
  change(changed);
  return changed;
}
const Profile kTerse = profile([](Profile& p) { p.verbose = false; });
const Profile kQuiet = profile([](Profile& p) { p.quiet = true; });
const Profile kNumbers = profile([](Profile& p) { p.error_numbers = 1; });
const Profile kTexts = profile([](Profile& p) { p.error_numbers = 2; });
const Profile kOwnEnd = profile([](Profile& p) { p.characters = {'#', '!', '\b'}; });
const Profile kTerseNumbers = profile([](Profile& p) {
  p.verbose = false;
  p.error_numbers = 1;
});
const Profile kQuietNumbers = profile([](Profile& p) {
  p.quiet = true;
  p.error_numbers = 1;
});
const Profile kTerseOwnEnd = profile([](Profile& p) {
  p.verbose = false;
  p.characters.terminator = '#';
});
const Profile kNumbersOwnEnd = profile([](Profile& p) {
  p.error_numbers = 1;
  p.characters.terminator = '#';
});

struct ResultCase {
  const char* name;
  Profile profile;
  Final result;
  Bytes without_space, with_space;
};

const ResultCase kResults[] = {
    {"OK", {}, Final::ok, "\r\nOK\r\n", "\r\nOK\r\n"},
    {"ERROR", {}, Final::wrong_parameters, "\r\nERROR\r\n", "\r\nERROR\r\n"},
    {"V0", kTerse, Final::ok, "0\r", "0\r"},
    {"V0, error", kTerse, Final::unknown, "4\r", "4\r"},
    {"Q1", kQuiet, Final::ok, "", ""},
    {"Q1, error", kQuiet, Final::not_allowed, "", ""},
    {"Q1, numbers", kQuietNumbers, Final::not_allowed, "", ""},
    {"numbers, OK", kNumbers, Final::ok, "\r\nOK\r\n", "\r\nOK\r\n"},
    {"numbers", kNumbers, Final::wrong_parameters, "\r\n+CME ERROR:50\r\n",
     "\r\n+CME ERROR: 50\r\n"},
    {"numbers, not allowed", kNumbers, Final::not_allowed, "\r\n+CME ERROR:3\r\n",
     "\r\n+CME ERROR: 3\r\n"},
    {"numbers, not supported", kNumbers, Final::not_supported, "\r\n+CME ERROR:4\r\n",
     "\r\n+CME ERROR: 4\r\n"},
    {"numbers, unknown", kNumbers, Final::unknown, "\r\n+CME ERROR:100\r\n",
     "\r\n+CME ERROR: 100\r\n"},
    {"texts", kTexts, Final::wrong_parameters, "\r\n+CME ERROR:Incorrect parameters\r\n",
     "\r\n+CME ERROR: Incorrect parameters\r\n"},
    {"texts, not allowed", kTexts, Final::not_allowed, "\r\n+CME ERROR:operation not allowed\r\n",
     "\r\n+CME ERROR: operation not allowed\r\n"},
    {"texts, not supported", kTexts, Final::not_supported,
     "\r\n+CME ERROR:operation not supported\r\n", "\r\n+CME ERROR: operation not supported\r\n"},
    {"texts, unknown", kTexts, Final::unknown, "\r\n+CME ERROR:unknown\r\n",
     "\r\n+CME ERROR: unknown\r\n"},
    {"S3, S4", kOwnEnd, Final::ok, "#!OK#!", "#!OK#!"},
    {"S3, V0", kTerseOwnEnd, Final::ok, "0#", "0#"},
    {"S3, numbers", kNumbersOwnEnd, Final::not_allowed, "#\n+CME ERROR:3#\n",
     "#\n+CME ERROR: 3#\n"},
};

TEST(Dce, ResultCodes) {
  for (const ResultCase& c : kResults) {
    SCOPED_TRACE(c.name);
    TestPool pool;
    Dce without(pool, c.profile, false, kQueueBytes);
    ASSERT_TRUE(without.final(c.result));
    EXPECT_EQ(output_of(without), c.without_space);
    Dce with(pool, c.profile, true, kQueueBytes);
    ASSERT_TRUE(with.final(c.result));
    EXPECT_EQ(output_of(with), c.with_space);
  }
}

TEST(Dce, InformationTexts) {
  struct Case {
    const char* name;
    Profile profile;
    bool space;
    std::string text, named, with_data;
  };
  for (const Case& c : {
           Case{"verbose", {}, false, "\r\ntext\r\n", "\r\n+X:1\r\n", "\r\ntext\r\nda\0ta\r\n"s},
           Case{"space", {}, true, "\r\ntext\r\n", "\r\n+X: 1\r\n", "\r\ntext\r\nda\0ta\r\n"s},
           Case{"V0", kTerse, false, "text\r\n", "+X:1\r\n", "text\r\nda\0ta\r\n"s},
           Case{"Q1", kQuiet, false, "\r\ntext\r\n", "\r\n+X:1\r\n", "\r\ntext\r\nda\0ta\r\n"s},
           Case{"S3, S4", kOwnEnd, true, "#!text#!", "#!+X: 1#!", "#!text#!da\0ta#!"s},
       }) {
    SCOPED_TRACE(c.name);
    TestPool pool;
    const mem::Chain chain = mem::chain_in_pieces(pool, "da\0ta"s, 2);
    const mem::ChainView data = chain.view();
    Dce text(pool, c.profile, c.space, kQueueBytes);
    ASSERT_TRUE(text.information("text"));
    EXPECT_EQ(output_of(text), c.text);
    Dce named(pool, c.profile, c.space, kQueueBytes);
    ASSERT_TRUE(named.information("+X", "1"));
    EXPECT_EQ(output_of(named), c.named);
    Dce with_data(pool, c.profile, c.space, kQueueBytes);
    ASSERT_TRUE(with_data.information("text", &data));
    EXPECT_EQ(output_of(with_data), c.with_data);
  }
}

TEST(Dce, TextBehindTheResult) {
  TestPool pool;
  Dce dce(pool, {}, false, kQueueBytes);
  const mem::Chain chain = mem::chain_of(pool, "data");
  const mem::ChainView data = chain.view();
  ASSERT_TRUE(dce.information("late", &data, Dce::Place::after_result));
  ASSERT_TRUE(dce.information("later", nullptr, Dce::Place::after_result));
  ASSERT_TRUE(dce.information("early"));
  EXPECT_EQ(output_of(dce), "\r\nearly\r\n");
  ASSERT_TRUE(dce.final(Final::ok));
  const std::string all = "\r\nearly\r\n\r\nOK\r\n\r\nlate\r\ndata\r\n\r\nlater\r\n";
  EXPECT_EQ(output_of(dce), all);
  ASSERT_TRUE(dce.final(Final::ok));
  EXPECT_EQ(output_of(dce), all + "\r\nOK\r\n");
}

TEST(Dce, TextBehindAResultThatIsNotShown) {
  TestPool pool;
  Dce dce(pool, kQuiet, false, kQueueBytes);
  ASSERT_TRUE(dce.information("late", nullptr, Dce::Place::after_result));
  ASSERT_TRUE(dce.final(Final::ok));
  EXPECT_EQ(output_of(dce), "\r\nlate\r\n");
}

TEST(Dce, TextBehindAResultThatIsNotShownWhenAllWasSent) {
  TestPool pool;
  Dce dce(pool, kQuiet, false, kQueueBytes);
  ASSERT_TRUE(dce.raw("echo"));
  dce.sent(4);
  ASSERT_TRUE(dce.information("late", nullptr, Dce::Place::after_result));
  ASSERT_TRUE(dce.final(Final::ok));
  ASSERT_EQ(dce.output().view().front(), "\r\nlate\r\n");
}

TEST(Dce, SendsInOrder) {
  TestPool pool;
  Dce dce(pool, {}, false, kQueueBytes);
  ASSERT_TRUE(dce.raw("echo"));
  ASSERT_TRUE(dce.final(Final::ok));
  dce.sent(6);
  EXPECT_EQ(output_of(dce), "OK\r\n");
  dce.sent(4);
  EXPECT_TRUE(dce.output().empty());
}

TEST(Dce, HasRoomUntilTheQueueIsFull) {
  TestPool pool;
  Dce dce(pool, {}, false, kQueueBytes);
  EXPECT_TRUE(dce.has_room(5000));
  ASSERT_TRUE(dce.raw(std::string(kQueueBytes - 1, 'x')));
  EXPECT_TRUE(dce.has_room(5000));
  ASSERT_TRUE(dce.raw("x"));
  EXPECT_FALSE(dce.has_room(1));
  EXPECT_TRUE(dce.has_memory(1));
  dce.sent(1);
  EXPECT_TRUE(dce.has_room(1));
}

TEST(Dce, HasRoomIsAPromise) {
  for (std::size_t blocks = 0; blocks <= 4; ++blocks) {
    for (std::uint32_t filled = 0; filled <= blocks * kBlock; filled += 83) {
      for (const std::uint32_t bytes :
           {1U, 9U, kBlock - 1, kBlock, kBlock + 1, 2 * kBlock, 3 * kBlock}) {
        SCOPED_TRACE(testing::Message() << bytes << " behind " << filled << " of " << blocks);
        TestPool pool(blocks, 4);
        Dce dce(pool, {}, false, 100'000);
        ASSERT_TRUE(dce.raw(std::string(filled, 'x')));
        const bool has_room = dce.has_room(bytes);
        EXPECT_EQ(dce.has_memory(bytes), has_room);
        if (has_room) {
          EXPECT_TRUE(dce.raw(std::string(bytes, 'y')));
        }
        if (filled + bytes + kBlock < blocks * kBlock) {
          EXPECT_TRUE(has_room);
        }
      }
    }
  }
}

TEST(Dce, QueuesWholeOrNotAtAll) {
  for (std::uint32_t room = 0; room < 12; ++room) {
    SCOPED_TRACE(room);
    TestPool pool(2);
    const mem::Chain data_chain = mem::chain_of(pool, "data");
    const mem::ChainView data = data_chain.view();
    Dce dce(pool, {}, false, 100'000);
    const std::string fill(kBlock - room, 'x');
    ASSERT_TRUE(dce.raw(fill));
    EXPECT_FALSE(dce.information("text", &data));
    EXPECT_FALSE(dce.information("text", &data, Dce::Place::after_result));
    EXPECT_EQ(dce.information("text"), room >= 8);
    EXPECT_EQ(output_of(dce), fill + (room >= 8 ? "\r\ntext\r\n" : ""));
  }
}

TEST(Dce, AResultThatFoundNoMemoryMayBeTriedAgain) {
  TestPool pool(2);
  Dce dce(pool, {}, false, 100'000);
  ASSERT_TRUE(dce.information("late", nullptr, Dce::Place::after_result));
  const std::string fill(kBlock - 5, 'x');
  ASSERT_TRUE(dce.raw(fill));
  ASSERT_FALSE(dce.final(Final::ok));
  EXPECT_EQ(output_of(dce), fill);
  dce.sent(kBlock - 5);
  ASSERT_TRUE(dce.final(Final::ok));
  EXPECT_EQ(output_of(dce), "\r\nOK\r\n\r\nlate\r\n");
}

}  // namespace
}  // namespace m531x::at
