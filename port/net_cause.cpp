// SPDX-License-Identifier: Apache-2.0
#include "port/net_cause.h"

#include <ares.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace m531x::port {
namespace {

enum class Source : bool { system, lookup };

struct Row {
  Source source;
  int code;
  Cause connecting;
  Cause open;
};

constexpr Row system_row(int code, Cause connecting, Cause open) {
  return {Source::system, code, connecting, open};
}
constexpr Row system_row(int code, Cause cause) { return system_row(code, cause, cause); }
constexpr Row lookup_row(int code, Cause cause) { return {Source::lookup, code, cause, cause}; }

constexpr auto kRows = std::to_array<Row>({
    system_row(ECONNREFUSED, Cause::refused),
    // A reset that comes before the connection was seen to stand is a refusal.
    system_row(ECONNRESET, Cause::refused, Cause::reset),
    system_row(EPIPE, Cause::refused, Cause::reset),
    system_row(ETIMEDOUT, Cause::connect_timeout, Cause::response_timeout),
    system_row(EHOSTUNREACH, Cause::no_route),
    system_row(ENETUNREACH, Cause::no_route),
    system_row(EHOSTDOWN, Cause::no_route),
    system_row(EAFNOSUPPORT, Cause::no_route),
    system_row(EACCES, Cause::no_route),
    system_row(EPERM, Cause::no_route),
    system_row(EADDRINUSE, Cause::address_in_use),
    system_row(EADDRNOTAVAIL, Cause::address_in_use),
    system_row(EALREADY, Cause::already_connecting),
    system_row(EINPROGRESS, Cause::already_connecting),
    system_row(EISCONN, Cause::already_connected),
    system_row(ENOTCONN, Cause::not_connected),
    system_row(EBADF, Cause::not_connected),
    system_row(ENETDOWN, Cause::interface_down),
    system_row(ENODEV, Cause::interface_down),
    system_row(ECONNABORTED, Cause::aborted),
    system_row(ENETRESET, Cause::aborted),
    system_row(EAGAIN, Cause::would_block),
    system_row(ENOBUFS, Cause::send_buffer_full),
    system_row(ENOMEM, Cause::out_of_memory),
    system_row(EMFILE, Cause::out_of_memory),
    system_row(ENFILE, Cause::out_of_memory),
    system_row(EINVAL, Cause::illegal_argument),
    lookup_row(ARES_ENOMEM, Cause::out_of_memory),
    // A name that cannot be asked for.
    lookup_row(ARES_EBADNAME, Cause::unusable_url),
});

// What the table does not name.
constexpr Cause kOtherSystemError = Cause::illegal_argument;
constexpr Cause kOtherLookupError = Cause::unresolved_name;

const Row* find(Source source, int code) {
  const auto* const row = std::ranges::find_if(
      kRows, [&](const Row& each) { return each.source == source && each.code == code; });
  return row == kRows.end() ? nullptr : row;
}

}  // namespace

Cause cause_of_errno(int error, Stage stage) {
  const Row* const row = find(Source::system, error);
  if (row == nullptr) return kOtherSystemError;
  return stage == Stage::connecting ? row->connecting : row->open;
}

Cause cause_of_lookup(int status) {
  const Row* const row = find(Source::lookup, status);
  return row == nullptr ? kOtherLookupError : row->connecting;
}

}  // namespace m531x::port
