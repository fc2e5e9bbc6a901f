// SPDX-License-Identifier: Apache-2.0
// A modem on the bench: one modem with its memory, a scripted host, scripted servers and a clock
// that only moves when told to. It is what a library for host tests and our own tests stand on. It
// drives the modem as modem.h asks, and aborts with one sentence on standard error when the modem
// breaks a promise of modem.h.
#pragma once

#include <array>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/modem.h"

namespace m531x::stand {

// An action of the modem, with a host name that stays.
struct TakenAction {
  Action::Kind kind;
  ConnId conn;
  std::string host;
  std::uint16_t port;
  bool tls;
};

// A CoAP message of the modem, with bytes that stay.
struct SentMessage {
  CoapMessage head;  // its views are empty
  std::string path;
  std::string query;
  std::string payload;
};

// How much the far sides take.
struct Readers {
  static constexpr std::size_t kAll = static_cast<std::size_t>(-1);

  std::size_t host_at_a_time = kAll;  // Bench::set_host_reads
  // So much may lie in host_heard() and in each server_heard(); what is more waits in the modem
  // until their owner has taken something and calls settle().
  std::size_t most_host_bytes = kAll;
  std::size_t most_server_bytes = kAll;
  // So much room a host that takes all has for what one read of a server makes
  // (Modem::net_received); 0: none, it takes what is queued.
  std::size_t host_room = 0;
};

class Bench {
 public:
  static constexpr std::size_t kDefaultBlockCount = 512;
  static constexpr std::size_t kAll = Readers::kAll;

  // `model` must outlive the bench. The clock starts at 0.
  explicit Bench(const Model& model);
  // A modem with what its flash keeps, switched on at `now`, with readers that are so from its
  // first byte on, and behind what the host has heard before.
  Bench(const Model& model, const Settings& settings, std::size_t block_count = kDefaultBlockCount,
        const sim::Conditions& conditions = {}, const Flash& flash = {}, Millis now = Millis{0},
        const Readers& readers = {}, std::string host_heard = {});
  // Whoever else has blocks of pool() has given them back.
  ~Bench();
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  // In: each call returns when the modem has nothing more to do at this moment.

  // The host types. What does not fit dte_window() is offered again as soon as it opens.
  void host_sends(Bytes bytes);
  // How many bytes the host takes at a time from now on: kAll, any smaller number, or 0 for a host
  // that reads nothing.
  void set_host_reads(std::size_t most_bytes_at_a_time);
  // The connection that the modem asked for stands. The attempt must be under way.
  void server_accepts(ConnId conn);
  // What one read gives. What does not fit net_window() is kept and delivered as the window opens,
  // before anything that is sent or ended later. The connection must be open.
  void server_sends(ConnId conn, Bytes bytes);
  // The attempt or the connection ends, after what the server has sent has been delivered.
  void server_ends(ConnId conn, Cause why);
  // The answer to Action::check. False: the modem has not asked, and is not told.
  bool certificates_are(bool good);
  // The answer to Action::resolve, empty when the name has no address. False: it has not asked.
  bool name_is(Bytes address);
  // Whether the server takes what the modem sends; true at the start of each connection.
  void set_server_reads(ConnId conn, bool reads);
  // Moves the clock, from deadline to deadline.
  void advance(Millis by);
  // Delivers all there is; needed only after a call to modem() that went past the bench.
  void settle();

  // Out. The strings and lists grow until the owner clears them.

  [[nodiscard]] std::string& host_heard() { return host_heard_; }
  [[nodiscard]] std::string& server_heard(ConnId conn) { return conns_[conn].heard; }
  [[nodiscard]] std::vector<TakenAction>& actions() { return actions_; }
  // The messages of the modem in its CoAP session.
  [[nodiscard]] std::vector<SentMessage>& coap_heard() { return coap_heard_; }
  // The session that the modem asked for; whether it stands is for the owner to know.
  [[nodiscard]] bool has_coap() const { return has_coap_; }
  // Its owner has told the modem that it is over.
  void coap_ended() { has_coap_ = false; }
  // The connection that the modem asked for and that neither side has ended.
  [[nodiscard]] bool connecting(ConnId conn) const;
  [[nodiscard]] bool open(ConnId conn) const;
  // Bytes that the modem has not taken yet because its window is closed.
  [[nodiscard]] std::size_t host_bytes_waiting() const { return from_host_.size() - from_host_at_; }
  [[nodiscard]] std::size_t server_bytes_waiting(ConnId conn) const;
  [[nodiscard]] Millis now() const { return now_; }
  [[nodiscard]] sim::Modem& modem() { return *modem_; }
  [[nodiscard]] BlockPool& pool() { return pool_; }

  // Off: the modem is driven without looking at its promises, for measurements.
  void set_checking(bool on) { checking_ = on; }

 private:
  // Ending: the server's end is on the air, so that the modem may still close what it takes for
  // open.
  enum class State : std::uint8_t { idle, connecting, open, ending };
  struct Conn {
    State state = State::idle;
    bool server_reads = true;
    std::string heard;
    std::deque<std::string> reads;  // not yet taken by the modem, one string for each read
    std::size_t read_at = 0;        // how much of reads.front() it has taken
    std::optional<Cause> end;
  };

  bool drain_dte();
  bool drain_net(ConnId conn);
  bool drain_coap();
  bool take_actions();
  void take_action(const Action& action);
  bool offer_host_bytes();
  bool offer_server_bytes(ConnId conn);
  void receive(ConnId conn, Bytes bytes);
  bool tick_if_due();
  void check_dte_views() const;

  std::size_t block_count_;
  std::uint16_t mss_bytes_;
  std::unique_ptr<Block[]> blocks_;
  std::vector<char> scratch_;
  BlockPool pool_;
  std::unique_ptr<sim::Modem> modem_;
  Millis now_;
  bool late_;  // what comes from the network is under way for some time
  bool checking_ = true;
  Readers readers_;
  std::string from_host_;
  std::size_t from_host_at_ = 0;
  std::string host_heard_;
  bool check_asked_ = false;
  bool resolve_asked_ = false;
  std::vector<TakenAction> actions_;
  std::vector<SentMessage> coap_heard_;
  bool has_coap_ = false;
  std::array<Conn, kMaxConnections> conns_;
};

}  // namespace m531x::stand
