// Medusa's promotion module prices carts: see path.mjs.
import { MedusaApp, MedusaAppMigrateUp } from '@medusajs/framework/modules-sdk';
import pg from 'pg';
import { measure } from '../path.mjs';

const rules = {
  category: ({ any }) => [rule('items.category', 'in', any)],
  channel: ({ any }) => [rule('channel', 'in', any)],
  country: ({ any }) => [rule('country', 'in', any)],
  segment: ({ any }) => [rule('customer.groups.id', 'in', any)],
  time: ({ from, to }) => [rule('now', 'gte', [`${from}`]), rule('now', 'lt', [`${to}`])],
  total: ({ min }) => [rule('total', 'gte', [`${min}`])],
};
const rule = (attribute, operator, values) => ({ attribute, operator, values });

const promotion = ({ id, conditions, discount: { percent, amount } }) => ({
  code: id,
  type: 'standard',
  status: 'active',
  is_automatic: true,
  rules: conditions.flatMap((c) => rules[c.kind](c)),
  application_method: percent
    ? { type: 'percentage', target_type: 'order', value: percent, currency_code: 'eur' }
    : { type: 'fixed', target_type: 'order', value: amount, currency_code: 'eur' },
});

const context = ({ cart, customer, now }) => ({
  currency_code: 'eur',
  now,
  total: cart.total,
  channel: customer.channel,
  country: customer.country,
  customer: { groups: customer.segments.map((id) => ({ id })) },
  items: cart.lines.map((l, i) => ({
    id: `line${i}`,
    category: l.category,
    quantity: l.quantity,
    subtotal: l.price * l.quantity,
    original_total: l.price * l.quantity,
  })),
});

// answer is what was applied, and what it takes off in all.
const answer = (actions) => {
  const codes = new Set();
  let off = 0;
  for (const { action, code, amount } of actions) {
    if (action !== 'addItemAdjustment') throw new Error(`unexpected action ${action}`);
    codes.add(Number(code.slice(1)));
    off += Number(amount);
  }
  return { matches: [...codes].sort((a, b) => a - b), best: Math.round(off) };
};

async function open({ promotions, requests }, url) {
  const options = () => ({
    modulesConfig: { promotion: { resolve: '@medusajs/promotion' } },
    sharedResourcesConfig: { database: { clientUrl: `${url}`, driverOptions: { connection: { ssl: false } } } },
  });
  await MedusaAppMigrateUp(options());
  const app = await MedusaApp(options());
  const { promotion: module } = app.modules;
  for (let i = 0; i < promotions.length; i += 500) {
    await module.createPromotions(promotions.slice(i, i + 500).map(promotion));
  }
  const carts = requests.map(context);
  return { carts: carts.length, ask: (q) => module.computeActions([], carts[q]), answer, close: () => app.onApplicationShutdown() };
}

await measure(pg, open);
