// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "m531x/model.h"

namespace m531x {
namespace {

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

constexpr Model later_model(std::string_view name, std::string_view chip, CommandSets sets,
                            std::uint32_t baud, std::uint32_t header_bytes) {
  return {.name = name,
          .chip = chip,
          .command_sets = sets,
          .instance_count = 5,
          .https = true,
          .cfg_types = kCertificateTypes | kOutputTypes,
          .default_packet_bytes = 400,
          .max_packet_delay_ms = 3000,
          .default_baud = baud,
          .header_bytes = header_bytes,
          .variant = kLaterVariant};
}

constexpr auto kModels = std::to_array<Model>({
    {.name = "M5310-A",
     .chip = "Hi2115",
     .command_sets = kCommonCommands | kHi2115Commands,
     .instance_count = 2,
     .https = false,
     .cfg_types = kOutputTypes,
     .default_packet_bytes = 0,
     .max_packet_delay_ms = 65535,
     .default_baud = 9600,
     .header_bytes = 1024,
     .variant = {}},
    later_model("M5311", "MT2625", kCommonCommands | kMt2625Commands, 115200, 512),
    later_model("M5312", "RDA8908A", kCommonCommands | kMt2625Commands | kRda8908Commands, 115200,
                1024),
    later_model("M5313", "RDA8909B", kCommonCommands | kMt2625Commands | kRda8908Commands, 57600,
                1024),
});
static_assert(std::ranges::all_of(kModels, [](const Model& model) {
  return model.instance_count <= kMaxInstances;
}));

constexpr char to_upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 0x20) : c; }

}  // namespace

std::span<const Model> models() { return kModels; }

const Model* find_model(std::string_view name) {
  const auto row = std::ranges::find_if(kModels, [name](const Model& model) {
    return std::ranges::equal(model.name, name, {}, to_upper, to_upper);
  });
  return row == kModels.end() ? nullptr : &*row;
}

Settings default_settings(const Model& model) {
  Settings settings;
  settings.variant = model.variant;
  settings.limits.header_bytes = model.header_bytes;
  settings.baud = model.default_baud;
  return settings;
}

}  // namespace m531x
