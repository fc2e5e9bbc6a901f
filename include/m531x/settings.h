// SPDX-License-Identifier: Apache-2.0
// Everything that a user may set on one modem. The defaults are the M5310-A's; a model's row
// (model.h) overrides what differs.
#pragma once

#include <cstdint>

#include "m531x/bytes.h"
#include "m531x/network.h"

namespace m531x {

inline constexpr std::size_t kMaxInstances = 5;
inline constexpr std::size_t kMaxMssBytes = 1460;
inline constexpr std::size_t kMaxHostBytes = 253;  // RFC 1035 2.3.4, in text form

// Bounds of what the host may type and the server may send. Bytes unless the name says otherwise.
struct Limits {
  std::uint32_t line_bytes = 40'000;              // a command line without its CR
  std::uint32_t header_bytes = 1024;              // AT+HTTPHEADER, all parts
  std::uint32_t content_bytes = 8192;             // AT+HTTPCONTENT, all parts
  std::uint32_t path_bytes = 512;                 // AT+HTTPSEND
  std::uint32_t url_bytes = 512;                  // AT+HTTPCREATE
  std::uint32_t user_bytes = 64;                  // AT+HTTPCREATE
  std::uint32_t password_bytes = 64;              // AT+HTTPCREATE
  std::uint32_t certificate_bytes = 8192;         // AT+HTTPCFG types 1-3, each, all parts
  std::uint32_t response_header_bytes = 307'200;  // status line and header lines of one response
  std::uint32_t response_line_bytes = 102'399;    // one line of them, or of a chunk header
  std::uint32_t receive_buffer_bytes = 5840;      // received but not yet reported, per instance
  std::uint32_t send_buffer_bytes = 2'097'152;    // a request as it goes out
  std::uint32_t dte_queue_bytes = 4096;  // no new report starts while so much waits for the host
};

enum class DisconnectName : std::uint8_t { discon, disconn, diconn };
enum class QueryOrder : std::uint8_t { text_then_ok, ok_then_text };
enum class CfgReadback : std::uint8_t { with_length, without_length };
enum class NmihForm : std::uint8_t { more_length, status_length };
enum class EmptyValue : std::uint8_t { refused, clears };
enum class ErrorReport : std::uint8_t { http_error, disconnect_code };

// How the firmware on the desk spells things. Each field is a named setting `variant.<field>`.
struct Variant {
  DisconnectName disconnect_name = DisconnectName::discon;
  bool disconnect_code = false;  // +HTTPDISCONN:<id>,<code>
  ErrorReport error_report = ErrorReport::http_error;
  bool connect_error_line = false;  // CONNECT ERROR before the report of a failed connect
  bool nmic_summation = true;       // five fields in +HTTPNMIC
  bool reason_line = true;          // `404 Not Found` after +HTTPERR:<id>,404
  QueryOrder query_order = QueryOrder::text_then_ok;
  CfgReadback cfg_readback = CfgReadback::with_length;
  NmihForm nmih_form = NmihForm::more_length;
  EmptyValue empty_value = EmptyValue::refused;  // AT+HTTPHEADER=0, with nothing after the comma
  bool space_after_colon = false;                // in 3GPP lines: +CME ERROR: 3
  bool echo = false;                             // at power-up and after AT&F
};

enum class Overflow : std::uint8_t { hold, drop };

struct Settings {
  Variant variant;
  Limits limits;
  std::uint16_t mss_bytes = kMaxMssBytes;
  Overflow overflow = Overflow::hold;
  // Each runs only while the other side owes something: not while the modem itself does not read.
  Millis connect_timeout{30'000};
  Millis send_timeout{60'000};           // until the server takes more of the request
  Millis response_timeout{60'000};       // from there to the first byte of its response
  Millis between_bytes_timeout{60'000};  // until the next one
  Millis request_timeout{0};             // from AT+HTTPSEND to the last byte; 0 = none
  Millis urc_guard{1'000};               // longest time that a partly typed line holds reports back
  std::uint32_t baud = 9600;
  Identity identity;
  Network network;
  Clock clock;
  Boot boot;
  ShortText<64> lwm2m_server = "nbiotbt.heclouds.com:5683";  // of AT+MIPLCREATE without more
  bool lwm2m_auto_update = true;  // false: +MIPLEVENT 14 asks the host for AT+MIPLUPDATE
};

}  // namespace m531x
