// SPDX-License-Identifier: Apache-2.0
// llhttp as it is distributed, with nothing behind it, reads the response of
// bench/instructions.cpp: what the reader is measured against.
#include <llhttp.h>

#include "counted.h"
#include "responses.h"

int main() {
  using m531x::bench::kResponse;
  llhttp_settings_t settings;
  llhttp_settings_init(&settings);
  llhttp_t parser;
  llhttp_init(&parser, HTTP_RESPONSE, &settings);
  llhttp_errno_t error = HPE_USER;
  m531x::bench::counted(
      [&] { error = llhttp_execute(&parser, kResponse.data(), kResponse.size()); });
  return error == HPE_OK && parser.status_code == 200 ? 0 : 1;
}
