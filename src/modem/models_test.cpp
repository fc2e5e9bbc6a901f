// SPDX-License-Identifier: Apache-2.0
// The table of models and the remarks for the trace.
#include "m531x/model.h"

#include <gtest/gtest.h>

#include "modem/notes.h"
#include "modem/test_modem.h"

namespace m531x {
namespace {

TEST(Models, AreFoundByName) {
  EXPECT_EQ(models().size(), 4U);
  for (const Model& model : models()) EXPECT_EQ(find_model(model.name), &model);
  EXPECT_EQ(find_model("m5310-a"), &models()[0]);
  for (const auto* const name : {"", "M5310", "M5310-A ", "M5310A", "M53", "M5314"}) {
    EXPECT_EQ(find_model(name), nullptr) << name;
  }
}

TEST(Models, HaveTheirNumbers) {
  struct Row {
    const char* name;
    const char* chip;
    int instances;
    bool https;
    CfgTypes cfg_types;
    unsigned packet_bytes, max_delay_ms, baud, header_bytes;
  };
  constexpr CfgTypes kNumbers = 1U << 6 | 1U << 7 | 1U << 8;
  constexpr CfgTypes kAll = kNumbers | 1U << 1 | 1U << 2 | 1U << 3;
  for (const Row& row : {Row{"M5310-A", "Hi2115", 2, false, kNumbers, 0, 65535, 9600, 1024},
                         Row{"M5311", "MT2625", 5, true, kAll, 400, 3000, 115200, 512},
                         Row{"M5312", "RDA8908A", 5, true, kAll, 400, 3000, 115200, 1024},
                         Row{"M5313", "RDA8909B", 5, true, kAll, 400, 3000, 57600, 1024}}) {
    SCOPED_TRACE(row.name);
    const Model& model = model_named(row.name);
    EXPECT_EQ(model.chip, row.chip);
    EXPECT_EQ(model.instance_count, row.instances);
    EXPECT_EQ(model.https, row.https);
    EXPECT_EQ(model.cfg_types, row.cfg_types);
    EXPECT_EQ(model.default_packet_bytes, row.packet_bytes);
    EXPECT_EQ(model.max_packet_delay_ms, row.max_delay_ms);
    const Settings settings = default_settings(model);
    EXPECT_EQ(settings.baud, row.baud);
    EXPECT_EQ(settings.limits.header_bytes, row.header_bytes);
    EXPECT_EQ(settings.variant.echo, model.variant.echo);
    EXPECT_EQ(settings.variant.disconnect_name, model.variant.disconnect_name);
  }
}

TEST(Notes, AreARingOfTheLatest) {
  for (int added = 0; added <= 20; ++added) {
    SCOPED_TRACE(added);
    modem::Notes notes;
    for (int i = 0; i < added; ++i) notes.add({0, static_cast<std::int16_t>(i), "x"});
    constexpr int kMost = modem::Notes::kCapacity;
    for (int i = std::max(0, added - kMost); i < added; ++i) {
      const auto note = notes.take();
      ASSERT_TRUE(note);
      EXPECT_EQ(note->code, i);
    }
    EXPECT_EQ(notes.take(), std::nullopt);
    notes.add({1, 99, "y"});
    const auto note = notes.take();
    ASSERT_TRUE(note);
    EXPECT_EQ(note->code, 99);
  }
}

TEST(Notes, NobodyHasToTakeThem) {
  TestModem test;
  test.command("AT+HTTPCREATE=a");
  for (int i = 0; i < 30; ++i) {
    test.command("AT+HTTPSEND=0,0,/");
    test.end(test.wanted().value(), i < 29 ? Cause::refused : Cause::unresolved_name);
  }
  int count = 0;
  std::optional<Note> last;
  while (const auto note = test.modem.next_note()) {
    last = note;
    ++count;
  }
  EXPECT_EQ(count, static_cast<int>(modem::Notes::kCapacity));
  ASSERT_TRUE(last);
  EXPECT_EQ(last->code, -5);
}

}  // namespace
}  // namespace m531x
