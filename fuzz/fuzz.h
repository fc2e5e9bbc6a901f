// SPDX-License-Identifier: Apache-2.0
// What the fuzz targets share: how one says that something is wrong, how it reads its input, how it
// cuts bytes into pieces, and memory for the parts of the core that it tries.
#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "m531x/pool.h"
#include "mem/test_text.h"
#include "mem/text.h"

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer calls it so.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace m531x::fuzz {

// Ends the program with one sentence when what must always hold does not.
inline void expect(bool holds, const char* rule) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", rule);
  std::abort();
}

// Bytes to go with such a sentence.
inline void show(const char* what, Bytes bytes) {
  std::fprintf(stderr, "%s: ", what);
  for (const char byte : bytes) {
    const auto value = static_cast<unsigned char>(byte);
    if (value >= ' ' && value < 0x7f && byte != '\\') {
      std::fputc(byte, stderr);
    } else {
      std::fprintf(stderr, byte == '\r' ? "\\r" : byte == '\n' ? "\\n" : "\\x%02x", value);
    }
  }
  std::fputc('\n', stderr);
}

// Reads an input from its front; behind its end all bytes are 0.
class Source {
 public:
  Source(const std::uint8_t* data, std::size_t size)
      : rest_(reinterpret_cast<const char*>(data), size) {}

  std::uint8_t byte() {
    if (rest_.empty()) return 0;
    const auto value = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return value;
  }
  [[nodiscard]] Bytes rest() const { return rest_; }

 private:
  Bytes rest_;
};

// Sizes of pieces: always the same one, or, with a seed, any.
class Cuts {
 public:
  static Cuts of(std::size_t size) { return {size, 0}; }
  static Cuts random(std::uint32_t seed) { return {0, seed * 2 + 1}; }

  // Takes the next piece off the front of `bytes`; never empty unless `bytes` is.
  Bytes take(Bytes& bytes) {
    const Bytes piece = mem::first(bytes, fixed_ != 0 ? fixed_ : 1 + next() % kMostBytes);
    bytes.remove_prefix(piece.size());
    return piece;
  }

 private:
  static constexpr std::uint32_t kMostBytes = 24;
  Cuts(std::size_t fixed, std::uint32_t state) : fixed_(fixed), state_(state) {}
  std::uint32_t next() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 17;
    state_ ^= state_ << 5;
    return state_ >> 8;
  }

  std::size_t fixed_;
  std::uint32_t state_;
};

inline constexpr std::size_t kWhole = static_cast<std::size_t>(-1);

// A pool that brings its blocks and holds its users to giving all of them back.
class Pool {
  std::unique_ptr<Block[]> blocks_;

 public:
  explicit Pool(std::size_t block_count, std::size_t reserve_count = 0)
      : blocks_(std::make_unique_for_overwrite<Block[]>(block_count)),
        pool({blocks_.get(), block_count}, {}, reserve_count) {}
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  ~Pool() { expect(pool.used_count() == 0, "all blocks are given back"); }

  BlockPool pool;
};

using mem::text_of;

// The bytes in memory of exactly their size, so that a read beyond them is found.
class Exact {
 public:
  explicit Exact(Bytes bytes) : size_(bytes.size()), data_(std::make_unique<char[]>(size_)) {
    bytes.copy(data_.get(), size_);
  }
  [[nodiscard]] Bytes bytes() const { return {data_.get(), size_}; }

 private:
  std::size_t size_;
  std::unique_ptr<char[]> data_;
};

}  // namespace m531x::fuzz
