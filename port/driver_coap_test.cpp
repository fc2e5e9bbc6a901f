// SPDX-License-Identifier: Apache-2.0
// A modem's LwM2M client between a host and a server of bytes.
#include <gmock/gmock.h>

#include "port/coap_endpoint.h"
#include "port/test_coap.h"
#include "port/test_driver.h"

namespace m531x::port {
namespace {

using testing::HasSubstr;

constexpr int kObserve = 6;

class DriverCoapTest : public DriverTest {
 protected:
  DriverCoapTest() { replace_driver({.coap = &endpoint_}); }

  void replace_driver(const Lent& lent) {
    driver_->stop();
    driver_ = std::make_shared<Driver>(loop_, model_, default_settings(model_), pool_, lent);
    plug_in(EndOfInput::after_work);
  }
  std::string done(std::string_view command) {
    type(command);
    return heard("OK\r\n");
  }
  CoapWire received() {
    std::optional<CoapWire> wire;
    run_until([&] { return (wire = peer_.receive()).has_value(); });
    return wire.value_or(CoapWire());
  }
  void open() {
    done("AT+MIPLCREATEEX=\"127.0.0.1:" + std::to_string(peer_.port()) + "\",0");
    done("AT+MIPLADDOBJ=0,3311,1,\"1\",0,0");
    done("AT+MIPLOPEN=0,1000,30");
  }
  void acknowledge(const CoapWire& request, CoapCode code, std::vector<CoapOption> options = {}) {
    peer_.send({.type = kAck,
                .code = code,
                .mid = request.mid,
                .token = request.token,
                .options = std::move(options)});
  }
  void register_at_peer() {
    open();
    acknowledge(received(), kCoapCreated, {{8, "rd"}, {8, "5"}});
    EXPECT_EQ(heard("\r\n+MIPLEVENT:0,6\r\n"), "\r\n+MIPLEVENT:0,6\r\n");
  }
  void observe() {
    peer_.send({.code = kCoapGet,
                .mid = kObservation,
                .token = "obs",
                .options = {{kObserve, ""}, {11, "3311"}, {11, "0"}, {11, "5700"}}});
    EXPECT_EQ(received().token, "obs");
    EXPECT_THAT(heard("\r\n"), HasSubstr("+MIPLOBSERVE:0,77,1,3311,0,5700"));
  }
  static constexpr CoapId kObservation = 77;

  CoapEndpoint endpoint_{loop_};
  CoapPeer peer_;
};

TEST_F(DriverCoapTest, ARegistrationGoesOutAndItsAnswerIsTold) {
  open();
  const CoapWire request = received();
  EXPECT_EQ(request.type, kCon);
  EXPECT_EQ(request.code, kCoapPost);
  EXPECT_EQ(request.option(11), "rd");
  EXPECT_THAT(request.payload, HasSubstr("</3311/0>"));
  acknowledge(request, kCoapCreated, {{8, "rd"}, {8, "5"}});
  EXPECT_EQ(heard("0,6\r\n"), "\r\n+MIPLEVENT:0,6\r\n");
}

TEST_F(DriverCoapTest, AReadIsAnsweredByTheHost) {
  register_at_peer();
  peer_.send({.code = kCoapGet,
              .mid = 41,
              .token = "t",
              .options = {{11, "3311"}, {11, "0"}, {11, "5700"}, {17, ""}}});
  EXPECT_EQ(heard("\r\n+MIPLREAD:0,41,3311,0,5700\r\n"), "\r\n+MIPLREAD:0,41,3311,0,5700\r\n");
  EXPECT_EQ(received().code, 0) << "acknowledged, for a host takes its time";
  done("AT+MIPLREADRSP=0,41,1,3311,0,5700,3,2,\"21\",0,0");
  const CoapWire answer = received();
  EXPECT_EQ(answer.code, kCoapContent);
  EXPECT_EQ(answer.token, "t");
  EXPECT_EQ(answer.payload, "21");
}

TEST_F(DriverCoapTest, WithoutAnEndpointThereIsNoWayToAServer) {
  replace_driver({});
  done("AT+MIPLCREATEEX=\"127.0.0.1:9\",0");
  done("AT+MIPLADDOBJ=0,3311,1,\"1\",0,0");
  type("AT+MIPLOPEN=0,1000,30");
  EXPECT_THAT(heard("0,5\r\n"), HasSubstr("OK\r\n\r\n+MIPLEVENT:0,5\r\n"));
}

// Without the network the session is lost; the server goes on observing.
TEST_F(DriverCoapTest, WhatIsObservedOutlivesALostSession) {
  register_at_peer();
  observe();
  done("AT+CFUN=0");
  done("AT+CFUN=1");
  const CoapWire update = received();
  EXPECT_EQ(update.code, kCoapPost);
  EXPECT_EQ(update.option(11), "rd");
  acknowledge(update, kCoapChanged);
  done("AT+MIPLNOTIFY=0,77,3311,0,5700,3,2,\"22\",0,0");
  const CoapWire notification = received();
  EXPECT_EQ(notification.token, "obs");
  EXPECT_EQ(notification.payload, "22");
}

TEST_F(DriverCoapTest, SwitchedOffItIsSilent) {
  register_at_peer();
  observe();
  driver_->stop();
  peer_.send({.code = kCoapGet, .mid = 42, .token = "t", .options = {{11, "3311"}}});
  loop_.context().restart();
  loop_.context().poll();
  EXPECT_FALSE(peer_.receive());
}

TEST_F(DriverCoapTest, TheRecorderAndTheObserverAreToldOfEachMessage) {
  class Ear : public Recorder {
   public:
    void switched_on(const Flash&, Millis) override {}
    void called(sim::Modem&, const sim::Call& call) override {
      using Kind = sim::Call::Kind;
      opened += call.kind == Kind::coap_opened ? 1 : 0;
      sent += call.kind == Kind::coap_sent ? 1 : 0;
      received += call.kind == Kind::coap_received ? 1 : 0;
    }
    void switched_off(Millis) override {}
    int opened = 0;
    int sent = 0;
    int received = 0;
  };
  Ear ear;
  replace_driver({.coap = &endpoint_, .recorder = &ear});
  register_at_peer();
  EXPECT_EQ(ear.opened, 1);
  EXPECT_EQ(ear.sent, 1);
  EXPECT_EQ(ear.received, 1);
  driver_->stop();
}

}  // namespace
}  // namespace m531x::port
