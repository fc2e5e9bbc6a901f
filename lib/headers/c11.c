/* SPDX-License-Identifier: Apache-2.0 */
/* m531x.h alone, as C11 without extensions and with all warnings. */
#include "m531x.h"

int route_of_c11(m531x_t* m);
int route_of_c11(m531x_t* m) { return m531x_serve(m, &(m531x_route){.path = "/", .body = "x"}); }
