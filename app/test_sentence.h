// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "port/user_error.h"

namespace m531x::app {

// What `call` complains of, or nothing.
template <typename Call>
std::string sentence(Call call) {
  try {
    static_cast<void>(call());
  } catch (const port::UserError& error) {
    return error.what();
  }
  return {};
}

}  // namespace m531x::app
