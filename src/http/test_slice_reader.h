// SPDX-License-Identifier: Apache-2.0
// For unit tests and fuzz targets: reads a response through ResponseReader as its owner does, slice
// by slice, and holds the reader to what its header says.
#pragma once

#include <array>
#include <cstdint>
#include <ostream>
#include <string>

#include "http/response_reader.h"
#include "mem/test_text.h"
#include "mem/text.h"

namespace m531x::http {

enum class Ending : std::uint8_t { open, end, fault };

inline constexpr std::array kEndings = {"open", "end", "fault"};

struct Reading {
  Ending ending = Ending::open;
  std::uint16_t status = 0;
  std::string reason;
  std::string header;
  bool header_complete = false;
  std::string content;
  bool content_complete = false;
  std::uint64_t total = 0;
  bool keep_alive = false;
  std::string behind;          // bytes of the last slice behind the end
  std::size_t read_bytes = 0;  // of all slices up to and with the one that ended it

  bool operator==(const Reading&) const = default;
};

// `Expect` is called with whether something holds and the rule that says it does.
template <typename Expect>
class SliceReader {
 public:
  SliceReader(BlockPool& pool, const ResponseReader::Bounds& bounds, Expect expect)
      : reader(pool), bounds_(bounds), expect_(expect) {}

  void start(Method method) {
    reading = {};
    reader.start(method, bounds_);
  }

  // Hands over one slice; false when the response has ended.
  bool slice(Bytes bytes) {
    reading.read_bytes += bytes.size();
    while (true) {
      const ResponseReader::Found found = reader.next(bytes);
      expect_(std::size_t{found.skip} + found.size <= bytes.size(), "a piece lies in its slice");
      const Bytes piece = mem::first(mem::after(bytes, found.skip), found.size);
      bytes = mem::after(bytes, found.skip + found.size);
      if (found.what == What::nothing) {
        expect_(bytes.empty() && piece.empty(), "a slice is used up when nothing is found");
        return true;
      }
      take(found, piece);
      if (reading.ending == Ending::open) continue;
      if (reading.ending == Ending::end) reading.behind = bytes;
      expect_(reader.next("more").what == What::nothing, "behind the end it finds nothing");
      expect_(!reader.finish(), "behind the end no close ends it");
      return false;
    }
  }

  // The server closes.
  void close() {
    if (reading.ending == Ending::open && reader.finish()) slice("");
  }

  ResponseReader reader;
  Reading reading;

 private:
  using What = ResponseReader::What;

  void take(const ResponseReader::Found& found, Bytes piece) {
    switch (found.what) {
      case What::nothing:
        break;
      case What::status:
        return take_status();
      case What::header:
        expect_(reading.status != 0 && !reading.header_complete, "the header is behind the status");
        expect_(found.last || !piece.empty(), "no piece of the header but the last is empty");
        reading.header.append(piece);
        expect_(reading.header.size() <= bounds_.header_bytes, "a header has its bound");
        reading.header_complete = found.last;
        break;
      case What::content:
        return take_content(piece, found.last);
      case What::end:
        expect_(reading.header_complete, "the end is behind the header");
        expect_(found.last != reading.content_complete, "one piece says that it is the last");
        reading.content_complete = true;
        reading.ending = Ending::end;
        reading.total = reader.total();
        expect_(reading.total == reading.content.size(), "all of the total was found");
        reading.keep_alive = reader.keep_alive();
        break;
      case What::fault:
        expect_(found.size == 0 && found.skip == 0, "a fault has no bytes");
        reading.ending = Ending::fault;
        break;
    }
  }

  void take_status() {
    expect_(reading.status == 0, "there is one status");
    reading.status = reader.status();
    expect_(reading.status >= 200 && reading.status <= 999, "a status has three digits");
    reading.reason = mem::text_of(reader.reason());
    expect_(reading.reason.size() <= ResponseReader::kMaxReasonBytes, "a reason has its bound");
    expect_(reading.reason.find_first_of(Bytes("\r\n\0", 3)) == std::string::npos,
            "no line end is in a reason");
  }

  void take_content(Bytes piece, bool last) {
    expect_(reading.header_complete && !reading.content_complete, "content is behind the header");
    expect_(!piece.empty(), "no piece of content is empty");
    reading.content.append(piece);
    reading.content_complete = last;
    reading.total = reader.total();
    expect_(reading.total >= reading.content.size(), "the total counts what was found");
    expect_(!last || reading.total == reading.content.size(), "the last piece completes the total");
  }

  ResponseReader::Bounds bounds_;
  Expect expect_;
};

}  // namespace m531x::http
