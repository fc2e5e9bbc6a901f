// SPDX-License-Identifier: Apache-2.0
#include "modem/clock_commands.h"

#include "m531x/ascii.h"
#include "modem/format.h"

namespace m531x::modem {
namespace {

using at::Call;
using at::Final;
using at::Form;
using mem::Text;

constexpr std::int64_t kQuarterSeconds = 900;

// Reads `25/01/31,23:59:59+32`, or without the zone, off the front; the century is this one.
class TimeReader {
 public:
  explicit TimeReader(Bytes text) : text_(text) {}

  // Two digits, and `separator` behind them unless it is NUL.
  std::uint8_t number(char separator) {
    const bool ok = text_.size() >= 2 && is_digit(text_[0]) && is_digit(text_[1]);
    const int value = ok ? (text_[0] - '0') * 10 + (text_[1] - '0') : 0;
    text_ = mem::after(text_, 2);
    good_ = good_ && ok && (separator == '\0' || is(separator));
    if (separator != '\0') text_ = mem::after(text_, 1);
    return static_cast<std::uint8_t>(value);
  }
  // `+32`; `otherwise` when the text has ended.
  std::int8_t zone(std::int8_t otherwise) {
    if (text_.empty()) return otherwise;
    const bool is_west = is('-');
    good_ = good_ && (is_west || is('+'));
    text_ = mem::after(text_, 1);
    const std::uint8_t quarters = number('\0');
    return static_cast<std::int8_t>(is_west ? -quarters : quarters);
  }
  [[nodiscard]] bool good() const { return good_ && text_.empty(); }

 private:
  [[nodiscard]] bool is(char byte) const { return !text_.empty() && text_[0] == byte; }

  Bytes text_;
  bool good_ = true;
};

}  // namespace

// AT+CCLK="yy/MM/dd,hh:mm:ss[+-zz]"; AT+CCLK?                                    (27.007 8.15)
// Without quotes the comma makes two parameters of it.
Final clock(Engine& engine, const Call& call) {
  Mobile& mobile = engine.mobile;
  const bool is_utc = engine.model.base.clock_is_utc;
  if (call.form == Form::read) {
    const std::int64_t offset = is_utc ? 0 : mobile.zone() * kQuarterSeconds;
    Text value;
    add_date(value, date_of(mobile.time(engine.now()) + offset), 2);
    add_zone(value, mobile.zone());
    Text text;
    mobile.add_string(text, value);
    return engine.answer(call.name, text);
  }
  const at::Args& args = call.args;
  const bool may_be_two = !engine.model.base.quotes && !args[0].quoted;
  if (args.size() > 2 || (args.size() == 2 && (!may_be_two || args[1].quoted))) {
    return Final::wrong_parameters;
  }
  Text typed;
  typed.add(args[0].text());
  if (args.size() == 2) typed.add(',').add(args[1].text());
  TimeReader reader(typed);
  DateTime date{};
  date.year = 2000 + reader.number('/');
  date.month = reader.number('/');
  date.day = reader.number(',');
  date.hour = reader.number(':');
  date.minute = reader.number(':');
  date.second = reader.number('\0');
  const std::int8_t zone = reader.zone(mobile.zone());
  std::int64_t seconds = 0;
  if (!reader.good() || zone < kMinZone || zone > kMaxZone || !seconds_of(date, seconds)) {
    return Final::wrong_parameters;
  }
  mobile.set_time(is_utc ? seconds : seconds - zone * kQuarterSeconds, zone, engine.now());
  return Final::ok;
}

// AT+CTZR=<n>; AT+CTZR?  ->  +CTZR:<n>, OK                                       (27.007 8.41)
Final zone_reports(Engine& engine, const Call& call) {
  Mobile& mobile = engine.mobile;
  if (call.form == Form::read) {
    return engine.answer(call.name, Text().add(std::uint32_t{mobile.requests.zone}));
  }
  const auto mode = call.args.number(0, 0, 3);
  if (!mode || call.args.size() != 1) return Final::wrong_parameters;
  mobile.begin_zone_reports(static_cast<std::uint8_t>(*mode), engine.now());
  return Final::ok;
}

}  // namespace m531x::modem
