// SPDX-License-Identifier: Apache-2.0
// m531x.h alone, as C++11 without extensions and with all warnings.
#include "m531x.h"

int end_of_cpp11(m531x_t* m);
int end_of_cpp11(m531x_t* m) { return m531x_end(m, 1, M531X_RESET); }
