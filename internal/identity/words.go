package identity

// both is a text in English and in Persian. {name} stands for what Kratos knows under that name.
type both struct{ en, fa string }

// own are the texts of our pages.
var own = map[string]both{
	"hamyar": {"Hamyar", "همیار"},

	"login":        {"Sign in", "ورود"},
	"registration": {"Create an account", "ساخت حساب"},
	"registration intro": {
		"Choose a username or give an e-mail address; one of them is enough. Neither is ever shown to anyone: in each community you choose a separate name.",
		"یک نام کاربری برگزینید یا نشانی ایمیل بدهید؛ یکی از این دو بس است. هیچ‌کدام به کسی نشان داده نمی‌شود: در هر انجمن نامی جداگانه برمی‌گزینید.",
	},
	"recovery":     {"Recover your account", "بازیابی حساب"},
	"verification": {"Confirm your e-mail address", "تأیید نشانی ایمیل"},
	"settings":     {"Sign-in and security", "ورود و امنیت"},
	"account":      {"Your account", "حساب شما"},
	"login aal2":   {"Second step", "گام دوم"},
	"login again":  {"Confirm that it is you", "تأیید کنید که خودتان هستید"},

	"to sign-in":  {"Sign in", "ورود"},
	"to sign-up":  {"Create an account", "ساخت حساب"},
	"to recovery": {"Can't sign in?", "نمی‌توانید وارد شوید؟"},
	"to account":  {"Your account", "حساب شما"},
	"to settings": {"Password, passkeys and second factor", "گذرواژه، گذرکلید و عامل دوم"},
	"to sign-out": {"Sign out", "خروج"},
	"to e-mail":   {"Recover by e-mail", "بازیابی با ایمیل"},

	"sign-out":      {"Sign out", "خروج"},
	"sign-out note": {"On a shared phone, close the page as well.", "اگر گوشی مشترک است، صفحه را هم ببندید."},
	"signed out":    {"You are signed out", "از حساب خارج شده‌اید"},

	"just now": {"just now", "هم‌اکنون"},
	"minute":   {"{n} minute ago", "{n} دقیقه پیش"},
	"minutes":  {"{n} minutes ago", "{n} دقیقه پیش"},
	"hours":    {"{n} hours ago", "{n} ساعت پیش"},
	"days":     {"{n} days ago", "{n} روز پیش"},

	"sessions":        {"Where you are signed in", "جاهایی که وارد شده‌اید"},
	"this session":    {"Here, {ago}", "همین‌جا، {ago}"},
	"another session": {"Elsewhere, {ago}", "جای دیگر، {ago}"},
	"end others":      {"Sign out everywhere else", "خروج از همهٔ جاهای دیگر"},

	"printed":         {"Printed recovery secrets", "رمزهای بازیابی چاپی"},
	"printed note":    {"If you have given no e-mail address, these are the only way back into your account when you forget your password. New ones replace the old ones.", "اگر نشانی ایمیل نداده باشید، وقتی گذرواژه را فراموش کنید این‌ها تنها راه بازگشت به حساب شماست. رمزهای تازه جای قبلی‌ها را می‌گیرند."},
	"print":           {"Make new secrets", "ساخت رمزهای تازه"},
	"printed now":     {"Your recovery secrets", "رمزهای بازیابی شما"},
	"printed warning": {"Print or copy them now: they are shown only once. Each works once. Keep them where nobody else looks.", "همین حالا چاپ یا رونویسی کنید: فقط یک بار نشان داده می‌شوند و هر کدام یک بار کار می‌کند. جایی نگه دارید که کس دیگری نبیند."},

	"redeem":        {"With a printed recovery secret", "با رمز بازیابی چاپی"},
	"redeem note":   {"Enter your username and one of the secrets that you printed, with its number.", "نام کاربری و یکی از رمزهایی را که چاپ کرده‌اید با شماره‌اش بنویسید."},
	"redeem do":     {"Continue", "ادامه"},
	"redeemed":      {"The secret is right", "رمز درست بود"},
	"redeemed note": {"It can't be used again. Continue now and set a new password.", "این رمز دیگر به کار نمی‌آید. اکنون ادامه دهید و گذرواژهٔ تازه‌ای بگذارید."},
	"username":      {"Username or e-mail", "نام کاربری یا ایمیل"},
	"secret":        {"Recovery secret", "رمز بازیابی"},

	"trouble":      {"That did not work", "انجام نشد"},
	"trouble note": {"Please start again.", "لطفاً دوباره آغاز کنید."},
	"cookies":      {"Cookies are needed", "کوکی لازم است"},
	"cookies note": {"Signing in needs cookies from this site. Allow them and start again.", "برای ورود باید کوکی‌های این سایت مجاز باشد. اجازه دهید و دوباره آغاز کنید."},

	"used": {"used", "مصرف‌شده"},
}

// fields are labels by the name of a field.
var fields = map[string]both{
	"identifier":      {"Username or e-mail", "نام کاربری یا ایمیل"},
	"password":        {"Password", "گذرواژه"},
	"traits.username": {"Username (only you know it)", "نام کاربری (فقط خودتان می‌دانید)"},
	"traits.email":    {"E-mail (not required)", "ایمیل (الزامی نیست)"},
	"totp_code":       {"Code from your authenticator app", "کد برنامهٔ رمزساز"},
	"lookup_secret":   {"Backup code", "کد پشتیبان"},
	"code":            {"Code", "کد"},
}

// headings and notes explain the ways in of a kind of flow.
var headings = map[string]both{
	"settings profile":       {"Username and e-mail", "نام کاربری و ایمیل"},
	"settings password":      {"Password", "گذرواژه"},
	"settings passkey":       {"Passkeys", "گذرکلیدها"},
	"settings totp":          {"Authenticator app", "برنامهٔ رمزساز"},
	"settings lookup_secret": {"Backup codes", "کدهای پشتیبان"},
	"login totp":             {"Authenticator app", "برنامهٔ رمزساز"},
	"login lookup_secret":    {"Backup code", "کد پشتیبان"},
}

var notes = map[string]both{
	"settings profile":       {"No community ever shows these.", "هیچ انجمنی این‌ها را نشان نمی‌دهد."},
	"settings password":      {"A new password signs you out everywhere else.", "گذرواژهٔ تازه شما را از همهٔ جاهای دیگر خارج می‌کند."},
	"settings passkey":       {"A passkey signs you in with your fingerprint, face or device PIN, without a password.", "با گذرکلید بدون گذرواژه و با اثر انگشت، چهره یا رمز دستگاه وارد می‌شوید."},
	"settings totp":          {"A second factor: besides your password, a code from an app on your phone. Scan the picture or type the secret, then enter the code.", "عامل دوم: افزون بر گذرواژه، کدی از برنامه‌ای در گوشی شما. تصویر را اسکن کنید یا رمز را بنویسید و سپس کد را وارد کنید."},
	"settings lookup_secret": {"They replace the authenticator app when you don't have it. They don't replace your password.", "وقتی برنامهٔ رمزساز در دسترس نیست جای آن را می‌گیرند، ولی جای گذرواژه را نمی‌گیرند."},
}
