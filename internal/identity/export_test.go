package identity

// What tests of this package look at from outside.
var (
	HOTP          = hotp
	ClientAddress = clientAddress
	Vouched       = vouched
	Outward       = outward
)
