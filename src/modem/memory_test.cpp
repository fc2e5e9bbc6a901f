// SPDX-License-Identifier: Apache-2.0
// A modem whose memory runs out: each request for a block fails in turn, and pools of every size.
#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "modem/test_modem.h"

namespace m531x {
namespace {

constexpr std::array kModels = {"M5310-A", "M5311"};
const std::string kContent(3000, 'c');
const std::string kResponse =
    "HTTP/1.1 404 Not Found\r\nContent-Length: 3000\r\nX: y\r\n\r\n" + kContent;

// The network does its part for whatever the modem asks.
void serve_all(TestModem& test) {
  for (int i = 0; i < 20; ++i) {
    if (const auto conn = test.wanted()) test.accept(*conn);
    const auto conn = test.standing();
    if (!conn || test.sent[*conn].empty()) return;
    test.sent[*conn].clear();
    test.serve(*conn, kResponse);
  }
}

const std::vector<std::string> kSession = {
    R"(AT+HTTPCREATE="http://server.example:8080","user","OpenSesame")",
    R"(AT+HTTPHEADER=0,"Accept: */*\r\n")",
    R"(AT+HTTPCONTENT=0,")" + std::string(1500, 'x') + "\"",
    "AT+HTTPCONTENT=0;+HTTPCFG=0,8;E0",
    "AT+HTTPCFG=0,6,1000",
    R"(AT+HTTPSEND=0,1,"/path")",
    R"(AT+HTTPSEND=0,0,"/again")",
    "AT+HTTPCLOSE=0",
};

// Plays the session; true when nothing was missing. Each line has exactly one final result.
bool play_session(TestModem& test) {
  std::string all;
  bool all_ok = true;
  for (const std::string& line : kSession) {
    SCOPED_TRACE(line.substr(0, 40));
    const std::string answer = test.command(line);
    EXPECT_EQ(final_count(answer), 1U) << testing::PrintToString(answer);
    all_ok = all_ok && answer.ends_with("\r\nOK\r\n");
    test.heard.clear();
    serve_all(test);
    all += answer + test.heard;
    if (testing::Test::HasFailure()) return false;
  }
  return all_ok && count_of(all, "+HTTPERR:0,404\r\n404 Not Found") == 2 &&
         count_of(all, "+HTTPNMIH:0,0,") == 2 && count_of(all, "+HTTPNMIC:0,0,3000,") == 2;
}

std::size_t idle_block_count(std::string_view model) {
  TestModem fresh(model);
  fresh.command("ATI");
  fresh.command("AT");
  return fresh.pool.used_count();
}

// Everything is closed, and as much memory is lent as by a modem that has only said OK.
void expect_recovered(TestModem& test, std::size_t idle_blocks) {
  test.pool.fail_after(BlockPool::kNeverFail);
  test.advance(Millis(200'000));
  test.command("AT+HTTPCLOSE=0");
  serve_all(test);
  test.advance(Millis(200'000));
  EXPECT_EQ(test.command("AT"), "\r\nOK\r\n");
  EXPECT_LE(test.pool.used_count(), idle_blocks);
  EXPECT_EQ(test.wanted(), std::nullopt);
  EXPECT_EQ(test.standing(), std::nullopt);
}

TEST(Memory, EachRequestForABlockFailsInTurn) {
  for (const auto* const model : kModels) {
    SCOPED_TRACE(model);
    const std::size_t idle_blocks = idle_block_count(model);
    EXPECT_LE(idle_blocks, 2U);
    bool passed = false;
    for (std::size_t n = 0; !passed && n < 500 && !HasFailure(); ++n) {
      SCOPED_TRACE(testing::Message() << "fails after " << n);
      TestModem test(model);
      test.pool.fail_after(n);
      passed = play_session(test);
      expect_recovered(test, idle_blocks);
    }
    EXPECT_TRUE(passed);
  }
}

TEST(Memory, OneRequestForABlockFails) {
  for (const auto* const model : kModels) {
    SCOPED_TRACE(model);
    const std::size_t idle_blocks = idle_block_count(model);
    for (std::size_t line = 0; line < kSession.size(); ++line) {
      for (std::size_t n = 0; n < 12 && !HasFailure(); ++n) {
        SCOPED_TRACE(testing::Message() << "line " << line << " fails after " << n);
        TestModem test(model);
        for (std::size_t i = 0; i < kSession.size(); ++i) {
          test.pool.fail_after(i == line ? n : BlockPool::kNeverFail);
          EXPECT_EQ(final_count(test.command(kSession[i])), 1U);
          if (i == line) test.pool.fail_after(BlockPool::kNeverFail);
          serve_all(test);
        }
        expect_recovered(test, idle_blocks);
      }
    }
  }
}

// Takes the framed lines and records off what a host heard; false when one is cut or damaged.
bool is_well_framed(Bytes heard, std::string& content) {
  const auto line = [&heard] {
    const std::size_t end = heard.find("\r\n");
    const Bytes text = mem::first(heard, end);
    heard = end == Bytes::npos ? Bytes() : mem::after(heard, end + 2);
    return text;
  };
  while (!heard.empty()) {
    if (!heard.starts_with("\r\n")) return false;
    heard.remove_prefix(2);
    if (heard.find("\r\n") == Bytes::npos) return false;
    const Bytes text = line();
    if (text.starts_with("+HTTPERR:0,4")) {
      if (line() != "404 Not Found") return false;
    } else if (text.starts_with("+HTTPNMI") || text.starts_with("+HTTPCONTENT:")) {
      const auto size = std::stoul(std::string(text.substr(text.rfind(',') + 1)));
      if (heard.size() < size + 2 || heard.substr(size, 2) != "\r\n") return false;
      if (text.starts_with("+HTTPNMIC")) content.append(heard.substr(0, size));
      heard.remove_prefix(size + 2);
    } else if (text.empty()) {
      return false;
    }
  }
  return true;
}

TEST(Memory, PoolsOfEverySize) {
  for (const auto* const model : kModels) {
    SCOPED_TRACE(model);
    bool passed = false;
    for (std::size_t blocks = 1; blocks < 60; ++blocks) {
      SCOPED_TRACE(testing::Message() << blocks << " blocks");
      TestModem test(model, blocks);
      std::string all;
      bool complete = true;
      for (const std::string& line : kSession) {
        SCOPED_TRACE(line.substr(0, 40));
        const std::string answer = test.command(line);
        EXPECT_EQ(final_count(answer), 1U) << testing::PrintToString(answer);
        complete = complete && answer.ends_with("\r\nOK\r\n");
        test.heard.clear();
        serve_all(test);
        all += answer + test.heard;
      }
      std::string content;
      EXPECT_TRUE(is_well_framed(all, content)) << all;
      EXPECT_TRUE((kContent + kContent).starts_with(content));
      complete = complete && content.size() == 2 * kContent.size();
      EXPECT_TRUE(complete || !passed) << "more memory does not make it worse";
      passed = complete;
      test.heard.clear();
      test.advance(Millis(200'000));
      test.command("AT+HTTPCLOSE=0");
      test.advance(Millis(200'000));
      EXPECT_EQ(test.command("AT"), "\r\nOK\r\n");
      EXPECT_LE(test.pool.used_count(), 2U);
    }
    EXPECT_TRUE(passed);
  }
}

TEST(Memory, WithoutScratchALineFitsInABlock) {
  mem::TestPool pool(64, 4);
  const Model& model = model_named("M5310-A");
  TestModem test(model, quiet_settings(model), pool);
  EXPECT_EQ(test.command("AT"), "\r\nOK\r\n");
  EXPECT_EQ(test.command("ATI"), "\r\nM5310-A\r\n\r\nOK\r\n");
  EXPECT_EQ(test.command("AT+HTTPCREATE=a"), "\r\n+HTTPCREATE:0\r\n\r\nOK\r\n");
  const std::string fits = "AT+HTTPCONTENT=0,\"" + std::string(Block::kCapacity - 19, 'x') + "\"";
  EXPECT_EQ(test.command(fits), "\r\nOK\r\n");
  EXPECT_EQ(test.command(fits + " "), "\r\nERROR\r\n");
  EXPECT_EQ(test.command("AT"), "\r\nOK\r\n");
}

// Two modems on one pool: the one that could not go on is looked at again when there is memory.
class SharedPool : public testing::Test {
 protected:
  static constexpr std::size_t kBlocks = 32;

  // Another modem's host reads nothing, until nearly all memory is output for it.
  void use_up() {
    hog.host_reads = false;
    hog.settle();
    for (int i = 0; i < 2000 && pool.free_count(Use::output) > 0; ++i) {
      if (hog.modem.dte_window() == 0) break;
      hog.modem.dte_received("ATI\r", hog.now);
    }
    ASSERT_EQ(pool.free_count(Use::output), 0U);
  }
  void let_go() {
    hog.host_reads = true;
    hog.settle();
    ASSERT_GT(pool.free_count(Use::storage), 10U);
  }

  Settings endless() const {
    Settings settings = quiet_settings(model);
    settings.limits.dte_queue_bytes = 1'000'000;
    return settings;
  }

  const Model& model = model_named("M5310-A");
  mem::TestPool pool{kBlocks, 4, 1000};
  TestModem hog{model, endless(), pool};
  TestModem test{model, quiet_settings(model), pool};
};

TEST_F(SharedPool, AModemThatTakesNoInputSaysWhenToLookAgain) {
  EXPECT_EQ(test.command("AT"), "\r\nOK\r\n");
  use_up();
  if (test.modem.dte_window() == 0) {
    EXPECT_NE(test.modem.next_deadline(), std::nullopt);
  }
  let_go();
  test.advance(Millis(1000));
  EXPECT_EQ(test.command("AT"), "\r\nOK\r\n");
  test.advance(Millis(1000));
  EXPECT_EQ(test.modem.next_deadline(), std::nullopt) << "it does not look for ever";
}

TEST_F(SharedPool, AModemThatTakesNoResponseSaysWhenToLookAgain) {
  test.command("AT+HTTPCREATE=a");
  test.command("AT+HTTPSEND=0,0,/");
  ASSERT_TRUE(test.wanted());
  test.accept(*test.wanted());
  use_up();
  const ConnId conn = test.standing().value();
  ASSERT_EQ(test.modem.net_window(conn), 0U);
  const auto deadline = test.modem.next_deadline();
  ASSERT_NE(deadline, std::nullopt);
  EXPECT_LE(*deadline - test.now, Millis(1000)) << "much sooner than the response time-out";
  let_go();
  test.advance(Millis(1000));
  test.heard.clear();
  test.serve(conn, kResponse);
  EXPECT_EQ(count_of(test.heard, "+HTTPNMIC:0,0,3000,3000"), 1U) << test.heard;
}

TEST_F(SharedPool, AReportWaitsForMemory) {
  test.command("AT+HTTPCREATE=a;+HTTPCFG=0,7,1000;+HTTPSEND=0,0,/");
  test.accept(test.wanted().value());
  const std::string content(1000, 'c');
  test.serve(0, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + content);
  test.heard.clear();
  use_up();
  test.advance(Millis(2000));
  EXPECT_EQ(test.heard, "");
  ASSERT_NE(test.modem.next_deadline(), std::nullopt);
  let_go();
  test.advance(Millis(100));
  EXPECT_EQ(test.heard, "\r\n+HTTPNMIC:0,0,1000,1000,1000\r\n" + content + "\r\n");
}

}  // namespace
}  // namespace m531x
