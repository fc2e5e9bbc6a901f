// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <type_traits>

#include "m531x/error.h"

namespace m531x {
namespace {

using H = HttpError;
using D = DisconnectCode;

struct Row {
  CauseCodes codes;
  std::string_view words;
};

// The one table of causes, in the order of Cause.
constexpr std::array<Row, kCauseCount> kCauses = {{
    {{H::none, D::closed_by_server}, "connection closed in good order"},
    {{H::memory, D::unknown}, "out of memory"},
    {{H::buffer, D::unknown}, "send buffer full"},
    {{H::timeout, D::connect_failed}, "connect timed out"},
    {{H::timeout, D::unknown}, "the server did not answer in time"},
    {{H::timeout, D::unknown}, "the server fell silent in its response"},
    {{H::timeout, D::unknown}, "the whole request took too long"},
    {{H::would_block, D::unknown}, "the server takes nothing of the request"},
    {{H::routing_or_parse, D::connect_failed}, "no route to the server"},
    {{H::routing_or_parse, D::connect_failed}, "not attached to the network"},
    {{H::routing_or_parse, D::unparsable}, "the response cannot be parsed"},
    {{H::dns, D::dns}, "the name cannot be resolved"},
    {{H::url, D::url}, "the URL cannot be used"},
    {{H::would_block, D::unknown}, "the operation would block"},
    {{H::address_in_use, D::unknown}, "address in use"},
    {{H::already_connecting, D::unknown}, "already connecting"},
    {{H::already_connected, D::unknown}, "already connected"},
    {{H::not_connected, D::unknown}, "not connected"},
    {{H::interface_down, D::connect_failed}, "network interface down"},
    {{H::reset, D::connect_failed}, "connection refused"},
    {{H::aborted, D::unknown}, "connection aborted locally"},
    {{H::reset, D::closed_by_server}, "connection reset by the server"},
    {{H::closed, D::closed_by_server}, "closed by the server before the response was whole"},
    {{H::illegal_argument, D::unknown}, "illegal argument"},
    {{H::timeout, D::connect_failed}, "TLS handshake or certificate refused"},
}};

// Its columns apart, for a core without remarks has no words.
template <auto kColumn>
constexpr auto column() {
  std::array<std::decay_t<decltype(kCauses[0].*kColumn)>, kCauseCount> values{};
  std::ranges::transform(kCauses, values.begin(), [](const Row& row) { return row.*kColumn; });
  return values;
}
constexpr auto kCodes = column<&Row::codes>();
constexpr auto kWords = column<&Row::words>();

}  // namespace

const CauseCodes& codes_of(Cause cause) { return kCodes[static_cast<std::size_t>(cause)]; }
std::string_view words_of(Cause cause) { return kWords[static_cast<std::size_t>(cause)]; }

}  // namespace m531x
