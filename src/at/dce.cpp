// SPDX-License-Identifier: Apache-2.0
#include "at/dce.h"

#include "mem/text.h"

namespace m531x::at {

bool Dce::end_of_line(mem::Chain& chain) {
  const char bytes[] = {profile.characters.terminator, profile.characters.formatting};
  return chain.append(Bytes(bytes, sizeof bytes));
}

bool Dce::information(Bytes text, const mem::ChainView* data, Place place) {
  mem::Chain& chain = place == Place::before_result ? out_ : after_result_;
  mem::Rollback rollback(chain);
  const bool ok = (!profile.verbose || end_of_line(chain)) && chain.append(text) &&
                  end_of_line(chain) &&
                  (data == nullptr || (chain.append(*data) && end_of_line(chain)));
  if (ok) rollback.keep();
  return ok;
}

bool Dce::information_line(Bytes line) {
  mem::Rollback rollback(out_);
  const bool ok = out_.append(line) && end_of_line(out_);
  if (ok) rollback.keep();
  return ok;
}

bool Dce::information(Bytes name, Bytes value) {
  return information(mem::Text().add(name).add(':').add(space()).add(value));
}

bool Dce::report(Bytes text) {
  constexpr Bytes kFrame = "\r\n";
  mem::Rollback rollback(out_);
  const bool ok = raw(kFrame) && raw(text) && raw(kFrame);
  if (ok) rollback.keep();
  return ok;
}

bool Dce::report(Bytes name, Bytes value) {
  return report(mem::Text().add(name).add(':').add(space()).add(value));
}

bool Dce::final(Final result) {
  if (!profile.quiet && !queue_result(result)) return false;
  if (!after_result_.empty()) out_.splice(std::move(after_result_));
  return true;
}

bool Dce::queue_result(Final result) {
  if (result != Final::ok && profile.error_numbers != 0) {
    mem::Text value;
    if (profile.error_numbers == 1) {
      value.add(static_cast<std::uint32_t>(result));
    } else {
      value.add(text_of(result));
    }
    return information("+CME ERROR", value);
  }
  if (profile.verbose) {
    if (result != Final::ok) return information("ERROR");
    const char cr = profile.characters.terminator;
    const char lf = profile.characters.formatting;
    return out_.append(std::array{cr, lf, 'O', 'K', cr, lf});
  }
  const char bytes[] = {result == Final::ok ? '0' : '4', profile.characters.terminator};
  return out_.append(Bytes(bytes, sizeof bytes));
}

}  // namespace m531x::at
