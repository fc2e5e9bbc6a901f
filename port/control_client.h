// SPDX-License-Identifier: Apache-2.0
// The other side of port/control_socket.h: asks one question.
#pragma once

#include <sys/un.h>

#include <string>
#include <string_view>

#include "m531x/bytes.h"
#include "port/unique_fd.h"

namespace m531x::port {

inline constexpr std::size_t kMaxSocketPathBytes = sizeof(sockaddr_un::sun_path) - 1;
inline constexpr std::size_t kMaxAnswerBytes = 1 << 20;

// A non-blocking connection to the Unix stream socket `path`; or none, and `error` says why.
[[nodiscard]] UniqueFd connect_to(const std::string& path, int& error);

// Sends `line`, which has no LF, and returns the answer without its LF. Throws UserError when
// nobody listens at `path`, std::runtime_error when there is no whole answer within `patience`.
[[nodiscard]] std::string ask(const std::string& path, std::string_view line, Millis patience);

}  // namespace m531x::port
