// SPDX-License-Identifier: Apache-2.0
#include "onenet/kept_replies.h"

#include <algorithm>
#include <utility>

namespace m531x::onenet {

const CoapReply* KeptReplies::find(CoapId id, Bytes token, Millis now) {
  while (!replied_.empty() && replied_.front().until <= now) replied_.pop_front();
  const auto known = std::ranges::find_if(
      replied_, [&](const Replied& each) { return each.id == id && each.token == token; });
  return known == replied_.end() ? nullptr : &known->reply;
}

const CoapReply& KeptReplies::keep(CoapId id, Bytes token, CoapReply reply, Millis now) {
  if (replied_.size() == kMaxKeptReplies) replied_.pop_front();
  replied_.push_back({id, std::string(token), now + kCoapExchangeLifetime, std::move(reply)});
  return replied_.back().reply;
}

}  // namespace m531x::onenet
