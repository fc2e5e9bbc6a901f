// SPDX-License-Identifier: Apache-2.0
// Ends a TCP connection without losing what was written to it.
#pragma once

#include "port/byte_stream.h"

namespace m531x::port {

// Closes `stream` at once if all that was written has arrived; otherwise as soon as it has or after
// a few seconds, and reads nothing more for anyone.
void close_after_output(EventLoop& loop, ByteStream& stream);

}  // namespace m531x::port
