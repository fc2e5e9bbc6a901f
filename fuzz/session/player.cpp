// SPDX-License-Identifier: Apache-2.0
#include "fuzz/session/player.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "fuzz/fuzz.h"
#include "fuzz/session/coap.h"
#include "fuzz/session/dialect.h"
#include "fuzz/session/wire.h"
#include "stand/bench.h"

namespace m531x::fuzz {
namespace {

using CallKind = Call::Kind;

// With so many blocks left nothing is refused for want of one, and no window is smaller.
constexpr std::size_t kAmpleBlocks = 120;
// While others hold the pool, a modem looks for a block every 10 ms.
constexpr std::uint32_t kLongestScarceWait = 2'000;
constexpr Millis kLongEnough{600'000};
// Lines that were typed while the port checked or looked up may want the same again.
constexpr int kLastRounds = 8;
// A ping may be sent 255 times, an hour each.
constexpr int kMostRounds = kLastRounds + 255 * 6;

// Blocks that other modems of the same pool hold.
class Others {
 public:
  explicit Others(BlockPool& pool) : pool_(pool) {}
  Others(const Others&) = delete;
  Others& operator=(const Others&) = delete;
  ~Others() { release(); }

  // Takes or gives back until at most, or at least, so many are left.
  void leave(std::size_t count, Use use) {
    while (!held_.empty() && pool_.free_count(use) < count) give();
    while (pool_.free_count(use) > count) {
      Block* block = pool_.take(use);
      block->begin = block->end = 0;
      held_.push_back(block);
    }
  }
  void release() {
    while (!held_.empty()) give();
  }
  [[nodiscard]] bool hold_any() const { return !held_.empty(); }

 private:
  void give() {
    pool_.give(held_.back());
    held_.pop_back();
  }

  BlockPool& pool_;
  std::vector<Block*> held_;
};

// What a port could have found.
std::string address_in(Bytes text) {
  constexpr std::size_t kLongest = 45;
  std::string address(mem::first(text, text.find_first_not_of("0123456789abcdefABCDEF.:")));
  address.resize(std::min(address.size(), kLongest));
  return address;
}

bool is_scarce(const Script& script) {
  const auto takes = [](const Call& call) {
    return call.kind == CallKind::others_take || call.kind == CallKind::others_output;
  };
  return script.block_count < kManyBlocks || std::ranges::any_of(script.calls, takes);
}

class Player {
 public:
  Player(const Script& script, const Way& way)
      : script_(script),
        way_(way),
        is_strict_(way.pieces == nullptr && way.host_reads == stand::Bench::kAll),
        bench_(*script.model, script.settings, script.block_count, {}, {}, Millis{0},
               {.host_room = way.host_room}),
        others_(bench_.pool()),
        dialect_(script, is_scarce(script)) {
    bench_.set_host_reads(way.host_reads);
    played_.scarce = is_scarce(script);
  }

  Played play() {
    listen();
    for (std::size_t i = 0; i < script_.calls.size(); ++i) {
      const std::size_t heard = played_.heard.size();
      give(script_.calls[i], i);
      listen();
      played_.crowded |= played_.heard.size() - heard >= script_.settings.limits.dte_queue_bytes;
    }
    end();
    if (bench_.pool().peak_count() + kAmpleBlocks > script_.block_count) played_.scarce = true;
    return std::move(played_);
  }

 private:
  void give(const Call& call, std::size_t index) {
    const Millis now = bench_.now();
    switch (call.kind) {
      case CallKind::host_types:
        return type(call.bytes, index);
      case CallKind::host_reads:
        host_reads_ = call.number;
        return bench_.set_host_reads(call.number == Call::kAll ? way_.host_reads : call.number);
      case CallKind::resolved:
        if (!std::exchange(look_up_is_due_, false)) return;
        bench_.modem().net_resolved(address_in(call.bytes), now);
        break;
      case CallKind::checked:
        check_is_due_ = false;
        static_cast<void>(bench_.certificates_are(call.number != 0));
        return;
      case CallKind::time_passes:
        return bench_.advance(
            Millis(others_.hold_any() ? std::min(call.number, kLongestScarceWait) : call.number));
      case CallKind::coverage:
        bench_.modem().set_coverage(call.number != 0, now);
        break;
      case CallKind::signal:
        bench_.modem().set_signal({.rssi = static_cast<std::uint8_t>(call.number)}, now);
        break;
      case CallKind::reset_pressed:
      case CallKind::watchdog_bites:
        bench_.modem().reset(
            call.kind == CallKind::reset_pressed ? ResetCause::pin : ResetCause::watchdog, now);
        break;
      case CallKind::injected:
        inject(call.bytes, now);
        break;
      case CallKind::others_take:
        others_.leave(call.number, Use::storage);
        break;
      case CallKind::others_output:
        others_.leave(call.number, Use::output);
        break;
      case CallKind::coap_opens:
      case CallKind::coap_ends:
      case CallKind::coap_says:
      case CallKind::coap_acknowledges:
      case CallKind::coap_fails:
        return give_coap(call);
      default:
        return give_net(call);
    }
    bench_.settle();
  }

  void give_coap(const Call& call) {
    if (!bench_.has_coap()) return;
    sim::Modem& modem = bench_.modem();
    const Millis now = bench_.now();
    const auto id = static_cast<CoapId>(call.number);
    if (call.kind == CallKind::coap_ends) {
      bench_.coap_ended();
      coap_stands_ = false;
      modem.coap_closed(call.cause, now);
    } else if (call.kind == CallKind::coap_opens) {
      if (!std::exchange(coap_stands_, true)) modem.coap_opened(now);
    } else if (!coap_stands_) {
      return;
    } else if (call.kind == CallKind::coap_says) {
      CoapMessage message = parse_message(call.bytes);
      if (message.kind == CoapMessage::Kind::response) message.id = coap_request_;
      modem.coap_received(message, now);
    } else if (call.kind == CallKind::coap_acknowledges) {
      modem.coap_acknowledged(id, now);
    } else if (id == 0) {
      modem.coap_failed(CoapMessage::Kind::request, coap_request_, CoapFailure::no_answer, now);
    } else {
      const auto why = id % 2 == 0 ? CoapFailure::no_answer : CoapFailure::rejected;
      modem.coap_failed(CoapMessage::Kind::notification, id, why, now);
    }
    bench_.settle();
  }

  void give_net(const Call& call) {
    const bool connecting = bench_.connecting(call.conn);
    const bool open = bench_.open(call.conn);
    switch (call.kind) {
      case CallKind::server_opens:
        if (connecting) bench_.server_accepts(call.conn);
        break;
      case CallKind::server_sends:
        if (open) bench_.server_sends(call.conn, call.bytes);
        break;
      case CallKind::server_ends:
        if (connecting || open) bench_.server_ends(call.conn, call.cause);
        break;
      default:
        if (open) bench_.set_server_reads(call.conn, call.number != 0);
    }
  }

  // So that nobody takes it for something else.
  void inject(Bytes text, Millis now) {
    std::string line = "+INJECTED:";
    std::ranges::copy_if(text, std::back_inserter(line), [](char c) { return c >= ' '; });
    const bool fits = line.size() + 4 <= Modem::kMaxInjectedBytes;
    const bool taken = bench_.modem().inject(line, now);
    expect(fits || !taken, "no more is injected than the bound");
  }

  void type(Bytes bytes, std::size_t index) {
    if (way_.pieces != nullptr) {
      for (const std::size_t size : (*way_.pieces)[index]) {
        bench_.host_sends(mem::first(bytes, size));
        bytes = mem::after(bytes, size);
      }
      return;
    }
    played_.pieces.resize(index + 1);
    std::vector<std::size_t>& sizes = played_.pieces[index];
    bool begins = true;
    for (const char& byte : bytes) {
      if (begins) sizes.push_back(0);
      ++sizes.back();
      begins = type_byte(byte);
    }
  }

  // True when more happened than that the byte was kept or echoed.
  bool type_byte(const char& byte) {
    const Status before = status();
    const std::size_t actions = bench_.actions().size();
    if (is_strict_ && before.power == Power::on) dialect_.typed(byte);
    bench_.host_sends(Bytes(&byte, 1));
    const Counters& counters = before.counters;
    const Status after = status();
    const bool happened = after.counters.lines != counters.lines ||
                          after.counters.reports != counters.reports ||
                          after.counters.restarts != counters.restarts ||
                          after.power != before.power || bench_.actions().size() != actions;
    listen();
    return happened;
  }

  [[nodiscard]] Status status() { return bench_.modem().status(bench_.now()); }

  // Takes what was heard since the last time.
  void listen() {
    for (const stand::TakenAction& action : bench_.actions()) note(action);
    bench_.actions().clear();
    for (const stand::SentMessage& sent : bench_.coap_heard()) {
      if (sent.head.kind == CoapMessage::Kind::request) coap_request_ = sent.head.id;
      played_.to_lwm2m += std::to_string(sent.head.id) + " " + std::to_string(sent.head.code) +
                          " " + sent.path + "?" + sent.query + " " + sent.payload + "\n";
    }
    bench_.coap_heard().clear();
    for (ConnId conn = 0; conn < kMaxConnections; ++conn) {
      if (bench_.server_heard(conn).empty()) continue;
      servers_[conn] += std::exchange(bench_.server_heard(conn), {});
    }
    const std::string heard = std::exchange(bench_.host_heard(), {});
    played_.heard += heard;
    if (!is_strict_) return;
    const Status now = status();
    const bool went_off = now.power == Power::off && power_ != Power::off;
    power_ = now.power;
    // Where bytes wait, in the modem or in front of it, is up to the host's writes, and with it
    // what comes first when it goes on.
    if (bench_.host_bytes_waiting() != 0) played_.held_up = true;
    const bool waited = std::exchange(waited_, false);
    waited_ = bench_.host_bytes_waiting() != 0;
    const std::uint32_t downs = now.counters.restarts - restarts_ + (went_off ? 1U : 0U);
    held_.lines += now.counters.lines - lines_;
    held_.downs += downs;
    if (downs > 0) dialect_.went_down(held_.lines, waited);
    lines_ = now.counters.lines;
    restarts_ = now.counters.restarts;
    held_bytes_ += heard;
    // What comes while something waits is read when it is all there.
    const bool waits =
        bench_.host_bytes_waiting() != 0 || check_is_due_ || !bench_.modem().dte_output().empty();
    if (waits) {
      held_.exact = false;
      return;
    }
    dialect_.hear(std::exchange(held_bytes_, {}), std::exchange(held_, {.exact = true}));
  }

  void note(const stand::TakenAction& action) {
    if (action.kind == Action::Kind::resolve) look_up_is_due_ = true;
    if (action.kind == Action::Kind::check) check_is_due_ = true;
    if (action.kind == Action::Kind::coap_open) coap_stands_ = false;
    if (action.kind != Action::Kind::connect) return;
    take_server(action.conn);
  }

  // A connection is over, or the last that had its number.
  void take_server(ConnId conn) {
    std::string heard = std::exchange(servers_[conn], {});
    request_count_ += count_requests(heard);
    if (!heard.empty()) played_.by_servers.push_back(std::move(heard));
  }

  // Everybody does what is left to do; then nothing may be left.
  void end() {
    others_.release();
    bench_.set_host_reads(way_.host_reads);
    for (ConnId conn = 0; conn < kMaxConnections; ++conn) bench_.set_server_reads(conn, true);
    bench_.settle();
    listen();
    const auto goes_on = [this](int round) {
      return round < kLastRounds || (round < kMostRounds && bench_.modem().has_work());
    };
    for (int round = 0; goes_on(round); ++round) {
      for (const CallKind kind : {CallKind::checked, CallKind::resolved, CallKind::coap_ends}) {
        give({.kind = kind, .number = 1, .bytes = {}}, 0);
        listen();
      }
      bench_.advance(kLongEnough);
      listen();
    }
    expect(!bench_.modem().has_work(), "with time and memory all work comes to its end");
    expect(bench_.host_bytes_waiting() == 0, "with time and memory all that was typed is taken");
    for (ConnId conn = 0; conn < kMaxConnections; ++conn) take_server(conn);
    // An idempotent one may go out twice.
    expect(request_count_ <= std::size_t{2} * status().counters.requests,
           "no request goes out that nobody made");
    probe();
    if (is_strict_) dialect_.finish(status().counters.requests);
  }

  // A modem that is on answers, once a line that the script has left half typed is over: it may ask
  // for a check of certificates, behind which nothing is read.
  void probe() {
    if (!is_strict_ || !dialect_.follows()) return;
    const std::string before = played_.heard;
    type("\r", script_.calls.size());
    listen();
    give({.kind = CallKind::checked, .number = 1, .bytes = {}}, 0);
    listen();
    type("AT\r", script_.calls.size());
    listen();
    const std::string heard = std::exchange(played_.heard, before).substr(before.size());
    if (status().power != Power::on || !dialect_.follows() || !dialect_.is_answered()) return;
    expect(heard.ends_with("\r\nOK\r\n") || heard.ends_with("0\r"), "in the end it says OK");
  }

  const Script& script_;
  const Way way_;
  const bool is_strict_;
  stand::Bench bench_;
  Others others_;
  Dialect dialect_;
  Played played_;
  std::array<std::string, kMaxConnections> servers_;
  std::size_t request_count_ = 0;
  std::uint32_t host_reads_ = Call::kAll;
  std::uint32_t lines_ = 0;
  std::uint32_t restarts_ = 0;
  Power power_ = Power::booting;
  bool look_up_is_due_ = false;
  bool check_is_due_ = false;
  bool coap_stands_ = false;
  CoapId coap_request_ = 0;  // the modem's last
  bool waited_ = false;
  Dialect::Moment held_{.exact = true};
  std::string held_bytes_;
};

}  // namespace

Played play(const Script& script, const Way& way) { return Player(script, way).play(); }

}  // namespace m531x::fuzz
