// SPDX-License-Identifier: Apache-2.0
#include "onenet/api.h"

#include <gtest/gtest.h>

namespace m531x::onenet {
namespace {

constexpr std::string_view kKey = "ChangeForYourOwnKey";
constexpr std::string_view kDevice =
    R"({"title": "865820030265172","desc": "865820030265172","protocol": "LWM2M","auth_info": {"865820030265172": "460043783403288"}})";

std::variant<ApiCall, ApiAnswer> parse(Method method, std::string_view target,
                                       std::string_view body = {}) {
  return parse_request({.method = method, .target = target, .key = kKey, .body = body}, kKey);
}

template <typename Call>
Call call_of(const std::variant<ApiCall, ApiAnswer>& parsed) {
  const auto* const call = std::get_if<ApiCall>(&parsed);
  const bool fits = call != nullptr && std::holds_alternative<Call>(*call);
  EXPECT_TRUE(fits) << (call == nullptr ? std::get<ApiAnswer>(parsed).body : "another call");
  return fits ? std::get<Call>(*call) : Call{};
}

std::string refusal_of(const std::variant<ApiCall, ApiAnswer>& parsed) {
  const auto* const answer = std::get_if<ApiAnswer>(&parsed);
  return answer == nullptr ? "" : answer->body;
}

std::string read_with(const std::string& more) {
  return refusal_of(parse(Method::get, "/nbiot?imei=865820030265172&obj_id=3200" + more));
}

TEST(Api, CreateIsTheManuals) {
  const auto call = call_of<CreateDevice>(parse(Method::post, "/devices", kDevice));
  EXPECT_EQ(call.device.imei, "865820030265172");
  EXPECT_EQ(call.device.imsi, "460043783403288");
  EXPECT_EQ(call.device.title, "865820030265172");
  const ApiAnswer answer = created(kFirstDeviceId);
  EXPECT_EQ(answer.body, R"({"errno":0,"data":{"device_id":"500500178"},"error":"succ"})");
  EXPECT_EQ(answer.body.size(), 59U);
  EXPECT_EQ(answer.form, Form::counted);
}

TEST(Api, APskHas8To16LettersAndDigits) {
  const auto with = [](const std::string& psk) {
    return parse(Method::post, "/devices",
                 std::string(kDevice.substr(0, kDevice.size() - 1)) + R"(,"psk":)" + psk + "}");
  };
  for (const auto* const good : {"abcdefgh", "0123456789ABCDEF"}) {
    EXPECT_EQ(call_of<CreateDevice>(with('"' + std::string(good) + '"')).device.psk, good);
  }
  EXPECT_EQ(call_of<CreateDevice>(parse(Method::post, "/devices", kDevice)).device.psk, "");
  for (const auto* const bad :
       {R"("abcdefg")", R"("0123456789ABCDEFG")", R"("abcd efgh")", R"("")", "12345678", "null"}) {
    EXPECT_EQ(refusal_of(with(bad)),
              R"({"errno":4,"error":"invalid parameter: psk has not 8 to 16 letters and digits"})");
  }
}

TEST(Api, AWrongKeyIsUnauthorizedWhateverIsAsked) {
  const auto parsed =
      parse_request({.method = Method::get, .target = "/x", .key = "no", .body = {}}, kKey);
  EXPECT_EQ(refusal_of(parsed),
            R"({"errno":3,"error":"unauthorized: the api-key is missing or wrong"})");
}

TEST(Api, BadJsonIsRefused) {
  EXPECT_EQ(refusal_of(parse(Method::post, "/devices", R"({"title": "a",})")),
            R"({"errno":5,"error":"invalid JSON"})");
}

TEST(Api, WhatADeviceLacksIsRefused) {
  for (const std::string_view body :
       {"[]", "{}", R"({"title":"a","protocol":"LWM2M"})",
        R"({"title":"a","protocol":"HTTP","auth_info":{"865820030265172":"460043783403288"}})",
        R"({"title":"a","protocol":"LWM2M","auth_info":{"86582003026517":"460043783403288"}})",
        R"({"title":"a","protocol":"LWM2M","auth_info":{"865820030265172":"46004"}})",
        R"({"title":"","protocol":"LWM2M","auth_info":{"865820030265172":"460043783403288"}})"}) {
    EXPECT_TRUE(refusal_of(parse(Method::post, "/devices", body))
                    .starts_with(R"({"errno":4,"error":"invalid parameter)"))
        << body;
  }
}

TEST(Api, ATitleHasSoManyBytes) {
  const auto with = [](std::size_t size) {
    return refusal_of(
        parse(Method::post, "/devices",
              R"({"title":")" + std::string(size, 't') +
                  R"(","protocol":"LWM2M","auth_info":{"865820030265172":"460043783403288"}})"));
  };
  EXPECT_EQ(with(kMaxNameBytes - 1), "");
  EXPECT_EQ(with(kMaxNameBytes), "");
  EXPECT_NE(with(kMaxNameBytes + 1), "");
}

TEST(Api, ATimeoutHasItsRange) {
  EXPECT_NE(read_with("&timeout=4"), "");
  EXPECT_EQ(read_with("&timeout=5"), "");
  EXPECT_EQ(read_with("&timeout=40"), "");
  EXPECT_EQ(read_with("&timeout=41"),
            R"({"errno":4,"error":"invalid parameter: timeout is not from 5 to 40"})");
  const auto call =
      call_of<DeviceCall>(parse(Method::get, "/nbiot?imei=865820030265172&obj_id=3200"));
  EXPECT_EQ(call.timeout, kDefaultTimeout);
  EXPECT_EQ(call.path, lwm2m::Path{3200});
}

TEST(Api, WhatAReadLacksIsRefused) {
  EXPECT_NE(read_with("&res_id=5500"), "");
  EXPECT_EQ(read_with("&obj_inst_id=0&res_id=5500"), "");
  EXPECT_EQ(read_with("&obj_inst_id=65535"), "");
  EXPECT_NE(read_with("&obj_inst_id=65536"), "");
  EXPECT_NE(read_with("&obj_id=3200"), "");
  EXPECT_NE(refusal_of(parse(Method::get, "/nbiot?obj_id=3200")), "");
  EXPECT_NE(refusal_of(parse(Method::get, "/nbiot?imei=1&obj_id=3200")), "");
}

TEST(Api, AWriteBecomesTlv) {
  const auto call = call_of<DeviceCall>(
      parse(Method::post, "/nbiot?imei=865820030265172&obj_id=3200&obj_inst_id=0&mode=2",
            R"({"data":[{"res_id":5750,"val":"test"}]})"));
  EXPECT_EQ(call.mode, DeviceCall::Mode::update);
  EXPECT_EQ(call.payload, "\xe4\x16\x76test");
}

TEST(Api, SoManyResourcesAreWrittenInOneCall) {
  const auto with = [](std::size_t count) {
    std::string data;
    for (std::size_t at = 0; at < count; ++at) {
      data += std::string(at == 0 ? "" : ",") + R"({"res_id":5750,"val":"a"})";
    }
    return refusal_of(parse(Method::post,
                            "/nbiot?imei=865820030265172&obj_id=3200&obj_inst_id=0&mode=1",
                            R"({"data":[)" + data + "]}"));
  };
  EXPECT_NE(with(0), "");
  EXPECT_EQ(with(kMaxWrittenResources), "");
  EXPECT_NE(with(kMaxWrittenResources + 1), "");
}

TEST(Api, AnArgumentHasSoManyBytes) {
  const auto with = [](std::size_t size) {
    return refusal_of(parse(
        Method::post, "/nbiot/execute?imei=865820030265172&obj_id=3200&obj_inst_id=0&res_id=5505",
        R"({"args":")" + std::string(size, 'a') + R"("})"));
  };
  EXPECT_EQ(with(0), "");
  EXPECT_EQ(with(kMaxArgsBytes), "");
  EXPECT_NE(with(kMaxArgsBytes + 1), "");
}

TEST(Api, WhatIsNoCallIsNotFound) {
  const auto parsed = parse(Method::get, "/devices");
  ASSERT_TRUE(std::holds_alternative<ApiAnswer>(parsed));
  EXPECT_EQ(std::get<ApiAnswer>(parsed).status, 404U);
}

TEST(Api, ResourcesAreListedByObjectAndInstance) {
  EXPECT_EQ(
      listed({{3200, 0, 5500}, {3200, 0, 5501}, {3200, 1}}).body,
      R"({"errno":0,"error":"succ","data":{"total_count":1,"item":[{"obj_id":3200,"instances":[{"inst_id":0,"resources":[5500,5501]},{"inst_id":1,"resources":[]}]}]}})");
}

}  // namespace
}  // namespace m531x::onenet
