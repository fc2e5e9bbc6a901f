// SPDX-License-Identifier: Apache-2.0
// How lines are cut into commands (V.250 5.3, 5.4, and the strings of the HTTP commands).
#include "at/command.h"

#include <gtest/gtest.h>

#include "m531x/ascii.h"

namespace m531x::at {
namespace {

using namespace std::string_literals;

std::string text_of(const Args& args) {
  std::string text;
  for (std::size_t i = 0; i < args.size(); ++i) {
    const char* const quote = args[i].quoted ? "\"" : "";
    text += "<" + (quote + std::string(args[i].text())) + quote + ">";
  }
  return text;
}

std::string text_of(const Call& call) {
  const std::string name(call.name.view());
  switch (call.form) {
    case Form::basic:
      return name + "!" + text_of(call.args);
    case Form::action:
      return name;
    case Form::read:
      return name + "?";
    case Form::test:
      return name + "=?";
    case Form::set:
      return name + "=" + text_of(call.args);
    case Form::malformed:
      break;
  }
  return "malformed";
}

// The commands of a line up to the first malformed one, a space in between. Basic: `E!<1>`.
std::string commands_of(Bytes body) {
  LineParser parser(body);
  Call call;
  std::string text;
  while (parser.next(call)) {
    text += (text.empty() ? "" : " ") + text_of(call);
    if (call.form == Form::malformed) return text;
  }
  EXPECT_EQ(parser.left(), 0U);
  return text;
}

struct FormCase {
  std::string body;
  std::string commands;
};

void expect_commands(std::initializer_list<FormCase> cases) {
  for (const FormCase& c : cases) {
    // Behind the line lies what would change its meaning.
    const std::string around = "\",\"" + c.body + "\",1;+Q";
    const Bytes body = Bytes(around).substr(3, c.body.size());
    EXPECT_EQ(commands_of(body), c.commands) << testing::PrintToString(c.body);
  }
}

TEST(LineParser, Basic) {
  expect_commands({
      {"", ""},
      {"   ", ""},
      {"E", "E!"},
      {"e1", "E!<1>"},
      {"E1V0", "E!<1> V!<0>"},
      {"EV0Q", "E! V!<0> Q!"},
      {" E 1 V 0 ", "E!<1> V!<0>"},
      {"E007", "E!<007>"},
      {"E99999999999999999999999999", "E!<99999999999999999999999999>"},
      {"&F", "&F!"},
      {"&f0&C1e0", "&F!<0> &C!<1> E!<0>"},
      {"I;E1", "I! E!<1>"},
      {"&", "malformed"},
      {"&1", "malformed"},
      {"&&F", "malformed"},
      {"1", "malformed"},
      {"?", "malformed"},
      {"=1", "malformed"},
      {"/", "malformed"},
      {"\"", "malformed"},
      {"E-1", "E! malformed"},
      {"E=1", "E! malformed"},
      {"E?", "E! malformed"},
      {"E1\x01", "E!<1> malformed"},
      {"E1\0V1"s, "E!<1> malformed"},
      {"\xff", "malformed"},
  });
}

TEST(LineParser, SParameters) {
  expect_commands({
      {"S3?", "S3?"},
      {"s3?", "S3?"},
      {"S3=13", "S3=<13>"},
      {"S3=", "S3="},
      {"S 3 = 13 E1", "S3=<13> E!<1>"},
      {"S3=13S4=10S5?", "S3=<13> S4=<10> S5?"},
      {"S3?E1;+X", "S3? E!<1> +X"},
      {"S003?", "S003?"},
      {"S?", "S?"},
      {"S3", "malformed"},
      {"S3E1", "malformed"},
      {"S" + std::string(Name::kCapacity - 1, '1') + "?",
       "S" + std::string(Name::kCapacity - 1, '1') + "?"},
      {"S" + std::string(Name::kCapacity, '1') + "?", "malformed"},
      {"&S3", "&S!<3>"},
  });
}

TEST(LineParser, ExtendedForms) {
  expect_commands({
      {"+X", "+X"},
      {"+x", "+X"},
      {"+X?", "+X?"},
      {"+X=?", "+X=?"},
      {"+X=", "+X=<>"},
      {"+X=1", "+X=<1>"},
      {"+X=,", "+X=<><>"},
      {"+X=1,,2", "+X=<1><><2>"},
      {" + X = 1 , 2 ", "+X=<1><2>"},
      {"+HTTPHEADER =0", "+HTTPHEADER=<0>"},
      {"+X ?", "+X?"},
      {"+X? ", "+X?"},
      {"+X = ? ", "+X=?"},
      {"+X=?1", "+X=<?1>"},
      {"+X=?,1", "+X=<?><1>"},
      {"+X=? ?", "+X=<? ?>"},
      {"*X^Y", "malformed"},
      {"*X;^Y;$Z;#X;%Y", "*X ^Y $Z #X %Y"},
      {"+A!B%C-D.E/F:G_9", "+A!B%C-D.E/F:G_9"},
      {"+", "+"},
      {"+=1", "+=<1>"},
      {"+X?1", "malformed"},
      {"+X?=1", "malformed"},
      {"+X\"1\"", "malformed"},
      {"+X,1", "malformed"},
      {"+X\0"s, "malformed"},
      {"+X\xff", "malformed"},
      {"+" + std::string(Name::kCapacity - 1, 'x') + "?",
       "+" + std::string(Name::kCapacity - 1, 'X') + "?"},
      {"+" + std::string(Name::kCapacity, 'x') + "?", "malformed"},
      {"+" + std::string(1000, 'x'), "malformed"},
  });
}

TEST(LineParser, Lists) {
  expect_commands({
      {";", ""},
      {" ; ;; ", ""},
      {"+X;", "+X"},
      {";+X", "+X"},
      {"+X;+Y?;+Z=?;+W=1,\"a\"", "+X +Y? +Z=? +W=<1><\"a\">"},
      {"+X=1;E1;+Y", "+X=<1> E!<1> +Y"},
      {"E1+X=1;V1", "E!<1> +X=<1> V!<1>"},
      {"+X=1 ; +Y = 2 ;", "+X=<1> +Y=<2>"},
      {"+X=?;+Y", "+X=? +Y"},
      {"+X=;+Y=", "+X=<> +Y=<>"},
      {"+X=\"a\";+Y=\"b\";", "+X=<\"a\"> +Y=<\"b\">"},
  });
}

TEST(LineParser, Strings) {
  expect_commands({
      {R"(+X="")", R"(+X=<"">)"},
      {R"(+X="a")", R"(+X=<"a">)"},
      {R"(+X="a","b",1)", R"(+X=<"a"><"b"><1>)"},
      {R"(+X= "a", "b")", R"(+X=<"a"><"b">)"},
      {R"(+X=" a ")", R"(+X=<" a ">)"},
      {R"(+X="a;b,c")", R"(+X=<"a;b,c">)"},
      {R"(+X="a" )", R"(+X=<"a">)"},
      {R"(+X="a"   )", R"(+X=<"a">)"},
      {R"(+X="a"b")", R"(+X=<"a"b">)"},
      {R"(+X=""")", R"(+X=<""">)"},
      {R"(+X="""")", R"(+X=<"""">)"},
      {R"(+X="","")", R"(+X=<""><"">)"},
      {R"(+X="{"a": "b"}")", R"(+X=<"{"a": "b"}">)"},
      {R"(+X="{"a":"b","c":1}")", R"(+X=<"{"a":"b"><"c":1}">)"},
      {R"(+X="{"a":"b";1}")", R"(+X=<"{"a":"b"> malformed)"},
      {R"(+X="172"\r,"desc",0)", R"(+X=<"172"\r,"desc"><0>)"},
      {R"(+X="a\",1)", R"(+X=<"a\"><1>)"},
      {R"(+X="a" ,"b")", R"(+X=<"a" ,"b">)"},
      {R"(+X="a" ;+Y")", R"(+X=<"a" ;+Y">)"},
      {R"(+X="a",)", R"(+X=<"a"><>)"},
      {R"(+X="a)", "malformed"},
      {R"(+X=")", "malformed"},
      {R"(+X="a" ,1)", "malformed"},
      {R"(+X="a"b)", "malformed"},
      {R"(+X=1,"a)", "malformed"},
      {R"(+X="a"1)", "malformed"},
      {"+X=\"\0\x1a\xff\n\"\r"s, "malformed"},
      {"+X=\"\0\x1a\xff\n\""s, "+X=<\"\0\x1a\xff\n\">"s},
  });
}

TEST(LineParser, UnquotedValues) {
  expect_commands({
      {"+X=1.2.3.4:80", "+X=<1.2.3.4:80>"},
      {"+X=0,0,/p?x=1&y=2", "+X=<0><0></p?x=1&y=2>"},
      {"+X= a b ,  c  d  ", "+X=<a b><c  d>"},
      {"+X= , ", "+X=<><>"},
      {R"(+X=a"b")", R"(+X=<a"b">)"},
      {R"(+X=a"b",c)", R"(+X=<a"b"><c>)"},
      {R"(+X=a"b;c")", R"(+X=<a"b> C! malformed)"},
      {"+X=\0\xff"s, "+X=<\0\xff>"s},
  });
}

TEST(LineParser, SixteenParameters) {
  std::string body = "+X=0";
  std::string commands = "+X=<0>";
  for (std::size_t i = 1; i < kMaxParameters; ++i) {
    body += ",\"a\"";
    commands += "<\"a\">";
  }
  expect_commands({{body, commands},
                   {body + ";+Y", commands + " +Y"},
                   {body + ",1", "malformed"},
                   {body + ",\"a\"", "malformed"},
                   {body + ",", "malformed"}});
}

TEST(LineParser, LongStrings) {
  for (const std::size_t size : {498U, 499U, 500U, 501U, 8192U, 40000U}) {
    const std::string text(size, '"');
    EXPECT_EQ(commands_of("+X=\"" + text + "\",2;+Y"), "+X=<\"" + text + "\"><2> +Y") << size;
  }
}

TEST(LineParser, KnowsHowMuchIsLeft) {
  const Bytes body = "E1;+X=\"a\";+Y  ";
  LineParser parser(body);
  Call call;
  ASSERT_TRUE(parser.next(call));
  ASSERT_TRUE(parser.next(call));
  EXPECT_EQ(call.name.view(), "+X");
  EXPECT_EQ(parser.left(), Bytes(";+Y").size());
  ASSERT_TRUE(parser.next(call));
  EXPECT_EQ(parser.left(), 0U);
}

// Names are read by words: the same as byte by byte, whatever byte stands where.
TEST(LineParser, ANameEndsAtTheFirstOtherByte) {
  constexpr Bytes kNameBytes =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!%-./:_";
  constexpr Bytes kLetters = "aZbYcXdWeVfUgTh";
  for (std::size_t at = 0; at < kLetters.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      const char other = static_cast<char>(byte);
      if (other == ' ' || other == '=' || other == '?' || other == ';') continue;
      std::string body = "+" + std::string(kLetters.substr(0, at)) + other + "=12345678";
      std::string expected = "malformed";
      if (kNameBytes.find(other) != Bytes::npos) {
        expected = body.substr(0, at + 2);
        for (char& c : expected) c = to_upper(c);
        expected += "=<12345678>";
      }
      EXPECT_EQ(commands_of(body), expected) << body;
    }
  }
}

}  // namespace
}  // namespace m531x::at
