// SPDX-License-Identifier: Apache-2.0
// The simulated SIM and network of a modem, as values: what the base commands tell (27.007).
#pragma once

#include <cstdint>

#include "m531x/bytes.h"
#include "m531x/short_text.h"

namespace m531x {

// What AT+CGMI, AT+CGSN, AT+CIMI ... tell. The texts of the module itself come from the model's
// row.
struct Identity {
  bool sim = true;  // a card is in its holder
  ShortText<24> manufacturer;
  ShortText<24> model;
  ShortText<48> revision;
  ShortText<15> imei = "868663000000017";
  ShortText<24> serial = "M531X0000000001";
  ShortText<15> imsi = "460040000000017";
  ShortText<20> iccid = "89860400000000000017";
};

// In the numbers of 27.007: <rssi> and <ber> of +CSQ, <rsrq> and <rsrp> of +CESQ; SINR in dB.
struct Signal {
  std::uint8_t rssi = 23;
  std::uint8_t ber = 99;
  std::uint8_t rsrq = 20;
  std::uint8_t rsrp = 52;
  std::int8_t sinr = 12;
  bool operator==(const Signal&) const = default;
};
// What may stand there: from `low` to `high`, or `unknown`, which is `low` where there is none.
struct SignalRange {
  std::int16_t low;
  std::int16_t high;
  std::int16_t unknown;
};
inline constexpr SignalRange kRssiRange = {0, 31, 99};
inline constexpr SignalRange kBerRange = {0, 7, 99};
inline constexpr SignalRange kRsrqRange = {0, 34, 255};
inline constexpr SignalRange kRsrpRange = {0, 97, 255};
inline constexpr SignalRange kSinrRange = {-30, 40, -30};
// Neither heard nor measured: what is told without coverage.
inline constexpr Signal kNoSignal = {.rssi = 99, .ber = 99, .rsrq = 255, .rsrp = 255, .sinr = -30};

// What becomes of an attempt to register.
enum class RegistrationResult : std::uint8_t { home, roaming, denied, searching };

// <stat> of +CEREG (27.007 10.1.22).
enum class Registration : std::uint8_t {
  none = 0,  // and not searching
  home = 1,
  searching = 2,
  denied = 3,
  unknown = 4,
  roaming = 5,
};

struct Network {
  RegistrationResult result = RegistrationResult::home;
  bool coverage = true;          // when the modem is made; then Modem::set_coverage
  Millis registration_delay{0};  // from the end of the boot, CFUN=1 or new coverage on
  Millis attach_wait{1'000};     // so long a request waits for a network, then it fails
  Millis inactivity{10'000};     // without data, until the network releases the connection
  ShortText<6> plmn = "46000";
  ShortText<24> operator_name = "CHINA MOBILE";
  std::uint16_t tac = 0x5A13;
  std::uint32_t cell_id = 0x0D12C451;
  std::uint8_t access_technology = 9;  // <AcT>: 9 = NB-S1
  std::uint8_t band = 8;
  std::uint32_t earfcn = 3738;
  std::uint16_t pci = 125;
  Signal signal;
  ShortText<32> apn = "cmnbiot";
  ShortText<15> address = "10.120.34.56";
  Millis round_trip{180};  // of +NPING and +CMPING
  // What the network grants of +CPSMS and +CEDRXS; empty = what was asked for. As bits, like
  // "00100001".
  ShortText<8> granted_tau;
  ShortText<8> granted_active_time;
  ShortText<4> granted_edrx;
};

// The clock that the network gives (NITZ). It goes on with the modem's time.
inline constexpr std::int8_t kMinZone = -48;
inline constexpr std::int8_t kMaxZone = 56;  // UTC+14
struct Clock {
  std::int64_t start = 1'735'689'600;  // seconds since 1970, UTC, when the modem is made
  std::int8_t zone = 32;               // quarters of an hour east of Greenwich
};

struct Boot {
  Millis duration{0};  // until the modem takes input
  bool text = false;   // told at power-on, too; after a restart it always is
};

}  // namespace m531x
