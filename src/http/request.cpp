// SPDX-License-Identifier: Apache-2.0
#include "http/request.h"

#include <algorithm>
#include <array>

#include "http/base64.h"
#include "mem/text.h"
#include "mem/words.h"

namespace m531x::http {
namespace {

constexpr std::array<Bytes, kMethodCount> kMethods = {"GET ", "POST ", "PUT ", "DELETE ", "HEAD "};

constexpr bool is_path_byte(char c) { return static_cast<unsigned char>(c) > ' ' && c != '\x7f'; }

// Eight bytes at once: the top bit of each that is a path byte. Of seven bits, a sum reaches the
// top from '!' on, and by one more from DEL on.
constexpr mem::Word path_bytes(mem::Word bytes) {
  const mem::Word ascii = bytes & ~mem::kTopBits;
  return ((ascii + mem::kEachByte * (0x80 - '!')) & ~(ascii + mem::kEachByte)) | bytes;
}

bool write_authorization(mem::ChainView credentials, mem::Chain& out) {
  if (!out.append("Authorization: Basic ")) return false;
  mem::Reader in(credentials);
  bool ok = true;
  base64([&in] { return in.get(); }, [&](char c) { ok = ok && out.append_byte(c); });
  return ok && out.append("\r\n");
}

}  // namespace

bool is_path(Bytes path) {
  if (!path.starts_with('/')) return false;
  mem::Word good = mem::kTopBits;
  for (; path.size() >= sizeof good; path.remove_prefix(sizeof good)) {
    good &= path_bytes(mem::load_word(path.data()));
  }
  return good == mem::kTopBits && std::ranges::all_of(path, is_path_byte);
}

bool write_head(Method method, mem::ChainView path, const Site& site, const Fields& fields,
                mem::Chain& out) {
  if (!out.append(kMethods[static_cast<std::size_t>(method)]) || !out.append(path) ||
      !out.append(" HTTP/1.1\r\n")) {
    return false;
  }
  if (!fields.host) {
    mem::Text end;
    if (site.host_is_ipv6) end.add(']');
    if (site.port != default_port(site.scheme)) end.add(':').add(std::uint32_t{site.port});
    end.add("\r\n");
    if (!out.append(site.host_is_ipv6 ? "Host: [" : "Host: ") || !out.append(site.host) ||
        !out.append(end)) {
      return false;
    }
  }
  return site.credentials.empty() || fields.authorization ||
         write_authorization(site.credentials, out);
}

bool write_tail(Method method, const Fields& fields, std::uint32_t content_bytes, mem::Chain& out) {
  mem::Text tail;
  if (fields.unterminated) tail.add("\r\n");
  const bool wants_length = content_bytes > 0 || method == Method::post || method == Method::put;
  if (wants_length && !fields.content_length) {
    tail.add("Content-Length: ").add(content_bytes).add("\r\n");
  }
  return out.append(tail.add("\r\n"));
}

}  // namespace m531x::http
