// SPDX-License-Identifier: Apache-2.0
// Requests and connections. What is told to the host about them is in http_reports.cpp.
#include "modem/http_client.h"

#include <algorithm>
#include <cstring>
#include <utility>
#include "mem/text.h"

namespace m531x::modem {
namespace {

// Moves the request to `out`, which may take so many bytes; why not, if not all of it is there.
std::optional<Cause> write(Request& request, const Address& address, std::uint32_t max_bytes,
                           mem::Chain& out) {
  const http::Site site = {.scheme = address.scheme,
                           .host = address.host(),
                           .host_is_ipv6 = address.host_is_ipv6,
                           .port = address.port,
                           .credentials = address.credentials()};
  const std::uint32_t content_bytes = request.content.size();
  if (!http::write_head(request.method, request.path.view(), site, request.fields, out)) {
    return Cause::out_of_memory;
  }
  out.splice(std::move(request.header));
  if (!http::write_tail(request.method, request.fields, content_bytes, out)) {
    return Cause::out_of_memory;
  }
  out.splice(std::move(request.content));
  if (out.size() > max_bytes) return Cause::send_buffer_full;
  return std::nullopt;
}

}  // namespace

using at::Final;

Final HttpClient::create(const http::Url& url, const std::optional<Credentials>& credentials,
                         InstanceId& id) {
  const auto slots = std::span(instances_).first(model_.instance_count);
  const auto slot = std::ranges::find_if(slots, [](const auto& box) { return !box; });
  if (slot == slots.end()) return Final::not_allowed;
  if (!slot->emplace(pool_, pool_)) return Final::unknown;
  Instance& instance = **slot;
  Address& address = instance.address;
  address.scheme = url.scheme;
  address.port = url.port;
  address.host_is_ipv6 = url.host_is_ipv6;
  address.host_size = static_cast<std::uint8_t>(url.host.size());
  const std::array<Bytes, 4> parts = {url.host, credentials ? credentials->user : Bytes(),
                                      credentials ? ":" : "",
                                      credentials ? credentials->password : Bytes()};
  if (!address.store(slot->block(), parts)) {
    slot->reset();
    return Final::unknown;
  }
  instance.packet_bytes = model_.default_packet_bytes;
  id = static_cast<InstanceId>(slot - slots.begin());
  return Final::ok;
}

Instance* HttpClient::find(std::uint32_t id) {
  return id < instances_.size() ? instances_[id].get() : nullptr;
}

bool HttpClient::is_connecting(const Instance& instance) {
  using State = Request::State;
  return instance.request.state == State::queued || instance.request.state == State::connecting;
}

Final HttpClient::send(InstanceId id, http::Method method, Bytes path, Millis now) {
  Instance& instance = *instances_[id];
  if (instance.is_busy()) return Final::not_allowed;
  Request& request = instance.request;
  request.fields = {};
  const bool may_be_sent =
      instance.header.empty() ||
      http::inspect(instance.header.view(), instance.content.size(), request.fields);
  if (!may_be_sent) {
    notes_.add({static_cast<std::int8_t>(id), 0, "the header block cannot be sent"});
    return Final::unknown;
  }
  if (!request.path.append(path)) return Final::unknown;
  request.method = method;
  request.may_retry = false;
  request.state = Request::State::queued;
  const auto is_empty = [](const mem::Chain& stored) { return stored.empty(); };
  if (instance.address.scheme != http::Scheme::https ||
      std::ranges::all_of(instance.certificates, is_empty)) {
    return accept(id, instance, now);
  }
  checking_ = id;
  check_is_due_ = true;
  return Final::later;
}

Final HttpClient::accept(InstanceId id, Instance& instance, Millis now) {
  if (!instance.ended) start(id, instance, now);
  ++counters_.requests;
  return Final::ok;
}

// Nothing of an earlier connection is left to report.
void HttpClient::start(InstanceId id, Instance& instance, Millis now) {
  instance.request_ends = now + settings_.request_timeout;
  if (instance.conn == kNoConn) {
    connect(id, instance, now);
    return;
  }
  instance.request.may_retry = http::is_idempotent(instance.request.method);
  Connection& connection = *connections_[instance.conn];
  connection.deadline = now + settings_.send_timeout;
  hand_over(instance, connection);
}

void HttpClient::connect(InstanceId id, Instance& instance, Millis now) {
  instance.request.state = Request::State::connecting;
  const auto slot = std::ranges::find_if(connections_, [](const auto& box) { return !box; });
  if (slot == connections_.end() || !slot->emplace(pool_, pool_)) {
    end(id, instance, Cause::out_of_memory);
    return;
  }
  (*slot)->instance = id;
  (*slot)->deadline = attempt_ends(now);
  instance.conn = static_cast<ConnId>(slot - connections_.begin());
}

// From here on the host's header and content belong to its next request.
void HttpClient::hand_over(Instance& instance, Connection& connection) {
  Request& request = instance.request;
  request.state = Request::State::handed_over;
  request.header.splice(std::move(instance.header));
  request.content.splice(std::move(instance.content));
  connection.request_due = true;
}

// Writes the request that is due; its response is expected from then on. False: that has failed.
bool HttpClient::write_request(Connection& connection) {
  Instance& instance = *instances_[connection.instance];
  Request& request = instance.request;
  connection.request_due = false;
  auto why_not =
      write(request, instance.address, settings_.limits.send_buffer_bytes, connection.output);
  if (!why_not && !instance.response.emplace(pool_, pool_)) why_not = Cause::out_of_memory;
  if (why_not) {
    report_is_starved_ = true;  // so that a tick comes, for this call makes no report
    end(connection.instance, instance, *why_not);
    return false;
  }
  Response& response = *instance.response;
  response.close_after = request.fields.connection_close;
  response.may_retry = connection.keep_output = request.may_retry;
  response.reader.start(request.method, {.header_bytes = settings_.limits.response_header_bytes,
                                         .line_bytes = settings_.limits.response_line_bytes});
  request.clear();
  return true;
}

// The connection is over, and that is to be reported.
void HttpClient::end(InstanceId id, Instance& instance, Cause cause) {
  disconnect(instance);
  instance.ended = cause;
  wake(id);
}

// The instance has no connection any more; the port is told to drop it.
void HttpClient::disconnect(Instance& instance) {
  if (instance.conn == kNoConn) return;
  mem::Box<Connection>& slot = connections_[std::exchange(instance.conn, kNoConn)];
  if (slot->state == Connection::State::wanted) {
    slot.reset();
  } else {
    slot->state = Connection::State::unwanted;
    slot->instance = kNoInstance;
    slot->output.clear();
  }
}

void HttpClient::close(InstanceId id, Millis now) {
  Instance& instance = *instances_[id];
  if (instance.request.state == Request::State::queued) connect(id, instance, now);
  if (instance.conn != kNoConn) {
    leave(instance.conn, instance, now);
  } else if (is_connecting(instance)) {
    notes_.add({static_cast<std::int8_t>(id), 0, "closed; no memory left to send its request"});
  }
  instances_[id].reset();
  awake_ &= ~(1U << id);
}

// The connection outlives its instance until the request is sent.
void HttpClient::leave(ConnId conn, Instance& instance, Millis now) {
  Connection& connection = *connections_[conn];
  connection.instance = kNoInstance;
  connection.keep_output = false;
  if (is_connecting(instance)) hand_over(instance, connection);
  if (std::exchange(connection.request_due, false)) {
    const auto why_not = write(instance.request, instance.address,
                               settings_.limits.send_buffer_bytes, connection.output);
    if (why_not) {
      notes_.add({Note::kNoInstance, 0,
                  *why_not == Cause::out_of_memory ? "closed; no memory left to send its request"
                                                   : "closed; its request is too long to be sent"});
      return disconnect(instance);
    }
  }
  if (connection.state == Connection::State::wanted) {
    connection.address.take(instance.address, connections_[conn].block());
    connection.certificates = std::move(instance.certificates);
  } else if (connection.state == Connection::State::open) {
    connection.deadline = now + settings_.send_timeout;
    if (connection.all_sent()) connection.state = Connection::State::unwanted;
  }
}

Connection* HttpClient::connection(ConnId conn) const {
  return conn < connections_.size() ? connections_[conn].get() : nullptr;
}

void HttpClient::opened(ConnId conn, Millis now) {
  Connection* opened = connection(conn);
  if (opened == nullptr || opened->state != Connection::State::opening) return;
  opened->state = Connection::State::open;
  opened->deadline = now + settings_.send_timeout;
  for (mem::Chain& used : opened->certificates) used.clear();
  if (opened->instance == kNoInstance) return;
  Instance& instance = *instances_[opened->instance];
  instance.tell_connected = true;
  wake(opened->instance);
  if (is_connecting(instance)) {
    hand_over(instance, *opened);
  } else if (instance.response) {
    instance.response->reconnecting = false;
  }
}

void HttpClient::received(ConnId conn, Bytes bytes, bool at_rest, Millis now) {
  Connection* from = connection(conn);
  if (from == nullptr || from->state != Connection::State::open || from->instance == kNoInstance ||
      bytes.empty()) {
    return;
  }
  const InstanceId id = from->instance;
  Instance& instance = *instances_[id];
  if (from->request_due && !write_request(*from)) return;
  if (!instance.response) {
    notes_.add({static_cast<std::int8_t>(id), 0, "bytes that nobody asked for"});
    end(id, instance, Cause::closed);
    return;
  }
  wake(id);
  Response& response = *instance.response;
  response.begun = true;
  response.deadline = now + settings_.between_bytes_timeout;
  if (!response.has_received()) response.held_since = now;
  if (response.may_retry) {
    response.may_retry = from->keep_output = false;
    from->output.consume(std::exchange(from->sent_bytes, 0));
  }
  // None of them would be dropped, and a reserve more than they need is left for the little.
  const std::size_t blocks = fresh_blocks(bytes.size());
  if (at_rest && response.held_bytes == 0 &&
      bytes.size() <= kMaxFreshSlices * settings_.mss_bytes &&
      bytes.size() <= settings_.limits.receive_buffer_bytes &&
      pool_.free_count(Use::storage) >= blocks + BlockPool::kReserveCount) {
    response.fresh = bytes;
    response.held_bytes = static_cast<std::uint32_t>(bytes.size());
    fresh_of_ = id;
    fresh_blocks_ = static_cast<std::uint16_t>(blocks);
    return;
  }
  while (!bytes.empty()) {
    const Bytes slice = mem::first(bytes, settings_.mss_bytes);
    bytes.remove_prefix(slice.size());
    const auto size = static_cast<std::uint16_t>(slice.size());
    if (settings_.overflow == Overflow::drop && response.has_received() &&
        response.held_bytes + size > settings_.limits.receive_buffer_bytes) {
      drop(response, size);
      counters_.dropped_bytes += size;
      continue;
    }
    if (!response.store(slice)) return end(id, instance, Cause::out_of_memory);
    response.held_bytes += size;
  }
}

bool HttpClient::store_fresh() {
  const InstanceId id = std::exchange(fresh_of_, kNoInstance);
  const bool was_in_the_way = std::exchange(fresh_is_in_the_way_, false);
  fresh_blocks_ = 0;
  if (id == kNoInstance || !instances_[id] || !instances_[id]->response) return was_in_the_way;
  Response& response = *instances_[id]->response;
  if (response.fresh.empty()) return was_in_the_way;
  if (!response.store_fresh(settings_.mss_bytes)) end(id, *instances_[id], Cause::out_of_memory);
  return true;
}

// The hardware tells each slice that it threw away.
void HttpClient::drop(Response& response, std::uint32_t size) {
  Response::Dropped* const end = response.dropped.data() + response.dropped_runs;
  if (response.dropped_runs > 0 && end[-1].size == size) {
    ++end[-1].count;
  } else if (response.dropped_runs < response.dropped.size()) {
    *end = {size, 1};
    ++response.dropped_runs;
  } else {
    end[-1] = {end[-1].size * end[-1].count + size, 1};
  }
}

void HttpClient::closed(ConnId conn, Cause why, Millis now) {
  Connection* lost = connection(conn);
  if (lost == nullptr || lost->state == Connection::State::wanted) return;
  const InstanceId id = lost->instance;
  if (id == kNoInstance) {
    connections_[conn].reset();
    return;
  }
  Instance& instance = *instances_[id];
  // A request of which nothing has been written may always go out elsewhere.
  const bool unwritten = lost->request_due && lost->state == Connection::State::open;
  if (unwritten || (instance.response && instance.response->may_retry)) {
    if (unwritten) {
      instance.request.may_retry = false;
    } else {
      instance.response->may_retry = false;
      instance.response->reconnecting = true;
    }
    lost->keep_output = false;
    lost->sent_bytes = 0;
    lost->state = Connection::State::wanted;
    lost->deadline = attempt_ends(now);
    notes_.add({static_cast<std::int8_t>(id), 0, "the kept connection was dead; trying a new one"});
    return;
  }
  connections_[conn].reset();
  instance.conn = kNoConn;
  end(id, instance, why);
}

std::size_t HttpClient::output(ConnId conn, std::span<Bytes> views) {
  Connection* to = connection(conn);
  if (to == nullptr || to->state != Connection::State::open || link_ != Link::up) return 0;
  if (to->request_due && !write_request(*to)) return 0;
  return to->output.gather(to->sent_bytes, views);
}

void HttpClient::sent(ConnId conn, std::size_t bytes, Millis now) {
  Connection* to = connection(conn);
  if (to == nullptr) return;
  to->sent_bytes += static_cast<std::uint32_t>(bytes);
  if (!to->keep_output) to->output.consume(std::exchange(to->sent_bytes, 0));
  to->deadline = now + settings_.send_timeout;
  if (!to->all_sent()) return;
  if (to->instance == kNoInstance) {
    to->state = Connection::State::unwanted;
  } else if (mem::Box<Response>& response = instances_[to->instance]->response;
             response && !response->begun) {
    response->deadline = now + settings_.response_timeout;
  }
}

std::size_t HttpClient::window(ConnId conn) const {
  constexpr std::size_t kDiscarded = 4;  // segments at a time that nobody wants
  const Connection* from = connection(conn);
  if (from == nullptr || from->state != Connection::State::open || link_ != Link::up) return 0;
  const std::size_t mss = settings_.mss_bytes;
  const Instance* instance =
      from->instance == kNoInstance ? nullptr : instances_[from->instance].get();
  if (instance == nullptr || !instance->response) return kDiscarded * mss;
  const Response& response = *instance->response;
  const std::size_t slice = mss + sizeof response.slice_left;
  const std::size_t memory = pool_.free_count(Use::storage) * Block::kCapacity / slice;
  const std::size_t limit = settings_.limits.receive_buffer_bytes;
  const std::size_t held = response.held_bytes;
  std::size_t count = held < limit ? (limit - held) / mss : 0;
  if (!response.has_received()) count = std::max<std::size_t>(count, 1);
  if (settings_.overflow == Overflow::drop) count = std::max(count, kDiscarded);
  return std::min(count, memory) * mss;
}

bool HttpClient::is_starved() const {
  if (report_is_starved_ && awake_ != 0) return true;
  const std::size_t slice = settings_.mss_bytes + sizeof Response::slice_left;
  if (pool_.free_count(Use::storage) * Block::kCapacity >= slice) return false;
  return std::ranges::any_of(instances_, [](const mem::Box<Instance>& slot) {
    return slot && slot->response && !slot->response->has_received();
  });
}

std::optional<Action> HttpClient::next_action() {
  using State = Connection::State;
  std::optional<ConnId> wanted;
  for (ConnId conn = 0; conn < kMaxConnections; ++conn) {
    mem::Box<Connection>& slot = connections_[conn];
    if (!slot) continue;
    if (slot->state == State::unwanted) {
      slot.reset();
      return Action{.kind = Action::Kind::close, .conn = conn, .host = {}};
    }
    if (slot->state == State::wanted && !wanted) wanted = conn;
  }
  if (std::exchange(check_is_due_, false)) {
    return Action{.kind = Action::Kind::check, .conn = 0, .host = {}, .instance = checking_};
  }
  if (link_ != Link::up) return std::nullopt;
  if (wanted) {
    mem::Box<Connection>& slot = connections_[*wanted];
    slot->state = State::opening;
    const Address& address =
        slot->instance == kNoInstance ? slot->address : instances_[slot->instance]->address;
    return Action{.kind = Action::Kind::connect,
                  .conn = *wanted,
                  .host = address.host().front(),
                  .port = address.port,
                  .tls = address.scheme == http::Scheme::https};
  }
  return std::nullopt;
}

}  // namespace m531x::modem
