// SPDX-License-Identifier: Apache-2.0
// A LwM2M server's part in a test, message by message.
#pragma once

#include <gtest/gtest.h>

#include "modem/test_modem.h"

namespace m531x {

inline constexpr Bytes kOk = "\r\nOK\r\n";
inline constexpr Bytes kError = "\r\nERROR\r\n";

inline CoapMessage request(CoapId id, CoapCode code, Bytes path) {
  CoapMessage message = {.kind = CoapMessage::Kind::request, .id = id, .code = code};
  message.path = path;
  return message;
}

// To the last that the module has said.
inline void answer(TestModem& bench, CoapCode code, Bytes path = {}) {
  ASSERT_FALSE(bench.coap_sent.empty());
  CoapMessage message = {
      .kind = CoapMessage::Kind::response, .id = bench.coap_sent.back().id, .code = code};
  message.path = path;
  bench.coap_serve(message);
}

inline void create_device(TestModem& bench) {
  EXPECT_EQ(bench.command("AT+MIPLCREATEEX=\"a.example\",0"), "\r\n+MIPLCREATEEX:0\r\n\r\nOK\r\n");
}

// Registered with one object, 3200, of one instance.
inline void register_with(TestModem& bench) {
  create_device(bench);
  EXPECT_EQ(bench.command("AT+MIPLADDOBJ=0,3200,1,\"1\",0,0"), kOk);
  EXPECT_EQ(bench.command("AT+MIPLOPEN=0,86400"), kOk);
  ASSERT_TRUE(bench.coap);
  bench.coap_open();
  answer(bench, kCoapCreated, "rd/1");
  EXPECT_EQ(bench.modem.status(bench.now).lwm2m, Lwm2mState::registered);
  bench.heard.clear();
  bench.coap_sent.clear();
}

}  // namespace m531x
