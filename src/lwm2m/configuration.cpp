// SPDX-License-Identifier: Apache-2.0
#include "lwm2m/configuration.h"

#include <algorithm>

namespace m531x::lwm2m {
namespace {

constexpr unsigned kVersionAndSections = 0x13;  // version 1, three sections
constexpr unsigned kInit = 0xf1;
constexpr unsigned kNet = 0xf2;
constexpr unsigned kSystem = 0xf3;
constexpr unsigned kBootstraps = 0x80;  // of the last byte before the texts of kNet

// Reads from the front. What does not fit makes it malformed from there on.
class Fields {
 public:
  explicit Fields(Bytes bytes) : rest_(bytes) {}

  Bytes take(std::size_t size) {
    if (size > rest_.size()) good_ = false;
    if (!good_) return {};
    const Bytes taken(rest_.data(), size);
    rest_.remove_prefix(size);
    return taken;
  }
  std::size_t number(std::size_t size) {
    std::size_t number = 0;
    for (const char byte : take(size)) number = number << 8U | static_cast<unsigned char>(byte);
    return number;
  }
  // Its length stands before it, in two bytes.
  Bytes text() { return take(number(2)); }
  // Its tag and its length stand before it; the length counts them, too.
  Bytes section(unsigned tag) {
    constexpr std::size_t kHeadBytes = 3;
    if (number(1) != tag) good_ = false;
    const std::size_t size = number(2);
    if (size < kHeadBytes) good_ = false;
    return good_ ? take(size - kHeadBytes) : Bytes();
  }
  [[nodiscard]] bool is_at_end() const { return good_ && rest_.empty(); }

 private:
  Bytes rest_;
  bool good_ = true;
};

// `AuthCode:...;PSK:...;`, each of which may be missing, and others that are not known here.
void read_user_data(Bytes data, Configuration& to) {
  constexpr Bytes kAuthCode = "AuthCode:";
  constexpr Bytes kKey = "PSK:";
  while (!data.empty()) {
    const std::size_t end = std::min(data.find(';'), data.size());
    Bytes one(data.data(), end);
    data.remove_prefix(std::min(end + 1, data.size()));
    for (const auto& [name, field] : {std::pair(kAuthCode, &to.auth_code), {kKey, &to.key}}) {
      if (one.starts_with(name)) *field = {one.data() + name.size(), one.size() - name.size()};
    }
  }
}

}  // namespace

std::optional<Configuration> parse_configuration(Bytes bytes) {
  constexpr std::size_t kFixedBytes = 4;
  Fields all(bytes);
  const bool is_known = all.number(1) == kVersionAndSections && all.number(2) == bytes.size();
  static_cast<void>(all.section(kInit));
  Fields net(all.section(kNet));
  static_cast<void>(all.section(kSystem));
  if (!is_known || !all.is_at_end()) return std::nullopt;

  Configuration config;
  config.bootstraps = (net.number(kFixedBytes) & kBootstraps) != 0;
  for (int unused = 0; unused < 3; ++unused) net.text();  // APN, user, password: the network's
  config.server = net.text();
  const Bytes user_data = net.text();
  if (!net.is_at_end()) return std::nullopt;
  read_user_data(user_data, config);
  return config;
}

}  // namespace m531x::lwm2m
