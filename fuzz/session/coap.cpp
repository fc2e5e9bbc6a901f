// SPDX-License-Identifier: Apache-2.0
#include "fuzz/session/coap.h"

#include <algorithm>
#include <charconv>

#include "mem/text.h"

namespace m531x::fuzz {

CoapMessage parse_message(Bytes text) {
  const auto word = [&text] {
    const std::size_t end = std::min(text.find(' '), text.size());
    const Bytes taken = mem::first(text, end);
    text = mem::after(text, end + 1);
    return taken;
  };
  const auto number = [&word] {
    const Bytes digits = word();
    std::uint16_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
  };
  CoapMessage message;
  message.kind = static_cast<CoapMessage::Kind>(number() % 2);  // a server notifies of nothing
  message.id = number();
  message.code = static_cast<CoapCode>(number());
  message.format = static_cast<ContentFormat>(number());
  message.accept = static_cast<ContentFormat>(number());
  message.observe = static_cast<CoapMessage::Observe>(number() % 3);
  message.path = word();
  message.query = word();
  message.payload = text;
  return message;
}

}  // namespace m531x::fuzz
