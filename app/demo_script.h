// SPDX-License-Identifier: Apache-2.0
// What the demo's host types, and the figures that have to come back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace m531x::app {

// What ends most exchanges.
inline constexpr std::string_view kOk = "OK";
inline constexpr std::string_view kDisconnected = "+HTTPDISCON:0";

// In a step: a message id that the modem has reported. In `awaited` and `figures` it stands for any
// number, which `typed` of later steps then has in its place.
inline constexpr std::string_view kMessageId = "<msgid>";

struct DemoStep {
  std::string_view heading;               // shown before it, if not empty
  std::string typed;                      // a line without its CR
  std::string_view awaited;               // the answer or report after which the next step follows
  std::vector<std::string_view> figures;  // of the answers and reports up to then, in this order
  std::string content;                    // that has to have come in the reports up to then
};

// Whether the modem's `text` is `figure`; `id` becomes the number at kMessageId, if it has one.
[[nodiscard]] bool matches(std::string_view figure, std::string_view text, std::string& id);
// What the host types with `id` at kMessageId; nullopt: it needs one and `id` is empty.
[[nodiscard]] std::optional<std::string> typed_with(std::string_view typed, std::string_view id);

// Manual 2.1 and 2.2; `port` is the server's.
[[nodiscard]] std::vector<DemoStep> http_script(std::uint16_t port);

// Manual 2.3.1 and 2.3.2; the ports are the platform's.
[[nodiscard]] std::vector<DemoStep> onenet_script(std::uint16_t http_port, std::uint16_t coap_port);
inline constexpr std::string_view kManualImei = "865820030265172";
inline constexpr std::string_view kManualImsi = "460043783403288";
inline constexpr std::string_view kManualApiKey = "ChangeForYourOwnKey";

}  // namespace m531x::app
