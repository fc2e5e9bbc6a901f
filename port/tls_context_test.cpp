// SPDX-License-Identifier: Apache-2.0
// Which certificates and keys can be used, whatever their form, whole and at every cut.
#include "port/tls_context.h"

#include <openssl/rsa.h>

#include "port/test_tls.h"
#include "port/user_error.h"

namespace m531x::port {
namespace {

class TlsContextTest : public testing::Test {
 protected:
  // What is wrong; empty = nothing.
  std::string_view fault(Bytes server_ca, Bytes client = {}, Bytes key = {}) {
    TlsCertificates certificates;
    certificates.server_ca = SecretBytes(server_ca);
    certificates.client = SecretBytes(client);
    certificates.client_key = SecretBytes(key);
    std::string_view why;
    const auto context = TlsContext::make(trust_, certificates, why);
    EXPECT_EQ(context == nullptr, !why.empty());
    return why;
  }

  TlsTrust trust_{{}};
  TestIdentity identity_;
  TestIdentity other_;
};

TEST_F(TlsContextTest, NothingIsAllRight) { EXPECT_EQ(fault({}), ""); }

TEST_F(TlsContextTest, PemAndDer) {
  const std::string pem = identity_.certificate_pem();
  const std::string der = identity_.certificate_der();
  for (const std::string& ca :
       {pem, der, pem + other_.certificate_pem(), der + other_.certificate_der(),
        "a comment\n" + pem, pem + "\n\n"}) {
    EXPECT_EQ(fault(ca), "");
    EXPECT_EQ(fault({}, ca, identity_.key_pem()), "");
    EXPECT_EQ(fault({}, ca, identity_.key_der()), "");
  }
}

TEST_F(TlsContextTest, CutAnywhereItIsBroken) {
  const std::string key_der = identity_.key_der();
  const std::string der = identity_.certificate_der();
  const std::string pem = identity_.certificate_pem();
  const std::string key_pem = identity_.key_pem();
  for (std::size_t size = 1; size < der.size(); ++size) {
    EXPECT_NE(fault(Bytes(der).substr(0, size)), "") << size;
  }
  for (std::size_t size = 1; size < key_der.size(); ++size) {
    EXPECT_NE(fault({}, der, Bytes(key_der).substr(0, size)), "") << size;
  }
  // The line end behind the last line may be missing.
  for (std::size_t size = 1; size + 1 < pem.size(); ++size) {
    EXPECT_NE(fault(Bytes(pem).substr(0, size)), "") << size;
  }
  for (std::size_t size = 1; size + 1 < key_pem.size(); ++size) {
    EXPECT_NE(fault({}, pem, Bytes(key_pem).substr(0, size)), "") << size;
  }
}

TEST_F(TlsContextTest, ABrokenOneBehindAGoodOneIsBroken) {
  const std::string der = identity_.certificate_der();
  const std::string pem = identity_.certificate_pem();
  EXPECT_NE(fault(der + '0'), "");
  EXPECT_NE(fault(pem + pem.substr(0, pem.size() / 2)), "");
  EXPECT_NE(fault({}, der, identity_.key_der() + '0'), "");
}

// Four dashes or less may be the end of a comment.
TEST_F(TlsContextTest, TheSecondOfTwoCutAnywhereIsBroken) {
  const std::string first = other_.certificate_pem();
  const std::string second = identity_.certificate_pem();
  const std::string key = other_.key_pem();
  for (std::size_t size = 5; size + 1 < second.size(); ++size) {
    EXPECT_NE(fault(first + second.substr(0, size)), "") << size;
    EXPECT_NE(fault({}, first + second.substr(0, size), key), "") << size;
  }
  EXPECT_EQ(fault(first + second), "");
}

TEST_F(TlsContextTest, ALostByteOfALineOfDashesIsNoComment) {
  const std::string one = identity_.certificate_pem();
  const std::string key = identity_.key_pem();
  for (const std::size_t from : {std::size_t{0}, one.find("-----END")}) {
    for (std::size_t at = from; one[at] != '\n'; ++at) {
      std::string broken = one;
      broken.erase(at, 1);
      EXPECT_NE(fault(one + broken), "") << at;
      EXPECT_NE(fault(broken + one), "") << at;
      EXPECT_NE(fault({}, one + broken, key), "") << at;
    }
  }
}

TEST_F(TlsContextTest, AFileWithBothServesForEach) {
  const std::string both = identity_.certificate_pem() + identity_.key_pem();
  EXPECT_EQ(fault(both, both, both), "");
  EXPECT_EQ(fault({}, identity_.key_pem() + identity_.certificate_pem(), both), "");
}

TEST_F(TlsContextTest, TheKeyIsThatOfTheFirstCertificate) {
  const std::string chain = identity_.certificate_pem() + other_.certificate_pem();
  EXPECT_EQ(fault({}, chain, identity_.key_pem()), "");
  EXPECT_NE(fault({}, chain, other_.key_pem()), "");
  EXPECT_NE(fault({}, chain), "");
  EXPECT_NE(fault({}, {}, identity_.key_pem()), "");
}

TEST_F(TlsContextTest, ACertificateIsNoKeyAndAKeyNoCertificate) {
  EXPECT_NE(fault(identity_.key_pem()), "");
  EXPECT_NE(fault({}, identity_.certificate_pem(), identity_.certificate_pem()), "");
}

TEST_F(TlsContextTest, TheWeakestKey) {
  for (const unsigned bits : {1024U, 2048U}) {
    const TestIdentity weak({EVP_RSA_gen(bits), EVP_PKEY_free});
    EXPECT_EQ(fault({}, weak.certificate_der(), weak.key_der()).empty(), bits == 2048U);
  }
}

TEST(TlsTrustTest, FilesThatAreNotThere) {
  EXPECT_THROW(TlsTrust({.ca_file = "/nowhere/ca.pem", .crl_file = {}}), UserError);
  EXPECT_THROW(TlsTrust({.ca_file = {}, .crl_file = "/nowhere/list.pem"}), UserError);
}

TEST(SecretBytesTest, MovesAndWipes) {
  SecretBytes one(Bytes("secret"));
  SecretBytes two = std::move(one);
  EXPECT_EQ(two.view(), "secret");
  SecretBytes three(Bytes("other"));
  three = std::move(two);
  EXPECT_EQ(three.view(), "secret");
  const char* const at = three.view().data();
  three.wipe();
  EXPECT_TRUE(three.empty());
  EXPECT_EQ(Bytes(at, 6), Bytes("\0\0\0\0\0\0", 6)) << "a vector keeps its room";
}

}  // namespace
}  // namespace m531x::port
