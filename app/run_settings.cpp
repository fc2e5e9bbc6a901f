// SPDX-License-Identifier: Apache-2.0
#include "app/run_settings.h"

#include <algorithm>
#include <vector>

#include "settings/rows.h"

namespace m531x::app {
namespace {

using settings::rows::number;
using settings::rows::text;
using settings::rows::truth;

constexpr auto kTls = &RunSettings::tls;
constexpr auto kNet = &RunSettings::net;

bool is_path(std::string_view text) { return text.find('\0') == std::string_view::npos; }

// Nothing, or what `kAccepts` accepts.
template <bool (*kAccepts)(std::string_view)>
bool is_optional(std::string_view text) {
  return text.empty() || kAccepts(text);
}

constexpr auto kOwn = std::to_array<Setting>({
    truth<&RunSettings::strict_line>(
        "line.strict",
        "on a pseudo-terminal, a host at another rate than the modem's gets and sends garbage"),
    text<kNet, &port::NetOptions::interface>(
        "tcp.interface", "the name of a network interface, or nothing: any",
        is_optional<port::is_interface_name>, "of this machine, that connections go through"),
    text<kNet, &port::NetOptions::dns_server>(
        "dns.server", "ADDRESS or ADDRESS:PORT, IPv6 in brackets, or nothing: the system's",
        is_optional<port::is_dns_server>, "whom names are asked of that are in no hosts file"),
    text<kTls, &port::TlsOptions::ca_file>(
        "tls.ca_file", "a PEM file, or nothing: the system's certificates", is_path,
        "whom instances trust that have no server CA of their own (HTTPCFG type 1)"),
    text<kTls, &port::TlsOptions::crl_file>(
        "tls.crl_file", "a PEM file, or nothing: none is looked up", is_path,
        "revoked certificates; a server whose issuer's list is not in it is refused"),
    truth<kTls, &port::TlsOptions::verify>(
        "tls.verify", "certificates of servers are verified; false is for tests alone"),
    number<&RunSettings::pool_bytes>("pool.bytes", 65'536, 1LL << 36, "bytes",
                                     "memory that all modems of the program share, as it is used"),
});

std::string_view group_of(const Setting& setting) {
  return setting.key.substr(0, setting.key.find('.'));
}

std::vector<Setting> merged() {
  const auto modules = settings::module_table();
  std::vector<Setting> all(modules.begin(), modules.end());
  for (const Setting& own : kOwn) {
    const auto last = std::ranges::find(all.rbegin(), all.rend(), group_of(own), group_of);
    all.insert(last == all.rend() ? all.end() : last.base(), own);
  }
  return all;
}

}  // namespace

RunSettings settings_of(const Model& model) {
  RunSettings settings;
  static_cast<settings::ModuleSettings&>(settings) = settings::settings_of(model);
  settings.modem.network.registration_delay = Millis(100);
  settings.modem.clock.start = 0;
  return settings;
}

std::span<const Setting> run_table() {
  static const std::vector<Setting> all = merged();
  return all;
}

}  // namespace m531x::app
