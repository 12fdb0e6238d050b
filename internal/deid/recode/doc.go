// Package recode makes the rows of a table so coarse that nobody can be told apart by them, as a study asks, and loses as
// little as it can by that. Global finds the optimum among all combinations of levels; Local makes each class of rows as
// coarse as it must be, and no more.
//
// It protects the people whose rows these are. It must never release a class that doesn't meet the goal, or suppress more
// rows than the study allows: it refuses instead. It says nothing of a value in its errors, and it judges nothing that
// has left it: that is for the verifier, which shares no code with it.
package recode
