// SPDX-License-Identifier: Apache-2.0
#include "port/net_cause.h"

#include <ares.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <ostream>

namespace m531x::port {
namespace {

struct Case {
  int error;
  Cause connecting;
  Cause open;
};

void PrintTo(const Case& tested, std::ostream* out) { *out << "errno " << tested.error; }

class NetCause : public testing::TestWithParam<Case> {};

TEST_P(NetCause, OfErrno) {
  EXPECT_EQ(cause_of_errno(GetParam().error, Stage::connecting), GetParam().connecting);
  EXPECT_EQ(cause_of_errno(GetParam().error, Stage::open), GetParam().open);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, NetCause,
    testing::Values(Case{ECONNREFUSED, Cause::refused, Cause::refused},
                    Case{ECONNRESET, Cause::refused, Cause::reset},
                    Case{EPIPE, Cause::refused, Cause::reset},
                    Case{ETIMEDOUT, Cause::connect_timeout, Cause::response_timeout},
                    Case{EHOSTUNREACH, Cause::no_route, Cause::no_route},
                    Case{ENETUNREACH, Cause::no_route, Cause::no_route},
                    Case{EADDRNOTAVAIL, Cause::address_in_use, Cause::address_in_use},
                    Case{EADDRINUSE, Cause::address_in_use, Cause::address_in_use},
                    Case{EALREADY, Cause::already_connecting, Cause::already_connecting},
                    Case{EISCONN, Cause::already_connected, Cause::already_connected},
                    Case{ENOTCONN, Cause::not_connected, Cause::not_connected},
                    Case{ENETDOWN, Cause::interface_down, Cause::interface_down},
                    Case{ECONNABORTED, Cause::aborted, Cause::aborted},
                    Case{EAGAIN, Cause::would_block, Cause::would_block},
                    Case{ENOBUFS, Cause::send_buffer_full, Cause::send_buffer_full},
                    Case{ENOMEM, Cause::out_of_memory, Cause::out_of_memory},
                    Case{EINVAL, Cause::illegal_argument, Cause::illegal_argument},
                    Case{EXDEV, Cause::illegal_argument, Cause::illegal_argument}));

TEST(NetCauseOfLookup, MemoryTheNameAndAllElse) {
  EXPECT_EQ(cause_of_lookup(ARES_ENOMEM), Cause::out_of_memory);
  EXPECT_EQ(cause_of_lookup(ARES_EBADNAME), Cause::unusable_url);
  for (const int status :
       {ARES_ENOTFOUND, ARES_ENODATA, ARES_ETIMEOUT, ARES_ESERVFAIL, ARES_ECONNREFUSED}) {
    EXPECT_EQ(cause_of_lookup(status), Cause::unresolved_name) << status;
  }
}

}  // namespace
}  // namespace m531x::port
