// SPDX-License-Identifier: Apache-2.0
#include "port/strict_pty.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

#include "port/serial_settings.h"
#include "port/uart_garble.h"

namespace m531x::port {
namespace {

// So much is garbled in one piece, for it makes many bytes of one.
constexpr std::size_t kPieceBytes = 256;

}  // namespace

std::uint32_t StrictPty::other_rate() {
  if (baud_ == 0) return 0;
  const std::uint32_t host = line_rate(input_fd());
  return host == baud_ ? 0 : host;
}

std::string_view StrictPty::words() const {
  return garbles_ ? "the host's rate is not the modem's: what passes is garbled"
                  : std::string_view();
}

ByteStream::Result StrictPty::read(std::span<char> room) {
  const std::uint32_t host = other_rate();
  if (host == 0) {
    const auto clean = ByteStream::read(room);
    if (clean.byte_count > 0) garbles_ = false;
    return clean;
  }
  std::array<char, kPieceBytes> piece{};
  const std::size_t fitting = room.size() / kMostGarbled;
  const auto result =
      ByteStream::read(std::span(piece).first(std::clamp<std::size_t>(fitting, 1, kPieceBytes)));
  if (result.byte_count == 0) return result;
  garbles_ = true;
  const std::string garbled = garble({piece.data(), result.byte_count}, host, baud_);
  ::explicit_bzero(piece.data(), piece.size());
  if (garbled.empty()) return {.blocked = true};
  const std::size_t size = std::min(garbled.size(), room.size());
  std::copy_n(garbled.begin(), size, room.begin());
  return {.byte_count = size};
}

ByteStream::Result StrictPty::write(std::span<const Bytes> views) {
  const std::uint32_t host = other_rate();
  garbles_ = host != 0;
  if (!garbles_) return ByteStream::write(views);
  std::string piece;
  for (const Bytes view : views) piece += view.substr(0, kPieceBytes - piece.size());
  const std::string garbled = garble(piece, baud_, host);
  if (!garbled.empty()) {
    const Bytes view = garbled;
    const auto result = ByteStream::write(std::span(&view, 1));
    if (result.byte_count == 0) return result;
  }
  return {.byte_count = piece.size()};
}

}  // namespace m531x::port
