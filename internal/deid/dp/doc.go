// Package dp makes tables of counts, sums, means and quantiles that tell almost the same whether any one member is among
// the rows or not: differential privacy, with a member and all their rows as the unit. What one member adds is bounded
// before anything is added up, noise is drawn in whole numbers from the system's randomness, and the cost of a release is
// counted before the first draw and refused if it is above the budget.
//
// It protects the member who stands out. It must never take a seed, draw twice for one figure, show a cell that too few
// members are in, or give an exact figure of the rows beside the noisy ones, not even how many there are. A release is
// made once and kept: whoever draws it again tells more than was accounted for.
package dp
