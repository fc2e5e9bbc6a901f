// SPDX-License-Identifier: Apache-2.0
// What is secret in the binary forms of LwM2M, hidden so that a modem reads the same lengths and
// does the same.
#pragma once

#include <span>

#include "m531x/coap.h"

namespace m531x::app {

// The configuration of AT+MIPLCREATE, whole and decoded. Its frame stays, and the server.
void hide_configuration(std::span<char> bytes);

// What a bootstrap server writes to LwM2M's object 0 (LwM2M 1.0 E.1). The TLV stays, and of its
// resources those that say where the server is and how it is spoken to.
void hide_account(std::span<char> tlv);

// A request of object 0, of which `query` and `payload` are what is to be hidden.
void hide_security(const CoapMessage& head, std::span<char> query, std::span<char> payload);

}  // namespace m531x::app
