// SPDX-License-Identifier: Apache-2.0
// Files that a user names. What throws UserError does so with `name` for the file and the reason.
#pragma once

#include <fstream>
#include <istream>
#include <string>
#include <string_view>

namespace m531x::app {

// A file for reading, in pieces.
class InputFile : public std::istream {
 public:
  // Throws UserError, for a folder, too.
  InputFile(const std::string& path, std::string_view name);

 private:
  // An error is no end: it throws UserError with the reason alone, for who reads knows the place.
  // The functions of a stream turn that into badbit, those of its rdbuf() do not.
  class Buffer : public std::filebuf {
   protected:
    int_type underflow() override;
  };

  Buffer buffer_;
};

[[nodiscard]] std::string read_file(const std::string& path, std::string_view name);
void write_file(const std::string& path, std::string_view name, std::string_view text);

}  // namespace m531x::app
