// SPDX-License-Identifier: Apache-2.0
// Drives the modem in the order that modem.h gives: output, actions, input, deadline.
#include "stand/bench.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace m531x::stand {

namespace {

constexpr std::size_t kViews = 4;
// More turns than any script needs without the clock moving; a modem that needs more never rests.
constexpr std::size_t kMaxTurns = 10'000'000;

void require(bool kept, const char* promise) {
  if (kept) return;
  std::fprintf(stderr, "the modem broke a promise: %s\n", promise);
  std::abort();
}

// How much of `most` bytes is left when there are so many.
std::size_t room(std::size_t most, std::size_t size) { return most > size ? most - size : 0; }

// Appends at most `most` bytes of the views; returns how many.
std::size_t append(std::span<const Bytes> views, std::size_t most, std::string& to) {
  std::size_t taken = 0;
  for (const Bytes view : views) {
    const Bytes part = view.substr(0, most - taken);
    to.append(part);
    taken += part.size();
  }
  return taken;
}

void require_script(bool right, const char* rule) {
  if (right) return;
  std::fprintf(stderr, "the script is wrong: %s\n", rule);
  std::abort();
}

}  // namespace

Bench::Bench(const Model& model) : Bench(model, default_settings(model)) {}

Bench::Bench(const Model& model, const Settings& settings, std::size_t block_count,
             const sim::Conditions& conditions, const Flash& flash, Millis now,
             const Readers& readers, std::string host_heard)
    : block_count_(block_count),
      mss_bytes_(settings.mss_bytes),
      blocks_(std::make_unique_for_overwrite<Block[]>(block_count)),
      scratch_(settings.limits.line_bytes),
      pool_({blocks_.get(), block_count_}, scratch_),
      now_(now),
      late_(conditions.air != sim::Air{}),
      readers_(readers),
      host_heard_(std::move(host_heard)) {
  modem_ = std::make_unique<sim::Modem>(model, settings, conditions, pool_, flash, now);
  settle();
}

Bench::~Bench() {
  modem_.reset();
  if (checking_) require(pool_.used_count() == 0, "it gives all its blocks back");
}

void Bench::host_sends(Bytes bytes) {
  from_host_.append(bytes);
  settle();
}

void Bench::set_host_reads(std::size_t most_bytes_at_a_time) {
  readers_.host_at_a_time = most_bytes_at_a_time;
  settle();
}

void Bench::server_accepts(ConnId conn) {
  require_script(connecting(conn), "a server accepts only when the modem is connecting");
  conns_[conn].state = State::open;
  modem_->net_opened(conn, now_);
  settle();
}

void Bench::server_sends(ConnId conn, Bytes bytes) {
  require_script(open(conn), "a server sends only on an open connection");
  if (!bytes.empty()) conns_[conn].reads.emplace_back(bytes);
  settle();
}

void Bench::server_ends(ConnId conn, Cause why) {
  require_script(connecting(conn) || open(conn), "only a connection or an attempt can end");
  conns_[conn].end = why;
  settle();
}

bool Bench::certificates_are(bool good) {
  if (!std::exchange(check_asked_, false)) return false;
  modem_->net_checked(good, now_);
  settle();
  return true;
}

bool Bench::name_is(Bytes address) {
  if (!std::exchange(resolve_asked_, false)) return false;
  modem_->net_resolved(address, now_);
  settle();
  return true;
}

void Bench::set_server_reads(ConnId conn, bool reads) {
  conns_[conn].server_reads = reads;
  settle();
}

void Bench::advance(Millis by) {
  const Millis target = now_ + by;
  settle();
  for (auto deadline = modem_->next_deadline(); deadline && *deadline <= target;
       deadline = modem_->next_deadline()) {
    now_ = std::max(now_, *deadline);
    settle();
  }
  now_ = target;
  settle();
}

void Bench::settle() {
  for (std::size_t turn = 0;; ++turn) {
    require(turn < kMaxTurns, "it comes to rest when nothing happens");
    bool moved = drain_dte();
    for (ConnId conn = 0; conn < kMaxConnections; ++conn) moved |= drain_net(conn);
    moved |= drain_coap();
    moved |= take_actions();
    moved |= offer_host_bytes();
    for (ConnId conn = 0; conn < kMaxConnections; ++conn) moved |= offer_server_bytes(conn);
    if (!moved && !tick_if_due()) return;
  }
}

bool Bench::connecting(ConnId conn) const { return conns_[conn].state == State::connecting; }

bool Bench::open(ConnId conn) const { return conns_[conn].state == State::open; }

std::size_t Bench::server_bytes_waiting(ConnId conn) const {
  std::size_t sum = 0;
  for (const std::string& read : conns_[conn].reads) sum += read.size();
  return sum - conns_[conn].read_at;
}

bool Bench::drain_dte() {
  if (checking_) check_dte_views();
  const std::size_t most =
      std::min(readers_.host_at_a_time, room(readers_.most_host_bytes, host_heard_.size()));
  if (most == 0) return false;
  std::array<Bytes, kViews> views;
  const std::size_t count = modem_->dte_output(views);
  const std::size_t taken = append(std::span(views).first(count), most, host_heard_);
  if (taken == 0) return false;
  modem_->dte_sent(taken, now_);
  return true;
}

bool Bench::drain_net(ConnId conn) {
  Conn& c = conns_[conn];
  if (c.state == State::idle && !checking_) return false;
  std::array<Bytes, kViews> views;
  const std::size_t count = modem_->net_output(conn, views);
  if (checking_) {
    require(count <= kViews, "net_output fills no more views than it was given");
    require(c.state == State::open || c.state == State::ending || count == 0,
            "it sends only on a connection that stands");
    require(std::none_of(views.begin(), views.begin() + count, [](Bytes v) { return v.empty(); }),
            "no view of net_output is empty");
  }
  if (count == 0 || !c.server_reads) return false;
  const std::size_t most = room(readers_.most_server_bytes, c.heard.size());
  const std::size_t taken = append(std::span(views).first(count), most, c.heard);
  if (taken == 0) return false;
  modem_->net_sent(conn, taken, now_);
  return true;
}

bool Bench::drain_coap() {
  const auto message = modem_->coap_output();
  if (!message) return false;
  if (checking_) require(has_coap_, "it says something only in a session that it asked for");
  SentMessage& sent = coap_heard_.emplace_back();
  sent = {*message, std::string(message->path), std::string(message->query),
          std::string(message->payload)};
  sent.head.path = sent.head.query = sent.head.payload = {};
  modem_->coap_sent(now_);
  return true;
}

bool Bench::take_actions() {
  bool any = false;
  while (const auto action = modem_->next_action()) {
    take_action(*action);
    any = true;
  }
  return any;
}

void Bench::take_action(const Action& action) {
  const bool opens = action.kind == Action::Kind::coap_open;
  if (opens || action.kind == Action::Kind::coap_close) {
    require(opens != has_coap_, "there is one CoAP session at a time");
    require(!opens || (!action.host.empty() && action.port != 0), "coap_open names a server");
    has_coap_ = opens;
    actions_.push_back(
        {action.kind, action.conn, std::string(action.host), action.port, action.tls});
    return;
  }
  if (action.kind == Action::Kind::resolve) {
    require(!action.host.empty() && action.host.size() <= kMaxHostBytes,
            "resolve names a host of at most kMaxHostBytes");
    resolve_asked_ = true;
    actions_.push_back({action.kind, action.conn, std::string(action.host), 0, false});
    return;
  }
  if (action.kind == Action::Kind::check) {
    require(action.instance < kMaxInstances, "check names an instance");
    check_asked_ = true;
    actions_.push_back({action.kind, action.conn, "", 0, false});
    return;
  }
  require(action.conn < kMaxConnections, "an action's connection is below kMaxConnections");
  Conn& c = conns_[action.conn];
  const bool is_connect = action.kind == Action::Kind::connect;
  require(c.state == State::ending || is_connect == (c.state == State::idle),
          "it connects only what is not connected, and closes only what is");
  actions_.push_back({action.kind, action.conn, std::string(action.host), action.port, action.tls});
  c.reads.clear();
  c.read_at = 0;
  c.end.reset();
  if (is_connect) {
    require(!action.host.empty() && action.host.size() <= kMaxHostBytes && action.port != 0,
            "connect names a host of at most kMaxHostBytes and a port");
    c.state = State::connecting;
    c.server_reads = true;
    return;
  }
  c.state = State::idle;
  std::array<Bytes, 1> views;
  require(modem_->net_output(action.conn, views) == 0, "what it closes has nothing left to send");
}

bool Bench::offer_host_bytes() {
  const std::size_t window = modem_->dte_window();
  const std::size_t count = std::min(window, host_bytes_waiting());
  if (count == 0) return false;
  modem_->dte_received(Bytes(from_host_).substr(from_host_at_, count), now_);
  from_host_at_ += count;
  if (from_host_at_ >= from_host_.size() / 2) {
    from_host_.erase(0, from_host_at_);
    from_host_at_ = 0;
  }
  return true;
}

bool Bench::offer_server_bytes(ConnId conn) {
  Conn& c = conns_[conn];
  if (c.reads.empty()) {
    if (!c.end) return false;
    const Cause why = *c.end;
    c.end.reset();
    c.state = late_ ? State::ending : State::idle;
    modem_->net_closed(conn, why, now_);
    return true;
  }
  const std::size_t window = modem_->net_window(conn);
  if (checking_) require(window % mss_bytes_ == 0, "net_window is a multiple of the MSS");
  const Bytes rest = Bytes(c.reads.front()).substr(c.read_at);
  const std::size_t count = std::min(window, rest.size());
  if (count == 0) return false;
  receive(conn, rest.substr(0, count));
  c.read_at += count;
  if (c.read_at == c.reads.front().size()) {
    c.reads.pop_front();
    c.read_at = 0;
  }
  return true;
}

void Bench::receive(ConnId conn, Bytes bytes) {
  if (readers_.host_room == 0 || readers_.host_at_a_time != kAll) {
    return modem_->net_received(conn, bytes, now_);
  }
  const std::size_t heard = host_heard_.size();
  host_heard_.resize(heard + readers_.host_room);
  const auto room = std::span(host_heard_).subspan(heard);
  host_heard_.resize(heard + modem_->net_received(conn, bytes, room, now_));
}

bool Bench::tick_if_due() {
  const auto deadline = modem_->next_deadline();
  if (!deadline || *deadline > now_) return false;
  modem_->tick(now_);
  if (checking_) {
    const auto next = modem_->next_deadline();
    require(!next || *next > now_, "after tick the next deadline is in the future");
  }
  return true;
}

void Bench::check_dte_views() const {
  std::array<Bytes, kViews> views;
  const std::size_t count = modem_->dte_output(views);
  require(count <= kViews, "dte_output fills no more views than it was given");
  require(std::none_of(views.begin(), views.begin() + count, [](Bytes v) { return v.empty(); }),
          "no view of dte_output is empty");
  const Bytes first = modem_->dte_output();
  require(count == 0 ? first.empty() : first == views[0], "dte_output's first view is the first");
}

}  // namespace m531x::stand
