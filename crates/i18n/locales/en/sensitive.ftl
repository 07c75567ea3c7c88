# What is said when a text probably holds something to be protected (domain::sensitive). The
# sentences never name what was found: some of them pass through others' services.

# To the customer, by itself, at most once in 24 hours.
sensitive-hint = For personal details, please use our protected chat. It opens in the browser, without an app and without signing in: { $link } The link is good for { $minutes } minutes.

# The only text that leaves through a third party in the mode “sozialdaten”.
sensitive-doorbell = For your request there is our protected chat. Please continue there: { $link } In an emergency, call 112. The crisis line TelefonSeelsorge answers day and night: 0800 1110111.

sensitive-emergency = If you or somebody else is in danger, please call 112 now. The crisis line TelefonSeelsorge answers day and night, free of charge: 0800 1110111 or 0800 1110222. Your message is shown to a person at once.

# To the team.
sensitive-banner = Possible { $kind }. Offer the secure chat.
sensitive-banner-emergency = Somebody may be in danger here. Please answer at once yourself.
sensitive-masked = Detected and masked: { $kind }.
sensitive-held = This message probably contains { $kind }. On this channel somebody else's service can read it.
sensitive-picture-held = Pictures can show what is to be protected. On this channel somebody else's service can see them.
sensitive-choice-own-channel = Send in the secure chat
sensitive-choice-remove-part = Remove the part
sensitive-choice-send-anyway = Send here anyway
sensitive-choice-reason = Reason (is logged)
sensitive-task = An automatic message was not sent because it probably contains { $kind }. Please decide.

# Why something cannot be sent.
sensitive-doorbell-only = Only the pointer to the secure chat leaves through this channel. Send the message in the secure chat.
sensitive-no-person = Automatic messages with protected details do not pass through others' services. A person decides.
sensitive-broadcast = A broadcast carries no protected details. Remove the part.
sensitive-purpose = What this message is for does not allow protected details. Remove the part.

# Kinds.
sensitive-kind-bank-account = bank details
sensitive-kind-payment-card = card details
sensitive-kind-social-insurance = an insurance number
sensitive-kind-tax = a tax number
sensitive-kind-identity-document = details of an identity document
sensitive-kind-health = health data
sensitive-kind-protected = specially protected details
sensitive-kind-own-list = details from your list of words
sensitive-kind-emergency = an emergency
sensitive-kind-company = company details
