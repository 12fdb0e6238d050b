package fault

var table = map[Code]entry{
	Internal: {
		KindInternal,
		Text{"Something went wrong", "This is our fault, not yours. Nothing was changed. Quote the request number when you ask for help."},
		Text{"خطایی رخ داد", "این خطا از ماست، نه از شما. چیزی تغییر نکرد. برای پیگیری، شمارهٔ درخواست را بگویید."},
	},
	NotFound: {
		KindNotFound,
		Text{"Not found", "There is nothing here, or nothing that you can see."},
		Text{"پیدا نشد", "اینجا چیزی نیست، یا چیزی نیست که شما ببینید."},
	},
	MethodNotAllowed: {
		KindMethod,
		Text{"Method not allowed", "This address does not answer to that method."},
		Text{"این روش پذیرفته نیست", "این نشانی به این روش پاسخ نمی‌دهد."},
	},
	MediaType: {
		KindUnsupported,
		Text{"Unsupported media type", "Send JSON: Content-Type: application/json."},
		Text{"قالب پشتیبانی نمی‌شود", "درخواست را به‌صورت JSON بفرستید: Content-Type: application/json."},
	},
	Malformed: {
		KindInvalid,
		Text{"The request could not be read", "The body is not well-formed JSON."},
		Text{"درخواست خوانده نشد", "متن درخواست JSON درستی نیست."},
	},
	Invalid: {
		KindUnprocessable,
		Text{"The request is not valid", "Some fields were refused; the list says which and why."},
		Text{"درخواست معتبر نیست", "بعضی فیلدها پذیرفته نشد؛ فهرست می‌گوید کدام و چرا."},
	},
	UnknownField: {
		KindUnprocessable,
		Text{"Unknown field", "This field does not exist here."},
		Text{"فیلد ناشناخته", "چنین فیلدی اینجا وجود ندارد."},
	},
	RepeatedField: {
		KindUnprocessable,
		Text{"Repeated field", "This field is there more than once, and we would have to guess which one you mean."},
		Text{"فیلد تکراری", "این فیلد بیش از یک بار آمده است و معلوم نیست منظور کدام است."},
	},
	WrongType: {
		KindUnprocessable,
		Text{"Wrong type", "This field has another type than the one expected."},
		Text{"نوع نادرست", "نوع این فیلد با آنچه انتظار می‌رود یکی نیست."},
	},
	Required: {
		KindUnprocessable,
		Text{"Required", "This field is required."},
		Text{"الزامی", "این فیلد الزامی است."},
	},
	TooLong: {
		KindUnprocessable,
		Text{"Too long", "This is longer than we accept."},
		Text{"بیش از حد بلند", "این از اندازهٔ پذیرفته بلندتر است."},
	},
	TooManyWords: {
		KindUnprocessable,
		Text{"Too many words", "Look for at most twelve words at once. Choose those that tell most."},
		Text{"واژه‌ها زیاد است", "هر بار حداکثر دوازده واژه را بجویید؛ گویاترین‌ها را برگزینید."},
	},
	TooShort: {
		KindUnprocessable,
		Text{"Too short", "This is shorter than we accept, or empty."},
		Text{"بیش از حد کوتاه", "این از اندازهٔ پذیرفته کوتاه‌تر یا خالی است."},
	},
	OutOfRange: {
		KindUnprocessable,
		Text{"Out of range", "This number is outside the range that we accept."},
		Text{"بیرون از بازه", "این عدد بیرون از بازهٔ پذیرفته است."},
	},
	NotInList: {
		KindUnprocessable,
		Text{"Not one of the choices", "This value is not one of those on offer."},
		Text{"خارج از گزینه‌ها", "این مقدار از گزینه‌های موجود نیست."},
	},
	BadEncoding: {
		KindInvalid,
		Text{"Not valid UTF-8", "Text must be valid UTF-8."},
		Text{"نویسه‌گذاری نادرست", "متن باید UTF-8 درست باشد."},
	},
	BadCharacters: {
		KindUnprocessable,
		Text{"Characters not allowed", "This holds characters that are invisible, misleading or not allowed here."},
		Text{"نویسهٔ غیرمجاز", "اینجا نویسه‌ای نامرئی، گمراه‌کننده یا غیرمجاز آمده است."},
	},
	BadFormat: {
		KindUnprocessable,
		Text{"Wrong form", "This does not have the form that is expected here."},
		Text{"شکل نادرست", "این شکلی را که اینجا لازم است ندارد."},
	},
	BodyTooLarge: {
		KindTooLarge,
		Text{"Too large", "The request is larger than we accept."},
		Text{"بیش از حد بزرگ", "درخواست از اندازهٔ پذیرفته بزرگ‌تر است."},
	},
	SlowRequest: {
		KindTimeout,
		Text{"Too slow", "The request did not arrive in time. Nothing was changed."},
		Text{"بیش از حد کند", "درخواست به‌موقع نرسید. چیزی تغییر نکرد."},
	},
	CursorInvalid: {
		KindInvalid,
		Text{"The page marker is not valid", "Start again from the first page and follow its links."},
		Text{"نشان صفحه معتبر نیست", "از صفحهٔ نخست شروع کنید و پیوندهایش را دنبال کنید."},
	},
	ETagStale: {
		KindStale,
		Text{"It has changed meanwhile", "Somebody changed this after you read it. Read it again, then repeat your change."},
		Text{"در این میان تغییر کرده است", "پس از آنکه آن را خواندید کسی تغییرش داده است. دوباره بخوانید و سپس تغییر دهید."},
	},
	ETagRequired: {
		KindUnguarded,
		Text{"If-Match is required", "Send the ETag that you read in If-Match, so that nobody's change is lost."},
		Text{"If-Match لازم است", "ETag خوانده‌شده را در If-Match بفرستید تا تغییر کسی از دست نرود."},
	},
	IdempotencyInFlight: {
		KindConflict,
		Text{"Still working on it", "A request with this Idempotency-Key is being worked on. Try again in a moment."},
		Text{"در حال انجام", "درخواستی با همین Idempotency-Key در حال انجام است. کمی بعد دوباره تلاش کنید."},
	},
	IdempotencyReused: {
		KindUnprocessable,
		Text{"Idempotency-Key used before", "This Idempotency-Key was used with another request. Choose a new one."},
		Text{"Idempotency-Key تکراری", "این Idempotency-Key با درخواست دیگری به کار رفته است. یکی تازه برگزینید."},
	},
	Throttled: {
		KindThrottled,
		Text{"Too many requests", "Please wait a little before you try again."},
		Text{"درخواست‌های پیاپی", "لطفاً کمی صبر کنید و دوباره تلاش کنید."},
	},
	CrossOrigin: {
		KindForbidden,
		Text{"Refused from another site", "A page of another site may not act in your name."},
		Text{"از سایت دیگر پذیرفته نیست", "صفحهٔ سایتی دیگر نمی‌تواند به نام شما کاری کند."},
	},
	Unavailable: {
		KindUnavailable,
		Text{"Not available just now", "Please try again in a moment. Nothing was changed."},
		Text{"فعلاً در دسترس نیست", "لطفاً کمی بعد دوباره تلاش کنید. چیزی تغییر نکرد."},
	},
	IdentityUnavailable: {
		KindUnavailable,
		Text{"Sign-in is not available just now", "We can't check who you are at the moment. Please try again soon."},
		Text{"ورود فعلاً ممکن نیست", "اکنون نمی‌توانیم هویت شما را بررسی کنیم. لطفاً کمی بعد دوباره تلاش کنید."},
	},
	Closed: {
		KindUnavailable,
		Text{"Closed for now", "Those who run this place have closed it for the moment. Nothing is lost. Please try again later."},
		Text{"فعلاً بسته است", "گردانندگان اینجا آن را فعلاً بسته‌اند. چیزی از دست نرفته است. لطفاً بعداً دوباره بیایید."},
	},
	SessionInvalid: {
		KindUnauthenticated,
		Text{"Your sign-in has ended", "Please sign in again."},
		Text{"ورود شما پایان یافته است", "لطفاً دوباره وارد شوید."},
	},
	SignInRequired: {
		KindUnauthenticated,
		Text{"Please sign in", "This needs you to be signed in."},
		Text{"لطفاً وارد شوید", "برای این کار باید وارد شوید."},
	},
	FreshSignIn: {
		KindForbidden,
		Text{"Please confirm that it is you", "This needs a sign-in of the last few minutes, because a phone may be shared."},
		Text{"لطفاً تأیید کنید که خودتان هستید", "چون ممکن است گوشی مشترک باشد، این کار ورودی در چند دقیقهٔ اخیر می‌خواهد."},
	},
	SecondFactor: {
		KindForbidden,
		Text{"A second factor is needed", "Staff actions need a second factor: sign in again with your authenticator."},
		Text{"عامل دوم لازم است", "کارهای کارکنان عامل دوم می‌خواهد: با برنامهٔ رمزساز دوباره وارد شوید."},
	},
	NotAllowed: {
		KindForbidden,
		Text{"Not allowed", "You are not allowed to do this."},
		Text{"مجاز نیست", "شما اجازهٔ این کار را ندارید."},
	},
	RestrictedHere: {
		KindForbidden,
		Text{"Not here", "Those who run this place do not permit it here. It is a rule of theirs and has nothing to do with you."},
		Text{"اینجا ممکن نیست", "گردانندگان اینجا این کار را اینجا مجاز نمی‌دانند. این قاعدهٔ آن‌هاست و ربطی به شخص شما ندارد."},
	},
	PurposeMismatch: {
		KindForbidden,
		Text{"Not for this purpose", "What you or your key are here for doesn't include this. Sign in yourself, or use a key that states a purpose which does."},
		Text{"با این منظور نمی‌شود", "این کار با منظوری که شما یا کلیدتان برای آن اینجایید جور نیست. خودتان وارد شوید، یا کلیدی به کار ببرید که منظورش این را در بر می‌گیرد."},
	},
	GrantInvalid: {
		KindForbidden,
		Text{"This grant opens nothing", "It is not yours, not for this community, not approved, ended, or over."},
		Text{"این مجوز چیزی را باز نمی‌کند", "از آنِ شما نیست، برای این انجمن نیست، تأیید نشده، پایان داده شده یا مهلتش گذشته است."},
	},
	KeyInvalid: {
		KindUnauthenticated,
		Text{"This API key does not work", "It is mistyped, was revoked or is over, or its owner can't sign in any more. Make another key while you are signed in."},
		Text{"این کلید API کار نمی‌کند", "نادرست نوشته شده، لغو شده یا مهلتش گذشته است، یا صاحبش دیگر نمی‌تواند وارد شود. پس از ورود، کلید دیگری بسازید."},
	},
	OutOfScope: {
		KindForbidden,
		Text{"Not with this API key", "The scopes of this key don't cover this, or no key may do it: then sign in and do it yourself."},
		Text{"با این کلید API نمی‌شود", "دامنه‌های این کلید این کار را در بر نمی‌گیرد، یا با هیچ کلیدی شدنی نیست؛ در این صورت وارد شوید و خودتان انجامش دهید."},
	},
	TooManyKeys: {
		KindConflict,
		Text{"Too many API keys", "You have twenty keys. Revoke one that you no longer need, then make this one."},
		Text{"کلیدهای API زیاد است", "شما بیست کلید دارید. یکی را که دیگر لازم ندارید لغو کنید و سپس این را بسازید."},
	},
	MembersOnly: {
		KindForbidden,
		Text{"For members", "Only members of this community can read this. You can join it."},
		Text{"ویژهٔ اعضا", "فقط اعضای این انجمن می‌توانند این را بخوانند. می‌توانید عضو شوید."},
	},
	NotAMember: {
		KindForbidden,
		Text{"You are not a member", "Join this community first."},
		Text{"عضو نیستید", "نخست عضو این انجمن شوید."},
	},
	NotTheAuthor: {
		KindForbidden,
		Text{"Not yours", "Only who wrote this can change it."},
		Text{"از آنِ شما نیست", "فقط نویسنده می‌تواند این را تغییر دهد."},
	},
	Archived: {
		KindForbidden,
		Text{"Archived", "This community is archived: it can be read, and nothing can be added."},
		Text{"بایگانی‌شده", "این انجمن بایگانی شده است: می‌توان آن را خواند ولی چیزی به آن افزوده نمی‌شود."},
	},
	Locked: {
		KindForbidden,
		Text{"Locked", "This topic is closed to new replies and changes."},
		Text{"بسته‌شده", "این گفت‌وگو برای پاسخ و تغییر تازه بسته است."},
	},
	Banned: {
		KindForbidden,
		Text{"You can't take part here", "Your membership of this community was ended by its moderators."},
		Text{"نمی‌توانید اینجا شرکت کنید", "گردانندگان به عضویت شما در این انجمن پایان داده‌اند."},
	},
	RulesNotAccepted: {
		KindForbidden,
		Text{"Please accept the ground rules", "Read the current ground rules and accept that version on joining."},
		Text{"لطفاً قواعد انجمن را بپذیرید", "نسخهٔ کنونی قواعد را بخوانید و هنگام پیوستن همان نسخه را بپذیرید."},
	},
	InvitationRequired: {
		KindForbidden,
		Text{"By invitation", "One joins this community with an invitation. This one is missing, used up or expired."},
		Text{"با دعوت‌نامه", "پیوستن به این انجمن دعوت‌نامه می‌خواهد؛ دعوت‌نامه نیامده، مصرف شده یا مهلتش گذشته است."},
	},
	JoinClosed: {
		KindForbidden,
		Text{"Closed to new members", "This community takes no new members at present."},
		Text{"عضو تازه نمی‌پذیرد", "این انجمن فعلاً عضو تازه نمی‌پذیرد."},
	},
	NameTaken: {
		KindConflict,
		Text{"This name is taken", "Somebody here has this name, or one that looks like it. Choose another."},
		Text{"این نام گرفته شده است", "کسی در اینجا همین نام یا نامی شبیه آن دارد. نام دیگری برگزینید."},
	},
	NameTooShort: {
		KindUnprocessable,
		Text{"The name is too short", "A name has at least two characters."},
		Text{"نام کوتاه است", "نام دست‌کم دو نویسه دارد."},
	},
	NameTooLong: {
		KindUnprocessable,
		Text{"The name is too long", "A name has at most 40 characters."},
		Text{"نام بلند است", "نام حداکثر ۴۰ نویسه دارد."},
	},
	NameCharacters: {
		KindUnprocessable,
		Text{"The name has characters that don't work", "Use letters, a few digits, spaces, and a hyphen, an apostrophe or a full stop between them."},
		Text{"نویسه‌ای در نام پذیرفته نیست", "از حرف، چند رقم و فاصله استفاده کنید؛ میان آن‌ها خط تیره، آپستروف یا نقطه هم می‌شود."},
	},
	NameContact: {
		KindUnprocessable,
		Text{"The name looks like an address or a number", "An e-mail address, a link, a handle or a number would let others find you outside. Choose a name that doesn't."},
		Text{"نام به نشانی یا شماره می‌ماند", "با رایانامه، پیوند، شناسه یا شماره می‌توان شما را بیرون از اینجا پیدا کرد. نامی برگزینید که چنین نباشد."},
	},
	NameConfusable: {
		KindUnprocessable,
		Text{"The name mixes scripts", "Write the name in one script, so that nobody can take it for another."},
		Text{"نام چند خط را در هم آمیخته است", "نام را به یک خط بنویسید تا با نام دیگری اشتباه نشود."},
	},
	NameReserved: {
		KindUnprocessable,
		Text{"The name suggests a role", "This name could be taken for staff, a health professional or the system. Choose another."},
		Text{"نام نشان از سِمَت دارد", "ممکن است این نام را از کارکنان، کادر درمان یا خود سامانه بپندارند. نام دیگری برگزینید."},
	},
	AlreadyExists: {
		KindConflict,
		Text{"It exists already", "There is one of these already."},
		Text{"از پیش هست", "چنین چیزی از پیش وجود دارد."},
	},
	RecoveryRefused: {
		KindForbidden,
		Text{"That did not match", "The name or the recovery secret is not right, or the secret was used before."},
		Text{"درست نبود", "نام یا رمز بازیابی درست نیست، یا این رمز پیش‌تر به کار رفته است."},
	},
	AttachmentsOff: {
		KindForbidden,
		Text{"This community takes no attachments", "Who runs it decided that pictures and documents are not added here. Say it in words."},
		Text{"این انجمن پیوست نمی‌پذیرد", "به تصمیم گردانندگان، اینجا تصویر و سند افزوده نمی‌شود. با واژه‌ها بگویید."},
	},
	AttachmentsWaiting: {
		KindConflict,
		Text{"Too many attachments are waiting", "Put those that you have uploaded into a post, or delete some. What is in no post goes by itself after a day."},
		Text{"پیوست‌های زیادی در انتظارند", "آنچه را بارگذاری کرده‌اید در نوشته‌ای بگذارید یا چند تا را پاک کنید. هرچه در نوشته‌ای نباشد پس از یک روز خودبه‌خود پاک می‌شود."},
	},
	AttachmentRange: {
		KindRange,
		Text{"There is no such part", "The part that was asked for lies outside the file. Content-Range says how long it is."},
		Text{"چنین بخشی نیست", "بخشی که خواسته شد بیرون از فایل است. طول آن در Content-Range آمده است."},
	},
	Busy: {
		KindUnavailable,
		Text{"Too much is being uploaded", "Others are uploading at this moment. Try again in a little while."},
		Text{"بارگذاری زیاد است", "هم‌اکنون دیگران در حال بارگذاری‌اند. کمی بعد دوباره بکوشید."},
	},
	SearchOff: {
		KindForbidden,
		Text{"This community is not searched", "What is written here stays out of every index, as who runs it decided. Look through its topics instead."},
		Text{"این انجمن جست‌وجو نمی‌شود", "به تصمیم گردانندگان، نوشته‌های اینجا در هیچ نمایه‌ای نمی‌آید. موضوع‌ها را ورق بزنید."},
	},
	SearchWholeWords: {
		KindUnprocessable,
		Text{"Whole words only", "This community is searched by whole words. Leave out the asterisk and write each word to its end."},
		Text{"فقط واژهٔ کامل", "این انجمن با واژهٔ کامل جست‌وجو می‌شود. ستاره را بردارید و هر واژه را تا پایان بنویسید."},
	},
	FileTooLarge: {
		KindTooLarge,
		Text{"The file is too large", "We take pictures of up to 10 MB and documents of up to 20 MB. Make it smaller and try again."},
		Text{"فایل بیش از حد بزرگ است", "تصویر تا ۱۰ مگابایت و سند تا ۲۰ مگابایت پذیرفته می‌شود. آن را کوچک‌تر کنید و دوباره بفرستید."},
	},
	PictureUnsupported: {
		KindUnsupported,
		Text{"This kind of picture is not supported", "Send a picture as JPEG, PNG or WebP. What counts is what is in the file, not what it is called."},
		Text{"این نوع تصویر پشتیبانی نمی‌شود", "تصویر را به‌صورت JPEG یا PNG یا WebP بفرستید. محتوای فایل مهم است، نه نام آن."},
	},
	PictureMalformed: {
		KindUnprocessable,
		Text{"The picture could not be read", "The file is damaged or incomplete. Save the picture again, or take another one."},
		Text{"تصویر خوانده نشد", "فایل آسیب دیده یا ناقص است. تصویر را دوباره ذخیره کنید یا تصویر دیگری بفرستید."},
	},
	PictureAnimated: {
		KindUnprocessable,
		Text{"Moving pictures are not supported", "We take pictures that stand still. Send one frame of it."},
		Text{"تصویر متحرک پشتیبانی نمی‌شود", "فقط تصویر ثابت پذیرفته می‌شود. یک فریم از آن را بفرستید."},
	},
	PictureTooLarge: {
		KindTooLarge,
		Text{"The picture has too many points", "We take up to 24 megapixels, and no side longer than 12,000 points. Make it smaller and try again."},
		Text{"ابعاد تصویر بیش از حد بزرگ است", "تصویر تا ۲۴ مگاپیکسل و هر ضلع تا ۱۲٬۰۰۰ نقطه پذیرفته می‌شود. آن را کوچک‌تر کنید و دوباره بفرستید."},
	},
	DocumentMalformed: {
		KindUnprocessable,
		Text{"This is not a plain PDF", "The file does not begin and end as a PDF does, or it is something else as well. Save it again as a PDF."},
		Text{"این یک PDF معمولی نیست", "آغاز یا پایان فایل مانند PDF نیست، یا فایل چیز دیگری هم هست. آن را دوباره به‌صورت PDF ذخیره کنید."},
	},
}
