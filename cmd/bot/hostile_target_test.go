package main

import (
	"offboard/internal/sandbox/localecgrid"
	"offboard/internal/sandbox/town"
)

// twins gives Dana a second account at ECGrid.
func twins(tw *town.Town) {
	tw.ECGrid.Put(localecgrid.User{ID: 1301, Login: town.Dana.Email + ".old", Email: town.Dana.Email, FirstName: "Dana", LastName: "Hill", NetworkID: 8})
}
