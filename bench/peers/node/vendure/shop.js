import vendure from '@vendure/core';
import { actions, conditions, operation } from './operations.js';

const { Channel, FastImporterService, LanguageCode, NoopLogger, Populator, Promotion, TaxCategory, TransactionalConnection } = vendure;

process.env.VENDURE_DISABLE_TELEMETRY = 'true';

// The total is that of the lines before discounts: what the first promotion takes off does not make the second one fail.
const ofLines = {
  categories: (order) => order.lines.map((l) => l.productVariant.customFields.category),
  total: (order) => order.lines.reduce((sum, l) => sum + l.listPrice * l.quantity, 0),
};

const config = (url) => ({
  apiOptions: { port: 0, hostname: '127.0.0.1' },
  authOptions: { tokenMethod: 'bearer', superadminCredentials: { identifier: 'peers', password: 'peers' } },
  dbConnectionOptions: { type: 'postgres', url: `${url}`, synchronize: true },
  paymentOptions: { paymentMethodHandlers: [] },
  promotionOptions: { promotionConditions: conditions(ofLines), promotionActions: actions },
  customFields: {
    ProductVariant: [{ name: 'category', type: 'string' }],
    Order: [
      { name: 'segments', type: 'string', list: true },
      { name: 'country', type: 'string' },
      { name: 'channel', type: 'string' },
      { name: 'now', type: 'int' },
    ],
  },
  logger: new NoopLogger(),
});

// start serves an empty shop whose taxes are zero.
export async function start(url) {
  const app = await vendure.bootstrap(config(url));
  await app.get(Populator).populateInitialData({
    defaultLanguage: LanguageCode.en,
    defaultZone: 'Europe',
    countries: [{ name: 'Germany', code: 'DE', zone: 'Europe' }],
    taxRates: [{ name: 'none', percentage: 0 }],
    shippingMethods: [],
    paymentMethods: [],
    roles: [],
  });
  return app;
}

const named = (name) => [{ languageCode: LanguageCode.en, name, slug: name, description: '' }];

// stock puts a variant for each line on the shelf: two lines of a SKU may cost differently. It gives their ids, a list for each request.
export async function stock(app, requests) {
  const importer = app.get(FastImporterService);
  await importer.initialize();
  const [{ id: taxCategoryId }] = await app.get(TransactionalConnection).rawConnection.getRepository(TaxCategory).find();
  const productId = await importer.createProduct({ translations: named('product') });
  const variant = ({ sku, category, price }) =>
    importer.createProductVariant({
      productId,
      taxCategoryId,
      sku,
      price,
      stockOnHand: 1_000_000,
      translations: named(sku),
      customFields: { category },
    });
  const ids = [];
  for (const { cart } of requests) {
    const list = [];
    for (const line of cart.lines) list.push(await variant(line));
    ids.push(list);
  }
  return ids;
}

// promote stores the promotions, which apply in the order of the set.
export async function promote(app, promotions) {
  const { rawConnection } = app.get(TransactionalConnection);
  const channels = await rawConnection.getRepository(Channel).find();
  const rows = promotions.map(
    ({ conditions, discount }, i) =>
      new Promotion({
        enabled: true,
        priorityScore: i,
        conditions: conditions.map(({ kind, ...args }) => operation(kind, args)),
        actions: Object.entries(discount).map(([kind, value]) => operation(kind, { [kind]: value })),
        channels,
      }),
  );
  await rawConnection.getRepository(Promotion).save(rows, { chunk: 500 });
  const names = rows.map((base, i) => ({ base, languageCode: LanguageCode.en, name: promotions[i].id, description: '' }));
  await rawConnection.getRepository('PromotionTranslation').save(names, { chunk: 500 });
}
