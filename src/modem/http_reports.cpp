// SPDX-License-Identifier: Apache-2.0
// What the host is told of connections and responses (manual 1.8-1.12): the one writer of HTTP
// reports. A report is queued whole or not yet.
#include <algorithm>
#include <bit>
#include <cstring>

#include "http/status.h"
#include "mem/text.h"
#include "modem/http_client.h"

namespace m531x::modem {
namespace {

using mem::Text;

// The longest report that is not a record: the two lines of a status with its reason.
constexpr std::uint32_t kMaxLineReportBytes = 64 + http::ResponseReader::kMaxReasonBytes;
static_assert(kMaxLineReportBytes <= Text::kCapacity);

constexpr std::string_view name_of(DisconnectName name) {
  switch (name) {
    case DisconnectName::discon:
      return "+HTTPDISCON:";
    case DisconnectName::disconn:
      return "+HTTPDISCONN:";
    case DisconnectName::diconn:
      break;
  }
  return "+HTTPDICONN:";
}

}  // namespace

void HttpClient::queue(Bytes report) { dce_.promised(report); }

bool HttpClient::has_room(std::uint32_t bytes) {
  if (dce_.takes_at_once(bytes)) return true;
  // What is not reported of the fresh slices must find its place afterwards.
  const bool in_the_way = pool_.free_count(Use::storage) < fresh_blocks_;
  if (!in_the_way && dce_.has_memory(bytes)) [[likely]]
    return dce_.host_keeps_up();
  (in_the_way ? fresh_is_in_the_way_ : report_is_starved_) = true;
  return false;
}

void HttpClient::report(Millis now) {
  report_is_starved_ = false;
  // Who has said something comes last next time, so that one that is always busy starves no other.
  // A call in which nobody speaks changes nothing: how often the host reads must not show.
  InstanceId next_first = first_;
  for (std::uint32_t place = 0; true; ++place) {
    place += static_cast<std::uint32_t>(std::countr_zero(awake_from_first() >> place));
    if (place >= kMaxInstances) break;
    const auto id = static_cast<InstanceId>((first_ + place) % kMaxInstances);
    Instance& instance = *instances_[id];
    const std::uint32_t before = counters_.reports;
    report(id, instance, now);
    if (counters_.reports != before) next_first = static_cast<InstanceId>((id + 1) % kMaxInstances);
    const bool waits = instance.tell_connected || instance.ended ||
                       (instance.response && instance.response->has_received());
    if (!waits) awake_ &= ~(1U << id);
  }
  first_ = next_first;
}

// The awake instances, the first one in the lowest bit; nothing is said of the bits behind all.
std::uint32_t HttpClient::awake_from_first() const {
  static_assert(2 * kMaxInstances <= 32);
  return awake_ >> first_ | awake_ << (kMaxInstances - first_);
}

void HttpClient::report(InstanceId id, Instance& instance, Millis now) {
  if (instance.tell_connected) {
    if (!has_room(kMaxLineReportBytes)) return;
    queue("\r\nCONNECT OK\r\n");
    ++counters_.reports;
    instance.tell_connected = false;
  }
  if (!report_received(id, instance, now)) return;
  if (instance.ended && !report_end(id, instance, now)) return;
  if (instance.request.state == Request::State::queued) start(id, instance, now);
}

// Reports the slices that have come, oldest first. False when some had to wait.
bool HttpClient::report_received(InstanceId id, Instance& instance, Millis now) {
  while (instance.response && instance.response->has_received()) {
    Response& response = *instance.response;
    if (response.dropped_runs > 0 && !report_drops(id, response)) return false;
    const Slice outcome =
        response.fresh.empty() ? report_stored(id, instance, now) : report_fresh(id, instance, now);
    if (outcome == Slice::blocked) return false;
  }
  return true;
}

HttpClient::Slice HttpClient::report_fresh(InstanceId id, Instance& instance, Millis now) {
  Response& response = *instance.response;
  if (!response.in_slice) {
    response.slice_left = static_cast<std::uint16_t>(
        std::min<std::size_t>(response.fresh.size(), settings_.mss_bytes));
    response.in_slice = true;
  }
  return report_slice(id, instance, mem::first(response.fresh, response.slice_left), now);
}

HttpClient::Slice HttpClient::report_stored(InstanceId id, Instance& instance, Millis now) {
  Response& response = *instance.response;
  if (!response.in_slice) {
    char size[sizeof response.slice_left];
    mem::copy_to(response.received.view().first(sizeof size), size);
    std::memcpy(&response.slice_left, size, sizeof size);
    response.received.consume(sizeof size);
    response.in_slice = true;
  }
  const mem::ChainView view = response.received.view().first(response.slice_left);
  const Bytes slice = view.front();
  if (slice.size() == view.size) return report_slice(id, instance, slice, now);
  std::array<char, kMaxMssBytes> joined;
  mem::copy_to(view, joined.data());
  return report_slice(id, instance, Bytes(joined.data(), view.size), now);
}

bool HttpClient::report_drops(InstanceId id, Response& response) {
  while (response.dropped_runs > 0) {
    if (!has_room(kMaxLineReportBytes)) return false;
    Response::Dropped& first = response.dropped.front();
    queue(Text().add("\r\n+HTTPDROP:").add(std::uint32_t{id}).add(',').add(first.size).add("\r\n"));
    ++counters_.reports;
    if (--first.count > 0) continue;
    std::ranges::copy(std::span(response.dropped).subspan(1), response.dropped.begin());
    --response.dropped_runs;
  }
  return true;
}

// Reports the pieces of one slice. `slice` may lie in the response's own chain.
HttpClient::Slice HttpClient::report_slice(InstanceId id, Instance& instance, Bytes slice,
                                           Millis now) {
  using What = http::ResponseReader::What;
  Response& response = *instance.response;
  std::size_t held = slice.size();
  const auto take_off = [&response, &slice, &held] {
    response.take_off(held - slice.size());
    held = slice.size();
  };
  while (now >= instance.next_report) {
    if (response.piece != Response::Piece::none) {
      const std::uint32_t packet =
          instance.packet_bytes == 0
              ? response.piece_left
              : std::min<std::uint32_t>(response.piece_left, instance.packet_bytes);
      const std::uint32_t output = instance.hex_output ? 2 * packet : packet;
      if (!has_room(output + kMaxRecordFrameBytes)) break;
      report_record(id, instance, mem::first(slice, packet), now);
      slice.remove_prefix(packet);
      // Its blocks may be those that the next record needs.
      if (response.fresh.empty()) take_off();
      continue;
    }
    if (!has_room(kMaxLineReportBytes)) break;
    const auto found = response.reader.next(slice);
    slice.remove_prefix(found.skip);
    switch (found.what) {
      case What::status:
        report_status(id, response);
        break;
      case What::header:
      case What::content:
        response.piece =
            found.what == What::header ? Response::Piece::header : Response::Piece::content;
        response.piece_left = found.size;
        response.piece_is_last = found.last;
        break;
      case What::nothing:
        take_off();
        response.in_slice = false;
        response.deadline = now + settings_.between_bytes_timeout;
        if (!response.has_received()) instance.request_ends += now - response.held_since;
        return Slice::used_up;
      case What::end:
        take_off();
        if (found.last) {
          response.piece = Response::Piece::content;
          response.piece_left = 0;
          response.piece_is_last = true;
          report_record(id, instance, {}, now);
        }
        finish(id, instance);
        return Slice::used_up;
      case What::fault:
        end(id, instance, Cause::unparsable_response);
        response.drop_slices();
        return Slice::used_up;
    }
  }
  take_off();
  return Slice::blocked;
}

// One +HTTPNMIH or +HTTPNMIC with `bytes`, the next of the current piece.
void HttpClient::report_record(InstanceId id, Instance& instance, Bytes bytes, Millis now) {
  Response& response = *instance.response;
  const bool is_header = response.piece == Response::Piece::header;
  const auto size = static_cast<std::uint32_t>(bytes.size());
  response.piece_left -= size;
  const bool more = response.piece_left > 0 || !response.piece_is_last;
  Text head;
  head.add(is_header ? "\r\n+HTTPNMIH:" : "\r\n+HTTPNMIC:").add(std::uint32_t{id}).add(',');
  if (is_header && settings_.variant.nmih_form == NmihForm::status_length) {
    head.add(std::uint32_t{response.reader.status()});
  } else {
    head.add(more ? '1' : '0');
  }
  head.add(',');
  if (!is_header) {
    response.summation += size;
    head.add(response.reader.total()).add(',');
    if (settings_.variant.nmic_summation) head.add(response.summation).add(',');
  }
  queue(head.add(size).add("\r\n"));
  if (instance.hex_output) {
    for (const char byte : bytes) {
      constexpr Bytes kDigits = "0123456789ABCDEF";
      const auto value = static_cast<unsigned char>(byte);
      const char pair[] = {kDigits[value >> 4], kDigits[value & 15]};
      queue(Bytes(pair, sizeof pair));
    }
  } else {
    queue(bytes);
  }
  queue("\r\n");
  ++counters_.reports;
  if (response.piece_left == 0) response.piece = Response::Piece::none;
  instance.next_report = now + Millis(instance.packet_delay_ms);
}

void HttpClient::report_status(InstanceId id, const Response& response) {
  const std::uint16_t status = response.reader.status();
  if (status / 100 == 2) return;
  Text lines;
  lines.add("\r\n+HTTPERR:").add(std::uint32_t{id}).add(',').add(std::uint32_t{status});
  if (settings_.variant.reason_line) {
    lines.add("\r\n").add(std::uint32_t{status});
    const mem::ChainView reason = response.reader.reason();
    if (!reason.empty()) {
      lines.add(' ');
      mem::for_each_run(reason, [&lines](Bytes run) {
        lines.add(run);
        return true;
      });
    } else if (const auto phrase = http::reason_phrase(status); !phrase.empty()) {
      lines.add(' ').add(phrase);
    }
  }
  queue(lines.add("\r\n"));
  ++counters_.reports;
  notes_.add({static_cast<std::int8_t>(id), static_cast<std::int16_t>(status),
              "the server's status is not a success"});
}

// The response is whole. Whether the connection stays is decided here.
void HttpClient::finish(InstanceId id, Instance& instance) {
  const Response& response = *instance.response;
  ++counters_.responses;
  const bool unasked_bytes = response.held_bytes > 0;
  if (unasked_bytes) {
    notes_.add({static_cast<std::int8_t>(id), 0, "bytes behind the response were thrown away"});
  }
  // What an early answer left unsent must not lead the next request.
  const bool all_sent = instance.conn == kNoConn || connections_[instance.conn]->all_sent();
  const bool keep =
      response.reader.keep_alive() && !response.close_after && !unasked_bytes && all_sent;
  instance.response.reset();
  if (!keep && instance.conn != kNoConn) {
    end(id, instance, Cause::closed);
  }
}

// The connection is over and all that came on it has been reported. False when it has to wait.
bool HttpClient::report_end(InstanceId id, Instance& instance, Millis now) {
  if (!has_room(kMaxLineReportBytes)) return false;
  Cause cause = instance.ended.value_or(Cause::closed);
  bool was_connected = true;
  if (instance.request.state > Request::State::queued) {
    was_connected = instance.request.state == Request::State::handed_over;
    if (cause == Cause::closed) cause = Cause::closed_early;
    instance.request.clear();
  } else if (instance.response) {
    was_connected = !instance.response->reconnecting;
    const bool ends_response =
        was_connected && cause == Cause::closed && instance.response->reader.finish();
    if (ends_response) {
      if (report_slice(id, instance, {}, now) == Slice::blocked) return false;
      if (!has_room(kMaxLineReportBytes)) return false;
    } else {
      if (cause == Cause::closed) cause = Cause::closed_early;
      instance.response.reset();
    }
  }
  instance.ended.reset();
  report_failure(id, cause, was_connected);
  return true;
}

void HttpClient::report_failure(InstanceId id, Cause cause, bool was_connected) {
  const Variant& variant = settings_.variant;
  const CauseCodes& codes = codes_of(cause);
  const bool by_code = variant.error_report == ErrorReport::disconnect_code;
  const auto code = by_code ? static_cast<std::int32_t>(codes.disconnect_code)
                            : static_cast<std::int32_t>(codes.http_error);
  Text lines;
  if (!was_connected && variant.connect_error_line) lines.add("\r\nCONNECT ERROR\r\n");
  if (!by_code && cause != Cause::closed) {
    lines.add("\r\n+HTTPERR:").add(std::uint32_t{id}).add(',').add(code).add("\r\n");
  }
  if (was_connected || by_code) {
    lines.add("\r\n").add(name_of(variant.disconnect_name)).add(std::uint32_t{id});
    if (variant.disconnect_code) {
      lines.add(',').add(static_cast<std::int32_t>(codes.disconnect_code));
    }
    lines.add("\r\n");
  }
  queue(lines);
  ++counters_.reports;
  if (cause != Cause::closed) ++counters_.failures;
  notes_.add({static_cast<std::int8_t>(id), static_cast<std::int16_t>(code), words_of(cause)});
}

}  // namespace m531x::modem
