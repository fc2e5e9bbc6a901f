// SPDX-License-Identifier: Apache-2.0
#include "http/plain_header.h"

#include <algorithm>

#include "http/field_name.h"

namespace m531x::http {
namespace {

constexpr FieldName kConnection = "connection";
constexpr FieldName kLength = "content-length";
constexpr FieldName kProxyConnection = "proxy-connection";
constexpr FieldName kCoding = "transfer-encoding";

// "HTTP/1.1 200 OK": where the status begins, and what is behind it.
constexpr std::size_t kStatus = 9;
constexpr std::size_t kBehindStatus = kStatus + 3;

// Follows llhttp through a header, and stops it where the line filter has a say.
class Lines {
 public:
  Lines(Bytes slice, std::uint32_t most_line_bytes)
      : line_(slice.data()), end_(slice.data() + slice.size()), most_line_bytes_(most_line_bytes) {}

  // False: the status line is an odd one. llhttp judges the rest of it, but tells of a reason only.
  bool begin() {
    if (end_ - line_ < static_cast<std::ptrdiff_t>(kBehindStatus + 4) || *line_ != 'H' ||
        line_[kStatus] == ' ') {
      return false;
    }
    const char* text = line_ + kBehindStatus;
    if (*text == ' ') {
      ++text;
    } else if (*text != '\r') {
      return false;
    }
    begin_ = line_;
    reason_ = text;
    return *text != '\r' || end_line(text);
  }

  // llhttp judges the reason by nothing but its end.
  bool reason(Bytes text) {
    if (text.data() != reason_ || text.find('\0') != Bytes::npos) return false;
    reason_size_ = static_cast<std::uint32_t>(text.size());
    return end_line(text.data() + text.size());
  }

  // llhttp refuses odd bytes in a name by itself.
  bool name(Bytes text) {
    if (fields_ == nullptr) fields_ = text.data();
    name_ = text;
    return text.data() == line_;
  }

  // A value that is empty or folded is told of where another line is read.
  bool value(Bytes text) {
    const char* const name_end = name_.data() + name_.size();
    const auto before = static_cast<std::size_t>(text.data() - name_end);
    if (name_.empty() || (before > 2 && Bytes(name_end, before).find('\n') != Bytes::npos)) {
      return false;
    }
    const Bytes name = name_;
    name_ = {};
    return is_plain(name, Bytes(name_end, before + text.size())) &&
           end_line(text.data() + text.size());
  }

  // What it was, when llhttp has read up to `at`, behind an empty line.
  [[nodiscard]] std::optional<PlainHeader> ended(const char* at) const {
    if (at != line_ + kHeaderEndBytes) return std::nullopt;
    const char* const fields = fields_ == nullptr ? line_ : fields_;
    return PlainHeader{static_cast<std::uint32_t>(fields - begin_),
                       static_cast<std::uint32_t>(line_ - fields),
                       {reason_, reason_size_}};
  }
  [[nodiscard]] bool has_length() const { return has_length_; }

 private:
  static bool is_list(Bytes value) {
    return std::ranges::any_of(value, [](char c) { return c == ',' || c == '\t'; });
  }

  bool is_plain(Bytes name, Bytes value) {
    switch (name.size()) {
      case kConnection.size():
        return !kConnection.is(name.data()) || !is_list(value);
      case kLength.size():
        if (!kLength.is(name.data())) return true;
        has_length_ = true;
        return !is_list(value);
      case kProxyConnection.size():
        return !kProxyConnection.is(name.data());
      case kCoding.size():
        return !kCoding.is(name.data());
      default:
        return true;
    }
  }

  // The text of the line ends here; CR LF must follow.
  bool end_line(const char* text_end) {
    if (end_ - text_end < 2 || text_end[0] != '\r' || text_end[1] != '\n') return false;
    const char* const next = text_end + 2;
    if (next - line_ > static_cast<std::ptrdiff_t>(most_line_bytes_)) return false;
    line_ = next;
    return true;
  }

  const char* line_;  // that is being read
  const char* end_;   // of the slice
  std::uint32_t most_line_bytes_;
  const char* begin_ = nullptr;
  const char* reason_ = nullptr;
  std::uint32_t reason_size_ = 0;
  const char* fields_ = nullptr;
  Bytes name_;  // whose value is awaited
  bool has_length_ = false;
};

template <bool (Lines::*kTell)(Bytes)>
int tell(llhttp_t* parser, const char* at, std::size_t size) {
  return (static_cast<Lines*>(parser->data)->*kTell)(Bytes(at, size)) ? HPE_OK : HPE_USER;
}

constexpr llhttp_settings_t kSettings = [] {
  llhttp_settings_t settings{};
  settings.on_status = tell<&Lines::reason>;
  settings.on_header_field = tell<&Lines::name>;
  settings.on_header_value = tell<&Lines::value>;
  settings.on_headers_complete = [](llhttp_t*) -> int { return HPE_PAUSED; };
  return settings;
}();

}  // namespace

std::optional<PlainHeader> read_plain_header(llhttp_t& parser, Bytes slice,
                                             std::uint32_t most_bytes,
                                             std::uint32_t most_line_bytes) {
  Lines lines(slice, most_line_bytes);
  if (!lines.begin()) return std::nullopt;
  llhttp_init(&parser, HTTP_RESPONSE, &kSettings);
  parser.data = &lines;
  const llhttp_errno_t error = llhttp_execute(&parser, slice.data(), slice.size());
  parser.data = nullptr;
  if (error != HPE_PAUSED) return std::nullopt;
  const bool has_length = (parser.flags & F_CONTENT_LENGTH) != 0;
  if (parser.http_major != 1 || parser.status_code < 200 || has_length != lines.has_length()) {
    return std::nullopt;
  }
  const auto header = lines.ended(parser.error_pos);
  const bool fits =
      header && header->status_bytes + header->field_bytes + kHeaderEndBytes <= most_bytes;
  return fits ? header : std::nullopt;
}

}  // namespace m531x::http
