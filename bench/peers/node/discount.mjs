// best is what the best of the matching promotions takes off, in minor units.
export function best(promotions, matches, total) {
  let most = 0;
  for (const i of matches) {
    const { percent, amount } = promotions[i].discount;
    most = Math.max(most, percent ? Math.floor((total * percent) / 100) : Math.min(amount, total));
  }
  return most;
}
