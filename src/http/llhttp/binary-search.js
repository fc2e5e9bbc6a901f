// SPDX-License-Identifier: Apache-2.0
// What llparse-builder requires and Debian's node-llhttp does not bring: the place of an element in a
// sorted array, or the complement of the place where it would belong.
'use strict';

module.exports = (sorted, wanted, compare) => {
  const found = sorted.findIndex((each) => compare(each, wanted) >= 0);
  const at = found < 0 ? sorted.length : found;
  return at < sorted.length && compare(sorted[at], wanted) === 0 ? at : ~at;
};
