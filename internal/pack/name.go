package pack

import (
	_ "embed"
	"strings"
)

// listedNames are the names of members that have a number, one a line. More may follow, up to 255; a number stays.
//
//go:embed names-1.txt
var listedNames string

var names = strings.Split(strings.TrimSuffix(listedNames, "\n"), "\n")

// numbers finds the numbers of names, each plus one: at the place that a name hashes to or, if that is taken, after it.
var numbers = func() (table [1024]uint8) {
	for i, name := range names {
		at := place(name)
		for table[at%1024] != 0 {
			at++
		}
		table[at%1024] = uint8(i + 1)
	}
	return table
}()

// place tells apart most names by a few of their letters.
func place(name string) uint {
	n := len(name)
	return uint(n)*37 + uint(name[0])*101 + uint(name[n/2])*17 + uint(name[n-1])*211
}

// AppendName writes the name of a member, with its quotes and the colon, by its number if it has one. A comma that stands before it is written with it.
func AppendName(b []byte, name string) []byte {
	at := place(name)
	for ; numbers[at%1024] != 0; at++ {
		number := numbers[at%1024] - 1
		if names[number] != name {
			continue
		}
		if last := len(b) - 1; last >= 0 && b[last] == ',' {
			return append(b[:last], next, number)
		}
		return append(b, named, number)
	}
	return append(append(append(b, '"'), name...), '"', ':')
}
