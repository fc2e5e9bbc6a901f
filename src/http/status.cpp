// SPDX-License-Identifier: Apache-2.0
#include "http/status.h"

#include <algorithm>
#include <array>

namespace m531x::http {
namespace {

struct Row {
  std::uint16_t status;
  std::string_view reason;
};

// Spelled as the manual spells them.
constexpr auto kReasons = std::to_array<Row>({
    {100, "Continue"},
    {101, "Switching Protocols"},
    {102, "Processing"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {203, "Non-Authoritative Information"},
    {204, "No Content"},
    {205, "Reset Content"},
    {206, "Partial Content"},
    {207, "Multi-Status"},
    {300, "Multiple Choices"},
    {301, "Moved Permanently"},
    {302, "Move temporarily"},
    {303, "See Other"},
    {304, "Not Modified"},
    {305, "Use Proxy"},
    {306, "Switch Proxy"},
    {307, "Temporary Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {402, "Payment Required"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {407, "Proxy Authentication Required"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Request Entity Too Large"},
    {414, "Request-URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Requested Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {421, "too many connections"},
    {422, "Unprocessable Entity"},
    {423, "Locked"},
    {424, "Failed Dependency"},
    {449, "Retry With"},
    {451, "Unavailable For Legal Reasons"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
    {506, "Variant Also Negotiates"},
    {507, "Insufficient Storage"},
    {509, "Bandwidth Limit Exceeded"},
    {510, "Not Extended"},
    {600, "Unparseable Response Headers"},
});
static_assert(std::ranges::is_sorted(kReasons, {}, &Row::status));

}  // namespace

std::string_view reason_phrase(std::uint16_t status) {
  const auto row = std::ranges::lower_bound(kReasons, status, {}, &Row::status);
  return row != kReasons.end() && row->status == status ? row->reason : std::string_view();
}

}  // namespace m531x::http
