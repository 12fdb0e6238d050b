// Package persona is who a member is in one community: a name, a picture and a secret that belong to that community
// alone.
//
// It protects two things. A member's personas must not be linkable: nothing here is derived from an account, and
// nothing of one community enters another. And nobody may pass for somebody else: names are held to one script, carry
// nothing invisible, claim no role, and are compared by what a reader sees and not by their bytes. The package must
// never print, log or put into an error a name that a member chose.
package persona
