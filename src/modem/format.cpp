// SPDX-License-Identifier: Apache-2.0
#include "modem/format.h"

namespace m531x::modem {

void add_two_digits(mem::Text& text, std::uint32_t number) {
  if (number < 10) text.add('0');
  text.add(number);
}

void add_date(mem::Text& text, const DateTime& date, std::uint32_t year_digits) {
  const auto year = static_cast<std::uint32_t>(date.year);
  if (year_digits == 4) {
    text.add(year);
  } else {
    add_two_digits(text, year % 100);
  }
  const std::uint8_t rest[] = {date.month, date.day, date.hour, date.minute, date.second};
  const char* separator = "//,::";
  for (const std::uint8_t number : rest) {
    text.add(*separator++);
    add_two_digits(text, number);
  }
}

void add_zone(mem::Text& text, std::int8_t zone) {
  text.add(zone < 0 ? '-' : '+');
  add_two_digits(text, static_cast<std::uint32_t>(zone < 0 ? -zone : zone));
}

}  // namespace m531x::modem
