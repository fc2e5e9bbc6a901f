// SPDX-License-Identifier: Apache-2.0
#include "onenet/registry.h"

#include <gtest/gtest.h>

namespace m531x::onenet {
namespace {

using std::chrono::seconds;

constexpr const char* kImei = "865820030265172";

TEST(RegistrationQuery, HasTheNameAndTheLifetime) {
  const auto query = parse_registration("ep=865820030265172;460043783403288&b=U&lt=3000");
  ASSERT_TRUE(query);
  EXPECT_EQ(query->imei, kImei);
  EXPECT_EQ(query->imsi, "460043783403288");
  EXPECT_EQ(query->lifetime, seconds(3000));
  EXPECT_FALSE(parse_registration("ep=865820030265172;460043783403288")->lifetime);
}

TEST(RegistrationQuery, ANameThatIsNoneOfOneNetsIsRefused) {
  for (const char* query :
       {"ep=", "ep=865820030265172", "ep=86582003026517;460043783403288",
        "ep=865820030265172;46004", "ep=865820030265172;4600437834032881", "ep=node\x1b;1"}) {
    EXPECT_FALSE(parse_registration(query)) << query;
  }
}

TEST(RegistrationQuery, ALifetimeHasItsRange) {
  EXPECT_FALSE(parse_registration("lt=0"));
  EXPECT_TRUE(parse_registration("lt=1"));
  EXPECT_TRUE(parse_registration("lt=2147483647"));
  EXPECT_FALSE(parse_registration("lt=2147483648"));
  EXPECT_FALSE(parse_registration("lt="));
  EXPECT_FALSE(parse_registration("lt=3000x"));
}

TEST(Registry, ARegistrationIsOverAfterItsLifetimeAndNotBefore) {
  Registry registry;
  const auto id = registry.add(kImei, seconds(10), {}, Millis(500)).id;
  EXPECT_EQ(registry.next_expiry(), Millis(10'500));
  EXPECT_FALSE(registry.take_expired(Millis(10'499)));
  const auto over = registry.take_expired(Millis(10'500));
  ASSERT_TRUE(over);
  EXPECT_EQ(over->id, id);
  EXPECT_EQ(registry.find(id), nullptr);
  EXPECT_EQ(registry.find_imei(kImei), nullptr);
  EXPECT_FALSE(registry.next_expiry());
}

TEST(Registry, AnUpdateProlongsIt) {
  Registry registry;
  Registration& registration = registry.add(kImei, seconds(10), {}, Millis(0));
  registry.update(registration, std::nullopt, Millis(5000));
  EXPECT_EQ(registry.next_expiry(), Millis(15'000));
  registry.update(registration, seconds(60), Millis(5000));
  EXPECT_EQ(registry.next_expiry(), Millis(65'000));
}

TEST(Registry, TheSameDeviceRegistersAnew) {
  Registry registry;
  const auto first = registry.add(kImei, seconds(10), {}, Millis(0)).id;
  const auto second = registry.add(kImei, seconds(20), {}, Millis(0)).id;
  EXPECT_NE(first, second);
  EXPECT_EQ(registry.find(first), nullptr);
  EXPECT_EQ(registry.find_imei(kImei)->id, second);
  registry.remove(second);
  EXPECT_EQ(registry.find_imei(kImei), nullptr);
}

TEST(Registry, TheEarliestOfTwoIsOverFirst) {
  Registry registry;
  const auto late = registry.add("865820030265173", seconds(20), {}, Millis(0)).id;
  const auto early = registry.add(kImei, seconds(10), {}, Millis(0)).id;
  EXPECT_EQ(registry.take_expired(Millis(19'999))->id, early);
  EXPECT_FALSE(registry.take_expired(Millis(19'999)));
  EXPECT_EQ(registry.take_expired(Millis(20'000))->id, late);
}

TEST(Registry, IdsCountUpFromTheFirst) {
  Registry registry(77);
  EXPECT_EQ(registry.add(kImei, seconds(10), {}, Millis(0)).id, 77U);
  EXPECT_EQ(registry.add(kImei, seconds(10), {}, Millis(0)).id, 78U);
}

TEST(Registry, SoManyLastValuesAreKept) {
  Registration registration;
  const auto tell = [&](std::size_t id, int value) {
    remember(
        registration, 3200,
        {{static_cast<std::int32_t>(id / 100), {{static_cast<std::int32_t>(id % 100), value}}}});
  };
  for (std::size_t id = 0; id + 1 < kMaxLastValues; ++id) tell(id, 0);
  EXPECT_EQ(datastreams_of(registration).size(), kMaxLastValues - 1);
  tell(kMaxLastValues - 1, 0);
  EXPECT_EQ(datastreams_of(registration).size(), kMaxLastValues);
  tell(kMaxLastValues, 0);
  tell(60'000, 0);
  EXPECT_EQ(datastreams_of(registration).size(), kMaxLastValues);
  EXPECT_EQ(registration.last_values.at(3200).count(600), 0U);
  tell(0, 5);  // it is known
  EXPECT_EQ(datastreams_of(registration)[0]["current_value"], 5);
}

TEST(Registry, TheLastValueOfAResourceIsKept) {
  Registration registration;
  remember(registration, 3200, {{0, {{5500, false}, {5501, 1}}}});
  remember(registration, 3200, {{0, {{5501, 2}}}});
  EXPECT_EQ(
      datastreams_of(registration).dump(),
      R"([{"id":"3200_0_5500","current_value":false},{"id":"3200_0_5501","current_value":2}])");
}

}  // namespace
}  // namespace m531x::onenet
