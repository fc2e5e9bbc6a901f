// SPDX-License-Identifier: Apache-2.0
// The platform: devices, their registrations, and what the HTTP API asks of them, joined.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "onenet/api.h"
#include "onenet/coap_server.h"
#include "onenet/devices.h"
#include "onenet/http_server.h"
#include "onenet/registry.h"
#include "port/event_loop.h"

namespace m531x::onenet {

struct PlatformOptions {
  boost::asio::ip::tcp::endpoint http;
  boost::asio::ip::udp::endpoint coap;
  std::optional<boost::asio::ip::udp::endpoint> coaps;  // DTLS with a device's psk
  std::string api_key;
  std::string db;  // a file; none: in memory
  // For what the platform asks by itself to be answered.
  std::chrono::milliseconds patience{30'000};
};

// An event as one line.
[[nodiscard]] std::string line_of(std::string_view event, std::string_view of,
                                  std::string_view more);

class Platform {
 public:
  // Told of each event: what, of whom, and more; without keys and without control bytes.
  using Say =
      std::function<void(std::string_view event, std::string_view of, std::string_view more)>;

  // Listens from here on, while the loop runs; throws port::UserError.
  Platform(port::EventLoop& loop, PlatformOptions options, Say say);

  // Answers what is open, and all that still comes, with an error; then calls `ended`, at the
  // latest when kFarewellTime is over.
  void end(std::function<void()> ended);

  [[nodiscard]] boost::asio::ip::tcp::endpoint http_endpoint() const { return http_.endpoint(); }
  [[nodiscard]] boost::asio::ip::udp::endpoint coap_endpoint() const {
    return {options_.coap.address(), coap_.port()};
  }
  // With port 0: there is none.
  [[nodiscard]] boost::asio::ip::udp::endpoint coaps_endpoint() const {
    if (!options_.coaps) return {};
    return {options_.coaps->address(), coap_.secure_port()};
  }

 private:
  using Reply = HttpServer::Reply;
  static constexpr std::chrono::milliseconds kFarewellTime{2'000};

  // How a registered device is reached.
  struct Link {
    Peer peer;
    std::vector<CoapServer::Number> inquiries;  // the observations among them go on
  };
  // What is asked of a device by itself, one after the other, once it has registered.
  struct Inquiry {
    lwm2m::Path path;
    bool discovers = false;  // else it observes
  };

  void handle(const ApiRequest& request, const Reply& reply);
  ApiAnswer create(const CreateDevice& call);
  ApiAnswer describe(const GetDevice& call);
  ApiAnswer remove(const DeleteDevice& call);
  void call(const DeviceCall& call, const Reply& reply);
  void send(const DeviceCall& call, const Peer& peer, const Reply& reply);
  static void refuse_at_end(Form form, const Reply& reply);
  ApiAnswer answer_to(const DeviceCall& call, const CoapMessage* answer);

  CoapServer::Reply handle(const CoapMessage& request, const Peer& from);
  CoapServer::Reply bootstrap(const RegistrationQuery& query, const Peer& from);
  void bootstrap_step(const Peer& peer, const std::string& imei, std::size_t step);
  [[nodiscard]] std::string security_for(const Peer& peer, const Device& device) const;
  CoapServer::Reply enrol(const RegistrationQuery& query, Bytes payload, const Peer& from);
  CoapServer::Reply update(Registration& registration, const CoapMessage& request,
                           const Peer& from);
  CoapServer::Reply deregister(const Registration& registration);
  [[nodiscard]] std::optional<CoapServer::Security> security();
  [[nodiscard]] std::optional<std::string> key_of(std::string_view identity) const;
  [[nodiscard]] std::string_view refusal_of(const RegistrationQuery& query, const Peer& from) const;
  [[nodiscard]] static bool proves(const Peer& peer, const Device& device);
  void inquire(std::uint64_t id, const std::vector<lwm2m::Path>& objects);
  void inquire_next(std::uint64_t id, std::vector<Inquiry> rest);
  void inquired(Registration& registration, const Inquiry& inquiry, const CoapMessage* answer);
  void drop(std::uint64_t id);
  void forget_inquiries(std::uint64_t id);
  void arm_expiry();
  void expire();

  port::EventLoop& loop_;
  PlatformOptions options_;
  Say say_;
  Devices devices_;
  Registry registry_;
  boost::asio::steady_timer expiry_;
  CoapServer coap_;
  bool ends_ = false;
  std::map<std::uint64_t, Reply> open_calls_;  // to devices, in their order
  std::uint64_t last_call_ = 0;
  std::map<std::uint64_t, Link> links_;  // by registration; gone before coap_ is
  HttpServer http_;
};

}  // namespace m531x::onenet
