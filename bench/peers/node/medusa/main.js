// node main.js medusa SET RESULT SECONDS: prices carts of SET with Medusa's promotion module, in a database of its own that is dropped.
import { readFileSync, writeFileSync } from 'node:fs';
import { MedusaApp, MedusaAppMigrateUp } from '@medusajs/framework/modules-sdk';
import pg from 'pg';

const [, from, to, seconds] = process.argv.slice(2);
const set = JSON.parse(readFileSync(from, 'utf8'));
const server = process.env.PEERS_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const name = `boon_peers_${process.pid}`;
const url = new URL(server);
url.pathname = name;

const execute = async (database, statement) => {
  const client = new pg.Client({ connectionString: `${database}` });
  await client.connect();
  await client.query(statement).finally(() => client.end());
};

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

async function run() {
  const options = () => ({
    modulesConfig: { promotion: { resolve: '@medusajs/promotion' } },
    sharedResourcesConfig: { database: { clientUrl: `${url}`, driverOptions: { connection: { ssl: false } } } },
  });
  await MedusaAppMigrateUp(options());
  const app = await MedusaApp(options());
  const { promotion: module } = app.modules;
  for (let i = 0; i < set.promotions.length; i += 500) {
    await module.createPromotions(set.promotions.slice(i, i + 500).map(promotion));
  }
  await execute(url, 'ANALYZE'); // the planner knows the tables as they are after a day of work
  const carts = set.requests.map(context);
  const answers = [];
  let asked = 0;
  let took = 0;
  for (let n = 0; n < 8 || took < seconds; n++) {
    const started = performance.now();
    const actions = await module.computeActions([], carts[n % carts.length]);
    took += (performance.now() - started) / 1000;
    if (n < carts.length) answers.push(answer(actions));
    if (n < 2) took = 0; // two carts warm the path
    else asked++;
  }
  await app.onApplicationShutdown();
  return { answers, per_second: asked / took };
}

await execute(server, `CREATE DATABASE ${name}`).catch((broken) => {
  const missing = `no PostgreSQL to work on: set PEERS_POSTGRES to the URL of one (${broken.code ?? broken.message})`;
  writeFileSync(to, JSON.stringify({ missing }));
  process.exit(0);
});
try {
  writeFileSync(to, JSON.stringify(await run()));
} finally {
  await execute(server, `DROP DATABASE ${name} WITH (FORCE)`);
}
process.exit(0); // the module's pool stays open otherwise
