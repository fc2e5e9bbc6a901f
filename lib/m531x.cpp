// SPDX-License-Identifier: Apache-2.0
// The functions of m531x.h: pointers and lengths are looked at here, refusals and exceptions end
// here, the rest is lib::Module's.
#include "m531x.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <new>
#include <string>
#include <string_view>
#include <type_traits>

#include "lib/module.h"
#include "scenario/scenario.h"

using m531x::Millis;
using m531x::lib::Module;
using m531x::lib::Network;
using m531x::lib::Refusal;
using m531x::lib::Request;
using m531x::lib::require;

static_assert(M531X_MAX_INSTANCES == m531x::kMaxInstances);
static_assert(M531X_MAX_HOST_BYTES == m531x::kMaxHostBytes);
static_assert(M531X_MAX_FAULTS == m531x::sim::kMaxFaults);
static_assert(M531X_MAX_REPORT_BYTES == m531x::Modem::kMaxInjectedBytes);
static_assert(std::string_view(M531X_VERSION) == M531X_PROJECT_VERSION);
static_assert(M531X_VERSION_NUMBER == M531X_PROJECT_VERSION_NUMBER);

struct m531x_module {
  Module module;
  std::string error;
  std::string text;            // of m531x_get
  Request request;             // of m531x_next_request
  bool out_of_memory = false;  // and so nobody knows what state it is in
};

namespace {

constexpr const char* kNoModule = "the module is a null pointer";
constexpr const char* kNoMemory = "there is no memory left; the module can only be freed";

// What a call returns; M531X_OK when that is nothing.
template <typename Call, typename On>
int result_of(Call& call, On& on) {
  if constexpr (std::is_void_v<decltype(call(on))>) {
    call(on);
    return M531X_OK;
  } else {
    return static_cast<int>(call(on));
  }
}

int refuse(std::string& sentence, const char* why) noexcept {
  try {
    sentence = why;
    return M531X_BAD_VALUE;
  } catch (...) {
    return M531X_NO_MEMORY;
  }
}

// Runs `call` on the module; what it throws becomes a result.
template <typename Call>
int guarded(m531x_t* m, Call call) noexcept {
  if (m == nullptr) return M531X_NULL_POINTER;
  if (m->out_of_memory) return M531X_NO_MEMORY;
  try {
    m->error.clear();
    return result_of(call, m->module);
  } catch (Refusal& refusal) {
    m->error = std::move(refusal.sentence);
    return refusal.code;
  } catch (const m531x::scenario::Error& error) {
    return refuse(m->error, error.what());
  } catch (...) {  // only memory can fail
    m->out_of_memory = true;
    return M531X_NO_MEMORY;
  }
}

// The same for a call that goes to the network.
template <typename Call>
int on_network(m531x_t* m, Call call) noexcept {
  return guarded(m, [&](Module& module) {
    return module.with_network([&](Network& network) { return result_of(call, network); });
  });
}

void need(const void* pointer, const char* sentence) {
  require(pointer != nullptr, M531X_NULL_POINTER, sentence);
}

// A text of at most M531X_MAX_TEXT_BYTES.
std::string_view text(const char* pointer, const char* name) {
  if (pointer == nullptr) {
    throw Refusal{M531X_NULL_POINTER, std::string("the ") + name + " is a null pointer"};
  }
  const std::size_t size = ::strnlen(pointer, M531X_MAX_TEXT_BYTES + 1);
  if (size > M531X_MAX_TEXT_BYTES) {
    throw Refusal{M531X_TOO_LONG, std::string("the ") + name + " is longer than " +
                                      std::to_string(M531X_MAX_TEXT_BYTES) + " bytes"};
  }
  return {pointer, size};
}

m531x::Bytes bytes(const void* pointer, std::size_t byte_count) {
  if (byte_count == 0) return {};
  need(pointer, "the bytes are a null pointer");
  return {static_cast<const char*>(pointer), byte_count};
}

std::span<char> buffer(void* pointer, std::size_t byte_count) {
  if (byte_count == 0) return {};
  need(pointer, "the buffer is a null pointer");
  return {static_cast<char*>(pointer), byte_count};
}

std::uint64_t ms(Millis time) { return static_cast<std::uint64_t>(time.count()); }

// Of each m531x_cause.
constexpr auto kCauses = std::to_array<m531x::Cause>(
    {m531x::Cause::closed, m531x::Cause::connect_timeout, m531x::Cause::no_route,
     m531x::Cause::unresolved_name, m531x::Cause::interface_down, m531x::Cause::refused,
     m531x::Cause::aborted, m531x::Cause::reset, m531x::Cause::tls_failed});
static_assert(kCauses[M531X_RESET] == m531x::Cause::reset);
static_assert(kCauses.size() == M531X_TLS_FAILED + 1);

// A number of one of the settings signal.*.
template <typename Number>
void measure(const char* key, int number, Number& to) {
  const auto& setting = *m531x::settings::find_setting(m531x::settings::module_table(), key);
  if (!m531x::settings::may_be(setting, std::int64_t{number})) {
    throw Refusal{M531X_BAD_VALUE, m531x::settings::complaint_about(setting)};
  }
  to = static_cast<Number>(number);
}

m531x::scenario::Scenario scenario_of(std::string_view name, const char* toml) {
  if (toml != nullptr) {
    return m531x::scenario::parse_scenario(text(toml, "scenario"), std::string(name));
  }
  const auto* const ready = m531x::scenario::find_ready(name);
  require(ready != nullptr, M531X_BAD_VALUE, "there is no scenario of that name");
  return m531x::scenario::parse_scenario(ready->text, std::string(name));
}

m531x_signal signal_of(const m531x::Signal& signal) {
  return {signal.rssi, signal.ber, signal.rsrq, signal.rsrp, signal.sinr};
}

m531x_status status_of(const m531x::Status& of) {
  m531x_status status{};
  status.power = static_cast<m531x_power>(of.power);
  status.functionality = of.functionality;
  status.coverage = of.coverage ? 1 : 0;
  status.registration = static_cast<m531x_registration>(of.registration);
  status.attached = of.attached ? 1 : 0;
  status.connected = of.connected ? 1 : 0;
  status.asleep = of.asleep ? 1 : 0;
  status.signal = signal_of(of.signal);
  for (std::size_t id = 0; id < of.instances.size(); ++id) {
    status.instances[id] = static_cast<m531x_instance>(of.instances[id]);
  }
  status.lines = of.counters.lines;
  status.failed_lines = of.counters.failed_lines;
  status.requests = of.counters.requests;
  status.responses = of.counters.responses;
  status.failures = of.counters.failures;
  status.reports = of.counters.reports;
  status.dropped_bytes = of.counters.dropped_bytes;
  status.restarts = of.counters.restarts;
  return status;
}
static_assert(M531X_ON == static_cast<int>(m531x::Power::on));
static_assert(M531X_ROAMING == static_cast<int>(m531x::Registration::roaming));
static_assert(M531X_RESPONDING == static_cast<int>(m531x::InstanceState::responding));

// The oldest event; whether there is one.
int take_event(Module& module, m531x_event* event) {
  const bool any = module.network().has_event();
  *event = module.network().next_event();
  return any ? 1 : 0;
}

}  // namespace

extern "C" {

const char* m531x_version(void) { return M531X_VERSION; }

m531x_t* m531x_make(void) {
  try {
    return new m531x_module{};
  } catch (...) {
    return nullptr;
  }
}

void m531x_free(m531x_t* m) { delete m; }

const char* m531x_error(const m531x_t* m) {
  if (m == nullptr) return kNoModule;
  return m->out_of_memory ? kNoMemory : m->error.c_str();
}

int m531x_set(m531x_t* m, const char* key, const char* value) {
  return guarded(m, [&](Module& module) { module.set(text(key, "key"), text(value, "value")); });
}

const char* m531x_get(m531x_t* m, const char* key) {
  const int result = guarded(m, [&](Module& module) { m->text = module.get(text(key, "key")); });
  return result == M531X_OK ? m->text.c_str() : nullptr;
}

int m531x_as_hardware(m531x_t* m) {
  return guarded(m, [](Module& module) { module.be_as_hardware(); });
}

int m531x_power_on(m531x_t* m) {
  return guarded(m, [](Module& module) { module.power_on(); });
}

int m531x_power_off(m531x_t* m) {
  return guarded(m, [](Module& module) { module.power_off(); });
}

int m531x_reset(m531x_t* m, int cause) {
  return guarded(m, [&](Module& module) {
    require(cause == M531X_RESET_PIN || cause == M531X_RESET_WATCHDOG, M531X_BAD_VALUE,
            "a reset comes from the pin or the watchdog");
    module.reset(cause == M531X_RESET_PIN ? m531x::ResetCause::pin : m531x::ResetCause::watchdog);
  });
}

int m531x_host_write(m531x_t* m, const void* from_host, size_t byte_count) {
  return guarded(m, [&](Module& module) {
    const auto most = std::min<std::size_t>(byte_count, M531X_HOST_BUFFER_BYTES);
    return module.host_write(bytes(from_host, most));
  });
}

int m531x_host_read(m531x_t* m, void* to_host, size_t most_bytes) {
  return guarded(m, [&](Module& module) { return module.host_read(buffer(to_host, most_bytes)); });
}

int m531x_host_available(m531x_t* m) {
  return guarded(m, [](Module& module) { return module.host_available(); });
}

int m531x_host_ready(m531x_t* m, int ready) {
  return guarded(m, [&](Module& module) { module.set_host_ready(ready != 0); });
}

uint64_t m531x_now(const m531x_t* m) { return m == nullptr ? 0 : ms(m->module.now()); }

int m531x_advance(m531x_t* m, uint32_t by_ms) {
  return guarded(m, [&](Module& module) { module.advance(Millis(by_ms)); });
}

int m531x_step(m531x_t* m, uint32_t most_ms) {
  return guarded(m, [&](Module& module) { return module.step(Millis(most_ms)) ? 1 : 0; });
}

int m531x_wait_output(m531x_t* m, uint32_t most_ms) {
  return guarded(m, [&](Module& module) {
    return module.wait(Millis(most_ms), [&] { return module.host_available() > 0; }) ? 1 : 0;
  });
}

int m531x_serve(m531x_t* m, const m531x_route* route) {
  return guarded(m, [&](Module& module) {
    need(route, "the route is a null pointer");
    return module.servers().add(*route);
  });
}

int m531x_serve_nothing(m531x_t* m) {
  return guarded(m, [](Module& module) { module.servers().clear(); });
}

int m531x_next_request(m531x_t* m, m531x_request* request) {
  return guarded(m, [&](Module& module) {
    need(request, "the request is a null pointer");
    *request = {};
    const bool any = module.servers().has_request();
    m->request = module.servers().next_request();
    if (!any) return 0;
    const Request& taken = m->request;
    *request = {.server = taken.server.c_str(),
                .method = taken.method.c_str(),
                .target = taken.target.c_str(),
                .headers = taken.headers.c_str(),
                .body = taken.body.c_str(),
                .body_bytes = taken.body.size(),
                .at_ms = ms(taken.at),
                .tls = taken.tls ? 1 : 0};
    return 1;
  });
}

int m531x_next_event(m531x_t* m, m531x_event* event) {
  return guarded(m, [&](Module& module) {
    need(event, "the event is a null pointer");
    return take_event(module, event);
  });
}

int m531x_wait_event(m531x_t* m, uint32_t most_ms, m531x_event* event) {
  return guarded(m, [&](Module& module) {
    need(event, "the event is a null pointer");
    module.wait(Millis(most_ms), [&] { return module.network().has_event(); });
    return take_event(module, event);
  });
}

int m531x_accept(m531x_t* m, uint32_t connection) {
  return on_network(m, [&](Network& network) { network.accept(connection); });
}

int m531x_send(m531x_t* m, uint32_t connection, const void* from_server, size_t byte_count) {
  return on_network(
      m, [&](Network& network) { network.send(connection, bytes(from_server, byte_count)); });
}

int m531x_receive(m531x_t* m, uint32_t connection, void* to_server, size_t most_bytes) {
  return on_network(m, [&](Network& network) {
    return network.receive(connection, buffer(to_server, most_bytes));
  });
}

int m531x_server_ready(m531x_t* m, uint32_t connection, int ready) {
  return on_network(m, [&](Network& network) { network.set_ready(connection, ready != 0); });
}

int m531x_end(m531x_t* m, uint32_t connection, int cause) {
  return on_network(m, [&](Network& network) {
    require(cause >= 0 && cause < static_cast<int>(kCauses.size()), M531X_BAD_VALUE,
            "there is no such cause");
    network.end(connection, kCauses[static_cast<std::size_t>(cause)]);
  });
}

int m531x_resolved(m531x_t* m, const char* address) {
  return on_network(m, [&](Network& network) {
    network.resolved(address == nullptr ? m531x::Bytes() : text(address, "address"));
  });
}

int m531x_checked(m531x_t* m, int good) {
  return on_network(m, [&](Network& network) { network.checked(good != 0); });
}

int m531x_set_coverage(m531x_t* m, int coverage) {
  return guarded(m, [&](Module& module) { module.set_coverage(coverage != 0); });
}

int m531x_set_signal(m531x_t* m, const m531x_signal* signal) {
  return guarded(m, [&](Module& module) {
    need(signal, "the signal is a null pointer");
    m531x::Signal measured;
    measure("signal.rssi", signal->rssi, measured.rssi);
    measure("signal.ber", signal->ber, measured.ber);
    measure("signal.rsrq", signal->rsrq, measured.rsrq);
    measure("signal.rsrp", signal->rsrp, measured.rsrp);
    measure("signal.sinr", signal->sinr, measured.sinr);
    module.set_signal(measured);
  });
}

int m531x_inject(m531x_t* m, const char* report) {
  return guarded(m, [&](Module& module) { module.inject(text(report, "report")); });
}

int m531x_fault(m531x_t* m, const char* words) {
  return guarded(m, [&](Module& module) { return module.add_fault(text(words, "fault")); });
}

int m531x_scenario(m531x_t* m, const char* name, const char* toml) {
  return guarded(m, [&](Module& module) {
    const std::string_view called = text(name, "name");
    module.add_faults(scenario_of(called, toml).faults);
  });
}

int m531x_clear_faults(m531x_t* m) {
  return guarded(m, [](Module& module) { module.clear_faults(); });
}

int m531x_fault_happened(m531x_t* m, int number) {
  return guarded(
      m, [&](Module& module) { return module.fault_happened(static_cast<std::uint32_t>(number)); });
}

int m531x_status_of(m531x_t* m, m531x_status* status) {
  return guarded(m, [&](Module& module) {
    need(status, "the status is a null pointer");
    *status = status_of(module.status());
  });
}

}  // extern "C"
