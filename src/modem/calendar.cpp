// SPDX-License-Identifier: Apache-2.0
#include "modem/calendar.h"

namespace m531x::modem {
namespace {

constexpr std::int32_t kFirstYear = 1970;
constexpr std::int32_t kLastYear = 2099;
constexpr std::uint8_t kMonthDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

constexpr bool is_leap(std::int32_t year) { return year % 4 == 0; }
constexpr std::int32_t days_of_year(std::int32_t year) { return is_leap(year) ? 366 : 365; }
constexpr std::int32_t days_of_month(std::int32_t year, std::int32_t month) {
  return kMonthDays[month - 1] + (month == 2 && is_leap(year) ? 1 : 0);
}

}  // namespace

DateTime date_of(std::int64_t seconds) {
  std::int64_t left = seconds % kDaySeconds;
  if (left < 0) left += kDaySeconds;
  auto day = static_cast<std::int32_t>((seconds - left) / kDaySeconds);
  const auto rest = static_cast<std::uint32_t>(left);
  std::int32_t year = kFirstYear;
  while (day < 0) day += days_of_year(--year);
  for (; day >= days_of_year(year); ++year) day -= days_of_year(year);
  std::int32_t month = 1;
  for (; day >= days_of_month(year, month); ++month) day -= days_of_month(year, month);
  return {.year = year,
          .month = static_cast<std::uint8_t>(month),
          .day = static_cast<std::uint8_t>(day + 1),
          .hour = static_cast<std::uint8_t>(rest / 3600),
          .minute = static_cast<std::uint8_t>(rest / 60 % 60),
          .second = static_cast<std::uint8_t>(rest % 60)};
}

bool seconds_of(const DateTime& date, std::int64_t& seconds) {
  if (date.year < kFirstYear || date.year > kLastYear || date.month < 1 || date.month > 12 ||
      date.day < 1 || date.day > days_of_month(date.year, date.month) || date.hour > 23 ||
      date.minute > 59 || date.second > 59) {
    return false;
  }
  std::int32_t days = date.day - 1;
  for (std::int32_t year = kFirstYear; year < date.year; ++year) days += days_of_year(year);
  for (std::int32_t month = 1; month < date.month; ++month) days += days_of_month(date.year, month);
  seconds = std::int64_t{days} * kDaySeconds +
            std::int64_t{date.hour * 3600 + date.minute * 60 + date.second};
  return true;
}

}  // namespace m531x::modem
