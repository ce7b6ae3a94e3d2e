// node ../main.mjs ENGINE SET RESULT SECONDS: answers every request of SET, then repeats them for SECONDS; both go to RESULT.
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { best } from './discount.mjs';

const [name, from, to, seconds] = process.argv.slice(2);
const set = JSON.parse(readFileSync(from, 'utf8'));
const { open } = await import(pathToFileURL(`${name}.js`)).catch((broken) => {
  writeFileSync(to, JSON.stringify({ missing: broken.message }));
  process.exit(0);
});
const ask = await open(set);

const matching = async (q) => {
  const found = ask(q);
  const matches = found instanceof Promise ? await found : found; // who answers at once does not wait for a turn of the loop
  return { matches, best: best(set.promotions, matches, set.requests[q].cart.total) };
};

const answers = [];
const warm = performance.now();
for (let q = 0; q < set.requests.length; q++) {
  const { matches, best } = await matching(q);
  answers.push({ matches: [...matches].sort((a, b) => a - b), best });
}
const stride = performance.now() - warm < seconds * 100 ? set.requests.length : 1;

const started = performance.now();
for (let n = 0; ; n++) {
  if (n % stride === 0 && n >= 3) {
    const took = (performance.now() - started) / 1000;
    if (took >= seconds) {
      writeFileSync(to, JSON.stringify({ answers, per_second: n / took }));
      break;
    }
  }
  await matching(n % set.requests.length);
}
