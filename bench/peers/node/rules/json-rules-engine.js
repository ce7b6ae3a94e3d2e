import { Engine } from 'json-rules-engine';
import { inputs } from '../input.mjs';

// One rule a promotion in one engine; the facts are plain values, so that none is computed.
const conditions = {
  category: ({ any }) => [anyOf('categories', any)],
  channel: ({ any }) => [{ fact: 'channel', operator: 'in', value: any }],
  country: ({ any }) => [{ fact: 'country', operator: 'in', value: any }],
  segment: ({ any }) => [anyOf('segments', any)],
  time: ({ from, to }) => [
    { fact: 'now', operator: 'greaterThanInclusive', value: from },
    { fact: 'now', operator: 'lessThan', value: to },
  ],
  total: ({ min }) => [{ fact: 'total', operator: 'greaterThanInclusive', value: min }],
};

const anyOf = (fact, texts) => ({ fact, operator: 'meets', value: texts });

export function open({ promotions, requests }) {
  const engine = new Engine();
  engine.addOperator('meets', (have, want) => have.some((text) => want.includes(text)));
  promotions.forEach((p, i) => {
    engine.addRule({ conditions: { all: p.conditions.flatMap((c) => conditions[c.kind](c)) }, event: { type: 'applies', params: { i } } });
  });
  const facts = inputs(requests);
  return async (q) => (await engine.run(facts[q])).events.map((e) => e.params.i);
}
