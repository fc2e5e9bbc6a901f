// SPDX-License-Identifier: Apache-2.0
#include "fuzz/session/dialect.h"

#include <algorithm>

#include "at/command.h"

namespace m531x::fuzz {
namespace {

using ItemKind = Item::Kind;

constexpr std::size_t kLineBlocks = 16;  // of the longest line that a script may allow
constexpr unsigned kStyleCount = 8;

bool is_report(const Item& item) { return item.kind >= ItemKind::text_report; }

}  // namespace

Dialect::Dialect(const Script& script, bool scarce)
    : script_(script), scarce_(scarce), memory_(kLineBlocks), line_(memory_.pool) {
  const Variant& variant = script.settings.variant;
  styles_.set(kVerbose | (variant.echo ? unsigned{kEcho} : 0U));
}

Dialect::Styles Dialect::widened(Styles styles, std::uint8_t bits) {
  Styles all;
  for (unsigned style = 0; style < kStyleCount; ++style) {
    for (unsigned other = 0; other < kStyleCount; ++other) {
      if (styles[style] && ((style ^ other) & ~unsigned{bits}) == 0) all.set(other);
    }
  }
  return all;
}

void Dialect::typed(char byte) {
  if (!follows_) return;
  Bytes input(&byte, 1);
  const auto taken = line_.take(input, {}, script_.settings.limits.line_bytes);
  echo_.append(taken.echo);
  using Event = at::CommandLine::Event;
  if (taken.event == Event::complete) typed_.push_back(line_of(text_of(line_.body())));
  if (taken.event == Event::lost) typed_.emplace_back();
}

void Dialect::went_down(std::size_t answered, bool bytes_waited) {
  line_ = at::CommandLine(memory_.pool);
  if (bytes_waited) follows_ = false;
  if (typed_.size() > answered) typed_.resize(answered);
}

Dialect::Line Dialect::line_of(Bytes body) {
  Line line;
  at::LineParser parser(body);
  at::Call call;
  while (parser.next(call) && call.form != at::Form::malformed) {
    const Bytes name = call.name.view();
    if (name == "E") line.widens |= kEcho;
    if (name == "V") line.widens |= kVerbose;
    if (name == "Q") line.widens |= kQuiet;
    if (name == "Z" || name == "&F") line.widens |= kVerbose | kQuiet | kEcho;
    if (call.form == at::Form::set && (name == "S3" || name == "S4" || name == "S5")) {
      line.sets_characters = true;
    }
    if (name == "+HTTPCREATE") line.creates = true;
    if (name == "+HTTPCLOSE") {
      const auto id = call.args.number(0, 0, kMaxInstances - 1);
      if (id) line.closes.set(*id);
    }
  }
  return line;
}

std::vector<Dialect::Line> Dialect::take_lines(const Moment& moment) {
  std::vector<Line> lines;
  for (std::uint32_t i = 0; i < moment.lines; ++i) {
    if (typed_.empty()) {
      expect(scarce_, "a result code answers a line");
      lines.push_back({.widens = kVerbose | kQuiet | kEcho, .creates = true, .closes = ~0U});
      continue;
    }
    lines.push_back(typed_.front());
    typed_.pop_front();
  }
  const bool are_all = scarce_ || !moment.exact || moment.downs > 0 || typed_.empty();
  expect(are_all, "a line that has ended is answered");
  return lines;
}

void Dialect::hear(Bytes bytes, const Moment& moment) {
  if (!follows_) return;
  const std::vector<Line> lines = take_lines(moment);
  if (bytes.empty() && lines.empty() && echo_.empty() && moment.downs == 0) return;
  line_count_ += lines.size();
  down_count_ += moment.downs;
  for (const Line& line : lines) {
    styles_ = widened(styles_, line.widens & (kVerbose | kQuiet));
    if (line.sets_characters) follows_ = false;
  }
  if (moment.downs > 0) {
    styles_ = widened(styles_, kVerbose | kQuiet | kEcho);
    for (Told& told : told_) told.exists = std::max(told.exists, Exists::maybe);
  }
  if (!follows_) return;

  // What came while the host did not look may be of more than one style.
  const auto widens = [](const Line& line) { return line.widens != 0; };
  const bool mixed = std::ranges::any_of(lines, widens) || moment.downs > 0 ||
                     (!echo_.empty() && (styles_ & Styles(0xf0)).any());
  if (!moment.exact && mixed) {
    lose_track();
  } else {
    read(bytes, moment, lines);
  }
  echo_.clear();
  // The line's own bytes have been echoed as it was set before, and its first texts framed so.
  for (const Line& line : lines) styles_ = widened(styles_, line.widens & (kEcho | kVerbose));
  if ((styles_ & Styles(0xcc)).any()) is_answered_ = false;
  if (moment.downs == 0) return;
  styles_ = widened(styles_, kVerbose | kQuiet | kEcho);
  for (Told& told : told_) told = {.exists = moment.exact ? Exists::no : Exists::maybe};
  for (Told& told : told_) told.sure = moment.exact;
}

void Dialect::read(Bytes bytes, const Moment& moment, const std::vector<Line>& lines) {
  Styles agreeing;
  std::vector<Item> items;
  for (unsigned style = 0; style < kStyleCount; ++style) {
    std::vector<Item> read_so;
    if (!styles_[style] || !is_read(bytes, moment, lines, style, read_so)) continue;
    if (agreeing.none()) items = std::move(read_so);
    agreeing.set(style);
  }
  if (agreeing.none()) show("heard", bytes);
  expect(agreeing.any(), "the host can read what it hears");
  styles_ = scarce_ ? widened(agreeing, kEcho) : agreeing;
  interpret(items, lines);
}

bool Dialect::is_read(Bytes bytes, const Moment& moment, const std::vector<Line>& lines,
                      unsigned style, std::vector<Item>& items) {
  if ((style & kEcho) != 0) {
    if (!bytes.starts_with(echo_)) return false;
    bytes.remove_prefix(echo_.size());
  }
  const std::size_t boot_text = boot_text_;
  const bool quiet = (style & kQuiet) != 0;
  const bool changes =
      std::ranges::any_of(lines, [](const Line& line) { return (line.widens & kVerbose) != 0; });
  const Frames terse = changes ? Frames::terse_then_either : Frames::terse;
  const bool may_be =
      read_items(bytes, (style & kVerbose) != 0 ? Frames::verbose : terse, items) &&
      (!moment.exact || scarce_ || moment.downs > 0 || in_order(items, lines.size(), quiet));
  boot_text_ = boot_text;
  return may_be;
}

bool Dialect::read_items(Bytes bytes, Frames frames, std::vector<Item>& items) {
  while (!bytes.empty()) {
    Item item;
    if (!take_item(bytes, frames, item)) return false;
    // The boot text of the Hi2115 has an OK of its own.
    if (item.text.starts_with("REBOOT_CAUSE_")) {
      boot_text_ = 1;
    } else if (boot_text_ == 1 && item.text == script_.model->name) {
      item.kind = ItemKind::text_report;
      boot_text_ = 2;
    } else if (boot_text_ == 2 && item.text == "OK") {
      item.kind = ItemKind::text_report;
      boot_text_ = 0;
    }
    items.push_back(std::move(item));
  }
  return true;
}

// Answers come first, then one result code, then reports; without a line there are only reports.
bool Dialect::in_order(const std::vector<Item>& items, std::size_t lines, bool quiet) const {
  const auto is_result = [](const Item& item) { return item.kind == ItemKind::result; };
  const auto results = static_cast<std::size_t>(std::ranges::count_if(items, is_result));
  if (results != (quiet ? 0 : lines)) return false;
  if (lines == 0) return std::ranges::all_of(items, is_report);
  if (quiet || lines > 1) return true;
  const auto result = std::ranges::find_if(items, is_result);
  const auto cuts = [](const Item& item) { return is_http_report(item.kind); };
  if (std::any_of(items.begin(), result, cuts)) return false;
  const bool shows_behind = script_.settings.variant.query_order == QueryOrder::ok_then_text;
  const auto may_follow = [shows_behind](const Item& item) {
    return is_report(item) ||
           (shows_behind && (item.kind == ItemKind::stored || item.text.starts_with("+HTTPCFG:")));
  };
  return std::all_of(result + 1, items.end(), may_follow);
}

void Dialect::interpret(const std::vector<Item>& items, const std::vector<Line>& lines) {
  std::size_t results = 0;
  const auto all =
      static_cast<std::size_t>(std::ranges::count(items, ItemKind::result, &Item::kind));
  for (const Item& item : items) {
    if (item.text.starts_with("REBOOT_CAUSE_")) boot_text_ = 1;
    if (boot_text_ == 1 && item.text == script_.model->name) boot_text_ = 2;
    if (boot_text_ == 2 && item.text == "OK") boot_text_ = 0;
    if (item.kind == ItemKind::result) {
      const bool is_ok = item.text == "OK" || item.text == "0";
      if (all == lines.size()) close(lines[results], is_ok);
      ++results;
    } else if (item.kind == ItemKind::record) {
      record(item);
    } else if (item.kind == ItemKind::status) {
      Told& told = this->told(item);
      expect(!told.sure || told.phase == Phase::idle, "a status begins a response");
      told.phase = Phase::status;
    } else if (item.kind == ItemKind::failure || item.kind == ItemKind::disconnect) {
      Told& told = this->told(item);
      told.phase = Phase::idle;
      told.sure = true;
    } else if (item.kind == ItemKind::drop) {
      this->told(item);
    } else if (item.kind == ItemKind::information && item.text.starts_with("+HTTPCREATE:")) {
      const Bytes id = mem::after(item.text, 12);
      expect(id.size() == 1 && id[0] >= '0' && id[0] < '0' + script_.model->instance_count,
             "an id is below the count of instances");
      told_[static_cast<std::size_t>(id[0] - '0')] = {.exists = Exists::yes};
    }
  }
  result_count_ += results;
  if (all == lines.size()) return;
  for (const Line& line : lines) close(line, false);
}

// Where its result does not say that all of the line was executed, it may be closed.
void Dialect::close(const Line& line, bool for_sure) {
  for (std::size_t id = 0; id < told_.size(); ++id) {
    if (!line.closes[id]) continue;
    Told& told = told_[id];
    told.exists = for_sure && !line.creates ? Exists::no : Exists::maybe;
    told.sure = false;
  }
}

void Dialect::lose_track() {
  counts_ = false;
  styles_.set();
  boot_text_ = 0;
  for (Told& told : told_) {
    told.exists = Exists::maybe;
    told.sure = false;
  }
}

Dialect::Told& Dialect::told(const Item& item) {
  const std::int64_t id = item.numbers.front();
  expect(id >= 0 && id < script_.model->instance_count, "a report is of an id that there may be");
  Told& told = told_[static_cast<std::size_t>(id)];
  expect(told.exists != Exists::no, "a closed id says nothing");
  return told;
}

void Dialect::record(const Item& item) {
  Told& told = this->told(item);
  const bool is_header = item.text.starts_with("+HTTPNMIH:");
  expect(item.data.size() == static_cast<std::size_t>(item.numbers.back()),
         "a record's length is true");
  if (is_header) {
    header_record(item, told);
  } else {
    content_record(item, told);
  }
}

// +HTTPNMIH:<id>,<more>,<length>, or <id>,<status>,<length>
void Dialect::header_record(const Item& item, Told& told) {
  const auto& numbers = item.numbers;
  expect(numbers.size() == 3, "a header record has three fields");
  const bool tells_status = script_.settings.variant.nmih_form == NmihForm::status_length;
  expect(tells_status || numbers[1] == 0 || numbers[1] == 1, "more is 0 or 1");
  expect(!told.sure || told.phase != Phase::content || tells_status,
         "a header ends once, with more 0");
  if (told.phase == Phase::idle) told.sure = true;
  told.phase = !tells_status && numbers[1] == 0 ? Phase::content : Phase::header;
  if (tells_status) told.phase = Phase::content;
  told.total = told.sum = 0;
}

// +HTTPNMIC:<id>,<more>,<total>,[<summation>,]<length>
void Dialect::content_record(const Item& item, Told& told) {
  const auto& numbers = item.numbers;
  const bool has_sum = script_.settings.variant.nmic_summation;
  expect(numbers.size() == (has_sum ? 5U : 4U), "a content record has its fields");
  expect(numbers[1] == 0 || numbers[1] == 1, "more is 0 or 1");
  const bool is_last = numbers[1] == 0;
  if (told.sure) {
    expect(told.phase == Phase::content, "content is behind the header, until more is 0");
    told.sum += numbers.back();
    expect(numbers[2] >= told.total, "the total never falls");
    expect(numbers[2] >= told.sum, "the total counts all that was shown");
    expect(!has_sum || numbers[3] == told.sum, "the summation is that of the lengths");
    expect(!is_last || numbers[2] == told.sum, "at the end all of the total has been shown");
    told.total = numbers[2];
  }
  if (!is_last) return;
  told.phase = Phase::idle;
  told.sure = true;
  ++response_count_;
}

void Dialect::finish(std::uint32_t requests) {
  if (!follows_) return;
  expect(response_count_ <= requests, "no more responses end than were asked for");
  if (!counts_ || !is_answered_) return;
  expect(result_count_ <= line_count_, "no line has two result codes");
  expect(result_count_ + down_count_ >= line_count_, "every line has a result code");
}

}  // namespace m531x::fuzz
