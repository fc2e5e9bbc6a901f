// SPDX-License-Identifier: Apache-2.0
#include "port/user_error.h"

#include <system_error>

namespace m531x::port {

std::string words_of(int error) { return std::generic_category().message(error); }

}  // namespace m531x::port
