// A path's program: node FILE ENGINE SET RESULT SECONDS prices carts of SET in a database of its own, which is dropped; what it found goes to RESULT.
import { readFileSync, writeFileSync } from 'node:fs';

const [, from, to, seconds] = process.argv.slice(2);
const server = process.env.PEERS_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const name = `boon_peers_${process.pid}`;

// measure runs the shop that open(set, url) gives: so many carts, prepare(q) before the clock, ask(q) on it, answer(said, q) for the check.
export async function measure(pg, open) {
  const execute = async (database, statement) => {
    const client = new pg.Client({ connectionString: `${database}` });
    await client.connect();
    await client.query(statement).finally(() => client.end());
  };
  await execute(server, `CREATE DATABASE ${name}`).catch((broken) => {
    const missing = `no PostgreSQL to work on: set PEERS_POSTGRES to the URL of one (${broken.code ?? broken.message})`;
    writeFileSync(to, JSON.stringify({ missing }));
    process.exit(0);
  });
  const url = new URL(server);
  url.pathname = name;
  try {
    const set = JSON.parse(readFileSync(from, 'utf8'));
    const shop = await open(set, url);
    await execute(url, 'ANALYZE'); // the planner knows the tables as they are after a day of work
    writeFileSync(to, JSON.stringify(await price(shop)));
    await shop.close();
  } finally {
    await execute(server, `DROP DATABASE ${name} WITH (FORCE)`);
  }
  process.exit(0); // a pool may stay open otherwise
}

// price asks for eight carts at least, and for as long as it was told.
async function price({ carts, prepare, ask, answer }) {
  const answers = [];
  let asked = 0;
  let took = 0;
  for (let n = 0; n < 8 || took < seconds; n++) {
    await prepare?.(n % carts);
    const started = performance.now();
    const said = await ask(n % carts);
    took += (performance.now() - started) / 1000;
    if (n < carts) answers.push(answer(said, n));
    if (n < 2) took = 0; // two carts warm the path
    else asked++;
  }
  return { answers, per_second: asked / took };
}
