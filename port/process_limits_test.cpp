// SPDX-License-Identifier: Apache-2.0
#include "port/process_limits.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include <cstring>
#include <fstream>
#include <vector>

#include "port/unique_fd.h"

namespace m531x::port {
namespace {

rlimit descriptor_limit() {
  rlimit limit{};
  EXPECT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  return limit;
}

void set_soft_limit(rlim_t count) {
  rlimit limit = descriptor_limit();
  limit.rlim_cur = count;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
}

TEST(ProcessLimits, DescriptorsAreRaisedAsFarAsTheSystemLets) {
  const rlimit before = descriptor_limit();
  for (const rlim_t soft : {rlim_t{64}, before.rlim_max - 1, before.rlim_max}) {
    set_soft_limit(soft);
    EXPECT_EQ(raise_descriptor_limit(), before.rlim_max) << soft;
    EXPECT_EQ(descriptor_limit().rlim_cur, before.rlim_max) << soft;
    EXPECT_EQ(descriptor_limit().rlim_max, before.rlim_max) << soft;
  }
  set_soft_limit(before.rlim_cur);
}

TEST(ProcessLimits, DescriptorsInUse) {
  const std::size_t before = descriptors_in_use();
  EXPECT_GE(before, 3U);
  {
    std::vector<UniqueFd> files;
    for (std::size_t count = 1; count <= 100; ++count) {
      files.emplace_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
      ASSERT_TRUE(files.back().valid());
      ASSERT_EQ(descriptors_in_use(), before + count);
    }
  }
  EXPECT_EQ(descriptors_in_use(), before);
}

TEST(ProcessLimits, LocalPortsAreThoseOfTheSystem) {
  std::size_t first = 0;
  std::size_t last = 0;
  ASSERT_TRUE(std::ifstream("/proc/sys/net/ipv4/ip_local_port_range") >> first >> last);
  EXPECT_EQ(local_port_count(), last + 1 - first);
  EXPECT_LT(local_port_count(), 65'536U);
}

TEST(ProcessLimits, ResidentMemoryFollowsWhatIsTouched) {
  constexpr std::size_t kBytes = std::size_t{64} << 20;
  constexpr std::size_t kOthers = kBytes / 4;  // what else may come and go meanwhile
  const std::size_t before = resident_bytes();
  EXPECT_GT(before, 0U);
  void* const memory =
      ::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(memory, MAP_FAILED);
  std::memset(memory, 1, kBytes);
  const std::size_t touched = resident_bytes();
  EXPECT_GT(touched, before + kBytes - kOthers);
  ASSERT_EQ(::munmap(memory, kBytes), 0);
  EXPECT_LT(resident_bytes(), touched - kBytes + kOthers);
  EXPECT_GT(peak_resident_bytes(), touched - kOthers) << "it is not forgotten";
}

}  // namespace
}  // namespace m531x::port
