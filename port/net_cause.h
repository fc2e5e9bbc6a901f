// SPDX-License-Identifier: Apache-2.0
// What an errno value or a c-ares status means for a connection of the modem.
#pragma once

#include "m531x/error.h"

namespace m531x::port {

enum class Stage : bool { connecting, open };

// The cause for errno value `error`.
[[nodiscard]] Cause cause_of_errno(int error, Stage stage);
// The cause for c-ares status `status`, which is not ARES_SUCCESS.
[[nodiscard]] Cause cause_of_lookup(int status);

}  // namespace m531x::port
