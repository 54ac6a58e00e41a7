// Errors in sample, repeat and rate.
#include "tests/unit/config/refusal.hpp"

namespace logsniffd::config {
namespace {

const std::string kShare = " is not a valid share; use 1/N, such as 1/100 (N: 2 to 1000000)";
const std::string kRate = "; use 1 to 1000000 records and a unit, such as 1000/s (units: s, m, h)";

}  // namespace

// Each case is keys of one filter. The first is in line 3.
Refusals volume_refusals() {
  return between(
      "filters:\n  - name: app\n    ",
      {Refusal{"sample: 1/1", {"f.yaml:3:13: filters[0].sample: '1/1'" + kShare}},
       Refusal{"sample: 1/0", {"f.yaml:3:13: filters[0].sample: '1/0'" + kShare}},
       Refusal{"sample: 2/3", {"f.yaml:3:13: filters[0].sample: '2/3'" + kShare}},
       Refusal{"sample: 1/1000001", {"f.yaml:3:13: filters[0].sample: '1/1000001'" + kShare}},
       Refusal{"sample: 1/99999999999999999999", {"f.yaml:3:13: filters[0].sample: '1/99999999999999999999'" + kShare}},
       Refusal{"sample: 100", {"f.yaml:3:13: filters[0].sample: '100'" + kShare}},
       Refusal{"sample: 1%", {"f.yaml:3:13: filters[0].sample: '1%'" + kShare}},
       Refusal{"sample: {by: flow}",
               {"f.yaml:3:5: filters[0].sample.keep: is missing; say which share is kept, such as 1/100"}},
       Refusal{"sample: {keep: 1/2, by: flows}",
               {"f.yaml:3:29: filters[0].sample.by: 'flows' is unknown (did you mean 'flow'?); use record or flow"}},
       Refusal{"sample: {keep: 1/2, per: flow}", {"f.yaml:3:25: filters[0].sample.per: unknown key; use keep or by"}},
       Refusal{"repeat: 5",
               {"f.yaml:3:13: filters[0].repeat: '5' has no unit; use a time such as 30s (units: us, ms, "
                "s, m, h, d)"}},
       Refusal{"repeat: 0", {"f.yaml:3:13: filters[0].repeat: 0 never means unlimited; use 1s to 1h"}},
       Refusal{"repeat: 10ms", {"f.yaml:3:13: filters[0].repeat: 10ms is too small; use 1s to 1h"}},
       Refusal{"repeat: 2h", {"f.yaml:3:13: filters[0].repeat: 2h is too large; use 1s to 1h"}},
       Refusal{"rate: 1000", {"f.yaml:3:11: filters[0].rate: '1000' has no unit" + kRate}},
       Refusal{"rate: 1000/d", {"f.yaml:3:11: filters[0].rate: '1000/d' is not a valid rate" + kRate}},
       Refusal{"rate: 0/s", {"f.yaml:3:11: filters[0].rate: '0/s' is not a valid rate" + kRate}},
       Refusal{"rate: 1000001/s", {"f.yaml:3:11: filters[0].rate: '1000001/s' is not a valid rate" + kRate}},
       Refusal{"rate: fast", {"f.yaml:3:11: filters[0].rate: 'fast' is not a valid rate" + kRate}},
       Refusal{"rate: {burst: 5}",
               {"f.yaml:3:5: filters[0].rate.limit: is missing; say how many records are taken, such as 1000/s"}},
       Refusal{"rate: {limit: 10}", {"f.yaml:3:19: filters[0].rate.limit: '10' has no unit" + kRate}},
       Refusal{"rate: {limit: 10/s, burst: 0}",
               {"f.yaml:3:32: filters[0].rate.burst: 0 never means unlimited; use 1 to 1000000"}},
       Refusal{"rate: {limit: 10/s, burst: 1000001}",
               {"f.yaml:3:32: filters[0].rate.burst: 1000001 is too large; use 1 to 1000000"}},
       Refusal{"rate: {limit: 10/s, by: source}",
               {"f.yaml:3:29: filters[0].rate.by: 'source' is unknown; use src, host or app"}},
       Refusal{"rate: {limit: 10/s, brust: 5}",
               {"f.yaml:3:25: filters[0].rate.brust: unknown key (did you mean 'burst'?)"}}},
      "\n    to: [out]\nsinks: {out: {type: stdout}}\n");
}

}  // namespace logsniffd::config
