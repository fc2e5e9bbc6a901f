// SPDX-License-Identifier: Apache-2.0
// Lines with a secret, typed in every way that was thought of: neither a trace nor a journal may
// show it.
#pragma once

#include <array>
#include <string_view>

namespace m531x::app {

inline constexpr std::string_view kSecret = "s3cret";
inline constexpr std::string_view kSecretHex = "733363726574";

// Each holds kSecret or kSecretHex.
inline constexpr auto kSecretLines = std::to_array<std::string_view>({
    "at+httpcreate = \"a.b\" , \"u\" , \"s3cret\"\r",
    "AT+HTTPCREATE=\"a.b\",\"u\",\"s3cret\r",
    "AT+HTTPCREATE=,,s3cret\r",
    "ATE0;+HTTPCREATE=a.b,u,s3cret\r",
    "ATE0+HTTPCREATE=a.b,u,s3cret\r",
    "AT+CSQ;+HTTPCREATE=a.b,u,s3cret\r",
    "xxAT+HTTPCREATE=a.b,u,s3cret\r",
    "AT+HTTPCR\bREATE=a.b,u,s3cret\r",
    "AT+CSQ\b\b\bHTTPCREATE=a.b,u,s3cret\r",
    "ATS5=120\rAT+HTTPSENDxxxxCREATE=a.b,u,s3cret\r",
    "ATS3=33\rAT+HTTPSEND=0,0,/!AT+HTTPCREATE=a.b,u,s3cret\r",
    "AT+HTTPCREAT=a.b,u,s3cret\r",
    "AT+HTTPHEDER=0,\"Authorization: s3cret\"\r",
    "AT+CPIN=s3cret\r",
    "AT+MIPLCREATEEX=\"a.b\",0,\"s3cret\"\r",
    "AT+MIPLCREATEEX=a.b:5684,0,,s3cret,s3cret\r",
    "AT+MIPLCREATE=6,733363726574,0,6,0\r",
    "AT+MIPLCREATE=12,733363726574,1,6,1\r",
    "AT+MIPLCREATE=733363726574s3cret,s3cret,s3cret,s3cret,s3cret\r",
    "AT+CPIN s3cret\r",
    "AT+HTTPCFG=0,3,\"s3cret\"\r",
    "AT+HTTPCFG=0,03,\"s3cret\",0\r",
    "AT+HTTPCFG=0,3,733363726574,1\r",
    "AT+HTTPCFG=0,3,\"733363726574\",1\r",
    "AT+HTTPCFG=0,\"3\",s3cret\r",
    "AT+HTTPHEADER=0,\"Authorization: s3cret\\r\\n\"\r",
    "AT+HTTPHEADER=0,Authorization: s3cret\r",
    "AT+HTTPHEADER=0,\"Host: a\\r\\nX-Api-Key: s3cret\\r\\nAccept: b\\r\\n\"\r",
    "AT+HTTPHEADER=0,\"Host: a\\x0d\\x0aApi-Key:s3cret\"\r",
    "AT+HTTPHEADER=0,\"Host: a\\15\\12Api-Key:s3cret\"\r",
    "AT+HTTPHEADER=0,\"Host: a\\qApi-Key:s3cret\"\r",
    "AT+HTTPHEADER=0,\"s3cret\"\r",
    "AT+HTTPHEADER=0,\"Host: a\" ,\"Key: s3cret\"\r",
    "AT+HTTPHEADER=0,\"Host: a\",\"Key: s3cret\"\r",
    "AT+HTTPHEADER=0,\"X-Key: a\\r\\n s3cret\\r\\n\"\r",
    "AT+HTTPHEADER=0,\"Authorization: \"\rAT+HTTPHEADER=0,\"Host: s3cret\\r\\n\"\r",
    "AT+HTTPHEADER=0,\"Host: joe@s3cret\\r\\n\"\r",
    "AT+HTTPHEADER=0,\"X-Key: a\rAuthorization: s3cret\"\r",
    "AT+HTTPSEND=0,0,\"/a?api_key=s3cret&page=2\"\r",
    "AT+HTTPSEND=0,0,/a?Token=s3cret\r",
    "AT+HTTPCONTENT=0,\"{\"password\":\"s3cret\"}\"\r",
    "AT+HTTPCONTENT=0,p\\x3ds3cret\r",
    "123 AT+HTTPCREATE=a.b,u,s3cret\r",
    "+CSQ: AT+HTTPCREATE=a.b,u,s3cret\r",
    "s3cret\r",
    "AT+HTTPCREATE=a.b,u,s3cret\b\b\b\b\b\bother\r",
    "AT+HTTPCONTENT=0,733363726574,2\r",
    "AT+MIPLCREATEEX=\"a.b:5684\",1,\"s3cret\"\r",
    "AT+MIPLCREATEEX=\"a.b:5683,0,\"s3cret\",\"s3cret\"\r",
    "AT+MIPLCREATEEX=\"a.b:5683,0,\"\",\"s3cret\r",
    "AT+MIPLCREATEEX=\"s3cret\r",
    "AT+MIPLCREATEEX=a.b:5683 0 s3cret,0\r",
    "AT+MIPLCREATEEX=a.b,\"s3cret\"\r",
    "AT+MIPLCREATEEX=,s3cret\r",
    "AT+MIPLCREATEEX=\"a.b:5684\",1,\"\",\"s3cret\",\"id\"\r",
    "AT+MIPLCREATEEX=a.b,0,,s3cret\r",
    "AT+MIPLCREATEE=a.b,0,,s3cret\r",
    "AT+MIPLCREATE=49,733363726574,0,49,0\r",
});

}  // namespace m531x::app
