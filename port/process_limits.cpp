// SPDX-License-Identifier: Apache-2.0
#include "port/process_limits.h"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace m531x::port {
namespace {

constexpr const char* kPortRange = "/proc/sys/net/ipv4/ip_local_port_range";
constexpr std::size_t kUsualPortCount = 28'232;

}  // namespace

std::size_t raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  const rlim_t before = limit.rlim_cur;
  limit.rlim_cur = limit.rlim_max;
  return ::setrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : before;
}

std::size_t descriptors_in_use() {
  std::error_code error;
  std::size_t count = 0;
  for (std::filesystem::directory_iterator at("/proc/self/fd", error), end; !error && at != end;
       at.increment(error)) {
    ++count;
  }
  return count;
}

std::size_t local_port_count() {
  std::size_t first = 0;
  std::size_t last = 0;
  if (!(std::ifstream(kPortRange) >> first >> last) || last < first) return kUsualPortCount;
  return last - first + 1;
}

std::size_t resident_bytes() {
  std::size_t all = 0;
  std::size_t resident = 0;
  std::ifstream("/proc/self/statm") >> all >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

std::size_t peak_resident_bytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  constexpr std::size_t kKibibyte = 1024;
  return static_cast<std::size_t>(usage.ru_maxrss) * kKibibyte;
}

}  // namespace m531x::port
