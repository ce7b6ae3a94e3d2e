// Evaluates the boutique's placements and experiments with the unmodified SDKs and providers. Needs BOON_URL (http://host:port) and BOON_KEY,
// a server key.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { OpenFeature } from '@openfeature/server-sdk'
import { OFREPProvider } from '@openfeature/ofrep-provider'
import { OpenFeature as Web } from '@openfeature/web-sdk'
import { OFREPWebProvider } from '@openfeature/ofrep-web-provider'

const { BOON_URL: baseUrl, BOON_KEY: key } = process.env
const skip = baseUrl && key ? false : 'BOON_URL and BOON_KEY name the server to ask'
const bearer = [['Authorization', `Bearer ${key}`]]
const nothing = { outcome: 'nothing' }
const cart = { currency: 'USD', lines: [{ sku: 'A1', quantity: 2, price: '30.00' }] }

after(() => Promise.all([OpenFeature.close(), Web.close()]))

// client asks as a shop's server does.
async function client(domain, headers = bearer) {
  await OpenFeature.setProviderAndWait(domain, new OFREPProvider({ baseUrl, headers }))
  return OpenFeature.getClient(domain)
}

async function boon(method, path, body) {
  const response = await fetch(baseUrl + path, {
    method, body: body && JSON.stringify(body), headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
  })
  assert.ok(response.ok, `${method} ${path}: ${response.status}`)
  return response.json()
}

const wallet = async (query) => (await boon('GET', `/v1/wallet?${query}`)).grants

// welcomed finds somebody outside the holdout, to whom the checkout of the boutique always gives the welcome offer.
async function welcomed(prefix) {
  for (let i = 0; i < 50; i++) {
    const userId = `${prefix}-${i}`
    const body = { profile: { userId }, placements: ['checkout'], cart, dryRun: true }
    if ((await boon('POST', '/v1/decisions', body)).placements[0].outcome === 'offer') return userId
  }
  throw new Error('50 shoppers in a row are in a holdout of five per cent')
}

test('a placement is decided, and its grant shown again', { skip }, async () => {
  const targetingKey = await welcomed('decided')
  const c = await client('decided')
  const first = await c.getObjectDetails('checkout', nothing, { targetingKey, channel: 'web', cart })
  assert.deepEqual([first.variant, first.reason, first.errorCode], ['welcome-10', 'STATIC', undefined])
  assert.equal(first.value.offer.reward.value, '10')
  assert.equal(first.value.grant.code, 'WELCOME10')
  assert.match(first.flagMetadata.decisionId, /^dec_/)
  const again = await c.getObjectDetails('checkout', nothing, { userId: targetingKey, cart })
  assert.equal(again.value.grant.id, first.value.grant.id)
  assert.equal(again.value.grant.live, true)
  assert.equal((await wallet(`userId=${targetingKey}`)).length, 1)
  const record = await boon('GET', `/v1/decisions/${first.flagMetadata.decisionId}`)
  assert.ok(record)
})

test('a rehearsal grants nothing', { skip }, async () => {
  const targetingKey = await welcomed('rehearsed')
  const c = await client('rehearsed')
  const details = await c.getObjectDetails('checkout', nothing, { targetingKey, dryRun: true })
  assert.deepEqual([details.variant, details.flagMetadata.dryRun, details.value.grant], ['welcome-10', true, undefined])
  assert.equal((await wallet(`userId=${targetingKey}`)).length, 0)
})

test('an experiment is an arm, the same each time', { skip }, async () => {
  const c = await client('arms', [['X-API-Key', key]])
  const arms = new Set()
  for (let i = 0; i < 30; i++) {
    const context = { targetingKey: `anonymous:browser-${i}` }
    const details = await c.getStringDetails('exit-depth', 'none', context)
    assert.deepEqual([details.reason, details.variant], ['SPLIT', details.value])
    assert.equal(await c.getStringValue('exit-depth', 'none', context), details.value)
    arms.add(details.value)
  }
  assert.deepEqual([...arms].sort(), ['control', 'full', 'mild'])
})

const failures = [
  ['an unknown flag', 'getObjectDetails', 'unheard', { targetingKey: 'u1' }, 'FLAG_NOT_FOUND'],
  ['nobody', 'getObjectDetails', 'checkout', {}, 'TARGETING_KEY_MISSING'],
  ['a wrong attribute', 'getObjectDetails', 'checkout', { targetingKey: 'u1', country: 7 }, 'INVALID_CONTEXT'],
  ['another type', 'getBooleanDetails', 'checkout', { targetingKey: 'u1', dryRun: true }, 'TYPE_MISMATCH'],
]

for (const [name, call, flag, context, code] of failures) {
  test(`${name} gives the default, and why`, { skip }, async () => {
    const fallback = call === 'getBooleanDetails' ? false : nothing
    const details = await (await client('failures'))[call](flag, fallback, context)
    assert.deepEqual([details.value, details.errorCode], [fallback, code])
    assert.ok(details.errorMessage)
  })
}

test('a wrong key gives the default', { skip }, async () => {
  const c = await client('stranger', [['Authorization', 'Bearer nobody']])
  assert.equal(await c.getObjectValue('checkout', nothing, { targetingKey: 'u1' }), nothing)
})

// page asks as a shopper's browser does, with a token of that shopper; it tells the statuses of its requests one by one.
async function page(domain, userId, options = {}) {
  const { token } = await boon('POST', '/v1/tokens', { profile: { userId } })
  const statuses = []
  let told = () => {}
  const fetchImplementation = async (request) => {
    const response = await fetch(request)
    statuses.push(response.status)
    told()
    return response
  }
  const answered = (count) => new Promise((resolve) => {
    told = () => statuses.length >= count && resolve()
    told()
  })
  const provider = new OFREPWebProvider({ baseUrl, headers: [['Authorization', `Bearer ${token}`]], cacheMode: 'disabled', fetchImplementation, ...options })
  await Web.setProviderAndWait(domain, provider, { targetingKey: userId, cart })
  return { web: Web.getClient(domain), statuses, answered }
}

test('a page knows every flag and grants nothing', { skip }, async () => {
  const userId = await welcomed('page')
  const { web } = await page('page', userId)
  const checkout = web.getObjectDetails('checkout', nothing)
  assert.deepEqual([checkout.variant, checkout.value.grant, checkout.flagMetadata.dryRun], ['welcome-10', undefined, true])
  assert.match(web.getStringValue('exit-depth', 'none'), /^(control|mild|full)$/)
  assert.equal(web.getObjectDetails('unheard', nothing).errorCode, 'FLAG_NOT_FOUND')
  assert.equal((await wallet(`userId=${userId}`)).length, 0)
})

test('a page that asks again is told that nothing changed, until something does', { skip }, async () => {
  const userId = await welcomed('asks')
  const { web, statuses, answered } = await page('asks', userId, { pollInterval: 20 })
  await answered(3)
  assert.deepEqual(statuses.slice(0, 3), [200, 304, 304])
  const changed = new Promise((resolve) => web.addHandler('PROVIDER_CONFIGURATION_CHANGED', resolve))
  await boon('POST', '/v1/decisions', { profile: { userId }, placements: ['checkout'], cart })
  const { flagsChanged } = await changed
  assert.ok(flagsChanged.includes('checkout'))
  assert.equal(web.getObjectValue('checkout', nothing).grant.code, 'WELCOME10')
})
