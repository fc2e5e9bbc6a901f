// SPDX-License-Identifier: Apache-2.0
#include "app/trace.h"

#include <array>
#include <nlohmann/json.hpp>

#include "app/coap_words.h"
#include "app/redact.h"

namespace m531x::app {

using Record = nlohmann::ordered_json;

namespace {

Record start_record(const port::EventLoop& loop, std::optional<unsigned> number,
                    std::string_view direction) {
  Record record;
  constexpr double kMicrosPerMilli = 1000;
  record["t"] = static_cast<double>(loop.uptime().count()) / kMicrosPerMilli;
  if (number) record["modem"] = *number;
  record["dir"] = direction;
  return record;
}

}  // namespace

class Trace::Watch : public port::Observer {
 public:
  Watch(Trace& trace, unsigned number, const Profile& at_start)
      : trace_(trace), number_(number), host_(at_start.characters), modem_(at_start.echo) {}

  void from_host(Bytes bytes) override {
    for (const std::string& line : host_.take(bytes)) tell("host", line);
  }
  void to_host(Bytes bytes) override {
    for (const transcript::ModemRecord& record : records_.take(bytes)) {
      tell("modem", modem_.show(record, host_));
    }
  }
  void from_server(ConnId conn, Bytes bytes) override {
    for (const std::string& piece : wires_[conn].responses.take(bytes)) {
      tell("net", conn, "in", piece);
    }
  }
  void to_server(ConnId conn, Bytes bytes) override {
    Wire& wire = wires_[conn];
    if (wire.requests.at_start()) wire.responses.expect_head();
    for (const std::string& piece : wire.requests.take(bytes)) tell("net", conn, "out", piece);
  }

  void connecting(ConnId conn, Bytes host, std::uint16_t port) override {
    wires_[conn] = {};
    Record record = event(conn, "connecting");
    record["host"] = escaped(host);
    record["port"] = port;
    write(record);
  }
  void connected(ConnId conn, std::string_view tls) override {
    Record record = event(conn, "connected");
    if (!tls.empty()) record["tls"] = tls;
    write(record);
  }
  void tried(ConnId conn, std::string_view address, Cause why) override {
    Record record = event(conn, "tried");
    record["address"] = address;
    record["cause"] = words_of(why);
    write(record);
  }
  void ended(ConnId conn, Cause why, std::string_view words) override {
    const bool of_the_name = why == Cause::unresolved_name || why == Cause::unusable_url;
    Record record = event(conn, "ended");
    record["cause"] = words_of(why);
    if (!words.empty()) record[of_the_name ? "dns" : "tls"] = words;
    write(record);
  }
  void closed(ConnId conn) override { write(event(conn, "closed")); }

  void looking_up(Bytes host) override { write(event("looking up", "host", host)); }
  void looked_up(Bytes address) override { write(event("looked up", "address", address)); }

  void coap_opening(Bytes host, std::uint16_t port, bool dtls) override {
    coap_ = {};
    Record record = start("event");
    record["event"] = "coap opening";
    record["host"] = escaped(host);
    record["port"] = port;
    record["dtls"] = dtls;
    write(record);
  }
  void coap_told(const sim::Call& call) override {
    using Kind = sim::Call::Kind;
    if (call.kind == Kind::coap_received) return tell(call.coap, true);
    Record record = start("event");
    record["event"] = CoapWords::of(call.kind);
    if (call.kind == Kind::coap_closed) record["cause"] = words_of(call.why);
    if (call.kind == Kind::coap_acknowledged) record["id"] = call.coap.id;
    if (call.kind == Kind::coap_failed) {
      record["id"] = call.coap.id;
      record["kind"] = CoapWords::of(call.coap.kind);
      record["cause"] = CoapWords::of(call.failure);
    }
    write(record);
  }
  void coap_sent(const CoapMessage& message) override { tell(message, false); }
  void coap_closed() override { write(event("coap closed by the modem")); }

  void noted(const Note& note) override {
    Record record = start("event");
    record["event"] = "note";
    if (note.instance != Note::kNoInstance) record["instance"] = note.instance;
    if (note.code != 0) record["code"] = note.code;
    record["cause"] = note.words;
    write(record);
  }

 private:
  struct Wire {
    WireRedactor requests{WireRedactor::Side::request};
    WireRedactor responses{WireRedactor::Side::response};
  };

  [[nodiscard]] Record start(std::string_view direction) const {
    return start_record(trace_.loop_, number_, direction);
  }
  [[nodiscard]] Record event(ConnId conn, std::string_view what) const {
    Record record = start("event");
    record["conn"] = conn;
    record["event"] = what;
    return record;
  }
  [[nodiscard]] Record event(std::string_view what) const {
    Record record = start("event");
    record["event"] = what;
    return record;
  }
  [[nodiscard]] Record event(std::string_view what, const char* name, Bytes value) const {
    Record record = event(what);
    record[name] = escaped(value);
    return record;
  }
  void tell(const CoapMessage& message, bool is_in) {
    const CoapWords words = coap_.show(message, is_in);
    Record record = start("coap");
    record["way"] = is_in ? "in" : "out";
    record["id"] = message.id;
    record["message"] = words.head;
    if (!message.payload.empty()) record["data"] = words.payload;
    write(record);
  }
  void tell(std::string_view direction, const std::string& bytes) {
    Record record = start(direction);
    record["data"] = escaped(bytes);
    write(record);
  }
  void tell(std::string_view direction, ConnId conn, std::string_view way,
            const std::string& bytes) {
    Record record = start(direction);
    record["conn"] = conn;
    record["way"] = way;
    record["data"] = escaped(bytes);
    write(record);
  }
  void write(const Record& record) { trace_.file_.write(record.dump() + '\n'); }

  Trace& trace_;
  unsigned number_;
  HostRedactor host_;
  CoapRedactor coap_;
  transcript::ModemRecords records_;
  ModemRedactor modem_;
  std::array<Wire, kMaxConnections> wires_;
};

Trace::Trace(port::EventLoop& loop, const std::string& path) : loop_(loop), file_(loop, path) {}

std::unique_ptr<port::Observer> Trace::watch(unsigned number, const Profile& at_start) {
  return std::make_unique<Watch>(*this, number, at_start);
}

void Trace::tell(std::optional<unsigned> number, std::string_view event, std::string_view words) {
  Record record = start_record(loop_, number, "event");
  record["event"] = event;
  record["text"] = escaped(words);
  file_.write(record.dump() + '\n');
}

}  // namespace m531x::app
