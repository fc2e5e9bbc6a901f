// SPDX-License-Identifier: Apache-2.0
// m531x onenet: a local stand-in of OneNET, for the two halves of the manual's chapter 2.3.
#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <optional>

#include "app/commands.h"
#include "onenet/platform.h"
#include "port/tcp_listener.h"
#include "port/user_error.h"

namespace m531x::app {
namespace {

constexpr const char* kDefaultKey = "ChangeForYourOwnKey";  // the manual's

struct OnenetOptions {
  std::string http = "127.0.0.1:8080";
  std::string coap = "127.0.0.1:5683";
  std::string coaps;
  std::string key = kDefaultKey;
  std::string db;
};

std::string text_of(const boost::asio::ip::address& address, unsigned port) {
  const std::string host = address.to_string();
  return address.is_v6() ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

// One line per event, at once.
void say(std::string_view event, std::string_view of, std::string_view more) {
  fmt::print("{}\n", onenet::line_of(event, of, more));
  std::fflush(stdout);
}

void warn_if_open(const boost::asio::ip::address& address, const std::string& place) {
  if (address.is_loopback()) return;
  fmt::print(stderr, "m531x: warning: {} is open to other machines\n", place);
}

int serve(const OnenetOptions& options) {
  const auto http = port::parse_endpoint(options.http, "--http");
  const auto coap = port::parse_endpoint(options.coap, "--coap");
  std::optional<boost::asio::ip::udp::endpoint> coaps;
  if (!options.coaps.empty()) {
    const auto at = port::parse_endpoint(options.coaps, "--coaps");
    coaps = {at.address(), at.port()};
  }
  port::EventLoop loop;
  onenet::Platform platform(loop,
                            {.http = http,
                             .coap = {coap.address(), coap.port()},
                             .coaps = coaps,
                             .api_key = options.key,
                             .db = options.db},
                            say);
  loop.stop_on_signals([&] { platform.end([&loop] { loop.stop(); }); });
  const std::string at_http = text_of(http.address(), platform.http_endpoint().port());
  const std::string at_coap = text_of(coap.address(), platform.coap_endpoint().port());
  warn_if_open(http.address(), at_http);
  warn_if_open(coap.address(), at_coap);
  fmt::print("{:<8} http://{}\n", "HTTP", at_http);
  fmt::print("{:<8} coap://{}\n", "LwM2M", at_coap);
  if (coaps) {
    const std::string at = text_of(coaps->address(), platform.coaps_endpoint().port());
    warn_if_open(coaps->address(), at);
    fmt::print("{:<8} coaps://{}\n", "LwM2M", at);
  }
  fmt::print("{:<8} {}\n", "Devices", options.db.empty() ? "in memory" : options.db);
  fmt::print("{:<8} {}\n", "End", "Ctrl-C");
  std::fflush(stdout);
  loop.run();
  return kDone;
}

}  // namespace

Command add_onenet(CLI::App& program) {
  auto* const app =
      program.add_subcommand("onenet", "Be a local stand-in of OneNET's HTTP API and LwM2M server");
  const auto options = std::make_shared<OnenetOptions>();
  expects(
      app->add_option("--http", options->http,
                      "Where the HTTP API is, 127.0.0.1:8080 if not told; port 0 is any free one"),
      "[ADDRESS:]PORT");
  expects(app->add_option("--coap", options->coap,
                          "Where devices bootstrap and register, by UDP, 127.0.0.1:5683 if not "
                          "told; port 0 is any free one"),
          "[ADDRESS:]PORT");
  expects(app->add_option("--coaps", options->coaps,
                          "Where devices that were created with a psk bootstrap and register, by "
                          "DTLS; port 0 is any free one"),
          "[ADDRESS:]PORT");
  expects(app->add_option(
              "--api-key", options->key,
              fmt::format("What clients have to send as api-key, {} if not told", kDefaultKey)),
          "KEY");
  expects(app->add_option("--db", options->db,
                          "Keep the devices in this SQLite file, which is made if it is not there"),
          "FILE");
  app->footer(
      "Examples:\n"
      "  m531x onenet\n"
      "  m531x onenet --http 8080 --coap 5683 --coaps 5684 --db devices.db\n"
      "  curl -H 'api-key: ChangeForYourOwnKey' \\\n"
      "    'http://127.0.0.1:8080/nbiot?imei=865820030265172&obj_id=3200'");
  return {app, [options] { return serve(*options); }};
}

}  // namespace m531x::app
