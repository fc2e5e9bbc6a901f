// SPDX-License-Identifier: Apache-2.0
// The models. A model is one row of data, and nothing outside this table asks which model it is.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "m531x/settings.h"

namespace m531x {

// AT+HTTPCFG types that a model has, as a bit set: bit n is type n (manual 1.5, 1.6).
using CfgTypes = std::uint16_t;

// Which commands a model serves, as a bit set. A command belongs to one or more of the sets.
using CommandSets = std::uint8_t;
inline constexpr CommandSets kCommonCommands = 1;
inline constexpr CommandSets kHi2115Commands = 2;   // the M5310-A's own
inline constexpr CommandSets kMt2625Commands = 4;   // the M5311's, which the later models have too
inline constexpr CommandSets kRda8908Commands = 8;  // the M5312's and M5313's own

// How the base commands of a chip's firmware differ in what they tell (27.007 leaves it open, or
// the firmware does not follow it).
struct Base {
  bool quotes;                    // strings in answers stand in quotes where 27.007 has them
  bool functionality_kept;        // +CFUN is kept without power; else +NCONFIG AUTOCONNECT decides
  bool serial_is_imei;            // AT+CGSN tells the IMEI, not the maker's number
  bool sim_needs_radio;           // with +CFUN=0 the SIM cannot be read
  bool clock_is_utc;              // +CCLK tells UTC beside the zone; else the local time
  std::uint16_t functionalities;  // <fun> of +CFUN, as a bit set
  std::uint8_t default_cid;       // the context that is there from the start
  std::uint8_t zone_reports;      // +CTZR after a restart
  bool address_report;            // `+IP:` once it is registered
  std::uint32_t max_sleep_baud;   // no PSM while the serial line is faster (manual 2.1)
  std::array<std::uint8_t, 8> bands;  // up to the first 0
  // The lines that tell of a restart, in order, separated by LF. `#` stands for the model's name,
  // `@` for the reset's cause, `%` for <fun> of +CFUN, `!` for the SIM's state, `~` for the model's
  // space after a colon.
  std::string_view boot_text;
};

// How a model's LwM2M client behaves (manual 2.3 and sources of the family).
struct Lwm2m {
  std::uint32_t events;  // of +MIPLEVENT, that it tells, as a bit set
  bool answers_alone;    // observe and discover are answered without the host, who is told of them
};

struct Model {
  std::string_view name;          // "M5310-A"
  std::string_view chip;          // "Hi2115"
  std::string_view manufacturer;  // +CGMI
  std::string_view revision;      // +CGMR
  CommandSets command_sets;
  std::uint8_t instance_count;
  bool https;
  CfgTypes cfg_types;
  std::uint16_t default_packet_bytes;  // HTTPCFG type 6
  std::uint16_t max_packet_delay_ms;   // HTTPCFG type 7
  std::uint32_t default_baud;
  std::uint32_t header_bytes;  // Limits::header_bytes
  Base base;
  Lwm2m lwm2m;
  Variant variant;
};

// All rows, in the manual's order.
[[nodiscard]] std::span<const Model> models();
// The row of that name, letter case ignored; nullptr when there is none.
[[nodiscard]] const Model* find_model(std::string_view name);
// The settings that a module of this model has out of the box.
[[nodiscard]] Settings default_settings(const Model& model);

}  // namespace m531x
