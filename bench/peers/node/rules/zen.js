import { ZenEngine } from '@gorules/zen-engine';
import { inputs } from '../input.mjs';

// One decision table that collects, a row a promotion: zen's own form for many rules. An empty cell asks nothing.
const cells = {
  category: ({ any }) => `some($, # in ${list(any)})`,
  channel: ({ any }) => any.map(text).join(', '),
  country: ({ any }) => any.map(text).join(', '),
  segment: ({ any }) => `some($, # in ${list(any)})`,
  time: ({ from, to }) => `[${from}..${to})`,
  total: ({ min }) => `>= ${min}`,
};
const fields = { category: 'categories', channel: 'channel', country: 'country', segment: 'segments', time: 'now', total: 'total' };

const text = (s) => `"${s}"`;
const list = (any) => `[${any.map(text).join(', ')}]`;

export function open({ promotions, requests }) {
  const decision = new ZenEngine().createDecision(graph(promotions));
  const facts = inputs(requests);
  return async (q) => (await decision.evaluate(facts[q])).result.map((row) => row.i);
}

function graph(promotions) {
  const kinds = Object.keys(fields);
  const rules = promotions.map((p, i) => {
    const row = { _id: `${i}`, i: `${i}` };
    for (const kind of kinds) row[kind] = '';
    for (const c of p.conditions) row[c.kind] = cells[c.kind](c);
    return row;
  });
  const table = {
    hitPolicy: 'collect',
    inputs: kinds.map((kind) => ({ id: kind, name: kind, field: fields[kind] })),
    outputs: [{ id: 'i', name: 'i', field: 'i' }],
    rules,
  };
  return {
    nodes: [
      { id: 'in', type: 'inputNode', name: 'in', position: { x: 0, y: 0 } },
      { id: 'table', type: 'decisionTableNode', name: 'table', position: { x: 0, y: 0 }, content: table },
      { id: 'out', type: 'outputNode', name: 'out', position: { x: 0, y: 0 } },
    ],
    edges: [
      { id: 'a', sourceId: 'in', targetId: 'table', type: 'edge' },
      { id: 'b', sourceId: 'table', targetId: 'out', type: 'edge' },
    ],
  };
}
