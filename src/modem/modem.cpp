// SPDX-License-Identifier: Apache-2.0
#include "m531x/modem.h"

#include <new>

#include "modem/engine.h"

namespace m531x {

Modem::Modem(const Model& model, const Settings& settings, BlockPool& pool, const Flash& flash,
             Millis now) {
  static_assert(sizeof(modem::Engine) <= kStorageBytes);
  static_assert(alignof(modem::Engine) <= alignof(std::max_align_t));
  new (storage_) modem::Engine(model, settings, pool, flash, now);
}

Modem::~Modem() { engine().~Engine(); }

modem::Engine& Modem::engine() { return *std::launder(reinterpret_cast<modem::Engine*>(storage_)); }

const modem::Engine& Modem::engine() const {
  return *std::launder(reinterpret_cast<const modem::Engine*>(storage_));
}

void Modem::dte_received(Bytes from_host, Millis now) { engine().dte_received(from_host, now); }
void Modem::net_opened(ConnId conn, Millis now) { engine().net_opened(conn, now); }
void Modem::net_received(ConnId conn, Bytes from_server, Millis now) {
  engine().net_received(conn, from_server, now);
}
std::size_t Modem::net_received(ConnId conn, Bytes from_server, std::span<char> host_room,
                                Millis now) {
  return engine().net_received(conn, from_server, host_room, now);
}
void Modem::net_closed(ConnId conn, Cause why, Millis now) { engine().net_closed(conn, why, now); }
void Modem::net_resolved(Bytes address, Millis now) { engine().net_resolved(address, now); }
void Modem::net_checked(bool good, Millis now) { engine().net_checked(good, now); }
void Modem::coap_opened(Millis now) { engine().coap_opened(now); }
void Modem::coap_received(const CoapMessage& message, Millis now) {
  engine().coap_received(message, now);
}
void Modem::coap_acknowledged(CoapId id, Millis now) { engine().coap_acknowledged(id, now); }
void Modem::coap_failed(CoapMessage::Kind kind, CoapId id, CoapFailure why, Millis now) {
  engine().coap_failed(kind, id, why, now);
}
void Modem::coap_closed(Cause why, Millis now) { engine().coap_closed(why, now); }
void Modem::tick(Millis now) { engine().tick(now); }
void Modem::reset(ResetCause cause, Millis now) { engine().reset(cause, now); }
void Modem::set_coverage(bool coverage, Millis now) { engine().set_coverage(coverage, now); }
void Modem::set_signal(const Signal& signal, Millis now) { engine().set_signal(signal, now); }
bool Modem::inject(Bytes text, Millis now) { return engine().inject(text, now); }

std::size_t Modem::dte_output(std::span<Bytes> views) const { return engine().dte_output(views); }

Bytes Modem::dte_output() const {
  Bytes view;
  engine().dte_output(std::span(&view, 1));
  return view;
}

void Modem::dte_sent(std::size_t byte_count, Millis now) { engine().dte_sent(byte_count, now); }
std::size_t Modem::dte_window() const { return engine().dte_window(); }
Uart Modem::uart() const { return engine().serial.uart(); }

std::size_t Modem::net_output(ConnId conn, std::span<Bytes> views) {
  return engine().http.output(conn, views);
}

void Modem::net_sent(ConnId conn, std::size_t byte_count, Millis now) {
  engine().net_sent(conn, byte_count, now);
}

std::size_t Modem::net_window(ConnId conn) const { return engine().http.window(conn); }
std::size_t Modem::net_certificate(const Action& action, Certificate which,
                                   std::span<Bytes> views) const {
  return engine().http.certificate(action, which, views);
}

std::optional<CoapMessage> Modem::coap_output() { return engine().coap_output(); }
void Modem::coap_sent(Millis now) { engine().coap_sent(now); }
Modem::CoapCredentials Modem::coap_credentials() const { return engine().coap_credentials(); }

std::optional<Action> Modem::next_action() { return engine().next_action(); }
std::optional<Millis> Modem::next_deadline() const { return engine().next_deadline(); }
bool Modem::has_work() const { return engine().has_work(); }
Status Modem::status(Millis now) const { return engine().status(now); }
const Flash& Modem::flash() const { return engine().flash; }
std::uint32_t Modem::flash_version() const { return engine().flash_version(); }
std::optional<Note> Modem::next_note() { return engine().notes.take(); }

}  // namespace m531x
