// SPDX-License-Identifier: Apache-2.0
// A heap that leaves nothing behind: what is freed is wiped. Certificates, keys and passwords pass
// through strings and through OpenSSL, whose decoders do not wipe what they read a key from.
#pragma once

namespace m531x::port {

// Makes OpenSSL's memory such; to be called before anything of OpenSSL is. The program in which
// this is called has the operators new and delete that do the same.
void wipe_what_is_freed();

}  // namespace m531x::port
