# METADATA
# title: Programmes
# description: A programme's card says who runs and pays for it; anyone may read that before joining anything.
# custom:
#   fa: برنامه‌ها
package hamyar.programme

# METADATA
# title: Anyone reads a programme's card
# description: What anyone may do.
# custom:
#   fa: همه معرفی برنامه را می‌خوانند
granted if input.action in {"programme.list", "programme.read"}

# METADATA
# title: Power
# scope: document
# description: What a role gives, once its second factor is there.

# METADATA
# title: Operators keep programmes
# custom:
#   fa: گردانندگان سامانه برنامه‌ها را نگه می‌دارند
power if {
	input.action in {"programme.create", "programme.edit"}
	input.signed_in
	input.operator
}

# METADATA
# title: Leads edit their programme
# custom:
#   fa: سرپرستان برنامهٔ خود را ویرایش می‌کنند
power if {
	input.action == "programme.edit"
	input.signed_in
	input.programme_lead
}

# METADATA
# title: Visible fields
# description: What of a programme the reader sees.
visible_fields contains {"name", "language", "operator", "funder", "responsible", "hours", "contact"} if {
	input.action in {"programme.list", "programme.read"}
}

# METADATA
# title: Obligations
# description: What staff do is written down.
obligations contains "audit" if input.action in {"programme.create", "programme.edit"}
