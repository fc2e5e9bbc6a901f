// SPDX-License-Identifier: Apache-2.0
#include "onenet/devices.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>
#include <fstream>

#include "port/user_error.h"

namespace m531x::onenet {
namespace {

Device device_of(std::size_t number) {
  return {.id = 0,
          .imei = std::to_string(865820030000000 + number),
          .imsi = "460043783403288",
          .title = "title",
          .desc = "desc",
          .psk = number % 2 == 0 ? "" : "s3cretKey"};
}

// A file for one test, gone with it.
class DevicesFile : public testing::Test {
 protected:
  DevicesFile() { std::filesystem::remove(file); }
  ~DevicesFile() override { std::filesystem::remove(file); }

  void write(const char* sql) const {
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(file.c_str(), &db), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(db, sql, nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(db);
  }
  [[nodiscard]] std::string refusal() const {
    try {
      const Devices devices(file);
      return "";
    } catch (const port::UserError& error) {
      return error.what();
    }
  }

  std::string file = testing::TempDir() + "m531x_devices_" +
                     testing::UnitTest::GetInstance()->current_test_info()->name() + ".db";
};

TEST(Devices, IdsCountUpFromTheManuals) {
  Devices devices("");
  Device first = device_of(1);
  Device second = device_of(2);
  ASSERT_EQ(devices.create(first), Devices::Created::done);
  ASSERT_EQ(devices.create(second), Devices::Created::done);
  EXPECT_EQ(first.id, 500500178);
  EXPECT_EQ(second.id, 500500179);
  EXPECT_EQ(devices.find_imei(second.imei)->id, second.id);
  EXPECT_EQ(devices.find(first.id)->title, "title");
}

TEST(Devices, AnImeiIsThereOnce) {
  Devices devices("");
  Device device = device_of(1);
  ASSERT_EQ(devices.create(device), Devices::Created::done);
  EXPECT_EQ(devices.create(device), Devices::Created::exists);
}

TEST(Devices, AnIdIsNotGivenAgain) {
  Devices devices("");
  Device device = device_of(1);
  ASSERT_EQ(devices.create(device), Devices::Created::done);
  EXPECT_TRUE(devices.remove(device.id));
  EXPECT_FALSE(devices.remove(device.id));
  EXPECT_FALSE(devices.find(device.id));
  ASSERT_EQ(devices.create(device), Devices::Created::done);
  EXPECT_EQ(device.id, 500500179);
}

TEST(Devices, ThereAreSoMany) {
  Devices devices("");
  for (std::size_t number = 0; number < kMaxDevices; ++number) {
    Device device = device_of(number);
    ASSERT_EQ(devices.create(device), Devices::Created::done);
  }
  Device more = device_of(kMaxDevices);
  EXPECT_EQ(devices.create(more), Devices::Created::full);
  EXPECT_TRUE(devices.remove(kFirstDeviceId));
  EXPECT_EQ(devices.create(more), Devices::Created::done);
}

TEST_F(DevicesFile, KeepsThemForTheNextRun) {
  Device device = device_of(1);
  {
    Devices devices(file);
    ASSERT_EQ(devices.create(device), Devices::Created::done);
  }
  const Devices devices(file);
  ASSERT_TRUE(devices.find(device.id));
  EXPECT_EQ(devices.find(device.id)->imei, device.imei);
}

TEST_F(DevicesFile, ADamagedOneIsRefused) {
  std::ofstream(file) << std::string(5000, 'x');
  EXPECT_EQ(refusal(), "--db " + file + ": it is damaged, or no database");
}

TEST_F(DevicesFile, AnotherProgramsIsRefusedAndStays) {
  write("CREATE TABLE other(a);");
  EXPECT_EQ(refusal(), "--db " + file + ": it is another program's database");
  write("INSERT INTO other VALUES(1);");
}

TEST_F(DevicesFile, ANewerVersionIsRefused) {
  { const Devices devices(file); }
  write("PRAGMA user_version = 3;");
  EXPECT_EQ(refusal(),
            "--db " + file + ": it has version 3 of the tables, and this program knows version 2");
}

TEST_F(DevicesFile, OneOfTheFirstVersionGetsRoomForKeys) {
  write(
      "CREATE TABLE devices(id INTEGER PRIMARY KEY AUTOINCREMENT, imei TEXT NOT NULL UNIQUE,"
      " imsi TEXT NOT NULL, title TEXT NOT NULL, description TEXT NOT NULL);"
      "INSERT INTO devices VALUES(500500178, '865820030000000', '460043783403288', 'title', '');"
      "PRAGMA application_id = 1295332145;"
      "PRAGMA user_version = 1;");
  {
    Devices devices(file);
    EXPECT_EQ(devices.find(kFirstDeviceId)->psk, "");
    Device device = device_of(1);
    ASSERT_EQ(devices.create(device), Devices::Created::done);
    EXPECT_EQ(device.id, kFirstDeviceId + 1);
  }
  const Devices again(file);
  EXPECT_EQ(again.find(kFirstDeviceId + 1)->psk, "s3cretKey");
}

TEST_F(DevicesFile, ItIsForItsOwnerAlone) {
  { const Devices devices(file); }
  EXPECT_EQ(std::filesystem::status(file).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

// Made by somebody else, or restored from a copy.
TEST_F(DevicesFile, OneThatOthersMayReadBecomesItsOwners) {
  { const Devices devices(file); }
  using std::filesystem::perms;
  for (const perms others : {perms::group_read, perms::others_read, perms::others_write}) {
    std::filesystem::permissions(file, perms::owner_read | perms::owner_write | others);
    const Devices devices(file);
    EXPECT_EQ(std::filesystem::status(file).permissions(), perms::owner_read | perms::owner_write);
  }
}

TEST_F(DevicesFile, AFileThatIsRefusedKeepsItsMode) {
  std::ofstream(file) << std::string(10'000, 'x');
  const auto before = std::filesystem::status(file).permissions();
  EXPECT_NE(refusal(), "");
  EXPECT_EQ(std::filesystem::status(file).permissions(), before);
}

TEST_F(DevicesFile, OneThatLacksItsTableIsRefused) {
  { const Devices devices(file); }
  write("DROP TABLE devices;");
  EXPECT_NE(refusal().find("no such table"), std::string::npos) << refusal();
}

}  // namespace
}  // namespace m531x::onenet
