package feature

import "slices"

// WithProduct is the vector with the product.* features of another product, for rules that are asked line by line. What depends on the person and
// the product together keeps the value it had.
func (v Vector) WithProduct(in *Input) Vector {
	r := readings.Get().(*Reading)
	defer readings.Put(r)
	*r = Reading{State: &nobody, in: *in}
	r.category = in.Category
	if r.category == "" && in.Product != nil {
		r.category = in.Product.Category
	}
	v.Ints, v.Doubles, v.Bools = slices.Clone(v.Ints), slices.Clone(v.Doubles), slices.Clone(v.Bools)
	v.Strings, v.Maps = slices.Clone(v.Strings), slices.Clone(v.Maps)
	for _, d := range productTable {
		at := byName[d.Name]
		definitions[at].Fn(r, &v, definitions[at].Slot)
	}
	v.clean()
	*r = Reading{} // it holds nobody while it waits
	return v
}
