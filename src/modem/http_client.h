// SPDX-License-Identifier: Apache-2.0
// The HTTP instances: their requests on the way out, and what comes back on its way to the host.
#pragma once

#include "at/dce.h"
#include "at/result.h"
#include "http/url.h"
#include "m531x/model.h"
#include "m531x/status.h"
#include "mem/box.h"
#include "modem/instance.h"
#include "modem/notes.h"
#include "modem/radio.h"

namespace m531x::modem {

class HttpClient {
 public:
  // All arguments must outlive the client. Reports are queued at `dce`.
  HttpClient(const Model& model, const Settings& settings, BlockPool& pool, at::Dce& dce,
             Notes& notes, Counters& counters)
      : model_(model),
        settings_(settings),
        pool_(pool),
        dce_(dce),
        notes_(notes),
        counters_(counters) {}

  // The commands. Each has its effect whole, or fails and changes nothing.

  // What AT+HTTPCREATE was given for Basic authentication.
  struct Credentials {
    Bytes user;
    Bytes password;
  };
  // Makes the instance with the lowest free id.
  at::Final create(const http::Url& url, const std::optional<Credentials>& credentials,
                   InstanceId& id);
  // nullptr when there is none of that id.
  [[nodiscard]] Instance* find(std::uint32_t id);
  // Accepts a request; all else comes by report. Final::later: when it has been checked.
  at::Final send(InstanceId id, http::Method method, Bytes path, Millis now);
  // The port is still to say whether the certificates that a request comes with can be used.
  [[nodiscard]] bool is_checking() const { return checking_ != kNoInstance; }
  // It has said so; what send() would have returned.
  at::Final checked(bool good, Millis now);
  // Ends the instance. A request that was accepted is still sent whole.
  void close(InstanceId id, Millis now);
  // The host's header and content belong to a request that has no connection yet.
  [[nodiscard]] static bool is_connecting(const Instance& instance);

  // The network's side; see Modem.
  void opened(ConnId conn, Millis now);
  // `at_rest`: but for the consequences of these bytes, little is said or stored in this call.
  void received(ConnId conn, Bytes bytes, bool at_rest, Millis now);
  // What it brought and has not been reported is kept, before its bytes go. True: there is some,
  // whose reports may still find room.
  bool store_fresh();
  void closed(ConnId conn, Cause why, Millis now);
  std::size_t output(ConnId conn, std::span<Bytes> views);
  void sent(ConnId conn, std::size_t bytes, Millis now);
  [[nodiscard]] std::size_t window(ConnId conn) const;
  [[nodiscard]] std::optional<Action> next_action();
  std::size_t certificate(const Action& action, Certificate which, std::span<Bytes> views) const;

  // The radio's side. Without a link nothing passes, and what wants to connect waits for one
  // (Network::attach_wait); when it goes down, what stands is aborted.
  void follow(Link link, Millis now);
  // Power is cut: nothing is reported any more, the port drops all connections.
  void reset();
  [[nodiscard]] InstanceState state(InstanceId id) const;

  // Queues the reports that are due, as far as the host's queue has room. To be called only while
  // a report may start.
  void report(Millis now);
  // Whether report() has anything to say, now or later.
  [[nodiscard]] bool has_reports() const { return awake_ != 0; }

  // Whether a request is under way, its response not reported yet, or that of a closed instance not
  // sent yet.
  [[nodiscard]] bool has_work() const;
  // Ends what has timed out.
  void expire(Millis now);
  [[nodiscard]] std::optional<Millis> next_deadline(Millis now) const;
  // Whether a response or its report waits only for blocks that others of the pool hold.
  [[nodiscard]] bool is_starved() const;

 private:
  enum class Slice : std::uint8_t { used_up, blocked };

  at::Final accept(InstanceId id, Instance& instance, Millis now);
  void start(InstanceId id, Instance& instance, Millis now);
  void connect(InstanceId id, Instance& instance, Millis now);
  static void hand_over(Instance& instance, Connection& connection);
  // What surrounds the bytes of a record.
  static constexpr std::uint32_t kMaxRecordFrameBytes = 80;
  static constexpr std::size_t kReportBlocks =
      (2 * kMaxMssBytes + kMaxRecordFrameBytes) / Block::kCapacity + 1;
  static_assert(kReportBlocks <= BlockPool::kReserveCount);
  // So many slices may be reported where they lie.
  static constexpr std::size_t kMaxFreshSlices = 8;
  // For the longest report, and for so many bytes of slices with their sizes.
  static constexpr std::size_t fresh_blocks(std::size_t byte_count) {
    constexpr std::size_t kSizes = kMaxFreshSlices * sizeof Response::slice_left;
    return kReportBlocks + 2 + (byte_count + kSizes) / Block::kCapacity;
  }

  // What the other side owes, until when, and what it is when that does not come.
  struct Due {
    Millis at;
    Cause cause;
  };
  bool write_request(Connection& connection);
  void disconnect(Instance& instance);
  void end(InstanceId id, Instance& instance, Cause cause);
  void leave(ConnId conn, Instance& instance, Millis now);
  [[nodiscard]] Millis attempt_ends(Millis now) const;
  [[nodiscard]] std::optional<Due> due(const Connection& connection) const;
  Cause cause_of(const Connection& connection, Cause late);
  Connection* connection(ConnId conn) const;
  static void drop(Response& response, std::uint32_t size);

  void report(InstanceId id, Instance& instance, Millis now);
  bool report_received(InstanceId id, Instance& instance, Millis now);
  Slice report_fresh(InstanceId id, Instance& instance, Millis now);
  Slice report_stored(InstanceId id, Instance& instance, Millis now);
  bool report_drops(InstanceId id, Response& response);
  Slice report_slice(InstanceId id, Instance& instance, Bytes slice, Millis now);
  bool report_end(InstanceId id, Instance& instance, Millis now);
  void report_failure(InstanceId id, Cause cause, bool was_connected);
  void report_status(InstanceId id, const Response& response);
  void report_record(InstanceId id, Instance& instance, Bytes bytes, Millis now);
  void finish(InstanceId id, Instance& instance);
  [[nodiscard]] bool has_room(std::uint32_t bytes);
  void queue(Bytes report);
  void wake(InstanceId id) { awake_ |= 1U << id; }
  [[nodiscard]] std::uint32_t awake_from_first() const;

  const Model& model_;
  const Settings& settings_;
  BlockPool& pool_;
  at::Dce& dce_;
  Notes& notes_;
  Counters& counters_;
  std::array<mem::Box<Instance>, kMaxInstances> instances_;
  std::array<mem::Box<Connection>, kMaxConnections> connections_;
  // Instances that may have something to report, as a bit set; so that an idle modem's answer costs
  // nothing here.
  std::uint32_t awake_ = 0;
  std::uint16_t fresh_blocks_ = 0;  // must be free for what is fresh
  Link link_ = Link::up;
  bool report_is_starved_ = false;
  InstanceId checking_ = kNoInstance;  // whose request waits for the port's word
  bool check_is_due_ = false;          // the port has not been asked
  bool fresh_is_in_the_way_ = false;   // of reports, for want of memory to store it
  InstanceId fresh_of_ = kNoInstance;  // whose response has fresh slices
  InstanceId first_ = 0;               // whose reports come first next time
};

}  // namespace m531x::modem
