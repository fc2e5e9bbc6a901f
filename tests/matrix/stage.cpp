// SPDX-License-Identifier: Apache-2.0
#include "tests/matrix/stage.h"

#include <utility>

#include "modem/engine.h"

namespace m531x::matrix {
namespace {

constexpr std::size_t kBlockCount = 128;
constexpr Bytes kHalfResponse = "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf";
constexpr Bytes kOtherHalf = "full";
constexpr Bytes kWholeResponse = "HTTP/1.1 204 No Content\r\n\r\n";

Settings settings_of(const Model& model) {
  Settings settings = default_settings(model);
  settings.variant.echo = false;
  settings.limits.line_bytes = 2048;
  return settings;
}

std::string text_of(const Status& status) {
  const Signal& signal = status.signal;
  std::string text = "status";
  for (const int value :
       {static_cast<int>(status.power), int{status.functionality}, int{status.coverage},
        static_cast<int>(status.registration), int{status.attached}, int{status.connected},
        int{status.asleep}, int{signal.rssi}, int{signal.rsrp}}) {
    text += ' ' + std::to_string(value);
  }
  for (const InstanceState state : status.instances) {
    text += ' ' + std::to_string(static_cast<int>(state));
  }
  const Counters& counters = status.counters;
  text += " requests " + std::to_string(counters.requests);
  return text + " restarts " + std::to_string(counters.restarts) + "\n";
}

}  // namespace

std::string_view name_of(State state) {
  static constexpr std::array<std::string_view, kStates.size()> kNames = {
      "no instance", "idle", "connecting", "sending", "receiving", "closing", "ended"};
  return kNames[static_cast<std::size_t>(state)];
}

Stage::Stage(const Model& model, State state, unsigned cmee)
    : model_(model), state_(state), bench_(model, settings_of(model), kBlockCount) {
  enter();
  bench_.host_sends("AT+CMEE=" + std::to_string(cmee) + "\r");
  bench_.host_heard().clear();
}

void Stage::enter() {
  if (state_ == State::none) return;
  bench_.host_sends("AT+HTTPCREATE=\"http://a.example\"\r");
  if (state_ == State::idle) return;
  bench_.host_sends("AT+HTTPCONTENT=0,\"content\"\rAT+HTTPSEND=0,1,\"/path\"\r");
  if (state_ == State::connecting) return;
  const bool is_read = state_ == State::receiving || state_ == State::ended;
  bench_.set_server_reads(0, is_read);
  bench_.server_accepts(0);
  if (state_ == State::receiving) bench_.server_sends(0, kHalfResponse);
  if (state_ == State::ended) bench_.server_sends(0, kWholeResponse);
  if (state_ == State::closing) bench_.host_sends("AT+HTTPCLOSE=0\r");
}

std::string Stage::heard() { return std::exchange(bench_.host_heard(), {}); }

std::string Stage::type(const std::string& line) {
  // The report of the connection's end has to wait while the line is partly typed.
  bench_.host_sends(line.substr(0, 1));
  if (state_ == State::ended && bench_.open(0)) {
    bench_.server_ends(0, Cause::closed);
    report_waits_ = true;
  }
  bench_.host_sends(line.substr(1) + "\r");
  return heard();
}

std::string Stage::waiting_report() const {
  if (!report_waits_) return {};
  return model_.variant.disconnect_code ? "\r\n+HTTPDISCONN:0,-2\r\n" : "\r\n+HTTPDISCON:0\r\n";
}

std::string Stage::go_on() {
  for (ConnId conn = 0; conn < kMaxConnections; ++conn) {
    if (bench_.connecting(conn)) bench_.server_accepts(conn);
    if (!bench_.open(conn)) continue;
    bench_.set_server_reads(conn, true);
    if (!bench_.open(conn)) continue;
    bench_.server_sends(conn, state_ == State::receiving ? kOtherHalf : kWholeResponse);
    if (bench_.open(conn)) bench_.server_ends(conn, Cause::closed);
  }
  return wait(Millis(120'000));
}

std::string Stage::wait(Millis time) {
  bench_.advance(time);
  return heard();
}

std::string Stage::everything() {
  std::string text = text_of(status());
  const FlashImage image = encode(modem().flash());
  text.append("flash ").append(image.data(), image.size()).append("\n");
  text += type("AT&V");
  for (const modem::CommandRow& row : modem::commands()) {
    if ((row.sets & model_.command_sets) == 0 || !at::has(row.forms, at::Form::read)) continue;
    text += type("AT" + std::string(row.name) + "?");
  }
  for (const char* const query :
       {"+HTTPHEADER=0", "+HTTPCONTENT=0", "+HTTPCFG=0,6", "+HTTPCFG=0,7", "+HTTPCFG=0,8"}) {
    text += query + type(std::string("AT") + query);
  }
  return text + "then " + go_on();
}

}  // namespace m531x::matrix
