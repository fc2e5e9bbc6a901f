// SPDX-License-Identifier: Apache-2.0
// Parts of answers that more than one family of commands has.
#pragma once

#include "mem/text.h"
#include "modem/calendar.h"

namespace m531x::modem {

// <AcT-type> of +CEDRXS: E-UTRAN NB-S1.
inline constexpr std::uint32_t kEdrxAccessTechnology = 5;

// In two digits at least.
void add_two_digits(mem::Text& text, std::uint32_t number);
// `25/01/31,23:59:59`, the year in its last two or in four digits.
void add_date(mem::Text& text, const DateTime& date, std::uint32_t year_digits);
// `+32`: quarters of an hour, in two digits.
void add_zone(mem::Text& text, std::int8_t zone);

}  // namespace m531x::modem
