// A Vendure shop prices carts over HTTP: see path.mjs. Asked is the change of one line's quantity, which prices the whole cart anew.
import pg from 'pg';
import { inputs } from '../input.mjs';
import { measure } from '../path.mjs';
import { promote, start, stock } from './shop.js';

const priced = `...on Order { subTotal promotions { name } discounts { description amount } } ...on ErrorResult { message }`;
const add = `mutation ($inputs: [AddItemInput!]!) { addItemsToOrder(inputs: $inputs) { order { lines { id } } errorResults { ...on ErrorResult { message } } } }`;
const tell = `mutation ($input: UpdateOrderInput!) { setOrderCustomFields(input: $input) { ...on Order { id } } }`;
const adjust = `mutation ($line: ID!, $quantity: Int!) { adjustOrderLine(orderLineId: $line, quantity: $quantity) { ${priced} } }`;

// customer is a session of the shop's API.
function customer(endpoint) {
  let token;
  return async (query, variables) => {
    const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
    const response = await fetch(endpoint, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
    token ??= response.headers.get('vendure-auth-token');
    const { data, errors } = await response.json();
    const said = errors?.[0] ?? Object.values(data)[0];
    if (said.message) throw new Error(said.message);
    return said;
  };
}

// fill gives the change of the cart's last line.
async function fill(endpoint, { cart }, facts, variants) {
  const request = customer(endpoint);
  const items = cart.lines.map(({ quantity }, i) => ({ productVariantId: `${variants[i]}`, quantity }));
  const { order, errorResults } = await request(add, { inputs: items });
  if (errorResults.length > 0) throw new Error(errorResults[0].message);
  const { segments, country, channel, now } = facts;
  await request(tell, { input: { customFields: { segments, country, channel, now } } });
  const line = order.lines.at(-1).id;
  return (quantity) => request(adjust, { line, quantity });
}

async function open({ promotions, requests }, url) {
  const shoppers = requests.slice(0, 32); // stocking and filling all carts would take longer than the figures
  const app = await start(url);
  const endpoint = `${await app.getUrl()}/shop-api`;
  const variants = await stock(app, shoppers);
  const facts = inputs(shoppers);
  const carts = [];
  for (const [q, shopper] of shoppers.entries()) carts.push(await fill(endpoint, shopper, facts[q], variants[q]));
  await promote(app, promotions);
  const last = (q) => shoppers[q].cart.lines.at(-1).quantity;
  return {
    carts: carts.length,
    prepare: (q) => carts[q](last(q) + 1),
    ask: (q) => carts[q](last(q)),
    answer: ({ subTotal, promotions }, q) => ({
      matches: promotions.map(({ name }) => Number(name.slice(1))).sort((a, b) => a - b),
      best: shoppers[q].cart.total - subTotal,
    }),
    close: () => app.close(),
  };
}

await measure(pg, open);
