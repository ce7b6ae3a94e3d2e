import vendure from '@vendure/core';
import { inputs } from '../input.mjs';
import { conditions, operation } from './operations.js';

const { Order, Promotion } = vendure;

const known = conditions({ categories: (order) => order.customFields.categories, total: (order) => order.customFields.total });

export function open({ promotions, requests }) {
  const rules = promotions.map(
    (p) =>
      new Promotion({
        id: p.id,
        conditions: p.conditions.map(({ kind, ...args }) => operation(kind, args)),
        actions: [],
        promotionConditions: known,
        promotionActions: [],
      }),
  );
  const orders = inputs(requests).map((customFields) => new Order({ customFields }));
  return async (q) => {
    const matches = [];
    for (let i = 0; i < rules.length; i++) {
      if (await rules[i].test(undefined, orders[q])) matches.push(i);
    }
    return matches;
  };
}
