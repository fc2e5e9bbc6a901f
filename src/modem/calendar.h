// SPDX-License-Identifier: Apache-2.0
// Seconds since 1970 and the calendar's date and time (proleptic Gregorian, UTC).
#pragma once

#include <cstdint>

namespace m531x::modem {

struct DateTime {
  std::int32_t year;
  std::uint8_t month;  // 1 ... 12
  std::uint8_t day;    // 1 ... 31
  std::uint8_t hour;
  std::uint8_t minute;
  std::uint8_t second;
};

inline constexpr std::int64_t kDaySeconds = 86'400;

// Up to 2099, and the days before 1970 that a western zone needs. From 1970 on every fourth year is
// a leap year.
[[nodiscard]] DateTime date_of(std::int64_t seconds);
// False: there is no such day or time in those years.
[[nodiscard]] bool seconds_of(const DateTime& date, std::int64_t& seconds);

}  // namespace m531x::modem
