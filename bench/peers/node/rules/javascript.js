import { inputs } from '../input.mjs';

// What a programmer writes by hand: of each promotion its conditions as functions.
const tests = {
  category: ({ any }) => (r) => r.categories.some((c) => any.includes(c)),
  channel: ({ any }) => (r) => any.includes(r.channel),
  country: ({ any }) => (r) => any.includes(r.country),
  segment: ({ any }) => (r) => r.segments.some((s) => any.includes(s)),
  time: ({ from, to }) => (r) => from <= r.now && r.now < to,
  total: ({ min }) => (r) => r.total >= min,
};

export function open({ promotions, requests }) {
  const rules = promotions.map((p) => p.conditions.map((c) => tests[c.kind](c)));
  const facts = inputs(requests);
  return (q) => {
    const matches = [];
    for (let i = 0; i < rules.length; i++) {
      if (all(rules[i], facts[q])) matches.push(i);
    }
    return matches;
  };
}

function all(tests, input) {
  for (let k = 0; k < tests.length; k++) {
    if (!tests[k](input)) return false;
  }
  return true;
}
