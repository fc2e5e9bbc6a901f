// SPDX-License-Identifier: Apache-2.0
#include "modem/instance.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "mem/test_memory.h"

namespace m531x::modem {
namespace {

class AddressTest : public testing::Test {
 protected:
  AddressTest() { EXPECT_TRUE(instance_.emplace(pool, pool)); }

  bool store(Bytes host, Bytes user = {}, Bytes password = {}) {
    instance_->address.host_size = static_cast<std::uint8_t>(host.size());
    const std::array<Bytes, 4> parts = {host, user, user.empty() ? "" : ":", password};
    return instance_->address.store(instance_.block(), parts);
  }

  mem::TestPool pool{4, 0};
  mem::Box<Instance> instance_;
};

TEST_F(AddressTest, AShortOneCostsNoBlock) {
  ASSERT_TRUE(store("server.example", "user", "OpenSesame"));
  EXPECT_EQ(pool.used_count(), 1U);
  EXPECT_EQ(text_of(instance_->address.host()), "server.example");
  EXPECT_EQ(instance_->address.host().front(), "server.example");
  EXPECT_EQ(text_of(instance_->address.credentials()), "user:OpenSesame");
}

TEST_F(AddressTest, WithoutCredentialsThereAreNone) {
  ASSERT_TRUE(store("server.example"));
  EXPECT_TRUE(instance_->address.credentials().empty());
}

TEST_F(AddressTest, TheLongestShortOneAndOneByteMore) {
  const std::string longest(Address::kShortBytes, 'h');
  ASSERT_TRUE(store(longest));
  EXPECT_EQ(pool.used_count(), 1U);
  EXPECT_EQ(instance_->address.host().front(), longest);
  ASSERT_TRUE(instance_.emplace(pool, pool));
  ASSERT_TRUE(store(longest + 'i', "u", "p"));
  EXPECT_EQ(pool.used_count(), 2U);
  EXPECT_EQ(instance_->address.host().front(), longest + 'i');
  EXPECT_EQ(text_of(instance_->address.credentials()), "u:p");
}

TEST_F(AddressTest, ALongOneWithoutMemoryIsRefused) {
  pool.fail_after(0);
  EXPECT_FALSE(store(std::string(Address::kShortBytes + 1, 'h')));
  pool.fail_after(BlockPool::kNeverFail);
  EXPECT_TRUE(store("server.example"));
}

TEST_F(AddressTest, AnotherObjectTakesIt) {
  for (const std::size_t size : {std::size_t{20}, Address::kShortBytes + 1}) {
    ASSERT_TRUE(instance_.emplace(pool, pool));
    const std::string host(size, 'h');
    ASSERT_TRUE(store(host, "user", "OpenSesame"));
    mem::Box<Connection> connection;
    ASSERT_TRUE(connection.emplace(pool, pool));
    connection->address.take(instance_->address, connection.block());
    instance_.reset();
    EXPECT_EQ(connection->address.host().front(), host);
    EXPECT_EQ(text_of(connection->address.credentials()), "user:OpenSesame");
    connection.reset();
    EXPECT_FALSE(pool.contains("OpenSesame"));
  }
}

}  // namespace
}  // namespace m531x::modem
