// Delivers every kind of call to a running Boon with the unmodified client. Needs BOON_URL (http://host:port) and BOON_WRITE_KEY.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Analytics } from '@segment/analytics-node'

const { BOON_URL: host, BOON_WRITE_KEY: writeKey } = process.env
const skip = host && writeKey ? false : 'BOON_URL and BOON_WRITE_KEY name the server to deliver to'

const clients = []

function client(settings = {}) {
  const analytics = new Analytics({ host, writeKey, flushAt: 1, maxRetries: 0, ...settings })
  analytics.on('error', () => {}) // each call's callback reports it
  clients.push(analytics)
  return analytics
}

after(() => Promise.all(clients.map((c) => c.closeAndFlush({ timeout: 5000 }))))

// deliver resolves when the server has taken the call, and rejects with the client's own error otherwise.
function deliver(analytics, call, params) {
  return new Promise((resolve, reject) => {
    analytics[call](params, (err, ctx) => (err ? reject(err) : resolve(ctx)))
  })
}

const calls = [
  ['identify', { userId: 'node-1', anonymousId: 'node-cookie-1', traits: { email: 'Node@Example.com', plan: 'gold' } }],
  ['track', {
    userId: 'node-1',
    event: 'Order Completed',
    properties: {
      order_id: 'node-order-1',
      currency: 'USD',
      total: 41.5,
      products: [{ product_id: 'A1', price: 20.75, quantity: 2 }],
    },
  }],
  ['track', { anonymousId: 'node-cookie-2', event: 'Product Viewed', properties: { sku: 'A1' } }],
  ['page', { anonymousId: 'node-cookie-1', category: 'Docs', name: 'Home', properties: { url: 'https://shop.example/' } }],
  ['screen', { anonymousId: 'node-cookie-1', name: 'Cart' }],
  ['group', { userId: 'node-1', groupId: 'club', traits: { tier: 'silver' } }],
  ['alias', { userId: 'node-1', previousId: 'node-cookie-2' }],
]

for (const [call, params] of calls) {
  test(`${call} is delivered`, { skip }, async () => {
    const ctx = await deliver(client(), call, params)
    assert.equal(ctx.event.type, call)
  })
}

test('a batch is delivered in one request', { skip }, async () => {
  const analytics = client({ flushAt: 50, flushInterval: 60_000 })
  const requests = []
  analytics.on('http_request', (r) => requests.push(r))
  const sent = Array.from({ length: 20 }, (_, i) =>
    deliver(analytics, 'track', { userId: 'node-2', event: 'Product Added', properties: { sku: `B${i}`, quantity: 1 } }))
  await analytics.flush()
  await Promise.all(sent)
  assert.equal(requests.length, 1)
})

test('the same messageId may be delivered twice', { skip }, async () => {
  const params = { userId: 'node-3', event: 'Cart Viewed', messageId: 'node-message-1' }
  await deliver(client(), 'track', params)
  await deliver(client(), 'track', params)
})

test('a wrong write key is refused', { skip }, async () => {
  const stranger = client({ writeKey: 'not-a-key' })
  await assert.rejects(deliver(stranger, 'track', { userId: 'node-4', event: 'Cart Viewed' }), /\[401\]/)
})
