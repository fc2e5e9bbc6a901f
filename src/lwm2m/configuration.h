// SPDX-License-Identifier: Apache-2.0
// The configuration that AT+MIPLCREATE takes in hex: the binary form of OneNET's client library, as
// its tool for hosts writes it. docs/conformance.md has its layout.
#pragma once

#include <optional>

#include "m531x/bytes.h"

namespace m531x::lwm2m {

// Views into the configuration.
struct Configuration {
  Bytes server{};     // host:port, not looked at
  Bytes auth_code{};  // empty: there is none
  Bytes key{};        // PSK, empty: there is none
  bool bootstraps = false;
};

// Nullopt: it is cut short, has bytes too many, or a section is not where and what it should be.
[[nodiscard]] std::optional<Configuration> parse_configuration(Bytes bytes);

}  // namespace m531x::lwm2m
