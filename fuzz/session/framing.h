// SPDX-License-Identifier: Apache-2.0
// What a host hears, cut into texts, result codes, reports and records by the frames alone
// (V.250 5.7, manual 1.2, 1.8, 1.9).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "m531x/bytes.h"

namespace m531x::fuzz {

struct Item {
  enum class Kind : std::uint8_t {
    information,  // a text, an answer to a line as far as the frame tells
    stored,       // a text with `data`: what a query shows
    result,       // OK or an error
    text_report,  // a text that only a report can be
    record,       // +HTTPNMIH or +HTTPNMIC, with `data`
    status,       // +HTTPERR with a status, and its line of words
    failure,      // +HTTPERR with a code
    disconnect,
    drop,
  };
  Kind kind = Kind::information;
  std::string text;                   // without its frame
  std::vector<std::int64_t> numbers;  // behind the colon, of HTTP's items
  std::string data;
};

inline bool is_http_report(Item::Kind kind) { return kind > Item::Kind::text_report; }

// How a modem frames its answers: by ATV, which a line may change between its texts and its result.
enum class Frames : std::uint8_t { terse, verbose, terse_then_either };

// Takes the next item off the front of `rest`. False: there is none that is whole.
[[nodiscard]] bool take_item(Bytes& rest, Frames frames, Item& item);

}  // namespace m531x::fuzz
