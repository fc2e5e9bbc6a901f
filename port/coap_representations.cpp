// SPDX-License-Identifier: Apache-2.0
#include "port/coap_representations.h"

#include <algorithm>

namespace m531x::port {

std::string CoapRepresentations::name_of(const CoapMessage& request) {
  std::string name(request.path);
  name.append("?").append(request.query);
  return name.append(" ").append(std::to_string(static_cast<unsigned>(request.accept)));
}

const CoapRepresentations::One& CoapRepresentations::keep(std::string of, const CoapMessage& answer,
                                                          Millis now) {
  std::erase_if(all_, [&of](const One& one) { return one.of == of; });
  if (all_.size() == kMaxKept) all_.pop_front();
  return all_.emplace_back(One{.of = std::move(of),
                               .code = answer.code,
                               .format = answer.format,
                               .payload = std::string(answer.payload),
                               .tag = ++last_tag_,
                               .since = now});
}

const CoapRepresentations::One* CoapRepresentations::find(const std::string& of, Millis now) const {
  const auto one = std::ranges::find(all_, of, &One::of);
  return one == all_.end() || one->since + kCoapExchangeLifetime <= now ? nullptr : &*one;
}

}  // namespace m531x::port
