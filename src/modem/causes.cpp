// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "m531x/error.h"

namespace m531x {
namespace {

using H = HttpError;
using D = DisconnectCode;

// In the order of Cause.
constexpr std::array<CauseRow, kCauseCount> kCauses = {{
    {H::none, D::closed_by_server, "connection closed in good order"},
    {H::memory, D::unknown, "out of memory"},
    {H::buffer, D::unknown, "send buffer full"},
    {H::timeout, D::connect_failed, "connect timed out"},
    {H::timeout, D::unknown, "the server did not answer in time"},
    {H::timeout, D::unknown, "the server fell silent in its response"},
    {H::timeout, D::unknown, "the whole request took too long"},
    {H::would_block, D::unknown, "the server takes nothing of the request"},
    {H::routing_or_parse, D::connect_failed, "no route to the server"},
    {H::routing_or_parse, D::connect_failed, "not attached to the network"},
    {H::routing_or_parse, D::unparsable, "the response cannot be parsed"},
    {H::dns, D::dns, "the name cannot be resolved"},
    {H::url, D::url, "the URL cannot be used"},
    {H::would_block, D::unknown, "the operation would block"},
    {H::address_in_use, D::unknown, "address in use"},
    {H::already_connecting, D::unknown, "already connecting"},
    {H::already_connected, D::unknown, "already connected"},
    {H::not_connected, D::unknown, "not connected"},
    {H::interface_down, D::connect_failed, "network interface down"},
    {H::reset, D::connect_failed, "connection refused"},
    {H::aborted, D::unknown, "connection aborted locally"},
    {H::reset, D::closed_by_server, "connection reset by the server"},
    {H::closed, D::closed_by_server, "closed by the server before the response was whole"},
    {H::illegal_argument, D::unknown, "illegal argument"},
    {H::timeout, D::connect_failed, "TLS handshake or certificate refused"},
}};

}  // namespace

const CauseRow& describe(Cause cause) { return kCauses[static_cast<std::size_t>(cause)]; }

}  // namespace m531x
