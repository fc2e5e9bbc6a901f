// SPDX-License-Identifier: Apache-2.0
#include "port/driver.h"

#include <strings.h>

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <vector>

#include "port/coap_session.h"
#include "port/last_words.h"
#include "port/linger.h"
#include "port/net_cause.h"
#include "sim/views.h"

namespace m531x::port {
namespace {

// So often are all streams served before the rest of the loop has its turn.
constexpr int kRoundsPerTurn = 32;
// So often is the modem asked for more to say: a piece of a body takes two, and what grows to more,
// as chunks of one byte do, goes on in the next turn.
constexpr int kMostSaidAtOnce = 4;
// What reports of some bytes make out of them at once: a record's frame, and twice the bytes; a
// body grows by a fortieth. What grows to more waits, and may end the turn.
constexpr std::size_t kRecordBytes = 512;
constexpr std::size_t kMostGrowth = 2;
// So much of a server is read at once: with the heads of its records it fits into one write.
constexpr std::size_t kReadAheadBytes = kBacklogBytes / 8 * 7;
// A state that could not be written is written again so much later, if it does not change before.
constexpr Millis kStateRetry{1'000};

using Call = sim::Call;
const NetOptions kNoOptions;
using Views = std::array<Bytes, ByteStream::kMostViews>;

// Shows the first `byte_count` bytes of `views` to `show`.
template <typename Show>
void show_sent(std::span<const Bytes> views, std::size_t byte_count, Show show) {
  for (const Bytes view : views) {
    if (byte_count == 0) return;
    const Bytes part = view.substr(0, byte_count);
    byte_count -= part.size();
    show(part);
  }
}

// The modules' own answers are IPv4 addresses, where there are any.
std::string first_of(const std::vector<Address>& addresses) {
  const auto v4 = std::ranges::find(addresses, sa_family_t{AF_INET}, [](const Address& address) {
    return address.storage.ss_family;
  });
  if (v4 != addresses.end()) return v4->text();
  return addresses.empty() ? "" : addresses.front().text();
}

Flash flash_of(const Lent& lent) { return lent.state != nullptr ? lent.state->flash() : Flash(); }

// Tells of a power-on at `now`, which it returns.
Millis told(const Lent& lent, Millis now) {
  if (lent.recorder != nullptr) lent.recorder->switched_on(flash_of(lent), now);
  return now;
}

}  // namespace

Driver::Driver(EventLoop& loop, const Model& model, const Settings& settings, BlockPool& pool,
               const Lent& lent, const sim::Conditions& conditions)
    : Alarm(loop.alarms()),
      loop_(loop),
      recorder_(lent.recorder),
      modem_(model, settings, conditions, pool, flash_of(lent), told(lent, loop.now())),
      observer_(lent.observer),
      state_(lent.state),
      tls_(lent.tls),
      coap_endpoint_(lent.coap),
      net_(lent.net != nullptr ? *lent.net : kNoOptions),
      connect_timeout_(settings.connect_timeout),
      kept_version_(modem_.flash_version()) {}

void Driver::attach(std::shared_ptr<ByteStream> line, EndOfInput end_of_input, LineGone gone) {
  if (line_) line_->close();
  line_ = std::move(line);
  batch_bytes_ = static_cast<std::uint32_t>(line_->batch_bytes());
  outbox_.clear();
  end_of_input_ = end_of_input;
  host_finished_ = false;
  gone_ = std::move(gone);
  uart_ = modem_.uart();
  line_->follow(uart_);
  pump();
}

bool Driver::call(Call call) {
  const auto self = shared_from_this();  // its owner may let go of it when the line is lost
  const bool answer = tell(call);
  pump();
  return answer;
}

bool Driver::tell(Call call) {
  call.now = loop_.now();
  note(call);
  return sim::apply(modem_, call);
}

void Driver::stop() {
  if (!state_is_kept()) write_state();
  state_ = nullptr;
  stopped_ = true;
  observer_ = nullptr;
  if (recorder_ != nullptr) std::exchange(recorder_, nullptr)->switched_off(loop_.now());
  gone_ = nullptr;
  outbox_.clear();
  if (line_) line_->close();
  if (last_words_) last_words_->give_up();
  do_not_ring();
  lookup_.reset();
  close_coap();
  for (ConnId conn = 0; conn < connection_count(); ++conn) close(conn);
}

void Driver::finish(std::function<void()> done) {
  const auto line = std::exchange(line_, nullptr);
  Observer* const observer = observer_;
  std::string words = std::string(outbox_.view()) + unsaid();
  stop();
  if (!line) return done();
  last_words_ =
      std::make_shared<LastWords>(loop_, line, std::move(words), observer, std::move(done));
  last_words_->start();
}

// What waits for the host. It ends where a line or a record ends: the modem queues them whole.
std::string Driver::unsaid() const {
  return sim::joined(
      sim::all_views([this](std::span<Bytes> views) { return modem_.dte_output(views); }));
}

void Driver::pump() {
  if (stopped_) {
    if (last_words_) last_words_->go_on();
    return;
  }
  // A line that has just got room again gets what waits before the modem makes more of it.
  flush_outbox();
  bool moved = true;
  bool heard = false;
  for (int round = 0; moved && round < kRoundsPerTurn; ++round) {
    const EventLoop::StandingTime standing(loop_);
    take_actions();
    follow_line();
    // Once in a turn: a host that never stops has its turn as often as each of the others.
    moved = !heard && receive_from_host();
    heard = heard || moved;
    Moved most = say_to_host();
    for (ConnId conn = 0; conn < connection_count(); ++conn) most = std::max(most, serve(conn));
    moved |= most != Moved::nothing;
    moved |= send_coap();
    take_notes();
    note_line();
    if (stopped_) return;
    if (most == Moved::more) break;
  }
  const bool reads_on = end_turn();
  if (stopped_) return;
  if (moved || reads_on) {
    pump_soon();
  } else {
    settle();
  }
}

void Driver::pump_soon() {
  if (std::exchange(turn_is_due_, true)) return;
  boost::asio::post(loop_.context(), [self = shared_from_this()] {
    self->turn_is_due_ = false;
    self->pump();
  });
}

Driver::Moved Driver::serve(ConnId conn) {
  if (!connections_[conn].stream) return Moved::nothing;
  const bool sent = send_to_server(conn);
  Moved most = receive_from_server(conn) || sent ? Moved::all : Moved::nothing;
  // What is read of a body goes on to the host without the rest of a round.
  do {
    most = std::max(most, say_to_host());
    take_notes();
  } while (most != Moved::more && receive_ahead(conn));
  take_actions();
  return most;
}

void Driver::take_actions() {
  while (!stopped_) {
    const auto action = modem_.next_action();
    if (!action) return;
    note({.kind = Call::Kind::next_action, .now = loop_.now(), .action = *action});
    switch (action->kind) {
      case Action::Kind::connect:
        connect(*action);
        break;
      case Action::Kind::close:
        if (observer_ != nullptr) observer_->closed(action->conn);
        close(action->conn);
        break;
      case Action::Kind::resolve:
        resolve(action->host);
        break;
      case Action::Kind::check:
        check(*action);
        break;
      case Action::Kind::coap_open:
        open_coap(*action);
        break;
      case Action::Kind::coap_close:
        if (observer_ != nullptr) observer_->coap_closed();
        close_coap();
        break;
    }
  }
}

void Driver::connect(const Action& action) {
  const ConnId conn = action.conn;
  if (conn >= connections_.size()) connections_.resize(conn + std::size_t{1});
  if (observer_ != nullptr) observer_->connecting(conn, action.host, action.port);
  close(conn);
  std::shared_ptr<TlsContext> tls;
  if (action.tls) {
    std::string_view why;
    tls = tls_context(action, why);
    if (!tls) return end_connection(conn, Cause::tls_failed, why);
  }
  auto connector = std::make_shared<Connector>(
      loop_, net_, connect_timeout_,
      [self = shared_from_this(), conn](std::shared_ptr<ByteStream> stream, Cause why,
                                        std::string_view words) {
        self->connections_[conn].connector.reset();
        if (stream) {
          self->connections_[conn].stream = std::move(stream);
          if (self->observer_ != nullptr) self->observer_->connected(conn, words);
          self->tell({.kind = Call::Kind::net_opened, .conn = conn});
        } else {
          self->end_connection(conn, why, words);
        }
        self->pump();
      },
      [self = shared_from_this(), conn](const Address& address, Cause why) {
        if (self->observer_ != nullptr) self->observer_->tried(conn, address.text(), why);
      });
  connections_[conn].connector = connector;
  connector->start(std::string(action.host), action.port, std::move(tls));
}

std::shared_ptr<TlsContext> Driver::tls_context(const Action& action, std::string_view& why) {
  why = "no TLS here";
  if (tls_ == nullptr) return nullptr;
  return TlsContext::make(*tls_, certificates_of(modem_, action), why);
}

void Driver::check(const Action& action) {
  std::string_view why;
  const bool good = tls_context(action, why) != nullptr;
  if (!good && observer_ != nullptr) {
    observer_->noted({static_cast<std::int8_t>(action.instance), 0, why});
  }
  tell({.kind = Call::Kind::net_checked, .yes = good});
}

void Driver::resolve(Bytes host) {
  if (observer_ != nullptr) observer_->looking_up(host);
  lookup_.emplace(
      loop_, Question{.host = std::string(host), .server = net_.dns_server},
      [self = shared_from_this()](const std::vector<Address>& addresses, Cause, std::string_view) {
        const std::string text = first_of(addresses);
        if (self->observer_ != nullptr) self->observer_->looked_up(text);
        self->tell({.kind = Call::Kind::net_resolved, .bytes = text});
        self->pump();
      });
}

void Driver::close(ConnId conn) {
  if (conn >= connections_.size()) return;
  Connection& connection = connections_[conn];
  if (connection.connector) connection.connector->cancel();
  if (connection.stream) close_after_output(loop_, *connection.stream);
  connection = {};
}

void Driver::follow_line() {
  const Uart now = modem_.uart();
  if (uart_ == now) return;
  uart_ = now;
  if (line_) line_->follow(now);
}

// What the line has to say of itself, when that is something new.
void Driver::note_line() {
  const std::string_view words = line_ ? line_->words() : std::string_view();
  if (std::exchange(line_words_, words) == words || words.empty() || observer_ == nullptr) return;
  observer_->noted({Note::kNoInstance, 0, words});
}

// All there is for now, as far as the line takes it.
Driver::Moved Driver::say_to_host() {
  for (int i = 0; i < kMostSaidAtOnce; ++i) {
    if (!send_to_host()) return i == 0 ? Moved::nothing : Moved::all;
  }
  return Moved::more;
}

bool Driver::may_say() {
  keep_state();
  follow_line();
  return line_ && line_->may_write();
}

bool Driver::send_to_host() {
  if (!may_say()) return false;
  Views views;
  const std::size_t count = modem_.dte_output(views);
  if (count == 0) return false;
  std::size_t sent = put_in_outbox(std::span(views).first(count));
  if (sent == 0) {
    if (!outbox_.empty()) return flush_outbox();
    const auto result = line_->write(std::span(views).first(count));
    if (result.error != 0) lose_line(result.error);
    if (result.byte_count == 0) return false;
    sent = result.byte_count;
  }
  if (observer_ != nullptr) {
    show_sent(std::span(views).first(count), sent,
              [this](Bytes part) { observer_->to_host(part); });
  }
  tell({.kind = Call::Kind::dte_sent, .byte_count = sent});
  return true;
}

// A line is written to once in a turn, or when the outbox is full: then a body costs a call for
// many reports. What is slow gets what it takes, and the rest stays with the modem.
std::span<char> Driver::outbox_room() {
  const std::size_t waiting = outbox_.view().size();
  if (waiting >= batch_bytes_) return {};
  const std::span<char> room = outbox_.room(loop_.outgoing());
  return room.first(std::min(room.size(), std::size_t{batch_bytes_} - waiting));
}

std::size_t Driver::put_in_outbox(std::span<const Bytes> views) {
  std::span<char> room = outbox_room();
  std::size_t total = 0;
  for (const Bytes view : views) {
    const Bytes part = view.substr(0, room.size());
    part.copy(room.data(), part.size());
    room = room.subspan(part.size());
    total += part.size();
  }
  outbox_.add(total);
  return total;
}

// False: nothing of it could be written.
bool Driver::flush_outbox() {
  if (outbox_.empty() || !line_ || !line_->may_write()) return false;
  const Bytes all = outbox_.view();
  const auto result = line_->write(std::span(&all, 1));
  outbox_.consume(result.byte_count);
  if (result.error != 0) lose_line(result.error);
  return result.byte_count > 0;
}

// True: there may be more of a server, perhaps where the system does not know of it.
bool Driver::end_turn() {
  flush_outbox();
  outbox_.end_turn();
  bool reads_on = false;
  for (Connection& connection : connections_) {
    connection.ahead.end_turn();
    reads_on |= std::exchange(connection.was_read_full, false);
    if (connection.tail != Tail::open || connection.ahead.empty()) continue;
    connection.tail = Tail::due;
    reads_on = true;
  }
  return reads_on;
}

bool Driver::receive_from_host() {
  if (!line_ || host_finished_ || !line_->may_read()) return false;
  const std::size_t window = modem_.dte_window();
  if (window == 0) return false;
  const auto room = loop_.read_buffer(window);
  const auto result = line_->read(room);
  if (result.byte_count > 0) {
    const Bytes bytes(room.data(), result.byte_count);
    if (observer_ != nullptr) observer_->from_host(bytes);
    tell({.kind = Call::Kind::dte_received, .bytes = bytes});
    // It may be a password or a key.
    ::explicit_bzero(room.data(), result.byte_count);
    return true;
  }
  if (result.blocked) return false;
  if (result.error != 0 || end_of_input_ == EndOfInput::unplugged) {
    lose_line(result.error);
  } else {
    host_finished_ = true;
  }
  return false;
}

// Asking may write a request.
std::size_t Driver::output(ConnId conn, std::span<Bytes> views) {
  if (recorder_ != nullptr) {
    note({.kind = Call::Kind::net_output, .now = loop_.now(), .conn = conn});
  }
  return modem_.net_output(conn, views);
}

bool Driver::send_to_server(ConnId conn) {
  Connection& connection = connections_[conn];
  if (connection.write_error != 0 || !connection.stream->may_write()) return false;
  Views views;
  const std::size_t count = output(conn, views);
  if (count == 0) return false;
  const auto result = connection.stream->write(std::span(views).first(count));
  if (result.byte_count == 0) {
    connection.write_error = result.error;
    return result.error != 0;
  }
  if (observer_ != nullptr) {
    show_sent(std::span(views).first(count), result.byte_count,
              [&](Bytes part) { observer_->to_server(conn, part); });
  }
  tell({.kind = Call::Kind::net_sent, .conn = conn, .byte_count = result.byte_count});
  return true;
}

bool Driver::receive_from_server(ConnId conn) {
  if (!connections_[conn].ahead.empty()) {
    if (connections_[conn].tail == Tail::due) read_on(conn);
    return receive_ahead(conn);
  }
  // As much as can be read at once, once in a turn: it goes to the host in one write.
  if (connections_[conn].was_read_full) return false;
  const std::size_t window = modem_.net_window(conn);
  return window > 0 && read_from_server(conn, window);
}

// Of what has been read already.
bool Driver::receive_ahead(ConnId conn) {
  Backlog& ahead = connections_[conn].ahead;
  if (ahead.empty()) return false;
  const std::size_t window = modem_.net_window(conn);
  if (ahead.view().size() < window && connections_[conn].tail != Tail::told) return false;
  const Bytes bytes = ahead.view().substr(0, window);
  if (bytes.empty()) return false;
  tell_received(conn, bytes);
  ahead.consume(bytes.size());
  return true;
}

// A slice ends where nothing more is there to read: a server's one write may come in two pieces, a
// few microseconds apart. The tail of a read is told in the next turn, with what has come since.
void Driver::read_on(ConnId conn) {
  Connection& connection = connections_[conn];
  connection.tail = Tail::told;
  const std::size_t most = kReadAheadBytes - connection.ahead.view().size();
  const auto room = connection.ahead.room(loop_.incoming());
  if (room.empty()) return;
  const auto result = connection.stream->read(room.first(std::min(room.size(), most)));
  connection.ahead.add(result.byte_count);
  if (result.byte_count > 0) connection.tail = Tail::open;
  // The next read is told of an end again, but of an error not.
  if (result.error != 0) connection.write_error = result.error;
}

// A server that answers and closes before it has read everything makes the write fail first: what
// it said is read before the failure counts.
bool Driver::read_from_server(ConnId conn, std::size_t window) {
  Connection& connection = connections_[conn];
  if (!connection.stream->may_read() && connection.write_error == 0) return false;
  auto large = connection.ahead.room(loop_.incoming());
  large = large.first(std::min(large.size(), kReadAheadBytes));
  // In whole windows, so that no slice ends where the room does.
  const bool reads_ahead = large.size() > window;
  const auto room =
      reads_ahead ? large.first(large.size() / window * window) : loop_.read_buffer(window);
  const auto result = connection.stream->read(room);
  if (result.byte_count > 0) {
    connection.was_read_full = reads_ahead && result.byte_count == room.size();
    const std::size_t first = std::min(result.byte_count, window);
    tell_received(conn, Bytes(room.data(), first));
    if (reads_ahead) connection.ahead.add(result.byte_count);
    const bool has_tail = !connection.was_read_full && result.byte_count > first;
    connection.tail = has_tail ? Tail::open : Tail::told;
    connection.ahead.consume(reads_ahead ? first : 0);
    return true;
  }
  connection.ahead.clear();
  // A write that failed has taken the error away from the read, which then sees an orderly end.
  const int error = result.blocked || result.ended ? connection.write_error : result.error;
  if (error == 0 && result.ended) {
    end_connection(conn, Cause::closed);
    return true;
  }
  if (error == 0) return false;
  end_connection(conn, cause_of_errno(error, Stage::open), connection.stream->words());
  return true;
}

void Driver::tell_received(ConnId conn, Bytes bytes) {
  if (observer_ != nullptr) observer_->from_server(conn, bytes);
  std::span<char> room;
  // A recording has the bytes for the host as what was taken of them call by call.
  if (recorder_ == nullptr && may_say()) room = outbox_room();
  if (room.empty()) {
    tell({.kind = Call::Kind::net_received, .conn = conn, .bytes = bytes});
    return;
  }
  room = room.first(std::min(room.size(), kMostGrowth * bytes.size() + kRecordBytes));
  const std::size_t said = modem_.net_received(conn, bytes, room, loop_.now());
  if (observer_ != nullptr && said > 0) observer_->to_host(Bytes(room.data(), said));
  outbox_.add(said);
}

void Driver::end_connection(ConnId conn, Cause why, std::string_view words) {
  Connection& connection = connections_[conn];
  if (connection.stream) connection.stream->close();
  connection = {};
  if (observer_ != nullptr) observer_->ended(conn, why, words);
  tell({.kind = Call::Kind::net_closed, .conn = conn, .why = why});
}

void Driver::lose_line(int error) {
  outbox_.clear();
  line_->close();
  line_.reset();
  const LineGone gone = std::exchange(gone_, nullptr);
  if (gone) gone(error);
}

void Driver::settle() {
  settle_line();
  if (stopped_) return;
  for (ConnId conn = 0; conn < connection_count(); ++conn) {
    if (connections_[conn].stream) settle_connection(conn);
  }
  set_alarm();
}

void Driver::settle_line() {
  if (!line_) return;
  const bool has_output = !outbox_.empty() || !modem_.dte_output().empty();
  if (has_output && !line_->may_write()) line_->wait_writable(pump_later());
  if (!host_finished_) {
    if (modem_.dte_window() > 0) line_->wait_readable(pump_later());
  } else if (!modem_.has_work() && outbox_.empty()) {
    lose_line(0);
  }
}

void Driver::settle_connection(ConnId conn) {
  ByteStream& stream = *connections_[conn].stream;
  Bytes first;
  if (!stream.may_write() && output(conn, std::span(&first, 1)) > 0) {
    stream.wait_writable(pump_later());
  }
  const bool reads = connections_[conn].ahead.empty() && modem_.net_window(conn) > 0;
  if (reads) stream.wait_readable(pump_later());
}

void Driver::set_alarm() {
  auto deadline = modem_.next_deadline();
  if (!state_is_kept() && (!deadline || try_again_ < *deadline)) deadline = try_again_;
  if (deadline.value_or(kNever) == armed_for_) return;
  armed_for_ = deadline.value_or(kNever);
  if (deadline) {
    ring_at(loop_.time_point(*deadline));
  } else {
    do_not_ring();
  }
}

void Driver::ring() {
  const auto self = shared_from_this();  // its owner may let go of it when the line is lost
  armed_for_ = kNever;
  tell({.kind = Call::Kind::tick});
  pump();
}

// Before anything is sent: a host that has read OK to AT&W may rely on it.
void Driver::keep_state() {
  if (state_is_kept()) return;
  if (tried_version_ == modem_.flash_version() && loop_.now() < try_again_) return;
  write_state();
}

bool Driver::state_is_kept() const {
  return state_ == nullptr || kept_version_ == modem_.flash_version();
}

void Driver::write_state() {
  tried_version_ = modem_.flash_version();
  try_again_ = loop_.now() + kStateRetry;
  if (state_->keep(modem_.flash())) kept_version_ = tried_version_;
}

void Driver::take_notes() {
  if (observer_ == nullptr) return;
  while (const auto note = modem_.next_note()) observer_->noted(*note);
}

}  // namespace m531x::port
