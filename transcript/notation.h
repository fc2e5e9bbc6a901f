// SPDX-License-Identifier: Apache-2.0
// How a transcript spells bytes (docs/transcripts.md): repeats, escapes, and the way back for
// messages.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace m531x::transcript {

// Expands each {<count>*<text>}. Everything else is itself.
[[nodiscard]] std::string expand_repeats(std::string_view text);

// Expands repeats, then the escapes \r \n \\ and \xhh. nullopt: another escape, or half of one.
[[nodiscard]] std::optional<std::string> decode_raw(std::string_view text);

// Bytes as decode_raw would read them, one line of text for each line of bytes, each behind
// `mark`. Long runs of one byte are shortened to a repeat.
[[nodiscard]] std::string render(std::string_view bytes, std::string_view mark);

}  // namespace m531x::transcript
