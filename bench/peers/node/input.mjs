// inputs are the requests as flat facts.
export const inputs = (requests) =>
  requests.map(({ cart, customer, now }) => ({
    categories: cart.lines.map((l) => l.category),
    segments: customer.segments,
    country: customer.country,
    channel: customer.channel,
    total: cart.total,
    now,
  }));
