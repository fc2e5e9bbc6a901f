// SPDX-License-Identifier: Apache-2.0
#include "app/text_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <fstream>
#include <iterator>

#include "port/user_error.h"

namespace m531x::app {

std::string read_file(const std::string& path, std::string_view name) {
  std::ifstream file(path, std::ios::binary);
  int error = file ? 0 : errno;
  std::string text;
  // A folder opens, and cannot be read.
  try {
    text.assign(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  } catch (const std::ios_base::failure&) {
    error = errno;
  }
  if (error == 0) return text;
  throw port::UserError(fmt::format("{}: cannot read it: {}", name, port::words_of(error)));
}

void write_file(const std::string& path, std::string_view name, std::string_view text) {
  std::ofstream file(path, std::ios::binary);
  file << text << std::flush;
  if (file) return;
  throw port::UserError(fmt::format("{}: cannot write it: {}", name, port::words_of(errno)));
}

}  // namespace m531x::app
