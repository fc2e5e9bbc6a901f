// SPDX-License-Identifier: Apache-2.0
// What a user got wrong, in one sentence that names the place.
#pragma once

#include <stdexcept>
#include <string>

namespace m531x::port {

// Thrown while the program is set up; the program prints what() and ends with status 2.
class UserError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The words of errno value `error`.
[[nodiscard]] std::string words_of(int error);

}  // namespace m531x::port
