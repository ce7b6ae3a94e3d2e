import vendure from '@vendure/core';
import { inputs } from '../input.mjs';

const { LanguageCode, Order, Promotion, PromotionCondition } = vendure;

// Conditions as a Vendure shop writes its own; each reads what the shop keeps with the order.
const own = (code, args, check) =>
  new PromotionCondition({ code, args, description: [{ languageCode: LanguageCode.en, value: code }], check });
const texts = { any: { type: 'string', list: true } };
const conditions = [
  own('category', texts, (_, { customFields: f }, { any }) => f.categories.some((c) => any.includes(c))),
  own('channel', texts, (_, { customFields: f }, { any }) => any.includes(f.channel)),
  own('country', texts, (_, { customFields: f }, { any }) => any.includes(f.country)),
  own('segment', texts, (_, { customFields: f }, { any }) => f.segments.some((s) => any.includes(s))),
  own('time', { from: { type: 'int' }, to: { type: 'int' } }, (_, { customFields: f }, { from, to }) => from <= f.now && f.now < to),
  own('total', { min: { type: 'int' } }, (_, { customFields: f }, { min }) => f.total >= min),
];

export function open({ promotions, requests }) {
  const rules = promotions.map(
    (p) =>
      new Promotion({
        id: p.id,
        conditions: p.conditions.map(({ kind, ...args }) => ({
          code: kind,
          args: Object.entries(args).map(([name, value]) => ({ name, value: JSON.stringify(value) })),
        })),
        actions: [],
        promotionConditions: conditions,
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
