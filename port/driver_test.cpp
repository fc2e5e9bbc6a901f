// SPDX-License-Identifier: Apache-2.0
// A modem on a socket pair, with a real server on loopback.
#include "port/driver.h"

#include <gmock/gmock.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>

#include "port/test_driver.h"

namespace m531x::port {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

TEST_F(DriverTest, ARequestGoesOutAndItsAnswerComesBack) {
  type("AT+HTTPCREATE=\"" + url() + "\"");
  EXPECT_EQ(heard("OK\r\n"), "\r\n+HTTPCREATE:0\r\n\r\nOK\r\n");
  type("AT+HTTPSEND=0,0,\"/\"");
  run_until_served();
  EXPECT_THAT(heard("CONNECT OK\r\n"), HasSubstr("OK"));
  answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
  EXPECT_THAT(heard("hello\r\n"), HasSubstr("+HTTPNMIC:0,0,5,5,5\r\n"));
}

// A second modem that gets what the recorder is told.
class Twin : public Recorder {
 public:
  explicit Twin(const Model& model) : model_(model) {}
  void switched_on(const Flash& flash, Millis now) override {
    modem_.emplace(model_, default_settings(model_), sim::Conditions(), pool_, flash, now);
  }
  void called(sim::Modem&, const sim::Call& call) override {
    if (call.kind == sim::Call::Kind::dte_sent) said += modem_->dte_output();
    EXPECT_EQ(sim::apply(*modem_, call) || call.kind == sim::Call::Kind::net_output, true);
  }
  void switched_off(Millis) override { modem_.reset(); }

  [[nodiscard]] bool is_on() const { return modem_.has_value(); }
  std::string said;

 private:
  const Model& model_;
  BlockMemory memory_{kPoolBytes, Limits().line_bytes};
  BlockPool pool_{memory_.blocks(), memory_.scratch()};
  std::optional<sim::Modem> modem_;
};

TEST_F(DriverTest, ARecorderIsToldAllThatATwinNeeds) {
  Twin twin(model_);
  driver_->stop();
  driver_ = std::make_shared<Driver>(loop_, model_, default_settings(model_), pool_,
                                     Lent{.recorder = &twin});
  plug_in(EndOfInput::after_work);
  type("AT+HTTPCREATE=\"" + url() + "\"");
  std::string said = heard("OK\r\n");
  type("AT+HTTPSEND=0,0,\"/\"");
  run_until_served();
  said += heard("CONNECT OK\r\n");
  answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
  said += heard("hello\r\n");
  driver_->call({.kind = sim::Call::Kind::inject, .bytes = "+TOLD"});
  said += heard("+TOLD\r\n");
  EXPECT_EQ(twin.said, said);
  EXPECT_TRUE(twin.is_on());
  driver_->stop();
  EXPECT_FALSE(twin.is_on());
}

TEST_F(DriverTest, ALineThatIsLostLeavesTheModemAsItWas) {
  type("AT+HTTPCREATE=a.b");
  heard("OK\r\n");
  host_->close();
  run_until([this] { return gone_ == 0; });
  plug_in(EndOfInput::unplugged);
  type("AT+HTTPCREATE=a.b");
  EXPECT_THAT(heard("OK\r\n"), HasSubstr("+HTTPCREATE:1"));
}

TEST_F(DriverTest, AHostThatHasLeftIsAnsweredFirst) {
  type("AT");
  ::shutdown(host_->input_fd(), SHUT_WR);
  EXPECT_EQ(heard("OK\r\n"), "\r\nOK\r\n");
  run_until([this] { return gone_ == 0; });
}

TEST_F(DriverTest, AHostThatHasLeftIsNotKeptWaitingForTheNetwork) {
  Settings settings = default_settings(model_);
  settings.network.registration_delay = std::chrono::hours(24);
  driver_->stop();
  driver_ = std::make_shared<Driver>(loop_, model_, settings, pool_);
  plug_in(EndOfInput::after_work);
  type("AT+CEREG=1");
  ::shutdown(host_->input_fd(), SHUT_WR);
  EXPECT_EQ(heard("OK\r\n"), "\r\nOK\r\n");
  run_until([this] { return gone_ == 0; });
  EXPECT_TRUE(driver_->modem().next_deadline());
}

TEST_F(DriverTest, AfterTheEndOfInputTheLastRequestIsFinished) {
  type("AT+HTTPCREATE=\"" + url() + "\"");
  type("AT+HTTPSEND=0,0,\"/\"");
  ::shutdown(host_->input_fd(), SHUT_WR);
  run_until_served();
  heard("CONNECT OK\r\n");
  EXPECT_FALSE(gone_);
  answer("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(heard("+HTTPDISCON:0\r\n"), HasSubstr("+HTTPNMIC:0,0,0,0,0"));
  run_until([this] { return gone_ == 0; });
}

TEST_F(DriverTest, SwitchedOffItClosesItsConnections) {
  get();
  heard("CONNECT OK\r\n");
  driver_->stop();
  std::array<char, 4096> room{};
  run_until([&] {
    server_->wait_readable([] {});
    return server_->read(room).ended;
  });
  EXPECT_FALSE(gone_) << "called after stop";
}

TEST_F(DriverTest, FinishedItHasToldTheHostWhatItHadBegun) {
  get();
  heard("CONNECT OK\r\n");
  const std::string content(4'000'000, 'c');
  answer("HTTP/1.1 200 OK\r\nContent-Length: 4000000\r\n\r\n");
  // On a new line the host reads nothing, until the modem has taken all it can.
  plug_in(EndOfInput::unplugged);
  Bytes rest = content;
  run_until([&] {
    server_->wait_writable([] {});
    if (server_->may_write()) rest.remove_prefix(server_->write(std::span(&rest, 1)).byte_count);
    return driver_->modem().net_window(0) == 0;
  });
  bool done = false;
  driver_->finish([&done] { done = true; });
  std::string text;
  while (!done) {
    std::array<char, 4096> room{};
    loop_.context().restart();
    loop_.context().run_for(std::chrono::milliseconds(1));
    const auto result = host_->read(room);
    text.append(room.data(), result.byte_count);
  }
  ASSERT_FALSE(gone_) << "the line was not lost";
  std::size_t at = text.find("\r\n+HTTPNMIC:");
  int records = 0;
  for (; at < text.size(); ++records) {
    ASSERT_EQ(text.compare(at, 11, "\r\n+HTTPNMIC"), 0);
    const std::size_t end = text.find("\r\n", at + 2);
    ASSERT_NE(end, std::string::npos);
    const auto size = std::stoul(text.substr(text.rfind(',', end) + 1));
    ASSERT_LE(end + 2 + size + 2, text.size()) << "a record was cut";
    at = end + 2 + size + 2;
  }
  EXPECT_EQ(at, text.size());
  EXPECT_GT(records, 1);
}

// More than the system and the two buffers keep: all of them fill up, and nothing is lost.
TEST_F(DriverTest, ABodyThatTheHostReadsLateArrivesWhole) {
  get();
  heard("CONNECT OK\r\n");
  std::string content;
  while (content.size() < 12'000'000) content += std::to_string(content.size()) + ' ';
  const std::string response =
      "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(content.size()) + "\r\n\r\n" + content;
  Bytes rest = response;
  const auto serve = [&] {
    server_->wait_writable([] {});
    if (server_->may_write() && !rest.empty()) {
      rest.remove_prefix(server_->write(std::span(&rest, 1)).byte_count);
    }
  };
  run_until([&] {
    serve();
    return driver_->modem().net_window(0) == 0 && !server_->may_write();
  });
  std::string text;
  std::vector<char> room(1 << 20);
  run_until([&] {
    serve();
    host_->wait_readable([] {});
    const auto result = host_->read(room);
    text.append(room.data(), result.byte_count);
    return text.find("\r\n+HTTPNMIC:0,0,") != std::string::npos && text.ends_with(" \r\n");
  });
  std::string received;
  for (std::size_t at = text.find("\r\n+HTTPNMIC:"); at < text.size();) {
    const std::size_t end = text.find("\r\n", at + 2);
    ASSERT_NE(end, std::string::npos);
    const auto size = std::stoul(text.substr(text.rfind(',', end) + 1));
    received += text.substr(end + 2, size);
    at = end + 2 + size + 2;
  }
  EXPECT_TRUE(received == content) << received.size() << " of " << content.size() << " bytes";
}

// One end of a socket pair that takes all, and knows how large the writes were.
class BatchLine : public ByteStream {
 public:
  BatchLine(EventLoop& loop, UniqueFd end, std::size_t batch)
      : ByteStream(loop, std::move(end)), batch_(batch) {}
  [[nodiscard]] std::size_t batch_bytes() const override { return batch_; }
  Result write(std::span<const Bytes> views) override {
    const Result result = ByteStream::write(views);
    writes.push_back(result.byte_count);
    return result;
  }

  std::vector<std::size_t> writes;

 private:
  std::size_t batch_;
};

TEST_F(DriverTest, WhatIsSaidIsPutTogetherUpToTheBatchOfTheLine) {
  using testing::ElementsAre;
  constexpr std::size_t kAnswer = 6;  // OK, framed
  constexpr std::size_t kAll = 40 * kAnswer;
  const auto writes_with = [&](std::size_t batch) {
    const auto line = std::make_shared<BatchLine>(loop_, new_line(), batch);
    std::string lines;
    for (std::size_t i = 0; i < kAll / kAnswer; ++i) lines += "AT\r";
    const Bytes view = lines;
    EXPECT_EQ(host_->write(std::span(&view, 1)).byte_count, lines.size());
    driver_->attach(line, EndOfInput::after_work, nullptr);
    std::string text;
    std::array<char, 4096> room{};
    run_until([&] {
      host_->wait_readable([] {});
      text.append(room.data(), host_->read(room).byte_count);
      return text.size() >= kAll;
    });
    return line->writes;
  };
  EXPECT_THAT(writes_with(kAll + 1), ElementsAre(kAll));
  EXPECT_THAT(writes_with(kAll), ElementsAre(kAll));
  EXPECT_THAT(writes_with(kAll - 1), ElementsAre(kAll - 1, 1));
  EXPECT_THAT(writes_with(100), ElementsAre(100, 100, 40));
}

// One that takes so many bytes as it is told to.
class DoledLine : public ByteStream {
 public:
  DoledLine(EventLoop& loop, UniqueFd end, std::size_t batch)
      : ByteStream(loop, std::move(end)), batch_(batch) {
    hold_writes();
  }
  [[nodiscard]] std::size_t batch_bytes() const override { return batch_; }
  Result write(std::span<const Bytes> views) override {
    const Bytes part = views.front().substr(0, left_);
    taken += part;
    left_ -= part.size();
    if (left_ == 0) hold_writes();
    return {.byte_count = part.size()};
  }
  void take(std::size_t byte_count) {
    left_ = byte_count;
    resume_writes();
  }

  std::string taken;

 private:
  std::size_t batch_;
  std::size_t left_ = 0;
};

TEST_F(DriverTest, ALineThatHasRoomAgainGetsWhatWaitsFirst) {
  constexpr std::size_t kBatch = 90;
  const auto line = std::make_shared<DoledLine>(loop_, new_line(), kBatch);
  driver_->attach(line, EndOfInput::after_work, nullptr);
  std::string all;
  for (int i = 10; i < 40; ++i) {
    const std::string text = "+N:" + std::to_string(i);
    ASSERT_TRUE(driver_->call({.kind = sim::Call::Kind::inject, .bytes = text}));
    all += "\r\n" + text + "\r\n";
  }
  ASSERT_EQ(all.size(), 3 * kBatch);
  const auto left_after = [&](std::size_t taken) {
    line->take(taken);
    return driver_->modem().dte_output().size();
  };
  EXPECT_EQ(left_after(1), all.size() - kBatch);
  EXPECT_EQ(left_after(kBatch - 2), all.size() - kBatch);
  EXPECT_EQ(left_after(1), all.size() - kBatch) << "none is made before that has gone";
  EXPECT_EQ(left_after(1), all.size() - 2 * kBatch);
  EXPECT_EQ(left_after(all.size()), 0U);
  EXPECT_EQ(line->taken, all);
}

// Content in chunks of one byte says five times as much as it is.
TEST_F(DriverTest, WhatGrowsEndsTheTurn) {
  const auto line = std::make_shared<BatchLine>(loop_, new_line(4'000'000), kBacklogBytes);
  driver_->attach(line, EndOfInput::after_work, nullptr);
  get();
  heard("CONNECT OK\r\n");
  constexpr int kChunks = 20'000;
  std::string response = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < kChunks; ++i) response += "1\r\nc\r\n";
  answer(response + "0\r\n\r\n");
  line->writes.clear();
  std::string text;
  std::vector<char> room(1 << 20);
  run_until([&] {
    host_->wait_readable([] {});
    text.append(room.data(), host_->read(room).byte_count);
    return text.find("+HTTPNMIC:0,0,") != std::string::npos && text.ends_with("\r\n\r\n");
  });
  EXPECT_GT(text.size(), 5 * response.size());
  EXPECT_THAT(line->writes, testing::Each(testing::Lt(40'000U)));
}

// One end of a socket pair that knows how often it was read.
class CountingLine : public ByteStream {
 public:
  using ByteStream::ByteStream;
  Result read(std::span<char> room) override {
    ++reads;
    const Result result = ByteStream::read(room);
    byte_count += result.byte_count;
    return result;
  }

  int reads = 0;
  std::size_t byte_count = 0;
};

TEST_F(DriverTest, AHostThatNeverStopsIsReadOnceInATurn) {
  const auto line = std::make_shared<CountingLine>(loop_, new_line());
  const std::string typed = "AT" + std::string(60'000, 'A') + "\rAT\r";
  const Bytes view = typed;
  ASSERT_EQ(host_->write(std::span(&view, 1)).byte_count, typed.size());
  driver_->attach(line, EndOfInput::after_work, nullptr);
  while (line->byte_count < typed.size()) {
    const int before = line->reads;
    loop_.context().restart();
    ASSERT_EQ(loop_.context().run_one(), 1U);
    ASSERT_LE(line->reads, before + 1);
  }
  EXPECT_EQ(heard("OK\r\n"), "\r\nERROR\r\n\r\nOK\r\n");
}

// A second one for the few bytes that the first had no room for would cost as much.
TEST_F(DriverTest, WhatOneReadOfTheServerBringsIsSaidInOneWrite) {
  const auto line = std::make_shared<BatchLine>(loop_, new_line(4'000'000), kBacklogBytes);
  driver_->attach(line, EndOfInput::after_work, nullptr);
  get();
  const std::string response =
      "HTTP/1.1 200 OK\r\nContent-Length: 4000000\r\n\r\n" + std::string(4'000'000, 'c');
  Bytes rest = response;
  std::string tail;
  std::vector<char> room(1 << 20);
  run_until([&] {
    server_->wait_writable([] {});
    if (server_->may_write() && !rest.empty()) {
      rest.remove_prefix(server_->write(std::span(&rest, 1)).byte_count);
    }
    host_->wait_readable([] {});
    const auto result = host_->read(room);
    tail.append(room.data(), result.byte_count);
    return tail.find("\r\n+HTTPNMIC:0,0,") != std::string::npos && tail.ends_with("c\r\n");
  });
  EXPECT_THAT(line->writes, testing::Contains(testing::Gt(kBacklogBytes / 2)));
  EXPECT_THAT(line->writes, testing::Each(testing::Lt(kBacklogBytes)));
}

TEST_F(DriverTest, FinishedWithoutALineItIsDoneAtOnce) {
  host_->close();
  run_until([this] { return gone_ == 0; });
  bool done = false;
  driver_->finish([&done] { done = true; });
  EXPECT_TRUE(done);
}

TEST_F(DriverTest, WhatACallFromOutsideCausesIsDone) {
  EXPECT_TRUE(driver_->call({.kind = sim::Call::Kind::inject, .bytes = "+CMTI: 1"}));
  EXPECT_EQ(heard("1\r\n"), "\r\n+CMTI: 1\r\n");
  const std::string most(sim::Modem::kMaxInjectedBytes, 'x');
  EXPECT_FALSE(driver_->call({.kind = sim::Call::Kind::inject, .bytes = most + 'x'}));
  get();
  heard("CONNECT OK\r\n");
  driver_->call({.kind = sim::Call::Kind::reset});
  std::array<char, 4096> room{};
  run_until([&] {
    server_->wait_readable([] {});
    return server_->read(room).ended;
  });
  EXPECT_EQ(driver_->status().counters.restarts, 1U);
}

TEST_F(DriverTest, WhatIsKeptIsInTheFileBeforeTheHostIsAnswered) {
  std::string folder = testing::TempDir() + "m531x-driver-XXXXXX";
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  const std::string path = folder + "/state";
  for (const bool echo : {true, false}) {
    StateFile state(path, model_.name, [](const std::string& words) { FAIL() << words; });
    driver_->stop();
    driver_ = std::make_shared<Driver>(loop_, model_, default_settings(model_), pool_,
                                       Lent{.state = &state});
    EXPECT_EQ(driver_->modem().flash().has_profile, !echo) << "what the last one kept";
    plug_in(EndOfInput::unplugged);
    type(echo ? "ATE1&W" : "ATE0&W");
    heard("OK\r\n");
    std::filesystem::copy_file(path, path + ".copy");
    EXPECT_EQ(StateFile(path + ".copy", model_.name, nullptr).flash().profile.echo, echo);
    std::filesystem::remove(path + ".copy");
    driver_->stop();
  }
  std::filesystem::remove_all(folder);
}

class DriverStateTest : public DriverTest {
 protected:
  DriverStateTest() {
    EXPECT_NE(::mkdtemp(folder_.data()), nullptr);
    path_ = folder_ + "/state";
    state_.emplace(path_, model_.name, [this](const std::string&) { ++complaints_; });
    driver_->stop();
    driver_ = std::make_shared<Driver>(loop_, model_, default_settings(model_), pool_,
                                       Lent{.state = &*state_});
    plug_in(EndOfInput::unplugged);
  }
  ~DriverStateTest() override {
    driver_->stop();
    std::filesystem::remove_all(folder_);
  }
  // A folder has the place of the file that is written.
  void break_it() const { std::filesystem::create_directory(path_ + ".new"); }
  void mend_it() const { std::filesystem::remove(path_ + ".new"); }
  [[nodiscard]] bool is_kept() const { return std::filesystem::exists(path_); }

  std::string folder_ = testing::TempDir() + "m531x-driver-XXXXXX";
  std::string path_;
  std::optional<StateFile> state_;
  int complaints_ = 0;
};

TEST_F(DriverStateTest, AWriteThatFailedIsTriedAgainAfterAPause) {
  const auto start = std::chrono::steady_clock::now();
  break_it();
  type("ATE1&W");
  heard("OK\r\n");
  EXPECT_EQ(complaints_, 1);
  mend_it();
  type("AT");
  heard("OK\r\n");
  run_until([this] { return is_kept(); });
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(900))
      << "at every turn would be too often";
  EXPECT_EQ(complaints_, 1);
}

TEST_F(DriverStateTest, AWriteThatFailedIsTriedAgainAtTheNextChange) {
  break_it();
  type("ATE1&W");
  heard("OK\r\n");
  mend_it();
  type("ATE0&W");
  heard("OK\r\n");
  EXPECT_TRUE(is_kept());
}

TEST_F(DriverStateTest, AWriteThatFailedIsTriedAgainAtTheEnd) {
  break_it();
  type("ATE1&W");
  heard("OK\r\n");
  mend_it();
  driver_->stop();
  EXPECT_TRUE(is_kept());
  EXPECT_EQ(complaints_, 1);
}

}  // namespace
}  // namespace m531x::port
