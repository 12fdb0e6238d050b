// Package report draws a release on one page for the person who has to answer for it: how many people look the same, what
// was lost, how likely somebody is found, and what another k would cost. The page is one file in English and Persian; it
// asks nothing of the network and runs nothing.
//
// It protects the people whose rows these are: it tells sizes and shares, names columns, and must never show a cell, the
// people of one class, or more certainty than there is.
package report
