// SPDX-License-Identifier: Apache-2.0
// What one module keeps without power, as a file that outlives the program. It is a line with the
// model's name, then the image of m531x/flash.h.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "m531x/flash.h"
#include "port/lock_file.h"

namespace m531x::port {

class StateFile {
 public:
  // Told one sentence when a write fails after none or a good one.
  using Complain = std::function<void(const std::string& sentence)>;

  // Reads file `path`, which may not be there yet: then the module is a new one. As long as the
  // object lives no other program has the file, which `path`.lock says; `path`.new is what is being
  // written. Throws UserError, and leaves the file as it is,
  // when it is damaged, of another model, not to be had, or another program has it.
  StateFile(std::string path, std::string_view model, Complain complain);

  // What it kept when it was read.
  [[nodiscard]] const Flash& flash() const { return flash_; }
  // Stores `flash` when it returns; a crash at any moment leaves the old content or the new one. A
  // failure is told and leaves the old one; false: it is to be tried again.
  [[nodiscard]] bool keep(const Flash& flash);

 private:
  void read();
  [[nodiscard]] int write(const Flash& flash) const;
  [[noreturn]] void refuse(const std::string& why) const;

  std::string name_;    // as the user wrote it
  std::string path_;    // of the file itself, where `name_` is a link
  std::string header_;  // the line with the model's name
  Complain complain_;
  LockFile lock_;
  Flash flash_;
  bool failed_ = false;
};

}  // namespace m531x::port
