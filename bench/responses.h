// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "m531x/bytes.h"

namespace m531x::bench {

inline constexpr Bytes kResponse =
    "HTTP/1.1 200 OK\r\n"
    "Server: Apache-Coyote/1.1\r\n"
    "Date: Sun, 10 Jun 2018 02:54:38 GMT\r\n"
    "Content-Type: application/json\r\n"
    "Content-Length: 59\r\n"
    "Connection: keep-alive\r\n"
    "Pragma: no-cache\r\n"
    "\r\n"
    "{\"errno\":0,\"data\":{\"device_id\":\"500500178\"},\"error\":\"succ\"}";
static_assert(kResponse.size() == 236);

}  // namespace m531x::bench
