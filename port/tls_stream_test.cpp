// SPDX-License-Identifier: Apache-2.0
// A TLS stream whose far end takes and gives as little as it likes.
#include "port/tls_stream.h"

#include <chrono>

#include "port/test_tls.h"

namespace m531x::port {
namespace {

class TlsStreamTest : public testing::Test {
 protected:
  TlsStreamTest() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    const int small = 4096;
    ::setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
    server_ = std::make_unique<TestTlsServer>(identity_, UniqueFd(ends[1]));
    std::string_view why;
    TlsCertificates certificates;
    certificates.server_ca = SecretBytes(identity_.certificate_pem());
    const auto context = TlsContext::make(trust_, certificates, why);
    EXPECT_TRUE(context) << why;
    stream_ = std::make_shared<TlsStream>(loop_, UniqueFd(ends[0]), *context, "localhost");
  }
  ~TlsStreamTest() override { stream_->close(); }

  // The server moves `most` bytes at a time until `done`.
  template <typename Done>
  void serve_until(Done done, std::size_t most = 1 << 20) {
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!done() && std::chrono::steady_clock::now() < limit) {
      server_->receive(most);
      server_->send(most);
      loop_.context().restart();
      loop_.context().poll();
    }
    ASSERT_TRUE(done()) << stream_->words();
  }
  void open(std::size_t most = 1 << 20) {
    std::optional<bool> stands;
    stream_->handshake([&](bool end) { stands = end; });
    // Of TLS 1.3 the client's part is over first.
    serve_until([&] { return stands.has_value() && SSL_is_init_finished(server_->get()) == 1; },
                most);
    ASSERT_TRUE(*stands) << stream_->words();
    server_->send();
  }
  ByteStream::Result write(Bytes bytes) { return stream_->write(std::span(&bytes, 1)); }

  EventLoop loop_;
  TestIdentity identity_;
  TlsTrust trust_{{}};
  std::unique_ptr<TestTlsServer> server_;
  std::shared_ptr<TlsStream> stream_;
};

TEST_F(TlsStreamTest, TheHandshakeComesInSingleBytes) {
  open(1);
  EXPECT_EQ(stream_->words(), "TLS 1.3");
}

TEST_F(TlsStreamTest, AHandshakeGivenUpCallsNobody) {
  bool called = false;
  stream_->handshake([&](bool) { called = true; });
  stream_->close();
  server_->receive();
  server_->send();
  loop_.context().poll();
  EXPECT_FALSE(called);
  EXPECT_EQ(stream_.use_count(), 1) << "nothing waits any more";
}

TEST_F(TlsStreamTest, AWriteThatBlocksGoesOnWithTheSameBytes) {
  open();
  std::string all;
  for (std::size_t i = 0; i < 100'000; ++i) all += static_cast<char>('a' + i % 23);
  std::size_t sent = 0;
  std::size_t blocked_count = 0;
  while (sent < all.size()) {
    // Cut in three views, of which the last grows from call to call.
    const Bytes rest = Bytes(all).substr(sent);
    const std::array<Bytes, 3> views = {
        rest.substr(0, 100), rest.substr(std::min<std::size_t>(100, rest.size()), 7000),
        rest.substr(std::min<std::size_t>(7100, rest.size()), 20'000 + blocked_count)};
    const auto result = stream_->write(views);
    ASSERT_EQ(result.error, 0);
    sent += result.byte_count;
    EXPECT_EQ(stream_->may_write(), !result.blocked);
    if (!result.blocked) continue;
    ASSERT_EQ(result.byte_count, 0U);
    ASSERT_LT(++blocked_count, 10'000U);
    bool may = false;
    stream_->wait_writable([&] { may = true; });
    serve_until([&] { return may; }, 1000);
  }
  EXPECT_GT(blocked_count, 1U);
  serve_until([&] { return server_->heard.size() >= all.size(); });
  EXPECT_EQ(server_->heard, all);
}

TEST_F(TlsStreamTest, NoEndIsWrittenInsideARecord) {
  open();
  const std::string text(200'000, 'x');
  while (!write(text).blocked) {
  }
  stream_->finish_writing();
  stream_->close();
  serve_until([&] { return server_->ended; });
  EXPECT_EQ(SSL_get_shutdown(server_->get()) & SSL_RECEIVED_SHUTDOWN, 0);
}

TEST_F(TlsStreamTest, ItsEndIsWrittenOnce) {
  open();
  ASSERT_EQ(write("last").byte_count, 4U);
  stream_->finish_writing();
  stream_->finish_writing();
  EXPECT_NE(write("more").error, 0);
  stream_->close();
  serve_until([&] { return server_->ended; });
  EXPECT_EQ(server_->heard, "last");
  EXPECT_NE(SSL_get_shutdown(server_->get()) & SSL_RECEIVED_SHUTDOWN, 0);
}

TEST_F(TlsStreamTest, AReadFillsItsRoomFromSeveralRecords) {
  open();
  for (const auto* const text : {"one ", "two ", "three"}) server_->say(text);
  server_->send();
  std::array<char, 6> room{};
  std::string heard;
  ASSERT_EQ(stream_->read(room).byte_count, room.size());
  heard.append(room.data(), room.size());
  EXPECT_TRUE(stream_->may_read()) << "what is left lies in the stream, not in the socket";
  const auto rest = stream_->read(room);
  heard.append(room.data(), rest.byte_count);
  ASSERT_EQ(rest.byte_count, room.size());
  EXPECT_EQ(stream_->read(room).byte_count, 1U);
  EXPECT_EQ(heard + room[0], "one two three");
  EXPECT_FALSE(stream_->may_read());
  EXPECT_TRUE(stream_->read(room).blocked);
}

TEST_F(TlsStreamTest, ARecordThatComesInPiecesIsNothingUntilItIsWhole) {
  open();
  server_->say("whole");
  std::array<char, 100> room{};
  ByteStream::Result result;
  int reads = 0;
  while ((result = stream_->read(room)).blocked) {
    ASSERT_LT(++reads, 2000);
    bool may = false;
    stream_->wait_readable([&] { may = true; });
    server_->send(1);
    serve_until([&] { return may; }, 1);
  }
  EXPECT_EQ(Bytes(room.data(), result.byte_count), "whole");
  EXPECT_GT(reads, 5);
}

TEST_F(TlsStreamTest, TheEndComesAfterWhatWasBeforeIt) {
  open();
  server_->say("last");
  SSL_shutdown(server_->get());
  server_->send();
  server_->close();
  std::array<char, 100> room{};
  EXPECT_EQ(stream_->read(room).byte_count, 4U);
  EXPECT_TRUE(stream_->may_read());
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(stream_->read(room).ended);
}

TEST_F(TlsStreamTest, TheEndOfTcpAloneIsAnError) {
  open();
  server_->say("last");
  server_->send();
  server_->close();
  std::array<char, 100> room{};
  EXPECT_EQ(stream_->read(room).byte_count, 4U);
  for (int i = 0; i < 2; ++i) {
    const auto result = stream_->read(room);
    EXPECT_FALSE(result.ended);
    EXPECT_EQ(result.error, ECONNRESET);
  }
  EXPECT_EQ(stream_->words(), "the TCP connection ended before TLS did");
}

TEST_F(TlsStreamTest, NewKeysAreNothingToTheReader) {
  open();
  ASSERT_EQ(SSL_key_update(server_->get(), SSL_KEY_UPDATE_REQUESTED), 1);
  ASSERT_EQ(SSL_do_handshake(server_->get()), 1);
  server_->say("after");
  server_->send();
  std::array<char, 100> room{};
  EXPECT_EQ(stream_->read(room).byte_count, 5U);
  ASSERT_EQ(write("answer").byte_count, 6U);
  serve_until([&] { return server_->heard == "answer"; });
}

TEST_F(TlsStreamTest, GarbageIsAnError) {
  open();
  server_->say("x");
  char* data = nullptr;
  BIO* const out = SSL_get_wbio(server_->get());
  const long size = BIO_get_mem_data(out, &data);
  ASSERT_GT(size, 0);
  data[size - 1] ^= 1;
  server_->send();
  std::array<char, 100> room{};
  EXPECT_EQ(stream_->read(room).error, ECONNRESET);
  EXPECT_NE(write("more").error, 0);
}

}  // namespace
}  // namespace m531x::port
