// SPDX-License-Identifier: Apache-2.0
// The LwM2M client of a module (LwM2M 1.0 chapters 5 and 8): it bootstraps, registers, keeps its
// registration, and passes the server's requests on to the host, which answers by MIPL commands.
// It lives in one block while there is an instance, and takes others as it needs them.
#pragma once

#include <array>

#include "at/result.h"
#include "lwm2m/path.h"
#include "lwm2m/value.h"
#include "m531x/action.h"
#include "m531x/coap.h"
#include "m531x/model.h"
#include "m531x/status.h"
#include "mem/box.h"
#include "mem/text.h"
#include "modem/lwm2m_objects.h"
#include "modem/notes.h"
#include "modem/radio.h"
#include "modem/report_queue.h"

namespace m531x::modem {

// The numbers of +MIPLEVENT. Which of them are told is in the model's row.
enum class Lwm2mEvent : std::uint8_t {
  bootstrap_started = 1,
  bootstrapped = 2,
  bootstrap_failed = 3,
  connected = 4,
  connect_failed = 5,
  registered = 6,
  registration_failed = 7,
  registration_timed_out = 8,
  lifetime_over = 9,
  updated = 11,
  update_failed = 12,
  update_timed_out = 13,
  update_needed = 14,  // the module makes none itself, or its own came to nothing
  deregistered = 15,
  notify_failed = 25,
  notify_acknowledged = 26,
};

class Lwm2mClient {
 public:
  static constexpr std::size_t kMaxExchanges = 8;      // requests that the host has not answered
  static constexpr std::size_t kMaxObservations = 16;  // that stand
  static constexpr std::size_t kMaxMessages = kMaxExchanges + 1;  // that the port has not taken
  static constexpr std::size_t kMaxPayloadBytes = 1024;
  static constexpr std::size_t kMaxParts = 32;           // of one answer or notification
  static constexpr std::size_t kMaxWaitingBytes = 4096;  // of reports
  static constexpr std::size_t kMaxIdentityBytes = 128;
  static constexpr std::size_t kMaxKeyBytes = 64;
  static constexpr std::size_t kMaxAuthCodeBytes = 64;
  static constexpr std::size_t kMaxLocationBytes = 64;
  static constexpr Millis kAnswerWait{5'000};
  static constexpr Millis kPartWait{5'000};   // for the next part of a notification
  static constexpr Millis kRetryWait{1'000};  // for room for a message
  static constexpr Millis kReopenWait{10'000};
  static constexpr Millis kCloseWait{30'000};
  // For the answer to an update whose receipt is acknowledged; none can come any more then.
  static constexpr Millis kUpdateWait = kCoapExchangeLifetime;

  // What it stands on; outlives it.
  struct World {
    const Model& model;
    const Settings& settings;
    BlockPool& pool;
    Notes& notes;
    ReportQueue& reports;
    Counters& counters;
  };
  // Whom to talk to. Views.
  struct Peer {
    Bytes host{};
    std::uint16_t port = 0;
    bool tls = false;
    Bytes identity{};
    Bytes key{};
  };
  explicit Lwm2mClient(const World& world)
      : world_(world),
        created_(world.pool),
        granted_(world.pool),
        out_(world.pool),
        answer_(world.pool),
        notification_(world.pool) {}

  // The commands. Each has its effect whole, or fails and changes nothing.

  // Anew, too, when it is removed: what it has still to say to the last server goes out first.
  at::Final create(const Peer& peer, bool bootstraps);
  [[nodiscard]] bool may_be_deleted() const {
    return phase_ == Phase::closed || phase_ == Phase::deregistering;
  }
  // It is there no longer for the host, but may still have to say so to the server.
  void remove() { removed_ = true; }
  [[nodiscard]] bool is_removed() const { return removed_; }
  [[nodiscard]] bool may_go() const { return removed_ && phase_ == Phase::closed && !is_leaving(); }
  // Within `timeout` it is registered, or an event says why not.
  at::Final open(std::uint32_t lifetime, Millis timeout, Millis now);
  at::Final close(Millis now);
  at::Final add_object(std::uint16_t id, std::uint8_t instances);
  at::Final delete_object(std::uint16_t id);
  at::Final list_resources(std::uint16_t object, Bytes list);
  at::Final update(std::uint32_t lifetime, bool with_objects, Millis now);

  enum class Kind : std::uint8_t {
    none,
    read,
    write,
    execute,
    observe,
    discover,
    parameter,
    owed,  // nothing for the host: an answer that found no room
  };
  // Answers the request `id` of that kind with nothing but a code.
  at::Final answer(Kind kind, CoapId id, CoapCode code);
  // +MIPLDISCOVERRSP with the object's resources.
  at::Final answer_discovery(CoapId id, Bytes list);
  // One resource of an answer or of a notification.
  struct Part {
    lwm2m::Path path;
    lwm2m::ValueType type;
    Bytes value;
    std::uint32_t index;  // N-1 ... 0
    std::uint32_t flag;   // 1 the first of several, 2 one between, 0 the last
  };
  at::Final answer_part(CoapId id, const Part& part);
  // Without `ack_id` it is sent non-confirmable.
  at::Final notify(CoapId id, const Part& part, std::optional<std::uint16_t> ack_id, Millis now);

  // The network's side; see Modem.
  void opened(Millis now);
  void received(const CoapMessage& message, Millis now);
  void acknowledged(CoapId id);
  void failed(CoapMessage::Kind kind, CoapId id);
  void closed(Cause why, Millis now);
  [[nodiscard]] std::optional<CoapMessage> output() const;
  void sent();
  [[nodiscard]] Peer peer() const;

  void follow(Link link, Millis now);
  // When follow() has something to do; nullopt: not by time alone.
  [[nodiscard]] std::optional<Millis> next_change() const;
  // The session that it wants is to be asked for; the one that the port has is to end.
  [[nodiscard]] bool wants_session() const { return session_ == Session::wanted; }
  void session_asked() { session_ = Session::opening; }
  [[nodiscard]] bool is_done_with_session() const {
    return (session_ == Session::none || session_ == Session::wanted) && message_count_ == 0;
  }
  // Something that the host began is still to be done or told.
  [[nodiscard]] bool has_work() const;
  [[nodiscard]] Lwm2mState state() const;

  // The name that a module has for its servers.
  [[nodiscard]] static mem::Text endpoint(const Identity& module);

 private:
  enum class Phase : std::uint8_t {
    closed,
    seeking_bootstrap,  // no session yet
    bootstrapping,
    seeking,  // no session yet with the server to register with
    registering,
    registered,
    deregistering,
  };
  enum class Session : std::uint8_t { none, wanted, opening, open };
  enum class Request : std::uint8_t { none, bootstrap, registration, update, deregistration };
  struct Server {
    explicit Server(BlockPool& pool) : host(pool), secrets(pool) {}
    [[nodiscard]] bool take(const Peer& peer);
    [[nodiscard]] Peer peer() const;
    void clear();
    mem::Chain host;     // in one block
    mem::Chain secrets;  // the identity, then the key, in one block
    std::uint16_t port = 0;
    bool tls = false;
    std::uint8_t identity_bytes = 0;
  };
  struct Exchange {
    Kind kind = Kind::none;
    bool starts = false;               // of Kind::observe
    CoapCode code = kCoapUnavailable;  // that is answered at the deadline
    CoapId id = 0;
    ContentFormat accept = ContentFormat::none;
    lwm2m::Path path{};
    Millis deadline{0};
  };
  struct Observation {
    bool used = false;
    bool awaits_ack = false;
    CoapId id = 0;
    std::uint16_t ack_id = 0;
    ContentFormat accept = ContentFormat::none;
    lwm2m::Path path;
  };
  // Resources on their way to one message.
  struct Parts {
    explicit Parts(BlockPool& pool) : bytes(pool) {}
    void clear();
    mem::Chain bytes;
    bool open = false;  // some are there and some are still to come
    CoapId id = 0;
    std::uint32_t next_index = 0;
    Millis deadline{0};  // of a notification: it is given up when its next part has not come
  };
  struct Exchanges : std::array<Exchange, kMaxExchanges> {
    // Of the registration. It stands here for it must have its room when the server says it.
    ShortText<kMaxLocationBytes> location;
  };
  struct Observations : std::array<Observation, kMaxObservations> {};

  // lwm2m_client.cpp
  void tell(Lwm2mEvent event, std::optional<std::uint32_t> extra = std::nullopt);
  void tell_owed(Millis now);
  // False: too many bytes wait, or there is no memory.
  [[nodiscard]] bool take_report(Bytes text);
  void remark(std::string_view words) const { world_.notes.add({Note::kNoInstance, 0, words}); }
  [[nodiscard]] bool needs_session() const {
    return phase_ != Phase::closed && phase_ != Phase::deregistering;
  }
  void lose_session(Millis now);
  void end(Lwm2mEvent why);
  [[nodiscard]] bool is_leaving() const { return leaves_by_ != kNever; }
  void forget(Observation& observation);
  void forget_unacknowledged();
  [[nodiscard]] bool refuse_exchanges();
  void drop_exchanges();
  void time_out();
  void expire_exchanges(Millis now);

  // lwm2m_messages.cpp
  bool send(const CoapMessage& message, const mem::Chain* payload = nullptr);
  bool request(Request what, CoapCode code, Bytes path, Bytes query, const mem::Chain* payload);
  void respond(CoapId id, CoapCode code);

  // lwm2m_registration.cpp
  [[nodiscard]] Bytes location() const { return exchanges_->location; }
  void begin_bootstrap();
  void begin_registration();
  bool send_update(std::uint32_t lifetime, bool with_objects, Millis now);
  [[nodiscard]] bool deregister(Bytes location);
  void deregistration_ended();
  void keep_registration(Millis now);
  void need_update();
  void answered(const CoapMessage& response, Millis now);
  void registration_answered(const CoapMessage& response, Millis now);
  void update_answered(CoapCode code, Millis now);
  void update_failed(Lwm2mEvent why);
  void request_failed();

  // lwm2m_bootstrap.cpp
  void bootstrap_request(const CoapMessage& request);
  [[nodiscard]] CoapCode take_security(const lwm2m::Path& path, Bytes tlv);
  [[nodiscard]] CoapCode take_account(std::uint16_t instance, Bytes resources);
  // Whether the account of the server to register with is of that instance of the security object.
  [[nodiscard]] bool is_granted_in(std::int32_t instance) const;
  void finish_bootstrap(CoapId id);

  // lwm2m_requests.cpp
  void server_request(const CoapMessage& request, Millis now);
  void get(const CoapMessage& request, const lwm2m::Path& path, Millis now);
  void observe(const CoapMessage& request, const lwm2m::Path& path, Millis now);
  void discover(const CoapMessage& request, const lwm2m::Path& path, Millis now);
  void write(const CoapMessage& request, const lwm2m::Path& path, Millis now);
  void set_parameters(const CoapMessage& request, const lwm2m::Path& path, Millis now);
  void execute(const CoapMessage& request, const lwm2m::Path& path, Millis now);
  // Gives the host a request that it is to answer; the server is told when that cannot be.
  void pass_on(const Exchange& exchange, Bytes report_text);
  [[nodiscard]] Exchange* free_exchange();
  [[nodiscard]] Exchange* find_exchange(Kind kind, CoapId id);
  [[nodiscard]] Observation* find_observation(CoapId id);
  enum class Answered : std::uint8_t {
    yes,
    refused,  // the server was told that it cannot be observed
    no,       // there is no room for an answer
  };
  [[nodiscard]] Answered answer_observation(const Exchange& exchange);
  bool answer_links(CoapId id, const lwm2m::Path& path);
  CoapCode report_writes(const CoapMessage& request, const lwm2m::Path& path);

  // lwm2m_answers.cpp
  struct Whole {
    at::Final result;
    bool complete;
    ContentFormat format;  // of the message; none: what is asked for, this cannot be told in
  };
  [[nodiscard]] Whole collect(Parts& parts, CoapId id, const lwm2m::Path& asked,
                              ContentFormat accept, const Part& part);
  // What a resource of that type is told in; none: nothing that is asked for.
  [[nodiscard]] static ContentFormat format_of(const lwm2m::Path& asked, ContentFormat accept,
                                               lwm2m::ValueType type);
  [[nodiscard]] bool compose(const Parts& parts, const lwm2m::Path& asked, mem::Chain& to) const;

  static constexpr Millis kNever = Millis::max();

  World world_;
  Server created_;  // AT+MIPLCREATE, AT+MIPLCREATEEX
  Server granted_;  // by the bootstrap server
  mem::Chain out_;  // messages
  Parts answer_;
  Parts notification_;
  mem::Box<Lwm2mObjects> objects_;
  mem::Box<Exchanges> exchanges_;
  mem::Box<Observations> observations_;
  Millis deadline_ = kNever;  // of a phase that the host waits for, of an update
  Millis leaves_by_ =
      kNever;  // the last instance is still to be deregistered, in the session it had
  Millis lifetime_ends_ = kNever;
  Millis update_at_ = kNever;
  Millis reopen_at_{0};
  Millis tell_at_ = kNever;
  std::uint32_t owed_events_ = 0;  // a bit set of those that found no room
  std::uint32_t lifetime_ = 0;
  std::uint32_t asked_lifetime_ = 0;  // by the update that is not answered
  std::uint8_t message_count_ = 0;
  Phase phase_ = Phase::closed;
  Session session_ = Session::none;
  Request request_ = Request::none;
  Link link_ = Link::down;
  bool bootstraps_ = false;
  bool update_asked_ = false;  // by the host, who is to hear of it
  bool removed_ = false;
  CoapId request_id_ = 0;
  std::uint16_t granted_instance_ = 0;  // of the security object
};

}  // namespace m531x::modem
