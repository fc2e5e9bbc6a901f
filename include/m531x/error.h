// SPDX-License-Identifier: Apache-2.0
// Why a request or a connection ended, and the numbers that the models report for it
// (manual 1.11, 1.12 and chapter 4).
#pragma once

#include <cstdint>
#include <string_view>

namespace m531x {

// What happened, whoever found out: the port (network) or the modem (limits, parser, clock).
enum class Cause : std::uint8_t {
  closed,  // in good order: after a whole response or while idle
  out_of_memory,
  send_buffer_full,
  connect_timeout,
  response_timeout,  // of its first byte
  silence_timeout,   // between two of its bytes
  request_timeout,   // of the whole, from AT+HTTPSEND to the last byte
  send_timeout,      // the server takes nothing of the request
  no_route,
  not_attached,
  unparsable_response,
  unresolved_name,
  unusable_url,
  would_block,
  address_in_use,
  already_connecting,
  already_connected,
  not_connected,
  interface_down,
  refused,
  aborted,
  reset,
  closed_early,  // before the response was whole
  illegal_argument,
  tls_failed,
};
inline constexpr std::size_t kCauseCount = static_cast<std::size_t>(Cause::tls_failed) + 1;

// The code of +HTTPERR on the M5310-A (manual 4.1); 0 = nothing to report.
enum class HttpError : std::int8_t {
  none = 0,
  memory = -1,
  buffer = -2,
  timeout = -3,
  routing_or_parse = -4,
  dns = -5,
  url = -6,
  would_block = -7,
  address_in_use = -8,
  already_connecting = -9,
  already_connected = -10,
  not_connected = -11,
  interface_down = -12,
  aborted = -13,
  reset = -14,
  closed = -15,
  illegal_argument = -16,
};

// The code of the disconnect report on the M5311, M5312 and M5313 (manual 1.12).
enum class DisconnectCode : std::int8_t {
  connect_failed = -1,
  closed_by_server = -2,
  unknown = -3,
  unparsable = -4,
  dns = -5,
  url = -6,
};

struct CauseCodes {
  HttpError http_error;
  DisconnectCode disconnect_code;
};

[[nodiscard]] const CauseCodes& codes_of(Cause cause);
// For the trace.
[[nodiscard]] std::string_view words_of(Cause cause);

}  // namespace m531x
