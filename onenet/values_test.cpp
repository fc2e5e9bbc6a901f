// SPDX-License-Identifier: Apache-2.0
#include "onenet/values.h"

#include <gtest/gtest.h>

#include "onenet/api.h"

namespace m531x::onenet {
namespace {

using lwm2m::Path;
using namespace std::string_literals;

const std::string kManualTlv = "\xe1\x15\x7c\x00\xe1\x15\x7d\xf4\xe4\x16\x76test"s;
const std::string kManualBody =
    R"({"errno":0,"error":"succ","data":[{"res":[{"val":false,"res_id":5500},{"val":-12,"res_id":5501},{"val":"test","res_id":5750}],"obj_inst_id":0}]})";

TEST(Values, TheManualsReadAnswerHas144Bytes) {
  const auto values = values_of({3200}, ContentFormat::tlv, "\x08\x00\x0f"s + kManualTlv);
  ASSERT_TRUE(values);
  const ApiAnswer answer = read_values(*values);
  EXPECT_EQ(answer.body, kManualBody);
  EXPECT_EQ(answer.body.size(), 144U);
  EXPECT_EQ(answer.form, Form::chunked);
}

TEST(Values, ResourcesWithoutTheirInstanceAreOfThePathsOne) {
  const auto values = values_of({3200, 2}, ContentFormat::tlv, kManualTlv);
  ASSERT_TRUE(values);
  EXPECT_EQ(values->begin()->first, 2);
  EXPECT_EQ(values->at(2).size(), 3U);
}

TEST(Values, APlainTextIsOfTheResourcesType) {
  const auto of = [](std::int32_t resource, Bytes text) {
    return values_of({3200, 0, resource}, ContentFormat::text, text)->at(0).front().value;
  };
  EXPECT_EQ(of(5500, "1"), Json(true));
  EXPECT_EQ(of(5501, "-12"), Json(-12));
  EXPECT_EQ(of(5700, "21.5"), Json(21.5));
  EXPECT_EQ(of(5750, "42"), Json("42"));
  EXPECT_EQ(of(9999, "free"), Json("free"));
  EXPECT_FALSE(values_of({3200, 0}, ContentFormat::text, "1")) << "text has one resource";
}

TEST(Values, WhatIsInNoTableIsTakenForWhatItLooksLike) {
  const auto of = [](Bytes bytes) {
    return values_of({3200, 0, 9999}, ContentFormat::tlv, bytes)->at(0).front().value;
  };
  EXPECT_EQ(of("\xe3\x27\x0f"
               "abc"),
            Json("abc"));
  EXPECT_EQ(of("\xe2\x27\x0f\x01\x02"s), Json(258));
  EXPECT_EQ(of("\xe3\x27\x0f\xff\x00\x01"s), Json("FF0001"));
}

TEST(Values, WhatIsCutShortIsRefused) {
  EXPECT_FALSE(values_of({3200, 0}, ContentFormat::tlv, kManualTlv.substr(0, 10)));
  EXPECT_FALSE(values_of({3200, 0}, ContentFormat::tlv, "\x08\x00\x05\xe1"s));
  EXPECT_FALSE(values_of({3200, 0}, ContentFormat::link, "</3200/0>"));
}

TEST(Values, AMultipleResourceIsAList) {
  const auto values = values_of({3, 0}, ContentFormat::tlv, "\x86\x06\x41\x00\x01\x41\x01\x05"s);
  ASSERT_TRUE(values);
  EXPECT_EQ(values->at(0).front().value.dump(), "[1,5]");
}

TEST(Values, WhatIsWrittenIsTlv) {
  EXPECT_EQ(tlv_of(3200, {{5500, false}, {5501, -12}, {5750, "test"}}), kManualTlv);
  EXPECT_EQ(tlv_of(3200, {{5850, true}}), "\xe1\x16\xda\x01"s);
}

TEST(Values, AFloatingNumberIsWrittenWholeInTheFewestBytes) {
  const auto written = [](const char* number) {
    return tlv_of(3200, {{5700, Json::parse(number)}}).value_or("refused");
  };
  EXPECT_EQ(written("0.5"), "\xe4\x16\x44\x3f\x00\x00\x00"s);
  EXPECT_EQ(written("-3"), "\xe4\x16\x44\xc0\x40\x00\x00"s);
  EXPECT_EQ(written("1e-7"), "\xe8\x16\x44\x08\x3e\x7a\xd7\xf2\x9a\xbc\xaf\x48"s);
  EXPECT_EQ(written("1e20"), "\xe8\x16\x44\x08\x44\x15\xaf\x1d\x78\xb5\x8c\x40"s);
  EXPECT_EQ(written("0.012345678901234568"), "\xe8\x16\x44\x08\x3f\x89\x48\xb0\xf9\x05\x91\xe6"s);
  EXPECT_EQ(written("1e300"), "\xe8\x16\x44\x08\x7e\x37\xe4\x3c\x88\x00\x75\x9c"s);
}

TEST(Values, AValueOfAnotherTypeIsRefused) {
  EXPECT_FALSE(tlv_of(3200, {{5500, 1}}));
  EXPECT_FALSE(tlv_of(3200, {{5501, "12"}}));
  EXPECT_FALSE(tlv_of(3200, {{5750, 12}}));
  EXPECT_FALSE(tlv_of(3200, {{9999, nullptr}}));
  EXPECT_TRUE(tlv_of(3200, {{5700, 21}})) << "an integer is a number";
}

}  // namespace
}  // namespace m531x::onenet
