# SPDX-License-Identifier: Apache-2.0
# m531x::libcoap: the CoAP library with OpenSSL's DTLS, as an archive. libcoap tells nobody of the
# acknowledgement of a notification (4.3.1); within an archive the linker can lead the call that
# libcoap makes then past port/coap_session.cpp (--wrap), within a shared library it cannot.
include_guard(GLOBAL)
find_package(OpenSSL 3.0 REQUIRED)
find_library(M531X_LIBCOAP NAMES libcoap-3-openssl.a REQUIRED)
find_path(M531X_LIBCOAP_INCLUDE NAMES coap3/coap.h REQUIRED)
add_library(m531x::libcoap STATIC IMPORTED GLOBAL)
set_target_properties(m531x::libcoap PROPERTIES
  IMPORTED_LOCATION ${M531X_LIBCOAP}
  INTERFACE_INCLUDE_DIRECTORIES ${M531X_LIBCOAP_INCLUDE}
  INTERFACE_LINK_LIBRARIES "OpenSSL::SSL;OpenSSL::Crypto")
