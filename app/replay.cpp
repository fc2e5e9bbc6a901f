// SPDX-License-Identifier: Apache-2.0
// m531x replay: does again what a journal tells, and says where the modem does something else.
#include <fmt/format.h>

#include <memory>
#include <optional>

#include "app/commands.h"
#include "app/journal_modems.h"
#include "app/text_file.h"
#include "port/user_error.h"

namespace m531x::app {
namespace {

constexpr double kMillisPerSecond = 1'000;

struct ReplayOptions {
  std::string file;
  bool print = false;
  std::optional<unsigned> modem;
};

// What a line says, without its time and its modem, which stand before it.
std::string words_of(const Entry& entry) {
  const std::string line = line_of(entry);
  const std::size_t modem = line.find(' ') + 1;
  const std::size_t words = line.find(' ', modem) + 1;
  return line.substr(words, line.size() - words - 1);
}

class Replay {
 public:
  explicit Replay(const ReplayOptions& options)
      : options_(options),
        file_(options.file, options.file),
        journal_(file_, options.file),
        modems_(journal_.head().settings) {}

  int run() {
    const std::string_view recorded_by = journal_.head().version;
    if (recorded_by != version()) {
      remark(fmt::format("it was recorded by m531x {}, and this is {}", recorded_by, version()));
    }
    while (const auto entry = journal_.next()) {
      ++count_;
      if (!play(*entry)) return kFailed;
    }
    if (journal_.is_cut()) {
      remark("its last line is not whole; the lines before it were played");
    } else if (!journal_.is_complete()) {
      remark("it has no end: the program was killed, or still runs");
    }
    if (options_.modem && !found_) {
      throw port::UserError(
          fmt::format("{}: there is no modem {} in it", options_.file, *options_.modem));
    }
    fmt::print("{}: {} calls of {} {}, and the same output\n", options_.file, count_, modem_count_,
               modem_count_ == 1 ? "modem" : "modems");
    return kDone;
  }

 private:
  void remark(const std::string& sentence) const {
    fmt::print(stderr, "m531x: {}: {}\n", options_.file, sentence);
  }

  // False: this modem does something else.
  bool play(const Entry& entry) {
    if (entry.kind == Entry::Kind::on) ++modem_count_;
    found_ = found_ || options_.modem == entry.modem;
    std::optional<Entry> came;
    try {
      came = modems_.play(entry);
    } catch (const port::UserError& error) {
      journal_.refuse(error.what());
    }
    if (options_.modem && *options_.modem != entry.modem) return true;
    const double time = static_cast<double>(entry.call.now.count()) / kMillisPerSecond;
    if (options_.print) fmt::print("{:>10.3f}  {:>2}  {}\n", time, entry.modem, words_of(entry));
    if (line_of(*came) == line_of(entry)) return true;
    fmt::print(
        "{}:{}: call {}, at {:.3f} s: modem {} does something else\n  recorded  {}\n  now       "
        "{}\n",
        options_.file, journal_.line_number(), count_, time, entry.modem, words_of(entry),
        words_of(*came));
    return false;
  }

  const ReplayOptions& options_;
  InputFile file_;
  JournalReader journal_;
  JournalModems modems_;
  std::size_t count_ = 0;
  std::size_t modem_count_ = 0;
  bool found_ = false;  // the modem that is asked for
};

}  // namespace

Command add_replay(CLI::App& program) {
  auto* const app =
      program.add_subcommand("replay", "Do again what m531x run --record has written, and compare");
  const auto options = std::make_shared<ReplayOptions>();
  expects(app->add_option("file", options->file, "The journal")->required(), "FILE");
  app->add_flag("--print", options->print,
                "Show each call with its time, in seconds, and its modem");
  app->add_option("--modem", options->modem, "Show and compare this one alone; all are played")
      ->type_name("NUMBER");
  app->footer(
      "Exit status: 0 when all output is the same, 1 at the first difference, 2 when the file is "
      "no journal.\n"
      "\n"
      "Examples:\n"
      "  m531x run --record bug.journal\n"
      "  m531x replay bug.journal\n"
      "  m531x replay bug.journal --print --modem 0");
  return {app, [options] { return Replay(*options).run(); }};
}

}  // namespace m531x::app
