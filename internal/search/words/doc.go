// Package words is what search takes for a word, in English, in Persian and in texts that mix the two: which letters
// are the same to a reader, where a word begins and ends, and when a text answers a question.
//
// It protects people who look for something in the words that they have: whatever keyboard, spelling or script of
// digits they use, they find the same. It knows no rows, no keys and no clock. It must never keep, print or put into an
// error a word that it was given, and it must never take longer than the length of its input allows.
package words

// Version of the analysis. What was indexed under another one can't be compared with today's words, so a change that
// gives another Token for any text must raise it; the golden files under testdata tell.
const Version = 1
