// SPDX-License-Identifier: Apache-2.0
// The devices that OneNET knows, in SQLite: in memory, or in a file that outlives the program.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3;

namespace m531x::onenet {

inline constexpr std::int64_t kFirstDeviceId = 500500178;  // the manual's, 2.3.1
inline constexpr std::size_t kMaxDevices = 10'000;

struct Device {
  std::int64_t id = 0;
  std::string imei;
  std::string imsi;
  std::string title;
  std::string desc;
  std::string psk;  // of its DTLS; none: it has no DTLS
};

class Devices {
 public:
  // `file` is made if it is not there, for its owner alone, since it has keys in it; one of an
  // older version is brought up to date; none keeps all in memory. Throws port::UserError, which
  // names the file: it cannot be opened, is damaged, is another program's or of a newer version.
  explicit Devices(const std::string& file);
  ~Devices();
  Devices(const Devices&) = delete;
  Devices& operator=(const Devices&) = delete;

  enum class Created : std::uint8_t { done, exists, full };
  // Takes device.imei, imsi, title, desc and psk; sets device.id when it is done. The id of a
  // device that was removed is not given again. All throw std::runtime_error when the file fails.
  [[nodiscard]] Created create(Device& device);
  [[nodiscard]] std::optional<Device> find(std::int64_t id) const;
  [[nodiscard]] std::optional<Device> find_imei(std::string_view imei) const;
  // Whether it was there.
  bool remove(std::int64_t id);

 private:
  class Statement;
  void open(const std::string& file);
  void check_schema();
  void execute(const char* sql) const;
  [[nodiscard]] std::int64_t number(const char* sql) const;
  static std::optional<Device> device_of(Statement& statement);

  sqlite3* db_ = nullptr;
};

}  // namespace m531x::onenet
