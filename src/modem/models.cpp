// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "m531x/model.h"

#include "m531x/ascii.h"

namespace m531x {
namespace {

constexpr std::string_view kManufacturer = "CMIOT";
constexpr std::uint32_t kAnyRate = ~0U;
constexpr CfgTypes kOutputTypes = 1U << 6 | 1U << 7 | 1U << 8;
constexpr CfgTypes kCertificateTypes = 1U << 1 | 1U << 2 | 1U << 3;

// What the models after the M5310-A have in common.
constexpr Variant kLaterVariant = {
    .disconnect_name = DisconnectName::disconn,
    .disconnect_code = true,
    .error_report = ErrorReport::disconnect_code,
    .connect_error_line = true,
    .nmic_summation = false,
    .reason_line = true,
    .query_order = QueryOrder::text_then_ok,
    .cfg_readback = CfgReadback::without_length,
    .nmih_form = NmihForm::more_length,
    .empty_value = EmptyValue::clears,
    .space_after_colon = true,
    .echo = true,
};

constexpr Base kLaterBase = {
    .quotes = true,
    .functionality_kept = true,
    .serial_is_imei = true,
    .sim_needs_radio = false,
    .clock_is_utc = false,
    .functionalities = 1U << 0 | 1U << 1 | 1U << 4,
    .default_cid = 1,
    .zone_reports = 0,
    .address_report = true,
    .max_sleep_baud = kAnyRate,
    .bands = {3, 5, 8},
    .boot_text = "*ATREADY:~1\n+CFUN:~%\n+CPIN:~!",
};

constexpr Base with_zone_reports(Base base) {
  base.zone_reports = 1;
  return base;
}

constexpr Model later_model(std::string_view name, std::string_view chip, std::string_view revision,
                            CommandSets sets, std::uint32_t baud, std::uint32_t header_bytes,
                            Base base) {
  return {.name = name,
          .chip = chip,
          .manufacturer = kManufacturer,
          .revision = revision,
          .command_sets = sets,
          .instance_count = 5,
          .https = true,
          .cfg_types = kCertificateTypes | kOutputTypes,
          .default_packet_bytes = 400,
          .max_packet_delay_ms = 3000,
          .default_baud = baud,
          .header_bytes = header_bytes,
          .base = base,
          .lwm2m = {.events = ~(1U << 1 | 1U << 2), .answers_alone = false},
          .variant = kLaterVariant};
}

constexpr auto kModels = std::to_array<Model>({
    {.name = "M5310-A",
     .chip = "Hi2115",
     .manufacturer = kManufacturer,
     .revision = "M5310-A_V1.5.2",
     .command_sets = kCommonCommands | kHi2115Commands,
     .instance_count = 2,
     .https = false,
     .cfg_types = kOutputTypes,
     .default_packet_bytes = 0,
     .max_packet_delay_ms = 65535,
     .default_baud = 9600,
     .header_bytes = 1024,
     .base = {.quotes = false,
              .functionality_kept = false,
              .serial_is_imei = false,
              .sim_needs_radio = true,
              .clock_is_utc = true,
              .functionalities = 1U << 0 | 1U << 1,
              .default_cid = 0,
              .zone_reports = 0,
              .address_report = false,
              .max_sleep_baud = 9600,
              .bands = {8, 5, 3},
              .boot_text = "REBOOT_CAUSE_@\n#\nOK"},
     .lwm2m = {.events = ~(1U << 1 | 1U << 4), .answers_alone = true},
     .variant = {}},
    later_model("M5311", "MT2625", "M5311_V2.1", kCommonCommands | kMt2625Commands, 115200, 512,
                kLaterBase),
    later_model("M5312", "RDA8908A", "M5312_V1.2",
                kCommonCommands | kMt2625Commands | kRda8908Commands, 115200, 1024,
                with_zone_reports(kLaterBase)),
    later_model("M5313", "RDA8909B", "M5313_V1.2",
                kCommonCommands | kMt2625Commands | kRda8908Commands, 57600, 1024,
                with_zone_reports(kLaterBase)),
});
static_assert(std::ranges::all_of(kModels, [](const Model& model) {
  return model.instance_count <= kMaxInstances;
}));

}  // namespace

std::span<const Model> models() { return kModels; }

const Model* find_model(std::string_view name) {
  const auto row = std::ranges::find_if(kModels, [name](const Model& model) {
    return std::ranges::equal(model.name, name, {}, to_upper, to_upper);
  });
  return row == kModels.end() ? nullptr : &*row;
}

Settings default_settings(const Model& model) {
  static constexpr Settings kDefaults;  // as data: to make them up takes more
  Settings settings = kDefaults;
  settings.variant = model.variant;
  settings.limits.header_bytes = model.header_bytes;
  settings.baud = model.default_baud;
  settings.identity.manufacturer = model.manufacturer;
  settings.identity.model = model.name;
  settings.identity.revision = model.revision;
  settings.network.band = model.base.bands[0];
  return settings;
}

}  // namespace m531x
