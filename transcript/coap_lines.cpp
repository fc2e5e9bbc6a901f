// SPDX-License-Identifier: Apache-2.0
#include "transcript/coap_lines.h"

#include <array>
#include <charconv>

#include "transcript/notation.h"

namespace m531x::transcript {

namespace {

using StimulusKind = Stimulus::Kind;

// From 0.01 on.
constexpr std::array<std::string_view, 4> kMethods = {"GET", "POST", "PUT", "DELETE"};

std::string_view take_word(std::string_view& line) {
  const std::size_t end = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return word;
}

std::optional<std::uint16_t> number_of(std::string_view word) {
  std::uint16_t number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (error != std::errc{} || end != word.data() + word.size()) return std::nullopt;
  return number;
}

std::optional<CoapCode> code_of(std::string_view word) {
  for (std::size_t i = 0; i < kMethods.size(); ++i) {
    if (word == kMethods.at(i)) return static_cast<CoapCode>(kCoapGet + i);
  }
  if (word.size() != 4 || word[1] != '.') return std::nullopt;
  const auto major = number_of(word.substr(0, 1));
  const auto minor = number_of(word.substr(2));
  if (!major || !minor || *major > 7 || *minor > 31) return std::nullopt;
  return coap_code(*major, *minor);
}

std::string spelled(std::string_view bytes) {
  std::string text = render(bytes, "");
  std::erase(text, '\n');
  return text;
}

// `[40] ` in front.
bool take_format(std::string_view& line, ContentFormat& format) {
  if (!line.starts_with('[')) return true;
  const auto number = number_of(line.substr(1, line.find(']') - 1));
  if (!number) return false;
  format = static_cast<ContentFormat>(*number);
  take_word(line);
  return true;
}

// `[<id>] GET|...|2.05 path[?query] [accept n] [observe|cancel] [[format]] payload`
std::optional<Stimulus> parse_message(std::string_view line) {
  Stimulus says;
  says.kind = StimulusKind::coap_says;
  std::string_view word = take_word(line);
  if (const auto id = number_of(word)) {
    says.coap.id = *id;
    word = take_word(line);
  }
  const auto code = code_of(word);
  if (!code) return std::nullopt;
  says.coap.code = *code;
  says.coap.kind = is_request(*code) ? CoapMessage::Kind::request : CoapMessage::Kind::response;
  if (!line.starts_with('[')) says.path = take_word(line);
  if (const std::size_t mark = says.path.find('?'); mark != std::string::npos) {
    says.query = says.path.substr(mark + 1);
    says.path.erase(mark);
  }
  if (says.path == "/") says.path.clear();
  if (line.starts_with("accept ")) {
    take_word(line);
    const auto accept = number_of(take_word(line));
    if (!accept) return std::nullopt;
    says.coap.accept = static_cast<ContentFormat>(*accept);
  }
  if (line == "observe" || line == "cancel") {
    says.coap.observe =
        line == "observe" ? CoapMessage::Observe::start : CoapMessage::Observe::cancel;
    return says;
  }
  auto payload = take_format(line, says.coap.format) ? decode_raw(line) : std::nullopt;
  if (!payload) return std::nullopt;
  says.bytes = *std::move(payload);
  return says;
}

}  // namespace

std::string name_of(CoapCode code) {
  if (code >= kCoapGet && code <= kCoapDelete) return std::string(kMethods.at(code - kCoapGet));
  const int detail = code & 31;
  return std::to_string(code >> 5) + (detail < 10 ? ".0" : ".") + std::to_string(detail);
}

std::optional<Stimulus> parse_coap(std::string_view line) {
  Stimulus stimulus;
  const std::string_view word = take_word(line);
  if (word == ">") return parse_message(line);
  if (word == "opened" && line.empty()) {
    stimulus.kind = StimulusKind::coap_opened;
    return stimulus;
  }
  if (word == "closed") {
    const auto cause = find_cause(line);
    if (!cause) return std::nullopt;
    stimulus.kind = StimulusKind::coap_ends;
    stimulus.cause = *cause;
    return stimulus;
  }
  if (word == "failed" && (line == "no_answer" || line == "rejected")) {
    stimulus.kind = StimulusKind::coap_fails;
    stimulus.coap.kind = CoapMessage::Kind::request;
    stimulus.why = line == "rejected" ? CoapFailure::rejected : CoapFailure::no_answer;
    return stimulus;
  }
  const auto id = number_of(take_word(line));
  if (!id) return std::nullopt;
  stimulus.coap.id = *id;
  if (word == "acknowledged" && line.empty()) {
    stimulus.kind = StimulusKind::coap_acknowledges;
    return stimulus;
  }
  if (word != "failed" || (line != "no_answer" && line != "rejected")) return std::nullopt;
  stimulus.kind = StimulusKind::coap_fails;
  stimulus.coap.kind = CoapMessage::Kind::notification;
  stimulus.why = line == "rejected" ? CoapFailure::rejected : CoapFailure::no_answer;
  return stimulus;
}

std::optional<std::string> expected_coap(std::string_view line) {
  const auto bytes = decode_raw(line);
  if (!bytes) return std::nullopt;
  return "coap " + spelled(*bytes);
}

std::string text_of(const CoapMessage& message) {
  std::string text = "< ";
  if (message.kind != CoapMessage::Kind::request) text += std::to_string(message.id) + " ";
  if (message.kind == CoapMessage::Kind::notification) {
    text += message.confirmable ? "notify con " : "notify ";
  }
  text += name_of(message.code);
  if (!message.path.empty()) text.append(" ").append(message.path);
  if (!message.query.empty()) text.append("?").append(message.query);
  if (message.observe == CoapMessage::Observe::start) text += " observe";
  if (message.format != ContentFormat::none) {
    text += " [" + std::to_string(static_cast<unsigned>(message.format)) + "]";
  }
  if (!message.payload.empty()) text.append(" ").append(message.payload);
  return "coap " + spelled(text);
}

}  // namespace m531x::transcript
