import vendure from '@vendure/core';

const { LanguageCode, PromotionCondition, PromotionOrderAction } = vendure;

const described = (code) => [{ languageCode: LanguageCode.en, value: code }];
const own = (code, args, check) => new PromotionCondition({ code, args, description: described(code), check });
const texts = { any: { type: 'string', list: true } };

// conditions are such as a Vendure shop writes its own; each reads what the shop keeps with the order.
export const conditions = ({ categories, total }) => [
  own('category', texts, (_, order, { any }) => categories(order).some((c) => any.includes(c))),
  own('channel', texts, (_, { customFields: f }, { any }) => any.includes(f.channel)),
  own('country', texts, (_, { customFields: f }, { any }) => any.includes(f.country)),
  own('segment', texts, (_, { customFields: f }, { any }) => f.segments.some((s) => any.includes(s))),
  own('time', { from: { type: 'int' }, to: { type: 'int' } }, (_, { customFields: f }, { from, to }) => from <= f.now && f.now < to),
  own('total', { min: { type: 'int' } }, (_, order, { min }) => total(order) >= min),
];

const off = (code, discount) =>
  new PromotionOrderAction({
    code,
    args: { [code]: { type: 'int' } },
    description: described(code),
    execute: (_, { subTotal }, { [code]: value }) => -discount(subTotal, value),
  });

// actions take off what is left, rounded down as the workload has it; Vendure's own would round to the nearest.
export const actions = [off('percent', (left, percent) => Math.floor((left * percent) / 100)), off('amount', Math.min)];

// operation is a condition or an action as Vendure stores it.
export const operation = (code, args) => ({
  code,
  args: Object.entries(args).map(([name, value]) => ({ name, value: JSON.stringify(value) })),
});
