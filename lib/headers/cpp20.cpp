// SPDX-License-Identifier: Apache-2.0
// m531x.hpp alone, and beside the core's own header, with all warnings.
#include "m531x.hpp"

#include "m531x/modem.h"

void route_of_cpp20(m531x::Module& module);
void route_of_cpp20(m531x::Module& module) { module.serve({.path = "/", .body = "x"}); }
