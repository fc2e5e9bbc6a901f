// SPDX-License-Identifier: Apache-2.0
// The certificates of HTTPCFG types 1-3: the port judges and uses them.
#include <utility>

#include "modem/http_client.h"

namespace m531x::modem {

at::Final HttpClient::checked(bool good, Millis now) {
  const InstanceId id = std::exchange(checking_, kNoInstance);
  check_is_due_ = false;
  Instance& instance = *instances_[id];
  if (good) return accept(id, instance, now);
  instance.request.clear();
  return at::Final::unknown;
}

std::size_t HttpClient::certificate(const Action& action, Certificate which,
                                    std::span<Bytes> views) const {
  const Certificates* from = nullptr;
  if (action.kind == Action::Kind::check && is_checking()) {
    from = &instances_[checking_]->certificates;
  } else if (const Connection* to = connection(action.conn);
             action.kind == Action::Kind::connect && to != nullptr) {
    const bool is_left = to->instance == kNoInstance;
    from = is_left ? &to->certificates : &instances_[to->instance]->certificates;
  }
  return from == nullptr ? 0 : (*from)[static_cast<std::size_t>(which)].gather(0, views);
}

}  // namespace m531x::modem
