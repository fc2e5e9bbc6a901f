// SPDX-License-Identifier: Apache-2.0
// Stands in the place of llhttp's api.c. Here an event of which nobody in the core is told is a
// constant, so that the parser, optimized as a whole with this, has no code for what its callback
// might return. That is a sixth of it.
#include <llhttp.h>

#define UNTOLD(event) \
  int llhttp__on_##event(llhttp_t* parser, const char* at, const char* end) { return HPE_OK; }
#define TOLD(event)                                                                  \
  int llhttp__on_##event(llhttp_t* parser, const char* at, const char* end) {        \
    const llhttp_cb tell = ((const llhttp_settings_t*)parser->settings)->on_##event; \
    return tell == NULL ? HPE_OK : tell(parser);                                     \
  }
#define TOLD_WITH_BYTES(event)                                                            \
  int llhttp__on_##event(llhttp_t* parser, const char* at, const char* end) {             \
    const llhttp_data_cb tell = ((const llhttp_settings_t*)parser->settings)->on_##event; \
    return tell == NULL ? HPE_OK : tell(parser, at, (size_t)(end - at));                  \
  }

UNTOLD(message_begin)
UNTOLD(url)
UNTOLD(url_complete)
UNTOLD(method)
UNTOLD(method_complete)
UNTOLD(version)
UNTOLD(version_complete)
TOLD_WITH_BYTES(status)
UNTOLD(status_complete)
UNTOLD(header_field)
UNTOLD(header_field_complete)
UNTOLD(header_value)
UNTOLD(header_value_complete)
TOLD(headers_complete)
UNTOLD(body)
TOLD(chunk_header)
UNTOLD(chunk_extension_name)
UNTOLD(chunk_extension_name_complete)
UNTOLD(chunk_extension_value)
UNTOLD(chunk_extension_value_complete)
UNTOLD(chunk_complete)
TOLD(message_complete)
UNTOLD(reset)

void llhttp_init(llhttp_t* parser, llhttp_type_t type, const llhttp_settings_t* settings) {
  llhttp__internal_init(parser);
  parser->type = type;
  parser->settings = (void*)settings;
}

llhttp_errno_t llhttp_execute(llhttp_t* parser, const char* data, size_t size) {
  return llhttp__internal_execute(parser, data, data + size);
}

void llhttp_set_lenient_headers(llhttp_t* parser, int enabled) {
  if (enabled) {
    parser->lenient_flags |= LENIENT_HEADERS;
  } else {
    parser->lenient_flags &= (uint8_t)~LENIENT_HEADERS;
  }
}
