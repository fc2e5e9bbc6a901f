// SPDX-License-Identifier: Apache-2.0
// m531x run --record: writes the journal of a run (app/journal.h). What is in it comes from a
// second modem beside each one, which gets the same calls without their secrets: so they are
// nowhere in the file, and yet all of it fits together.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "app/journal_modems.h"
#include "m531x/profile.h"
#include "port/recorder.h"
#include "port/unique_fd.h"

namespace m531x::app {

class Recording {
 public:
  // Calls of one modem wait until the line that its host types has ended and can be judged, so many
  // and with so many bytes; then what has been typed of it is hidden.
  static constexpr std::size_t kMaxWaitingCalls = 10'000;
  static constexpr std::size_t kMaxWaitingBytes = 4 << 20;

  // Told a sentence, once for each trouble: the file cannot be written any more, which ends the
  // recording and nothing else; a modem without secrets goes another way.
  using Complain = std::function<void(const std::string& sentence)>;

  // Begins file `path`. Throws UserError when it cannot be written.
  Recording(const std::string& path, const JournalHead& head, Complain complain);
  ~Recording();
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;

  // The recorder of modem `number`, which must not outlive the recording. `at_start`: how the
  // modem's line is set when it is switched on.
  [[nodiscard]] std::unique_ptr<port::Recorder> watch(unsigned number, const Profile& at_start);

 private:
  class Watch;

  [[nodiscard]] bool goes_on() const { return file_.valid(); }
  void write(std::string_view line);
  // nullopt: the recording has ended.
  std::optional<Entry> play(const Entry& entry);
  void end(std::string_view why);

  std::string name_;
  bool with_secrets_;
  Complain complain_;
  JournalModems modems_;
  port::UniqueFd file_;  // none when the recording has ended
};

}  // namespace m531x::app
