// SPDX-License-Identifier: Apache-2.0
#include "app/text_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <iterator>

#include "port/user_error.h"

namespace m531x::app {
namespace {

using port::UserError;

[[noreturn]] void throw_reason() { throw UserError("cannot read it: " + port::words_of(errno)); }

[[noreturn]] void throw_named(std::string_view name, const UserError& error) {
  throw UserError(fmt::format("{}: {}", name, error.what()));
}

}  // namespace

InputFile::InputFile(const std::string& path, std::string_view name) : std::istream(nullptr) {
  init(&buffer_);
  try {
    if (buffer_.open(path, std::ios::in | std::ios::binary) == nullptr) throw_reason();
    // A folder opens, and cannot be read.
    buffer_.sgetc();
  } catch (const UserError& error) {
    throw_named(name, error);
  }
}

std::filebuf::int_type InputFile::Buffer::underflow() {
  try {
    return std::filebuf::underflow();
  } catch (const std::ios_base::failure&) {
    throw_reason();
  }
}

std::string read_file(const std::string& path, std::string_view name) {
  InputFile file(path, name);
  try {
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  } catch (const UserError& error) {
    throw_named(name, error);
  }
}

void write_file(const std::string& path, std::string_view name, std::string_view text) {
  std::ofstream file(path, std::ios::binary);
  file << text << std::flush;
  if (file) return;
  throw UserError(fmt::format("{}: cannot write it: {}", name, port::words_of(errno)));
}

}  // namespace m531x::app
