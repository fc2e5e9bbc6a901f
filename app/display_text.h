// SPDX-License-Identifier: Apache-2.0
// Text as a terminal shows it: a Chinese character takes two columns, a combining mark none.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace m531x::app {

// UTF-8 without what a terminal would not show as it stands: a control character or a byte that is
// no UTF-8 is a `?` here.
[[nodiscard]] std::string shown(std::string_view text);

// How many columns shown(text) takes.
[[nodiscard]] std::size_t columns_of(std::string_view text);

// `text` in pieces of at most `width` columns, together all of it; at least one piece. It is cut
// behind a space, where that does not leave half of the width empty, else between any characters. A
// character that is wider than `width` stands alone. The pieces are views into `text`.
[[nodiscard]] std::vector<std::string_view> wrapped(std::string_view text, std::size_t width);

// The beginning of `text` and ` ... (<byte_count> bytes)`, in `width` columns; all of `text` if
// that fits.
[[nodiscard]] std::string fitted(std::string_view text, std::size_t byte_count, std::size_t width);

}  // namespace m531x::app
