// Package catalog reads product, inventory and price feeds, and knows what a product costs, what competitors ask and how its stock presses.
//
// Invariants:
//
//  1. A feed is read as a stream, row by row: memory does not grow with the file, and no field passes 64 KB, no row 1 MB.
//  2. A bad row is refused with its line, its column's name and the reason; every good row is loaded. Loaded + Refused = Read.
//  3. Money in a feed is decimal text with its currency or the shop's; another currency and a negative amount are refused, never converted. A price finer than its currency,
//     and a sale_price above the price of its row, are refused, never rounded.
//  4. What Encode wrote, Decode reads back to the same value; Decode never panics.
//  5. Of what a competitor asks the reading that was seen last counts, in whatever order readings come.
//
// Ordering: rows are handed over in the order of the file. Encoded attributes are sorted by name.
package catalog
